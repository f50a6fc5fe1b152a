/* Follow-ups: what a question does not say itself is taken over from the turn before. */
#include "query/reading.h"

#include <string.h>

static bool copy_subject(struct reading *r, const struct query_subject *s)
{
    struct query *q = r->q;
    if (q->n_subjects == QUERY_MAX_SUBJECTS) return true;
    size_t *records = arena_array(&q->arena, s->n_records + 1, sizeof *records);
    const char *name = arena_strdup(&q->arena, s->name), *label = arena_strdup(&q->arena, s->label);
    if (!records || !name || !label) {
        r->failed = true;
        return error_memory(r->err, "a question");
    }
    memcpy(records, s->records, s->n_records * sizeof *records);
    struct query_condition *only = NULL;
    if (s->only) {
        only = arena_alloc(&q->arena, sizeof *only);
        if (only) {
            *only = *s->only;
            only->attribute = attribute_copy(q, &only->attribute);
            only->key = arena_strdup(&q->arena, only->key);
            only->text = arena_strdup(&q->arena, only->text);
        }
        if (!only || !only->key || !only->text) {
            r->failed = true;
            return error_memory(r->err, "a question");
        }
    }
    q->subjects[q->n_subjects++] = (struct query_subject){.name = name,
                                                          .label = label,
                                                          .records = records,
                                                          .n_records = s->n_records,
                                                          .year = s->year,
                                                          .exact = s->exact,
                                                          .only = only};
    return true;
}

static void copy_conditions(struct reading *r)
{
    struct query *q = r->q;
    const struct query *p = r->previous;
    for (size_t i = 0; i < p->n_where && q->n_where < QUERY_MAX_CONDITIONS; i++) {
        bool replaced = false;
        for (size_t k = 0; k < q->n_where; k++)
            replaced = replaced || (q->where[k].attribute.attribute >= 0 &&
                                    q->where[k].attribute.attribute == p->where[i].attribute.attribute);
        if (replaced) continue;
        struct query_condition c = p->where[i];
        c.attribute = attribute_copy(q, &c.attribute);
        c.key = arena_strdup(&q->arena, c.key);
        c.text = arena_strdup(&q->arena, c.text);
        bool *records = NULL;
        if (c.records) {
            records = arena_array(&q->arena, r->c->n_records + 1, sizeof *records);
            if (records) memcpy(records, c.records, r->c->n_records * sizeof *records);
        }
        bool short_of_memory = c.records && !records;
        c.records = records;
        if (!c.key || !c.text || short_of_memory) {
            r->failed = true;
            return;
        }
        q->where[q->n_where++] = c;
    }
}

/* The records of the same model in another year: "and the 2023 one?" */
static bool change_year(struct reading *r, const struct query_subject *s, int year)
{
    struct query *q = r->q;
    const struct catalog_record *about = &r->c->records[s->records[0]];
    size_t n = 0;
    size_t *records = arena_array(&q->arena, r->c->n_records + 1, sizeof *records);
    if (!records) {
        r->failed = true;
        return error_memory(r->err, "a question");
    }
    /* Of the same trim, where the trim was one; else of the same model. */
    for (int level = 0; level < 2 && n == 0; level++)
        for (size_t i = 0; i < r->c->n_records; i++) {
            const struct catalog_record *rec = &r->c->records[i];
            if (strcmp(rec->make_key, about->make_key) || strcmp(rec->model_key, about->model_key))
                continue;
            bool fits = rec->year_first && year >= rec->year_first &&
                        (rec->year_last == 0 || year <= rec->year_last);
            if (!fits || (level == 0 && strcmp(rec->trim_key, about->trim_key))) continue;
            records[n++] = i;
        }
    struct buffer label = {0};
    buffer_printf(&label, "%d %s%s%s", year, about->make, about->make[0] ? " " : "", about->model);
    const char *text = label.failed ? NULL : arena_strdup(&q->arena, buffer_text(&label));
    buffer_free(&label);
    if (!text) {
        r->failed = true;
        return error_memory(r->err, "a question");
    }
    if (n == 0) {
        q->missing = MISSING_YEAR;
        q->missing_name = text + 5;
        return true;
    }
    q->subjects[q->n_subjects++] = (struct query_subject){
        .name = text, .label = text, .records = records, .n_records = n, .year = year, .exact = true};
    return true;
}

/* Keeps of a subject the records that are of the year of the subject before, where any is. */
static void keep_year(struct reading *r, struct query_subject *s, int year)
{
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        n = 0;
        for (size_t i = 0; i < s->n_records; i++) {
            const struct catalog_record *rec = &r->c->records[s->records[i]];
            bool fits = rec->year_first && year >= rec->year_first &&
                        (rec->year_last == 0 || year <= rec->year_last);
            if (!fits) continue;
            if (pass == 1) s->records[n] = s->records[i];
            n++;
        }
        if (n == 0) return;
    }
    s->n_records = n;
    s->year = year;
}

