#include "grammar/span_constraint.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

/* All that have begun with the same bytes lie side by side in the sorted list of starts, so that
 * the places that are still possible are a range of it, however many they are. */
struct start {
    const char *text; /* (len), into the constraint's */
    uint32_t len;     /* of the longest span from here; it ends at an edge */
    uint32_t source;
};

/* A span has ended and its source's suffix is being spelled. */
struct tail {
    uint32_t source;
    uint32_t len; /* of the span */
    uint32_t at;  /* bytes of the suffix */
};

/* All readings of what came so far. */
struct reading {
    bool begun;         /* the space before the output may no longer come */
    int32_t fixed;      /* bytes of the fixed text; -1: it is not that */
    uint32_t lo, hi;    /* range of the starts */
    uint32_t copied;    /* bytes from each of them */
    size_t tails, ends; /* range of the tails */
};

struct suffix {
    const char *text;
    size_t len;
};

enum { FLAG_BREAK = 1, FLAG_BEGIN = 2, FLAG_END = 4 };

struct span_constraint {
    struct token_constraint token;
    const struct vocabulary *vocabulary;
    char *text;            /* (n_text): all sources, a line break behind each */
    uint8_t *flags;        /* (n_text): FLAG_BREAK of the byte, the others of the place before it */
    size_t *offsets;       /* (n_sources + 1): into text */
    struct suffix *suffix; /* (n_sources) */
    char *words;           /* the suffixes, then the fixed text, each with its NUL */
    const char *fixed;     /* NULL: there is none */
    struct start *starts;  /* (n_starts), by their texts */
    uint64_t *tokens;      /* (words of the vocabulary): a mask */
    char *said;            /* what was accepted, without the space before it */
    uint64_t *seen;        /* (n_sources): `stamp` of when it was */
    struct tail *tails;    /* those of `now` first, behind them those on the way to a node */
    size_t n_text, n_sources, n_starts, n_said, n_tails, cap_tails;
    uint64_t stamp;
    bool spelled[256];       /* bytes that are a token */
    bool begins_suffix[256]; /* bytes */
    bool failed;
    struct reading now;
    struct reading path[VOCABULARY_MAX_TOKEN + 1]; /* on the way to a node */
};

/* ---- edges of words ---- */

enum kind {
    KIND_BREAK, /* of a line, or what no span may hold */
    KIND_SPACE,
    KIND_HARD_SPACE, /* "240 170" with a space that does not break */
    KIND_LETTER,
    KIND_MARK, /* goes with what it follows */
    KIND_DIGIT,
    KIND_HAN, /* a word by itself */
    KIND_UNIT,
    KIND_CURRENCY,
    KIND_HYPHEN,
    KIND_DOT,
    KIND_COMMA,
    KIND_APOSTROPHE,
    KIND_SLASH,
    KIND_OTHER,
};

enum { OPENING_QUOTE = 0x201c, CLOSING_QUOTE = 0x201d };

static bool is_han(uint32_t cp)
{
    return (cp >= 0x3040 && cp <= 0x30ff) || (cp >= 0x3400 && cp <= 0x9fff) ||
           (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0x20000 && cp <= 0x3ffff);
}

static enum kind kind_by_category(uint32_t cp)
{
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: return is_han(cp) ? KIND_HAN : KIND_LETTER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF: return KIND_MARK;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return KIND_DIGIT;
    case UTF8PROC_CATEGORY_SC: return KIND_CURRENCY;
    case UTF8PROC_CATEGORY_ZS: return KIND_SPACE;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return KIND_BREAK;
    default: return KIND_OTHER;
    }
}

static enum kind kind_of(uint32_t cp)
{
    switch (cp) {
    case '\t': return KIND_SPACE;
    case 0xa0:
    case 0x2007:
    case 0x2009:
    case 0x202f: return KIND_HARD_SPACE;
    case '_': return KIND_LETTER;
    case '%':
    case 0xb0:   /* ° */
    case 0x2030: /* ‰ */
    case 0x2032: /* ′ */
    case 0x2033: /* ″ */ return KIND_UNIT;
    case '-':
    case 0x2010: /* hyphens, a figure dash, an en dash, a minus */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2212: return KIND_HYPHEN;
    case '.': return KIND_DOT;
    case ',':
    case ':': return KIND_COMMA;
    case '\'':
    case 0x2019: return KIND_APOSTROPHE;
    case '/':
    case '&':
    case 0xd7: /* × */
    case 0x2044: return KIND_SLASH;
    default: return kind_by_category(cp);
    }
}

