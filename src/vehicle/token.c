#include "vehicle/token.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum class {
    CLASS_LETTER,
    CLASS_DIGIT,
    CLASS_HAN,
    CLASS_SIGN,
    CLASS_MARK, /* belongs to the letter before it */
    CLASS_GAP,
};

struct reading {
    enum class class;
    uint32_t cp;
    size_t len; /* bytes */
};

static bool is_han(uint32_t c)
{
    return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x4dbf) ||
           (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7af) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x2ffff);
}

static bool is_sign(uint32_t c)
{
    return c == '%' || c == '$' || c == '<' || c == '>' || c == '=' || c == 0x20ac || c == 0xa3 ||
           c == 0xa5 || c == 0xb0 || c == 0x2264 || c == 0x2265;
}

static struct reading read_at(const char *text, size_t len)
{
    struct reading r = {CLASS_GAP, 0, 1};
    unsigned char first = (unsigned char)text[0];
    if (first < 0x80) {
        r.cp = first;
        if (first >= '0' && first <= '9')
            r.class = CLASS_DIGIT;
        else if ((first | 0x20) >= 'a' && (first | 0x20) <= 'z')
            r.class = CLASS_LETTER;
        else if (is_sign(first))
            r.class = CLASS_SIGN;
        return r;
    }
    size_t n = utf8_decode(text, len, &r.cp);
    if (n == 0) return r;
    r.len = n;
    if (r.cp == 0xfffd) { /* a letter that was lost before: "Citro?n" */
        r.class = CLASS_MARK;
        return r;
    }
    if (is_sign(r.cp)) {
        r.class = CLASS_SIGN;
        return r;
    }
    switch (utf8proc_category((utf8proc_int32_t)r.cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: r.class = is_han(r.cp) ? CLASS_HAN : CLASS_LETTER; break;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: r.class = CLASS_MARK; break;
    case UTF8PROC_CATEGORY_ND: r.class = CLASS_DIGIT; break;
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_NL: /* "cm³", "½" */
        /* Raised digits, and the lowered ones of "CO₂". */
        r.class = r.cp == 0xb2 || r.cp == 0xb3 || r.cp == 0xb9 || (r.cp >= 0x2080 && r.cp <= 0x2089)
                      ? CLASS_DIGIT
                      : CLASS_GAP;
        break;
    default: break;
    }
    return r;
}

/* The value of a decimal digit of any script: their ten digits stand in a row. */
static char digit_of(uint32_t cp)
{
    if (cp >= '0' && cp <= '9') return (char)cp;
    if (cp >= 0x2080 && cp <= 0x2089) return (char)('0' + (cp - 0x2080));
    if (cp == 0xb2 || cp == 0xb3) return (char)('2' + (cp - 0xb2));
    if (cp == 0xb9) return '1';
    unsigned before = 0;
    while (before < 9 && cp > before &&
           utf8proc_category((utf8proc_int32_t)(cp - before - 1)) == UTF8PROC_CATEGORY_ND)
        before++;
    return (char)('0' + before);
}

/* The folded form of one letter: at most 15 bytes. */
static size_t fold_letter(uint32_t cp, char out[16])
{
    if (cp < 0x80) {
        out[0] = cp >= 'A' && cp <= 'Z' ? (char)(cp - 'A' + 'a') : (char)cp;
        return 1;
    }
    /* Letters that Unicode does not take apart. */
    static const struct {
        uint32_t cp;
        const char *text;
    } PLAIN[] = {{0xf8, "o"},   {0xd8, "o"},   {0x142, "l"},  {0x141, "l"},  {0x111, "d"},
                 {0x110, "d"},  {0xe6, "ae"},  {0xc6, "ae"},  {0x153, "oe"}, {0x152, "oe"},
                 {0x131, "i"},  {0x130, "i"},  {0xfe, "th"},  {0xde, "th"},  {0xf0, "d"},
                 {0xd0, "d"}};
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++)
        if (PLAIN[i].cp == cp) {
            size_t n = strlen(PLAIN[i].text);
            memcpy(out, PLAIN[i].text, n);
            return n;
        }
    utf8proc_int32_t parts[8];
    int boundary = UTF8PROC_BOUNDCLASS_START;
    utf8proc_ssize_t n = utf8proc_decompose_char(
        (utf8proc_int32_t)cp, parts, 8,
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK, &boundary);
    if (n < 0 || n > 8) return utf8_encode(cp, out);
    size_t used = 0;
    for (utf8proc_ssize_t i = 0; i < n && used + 4 < 16; i++)
        used += utf8_encode((uint32_t)parts[i], out + used);
    return used;
}

