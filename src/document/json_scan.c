#include "document/json_scan.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

void json_tape_init(struct json_tape *t, const char *data, size_t len)
{
    *t = (struct json_tape){.data = data, .len = len, .line = 1};
}

void json_tape_free(struct json_tape *t)
{
    free(t->values);
    *t = (struct json_tape){0};
}

size_t json_skip_space(const char *data, size_t len, size_t at)
{
    while (at < len &&
           (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' || data[at] == '\t'))
        at++;
    return at;
}

bool json_lines_follow(const char *data, size_t len, size_t end)
{
    size_t first = json_skip_space(data, len, 0), at = end;
    if (memchr(data + first, '\n', end - first) || memchr(data + first, '\r', end - first))
        return false;
    while (at < len && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r')) at++;
    while (at < len && data[at] == '\n') {
        at = json_skip_space(data, len, at);
        if (at < len && (data[at] == '{' || data[at] == '[')) return true;
        const char *nl = at < len ? memchr(data + at, '\n', len - at) : NULL;
        at = nl ? (size_t)(nl - data) : len;
    }
    return false;
}

/* What the functions below share while one value is read. */
struct scan {
    struct json_tape *tape;
    const char *data;
    size_t len, at, line;
    const char *what; /* is wrong at `at`; NULL: nothing */
};

static bool wrong(struct scan *s, const char *what)
{
    s->what = what;
    return false;
}

static char skip_space(struct scan *s)
{
    for (; s->at < s->len; s->at++) {
        char c = s->data[s->at];
        if (c == '\n')
            s->line++;
        else if (c == '\r')
            s->line += !(s->at + 1 < s->len && s->data[s->at + 1] == '\n');
        else if (c != ' ' && c != '\t')
            return c;
    }
    return '\0';
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* From the opening quote to behind the closing one. */
static bool scan_string(struct scan *s, uint32_t *begin, uint32_t *end, bool *escaped)
{
    const char *data = s->data;
    size_t at = s->at + 1, len = s->len;
    *begin = (uint32_t)at;
    *escaped = false;
    for (;;) {
        while (at < len && data[at] != '"' && data[at] != '\\' && data[at] != '\n' &&
               data[at] != '\r')
            at++;
        if (at == len || data[at] == '\n' || data[at] == '\r') {
            s->at = at;
            return wrong(s, "a string that is not closed on its line");
        }
        if (data[at] == '"') break;
        *escaped = true;
        s->at = at++; /* the place of a wrong escape */
        char c = at < len ? data[at] : 'n';
        if (c == 'u') {
            for (size_t k = 1; k <= 4; k++)
                if (at + k < len && !is_hex(data[at + k]))
                    return wrong(s, "four hexadecimal digits expected behind \\u");
            at += 5;
        } else if (c && strchr("\"\\/bfnrt", c)) {
            at++;
        } else {
            return wrong(s, "an unknown escape in a string");
        }
        if (at > len) at = len;
    }
    *end = (uint32_t)at;
    s->at = at + 1;
    return true;
}

static size_t skip_digits(const struct scan *s, size_t at)
{
    while (at < s->len && s->data[at] >= '0' && s->data[at] <= '9') at++;
    return at;
}

static bool scan_number(struct scan *s, struct json_value *v)
{
    size_t at = s->at, from;
    if (s->data[at] == '-') at++;
    from = at;
    at = skip_digits(s, at);
    if (at == from) return wrong(s, "a value expected");
    if (s->data[from] == '0' && at > from + 1) return wrong(s, "a number with a leading zero");
    if (at < s->len && s->data[at] == '.') {
        from = ++at;
        at = skip_digits(s, at);
        if (at == from) return wrong(s, "a number without digits behind its point");
    }
    if (at < s->len && (s->data[at] | 32) == 'e') {
        at++;
        if (at < s->len && (s->data[at] == '+' || s->data[at] == '-')) at++;
        from = at;
        at = skip_digits(s, at);
        if (at == from) return wrong(s, "a number without digits in its exponent");
    }
    v->type = JSON_NUMBER;
    v->begin = (uint32_t)s->at;
    v->end = (uint32_t)at;
    s->at = at;
    return true;
}

static bool scan_word(struct scan *s, struct json_value *v)
{
    static const struct {
        const char *word;
        uint8_t len, type;
    } WORDS[] = {{"null", 4, JSON_NULL_VALUE},     {"true", 4, JSON_TRUE_VALUE},
                 {"false", 5, JSON_FALSE_VALUE},   {"NaN", 3, JSON_NULL_VALUE},
                 {"Infinity", 8, JSON_NULL_VALUE}, {"-Infinity", 9, JSON_NULL_VALUE}};
    size_t left = s->len - s->at;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t n = WORDS[i].len < left ? WORDS[i].len : left;
        if (memcmp(s->data + s->at, WORDS[i].word, n) != 0) continue;
        if (n < WORDS[i].len) s->at = s->len; /* cut short */
        if (n < WORDS[i].len) return wrong(s, "a value expected");
        v->type = WORDS[i].type;
        v->begin = (uint32_t)s->at;
        v->end = (uint32_t)(s->at += n);
        return true;
    }
    return wrong(s, "a value expected");
}

/* Room for one more on the tape; NULL: memory is out, or there are too many. */
static struct json_value *add_value(struct json_tape *t)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        struct json_value *values =
            t->n >= UINT32_MAX / 2 ? NULL : realloc(t->values, cap * sizeof *values);
        if (!values) {
            t->failed = true;
            return NULL;
        }
        t->values = values;
        t->cap = cap;
    }
    struct json_value *v = &t->values[t->n++];
    *v = (struct json_value){0};
    return v;
}

static bool scan_values(struct scan *s)
{
    struct json_tape *t = s->tape;
    uint32_t open[JSON_MAX_DEPTH];
    size_t depth = 0;
    do {
        struct json_value *v = add_value(t);
        if (!v) return wrong(s, "too many values");
        char c = skip_space(s);
        struct json_value *up = depth ? &t->values[open[depth - 1]] : NULL;
        if (up && up->type == JSON_RECORD) {
            if (c != '"') return wrong(s, "a member's name expected");
            uint32_t end;
            if (!scan_string(s, &v->key, &end, &v->key_escaped)) return false;
            v->key_len = end - v->key;
            if (skip_space(s) != ':') return wrong(s, "':' expected");
            s->at++;
            c = skip_space(s);
        }
        if (up) up->count++;
        v->line = s->line > UINT32_MAX ? UINT32_MAX : (uint32_t)s->line;
        if (c == '{' || c == '[') {
            v->type = c == '{' ? JSON_RECORD : JSON_LIST;
            v->begin = (uint32_t)s->at++;
            v->plain = true;
            if (up) up->plain = false;
            c = skip_space(s);
            if (c != (v->type == JSON_RECORD ? '}' : ']')) {
                if (depth == JSON_MAX_DEPTH) return wrong(s, "nested too deep");
                open[depth++] = (uint32_t)(t->n - 1);
                continue;
            }
            v->end = (uint32_t)++s->at;
        } else if (c == '"') {
            v->type = JSON_TEXT;
            if (!scan_string(s, &v->begin, &v->end, &v->escaped)) return false;
        } else if ((c >= '0' && c <= '9') ||
                   (c == '-' && !(s->at + 1 < s->len && s->data[s->at + 1] == 'I'))) {
            if (!scan_number(s, v)) return false;
        } else if (!scan_word(s, v)) {
            return false;
        }
        v->next = (uint32_t)t->n;
        while (depth) {
            up = &t->values[open[depth - 1]];
            c = skip_space(s);
            bool record = up->type == JSON_RECORD;
            if (c == ',') {
                s->at++;
                break;
            }
            if (c != (record ? '}' : ']'))
                return wrong(s, record ? "',' or '}' expected" : "',' or ']' expected");
            up->end = (uint32_t)++s->at;
            up->next = (uint32_t)t->n;
            depth--;
        }
    } while (depth);
    return true;
}

bool json_scan_value(struct json_tape *t, size_t *at, struct json_error *bad)
{
    struct scan s = {.tape = t, .data = t->data, .len = t->len, .at = *at, .line = t->line};
    size_t n = t->n;
    if (!scan_values(&s)) {
        t->n = n;
        *bad = (struct json_error){s.at < s.len ? s.at : s.len, s.line, s.what};
        return false;
    }
    *at = s.at;
    t->line = s.line;
    return true;
}

/* ---- strings ---- */

static uint32_t hex4(const char *s)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 4 | (uint32_t)(s[i] <= '9' ? s[i] - '0' : (s[i] | 32) - 'a' + 10);
    return v;
}

void json_decode(const char *data, size_t begin, size_t end, struct buffer *out)
{
    while (begin < end) {
        const char *slash = memchr(data + begin, '\\', end - begin);
        size_t stop = slash ? (size_t)(slash - data) : end;
        buffer_append(out, data + begin, stop - begin);
        if (!slash) return;
        begin = stop + 2;
        char c = data[stop + 1];
        if (c != 'u') {
            static const char FROM[] = "bfnrt", TO[] = "\b\f\n\r\t";
            const char *at = strchr(FROM, c);
            buffer_putc(out, at ? TO[at - FROM] : c);
            continue;
        }
        uint32_t cp = hex4(data + begin);
        begin += 4;
        if (cp >= 0xd800 && cp < 0xdc00 && end - begin >= 6 && data[begin] == '\\' &&
            data[begin + 1] == 'u') {
            uint32_t low = hex4(data + begin + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
                begin += 6;
            }
        }
        char utf8[4];
        size_t n = utf8_encode(cp ? cp : 0xfffd, utf8);
        if (n == 0) n = utf8_encode(0xfffd, utf8);
        buffer_append(out, utf8, n);
    }
}