static bool is_word(enum kind k)
{
    return k == KIND_LETTER || k == KIND_MARK || k == KIND_DIGIT;
}

static bool is_blank(enum kind k)
{
    return k == KIND_BREAK || k == KIND_SPACE || k == KIND_HARD_SPACE;
}

/* Between a and b the sign `k` holds them together. */
static bool links(enum kind a, enum kind k, enum kind b)
{
    switch (k) {
    case KIND_HYPHEN:
        return (is_word(a) || a == KIND_UNIT || a == KIND_CURRENCY) &&
               (is_word(b) || b == KIND_CURRENCY);
    case KIND_SLASH: return (is_word(a) || a == KIND_UNIT) && is_word(b);
    case KIND_APOSTROPHE: return is_word(a) && is_word(b);
    case KIND_DOT:
    case KIND_COMMA:
    case KIND_HARD_SPACE: return a == KIND_DIGIT && b == KIND_DIGIT;
    default: return false;
    }
}

/* No span begins or ends between k[1] and k[2]. */
static bool joined(const enum kind k[4])
{
    enum kind a = k[1], b = k[2];
    if (is_word(a) && is_word(b)) return true;
    if (b == KIND_MARK) return !is_blank(a);
    if (links(k[0], a, b) || links(a, b, k[3])) return true;
    if (a == KIND_DIGIT) return b == KIND_UNIT || b == KIND_CURRENCY || b == KIND_HAN;
    if (a == KIND_UNIT) return is_word(b);
    if (a == KIND_CURRENCY) return b == KIND_DIGIT && k[0] == KIND_HYPHEN; /* "-$5" */
    if (a == KIND_HYPHEN) return b == KIND_DIGIT || b == KIND_CURRENCY;            /* a minus */
    return a == KIND_DOT && b == KIND_DIGIT && !is_word(k[0]) && k[0] != KIND_DOT; /* ".5" */
}

static void mark_edge(struct span_constraint *c, size_t at, const enum kind k[4])
{
    if (joined(k)) return;
    bool cuts_price = k[1] == KIND_CURRENCY && k[2] == KIND_DIGIT; /* "240" of "€240" is fine */
    if (!is_blank(k[1]) && !cuts_price) c->flags[at] |= FLAG_END;
    if (!is_blank(k[2])) c->flags[at] |= FLAG_BEGIN;
}

/* '"' and "'" behind a digit are units, unless they close a quotation. */
static enum kind kind_of_quote(uint32_t cp, enum kind before, bool *quoting)
{
    if (cp == '\'') return before == KIND_DIGIT ? KIND_UNIT : KIND_APOSTROPHE;
    bool opens = cp == OPENING_QUOTE, closes = *quoting && !opens;
    *quoting = opens || (cp == '"' && !closes && !is_word(before));
    return before == KIND_DIGIT && !opens && !closes ? KIND_UNIT : KIND_OTHER;
}

static enum kind read_kind(const struct span_constraint *c, size_t at, enum kind before,
                           bool *quoting, size_t *len)
{
    uint32_t cp;
    *len = utf8_decode(c->text + at, c->n_text - at, &cp);
    enum kind k = *len ? kind_of(cp) : KIND_BREAK;
    if (*len == 0) *len = 1;
    for (size_t i = 0; i < *len; i++)
        if (!c->spelled[(unsigned char)c->text[at + i]]) k = KIND_BREAK;
    if (k == KIND_BREAK) {
        *quoting = false;
        return k;
    }
    bool quote = cp == '\'' || cp == '"' || cp == OPENING_QUOTE || cp == CLOSING_QUOTE;
    return quote ? kind_of_quote(cp, before, quoting) : k;
}

