#include "model/safetensors.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    HEADER_LIMIT = 100 * 1000 * 1000, /* bytes; the official library's limit */
    INDEX_LIMIT = 100 * 1000 * 1000,
    MAX_SHARDS = 4096,
};

/* Types of the format, with bits an element: shapes are checked for all, values read of a few. */
static const struct {
    const char *name;
    enum tensor_type type;
    size_t bits;
} dtypes[] = {
    {"F32", TENSOR_F32, 32},      {"F16", TENSOR_F16, 16},      {"BF16", TENSOR_BF16, 16},
    {"U8", TENSOR_U8, 8},         {"I8", TENSOR_I8, 8},         {"I32", TENSOR_I32, 32},
    {"I64", TENSOR_I64, 64},      {"F64", TENSOR_OTHER, 64},    {"I16", TENSOR_OTHER, 16},
    {"U16", TENSOR_OTHER, 16},    {"U32", TENSOR_OTHER, 32},    {"U64", TENSOR_OTHER, 64},
    {"BOOL", TENSOR_OTHER, 8},    {"C64", TENSOR_OTHER, 64},    {"F8_E4M3", TENSOR_OTHER, 8},
    {"F8_E5M2", TENSOR_OTHER, 8}, {"F8_E8M0", TENSOR_OTHER, 8}, {"F6_E2M3", TENSOR_OTHER, 6},
    {"F6_E3M2", TENSOR_OTHER, 6}, {"F4", TENSOR_OTHER, 4},
};

struct metadata {
    const char *key, *value;
};

struct tensor_set {
    struct arena arena;    /* names, paths, metadata */
    struct mapping *files; /* (n_files) */
    size_t n_files;
    struct tensor *tensors; /* (n_tensors), by file and data offset */
    size_t n_tensors, cap_tensors;
    const struct tensor **by_name; /* (n_tensors), sorted */
    struct metadata *metadata;
    size_t n_metadata;
};

static uint64_t read_u64(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 7; i >= 0; i--) v = v << 8 | p[i];
    return v;
}

/* A whole number of the header that fits size_t. */
static bool get_size(const json_t *v, size_t *out)
{
    if (!json_is_integer(v) || json_integer_value(v) < 0) return false;
    *out = (size_t)json_integer_value(v);
    return true;
}

/* Fills *t from one entry of the header. data: the file's data section. */
static bool read_entry(struct tensor *t, const char *name, const json_t *entry, const char *path,
                       const uint8_t *data, size_t data_size, struct error *err)
{
    if (!json_is_object(entry))
        return error_set(err, ERROR_INPUT, "%s: tensor \"%s\": its entry is not an object", path,
                         name);
    *t = (struct tensor){.file = path, .shape = {1, 1, 1, 1}};

    const char *dtype = json_string_value(json_object_get(entry, "dtype"));
    if (!dtype) return error_set(err, ERROR_INPUT, "%s: tensor \"%s\": no \"dtype\"", path, name);
    size_t bits = 0;
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        if (strcmp(dtype, dtypes[i].name) != 0) continue;
        t->type = dtypes[i].type;
        bits = dtypes[i].bits;
    }
    if (!bits)
        return error_set(err, ERROR_INPUT, "%s: tensor \"%s\": unknown dtype \"%s\"", path, name,
                         dtype);

    const json_t *shape = json_object_get(entry, "shape");
    if (!json_is_array(shape))
        return error_set(err, ERROR_INPUT, "%s: tensor \"%s\": \"shape\" is not a list", path,
                         name);
    t->n_dims = json_array_size(shape);
    if (t->n_dims > TENSOR_MAX_DIMS)
        return error_set(err, ERROR_UNSUPPORTED, "%s: tensor \"%s\": %zu dimensions, more than %d",
                         path, name, t->n_dims, TENSOR_MAX_DIMS);
    size_t total_bits = bits;
    for (size_t i = 0; i < t->n_dims; i++) {
        if (!get_size(json_array_get(shape, i), &t->shape[i]))
            return error_set(err, ERROR_INPUT,
                             "%s: tensor \"%s\": dimension %zu of \"shape\" is not a size", path,
                             name, i);
        if (__builtin_mul_overflow(total_bits, t->shape[i], &total_bits))
            return error_set(err, ERROR_INPUT, "%s: tensor \"%s\": its shape overflows", path,
                             name);
    }
    if (total_bits % 8)
        return error_set(err, ERROR_INPUT, "%s: tensor \"%s\": not a whole number of bytes", path,
                         name);

    const json_t *offsets = json_object_get(entry, "data_offsets");
    size_t begin, end;
    if (!json_is_array(offsets) || json_array_size(offsets) != 2 ||
        !get_size(json_array_get(offsets, 0), &begin) ||
        !get_size(json_array_get(offsets, 1), &end))
        return error_set(err, ERROR_INPUT,
                         "%s: tensor \"%s\": \"data_offsets\" is not a pair of offsets", path,
                         name);
    if (begin > end || end > data_size)
        return error_set(err, ERROR_INPUT,
                         "%s: tensor \"%s\": data offsets %zu..%zu are outside the data of %zu "
                         "bytes",
                         path, name, begin, end, data_size);
    if (end - begin != total_bits / 8)
        return error_set(err, ERROR_INPUT,
                         "%s: tensor \"%s\": data offsets span %zu bytes, its shape and type need "
                         "%zu",
                         path, name, end - begin, total_bits / 8);
    t->data = data + begin;
    t->size = end - begin;
    return true;
}

