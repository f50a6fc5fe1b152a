#include "model/gguf.h"
#include "model/gguf_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MAX_SHARDS = 1024, SHARD_TAIL = 20 /* "-00001-of-00003.gguf" */ };

bool gguf_is_path(const char *path)
{
    size_t n = strlen(path);
    return n > 5 && strcmp(path + n - 5, ".gguf") == 0 && !file_is_directory(path);
}

/* ---- the shards ---- */

static bool read_digits(const char *text, size_t *out)
{
    *out = 0;
    for (size_t i = 0; i < 5; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        *out = *out * 10 + (size_t)(text[i] - '0');
    }
    return true;
}

/* The number of shards by the file's name, NAME-00001-of-00003.gguf; 1 for any other name. */
static bool count_shards(const char *path, size_t *n, struct error *err)
{
    size_t len = strlen(path), index, count;
    *n = 1;
    if (len <= SHARD_TAIL) return true;
    const char *tail = path + len - SHARD_TAIL;
    if (tail[0] != '-' || strncmp(tail + 6, "-of-", 4) != 0 || !read_digits(tail + 1, &index) ||
        !read_digits(tail + 10, &count))
        return true;
    if (index < 1 || index > count || count > MAX_SHARDS)
        return error_set(err, ERROR_INPUT, "%s: the name says shard %zu of %zu", path, index,
                         count);
    *n = count;
    return true;
}

/* What the metadata says of the shards must be what the names say. */
static bool check_shard(const struct gguf_values *values, const char *path, size_t index, size_t n,
                        size_t *n_tensors, struct error *err)
{
    size_t count = 1, number = 0;
    if (!gguf_values_size(values, path, "split.count", n > 1, 0, MAX_SHARDS, &count, err) ||
        !gguf_values_size(values, path, "split.no", n > 1, 0, MAX_SHARDS, &number, err))
        return false;
    if (count != n && !(count == 0 && n == 1))
        return error_set(err, ERROR_INPUT,
                         "%s: key \"split.count\" is %zu, but the name says %zu (shards are named "
                         "NAME-00001-of-%05zu.gguf)",
                         path, count, n, count);
    if (number != index)
        return error_set(err, ERROR_INPUT, "%s: key \"split.no\" is %zu, expected %zu", path,
                         number, index);
    size_t total = *n_tensors;
    if (!gguf_values_size(values, path, "split.tensors.count", false, 0, SIZE_MAX, &total, err))
        return false;
    if (index > 0 && total != *n_tensors)
        return error_set(err, ERROR_INPUT,
                         "%s: key \"split.tensors.count\" is %zu, in the first file %zu", path,
                         total, *n_tensors);
    *n_tensors = total;
    return true;
}

static bool add_file(struct gguf *g, const char *path, size_t n, size_t *n_tensors,
                     struct error *err)
{
    size_t index = g->n_files;
    struct gguf_file *file = &g->files[index];
    file->path = arena_strdup(&g->arena, path);
    if (!file->path) return error_memory(err, path);
    if (!mapping_open(&file->map, file->path, err)) return false;
    g->n_files++;
    if (file->map.size) madvise((void *)(uintptr_t)file->map.data, file->map.size, MADV_SEQUENTIAL);
    struct gguf_values other = {0}, *values = index ? &other : &g->values;
    bool ok = gguf_read_file(g, file, values, err) &&
              check_shard(values, file->path, index, n, n_tensors, err);
    free(other.list);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    const struct gguf_tensor *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static bool index_names(struct gguf *g, struct error *err)
{
    g->by_name = malloc((g->n_tensors + 1) * sizeof *g->by_name);
    if (!g->by_name) return error_memory(err, "tensor names");
    for (size_t i = 0; i < g->n_tensors; i++) g->by_name[i] = &g->tensors[i];
    if (g->n_tensors) qsort(g->by_name, g->n_tensors, sizeof *g->by_name, compare_names);
    for (size_t i = 1; i < g->n_tensors; i++)
        if (strcmp(g->by_name[i - 1]->name, g->by_name[i]->name) == 0)
            return error_set(err, ERROR_INPUT, "%s: tensor \"%s\" is there twice (also in %s)",
                             g->by_name[i]->file, g->by_name[i]->name,
                             path_base(g->by_name[i - 1]->file));
    return true;
}

static bool open_files(struct gguf *g, const char *path, struct error *err)
{
    size_t n, n_tensors = SIZE_MAX;
    if (!count_shards(path, &n, err)) return false;
    g->files = calloc(n, sizeof *g->files);
    if (!g->files) return error_memory(err, path);
    int stem = n > 1 ? (int)(strlen(path) - SHARD_TAIL) : 0;
    for (size_t i = 0; i < n; i++) {
        char *shard = NULL;
        if (n == 1)
            shard = strdup(path);
        else if (asprintf(&shard, "%.*s-%05zu-of-%05zu.gguf", stem, path, i + 1, n) < 0)
            shard = NULL;
        bool ok = shard ? add_file(g, shard, n, &n_tensors, err) : error_memory(err, path);
        free(shard);
        if (!ok) return false;
    }
    if (n > 1 && n_tensors != SIZE_MAX && n_tensors != g->n_tensors)
        return error_set(err, ERROR_INPUT,
                         "%s: key \"split.tensors.count\" is %zu, but the shards hold %zu tensors",
                         g->files[0].path, n_tensors, g->n_tensors);
    return index_names(g, err);
}

struct gguf *gguf_open(const char *path, struct error *err)
{
    struct gguf *g = calloc(1, sizeof *g);
    if (!g) {
        error_memory(err, path);
        return NULL;
    }
    if (!open_files(g, path, err)) {
        gguf_free(g);
        return NULL;
    }
    return g;
}

void gguf_free(struct gguf *g)
{
    if (!g) return;
    for (size_t i = 0; i < g->n_files; i++) mapping_close(&g->files[i].map);
    free(g->files);
    free(g->values.list);
    free(g->tensors);
    free(g->by_name);
    arena_free(&g->arena);
    free(g);
}

const char *gguf_path(const struct gguf *g)
{
    return g->files[0].path;
}

size_t gguf_n_files(const struct gguf *g)
{
    return g->n_files;
}

const char *gguf_file(const struct gguf *g, size_t index)
{
    return g->files[index].path;
}

size_t gguf_count(const struct gguf *g)
{
    return g->n_tensors;
}

const struct gguf_tensor *gguf_at(const struct gguf *g, size_t index)
{
    return index < g->n_tensors ? &g->tensors[index] : NULL;
}

const struct gguf_tensor *gguf_find(const struct gguf *g, const char *name)
{
    struct gguf_tensor wanted = {.name = name};
    const struct gguf_tensor *key = &wanted;
    if (!g->n_tensors) return NULL;
    const struct gguf_tensor **found =
        bsearch(&key, g->by_name, g->n_tensors, sizeof *g->by_name, compare_names);
    return found ? *found : NULL;
}