static unsigned gap_of(uint32_t cp, bool before_space)
{
    switch (cp) {
    case ' ':
    case '\t':
    case 0xa0:
    case 0x2009:
    case 0x202f:
    case 0x3000: return GAP_SPACE;
    case '\n':
    case '\r': return GAP_SPACE | GAP_STOP;
    case '-':
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212: return GAP_HYPHEN;
    case '/': return GAP_SLASH;
    case ',':
    case ';':
    case 0x3001:
    case 0xff0c:
    case 0xff1b: return GAP_COMMA;
    case '(':
    case '[':
    case '{':
    case 0xff08:
    case 0x3010: return GAP_OPEN;
    case ')':
    case ']':
    case '}':
    case 0xff09:
    case 0x3011: return GAP_CLOSE;
    case ':':
    case 0xff1a: return GAP_COLON;
    case '.': return before_space ? GAP_STOP : GAP_OTHER;
    case '?':
    case '!':
    case 0x3002:
    case 0xff1f:
    case 0xff01: return GAP_STOP;
    default: return GAP_OTHER;
    }
}

struct splitter {
    const char *text;
    size_t len, at;
    enum tokens_mode mode;
    unsigned gap;
};

static struct reading peek(const struct splitter *s, size_t at)
{
    if (at >= s->len) return (struct reading){CLASS_GAP, 0, 0};
    return read_at(s->text + at, s->len - at);
}

static bool is_upper(uint32_t cp)
{
    if (cp < 0x80) return cp >= 'A' && cp <= 'Z';
    return utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_LU;
}

/* Key of a number's digits with '.' and ',' in between: one separator before three digits groups when
 * it is a comma; the last of two different ones is the decimal sign. */
static void number_key(const char *raw, size_t n, char *key)
{
    size_t points = 0, commas = 0, last = 0;
    for (size_t i = 0; i < n; i++)
        if (raw[i] == '.' || raw[i] == ',') {
            *(raw[i] == '.' ? &points : &commas) += 1;
            last = i;
        }
    bool decimal = points + commas == 1 ? raw[last] == '.' || n - last - 1 != 3
                                        : points > 0 && commas > 0;
    bool keep = points > 1 && commas == 0 && n - last - 1 != 3; /* "1.2.3": no number */
    size_t used = 0;
    for (size_t i = 0; i < n && used + 1 < TOKEN_KEY_MAX; i++) {
        if (raw[i] != '.' && raw[i] != ',')
            key[used++] = raw[i];
        else if (keep || (decimal && i == last))
            key[used++] = '.';
    }
    key[used] = '\0';
}

static void take_number(struct splitter *s, struct token *t)
{
    char raw[TOKEN_KEY_MAX];
    size_t n = 0;
    while (s->at < s->len) {
        struct reading r = peek(s, s->at);
        if (r.class == CLASS_DIGIT) {
            if (n + 1 < sizeof raw) raw[n++] = digit_of(r.cp);
            s->at += r.len;
            continue;
        }
        if ((r.cp == '.' || r.cp == ',') && peek(s, s->at + r.len).class == CLASS_DIGIT) {
            if (n + 1 < sizeof raw) raw[n++] = (char)r.cp;
            s->at += r.len;
            continue;
        }
        break;
    }
    t->kind = TOKEN_NUMBER;
    number_key(raw, n, t->key);
    t->number = strtod(t->key, NULL);
}

/* Whether an identifier's word ends before the letter at s->at. */
static bool camel_boundary(const struct splitter *s, const struct token *t, uint32_t before,
                           const struct reading *r, size_t letters)
{
    if (s->mode != TOKENS_IDENTIFIER || letters == 0) return false;
    uint32_t next = peek(s, s->at + r->len).cp;
    bool next_lower = peek(s, s->at + r->len).class == CLASS_LETTER && !is_upper(next);
    if (r->cp == 'k' && !is_upper(before) && letters > 1 && next == 'W') return true; /* "gross|kWh" */
    if (!is_upper(r->cp)) return false;
    (void)t;
    if (!is_upper(before)) return letters > 1; /* "kWh" and "eTron" stay whole */
    /* "MPGCity" is mpg, city; "CO2s" and plurals of abbreviations ("MPGs") stay whole. */
    return next_lower && !(next == 's' && peek(s, s->at + r->len + 1).class != CLASS_LETTER);
}

