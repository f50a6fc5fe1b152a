/* What a question denies: "not diesel", "without a sunroof", "don't weigh more than", "neither ... nor". A denial that
 * no condition has taken, and "or" between conditions that are no alternatives, are not understood. */
#include "query/reading.h"

#include <string.h>

/* Whether the word denies in the question's language. */
static bool denies(const struct reading *r, const struct label *l)
{
    if (l->kind == LABEL_MENTION || l->kind == LABEL_VALUE || l->kind == LABEL_DOCUMENT || l->kind == LABEL_COLUMN)
        return false;
    bool known = false;
    /* "weder A noch B" */
    if (r->l->language == 1 && l->n == 1 && strcmp(r->l->tokens[l->first].key, "noch") == 0)
        for (size_t t = 0; t < l->first; t++)
            if (strcmp(r->l->tokens[t].key, "weder") == 0) return true;
    for (size_t i = 0; i < l->n_words; i++) {
        if (!(l->words[i].languages >> r->l->language & 1)) continue;
        known = true;
        if (l->words[i].class == WORD_NOT) return true;
    }
    return !known && label_is(l, WORD_NOT);
}

/* "run on", "weigh": a verb between the denial and what is denied. */
static bool is_verb(const struct label *l)
{
    bool asking = false;
    for (size_t t = 0; l->kind == LABEL_TERM && t < l->n_terms; t++) {
        if (l->terms[t].kind != TERM_ATTRIBUTE) return false;
        asking = asking || l->terms[t].asking;
    }
    return asking;
}

static bool is_key(const struct reading *r, const struct label *l, const char *phrases)
{
    return reading_phrase(r, l->first, phrases) == l->n && l->n > 0;
}

static size_t denial_over(struct reading *r, size_t i, size_t over)
{
    size_t k = i;
    for (int steps = 0; steps < 6 && k > 0; steps++) {
        struct label *l = &r->l->labels[--k];
        if (denies(r, l)) return k;
        if (r->l->tokens[r->l->labels[k + 1].first].gap & (GAP_COMMA | GAP_COLON | GAP_STOP)) break;
        if (k != over && !is_verb(l) && !(reading_is_filler(l) && !label_is(l, WORD_AND) && !label_is(l, WORD_OR))) break;
    }
    return SIZE_MAX;
}

bool reading_negated_before(struct reading *r, size_t i, size_t *first)
{
    return reading_negated_over(r, i, SIZE_MAX, first);
}

bool reading_negated_over(struct reading *r, size_t i, size_t over, size_t *first)
{
    size_t k = denial_over(r, i, over);
    if (k == SIZE_MAX || reading_opens(r, k)) return false;
    r->l->labels[k].used = true;
    *first = r->l->labels[k].first;
    return true;
}

/* "Isn't the X3 heavier?", "No, the other one": what a question opens with denies nothing of a vehicle. */
bool reading_opens(const struct reading *r, size_t i)
{
    static const char OTHERS[] = "without|except|excluding|other than|apart from|none|ohne|ausser|kein|keine|keinen|sans|sauf|hors|sin|"
                                 "excepto|salvo|除了|不带|不含|没有|非|不是";
    return i == 0 && r->l->n_labels > 1 && !is_key(r, &r->l->labels[0], OTHERS) &&
           !(r->l->n_labels > 1 && is_key(r, &r->l->labels[0], "not|non|no|nicht") &&
             !(r->l->tokens[r->l->labels[1].first].gap & GAP_COMMA));
}

bool reading_denied_as_before(const struct reading *r, size_t i)
{
    static const char ALL[] = "without|except|excluding|ohne|ausser|sans|sauf|sin|excepto|salvo|除了|不带|不含";
    if (r->last_category == 0 || r->q->n_where < 2 || r->last_category > i) return false;
    const struct query_condition *before = &r->q->where[r->q->n_where - 2];
    if (!before->negated && before->truth >= 0) return false;
    bool or = false, and = false;
    for (size_t k = r->last_category; k < i; k++) {
        const struct label *l = &r->l->labels[k];
        if (label_is(l, WORD_OR) || is_key(r, l, "nor|noch|ni")) or = true;
        else if (label_is(l, WORD_AND)) and = true;
        else if (!reading_is_filler(l) || label_is(l, WORD_AUXILIARY) || is_key(r, l, "with|mit|avec|con|but|aber|mais|pero")) return false;
    }
    if (or) return true;
    /* "without A and B" is without either; what "not A and B" is, is not said. */
    for (size_t k = r->last_category; and && k-- > 0;)
        if (label_is(&r->l->labels[k], WORD_NOT)) return is_key(r, &r->l->labels[k], ALL);
    return false;
}

/* "or not", "oder nicht", "ou pas": nothing is denied. */
static bool is_or_not(const struct reading *r, size_t i)
{
    return (i > 0 && label_is(&r->l->labels[i - 1], WORD_OR)) && i + 1 >= r->l->n_labels;
}

void refuse_lost_denials(struct reading *r)
{
    for (size_t i = 0; i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        if (l->used || !denies(r, l) || reading_opens(r, i) || is_or_not(r, i)) continue;
        /* "not" alone says little: with the word behind it. */
        size_t n = l->n;
        if (i + 1 < r->l->n_labels && r->l->labels[i + 1].n == 1 && !r->l->labels[i + 1].used) n++;
        reading_refuse(r, l->first, n);
    }
}

/* The condition that begins or ends nearest to label k, on that side of it. */
static size_t condition_beside(const struct reading *r, size_t k, bool behind)
{
    size_t best = SIZE_MAX, at = 0;
    for (size_t i = 0; i < r->q->n_where; i++) {
        size_t place = r->condition_at[i];
        if (place == SIZE_MAX || (behind ? place <= k : place >= k)) continue;
        if (best == SIZE_MAX || (behind ? place < at : place > at)) {
            best = i;
            at = place;
        }
    }
    return best;
}

void refuse_lost_alternatives(struct reading *r)
{
    for (size_t k = 1; k + 1 < r->l->n_labels; k++) {
        const struct label *l = &r->l->labels[k];
        if (l->n != 1 || l->kind != LABEL_WORD || !label_is(l, WORD_OR) || l->used) continue;
        size_t a = condition_beside(r, k, false), b = condition_beside(r, k, true);
        if (a == SIZE_MAX || b == SIZE_MAX) continue;
        const struct query_condition *x = &r->q->where[a], *y = &r->q->where[b];
        bool denied = (x->negated || x->truth < 0) && (y->negated || y->truth < 0);
        if (y->or_before || denied) continue;
        bool joined = true;
        for (size_t i = r->condition_at[a] + 1; i < r->condition_at[b] && joined; i++)
            joined = r->l->labels[i].kind != LABEL_MENTION && (i == k || r->l->labels[i].used || r->l->labels[i].kind == LABEL_WORD);
        if (joined) reading_refuse(r, r->l->labels[r->condition_at[a]].first,
                                   r->l->labels[r->condition_at[b]].first + r->l->labels[r->condition_at[b]].n -
                                       r->l->labels[r->condition_at[a]].first);
    }
}
