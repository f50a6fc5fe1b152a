#include "vehicle/registry_table.h"

#include <string.h>

/* A cell is read as the categories that it names; those that another one is a kind of are left out,
 * pairs with a meaning of their own ("petrol" and "electric") are joined, and one has to be left.
 */

enum { MAX_CELL = 160, MAX_TOKENS = 32, MAX_FOUND = 8, MAX_UNKNOWN = 4 };

enum codes { CODES_NONE, CODES_CAPITAL, CODES_ANY };

struct cell {
    int attribute;
    uint32_t own_words;
    int found[MAX_FOUND];
    size_t n_found;
    size_t unknown;
    bool negated, full;
};

static bool reads_categories_of(int attribute, int owner)
{
    if (attribute == owner) return true;
    for (size_t i = 0; i < REGISTRY_LENDINGS_COUNT; i++)
        if (REGISTRY_LENDINGS[i].attribute == attribute && REGISTRY_LENDINGS[i].owner == owner)
            return true;
    return false;
}

/* The category of this attribute among the terms; -1: none. Its own go before lent ones. */
static int category_of(const struct cell *c, const struct term *terms, size_t n, bool codes)
{
    int lent = -1;
    for (size_t i = 0; i < n; i++) {
        if (terms[i].kind != TERM_CATEGORY || (terms[i].code && !codes)) continue;
        int owner = CATEGORIES[terms[i].id].attribute;
        if (owner == c->attribute) return terms[i].id;
        if (lent < 0 && reads_categories_of(c->attribute, owner)) lent = terms[i].id;
    }
    return lent;
}

/* The longest run at t[0, n) that names a category; 0: none. */
static size_t longest_category(const struct cell *c, const struct token *t, size_t n,
                               enum codes codes, int *category)
{
    size_t longest = registry_longest(t[0].key);
    if (longest == 0) longest = 1;
    if (longest > n) longest = n;
    for (size_t k = longest; k > 0; k--) {
        size_t n_terms = 0;
        const struct term *terms = registry_terms_of(t, k, true, &n_terms);
        /* "A8" is a code, the "à" of "à 6 rapports" none. */
        bool as_code = codes == CODES_ANY ||
                       (codes == CODES_CAPITAL && (t[0].upper || t[0].kind != TOKEN_WORD));
        *category = terms ? category_of(c, terms, n_terms, as_code) : -1;
        if (*category >= 0) return k;
    }
    return 0;
}

static void find_categories(struct cell *c, const struct token *t, size_t n, enum codes codes)
{
    c->n_found = c->unknown = 0;
    c->negated = c->full = false;
    for (size_t i = 0; i < n;) {
        int category = -1;
        size_t run = longest_category(c, t + i, n - i, codes, &category);
        if (run) {
            bool again = false;
            for (size_t k = 0; k < c->n_found; k++) again = again || c->found[k] == category;
            if (!again && c->n_found == MAX_FOUND) c->full = true;
            if (!again && c->n_found < MAX_FOUND) c->found[c->n_found++] = category;
            i += run;
            continue;
        }
        const struct registry_word *word = registry_word_find(t[i].key);
        if (word && (word->kinds & WORD_NOT)) c->negated = true;
        bool empty = t[i].kind == TOKEN_NUMBER || t[i].kind == TOKEN_SIGN ||
                     (word && (word->cells & c->own_words));
        if (!empty) c->unknown++;
        i++;
    }
}

static void remove_found(struct cell *c, size_t at)
{
    memmove(&c->found[at], &c->found[at + 1], (c->n_found - at - 1) * sizeof *c->found);
    c->n_found--;
}

/* Leaves out what another found one is a kind of. */
static void keep_deepest(struct cell *c)
{
    for (size_t i = 0; i < c->n_found;) {
        bool above = false;
        for (size_t k = 0; k < c->n_found; k++)
            above = above || (k != i && registry_category_is(c->found[k], c->found[i]));
        if (above)
            remove_found(c, i);
        else
            i++;
    }
}

/* What a cell means that names a and b, as they are or as what they are kinds of; -1: nothing. */
static int mix_of(int a, int b)
{
    for (int x = a; x >= 0; x = CATEGORIES[x].parent)
        for (int y = b; y >= 0; y = CATEGORIES[y].parent)
            for (size_t i = 0; i < REGISTRY_MIXES_COUNT; i++) {
                const struct registry_mix *m = &REGISTRY_MIXES[i];
                if ((m->a == x && m->b == y) || (m->a == y && m->b == x)) return m->result;
            }
    return -1;
}

static bool join_pair(struct cell *c)
{
    for (size_t i = 0; i < c->n_found; i++)
        for (size_t k = i + 1; k < c->n_found; k++) {
            int mix = mix_of(c->found[i], c->found[k]);
            if (mix < 0) continue;
            c->found[i] = mix;
            remove_found(c, k);
            return true;
        }
    return false;
}

int registry_read_category(int attribute, const char *text, size_t len)
{
    struct token t[MAX_TOKENS];
    struct cell c = {.attribute = attribute};
    if (attribute < 0 || (size_t)attribute >= REGISTRY_COUNT || len == 0 || len > MAX_CELL)
        return -1;
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, MAX_TOKENS);
    if (n == 0 || n == MAX_TOKENS) return -1;
    c.own_words = REGISTRY_NOTES[attribute].cells;

    int category = -1;
    if (n <= REGISTRY_MAX_RUN && longest_category(&c, t, n, CODES_ANY, &category) == n)
        return category;
    /* Codes only where nothing else is in the cell: "AM8", not the "D" of "Typ D". */
    find_categories(&c, t, n, CODES_CAPITAL);
    if (c.unknown) find_categories(&c, t, n, CODES_NONE);
    if (c.negated || c.full || c.unknown > MAX_UNKNOWN || c.n_found == 0) return -1;
    do keep_deepest(&c);
    while (c.n_found > 1 && join_pair(&c));
    if (c.n_found == 1) return c.found[0];
    /* "Midsize Sedan" of a class: its own category. */
    int own = -1;
    for (size_t i = 0; i < c.n_found; i++)
        if (CATEGORIES[c.found[i]].attribute == attribute) own = own == -1 ? c.found[i] : -2;
    return own >= 0 && c.n_found == 2 &&
                   CATEGORIES[c.found[0]].attribute != CATEGORIES[c.found[1]].attribute
               ? own
               : -1;
}