/* The text ends with a break, so that none of its last places is left out. */
static void mark_edges(struct span_constraint *c)
{
    enum kind k[4] = {KIND_BREAK, KIND_BREAK, KIND_BREAK, KIND_BREAK};
    bool quoting = false;
    size_t len, last = 0; /* where k[3] begins */
    for (size_t at = 0; at < c->n_text; at += len) {
        memmove(k, k + 1, 3 * sizeof *k);
        k[3] = read_kind(c, at, k[2], &quoting, &len);
        mark_edge(c, last, k);
        if (k[3] == KIND_BREAK) memset(c->flags + at, FLAG_BREAK, len);
        last = at;
    }
    memmove(k, k + 1, 3 * sizeof *k);
    k[3] = KIND_BREAK;
    mark_edge(c, last, k);
}

/* ---- starts ---- */

static int by_text(const void *a, const void *b)
{
    const struct start *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
    if (order) return order;
    if (x->len != y->len) return x->len < y->len ? -1 : 1;
    return (x->text > y->text) - (x->text < y->text);
}

/* Of the line text[from..to). `last`, (n_text): room for the last end at or before each place. */
static void add_line(struct span_constraint *c, size_t from, size_t to, size_t max_bytes,
                     uint32_t source, uint32_t *last)
{
    for (size_t at = from; at <= to; at++)
        last[at] = at > from && !(c->flags[at] & FLAG_END) ? last[at - 1] : (uint32_t)at;
    for (size_t at = from; at < to; at++) {
        if (!(c->flags[at] & FLAG_BEGIN)) continue;
        uint32_t end = last[max_bytes < to - at ? at + max_bytes : to];
        if (end <= at) continue;
        c->starts[c->n_starts++] = (struct start){c->text + at, end - (uint32_t)at, source};
    }
}

static bool find_starts(struct span_constraint *c, size_t max_bytes)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_text; i++) n += (c->flags[i] & FLAG_BEGIN) != 0;
    uint32_t *last = calloc(c->n_text + 1, sizeof *last);
    c->starts = calloc(n + 1, sizeof *c->starts);
    if (!last || !c->starts) {
        free(last);
        return false;
    }
    for (size_t s = 0; s < c->n_sources; s++)
        for (size_t from = c->offsets[s], at = from; at < c->offsets[s + 1]; at++) {
            if (!(c->flags[at] & FLAG_BREAK)) continue;
            add_line(c, from, at, max_bytes, (uint32_t)s, last);
            from = at + 1;
        }
    free(last);
    if (c->n_starts) qsort(c->starts, c->n_starts, sizeof *c->starts, by_text);
    return true;
}

/* ---- readings ---- */

static bool is_end_of(const struct span_constraint *c, const struct start *s, uint32_t len)
{
    return c->flags[(size_t)(s->text - c->text) + len] & FLAG_END;
}

/* The first start of lo..hi whose byte at `at` is `least` or more; all begin alike up to there. */
static uint32_t lower_bound(const struct span_constraint *c, uint32_t lo, uint32_t hi, uint32_t at,
                            unsigned least)
{
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        const struct start *s = &c->starts[middle];
        if (s->len > at && (unsigned char)s->text[at] >= least)
            hi = middle;
        else
            lo = middle + 1;
    }
    return lo;
}

static void narrow(const struct span_constraint *c, uint32_t *lo, uint32_t *hi, uint32_t at,
                   unsigned char byte)
{
    *lo = lower_bound(c, *lo, *hi, at, byte);
    *hi = lower_bound(c, *lo, *hi, at, byte + 1u);
}

static void push_tail(struct span_constraint *c, struct tail t)
{
    if (c->n_tails == c->cap_tails) {
        size_t cap = c->cap_tails ? 2 * c->cap_tails : 64;
        struct tail *more = realloc(c->tails, cap * sizeof *more);
        if (!more) {
            c->failed = true;
            return;
        }
        c->tails = more;
        c->cap_tails = cap;
    }
    c->tails[c->n_tails++] = t;
}

