/* Reads the header of one GGUF file: the metadata, then the list of tensors, whose data follows. */
#include "base/utf8.h"
#include "model/gguf_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_ALIGNMENT = 32,
    MAX_ALIGNMENT = 1 << 20,
    MAX_VALUES = 1 << 16, /* of metadata, in one file */
    MAX_TENSORS = 1 << 16,
    MAX_NESTING = 4, /* of arrays in arrays */
};

static const struct {
    const char *name;
    uint32_t values, bytes; /* of a block; 0: none that we read */
} TYPES[] = {
    [0] = {"F32", 1, 4},       [1] = {"F16", 1, 2},       [2] = {"Q4_0", 32, 18},
    [3] = {"Q4_1", 32, 20},    [4] = {"Q4_2", 0, 0},      [5] = {"Q4_3", 0, 0},
    [6] = {"Q5_0", 32, 22},    [7] = {"Q5_1", 32, 24},    [8] = {"Q8_0", 32, 34},
    [9] = {"Q8_1", 0, 0},      [10] = {"Q2_K", 0, 0},     [11] = {"Q3_K", 0, 0},
    [12] = {"Q4_K", 256, 144}, [13] = {"Q5_K", 256, 176}, [14] = {"Q6_K", 256, 210},
    [15] = {"Q8_K", 0, 0},     [16] = {"IQ2_XXS", 0, 0},  [17] = {"IQ2_XS", 0, 0},
    [18] = {"IQ3_XXS", 0, 0},  [19] = {"IQ1_S", 0, 0},    [20] = {"IQ4_NL", 32, 18},
    [21] = {"IQ3_S", 0, 0},    [22] = {"IQ2_S", 0, 0},    [23] = {"IQ4_XS", 0, 0},
    [24] = {"I8", 0, 0},       [25] = {"I16", 0, 0},      [26] = {"I32", 0, 0},
    [27] = {"I64", 0, 0},      [28] = {"F64", 0, 0},      [29] = {"IQ1_M", 0, 0},
    [30] = {"BF16", 1, 2},     [34] = {"TQ1_0", 0, 0},    [35] = {"TQ2_0", 0, 0},
    [39] = {"MXFP4", 0, 0},
};

enum { N_TYPES = sizeof TYPES / sizeof *TYPES };

static const char SUPPORTED[] =
    "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K, IQ4_NL";

const char *gguf_type_name(enum gguf_type type)
{
    return TYPES[type].name;
}

size_t gguf_block_values(enum gguf_type type)
{
    return TYPES[type].values;
}

size_t gguf_block_bytes(enum gguf_type type)
{
    return TYPES[type].bytes;
}

size_t gguf_kind_size(uint32_t kind)
{
    static const uint8_t SIZES[N_KINDS] = {
        [KIND_U8] = 1,  [KIND_I8] = 1,  [KIND_U16] = 2, [KIND_I16] = 2,
        [KIND_U32] = 4, [KIND_I32] = 4, [KIND_F32] = 4, [KIND_BOOL] = 1,
        [KIND_U64] = 8, [KIND_I64] = 8, [KIND_F64] = 8};
    return kind < N_KINDS ? SIZES[kind] : 0;
}

/* ---- a cursor ---- */

struct reader {
    const uint8_t *data;
    size_t size, at;
    const char *path;
    struct arena *arena;
    struct error *err;
};

static size_t left(const struct reader *r)
{
    return r->size - r->at;
}

static bool ends(const struct reader *r, const char *what)
{
    return error_set(r->err, ERROR_INPUT, "%s: offset %zu: the file (%zu bytes) ends in %s",
                     r->path, r->at, r->size, what);
}

static bool read_u32(struct reader *r, const char *what, uint32_t *out)
{
    if (left(r) < sizeof *out) return ends(r, what);
    memcpy(out, r->data + r->at, sizeof *out);
    r->at += sizeof *out;
    return true;
}

static bool read_u64(struct reader *r, const char *what, uint64_t *out)
{
    if (left(r) < sizeof *out) return ends(r, what);
    memcpy(out, r->data + r->at, sizeof *out);
    r->at += sizeof *out;
    return true;
}

/* A string: its length, then its bytes, which stay where they are. */
static bool read_string(struct reader *r, const char *what, const uint8_t **text, size_t *len)
{
    uint64_t n = 0;
    if (!read_u64(r, what, &n)) return false;
    if (n > left(r))
        return error_set(r->err, ERROR_INPUT,
                         "%s: offset %zu: %s has a length of %" PRIu64
                         ", past the end of the file (%zu bytes)",
                         r->path, r->at - 8, what, n, r->size);
    *text = r->data + r->at;
    *len = (size_t)n;
    r->at += *len;
    return true;
}