/* Whether the word is a kind of the attribute: "rwd". */
static bool is_of_kind(const char *word, int attribute)
{
    struct token t[4];
    const struct term *terms = NULL;
    size_t n_terms = 0, n = tokens_split(word, strlen(word), TOKENS_TEXT, t, 4);
    if (attribute < 0 || n == 0 || registry_match(t, n, &terms, &n_terms) != n) return false;
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].kind == TERM_CATEGORY && CATEGORIES[terms[k].id].attribute == attribute) return true;
    return false;
}

/* Whether the key has each word of the other, but for kinds of the attribute `but`, "2wd". */
static bool has_words(const char *key, const char *words, int but)
{
    while (*words) {
        size_t len = strcspn(words, " ");
        char word[TOKEN_KEY_MAX];
        if (len >= sizeof word) return false;
        memcpy(word, words, len);
        word[len] = '\0';
        if (!key_has_run(key, word) && !is_of_kind(word, but)) return false;
        words += len + (words[len] == ' ');
    }
    return true;
}

/* Whether a word of the key is a kind of the attribute. */
static bool has_kind(const char *key, int attribute)
{
    while (*key) {
        size_t len = strcspn(key, " ");
        char word[TOKEN_KEY_MAX];
        if (len >= sizeof word) return false;
        memcpy(word, key, len);
        word[len] = '\0';
        if (is_of_kind(word, attribute)) return true;
        key += len + (key[len] == ' ');
    }
    return false;
}

/* "What about the AWD one?" after the Corolla Hybrid, where the store has a Corolla Hybrid AWD: the vehicle whose
 * name has the words of the one before and the condition's. */
static void read_named_version(struct reading *r)
{
    struct query *q = r->q;
    const struct query *p = r->previous;
    if (q->n_subjects || p->n_subjects != 1 || p->subjects[0].only) return;
    const struct query_subject *s = &p->subjects[0];
    const struct catalog_record *about = &r->c->records[s->records[0]];
    bool one_trim = true;
    for (size_t i = 1; i < s->n_records; i++) {
        if (strcmp(r->c->records[s->records[i]].model_key, about->model_key) != 0) return;
        one_trim = one_trim && strcmp(r->c->records[s->records[i]].trim_key, about->trim_key) == 0;
    }
    for (size_t w = 0; w < q->n_where; w++) {
        const struct query_condition *c = &q->where[w];
        struct buffer key = {0};
        if (c->number || c->year || c->negated || !c->text[0]) continue;
        tokens_key(c->text, strlen(c->text), TOKENS_TEXT, &key);
        size_t n = 0, fewest = SIZE_MAX, *records = arena_array(&q->arena, r->c->n_records + 1, sizeof *records);
        const struct catalog_source *src = &r->c->sources[about->source];
        /* "And the AWD?" after the Seal Design RWD: another version, whose other words nobody knows. */
        int kind = c->category >= 0 ? c->attribute.attribute : -1;
        bool other = kind >= 0 && has_kind(about->trim_key, kind);
        for (size_t i = src->first_record; records && !key.failed && i < src->first_record + src->n_records; i++) {
            const struct catalog_record *rec = &r->c->records[i];
            struct buffer name = {0};
            if (strcmp(rec->make_key, about->make_key) || rec->year_first != about->year_first) continue;
            buffer_printf(&name, "%s %s", rec->model_key, rec->trim_key);
            bool has = !name.failed && strcmp(rec->title, about->title) != 0 &&
                       key_has_run(buffer_text(&name), buffer_text(&key)) &&
                       has_words(buffer_text(&name), about->model_key, kind) &&
                       (!one_trim || other || has_words(buffer_text(&name), about->trim_key, -1));
            /* No other words than needed: not the Corolla Cross Hybrid AWD. */
            size_t words = 0;
            for (const char *w2 = buffer_text(&name); has && *w2; w2++) words += *w2 != ' ' && (w2[1] == ' ' || !w2[1]);
            buffer_free(&name);
            if (!has || words > fewest) continue;
            if (words < fewest) n = 0;
            fewest = words;
            records[n++] = i;
        }
        bool failed = key.failed || !records;
        buffer_free(&key);
        if (failed) {
            r->failed = true;
            error_memory(r->err, "a question");
            return;
        }
        for (size_t i = 1; i < n; i++)
            if (strcmp(r->c->records[records[i]].model_key, r->c->records[records[0]].model_key) != 0) n = 0;
        if (n == 0) continue;
        q->subjects[q->n_subjects++] = (struct query_subject){.name = c->text, .label = r->c->records[records[0]].title,
                                                              .records = records, .n_records = n, .exact = true};
        for (size_t k = w + 1; k < q->n_where; k++) q->where[k - 1] = q->where[k];
        q->n_where--;
        r->set_scope = false;
        return;
    }
}