/* Spans that may have ended before `byte`, which begins their source's suffix. */
static void end_spans(struct span_constraint *c, const struct reading *r, unsigned char byte)
{
    if (r->copied == 0 || !c->begins_suffix[byte]) return;
    c->stamp++;
    for (uint32_t i = r->lo; i < r->hi; i++) {
        const struct start *s = &c->starts[i];
        if (c->seen[s->source] == c->stamp || !is_end_of(c, s, r->copied)) continue;
        c->seen[s->source] = c->stamp;
        if (c->suffix[s->source].len && (unsigned char)*c->suffix[s->source].text == byte)
            push_tail(c, (struct tail){s->source, r->copied, 1});
    }
}

/* What is left of `from` behind `byte`; byte 0, which ends the texts here, fits nothing. Its tails
 * stand behind those of `from`, and what stood there is gone. */
static struct reading step(struct span_constraint *c, const struct reading *from,
                           unsigned char byte)
{
    struct reading to = *from;
    bool space = !from->begun && byte == ' ';
    to.begun = true;
    c->n_tails = to.tails = to.ends = from->ends;
    if (space) return to; /* neither a span nor the fixed text begins with one */
    bool fits = to.fixed >= 0 && byte && (unsigned char)c->fixed[to.fixed] == byte;
    to.fixed = fits ? to.fixed + 1 : -1;
    for (size_t i = from->tails; i < from->ends; i++) {
        struct tail t = c->tails[i];
        if (!byte || (unsigned char)c->suffix[t.source].text[t.at] != byte) continue;
        t.at++;
        push_tail(c, t);
    }
    end_spans(c, from, byte);
    to.ends = c->n_tails;
    narrow(c, &to.lo, &to.hi, from->copied, byte);
    to.copied++;
    return to;
}

static bool is_dead(const struct reading *r)
{
    return r->fixed < 0 && r->lo == r->hi && r->tails == r->ends;
}

static bool is_fixed(const struct span_constraint *c)
{
    return c->now.fixed > 0 && c->fixed[c->now.fixed] == '\0';
}

/* The first source that a whole output is of; its span's length in *len. SIZE_MAX: there is none.
 */
static size_t whole_source(const struct span_constraint *c, uint32_t *len)
{
    const struct reading *r = &c->now;
    size_t best = SIZE_MAX;
    for (size_t i = r->tails; i < r->ends; i++) {
        const struct tail *t = &c->tails[i];
        if (t->source >= best || t->at < c->suffix[t->source].len) continue;
        best = t->source;
        *len = t->len;
    }
    for (uint32_t i = r->lo; r->copied && i < r->hi; i++) {
        const struct start *s = &c->starts[i];
        if (s->source >= best || c->suffix[s->source].len || !is_end_of(c, s, r->copied)) continue;
        best = s->source;
        *len = r->copied;
    }
    return best;
}

/* ---- for the engine ---- */

static void walk(struct span_constraint *c)
{
    const struct vocabulary_tree *tree = &c->vocabulary->all;
    c->path[0] = c->now;
    for (size_t i = 0; i < tree->n;) {
        const struct vocabulary_node *node = &tree->nodes[i];
        struct reading *to = &c->path[node->depth + 1];
        *to = step(c, &c->path[node->depth], node->byte);
        if (is_dead(to)) {
            i = node->next;
            continue;
        }
        if (node->id >= 0) token_set_add(c->tokens, node->id);
        i++;
    }
}

static bool is_empty(const uint64_t *tokens, size_t words)
{
    for (size_t i = 0; i < words; i++)
        if (tokens[i]) return false;
    return true;
}

/* True when something may follow. */
static bool apply(const struct span_constraint *c, float *logits, size_t vocab)
{
    bool any = false;
    for (size_t i = 0; i < vocab; i++) {
        if (i < c->vocabulary->n && token_set_has(c->tokens, i))
            any = true;
        else
            logits[i] = -INFINITY;
    }
    return any;
}

static bool mask_tokens(void *context, float *logits, size_t vocab)
{
    struct span_constraint *c = context;
    const struct vocabulary *v = c->vocabulary;
    if (c->failed) return false;
    memset(c->tokens, 0, v->words * sizeof *c->tokens);
    walk(c);
    bool whole = span_constraint_complete(c);
    if (whole && is_empty(c->tokens, v->words)) return false;
    for (size_t i = 0; whole && i < v->n_ends; i++) token_set_add(c->tokens, v->ends[i]);
    if (!apply(c, logits, vocab)) c->failed = true;
    return !c->failed;
}