/* A key or the name of a tensor, as a C string. */
static bool read_name(struct reader *r, const char *what, const char **out)
{
    const uint8_t *text;
    size_t len, start = r->at;
    if (!read_string(r, what, &text, &len)) return false;
    bool plain = len > 0 && len < GGUF_MAX_NAME && utf8_is_valid((const char *)text, len);
    for (size_t i = 0; plain && i < len; i++) plain = text[i] >= 0x20 && text[i] != 0x7f;
    if (!plain)
        return error_set(r->err, ERROR_INPUT, "%s: offset %zu: %s is empty, too long or no text",
                         r->path, start, what);
    *out = arena_strndup(r->arena, (const char *)text, len);
    return *out || error_memory(r->err, r->path);
}

/* ---- metadata ---- */

static bool wrong_kind(const struct reader *r, const char *key, const char *what, uint32_t kind)
{
    return error_set(r->err, ERROR_INPUT,
                     "%s: offset %zu: key \"%s\": %s has unknown type %" PRIu32, r->path, r->at - 4,
                     key, what, kind);
}

/* Passes over the elements of an array, checking that they are there. */
static bool skip_elements(struct reader *r, const char *key, uint32_t kind, uint64_t n,
                          size_t nesting)
{
    size_t size = gguf_kind_size(kind), least = size ? size : kind == KIND_STRING ? 8 : 12;
    if (n > left(r) / least)
        return error_set(r->err, ERROR_INPUT,
                         "%s: offset %zu: key \"%s\": an array of %" PRIu64
                         " elements goes past the end of the file (%zu bytes)",
                         r->path, r->at, key, n, r->size);
    if (size) {
        if (kind == KIND_BOOL)
            for (size_t i = 0; i < n; i++)
                if (r->data[r->at + i] > 1)
                    return error_set(r->err, ERROR_INPUT,
                                     "%s: offset %zu: key \"%s\": %u is neither true nor false",
                                     r->path, r->at + i, key, r->data[r->at + i]);
        r->at += (size_t)n * size;
        return true;
    }
    for (uint64_t i = 0; i < n; i++) {
        if (kind == KIND_STRING) {
            const uint8_t *text;
            size_t len;
            if (!read_string(r, key, &text, &len)) return false;
            continue;
        }
        uint32_t inner = 0;
        uint64_t count = 0;
        if (nesting == MAX_NESTING)
            return error_set(r->err, ERROR_UNSUPPORTED,
                             "%s: offset %zu: key \"%s\": arrays nested more than %d deep", r->path,
                             r->at, key, MAX_NESTING);
        if (!read_u32(r, key, &inner)) return false;
        if (inner >= N_KINDS) return wrong_kind(r, key, "an array", inner);
        if (!read_u64(r, key, &count) || !skip_elements(r, key, inner, count, nesting + 1))
            return false;
    }
    return true;
}

static bool read_value(struct reader *r, struct gguf_value *v)
{
    *v = (struct gguf_value){0};
    if (!read_name(r, "a key", &v->key) || !read_u32(r, v->key, &v->kind)) return false;
    if (v->kind >= N_KINDS) return wrong_kind(r, v->key, "its value", v->kind);
    if (v->kind == KIND_STRING) {
        if (!read_string(r, v->key, &v->at, &v->n)) return false;
        v->offset = r->at - v->n;
        return true;
    }
    uint64_t n = 1;
    uint32_t kind = v->kind;
    if (kind == KIND_ARRAY) {
        if (!read_u32(r, v->key, &v->element)) return false;
        if (v->element >= N_KINDS) return wrong_kind(r, v->key, "an array", v->element);
        if (!read_u64(r, v->key, &n)) return false;
        kind = v->element;
    }
    v->at = r->data + r->at;
    v->offset = r->at;
    v->n = (size_t)n;
    if (v->kind != KIND_ARRAY && left(r) < gguf_kind_size(kind)) return ends(r, v->key);
    return skip_elements(r, v->key, kind, n, 1);
}

static int compare_keys(const void *a, const void *b)
{
    const struct gguf_value *x = a, *y = b;
    return strcmp(x->key, y->key);
}