/* "What about the Tracer?" after a motorcycle: of those that the name may mean, the ones that stand in the document of
 * the vehicle before. A whole name elsewhere is another vehicle. */
static void keep_to_document(struct reading *r)
{
    struct query *q = r->q;
    const struct query *p = r->previous;
    const struct mention *m = NULL;
    if (q->n_subjects != 1 || p->n_subjects == 0 || p->subjects[0].n_records == 0 || p->subjects[0].only || q->subjects[0].only) return;
    for (size_t i = 0; i < r->l->n_mentions; i++) {
        if (r->l->mentions[i].only_context) continue;
        if (m) return;
        m = &r->l->mentions[i];
    }
    if (!m || m->year || m->make_only || m->unknown_n) return;
    struct query_subject *s = &q->subjects[0];
    size_t document = r->c->sources[r->c->records[p->subjects[0].records[0]].source].document, n = 0;
    for (size_t i = 0; i < s->n_records; i++)
        if (r->c->sources[r->c->records[s->records[i]].source].document == document) return;
    size_t *records = arena_array(&q->arena, m->n_records + 1, sizeof *records);
    if (!records) {
        r->failed = true;
        error_memory(r->err, "a question");
        return;
    }
    for (size_t i = 0; i < m->n_records; i++)
        if (r->c->sources[r->c->records[m->records[i]].source].document == document) records[n++] = m->records[i];
    if (n == 0) return;
    s->records = records;
    s->n_records = n;
    s->label = n == 1 ? r->c->records[records[0]].title : s->name;
}

/* "What about the L2H2 one?" after the Renault Master L3H2: words that are no maker's and no model's mean versions of the
 * vehicle before, where there are such. */
static void keep_to_model(struct reading *r)
{
    struct query *q = r->q;
    const struct query *p = r->previous;
    if (q->n_subjects != 1 || p->n_subjects != 1 || p->subjects[0].n_records == 0 || p->subjects[0].only || q->subjects[0].only) return;
    struct query_subject *s = &q->subjects[0];
    const struct catalog_record *about = &r->c->records[p->subjects[0].records[0]];
    bool others = false;
    size_t n = 0;
    for (size_t i = 0; i < s->n_records; i++) {
        const struct catalog_record *rec = &r->c->records[s->records[i]];
        others = others || strcmp(rec->make_key, about->make_key) || strcmp(rec->model_key, about->model_key);
    }
    if (!others || !about->model_key[0]) return;
    /* Its own words name a model: then it is another vehicle. */
    for (size_t i = 0; i < r->l->n_mentions; i++) {
        const struct mention *m = &r->l->mentions[i];
        for (size_t k = 0; k < m->n; k++)
            for (size_t j = 0; j < s->n_records; j++) {
                const struct catalog_record *rec = &r->c->records[s->records[j]];
                if (key_has_run(rec->make_key, r->l->tokens[m->first + k].key) || key_has_run(rec->model_key, r->l->tokens[m->first + k].key)) return;
            }
    }
    for (int pass = 0; pass < 2; pass++) {
        n = 0;
        for (size_t i = 0; i < s->n_records; i++) {
            const struct catalog_record *rec = &r->c->records[s->records[i]];
            if (strcmp(rec->make_key, about->make_key) || strcmp(rec->model_key, about->model_key)) continue;
            /* Not the version that was spoken of. */
            bool same = false;
            for (size_t j = 0; j < p->subjects[0].n_records; j++) same = same || p->subjects[0].records[j] == s->records[i];
            if (same && p->subjects[0].n_records == 1) continue;
            if (pass) s->records[n] = s->records[i];
            n++;
        }
        if (n == 0) return;
    }
    s->n_records = n;
    s->label = n == 1 ? r->c->records[s->records[0]].title : s->name;
}

static bool other_words(const struct reading *r)
{
    for (size_t i = 0; i < r->l->n_labels; i++)
        if (r->l->labels[i].kind == LABEL_UNKNOWN && !r->l->labels[i].used) return true;
    return false;
}

