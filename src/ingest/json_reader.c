/* JSON documents: an array of objects, an object that holds one such array, or one object. The
 * elements' extents are found by a scan that knows strings and brackets only; jansson then parses
 * one element at a time, so that memory is bounded by the largest element. */
#include "base/json.h"
#include "ingest/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 64, MAX_FIELDS = 4096, MAX_FLATTEN = 16 };

struct scan {
    const struct reader *r;
    size_t at, line;
};

static bool scan_error(const struct scan *s, const char *what, struct error *err)
{
    return error_set(err, ERROR_INPUT, "%s: line %zu: not valid JSON: %s", s->r->path, s->line,
                     what);
}

static char skip_spaces(struct scan *s)
{
    for (; s->at < s->r->len; s->at++) {
        char c = s->r->data[s->at];
        if (c == '\n')
            s->line++;
        else if (c != ' ' && c != '\t' && c != '\r')
            return c;
    }
    return '\0';
}

static bool skip_string(struct scan *s, struct error *err)
{
    const struct scan opened = *s;
    for (s->at++; s->at < s->r->len; s->at++) {
        char c = s->r->data[s->at];
        if (c == '"') {
            s->at++;
            return true;
        }
        if (c == '\\')
            s->at++;
        else if (c == '\n')
            break;
    }
    return scan_error(&opened, "a string that does not end on its line", err);
}

/* From the first byte of a value to behind its last. */
static bool skip_value(struct scan *s, struct error *err)
{
    const struct scan opened = *s;
    size_t depth = 0;
    while (s->at < s->r->len) {
        char c = s->r->data[s->at];
        if (c == '"') {
            if (!skip_string(s, err)) return false;
            if (depth == 0) return true;
            continue;
        }
        if (c == '{' || c == '[') {
            if (++depth > MAX_DEPTH) return scan_error(s, "nested too deeply", err);
        } else if (c == '}' || c == ']') {
            if (depth == 0) return true; /* of the enclosing value */
            if (--depth == 0) {
                s->at++;
                return true;
            }
        } else if (c == '\n') {
            if (depth == 0) return true;
            s->line++;
        } else if (depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r')) {
            return true;
        }
        s->at++;
    }
    return depth == 0 || scan_error(&opened, "a bracket that is never closed", err);
}

static json_t *parse(const struct scan *from, size_t end, struct error *err)
{
    json_error_t je;
    json_t *v = json_loadb(from->r->data + from->at, end - from->at,
                           JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &je);
    if (!v)
        error_set(err, ERROR_INPUT, "%s: line %zu: not valid JSON: %s", from->r->path,
                  from->line + (je.line > 0 ? (size_t)je.line - 1 : 0), je.text);
    return v;
}

/* ---- one object to names and values ---- */

struct flat {
    struct arena arena;
    const char *names[MAX_FIELDS], *values[MAX_FIELDS];
    size_t n;
};

static bool scalar_text(const json_t *v, struct buffer *out)
{
    switch (json_typeof(v)) {
    case JSON_STRING:
        buffer_puts(out, json_string_value(v));
        return true;
    case JSON_INTEGER:
        buffer_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        return true;
    case JSON_REAL: {
        char text[40];
        snprintf(text, sizeof text, "%.15g", json_real_value(v));
        buffer_puts(out, text);
        return true;
    }
    case JSON_TRUE:
        buffer_puts(out, "yes");
        return true;
    case JSON_FALSE:
        buffer_puts(out, "no");
        return true;
    case JSON_NULL:
        return true;
    default:
        return false;
    }
}

static bool flatten(struct flat *f, const struct scan *at, const json_t *v, const char *name,
                    size_t depth, struct error *err)
{
    if (depth > MAX_FLATTEN)
        return error_set(err, ERROR_INPUT, "%s: line %zu: field \"%s\" is nested too deeply",
                         at->r->path, at->line, name);
    struct buffer b = {0};
    bool ok = true, plain = !json_is_object(v);
    if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v) && plain; i++) {
            const json_t *item = json_array_get(v, i);
            if (i > 0) buffer_puts(&b, ", ");
            plain = scalar_text(item, &b);
        }
    } else if (plain) {
        scalar_text(v, &b);
    }
    if (plain) {
        if (f->n == MAX_FIELDS) {
            ok = error_set(err, ERROR_INPUT, "%s: line %zu: an object of more than %d fields",
                           at->r->path, at->line, MAX_FIELDS);
        } else {
            f->names[f->n] = name;
            f->values[f->n] = arena_strdup(&f->arena, buffer_text(&b));
            if (!f->values[f->n++] || b.failed) ok = error_memory(err, "an object");
        }
        buffer_free(&b);
        return ok;
    }
    /* a.b for members, a.1 for elements */
    const char *key;
    json_t *member;
    size_t i = 0;
    void *it = json_is_object(v) ? json_object_iter((json_t *)(uintptr_t)v) : NULL;
    size_t n = json_is_object(v) ? json_object_size(v) : json_array_size(v);
    for (; ok && i < n; i++) {
        char number[24];
        if (it) {
            key = json_object_iter_key(it);
            member = json_object_iter_value(it);
            it = json_object_iter_next((json_t *)(uintptr_t)v, it);
        } else {
            snprintf(number, sizeof number, "%zu", i + 1);
            key = number;
            member = json_array_get(v, i);
        }
        buffer_clear(&b);
        if (name[0])
            buffer_printf(&b, "%s.%s", name, key);
        else
            buffer_puts(&b, key);
        const char *path = arena_strdup(&f->arena, buffer_text(&b));
        ok = path && !b.failed ? flatten(f, at, member, path, depth + 1, err)
                               : error_memory(err, "an object");
    }
    buffer_free(&b);
    return ok;
}

