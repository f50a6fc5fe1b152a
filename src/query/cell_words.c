/* What a cell's row, column and headings have to say for it to be looked up by the question's words
 * alone, where the question was not understood or the documents have no such attribute by a known
 * name: every word that means something. Questions that compute or compare have no such words: those
 * are never answered by half. */
#include "query/reading.h"

#include <string.h>

enum { MAX_WORDS = 12 };

/* Whether the token is a word of the lexicon that says nothing, or asks. */
static bool says_nothing(const struct reading *r, size_t token)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n = label_words_of(r->l, token, words);
    for (size_t k = 0; k < n; k++)
        switch (words[k].class) {
        case WORD_FILLER:
        case WORD_FUNCTION:
        case WORD_WHICH:
        case WORD_HOW_MANY:
        case WORD_HOW_MUCH:
        case WORD_AUXILIARY:
        case WORD_VEHICLE:
            return true;
        default:
            break;
        }
    return false;
}

static bool is_limit(const struct reading *r, const struct label *l)
{
    static const char *const NAMES[] = {"maximum", "minimum"};
    for (size_t k = 0; l->n == 1 && k < 2; k++) {
        int q = qualifier_find(NAMES[k]);
        const struct term *terms = NULL;
        size_t n = 0;
        if (q < 0 || !registry_match(&r->l->tokens[l->first], 1, &terms, &n)) continue;
        for (size_t t = 0; t < n; t++)
            if (terms[t].kind == TERM_QUALIFIER && terms[t].id == q) return true;
    }
    return false;
}

/* Words of operations: the question is not about one cell. */
static bool operates(const struct reading *r, const struct label *l)
{
    static const enum word_class CLASSES[] = {
        WORD_COUNT, WORD_AVERAGE, WORD_SUM,  WORD_MOST,    WORD_LEAST,      WORD_BEST,  WORD_WORST,   WORD_TOP,
        WORD_BOTTOM, WORD_MORE,   WORD_LESS, WORD_BETTER,  WORD_WORSE,      WORD_THAN,  WORD_OVER,    WORD_UNDER,
        WORD_AT_LEAST, WORD_AT_MOST, WORD_OR_MORE, WORD_OR_LESS, WORD_BETWEEN, WORD_OR, WORD_COMPARE,
        WORD_DIFFERENCE, WORD_RANK, WORD_DESCRIBE, WORD_PRONOUN, WORD_WHAT_ABOUT, WORD_PER, WORD_EXPLAIN,
        WORD_REFUSED, WORD_DISTINCT, WORD_ONLY};
    if (l->kind == LABEL_SIGN) return true;
    if (l->kind == LABEL_TERM) {
        bool all = l->n_terms > 0;
        for (size_t k = 0; k < l->n_terms; k++) all = all && (l->terms[k].superlative || l->terms[k].comparative);
        return all;
    }
    if (l->kind != LABEL_WORD || label_is(l, WORD_FUNCTION) || label_is(l, WORD_FILLER) || is_limit(r, l))
        return false;
    for (size_t k = 0; k < sizeof CLASSES / sizeof *CLASSES; k++)
        if (label_is(l, CLASSES[k])) return true;
    return false;
}

static struct query_cell_word *add_word(struct reading *r, size_t first, size_t n)
{
    struct query *q = r->q;
    if (q->n_cell_words == MAX_WORDS) return NULL;
    const char **keys = arena_array(&q->arena, n, sizeof *keys);
    struct query_cell_word *w = &q->cell_words[q->n_cell_words];
    *w = (struct query_cell_word){.text = reading_text(r, first, n), .keys = keys};
    for (size_t i = 0; keys && i < n; i++) {
        keys[w->n_keys++] = arena_strdup(&q->arena, r->l->tokens[first + i].key);
        if (!keys[i]) keys = NULL;
    }
    if (!keys) {
        r->failed = true;
        error_memory(r->err, "a question");
        return NULL;
    }
    q->n_cell_words++;
    return w;
}

