/* Words that nothing explains, as a phrase of which may be asked what it means; and the answer in its place. */
#include "query/reading.h"

#include <string.h>

bool reading_is_unresolved(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    if (l->used || l->kind == LABEL_WORD || l->kind == LABEL_MENTION || l->kind == LABEL_SIGN) return false;
    /* Words with a plain meaning as well: "drive", "seat", "car". */
    if (l->n_words > 0) return false;
    if (l->kind != LABEL_TERM) return true;
    bool make = false, code = true;
    for (size_t k = 0; k < l->n_terms; k++) {
        make = make || l->terms[k].kind == TERM_MAKE;
        code = code && l->terms[k].code;
    }
    return !make && !code;
}

/* ---- meanings ---- */

/* Labels [at, at + n) become one, which is returned empty. */
static struct label *merge(struct labelled *l, size_t at, size_t n)
{
    struct label *first = &l->labels[at];
    size_t tokens = 0;
    for (size_t i = at; i < at + n; i++) tokens += l->labels[i].n;
    *first = (struct label){.first = first->first, .n = tokens};
    memmove(first + 1, first + n, (l->n_labels - at - n) * sizeof *first);
    l->n_labels -= n - 1;
    return first;
}

static bool set_meaning(struct reading *r, struct label *l, const struct query_meaning *m)
{
    if (m->kind == MEANING_OPERATION) {
        l->kind = LABEL_WORD;
        l->words[0] = (struct word){.class = (enum word_class)m->operation, .languages = UINT8_MAX};
        l->n_words = 1;
        return true;
    }
    if (m->kind == MEANING_ATTRIBUTE && m->attribute.attribute < 0) {
        uint32_t *id = arena_array(&r->q->arena, 1, sizeof *id);
        if (!id || m->column >= r->c->n_columns) return false;
        *id = (uint32_t)m->column;
        l->kind = LABEL_COLUMN;
        l->ids = id;
        l->n_ids = 1;
        return true;
    }
    struct term *t = arena_array(&r->q->arena, 1, sizeof *t);
    if (!t) return false;
    *t = (struct term){.kind = m->kind == MEANING_ATTRIBUTE ? TERM_ATTRIBUTE : TERM_CATEGORY,
                       .id = m->kind == MEANING_ATTRIBUTE ? m->attribute.attribute : m->category,
                       .qualifiers = m->kind == MEANING_ATTRIBUTE ? m->attribute.qualifiers : 0,
                       .languages = UINT8_MAX};
    l->kind = LABEL_TERM;
    l->terms = t;
    l->n_terms = 1;
    return true;
}

static bool keep_meaning(struct query *q, const struct query_meaning *m)
{
    struct query_meaning *kept = &q->assumed[q->n_assumed];
    *kept = *m;
    kept->words = arena_strdup(&q->arena, m->words);
    kept->name = arena_strdup(&q->arena, m->name);
    kept->attribute = attribute_copy(q, &m->attribute);
    if (!kept->words || !kept->name) return false;
    q->n_assumed++;
    return true;
}

void read_meanings(struct reading *r, const struct query_meaning *meanings, size_t n)
{
    struct labelled *l = r->l;
    for (size_t k = 0; k < n && r->q->n_assumed < QUERY_MAX_ASSUMED; k++) {
        const struct query_meaning *m = &meanings[k];
        size_t at = 0, end = 0;
        while (at < l->n_labels && l->labels[at].first < m->first) at++;
        end = at;
        while (end < l->n_labels && l->labels[end].first < m->first + m->n) end++;
        if (end == at || l->labels[at].first != m->first) continue;
        if (!set_meaning(r, merge(l, at, end - at), m) || !keep_meaning(r->q, m)) {
            r->failed = true;
            return;
        }
    }
}

/* ---- the phrase ---- */

static bool has_digit(const struct reading *r, const struct label *l)
{
    for (size_t t = l->first; t < l->first + l->n; t++)
        if ((r->l->tokens[t].kind != TOKEN_WORD && r->l->tokens[t].kind != TOKEN_HAN) ||
            strpbrk(r->l->tokens[t].key, "0123456789")) return true;
    return false;
}