static int compare_place(const void *a, const void *b)
{
    const struct tensor *x = a, *y = b;
    if (x->data != y->data) return (uintptr_t)x->data < (uintptr_t)y->data ? -1 : 1;
    return (x->size > y->size) - (x->size < y->size); /* empty ones before the one that follows */
}

/* The tensors of a file, in order of place, must fill its data section from end to end. */
static bool check_places(const struct tensor *tensors, size_t n, const char *path,
                         const uint8_t *data, size_t data_size, struct error *err)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t begin = (size_t)((const uint8_t *)tensors[i].data - data);
        if (begin < at)
            return error_set(err, ERROR_INPUT,
                             "%s: tensors \"%s\" and \"%s\" overlap at data offset %zu", path,
                             tensors[i - 1].name, tensors[i].name, begin);
        if (begin > at)
            return error_set(err, ERROR_INPUT,
                             "%s: data bytes %zu..%zu before tensor \"%s\" belong to no tensor",
                             path, at, begin, tensors[i].name);
        at = begin + tensors[i].size;
    }
    if (at != data_size)
        return error_set(err, ERROR_INPUT, "%s: %zu bytes after the last tensor belong to none",
                         path, data_size - at);
    return true;
}

static bool read_metadata(struct tensor_set *s, const json_t *object, const char *path,
                          struct error *err)
{
    if (!json_is_object(object))
        return error_set(err, ERROR_INPUT, "%s: \"__metadata__\" is not an object", path);
    s->metadata = arena_array(&s->arena, json_object_size(object), sizeof *s->metadata);
    if (!s->metadata) return error_memory(err, path);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!json_is_string(value))
            return error_set(err, ERROR_INPUT, "%s: \"__metadata__\": \"%s\" is not a string", path,
                             key);
        struct metadata *m = &s->metadata[s->n_metadata];
        m->key = arena_strdup(&s->arena, key);
        m->value = arena_strdup(&s->arena, json_string_value(value));
        if (!m->key || !m->value) return error_memory(err, path);
        s->n_metadata++;
    }
    return true;
}

/* The header of the mapped file as JSON, and where its data begins. */
static json_t *read_header(const struct mapping *m, const char *path, const uint8_t **data,
                           size_t *data_size, struct error *err)
{
    if (m->size < 8) {
        error_set(err, ERROR_INPUT, "%s: %zu bytes, too short for a safetensors file", path,
                  m->size);
        return NULL;
    }
    uint64_t n = read_u64(m->data);
    if (n > HEADER_LIMIT) {
        error_set(err, ERROR_INPUT,
                  "%s: header length %llu is more than %d: not a safetensors file", path,
                  (unsigned long long)n, HEADER_LIMIT);
        return NULL;
    }
    if (n > m->size - 8) {
        error_set(err, ERROR_INPUT,
                  "%s: header length %llu goes past the end of the file (%zu bytes)", path,
                  (unsigned long long)n, m->size);
        return NULL;
    }
    if (n == 0 || m->data[8] != '{') {
        error_set(err, ERROR_INPUT, "%s: offset 8: the header does not begin with '{'", path);
        return NULL;
    }
    json_t *header = json_read_text((const char *)m->data + 8, (size_t)n, path, err);
    if (!header) return NULL;
    *data = m->data + 8 + n;
    *data_size = m->size - 8 - (size_t)n;
    return header;
}

