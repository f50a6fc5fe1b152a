/* Titles that name several models of a make ("Citroën C3 & ë-C3"), and headings that begin with one of
 * them. */
#include "ingest/prose_subject.h"

#include "vehicle/registry.h"

#include <string.h>
#include <strings.h>

enum { TITLE_BLOCKS = 4, TITLE_TOKENS = 16, MAX_JOINED = 4, PART_TOKENS = 4 };

/* The end of the part that begins at text[from], and where the next one begins; len: none does. */
static size_t part_end(const char *text, size_t len, size_t from, size_t *next)
{
    static const char *const JOINS[] = {" & ", " + ", " / ", " and ", " und ", " et ", " y ", ", "};
    for (size_t i = from; i < len; i++)
        for (size_t k = 0; k < sizeof JOINS / sizeof *JOINS; k++) {
            size_t n = strlen(JOINS[k]);
            if (len - i > n && strncasecmp(text + i, JOINS[k], n) == 0) {
                *next = i + n;
                return i;
            }
        }
    *next = len;
    return len;
}

/* A few words or codes, each written as a name. */
static bool is_model_name(const struct prose_names *names, const char *text, size_t len)
{
    struct token t[PART_TOKENS + 2];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, PART_TOKENS + 2);
    if (n == 0 || n > PART_TOKENS + 1) return false;
    bool upper = false, digit = false;
    for (size_t i = 0; i < n; i++) {
        if (prose_word(names->lex, &t[i]) & (WORD_TOPIC | WORD_NO_NAME | WORD_DOCUMENT | WORD_VERB)) return false;
        upper = upper || t[i].upper;
        digit = digit || t[i].kind == TOKEN_NUMBER;
    }
    return upper || digit;
}

bool prose_joined_find(struct prose_names *names)
{
    const struct document *d = names->document;
    for (size_t b = 0; b < d->n_blocks && b < TITLE_BLOCKS; b++) {
        const struct block *k = &d->blocks[b];
        if (k->kind != BLOCK_HEADING && !prose_looks_like_heading(d, b)) continue;
        struct token t[TITLE_TOKENS];
        size_t n = tokens_split(k->text, k->len, TOKENS_TEXT, t, TITLE_TOKENS), parts = 0, next;
        int make = -1, other;
        size_t used = n < TITLE_TOKENS ? prose_make(t, n, &make) : 0;
        if (!used || used == n) continue;
        for (size_t i = used; i < n; i++)
            if (prose_make(t + i, n - i, &other)) used = 0; /* a comparison of makes */
        if (!used) continue;
        bool names_all = true;
        for (size_t at = t[used].begin; at < k->len; at = next, parts++) {
            size_t end = part_end(k->text, k->len, at, &next);
            names_all = names_all && is_model_name(names, k->text + at, end - at);
        }
        if (parts < 2 || parts > MAX_JOINED || !names_all) continue;
        for (size_t at = t[used].begin; at < k->len; at = next) {
            size_t end = part_end(k->text, k->len, at, &next);
            struct subject s = {.trim = "", .make_number = make};
            s.make = arena_strndup(names->arena, k->text + t[0].begin, t[used - 1].end - t[0].begin);
            s.model = arena_strndup(names->arena, k->text + at, end - at);
            if (!s.make || !s.model || !prose_known_add(names, &s)) return false;
        }
        names->joined = b + 1;
        return true;
    }
    return true;
}

bool prose_joined_heading(struct prose_subject *out, const struct prose_names *names, const char *text, size_t len,
                          bool *found)
{
    struct token t[TITLE_TOKENS];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, TITLE_TOKENS);
    const struct prose_known *k = names->joined && n < TITLE_TOKENS
                                      ? prose_known_find(names, &(struct prose_subject){.known = false}, t, n)
                                      : NULL;
    *found = k && k->whole;
    if (!*found) return true;
    *out = (struct prose_subject){.s = k->s, .known = true, .heading = text};
    size_t end = k->n; /* what follows without a comma or colon is the version */
    while (end < n && !(t[end].gap & (GAP_COMMA | GAP_COLON | GAP_OPEN | GAP_STOP | GAP_OTHER))) end++;
    if (end > k->n) {
        out->s.trim = arena_strndup(names->arena, text + t[k->n].begin, t[end - 1].end - t[k->n].begin);
        if (!out->s.trim) return false;
    }
    prose_subject_tokens(out);
    return true;
}
