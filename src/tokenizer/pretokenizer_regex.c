#include "tokenizer/pretokenizer_regex.h"

#include "base/utf8.h"
#include "tokenizer/tokenizer_unicode.h"

#include <string.h>

/* White_Space, which is what \s means to Oniguruma; PCRE2's \s also takes U+180E. */
static const char white_space[] = "\\x09-\\x0d\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}"
                                  "\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}";

struct translation {
    const char *p, *end;
    const char *where;
    struct buffer *out;
    struct error *err;
};

static bool refuse(const struct translation *t, const char *at, const char *why)
{
    return error_set(t->err, ERROR_UNSUPPORTED, "%s: regular expression at \"%.20s\": %s", t->where,
                     at, why);
}

/* The items of a class for a general category: the property, and what newer Unicode added to it.
 * The letters of ASCII come first, in the bitmap of the class, because text is mostly made of them.
 */
static void put_category(struct buffer *out, const char *category)
{
    if (strcmp(category, "L") == 0) buffer_puts(out, "A-Za-z");
    if (strcmp(category, "N") == 0 || strcmp(category, "Nd") == 0) buffer_puts(out, "0-9");
    buffer_printf(out, "\\p{%s}", category);
    size_t len = strlen(category);
    for (size_t i = 0; i < unicode_n_added_ranges; i++) {
        const struct unicode_range *r = &unicode_added_ranges[i];
        if (strncmp(r->category, category, len) != 0) continue;
        /* Neighbours of one major class (Lu, Ll, Lu, ...) become one range. */
        uint32_t last = r->last;
        while (i + 1 < unicode_n_added_ranges && unicode_added_ranges[i + 1].first == last + 1 &&
               strncmp(unicode_added_ranges[i + 1].category, category, len) == 0)
            last = unicode_added_ranges[++i].last;
        buffer_printf(out, "\\x{%x}", r->first);
        if (last != r->first) buffer_printf(out, "-\\x{%x}", last);
    }
}