/* The attributes that the label may mean; whether only questions say it so ("how heavy"). */
static bool read_meanings_of(const struct label *l, struct query_cell_word *w)
{
    bool asking = l->kind == LABEL_TERM && l->n_terms > 0;
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++) {
        asking = asking && l->terms[k].asking;
        if (l->terms[k].kind == TERM_ATTRIBUTE && w->n_attributes < QUERY_MAX_CELL_ATTRIBUTES)
            w->attributes[w->n_attributes++] = l->terms[k].id;
    }
    return asking;
}

/* The tokens of a label: those that are written as one ("F8Q", "5300GP") are one word. */
static bool add_label(struct reading *r, const struct label *l)
{
    struct query *q = r->q;
    bool attribute = false;
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++)
        attribute = attribute || l->terms[k].kind == TERM_ATTRIBUTE;
    if (attribute) {
        struct query_cell_word *w = add_word(r, l->first, l->n);
        if (!w) return false;
        if (read_meanings_of(l, w)) w->n_keys = 0;
        return true;
    }
    for (size_t i = l->first, n; i < l->first + l->n; i += n) {
        for (n = 1; i + n < r->l->n_tokens && i + n < l->first + l->n && r->l->tokens[i + n].gap == GAP_NONE;) n++;
        if (r->l->tokens[i].kind == TOKEN_SIGN || (n == 1 && l->kind != LABEL_UNKNOWN && says_nothing(r, i))) continue;
        struct query_cell_word *w = add_word(r, i, n);
        if (!w) return false;
        w->together = n > 1;
    }
    return q->n_cell_words > 0;
}

/* "Engine" right behind a name or a code. */
static bool is_engine_word(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    if (i == 0 || l->n != 1 || l->kind != LABEL_TERM) return false;
    enum label_kind before = r->l->labels[i - 1].kind;
    if (before != LABEL_MENTION && before != LABEL_UNKNOWN && before != LABEL_VALUE && before != LABEL_NUMBER)
        return false;
    for (size_t t = 0; t < l->n_terms; t++)
        if (l->terms[t].kind == TERM_ATTRIBUTE && attribute_is_engine(l->terms[t].id)) return true;
    return false;
}

void find_cell_words(struct reading *r)
{
    struct query *q = r->q;
    q->cell_words = arena_array(&q->arena, MAX_WORDS, sizeof *q->cell_words);
    if (!q->cell_words) {
        r->failed = true;
        error_memory(r->err, "a question");
        return;
    }
    /* Vehicles are asked for, not a cell. */
    bool ok = !r->how_many_things && !r->count && !r->list && !(r->which && r->vehicle_word);
    for (size_t i = 0; ok && i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        bool limit = l->kind == LABEL_WORD && is_limit(r, l);
        if (operates(r, l)) {
            ok = false;
        } else if (is_engine_word(r, i)) {
            ; /* "the K4M engine" */
        } else if (l->kind == LABEL_UNIT || l->kind == LABEL_DOCUMENT ||
                   (l->kind == LABEL_WORD && !limit && !label_is(l, WORD_NOT))) {
            ; /* what is wanted, or nothing */
        } else {
            /* A code in pieces, "F8" and "Q", is one. */
            struct label whole = *l;
            while (i + 1 < r->l->n_labels && r->l->tokens[r->l->labels[i + 1].first].gap == GAP_NONE &&
                   r->l->tokens[r->l->labels[i + 1].first].kind != TOKEN_SIGN) {
                whole.kind = LABEL_UNKNOWN;
                whole.n += r->l->labels[++i].n;
            }
            ok = add_label(r, &whole) || q->n_cell_words > 0;
        }
    }
    if (!ok || q->n_cell_words < 2 || q->n_cell_words == MAX_WORDS) q->n_cell_words = 0;
}