static bool is_end(const struct vocabulary *v, int32_t id)
{
    for (size_t i = 0; i < v->n_ends; i++)
        if (v->ends[i] == id) return true;
    return false;
}

static void accept_token(void *context, int32_t id)
{
    struct span_constraint *c = context;
    size_t len;
    if (is_end(c->vocabulary, id)) return;
    const char *bytes = tokenizer_token_bytes(c->vocabulary->tokenizer, id, &len);
    for (size_t i = 0; i < len && !c->failed; i++) {
        bool space = !c->now.begun && bytes[i] == ' ';
        struct reading r = step(c, &c->now, (unsigned char)bytes[i]);
        if (is_dead(&r)) c->failed = true;
        if (!space && !c->failed) c->said[c->n_said++] = bytes[i];
        if (r.ends > r.tails)
            memmove(c->tails, c->tails + r.tails, (r.ends - r.tails) * sizeof *c->tails);
        r.ends -= r.tails;
        r.tails = 0;
        c->now = r;
    }
}

/* ---- its life ---- */

static bool check_sizes(const struct span_source *sources, size_t n, const char *fixed,
                        size_t max_bytes, struct error *err)
{
    size_t left = SPAN_MAX_TEXT;
    if (n > SPAN_MAX_SOURCES)
        return error_set(err, ERROR_USAGE, "%zu sources: at most %d", n, SPAN_MAX_SOURCES);
    if (max_bytes > SPAN_MAX_BYTES)
        return error_set(err, ERROR_USAGE, "spans of %zu bytes: at most %d", max_bytes,
                         SPAN_MAX_BYTES);
    for (size_t i = 0; i < n; i++) {
        if (sources[i].len > left)
            return error_set(err, ERROR_USAGE, "the sources have more than %d bytes",
                             SPAN_MAX_TEXT);
        left -= sources[i].len;
        if (strlen(sources[i].suffix) > SPAN_MAX_SUFFIX)
            return error_set(err, ERROR_USAGE, "a source's suffix has more than %d bytes",
                             SPAN_MAX_SUFFIX);
    }
    if (fixed && (*fixed == '\0' || *fixed == ' '))
        return error_set(err, ERROR_USAGE, "the fixed text is empty or begins with a space");
    if (fixed && strlen(fixed) > SPAN_MAX_BYTES)
        return error_set(err, ERROR_USAGE, "the fixed text has more than %d bytes", SPAN_MAX_BYTES);
    return true;
}

static bool copy_texts(struct span_constraint *c, const struct span_source *sources, size_t n,
                       const char *fixed)
{
    size_t n_text = 0, n_words = fixed ? strlen(fixed) + 1 : 0;
    for (size_t i = 0; i < n; i++) {
        n_text += sources[i].len + 1;
        n_words += strlen(sources[i].suffix) + 1;
    }
    c->text = malloc(n_text + 1);
    c->flags = calloc(n_text + 1, 1);
    c->offsets = calloc(n + 1, sizeof *c->offsets);
    c->suffix = calloc(n + 1, sizeof *c->suffix);
    c->seen = calloc(n + 1, sizeof *c->seen);
    c->words = malloc(n_words + 1);
    c->said = malloc(SPAN_MAX_BYTES + SPAN_MAX_SUFFIX + 1);
    c->tokens = calloc(c->vocabulary->words + 1, sizeof *c->tokens);
    if (!c->text || !c->flags || !c->offsets || !c->suffix || !c->seen || !c->words || !c->said ||
        !c->tokens)
        return false;
    char *word = c->words;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(sources[i].suffix);
        if (sources[i].len) memcpy(c->text + c->n_text, sources[i].text, sources[i].len);
        c->offsets[i] = c->n_text;
        c->n_text += sources[i].len;
        c->text[c->n_text++] = '\n';
        c->suffix[i] = (struct suffix){memcpy(word, sources[i].suffix, len + 1), len};
        if (len) c->begins_suffix[(unsigned char)*word] = true;
        word += len + 1;
    }
    c->n_sources = n;
    c->offsets[n] = c->n_text;
    if (fixed) c->fixed = memcpy(word, fixed, strlen(fixed) + 1);
    return true;
}

