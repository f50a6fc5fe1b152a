/* Vehicles that a question leaves out: "any car except the Sedra", "which are not Volvos". */
#include "query/reading.h"

#include <string.h>

/* What may stand between the denial and the name: "not made by", "no son", "nicht von". */
static bool is_link(const struct label *l)
{
    return l->kind == LABEL_WORD && (label_is(l, WORD_FUNCTION) || label_is(l, WORD_FILLER) || label_is(l, WORD_WHO) ||
                                     label_is(l, WORD_AUXILIARY)) &&
           !label_is(l, WORD_THAN) && !label_is(l, WORD_NOT);
}

/* The label of the denial before label i; SIZE_MAX: none. */
static size_t denial_before(const struct reading *r, size_t i)
{
    for (size_t steps = 0; i > 0 && steps < 4; steps++) {
        const struct label *l = &r->l->labels[--i];
        if (label_is(l, WORD_NOT) && l->kind == LABEL_WORD) return i;
        if (!is_link(l)) break;
    }
    return SIZE_MAX;
}

/* "and", "and the" */
static bool is_and(const struct reading *r, const struct label *l)
{
    static const char *const ANDS[] = {"and", "und", "et", "y", "e", "和"};
    for (size_t i = 0; i < sizeof ANDS / sizeof *ANDS; i++)
        if (l->kind == LABEL_WORD && strcmp(r->l->tokens[l->first].key, ANDS[i]) == 0) return true;
    return label_is(l, WORD_AND);
}

/* A question may begin with these and deny nothing: "Isn't the X3 heavier?" */
static bool is_verb(const struct reading *r, size_t label)
{
    static const char *const EXCEPT[] = {"except", "excluding", "apart", "other", "ausser", "sauf", "hors", "excepto",
                                         "salvo", "除了", "除"};
    const struct label *l = &r->l->labels[label];
    for (size_t i = 0; i < sizeof EXCEPT / sizeof *EXCEPT; i++)
        if (strcmp(r->l->tokens[l->first].key, EXCEPT[i]) == 0) return false;
    return label == 0;
}

/* "except A and B": what joins two names; whether nothing else stands between them. */
static bool goes_on(const struct reading *r, size_t from, size_t to)
{
    bool joined = (r->l->tokens[r->l->labels[to].first].gap & GAP_COMMA) != 0;
    for (size_t i = from + 1; i < to; i++) {
        const struct label *l = &r->l->labels[i];
        joined = joined || is_and(r, l) || label_is(l, WORD_OR);
        if (!is_and(r, l) && !label_is(l, WORD_OR) && !label_is(l, WORD_FUNCTION)) return false;
    }
    return joined;
}

static void exclude(struct reading *r, struct mention *m, size_t first)
{
    struct query *q = r->q;
    size_t before = q->n_subjects;
    if (!subject_from_mention(r, m, m->year) || q->n_subjects == before) return;
    const struct query_subject s = q->subjects[--q->n_subjects];
    bool *records = arena_array(&q->arena, r->c->n_records + 1, sizeof *records);
    struct query_condition *c = records ? condition_new(r) : NULL;
    if (!c) {
        reading_refuse(r, first, 1);
        return;
    }
    memset(records, 0, (r->c->n_records + 1) * sizeof *records);
    for (size_t i = 0; i < s.n_records; i++) records[s.records[i]] = true;
    c->records = records;
    c->negated = c->said = true;
    c->text = reading_text(r, first, m->first + m->n - first);
    m->only_context = m->excluded = true;
}

void read_exclusions(struct reading *r)
{
    size_t last = SIZE_MAX; /* label of the last name that was left out */
    for (size_t i = 0; i < r->l->n_labels && !r->failed; i++) {
        struct label *l = &r->l->labels[i];
        if (l->kind != LABEL_MENTION) continue;
        struct mention *m = &r->l->mentions[l->mention];
        size_t denial = denial_before(r, i);
        bool also = last != SIZE_MAX && goes_on(r, last, i);
        if (denial != SIZE_MAX && is_verb(r, denial)) continue;
        if (m->unknown_n || m->alone_make || m->only_context || (denial == SIZE_MAX && !also)) continue;
        size_t first = l->first;
        if (denial != SIZE_MAX) {
            first = r->l->labels[denial].first;
            r->l->labels[denial].used = true;
        }
        exclude(r, m, first);
        last = i;
    }
}