static bool read_values(struct reader *r, uint64_t n, struct gguf_values *values)
{
    for (uint64_t i = 0; i < n; i++) {
        if (values->n == values->cap) {
            size_t cap = values->cap ? 2 * values->cap : 64;
            struct gguf_value *grown = realloc(values->list, cap * sizeof *grown);
            if (!grown) return error_memory(r->err, r->path);
            values->list = grown;
            values->cap = cap;
        }
        if (!read_value(r, &values->list[values->n])) return false;
        values->n++;
    }
    if (values->n) qsort(values->list, values->n, sizeof *values->list, compare_keys);
    for (size_t i = 1; i < values->n; i++)
        if (strcmp(values->list[i - 1].key, values->list[i].key) == 0)
            return error_set(r->err, ERROR_INPUT,
                             "%s: key \"%s\" is there twice (values at offsets %zu and %zu)",
                             r->path, values->list[i].key, values->list[i - 1].offset,
                             values->list[i].offset);
    return true;
}

/* ---- tensors ---- */

/* The tensor's type and, from its shape, its size. */
static bool check_shape(struct reader *r, struct gguf_tensor *t, uint32_t type)
{
    if (type >= N_TYPES || !TYPES[type].name)
        return error_set(r->err, ERROR_INPUT,
                         "%s: offset %zu: tensor \"%s\": unknown type %" PRIu32, r->path, r->at - 4,
                         t->name, type);
    if (!TYPES[type].values)
        return error_set(r->err, ERROR_UNSUPPORTED,
                         "%s: offset %zu: tensor \"%s\": type %s is not supported (supported: %s)",
                         r->path, r->at - 4, t->name, TYPES[type].name, SUPPORTED);
    t->type = (enum gguf_type)type;
    size_t row = t->shape[t->n_dims ? t->n_dims - 1 : 0];
    if (row % TYPES[type].values)
        return error_set(r->err, ERROR_INPUT,
                         "%s: tensor \"%s\": rows of %zu values are no whole number of %s blocks "
                         "(of %" PRIu32 ")",
                         r->path, t->name, row, TYPES[type].name, TYPES[type].values);
    t->size = row / TYPES[type].values;
    bool overflow = __builtin_mul_overflow(t->size, (size_t)TYPES[type].bytes, &t->size);
    for (size_t i = 0; i + 1 < t->n_dims; i++)
        overflow |= __builtin_mul_overflow(t->size, t->shape[i], &t->size);
    if (overflow || t->size > INT64_MAX)
        return error_set(r->err, ERROR_INPUT, "%s: tensor \"%s\": its shape overflows", r->path,
                         t->name);
    return true;
}

/* Leaves the tensor's offset in *offset; where the data begins is not known yet. */
static bool read_tensor(struct reader *r, struct gguf_tensor *t, uint64_t *offset)
{
    *t = (struct gguf_tensor){.file = r->path, .shape = {1, 1, 1, 1}};
    uint32_t n_dims = 0, type = 0;
    if (!read_name(r, "the name of a tensor", &t->name) || !read_u32(r, t->name, &n_dims))
        return false;
    if (n_dims > GGUF_MAX_DIMS)
        return error_set(r->err, ERROR_INPUT,
                         "%s: offset %zu: tensor \"%s\": %" PRIu32 " dimensions, more than %d",
                         r->path, r->at - 4, t->name, n_dims, GGUF_MAX_DIMS);
    t->n_dims = n_dims;
    for (size_t i = n_dims; i-- > 0;) { /* the file begins with the innermost */
        uint64_t n = 0;
        if (!read_u64(r, t->name, &n)) return false;
        if (n == 0 || n > INT64_MAX)
            return error_set(r->err, ERROR_INPUT,
                             "%s: offset %zu: tensor \"%s\": a dimension of %" PRIu64, r->path,
                             r->at - 8, t->name, n);
        t->shape[i] = (size_t)n;
    }
    if (!read_u32(r, t->name, &type) || !check_shape(r, t, type)) return false;
    return read_u64(r, t->name, offset);
}

static int compare_places(const void *a, const void *b)
{
    const struct gguf_tensor *x = a, *y = b;
    return x->data < y->data ? -1 : x->data > y->data;
}

