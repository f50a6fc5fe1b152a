#include "query/document_words.h"

#include "query/word_match.h"

#include <string.h>

enum {
    MAX_TOKENS = 400,
    FIRST_PAGE_BYTES = 1500, /* of a document that say what it is about */
    HEAD_BYTES = 120,        /* of a page's first line */
};

struct word_sets word_sets_of(const struct query *q)
{
    struct word_sets s = {0};
    for (size_t k = 0; k < q->n_cell_words; k++) {
        const struct query_cell_word *w = &q->cell_words[k];
        if (!w->optional) s.needed |= 1u << k;
        if (w->together && !w->alternative) s.codes |= 1u << k;
        if (w->dimensions) s.measured |= 1u << k;
        s.quantities |= w->dimensions;
    }
    return s;
}

static uint32_t words_in(const struct query *q, const char *text)
{
    struct token tokens[MAX_TOKENS];
    return words_in_text(text, q->cell_words, q->n_cell_words, tokens, MAX_TOKENS);
}

/* A page's text, in *arena; NULL: there is none. */
static const char *text_of_page(const struct catalog *c, struct store *store, size_t document, size_t number,
                                struct arena *arena)
{
    struct store_page page;
    struct error none = {0};
    return store_read_page(store, c->documents[document].id, number, arena, &page, &none) ? page.text : NULL;
}

static bool words_of_start(const struct query *q, const char *text, size_t len, size_t max, struct arena *arena,
                           uint32_t *bits, struct error *err)
{
    const char *start = arena_strndup(arena, text, len < max ? len : max);
    if (!start) return error_memory(err, "an answer");
    *bits = words_in(q, start);
    return true;
}

/* The codes that the text has, each where it has no other of its kind: "Figure 2-1. Slipring (Model AMA-5102UT)". */
static uint32_t only_codes(const struct query *q, const char *text)
{
    uint32_t codes = word_sets_of(q).codes, bits = 0;
    for (const char *line = text; *line && codes;) {
        struct token tokens[MAX_TOKENS];
        size_t len = strcspn(line, "\n"), n = tokens_split(line, len, TOKENS_TEXT, tokens, MAX_TOKENS);
        for (size_t k = 0; k < q->n_cell_words; k++) {
            if (!(codes >> k & 1)) continue;
            if (word_in_tokens(tokens, n, &q->cell_words[k])) bits |= 1u << k;
            if (other_code_in_tokens(tokens, n, &q->cell_words[k])) codes &= ~(1u << k);
        }
        line += len + (line[len] == '\n');
    }
    return bits & codes;
}

uint32_t document_title_words(const struct query *q, const struct catalog *c, size_t document)
{
    return words_in(q, c->documents[document].title) | words_in(q, c->documents[document].name);
}

bool document_words(struct document_words *kept, const struct query *q, const struct catalog *c, struct store *store,
                    size_t document, uint32_t *bits, struct error *err)
{
    if (!kept->read || kept->document != document) {
        uint32_t codes = word_sets_of(q).codes;
        *kept = (struct document_words){.read = true, .document = document};
        struct arena arena = {0};
        const char *text = c->documents[document].has_pages ? text_of_page(c, store, document, 1, &arena) : NULL;
        bool ok = !text || words_of_start(q, text, strlen(text), FIRST_PAGE_BYTES, &arena, &kept->bits, err);
        arena_free(&arena);
        if (!ok) return false;
        kept->bits |= document_title_words(q, c, document);
        for (size_t i = 0; i < c->n_records && codes & ~kept->bits; i++)
            if (c->sources[c->records[i].source].document == document)
                kept->bits |= words_in(q, c->records[i].title) & codes;
    }
    *bits = kept->bits;
    return true;
}

bool page_head_words(const struct query *q, const struct catalog *c, struct store *store, size_t document,
                     size_t page, uint32_t *bits, struct error *err)
{
    struct arena arena = {0};
    const char *text = text_of_page(c, store, document, page, &arena);
    *bits = 0;
    bool ok = !text || words_of_start(q, text, strcspn(text, "\n"), HEAD_BYTES, &arena, bits, err);
    if (text) *bits |= only_codes(q, text);
    arena_free(&arena);
    return ok;
}
