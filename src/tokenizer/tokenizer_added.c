#include "tokenizer/tokenizer_parts.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* ---- loading ---- */

static int compare_bytes(const struct added_token *x, const struct added_token *y)
{
    int c = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
    return c ? c : x->len < y->len ? -1 : x->len > y->len;
}

/* Two tokens may become the same text by normalization: the first in order is the one found. */
static int compare_tokens(const void *a, const void *b)
{
    const struct added_token *x = a, *y = b;
    int c = compare_bytes(x, y);
    return c ? c : x->order < y->order ? -1 : x->order > y->order;
}

/* The text that a normalized token is looked for by. */
static bool normalize_text(struct added_token *token, const struct normalizer *normalizer,
                           struct arena *arena, struct error *err)
{
    struct buffer text = {0};
    bool ok = normalizer_run(normalizer, token->text, token->len, &text, err);
    if (ok) {
        token->text = arena_strndup(arena, buffer_text(&text), text.len);
        token->len = text.len;
        if (!token->text) ok = error_memory(err, "the added tokens");
    }
    buffer_free(&text);
    return ok;
}

bool added_load(struct added_set sets[TOKENIZE_MODES][2], struct arena *arena,
                const struct vocab *v, const json_t *added, const struct normalizer *normalizer,
                const char *file, struct error *err)
{
    size_t n = json_array_size(added), i;
    json_t *value;
    for (int k = 0; k < 4; k++) {
        struct added_set *set = &sets[k / 2][k % 2];
        set->list = arena_array(arena, n, sizeof *set->list);
        if (!set->list) return error_memory(err, "the added tokens");
    }
    json_array_foreach(added, i, value)
    {
        struct added_token token = {.id =
                                        (int32_t)json_integer_value(json_object_get(value, "id"))};
        bool special = false, normalized = false;
        if (!json_get_bool(value, file, "special", false, &special, err)) return false;
        normalized = !special; /* the library's default */
        if (!json_get_bool(value, file, "normalized", false, &normalized, err) ||
            !json_get_bool(value, file, "single_word", false, &token.single_word, err) ||
            !json_get_bool(value, file, "lstrip", false, &token.lstrip, err) ||
            !json_get_bool(value, file, "rstrip", false, &token.rstrip, err))
            return false;
        token.order = special ? i : n + i;
        token.text = json_string_value(json_object_get(value, "content"));
        token.len = strlen(token.text);
        if (normalized && !normalizer_keeps(normalizer, token.text, token.len)) {
            if (!normalize_text(&token, normalizer, arena, err)) return false;
            if (token.len == 0) continue; /* an accent that is stripped: it is never there */
        } else {
            token.text = arena_strndup(arena, token.text, token.len);
            if (!token.text) return error_memory(err, "the added tokens");
        }
        for (int mode = 0; mode < TOKENIZE_MODES; mode++) {
            struct added_set *set = &sets[mode][normalized];
            if (mode == TOKENIZE_TEXT && v->tokens[token.id].flags & TOKEN_CONTROL) continue;
            set->list[set->n++] = token;
            set->first[(unsigned char)token.text[0]] = true;
        }
    }
    for (int k = 0; k < 4; k++) {
        struct added_set *set = &sets[k / 2][k % 2];
        qsort(set->list, set->n, sizeof *set->list, compare_tokens);
    }
    return true;
}

/* ---- finding ---- */

/* The longest token that text starts with, or NULL: the list is narrowed byte by byte to those
 * that begin with what has been read. */
static const struct added_token *longest_at(const struct added_set *set, const char *text,
                                            size_t len)
{
    const struct added_token *found = NULL, *lo = set->list, *hi = set->list + set->n;
    for (size_t depth = 0; depth < len && lo < hi; depth++) {
        unsigned char c = (unsigned char)text[depth];
        /* Tokens shorter than this sort first and have been seen. */
        while (lo < hi && lo->len <= depth) lo++;
        const struct added_token *a = lo, *b = hi;
        while (a < b) {
            const struct added_token *mid = a + (b - a) / 2;
            if ((unsigned char)mid->text[depth] < c)
                a = mid + 1;
            else
                b = mid;
        }
        lo = a;
        b = hi;
        while (a < b) {
            const struct added_token *mid = a + (b - a) / 2;
            if ((unsigned char)mid->text[depth] <= c)
                a = mid + 1;
            else
                b = mid;
        }
        hi = a;
        if (lo < hi && lo->len == depth + 1) found = lo;
    }
    return found;
}

bool text_is_space(uint32_t cp)
{
    return (cp >= 9 && cp <= 13) || cp == 0x20 || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
           cp == 0x205f || cp == 0x3000;
}

/* \w of Rust's regex: alphabetic, marks, decimal digits, connectors, joiners. */
static bool is_word(uint32_t cp)
{
    if (cp == 0x200c || cp == 0x200d) return true;
    switch (utf8proc_category((int32_t)cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
        return true;
    default: /* symbols that Unicode calls alphabetic: circled and squared letters */
        return (cp >= 0x24b6 && cp <= 0x24e9) || (cp >= 0x1f130 && cp <= 0x1f149) ||
               (cp >= 0x1f150 && cp <= 0x1f169) || (cp >= 0x1f170 && cp <= 0x1f189);
    }
}

/* The code point that ends at text + at, which is not 0. */
static size_t decode_before(const char *text, size_t at, uint32_t *cp)
{
    size_t n = 1;
    while (n < at && n < 4 && ((unsigned char)text[at - n] & 0xc0) == 0x80) n++;
    *cp = 0xfffd;
    return utf8_decode(text + at - n, n, cp) == n ? n : 1;
}

struct added_match added_next(const struct added_set *set, const char *text, size_t len, size_t *at,
                              size_t from)
{
    uint32_t cp;
    size_t n;
    for (size_t i = set->n ? *at : len; i < len; i++) {
        if (!set->first[(unsigned char)text[i]]) continue;
        const struct added_token *token = longest_at(set, text + i, len - i);
        if (!token) continue;
        size_t start = i, end = i + token->len;
        *at = end;
        if (token->single_word) {
            bool word_before = start > 0 && decode_before(text, start, &cp) && is_word(cp);
            bool word_after = utf8_decode(text + end, len - end, &cp) && is_word(cp);
            if (word_before || word_after) {
                i = end - 1; /* passed over as a whole */
                continue;
            }
        }
        if (token->lstrip)
            while (start > from && (n = decode_before(text, start, &cp)) && text_is_space(cp))
                start -= n;
        if (token->rstrip)
            while ((n = utf8_decode(text + end, len - end, &cp)) && text_is_space(cp)) end += n;
        return (struct added_match){start, end, token->id};
    }
    *at = len;
    return (struct added_match){len, len, -1};
}