static void take_word(struct splitter *s, struct token *t)
{
    size_t used = 0, letters = 0;
    uint32_t before = 0;
    t->kind = TOKEN_WORD;
    while (s->at < s->len) {
        struct reading r = peek(s, s->at);
        if (r.class == CLASS_MARK) {
            s->at += r.len;
            continue;
        }
        if (r.class != CLASS_LETTER || camel_boundary(s, t, before, &r, letters)) break;
        char folded[16];
        size_t n = fold_letter(r.cp, folded);
        if (used + n < TOKEN_KEY_MAX) {
            memcpy(t->key + used, folded, n);
            used += n;
        }
        before = r.cp;
        letters++;
        s->at += r.len;
    }
    t->key[used] = '\0';
}

/* Passes over a possessive 's behind a word. */
static void skip_possessive(struct splitter *s)
{
    struct reading a = peek(s, s->at);
    if (a.cp != '\'' && a.cp != 0x2019) return;
    size_t at = s->at + a.len;
    if (at < s->len && (s->text[at] | 0x20) == 's') {
        enum class after = peek(s, at + 1).class;
        if (after != CLASS_LETTER && after != CLASS_DIGIT) s->at = at + 1;
    }
}

static bool next_token(struct splitter *s, struct token *t)
{
    unsigned gap = s->gap;
    s->gap = 0;
    while (s->at < s->len) {
        struct reading r = peek(s, s->at);
        if (r.class == CLASS_GAP || r.class == CLASS_MARK) {
            struct reading after = peek(s, s->at + r.len);
            bool before_space = after.len == 0 || after.cp == ' ' || after.cp == '\n' ||
                                after.cp == '\r' || after.cp == '\t';
            if (r.class == CLASS_GAP) gap |= gap_of(r.cp, before_space);
            s->at += r.len;
            continue;
        }
        *t = (struct token){.begin = s->at, .gap = gap, .upper = is_upper(r.cp)};
        if (r.class == CLASS_DIGIT) {
            take_number(s, t);
        } else if (r.class == CLASS_LETTER) {
            take_word(s, t);
        } else {
            size_t n = r.class == CLASS_HAN ? utf8_encode(r.cp, t->key)
                                            : utf8_encode(r.cp, t->key);
            t->key[n] = '\0';
            t->kind = r.class == CLASS_HAN ? TOKEN_HAN : TOKEN_SIGN;
            s->at += r.len;
        }
        t->end = s->at;
        if (t->kind == TOKEN_WORD || t->kind == TOKEN_NUMBER) skip_possessive(s);
        if (t->key[0]) return true;
    }
    s->gap = gap;
    return false;
}

size_t tokens_split(const char *text, size_t len, enum tokens_mode mode, struct token *out,
                    size_t max)
{
    struct splitter s = {.text = text, .len = len, .mode = mode, .gap = GAP_STOP};
    size_t n = 0;
    while (n < max && next_token(&s, &out[n])) {
        if (n) out[n - 1].gap_end = out[n].gap;
        n++;
    }
    if (n) out[n - 1].gap_end = (n < max ? s.gap : 0) | GAP_STOP;
    return n;
}

bool token_key_in(const char *key, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(key, *words) == 0) return true;
    return false;
}

void tokens_key(const char *text, size_t len, enum tokens_mode mode, struct buffer *out)
{
    struct splitter s = {.text = text, .len = len, .mode = mode};
    struct token t;
    for (bool first = true; next_token(&s, &t); first = false) {
        if (!first) buffer_putc(out, ' ');
        buffer_puts(out, t.key);
    }
}

void text_fold(const char *text, size_t len, struct buffer *out)
{
    for (size_t at = 0; at < len;) {
        struct reading r = read_at(text + at, len - at);
        char folded[16];
        if (r.class == CLASS_LETTER)
            buffer_append(out, folded, fold_letter(r.cp, folded));
        else if (r.class == CLASS_DIGIT)
            buffer_putc(out, digit_of(r.cp));
        else if (r.class != CLASS_MARK)
            buffer_append(out, text + at, r.len);
        at += r.len;
    }
}

size_t key_distance(const char *a, const char *b, size_t limit)
{
    size_t n = strlen(a), m = strlen(b);
    if (n >= TOKEN_KEY_MAX || m >= TOKEN_KEY_MAX) return strcmp(a, b) == 0 ? 0 : limit + 1;
    if ((n > m ? n - m : m - n) > limit) return limit + 1;
    size_t rows[3][TOKEN_KEY_MAX];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++) last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        size_t least = row[0];
        for (size_t j = 1; j <= m; j++) {
            size_t cost = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < cost) cost = last[j] + 1;
            if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < cost)
                cost = before[j - 2] + 1;
            row[j] = cost;
            if (cost < least) least = cost;
        }
        if (least > limit) return limit + 1;
        size_t *t = before;
        before = last;
        last = row;
        row = t;
    }
    return last[m] > limit ? limit + 1 : last[m];
}