static bool read_item(struct reader *r, struct flat *f, const struct scan *from,
                      const struct scan *behind, size_t number, struct error *err)
{
    json_t *item = parse(from, behind->at, err);
    if (!item) return false;
    bool ok;
    if (!json_is_object(item)) {
        ok = error_set(err, ERROR_INPUT, "%s: line %zu: item %zu is not an object", r->path,
                       from->line, number);
    } else {
        f->n = 0;
        ok = flatten(f, from, item, "", 0, err);
    }
    if (ok && f->n) {
        struct column *columns = arena_array(&f->arena, f->n, sizeof *columns);
        char location[32];
        snprintf(location, sizeof location, "item %zu", number);
        struct place place = {location, from->line, behind->line, from->at, behind->at};
        ok = columns && columns_init(columns, f->names, f->n, &f->arena)
                 ? emit_row(r, columns, f->values, f->n, NULL, &place, err)
                 : error_memory(err, "an object");
    }
    arena_free(&f->arena);
    json_decref(item);
    return ok;
}

/* The elements of the array whose '[' s is at; ends behind its ']'. */
static bool read_array(struct reader *r, struct flat *f, struct scan *s, struct error *err)
{
    size_t number = 0;
    s->at++;
    if (skip_spaces(s) == ']') {
        s->at++;
        return true;
    }
    for (;;) {
        skip_spaces(s);
        struct scan from = *s;
        if (!skip_value(s, err)) return false;
        if (s->at == from.at) return scan_error(s, "a value is missing", err);
        if (!read_item(r, f, &from, s, ++number, err)) return false;
        char c = skip_spaces(s);
        if (c == '\0') return scan_error(s, "the array is never closed", err);
        if (c != ',' && c != ']') return scan_error(s, "',' or ']' expected", err);
        s->at++;
        if (c == ']') return true;
    }
}

/* Finds the one array of objects among the members of the object that s is at. */
static bool find_array(struct scan *s, bool *found, struct scan *array, struct error *err)
{
    char first_name[64] = "";
    *found = false;
    s->at++;
    if (skip_spaces(s) == '}') return true;
    for (;;) {
        if (skip_spaces(s) != '"') return scan_error(s, "a member's name expected", err);
        size_t name_at = s->at + 1;
        if (!skip_string(s, err)) return false;
        char name[64];
        snprintf(name, sizeof name, "%.*s",
                 (int)(s->at - 1 - name_at < 60 ? s->at - 1 - name_at : 60), s->r->data + name_at);
        if (skip_spaces(s) != ':') return scan_error(s, "':' expected", err);
        s->at++;
        bool is_array = skip_spaces(s) == '[';
        struct scan from = *s, inner = *s;
        inner.at++;
        if (is_array && skip_spaces(&inner) == '{') {
            if (*found)
                return error_set(
                    err, ERROR_INPUT,
                    "%s: two arrays of objects, \"%s\" and \"%s\": only one is expected",
                    s->r->path, first_name, name);
            *found = true;
            *array = from;
            memcpy(first_name, name, sizeof name);
        }
        if (!skip_value(s, err)) return false;
        if (s->at == from.at) return scan_error(s, "a value is missing", err);
        char c = skip_spaces(s);
        if (c != ',' && c != '}') return scan_error(s, "',' or '}' expected", err);
        s->at++;
        if (c == '}') return true;
    }
}

bool read_json(struct reader *r, struct error *err)
{
    struct scan s = {.r = r, .line = 1};
    if (r->len >= 3 && memcmp(r->data, "\xef\xbb\xbf", 3) == 0) s.at = 3;
    struct flat *f = arena_alloc(&r->arena, sizeof *f);
    if (!f) return error_memory(err, "an object");
    char first = skip_spaces(&s);
    struct scan root = s;
    if (first == '[') {
        if (!read_array(r, f, &s, err)) return false;
    } else if (first == '{') {
        bool found;
        struct scan array;
        if (!find_array(&s, &found, &array, err)) return false;
        if (found ? !read_array(r, f, &array, err) : !read_item(r, f, &root, &s, 1, err))
            return false;
    } else {
        return error_set(err, ERROR_INPUT,
                         "%s: line %zu: an array of objects, or an object, is expected", r->path,
                         s.line);
    }
    if (skip_spaces(&s) != '\0') return scan_error(&s, "text behind the end", err);
    return true;
}