/* \p{Xx}, \p{^Xx} or \P{Xx}, with t->p behind the p. */
static bool read_category(struct translation *t, char category[3], bool *negated)
{
    static const char known[] = " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po "
                                "S Sm Sc Sk So Z Zs Zl Zp ";
    const char *start = t->p - 2;
    if (t->p == t->end || *t->p != '{') return refuse(t, start, "expected {");
    const char *name = t->p + 1;
    if (name < t->end && *name == '^') {
        *negated = !*negated;
        name++;
    }
    const char *close = memchr(name, '}', (size_t)(t->end - name));
    size_t len = close ? (size_t)(close - name) : 0;
    if (len < 1 || len > 2) return refuse(t, start, "only general categories are supported");
    char pattern[5] = {' '};
    memcpy(pattern + 1, name, len);
    pattern[len + 1] = ' ';
    if (!strstr(known, pattern)) return refuse(t, start, "only general categories are supported");
    memcpy(category, name, len);
    category[len] = '\0';
    t->p = close + 1;
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code point of \x41, \x{2028} or \u2028, with t->p behind the letter. */
static bool put_hex(struct translation *t, char letter)
{
    const char *start = t->p - 2;
    bool braces = letter == 'x' && t->p < t->end && *t->p == '{';
    size_t want = braces ? 8 : letter == 'x' ? 2 : 4, n = 0;
    uint32_t v = 0;
    if (braces) t->p++;
    while (n < want && t->p < t->end && hex_value(*t->p) >= 0) {
        v = v << 4 | (uint32_t)hex_value(*t->p++);
        n++;
    }
    char utf8[4];
    if (n == 0 || (letter == 'u' && n < 4) || utf8_encode(v, utf8) == 0)
        return refuse(t, start, "not a code point");
    /* Two digits are a raw byte to Oniguruma, half a character from 0x80 on. */
    if (letter == 'x' && !braces && v >= 0x80) return refuse(t, start, "half a character");
    if (braces && (t->p == t->end || *t->p++ != '}')) return refuse(t, start, "expected }");
    buffer_printf(t->out, "\\x{%x}", v);
    return true;
}

/* One escape, t->p on the backslash. *set is whether it stands for more than one character. */
static bool put_escape(struct translation *t, bool in_class, bool *set)
{
    const char *start = t->p++;
    if (t->p == t->end) return refuse(t, start, "a backslash at the end");
    char c = *t->p++;
    *set = strchr("sSdDpP", c) != NULL;
    bool negated = c == 'S' || c == 'D' || c == 'P';
    char category[3] = "Nd";
    switch (c) {
    case 's':
        buffer_printf(t->out, in_class ? "%s" : "[%s]", white_space);
        return true;
    case 'S': /* within a class, PCRE2's \S lacks just U+180E */
        if (in_class)
            buffer_puts(t->out, "\\S\\x{180e}");
        else
            buffer_printf(t->out, "[^%s]", white_space);
        return true;
    case 'p':
    case 'P':
        if (!read_category(t, category, &negated)) return false;
        break;
    case 'd':
    case 'D':
        break;
    case 'r':
    case 'n':
    case 't':
    case 'f':
    case 'a':
    case 'e':
        buffer_printf(t->out, "\\%c", c);
        return true;
    case 'v':
        buffer_puts(t->out, "\\x0b");
        return true;
    case 'x':
    case 'u':
        return put_hex(t, c);
    default:
        if ((unsigned char)c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
            (c >= '0' && c <= '9'))
            return refuse(t, start, "this escape is not supported");
        buffer_printf(t->out, "\\%c", c);
        return true;
    }
    if (in_class && negated) return refuse(t, start, "a negated property within a class");
    if (!in_class) buffer_puts(t->out, negated ? "[^" : "[");
    put_category(t->out, category);
    if (!in_class) buffer_putc(t->out, ']');
    return true;
}

static bool put_class(struct translation *t)
{
    const char *start = t->p++;
    buffer_putc(t->out, '[');
    if (t->p < t->end && *t->p == '^') buffer_putc(t->out, *t->p++);
    bool first = true, after_set = false;
    for (;; first = false) {
        if (t->p == t->end) return refuse(t, start, "this class has no end");
        char c = *t->p;
        if (c == ']' && !first) break;
        if (c == ']') return refuse(t, t->p, "an empty class");
        if (c == '[') return refuse(t, t->p, "a class within a class");
        if (c == '&' && t->end - t->p > 1 && t->p[1] == '&')
            return refuse(t, t->p, "an intersection of classes");
        if (c == '-' && after_set && t->end - t->p > 1 && t->p[1] != ']')
            return refuse(t, t->p, "a range that starts with a set");
        if (c == '\\') {
            if (!put_escape(t, true, &after_set)) return false;
            continue;
        }
        after_set = false;
        buffer_putc(t->out, c);
        t->p++;
    }
    buffer_putc(t->out, ']');
    t->p++;
    return true;
}

static bool put_group(struct translation *t)
{
    static const char *const openings[] = {"(?:", "(?i:", "(?=", "(?!", "(?<=", "(?<!", "(?>"};
    size_t left = (size_t)(t->end - t->p);
    if (left > 1 && t->p[1] == '?') {
        for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
            size_t n = strlen(openings[i]);
            if (left < n || memcmp(t->p, openings[i], n) != 0) continue;
            buffer_append(t->out, t->p, n);
            t->p += n;
            return true;
        }
        return refuse(t, t->p, "this kind of group is not supported");
    }
    if (left > 1 && t->p[1] == '*') return refuse(t, t->p, "this kind of group is not supported");
    buffer_puts(t->out, "(?:"); /* nobody asks for what a group caught */
    t->p++;
    return true;
}

/* {n}, {n,} or {n,m}: the same in both; the rest of Oniguruma's forms is not. */
static bool put_interval(struct translation *t)
{
    const char *start = t->p, *q = t->p + 1;
    size_t digits = 0;
    while (q < t->end && *q >= '0' && *q <= '9') q++, digits++;
    if (digits && q < t->end && *q == ',') {
        q++;
        while (q < t->end && *q >= '0' && *q <= '9') q++;
    }
    if (!digits || q == t->end || *q != '}') return refuse(t, start, "expected {n}, {n,} or {n,m}");
    q++;
    if (q < t->end && (*q == '+' || *q == '*' || *q == '{' || *q == '?'))
        return refuse(t, start, "a repeated or lazy interval");
    buffer_append(t->out, start, (size_t)(q - start));
    t->p = q;
    return true;
}

bool regex_translate(const char *pattern, size_t len, const char *where, struct buffer *out,
                     struct error *err)
{
    struct translation t = {pattern, pattern + len, where, out, err};
    while (t.p < t.end) {
        bool set, ok = true;
        switch (*t.p) {
        case '\\':
            ok = put_escape(&t, false, &set);
            break;
        case '[':
            ok = put_class(&t);
            break;
        case '(':
            ok = put_group(&t);
            break;
        case '{':
            ok = put_interval(&t);
            break;
        case '^':
        case '$':
            ok = refuse(&t, t.p, "line anchors are not supported");
            break;
        default:
            buffer_putc(out, *t.p++);
        }
        if (!ok) return false;
    }
    return !out->failed || error_memory(err, "a regular expression");
}