/* Maps one file and appends its tensors. The set has room for its mapping. */
static bool add_file(struct tensor_set *s, const char *file, int advice, struct error *err)
{
    bool ok = false;
    json_t *header = NULL;
    const char *path = arena_strdup(&s->arena, file);
    if (!path) return error_memory(err, file);
    struct mapping *m = &s->files[s->n_files];
    if (!mapping_open(m, path, err)) return false;
    s->n_files++;
    if (m->size) madvise((void *)(uintptr_t)m->data, m->size, advice);

    const uint8_t *data;
    size_t data_size;
    header = read_header(m, path, &data, &data_size, err);
    if (!header) goto done;

    size_t first = s->n_tensors, want = first + json_object_size(header);
    if (want > s->cap_tensors) {
        struct tensor *grown = realloc(s->tensors, want * sizeof *grown);
        if (!grown) {
            error_memory(err, path);
            goto done;
        }
        s->tensors = grown;
        s->cap_tensors = want;
    }
    const char *name;
    json_t *entry;
    json_object_foreach(header, name, entry)
    {
        if (strcmp(name, "__metadata__") == 0) {
            if (s->n_files == 1 && !read_metadata(s, entry, path, err)) goto done;
            continue;
        }
        struct tensor *t = &s->tensors[s->n_tensors];
        if (!read_entry(t, name, entry, path, data, data_size, err)) goto done;
        t->name = arena_strdup(&s->arena, name);
        if (!t->name) {
            error_memory(err, path);
            goto done;
        }
        s->n_tensors++;
    }
    struct tensor *added = s->tensors ? s->tensors + first : NULL; /* a file may hold none */
    if (s->n_tensors > first) qsort(added, s->n_tensors - first, sizeof *added, compare_place);
    if (!check_places(added, s->n_tensors - first, path, data, data_size, err)) goto done;
    /* Padding has done its part once the places are checked. */
    size_t kept = first;
    for (size_t i = first; i < s->n_tensors; i++)
        if (strncmp(s->tensors[i].name, "__pad.", 6) != 0) s->tensors[kept++] = s->tensors[i];
    s->n_tensors = kept;
    ok = true;
done:
    json_decref(header);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    const struct tensor *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* Sorts the names; a name in two shards is refused. */
static bool index_names(struct tensor_set *s, struct error *err)
{
    s->by_name = malloc((s->n_tensors + 1) * sizeof *s->by_name);
    if (!s->by_name) return error_memory(err, "tensor names");
    for (size_t i = 0; i < s->n_tensors; i++) s->by_name[i] = &s->tensors[i];
    if (s->n_tensors) qsort(s->by_name, s->n_tensors, sizeof *s->by_name, compare_names);
    for (size_t i = 1; i < s->n_tensors; i++)
        if (strcmp(s->by_name[i - 1]->name, s->by_name[i]->name) == 0)
            return error_set(err, ERROR_INPUT, "%s: tensor \"%s\" is in %s too",
                             s->by_name[i]->file, s->by_name[i]->name,
                             path_base(s->by_name[i - 1]->file));
    return true;
}

static struct tensor_set *set_create(size_t max_files, struct error *err)
{
    struct tensor_set *s = calloc(1, sizeof *s);
    if (s) s->files = calloc(max_files, sizeof *s->files);
    if (!s || !s->files) {
        free(s);
        error_memory(err, "tensor set");
        return NULL;
    }
    return s;
}

static struct tensor_set *open_file(const char *path, int advice, struct error *err)
{
    struct tensor_set *s = set_create(1, err);
    if (!s) return NULL;
    if (!add_file(s, path, advice, err) || !index_names(s, err)) {
        tensor_set_free(s);
        return NULL;
    }
    return s;
}

struct tensor_set *tensor_set_open_file(const char *path, struct error *err)
{
    return open_file(path, MADV_WILLNEED, err);
}

static int compare_strings(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* The distinct shard names of the index, sorted; borrowed from map. The caller frees the list. */
static const char **list_shards(const json_t *map, const char *index, size_t *n, struct error *err)
{
    size_t entries = json_object_size(map);
    if (!entries) {
        error_set(err, ERROR_INPUT, "%s: \"weight_map\" is empty", index);
        return NULL;
    }
    const char **names = malloc(entries * sizeof *names);
    if (!names) {
        error_memory(err, index);
        return NULL;
    }
    size_t i = 0;
    const char *tensor;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, tensor, value)
    {
        const char *name = json_string_value(value);
        if (!name || !*name || strchr(name, '/') || strstr(name, "..")) {
            error_set(err, ERROR_INPUT,
                      "%s: \"weight_map\": tensor \"%s\": %s%s%s is not the name of a file in "
                      "this folder",
                      index, tensor, name ? "\"" : "", name ? name : "its value", name ? "\"" : "");
            free(names);
            return NULL;
        }
        names[i++] = name;
    }
    qsort(names, entries, sizeof *names, compare_strings);
    *n = 0;
    for (i = 0; i < entries; i++)
        if (*n == 0 || strcmp(names[*n - 1], names[i]) != 0) names[(*n)++] = names[i];
    if (*n > MAX_SHARDS) {
        error_set(err, ERROR_INPUT, "%s: \"weight_map\" names %zu files, more than %d", index, *n,
                  MAX_SHARDS);
        free(names);
        return NULL;
    }
    return names;
}

static struct tensor_set *open_sharded(const char *dir, const char *index, struct error *err)
{
    struct tensor_set *s = NULL;
    const char **shards = NULL;
    bool ok = false;
    json_t *root = json_read_file(index, INDEX_LIMIT, err);
    if (!root) return NULL;
    json_t *map = json_object_get(root, "weight_map");
    if (!json_is_object(map)) {
        error_set(err, ERROR_INPUT, "%s: \"weight_map\" is missing or not an object", index);
        goto done;
    }
    size_t n;
    shards = list_shards(map, index, &n, err);
    if (!shards) goto done;
    s = set_create(n, err);
    if (!s) goto done;
    for (size_t i = 0; i < n; i++) {
        char *path = path_join(dir, shards[i]);
        if (!path) error_memory(err, dir);
        bool added = path && add_file(s, path, MADV_SEQUENTIAL, err);
        free(path);
        if (!added) goto done;
    }
    if (!index_names(s, err)) goto done;
    const char *tensor;
    json_t *value;
    json_object_foreach(map, tensor, value)
    {
        const struct tensor *t = tensor_set_find(s, tensor);
        if (t && strcmp(path_base(t->file), json_string_value(value)) == 0) continue;
        error_set(err, ERROR_INPUT, "%s/%s: tensor \"%s\" is not in this file, where %s has it",
                  dir, json_string_value(value), tensor, path_base(index));
        goto done;
    }
    ok = true;
done:
    free(shards);
    json_decref(root);
    if (!ok) {
        tensor_set_free(s);
        return NULL;
    }
    return s;
}

struct tensor_set *tensor_set_open_dir(const char *dir, struct error *err)
{
    struct tensor_set *s = NULL;
    char *single = path_join(dir, "model.safetensors");
    char *index = path_join(dir, "model.safetensors.index.json");
    char *pickle = path_join(dir, "pytorch_model.bin");
    if (!single || !index || !pickle)
        error_memory(err, dir);
    else if (file_exists(single) || file_is_directory(single))
        s = open_file(single, MADV_SEQUENTIAL, err);
    else if (file_exists(index))
        s = open_sharded(dir, index, err);
    else if (!file_is_directory(dir))
        error_set(err, ERROR_NOT_FOUND, "%s: no such directory", dir);
    else
        error_set(err, ERROR_NOT_FOUND,
                  "%s: holds neither model.safetensors nor model.safetensors.index.json%s", dir,
                  file_exists(pickle) ? " (pytorch_model.bin is not read: convert it)" : "");
    free(single);
    free(index);
    free(pickle);
    return s;
}

void tensor_set_free(struct tensor_set *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->n_files; i++) mapping_close(&s->files[i]);
    free(s->files);
    free(s->tensors);
    free(s->by_name);
    arena_free(&s->arena);
    free(s);
}

size_t tensor_set_count(const struct tensor_set *s)
{
    return s->n_tensors;
}

const struct tensor *tensor_set_at(const struct tensor_set *s, size_t index)
{
    return index < s->n_tensors ? &s->tensors[index] : NULL;
}

const struct tensor *tensor_set_find(const struct tensor_set *s, const char *name)
{
    struct tensor wanted = {.name = name};
    const struct tensor *key = &wanted;
    if (!s->n_tensors) return NULL;
    const struct tensor **found =
        bsearch(&key, s->by_name, s->n_tensors, sizeof *s->by_name, compare_names);
    return found ? *found : NULL;
}

const char *tensor_set_metadata(const struct tensor_set *s, const char *key)
{
    for (size_t i = 0; i < s->n_metadata; i++)
        if (strcmp(s->metadata[i].key, key) == 0) return s->metadata[i].value;
    return NULL;
}

size_t tensor_set_bytes(const struct tensor_set *s)
{
    size_t total = 0;
    for (size_t i = 0; i < s->n_files; i++) total += s->files[i].size;
    return total;
}