/* "it", "that one", "er", "elle", "su": one vehicle, and no new order or kind of many. */
static bool refers_to_one(const struct reading *r)
{
    static const char *const ONE[] = {"it|its|that one|this one|that car|this car|that vehicle|that bike|the car",
                                      "er|sie|es|dessen|deren|sein|seine|ihr|ihre|ihn",
                                      "il|elle|celui ci|celle ci|son|sa|ses", "su|sus|este|ese|esta|esa|lo",
                                      "它|它的|这款|该车|这辆"};
    if (r->extreme || r->quality || r->rank || r->top || r->nth || r->list || r->count || r->how_many_things ||
        (r->attribute_order && !r->attribute_comparative))
        return false;
    for (size_t i = 0; i < r->l->n_tokens; i++)
        if (reading_phrase(r, i, ONE[r->l->language])) return true;
    return false;
}

void read_follow_up(struct reading *r)
{
    struct query *q = r->q;
    const struct query *p = r->previous;
    if (q->missing || other_words(r)) return;
    read_named_version(r);
    bool subject = q->n_subjects > 0, attribute = q->n_attributes > 0 || q->unit;
    bool short_question = r->what_about || r->only || r->pronoun || r->l->n_tokens <= 8;
    if (subject && attribute) return;
    if (subject) keep_to_document(r);
    if (subject) keep_to_model(r);
    if (!subject && !short_question && !r->pronoun) return;
    /* Lists: "only the hybrids", "and under 30,000?" narrow what was asked. */
    bool listed = p->op == QUERY_LIST || p->op == QUERY_COUNT || p->op == QUERY_RANK ||
                  p->op == QUERY_AGGREGATE;
    q->refers = !subject && p->op == QUERY_RANK && q->n_attributes && refers_to_one(r);
    if (q->refers && p->n_winners) {
        for (size_t i = 0; i < p->n_winners && !r->failed; i++)
            if (!copy_subject(r, &p->winners[i])) return;
        r->set_scope = false;
        q->carried = subject = true;
        return;
    }
    if (!subject) {
        int year = 0;
        for (size_t i = 0; i < q->n_where; i++)
            if (q->where[i].year && q->where[i].comparator == COMPARE_EQUAL) year = (int)q->where[i].low;
        for (size_t i = 0; i < p->n_subjects && !r->failed; i++) {
            if (year && !listed) {
                if (!change_year(r, &p->subjects[i], year)) return;
                size_t kept = 0;
                for (size_t k = 0; k < q->n_where; k++)
                    if (!q->where[k].year) q->where[kept++] = q->where[k];
                q->n_where = kept;
            } else if (!copy_subject(r, &p->subjects[i])) {
                return;
            }
        }
        if (p->n_subjects) r->set_scope = listed;
        /* "How many hp does the Mazdaspeed MX-5 have?", "And its top speed?": of the same one, told by the same words. */
        for (size_t i = 0; i < p->n_unresolved && p->op == QUERY_VALUE && q->n_unresolved < QUERY_MAX_UNRESOLVED; i++) {
            const char *copy = arena_strdup(&q->arena, p->unresolved[i]);
            if (copy) q->unresolved[q->n_unresolved++] = copy;
        }
        q->carried = true;
    } else if (p->n_subjects == 1 && q->n_subjects == 1 && !q->subjects[0].year && p->subjects[0].year) {
        keep_year(r, &q->subjects[0], p->subjects[0].year);
    }
    if (!attribute) {
        for (size_t i = 0; i < p->n_attributes && q->n_attributes < QUERY_MAX_ATTRIBUTES; i++) {
            q->attributes[q->n_attributes] = attribute_copy(q, &p->attributes[i]);
            /* "and on the highway?" changes the qualifier. */
            if (q->loose_qualifiers) q->attributes[q->n_attributes].qualifiers = q->loose_qualifiers;
            q->n_attributes++;
        }
        if (!q->unit) {
            q->unit = p->unit;
            q->unit_exact = p->unit_exact;
        }
        if (listed && !subject) {
            r->extreme = p->order;
            r->top = p->limit;
            r->median = p->aggregate == AGGREGATE_MEDIAN;
            r->average = r->median || p->aggregate == AGGREGATE_AVERAGE;
            r->sum = p->aggregate == AGGREGATE_SUM;
            r->range = p->aggregate == AGGREGATE_RANGE;
            r->how_many = r->how_many_things = p->op == QUERY_COUNT;
            r->set_scope = true;
        }
        q->carried = true;
    }
    if (q->carried && (listed || !subject) && p->n_where) copy_conditions(r);
    if (q->carried && p->documents && !q->documents) {
        q->documents = arena_array(&q->arena, p->n_documents + 1, sizeof *q->documents);
        if (!q->documents) {
            r->failed = true;
            error_memory(r->err, "a question");
            return;
        }
        memcpy(q->documents, p->documents, p->n_documents * sizeof *q->documents);
        q->n_documents = p->n_documents;
    }
}
