/* Typed look-ups in the metadata of a GGUF file. */
#include "base/utf8.h"
#include "model/gguf_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_key(const void *key, const void *value)
{
    return strcmp(key, ((const struct gguf_value *)value)->key);
}

const struct gguf_value *gguf_values_find(const struct gguf_values *v, const char *key)
{
    return v->n ? bsearch(key, v->list, v->n, sizeof *v->list, compare_key) : NULL;
}

static const char *kind_name(const struct gguf_value *v)
{
    static const char *const NAMES[N_KINDS] = {"u8",  "i8",  "u16",  "i16",    "u32",
                                               "i32", "f32", "bool", "string", "array",
                                               "u64", "i64", "f64"};
    return NAMES[v->kind];
}

/* Finds the key; false ends the look-up, with an error only where one is due. */
static bool find(const struct gguf_values *values, const char *file, const char *key, bool required,
                 const struct gguf_value **v, bool *ok, struct error *err)
{
    *v = gguf_values_find(values, key);
    *ok = *v || !required;
    if (!*ok) error_set(err, ERROR_INPUT, "%s: there is no key \"%s\"", file, key);
    return *v != NULL;
}

static bool wrong_kind(const char *file, const struct gguf_value *v, const char *expected,
                       struct error *err)
{
    return error_set(err, ERROR_INPUT, "%s: offset %zu: key \"%s\" is of type %s, expected %s",
                     file, v->offset, v->key, kind_name(v), expected);
}

static bool is_integer(uint32_t kind)
{
    return kind <= KIND_I32 || kind == KIND_U64 || kind == KIND_I64;
}

/* An integer of any width; u64 above INT64_MAX comes out as INT64_MAX. */
static int64_t load_integer(uint32_t kind, const uint8_t *at)
{
    uint64_t u = 0;
    memcpy(&u, at, gguf_kind_size(kind));
    switch (kind) {
    case KIND_I8:
        return (int8_t)u;
    case KIND_I16:
        return (int16_t)u;
    case KIND_I32:
        return (int32_t)u;
    case KIND_I64:
        return (int64_t)u;
    default:
        return u > INT64_MAX ? INT64_MAX : (int64_t)u;
    }
}

bool gguf_values_size(const struct gguf_values *values, const char *file, const char *key,
                      bool required, size_t min, size_t max, size_t *out, struct error *err)
{
    const struct gguf_value *v;
    bool ok;
    if (!find(values, file, key, required, &v, &ok, err)) return ok;
    if (!is_integer(v->kind)) return wrong_kind(file, v, "an integer", err);
    int64_t n = load_integer(v->kind, v->at);
    if (n < 0 || (uint64_t)n < min || (uint64_t)n > max)
        return error_set(err, ERROR_INPUT,
                         "%s: offset %zu: key \"%s\" is %" PRId64 ", outside %zu..%zu", file,
                         v->offset, key, n, min, max);
    *out = (size_t)n;
    return true;
}

bool gguf_has(const struct gguf *g, const char *key)
{
    return gguf_values_find(&g->values, key) != NULL;
}

bool gguf_get_size(const struct gguf *g, const char *key, bool required, size_t min, size_t max,
                   size_t *out, struct error *err)
{
    return gguf_values_size(&g->values, gguf_path(g), key, required, min, max, out, err);
}

bool gguf_get_number(const struct gguf *g, const char *key, bool required, double min, double max,
                     double *out, struct error *err)
{
    const struct gguf_value *v;
    bool ok;
    if (!find(&g->values, gguf_path(g), key, required, &v, &ok, err)) return ok;
    double n;
    if (v->kind == KIND_F32) {
        float f;
        memcpy(&f, v->at, sizeof f);
        n = (double)f;
    } else if (v->kind == KIND_F64) {
        memcpy(&n, v->at, sizeof n);
    } else if (is_integer(v->kind)) {
        n = (double)load_integer(v->kind, v->at);
    } else {
        return wrong_kind(gguf_path(g), v, "a number", err);
    }
    if (!(n >= min && n <= max))
        return error_set(err, ERROR_INPUT, "%s: offset %zu: key \"%s\" is %g, outside %g..%g",
                         gguf_path(g), v->offset, key, n, min, max);
    *out = n;
    return true;
}

bool gguf_get_text(const struct gguf *g, const char *key, bool required, const char **out,
                   size_t *len, struct error *err)
{
    const struct gguf_value *v;
    bool ok;
    if (!find(&g->values, gguf_path(g), key, required, &v, &ok, err)) return ok;
    if (v->kind != KIND_STRING) return wrong_kind(gguf_path(g), v, "a string", err);
    *out = (const char *)v->at;
    *len = v->n;
    return true;
}

const char *gguf_show(const char *text, size_t len, char out[GGUF_SHOWN])
{
    size_t n = len < GGUF_SHOWN ? len : utf8_complete_prefix(text, GGUF_SHOWN - 1);
    bool valid = utf8_is_valid(text, n);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        out[i] = c < 0x20 || c == 0x7f || (c >= 0x80 && !valid) ? '?' : (char)c;
    }
    out[n] = '\0';
    return out;
}

/* ---- arrays ---- */

static bool get_array(const struct gguf *g, const char *key, bool required, bool texts,
                      struct gguf_array *out, struct error *err)
{
    const struct gguf_value *v;
    bool ok;
    *out = (struct gguf_array){0};
    if (!find(&g->values, gguf_path(g), key, required, &v, &ok, err)) return ok;
    const char *expected = texts ? "an array of strings" : "an array of integers";
    if (v->kind != KIND_ARRAY) return wrong_kind(gguf_path(g), v, expected, err);
    if (texts ? v->element != KIND_STRING : !is_integer(v->element))
        return error_set(err, ERROR_INPUT, "%s: offset %zu: key \"%s\" is not %s", gguf_path(g),
                         v->offset, key, expected);
    *out = (struct gguf_array){.n = v->n, .left = v->n, .kind = v->element, .at = v->at};
    return true;
}

bool gguf_get_texts(const struct gguf *g, const char *key, bool required, struct gguf_array *out,
                    struct error *err)
{
    return get_array(g, key, required, true, out, err);
}

bool gguf_get_integers(const struct gguf *g, const char *key, bool required, struct gguf_array *out,
                       struct error *err)
{
    return get_array(g, key, required, false, out, err);
}

/* The lengths were checked when the file was read. */
const char *gguf_next_text(struct gguf_array *a, size_t *len)
{
    if (!a->left) return NULL;
    uint64_t n;
    memcpy(&n, a->at, sizeof n);
    const char *text = (const char *)a->at + sizeof n;
    a->at += sizeof n + n;
    a->left--;
    *len = (size_t)n;
    return text;
}

int64_t gguf_next_integer(struct gguf_array *a)
{
    if (!a->left) return 0;
    int64_t n = load_integer(a->kind, a->at);
    a->at += gguf_kind_size(a->kind);
    a->left--;
    return n;
}
