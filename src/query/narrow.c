/* Words that are part of a version's own name, apart from its vehicle's: "the Hallam 250 with the 6.6L diesel", "gooseneck
 * rating of the Hallam 250", "Solano PHEV 300". They say which of the vehicle's records are meant. */
#include "query/reading.h"

#include <string.h>

static bool is_link(const struct labelled *l, size_t t)
{
    static const char WORDS[] = " with the a an in having mit dem der einem einer avec le la les un une con el los del ";
    char spaced[TOKEN_KEY_MAX + 3];
    size_t len = strlen(l->tokens[t].key);
    if (len + 3 > sizeof spaced || (l->tokens[t].gap & (GAP_STOP | GAP_COLON))) return false;
    spaced[0] = ' ';
    memcpy(spaced + 1, l->tokens[t].key, len);
    memcpy(spaced + 1 + len, " ", 2);
    return strstr(WORDS, spaced) != NULL;
}

/* Keeps in m the records that o has as well; false: there are none, and m is as it was. */
static bool keep_common(struct mention *m, const struct mention *o)
{
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        n = 0;
        for (size_t a = 0, b = 0; a < m->n_records && b < o->n_records;) {
            if (m->records[a] == o->records[b]) {
                uint32_t both = m->records[a];
                if (pass) m->records[n] = both;
                n++;
                a++;
                b++;
            } else if (m->records[a] < o->records[b]) {
                a++;
            } else {
                b++;
            }
        }
        if (n == 0) return false;
    }
    m->n_records = n;
    return true;
}

void join_versions(struct reading *r)
{
    struct labelled *l = r->l;
    for (size_t i = 0; i + 1 < l->n_mentions; i++) {
        struct mention *m = &l->mentions[i], *o = &l->mentions[i + 1];
        size_t end = m->first + m->n;
        if (m->alone_make || o->alone_make || o->make_only || o->year || m->unknown_n || o->unknown_n || m->excluded || o->excluded ||
            m->only_context || o->only_context || o->first <= end)
            continue;
        bool links = o->first - end <= 3;
        for (size_t t = end; t < o->first && links; t++) links = is_link(l, t);
        if (!links || !keep_common(m, o)) continue;
        o->only_context = true;
        m->make_only = false;
    }
}

/* The label's words as a key. */
static bool key_of(const struct reading *r, const struct label *l, char *key, size_t size)
{
    size_t n = 0;
    for (size_t t = l->first; t < l->first + l->n; t++) {
        size_t len = strlen(r->l->tokens[t].key);
        if (n + len + 2 > size) return false;
        if (n) key[n++] = ' ';
        memcpy(key + n, r->l->tokens[t].key, len);
        n += len;
    }
    key[n] = '\0';
    return n > 0;
}

/* Whether the label's words are none of what the subject's documents have a column for. */
static bool may_be_name(struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    if (l->used || reading_negated_before(r, i, &(size_t){0})) return false;
    if (l->kind == LABEL_UNKNOWN || l->kind == LABEL_DOCUMENT) return true;
    if (l->kind == LABEL_NUMBER)
        return l->unit && l->unit->dimension == DIMENSION_VOLUME && !(i && reading_phrase(r, r->l->labels[i - 1].first, "than|over|under|above|below"));
    if (l->kind != LABEL_TERM || l->n_terms == 0) return false;
    for (size_t k = 0; k < l->n_terms; k++) {
        if (l->terms[k].kind != TERM_CATEGORY) return false;
        struct query_attribute a = {.attribute = CATEGORIES[l->terms[k].id].attribute, .key = ""};
        if (attribute_in_scope(r, &a)) return false;
    }
    return true;
}

/* Of litres: no column of the subject gives the size of an engine. */
static bool has_displacement(const struct reading *r)
{
    struct query_attribute a = {.attribute = registry_find("displacement"), .key = ""};
    return attribute_in_scope(r, &a);
}

void check_version_words(struct reading *r)
{
    if (!r->version_said || r->q->n_attributes || r->q->op == QUERY_DESCRIBE || r->q->op == QUERY_LIST || r->q->op == QUERY_COUNT) return;
    const struct label *l = &r->l->labels[r->version_said - 1];
    reading_refuse(r, l->first, l->n);
}

void read_version_words(struct reading *r)
{
    struct query *q = r->q;
    if (q->n_subjects != 1 || q->missing || q->subjects[0].only || r->auxiliary) return;
    struct query_subject *s = &q->subjects[0];
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        char key[4 * TOKEN_KEY_MAX];
        if (!may_be_name(r, i) || !key_of(r, l, key, sizeof key)) continue;
        if (l->kind == LABEL_NUMBER && has_displacement(r)) continue;
        size_t n = 0;
        for (size_t k = 0; k < s->n_records; k++) {
            const struct catalog_record *rec = &r->c->records[s->records[k]];
            n += key_has_run(rec->trim_key, key) || key_has_run(rec->model_key, key);
        }
        if (n == 0) continue;
        l->used = true;
        if (l->kind == LABEL_UNKNOWN && !r->version_said) r->version_said = i + 1;
        size_t kept = 0;
        for (size_t k = 0; k < s->n_records; k++) {
            const struct catalog_record *rec = &r->c->records[s->records[k]];
            if (key_has_run(rec->trim_key, key) || key_has_run(rec->model_key, key)) s->records[kept++] = s->records[k];
        }
        s->n_records = kept;
    }
}