/* Whether the label may be a word of a longer name that begins or goes on with unknown words: "unsprung weight". */
static bool is_name_part(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    if (reading_is_unresolved(r, i)) return l->kind != LABEL_NUMBER && l->kind != LABEL_YEAR && l->kind != LABEL_UNIT;
    if (l->kind == LABEL_COLUMN) return true;
    if (l->kind != LABEL_TERM || l->n_words) return false;
    for (size_t k = 0; k < l->n_terms; k++) {
        const struct term *t = &l->terms[k];
        if (t->superlative || t->comparative) return false;
        if (t->kind == TERM_ATTRIBUTE || t->kind == TERM_QUALIFIER) return true;
    }
    return false;
}

/* All that the query does not understand is a word that nothing explains: no operation that is not known, no vehicle
 * that is not there. */
static bool all_unexplained(struct reading *r)
{
    const struct query *q = r->q;
    for (size_t u = 0; u < q->n_unresolved; u++) {
        bool found = false;
        for (size_t i = 0; i < r->l->n_labels && !found; i++) {
            const struct label *l = &r->l->labels[i];
            found = reading_is_unresolved(r, i) && is_name_part(r, i) && !has_digit(r, l) &&
                    strcmp(reading_text(r, l->first, l->n), q->unresolved[u]) == 0;
        }
        if (!found) return false;
    }
    return q->n_unresolved > 0 && q->n_unresolved < QUERY_MAX_UNRESOLVED;
}

static bool is_assumed(const struct query *q, const struct label *l)
{
    for (size_t i = 0; i < q->n_assumed; i++)
        if (q->assumed[i].first == l->first) return true;
    return false;
}

/* Whether words outside labels [begin, end) say which attribute is asked for; such as were unknown themselves do not
 * count. */
static bool attribute_beside(const struct reading *r, size_t begin, size_t end)
{
    for (size_t i = 0; i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        if ((i >= begin && i < end) || is_assumed(r->q, l)) continue;
        if (l->kind == LABEL_UNIT || l->kind == LABEL_COLUMN) return true;
        for (size_t k = 0; l->kind == LABEL_TERM && l->used && k < l->n_terms; k++)
            if (l->terms[k].kind == TERM_ATTRIBUTE || l->terms[k].kind == TERM_QUALIFIER) return true;
    }
    return false;
}

/* "cars", "models": such as nobody has to name. */
static bool speaks_of_vehicles(const struct reading *r)
{
    for (size_t i = 0; i < r->l->n_labels; i++)
        if (label_is(&r->l->labels[i], WORD_VEHICLE) || label_is(&r->l->labels[i], WORD_VERSION)) return true;
    return false;
}

void find_unknown_phrase(struct reading *r)
{
    struct query *q = r->q;
    if (q->missing || q->op == QUERY_OPEN || !all_unexplained(r)) return;
    size_t at = 0;
    while (at < r->l->n_labels && !reading_is_unresolved(r, at)) at++;
    size_t begin = at, end = at + 1;
    while (begin > 0 && is_name_part(r, begin - 1)) begin--;
    /* Of many vehicles the word before a name may be an operation: "the lowermost price". */
    bool many = q->n_subjects == 0;
    while (end < r->l->n_labels && is_name_part(r, end) && !(many && !reading_is_unresolved(r, end))) end++;
    /* What follows a comma or an "and" is something else. */
    for (size_t i = begin + 1; i < end; i++)
        if (r->l->tokens[r->l->labels[i].first].gap & GAP_COMMA) {
            if (i > at)
                end = i;
            else
                begin = i;
        }
    const struct label *first = &r->l->labels[begin], *last = &r->l->labels[end - 1];
    size_t n = last->first + last->n - first->first;
    bool beside = attribute_beside(r, begin, end);
    /* Else the words may be the name of a vehicle that is not there. */
    bool things = r->set_scope && speaks_of_vehicles(r);
    q->unknown = (struct query_phrase){
        .text = reading_text(r, first->first, n),
        .first = first->first,
        .n = n,
        .begin = r->l->tokens[first->first].begin,
        .end = r->l->tokens[last->first + last->n - 1].end,
        .attribute = !beside && (!many || things),
        .category = many && things,
        .operation = beside && (many ? things : q->n_subjects > 1)};
}