static bool read_tensors(struct reader *r, struct gguf *g, uint64_t n, size_t alignment)
{
    size_t first = g->n_tensors;
    uint64_t *offsets = malloc(((size_t)n + 1) * sizeof *offsets); /* n is at most MAX_TENSORS */
    bool ok = false;
    if (!offsets) return error_memory(r->err, r->path);
    for (uint64_t i = 0; i < n; i++) {
        if (g->n_tensors == g->cap_tensors) {
            size_t cap = g->cap_tensors ? 2 * g->cap_tensors : 256;
            struct gguf_tensor *grown = realloc(g->tensors, cap * sizeof *grown);
            if (!grown) {
                error_memory(r->err, r->path);
                goto done;
            }
            g->tensors = grown;
            g->cap_tensors = cap;
        }
        if (!read_tensor(r, &g->tensors[g->n_tensors], &offsets[i])) goto done;
        g->n_tensors++;
    }
    size_t begin = (r->at + alignment - 1) & ~(alignment - 1);
    size_t size = begin < r->size ? r->size - begin : 0;
    struct gguf_tensor *added = n ? g->tensors + first : NULL;
    for (size_t i = 0; i < n; i++) {
        struct gguf_tensor *t = &added[i];
        if (offsets[i] % alignment) {
            error_set(r->err, ERROR_INPUT,
                      "%s: tensor \"%s\": data offset %" PRIu64 " is no multiple of %zu", r->path,
                      t->name, offsets[i], alignment);
            goto done;
        }
        if (offsets[i] > size || t->size > size - offsets[i]) {
            error_set(r->err, ERROR_INPUT,
                      "%s: tensor \"%s\": data at offset %" PRIu64
                      " of %zu bytes goes past the end of the data (%zu bytes from %zu on)",
                      r->path, t->name, offsets[i], t->size, size, begin);
            goto done;
        }
        t->data = r->data + begin + offsets[i];
    }
    if (n) qsort(added, (size_t)n, sizeof *added, compare_places);
    for (size_t i = 1; i < n; i++) {
        if ((size_t)(added[i].data - added[i - 1].data) >= added[i - 1].size) continue;
        error_set(r->err, ERROR_INPUT, "%s: tensors \"%s\" and \"%s\" overlap at data offset %zu",
                  r->path, added[i - 1].name, added[i].name,
                  (size_t)(added[i].data - r->data) - begin);
        goto done;
    }
    ok = true;
done:
    free(offsets);
    return ok;
}

/* ---- the file ---- */

/* A count of the header: bounded by the file, and by what is sane. */
static bool check_count(const struct reader *r, const char *what, uint64_t n, size_t least,
                        size_t most)
{
    if (n <= most && n <= r->size / least) return true;
    return error_set(r->err, ERROR_INPUT,
                     "%s: %" PRIu64 " %s, more than the file (%zu bytes) can hold or than %zu",
                     r->path, n, what, r->size, most);
}

bool gguf_read_file(struct gguf *g, const struct gguf_file *file, struct gguf_values *values,
                    struct error *err)
{
    struct reader r = {.data = file->map.data,
                       .size = file->map.size,
                       .path = file->path,
                       .arena = &g->arena,
                       .err = err};
    uint32_t version = 0;
    uint64_t n_tensors = 0, n_values = 0;
    if (r.size < 4 || memcmp(r.data, "GGUF", 4) != 0)
        return error_set(err, ERROR_INPUT, "%s: offset 0: does not begin with \"GGUF\"", r.path);
    r.at = 4;
    if (!read_u32(&r, "the version", &version)) return false;
    if (version == 0x02000000 || version == 0x03000000)
        return error_set(err, ERROR_UNSUPPORTED, "%s: offset 4: a big-endian GGUF file", r.path);
    if (version != 2 && version != 3)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: offset 4: GGUF version %" PRIu32 " (supported: 2 and 3)", r.path,
                         version);
    if (!read_u64(&r, "the number of tensors", &n_tensors) ||
        !read_u64(&r, "the number of metadata values", &n_values) ||
        !check_count(&r, "tensors", n_tensors, 24, MAX_TENSORS) ||
        !check_count(&r, "metadata values", n_values, 13, MAX_VALUES) ||
        !read_values(&r, n_values, values))
        return false;
    size_t alignment = DEFAULT_ALIGNMENT;
    if (!gguf_values_size(values, r.path, "general.alignment", false, 1, MAX_ALIGNMENT, &alignment,
                          err))
        return false;
    if (alignment & (alignment - 1))
        return error_set(err, ERROR_INPUT,
                         "%s: key \"general.alignment\": %zu is not a power of two", r.path,
                         alignment);
    return read_tensors(&r, g, n_tensors, alignment);
}
