/* Ordinals: "second cheapest", "der dritte", "deuxième plus cher", "segundo más barato", "第二便宜". */
#include "query/reading.h"

#include <string.h>

struct ordinal {
    size_t nth;
    const char *words; /* spaces around each */
};

static const struct ordinal ORDINALS[] = {
    {2, " second zweite zweiter zweites zweiten zweitem deuxieme seconde segundo segunda "},
    {3, " third dritte dritter drittes dritten drittem troisieme tercero tercera tercer "},
    {4, " fourth vierte vierter viertes vierten viertem quatrieme cuarto cuarta "},
    {5, " fifth funfte funfter funftes funften funftem cinquieme quinto quinta "},
    {6, " sixth sechste sechster sechstes sechsten sixieme sexto sexta "},
    {7, " seventh siebte siebter siebtes siebten septieme septimo septima "},
    {8, " eighth achte achter achtes achten huitieme octavo octava "},
    {9, " ninth neunte neunter neuntes neunten neuvieme noveno novena "},
    {10, " tenth zehnte zehnter zehntes zehnten dixieme decimo decima "},
};

static bool is_word_of(const char *words, const char *key)
{
    char spaced[TOKEN_KEY_MAX + 3];
    size_t len = strlen(key);
    if (len == 0 || len + 3 > sizeof spaced) return false;
    spaced[0] = ' ';
    memcpy(spaced + 1, key, len);
    memcpy(spaced + 1 + len, " ", 2);
    return strstr(words, spaced) != NULL;
}

/* The ordinal at token i, and how many tokens it has; 0: none. */
static size_t ordinal_at(const struct reading *r, size_t i, size_t *n)
{
    static const char *const DIGITS[] = {"二", "三", "四", "五", "六", "七", "八", "九", "十"};
    static const char ENDINGS[] = " nd rd th e eme o a ";
    const struct token *t = &r->l->tokens[i];
    *n = 1;
    for (size_t k = 0; k < sizeof ORDINALS / sizeof *ORDINALS; k++)
        if (is_word_of(ORDINALS[k].words, t->key)) return ORDINALS[k].nth;
    if (i + 1 >= r->l->n_tokens) return 0;
    const struct token *next = t + 1;
    *n = 2;
    if (t->kind == TOKEN_NUMBER && t->number >= 2 && t->number <= 20 && !strchr(t->key, '.') && next->gap == 0 &&
        is_word_of(ENDINGS, next->key))
        return (size_t)t->number;
    if (strcmp(t->key, "第") != 0) return 0;
    if (next->kind == TOKEN_NUMBER && next->number >= 2 && next->number <= 20) return (size_t)next->number;
    for (size_t k = 0; k < sizeof DIGITS / sizeof *DIGITS; k++)
        if (strcmp(next->key, DIGITS[k]) == 0) return k + 2;
    return 0;
}

/* "cheapest", "most", "plus cher" */
static bool is_degree(const struct label *l)
{
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++)
        if (l->terms[k].superlative || l->terms[k].comparative) return true;
    return label_is(l, WORD_MOST) || label_is(l, WORD_LEAST) || label_is(l, WORD_BEST) || label_is(l, WORD_WORST) ||
           label_is(l, WORD_MORE) || label_is(l, WORD_LESS);
}

/* Whether what follows says of what order the ordinal is: "second car with the highest price". */
static bool is_ranked(const struct reading *r, size_t token)
{
    size_t steps = 0;
    for (size_t i = 0; i < r->l->n_labels && steps < 6; i++) {
        const struct label *l = &r->l->labels[i];
        if (l->first < token) continue;
        if (is_degree(l)) return true;
        bool skipped = reading_is_filler(l) || label_is(l, WORD_VEHICLE) || label_is(l, WORD_VERSION) ||
                       l->kind == LABEL_MENTION;
        if (!skipped) return false;
        steps++;
    }
    return false;
}

/* Whether labels begin and end where the tokens do, and are none of a name or a longer term. */
static bool stands_alone(const struct reading *r, size_t first, size_t n)
{
    bool begins = false, ends = false;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        if (l->first + l->n <= first || l->first >= first + n) continue;
        if (l->kind == LABEL_MENTION || l->kind == LABEL_DOCUMENT) return false;
        begins = begins || l->first == first;
        ends = ends || l->first + l->n == first + n;
    }
    return begins && ends;
}

void read_ordinal(struct reading *r)
{
    for (size_t i = 0; i < r->l->n_tokens; i++) {
        size_t n, nth = ordinal_at(r, i, &n);
        if (!nth || !stands_alone(r, i, n)) continue;
        /* "and the third?" after a ranking */
        bool follows = r->previous && r->previous->op == QUERY_RANK && i + n == r->l->n_tokens && r->l->n_tokens <= 5;
        if (!follows && !is_ranked(r, i + n)) continue;
        r->nth = nth;
        for (size_t k = 0; k < r->l->n_labels; k++) {
            struct label *l = &r->l->labels[k];
            if (l->first >= i && l->first < i + n) l->used = true;
        }
        return;
    }
}

void apply_ordinal(struct reading *r)
{
    static const char NOUNS[] = " generation gen row rows hand gear series seat battery motor engine quarter owner "
                                "generacion fila reihe sitzreihe rangee mano main hand gang 代 排 ";
    struct query *q = r->q;
    if (r->nth && q->op == QUERY_RANK && q->limit <= 1) {
        q->nth = r->nth;
        return;
    }
    /* An order is asked for, and a place that is not known which. */
    bool ordered = q->op == QUERY_RANK || q->op == QUERY_AGGREGATE || r->extreme || r->quality ||
                   (r->attribute_order && !r->attribute_comparative);
    if (!r->nth && !ordered) return;
    for (size_t i = 0; i < r->l->n_tokens; i++) {
        size_t n;
        if (!ordinal_at(r, i, &n) || !stands_alone(r, i, n)) continue;
        const struct token *next = &r->l->tokens[i + n], *before = i ? &r->l->tokens[i - 1] : NULL;
        bool other = (i + n < r->l->n_tokens && is_word_of(NOUNS, next->key)) ||
                     (before && (before->kind == TOKEN_NUMBER || is_word_of(" per a pro por par ", before->key)));
        if (!other || r->nth) reading_refuse(r, i, n);
    }
}