static bool check_spelling(const struct span_constraint *c, const char *text, struct error *err)
{
    for (; *text; text++)
        if (!c->spelled[(unsigned char)*text])
            return error_set(err, ERROR_UNSUPPORTED,
                             "the tokenizer has no token for byte 0x%02x alone, which a suffix or "
                             "the fixed text needs",
                             (unsigned)(unsigned char)*text);
    return true;
}

struct span_constraint *span_constraint_create(const struct vocabulary *v,
                                               const struct span_source *sources, size_t n,
                                               const char *fixed, size_t max_bytes,
                                               struct error *err)
{
    if (!check_sizes(sources, n, fixed, max_bytes, err)) return NULL;
    struct span_constraint *c = calloc(1, sizeof *c);
    if (!c) goto no_memory;
    c->vocabulary = v;
    c->token = (struct token_constraint){c, mask_tokens, accept_token};
    for (size_t i = 0; i < v->all.n; i = v->all.nodes[i].next)
        c->spelled[v->all.nodes[i].byte] = v->all.nodes[i].id >= 0;
    if (!copy_texts(c, sources, n, fixed)) goto no_memory;
    for (size_t i = 0; i < n; i++)
        if (!check_spelling(c, c->suffix[i].text, err)) goto fail;
    if (fixed && !check_spelling(c, fixed, err)) goto fail;
    mark_edges(c);
    if (!find_starts(c, max_bytes)) goto no_memory;
    if (!fixed && c->n_starts == 0) {
        error_set(err, ERROR_USAGE, "the sources hold nothing that could be copied");
        goto fail;
    }
    c->now = (struct reading){.fixed = fixed ? 0 : -1, .hi = (uint32_t)c->n_starts};
    return c;
no_memory:
    error_memory(err, "a constraint");
fail:
    span_constraint_free(c);
    return NULL;
}

void span_constraint_free(struct span_constraint *c)
{
    if (!c) return;
    free(c->text);
    free(c->flags);
    free(c->offsets);
    free(c->suffix);
    free(c->words);
    free(c->starts);
    free(c->tokens);
    free(c->said);
    free(c->seen);
    free(c->tails);
    free(c);
}

const struct token_constraint *span_constraint_token(const struct span_constraint *c)
{
    return &c->token;
}

bool span_constraint_complete(const struct span_constraint *c)
{
    uint32_t len;
    return !c->failed && (is_fixed(c) || whole_source(c, &len) != SIZE_MAX);
}

bool span_constraint_failed(const struct span_constraint *c)
{
    return c->failed;
}

/* ---- what was copied ---- */

static size_t find_places(const struct span_constraint *c, size_t *source, size_t *begin,
                          size_t *len)
{
    uint32_t copied, lo = 0, hi = (uint32_t)c->n_starts;
    if (c->failed || is_fixed(c)) return 0;
    size_t from = whole_source(c, &copied), n = 0;
    if (from == SIZE_MAX) return 0;
    for (uint32_t i = 0; i < copied; i++) narrow(c, &lo, &hi, i, (unsigned char)c->said[i]);
    for (uint32_t i = lo; i < hi; i++) {
        const struct start *s = &c->starts[i];
        if (s->source != from || !is_end_of(c, s, copied)) continue;
        size_t at = (size_t)(s->text - c->text) - c->offsets[from];
        if (n++ == 0 || at < *begin) *begin = at;
    }
    *source = from;
    *len = copied;
    return n;
}

bool span_constraint_span(const struct span_constraint *c, size_t *source, size_t *begin,
                          size_t *len)
{
    return find_places(c, source, begin, len) > 0;
}

size_t span_constraint_places(const struct span_constraint *c)
{
    size_t source, begin = 0, len;
    return find_places(c, &source, &begin, &len);
}
