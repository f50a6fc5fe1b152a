/* Vehicles of a question: mentions and codes that one record has become subjects, words that belong to a
 * name but stand in none of the store's make the vehicle a missing one. */
#include "query/reading.h"
#include "query/source_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Many are asked for whose years nobody knows: "how many Opels are from 2022" has a condition that is not lost. */
static bool is_set_without_years(const struct reading *r)
{
    const struct labelled *l = r->l;
    bool many = r->how_many_things || r->count || r->list;
    for (size_t m = 0; m < l->n_mentions; m++) {
        many = many || l->mentions[m].make_only || l->mentions[m].plural;
        for (size_t i = 0; i < l->mentions[m].n_records; i++)
            if (r->c->records[l->mentions[m].records[i]].year_first) return false;
    }
    return many && l->n_mentions > 0;
}

/* Years apart from a name belong to it where there is one name and one year. */
void read_mention_years(struct reading *r)
{
    struct labelled *l = r->l;
    size_t years[QUERY_MAX_YEARS], n = 0, compared = 0;
    for (size_t i = 0; i < l->n_labels; i++) {
        if (l->labels[i].kind != LABEL_YEAR || n == QUERY_MAX_YEARS) continue;
        years[n++] = i;
        for (size_t k = i > 2 ? i - 2 : 0; k < i; k++)
            compared += label_is(&l->labels[k], WORD_SINCE) &&
                        strcmp(l->tokens[l->labels[k].first].key, "from") != 0;
        for (size_t k = i > 2 ? i - 2 : 0; k < i; k++)
            compared += label_is(&l->labels[k], WORD_BEFORE) || label_is(&l->labels[k], WORD_AFTER);
        compared += i + 1 < l->n_labels && label_is(&l->labels[i + 1], WORD_OR_MORE);
    }
    if (n == 0 || compared || is_set_without_years(r)) return;
    size_t undated = 0;
    for (size_t m = 0; m < l->n_mentions; m++) undated += l->mentions[m].year == 0;
    if (n == 1 && undated > 0 && undated == l->n_mentions) {
        for (size_t m = 0; m < l->n_mentions; m++) l->mentions[m].year = l->labels[years[0]].year;
        l->labels[years[0]].used = true;
        mark_year_noun(r, years[0]);
    } else if (l->n_mentions == 1 && n >= 1 && n + 1 <= QUESTION_MAX_MENTIONS) {
        /* "the 2021 and the 2022 Camry": one name of several years. */
        for (size_t k = 0; k < n; k++) {
            struct mention copy = l->mentions[0];
            copy.year = l->labels[years[k]].year;
            l->labels[years[k]].used = true;
            if (l->mentions[0].year == 0)
                l->mentions[0].year = copy.year;
            else
                l->mentions[l->n_mentions++] = copy;
        }
    }
}

static bool mention_has(const struct reading *r, const struct mention *m, const char *key, size_t len)
{
    const struct labelled *l = r->l;
    for (size_t i = m->first; i < m->first + m->n; i++) {
        const char *k = l->tokens[i].key;
        size_t n = strlen(k);
        if (n == len && memcmp(k, key, len) == 0) return true;
        if (n == len + 1 && k[len] == 's' && memcmp(k, key, len) == 0) return true;
        /* Written apart or joined: "hi lux", "crv". */
        if (i + 1 < m->first + m->n) {
            size_t n2 = strlen(l->tokens[i + 1].key);
            if (n + n2 == len && memcmp(k, key, n) == 0 &&
                memcmp(l->tokens[i + 1].key, key + n, n2) == 0)
                return true;
        }
        if (n > len && memcmp(k, key, len) == 0 && l->tokens[i].kind == TOKEN_WORD) {
            /* "crv" covers "cr" and "v" of the name; looked at as a whole below. */
            continue;
        }
    }
    return false;
}

/* "MY24", "2024" and "24MY" in a trim's name: said by the year. */
static bool is_year_word(int year, const char *key, size_t len)
{
    char full[16], brief[16];
    if (!year) return false;
    if (len == 2 && memcmp(key, "my", 2) == 0) return true;
    int n = snprintf(full, sizeof full, "%d", year), b = snprintf(brief, sizeof brief, "%02d", year % 100);
    return (len == (size_t)n && memcmp(key, full, len) == 0) ||
           (len == (size_t)b && memcmp(key, brief, len) == 0);
}

/* How many words of a name (keys with spaces) the mention does not have; *total: of how many. */
static size_t uncovered(const struct reading *r, const struct mention *m, const char *keys,
                        const char *other_keys)
{
    size_t n = 0;
    const char *before = NULL;
    size_t before_len = 0;
    (void)other_keys;
    while (*keys) {
        size_t len = strcspn(keys, " ");
        bool has = mention_has(r, m, keys, len) || is_year_word(m->year, keys, len);
        if (!has && before && before_len + len < TOKEN_KEY_MAX) {
            char both[2 * TOKEN_KEY_MAX];
            memcpy(both, before, before_len);
            memcpy(both + before_len, keys, len);
            if (mention_has(r, m, both, before_len + len)) {
                has = true;
                if (n) n--;
            }
        }
        if (!has) n++;
        before = keys;
        before_len = len;
        keys += len + (keys[len] == ' ');
    }
    return n;
}

static bool year_fits(const struct catalog_record *r, int year)
{
    return r->year_first && year >= r->year_first && (r->year_last == 0 || year <= r->year_last);
}

static bool has_year(const struct catalog_record *r)
{
    return r->year_first != 0;
}

static void missing(struct reading *r, enum query_missing what, const char *name)
{
    if (r->q->missing) return;
    r->q->missing = what;
    r->q->missing_name = name;
}

/* The nearest years below and above. */
static void find_years_near(struct reading *r, const uint32_t *records, size_t n, int year)
{
    int below = 0, above = 0;
    for (size_t i = 0; i < n; i++) {
        const struct catalog_record *rec = &r->c->records[records[i]];
        if (!rec->year_first) continue;
        int last = rec->year_last ? rec->year_last : rec->year_first;
        if (last < year && last > below) below = last;
        if (rec->year_first > year && (!above || rec->year_first < above)) above = rec->year_first;
    }
    r->q->years_near[0] = below ? below : above;
    r->q->years_near[1] = below ? above : 0;
}

/* Keeps of records those for which count[i] is least. */
static size_t keep_least(uint32_t *records, const size_t *count, size_t n)
{
    size_t least = SIZE_MAX, kept = 0;
    for (size_t i = 0; i < n; i++)
        if (count[i] < least) least = count[i];
    for (size_t i = 0; i < n; i++)
        if (count[i] == least) records[kept++] = records[i];
    return kept;
}

static const char *label_of(struct reading *r, const uint32_t *records, size_t n, int year,
                            const char *fallback)
{
    struct buffer b = {0};
    const struct catalog_record *first = &r->c->records[records[0]];
    bool one_title = true, one_model = true, one_make = true;
    for (size_t i = 1; i < n; i++) {
        const struct catalog_record *rec = &r->c->records[records[i]];
        one_title = one_title && strcmp(rec->title, first->title) == 0;
        one_model = one_model && strcmp(rec->model_key, first->model_key) == 0;
        one_make = one_make && strcmp(rec->make_key, first->make_key) == 0;
    }
    if (one_title) {
        buffer_puts(&b, first->title);
    } else if (one_make && first->make[0]) {
        if (year) buffer_printf(&b, "%d ", year);
        buffer_puts(&b, first->make);
        if (one_model && first->model[0]) {
            buffer_putc(&b, ' ');
            buffer_puts(&b, first->model);
        }
    } else {
        if (year) buffer_printf(&b, "%d ", year);
        buffer_puts(&b, fallback);
    }
    const char *out = b.failed ? NULL : arena_strdup(&r->q->arena, buffer_text(&b));
    buffer_free(&b);
    if (!out) {
        r->failed = true;
        error_memory(r->err, "a question");
        return "";
    }
    return out;
}

bool subject_from_mention(struct reading *r, const struct mention *m, int year)
{
    struct query *q = r->q;
    if (q->n_subjects == QUERY_MAX_SUBJECTS || m->n_records == 0) return false;
    size_t n = m->n_records;
    uint32_t *records = malloc(n * sizeof *records);
    size_t *count = malloc(n * sizeof *count);
    size_t *kept = arena_array(&q->arena, n, sizeof *kept);
    const char *name = reading_text(r, m->first, m->n);
    if (!records || !count || !kept) {
        free(records);
        free(count);
        r->failed = true;
        return error_memory(r->err, "a question");
    }
    memcpy(records, m->records, n * sizeof *records);
    /* The year first: a name that is exact in another year is another vehicle. */
    if (year) {
        size_t fit = 0, dated = 0;
        for (size_t i = 0; i < n; i++) {
            dated += has_year(&r->c->records[records[i]]);
            if (year_fits(&r->c->records[records[i]], year)) fit++;
        }
        if (fit == 0 && dated > 0) {
            find_years_near(r, records, n, year);
            missing(r, MISSING_YEAR, label_of(r, records, n, 0, name));
        }
        if (fit > 0) {
            size_t k = 0;
            for (size_t i = 0; i < n; i++)
                if (year_fits(&r->c->records[records[i]], year)) records[k++] = records[i];
            n = k;
        } else if (dated == 0) {
            /* No document says which year: the vehicle is taken as it is, and the answer's title
             * shows that no year is known. */
            year = 0;
        }
    }
    /* A name of the model alone first: "X3 M" is not "X3 M Competition". */
    bool exact = false;
    if (!m->make_only && !r->set_scope) {
        for (size_t i = 0; i < n; i++)
            count[i] = uncovered(r, m, r->c->records[records[i]].model_key, NULL);
        /* Where none is, longer names are all of it: "Ranger" is as much "Ranger XLT with Tow Package"
         * as "Ranger Raptor". */
        bool whole = false;
        for (size_t i = 0; i < n; i++) whole = whole || count[i] == 0;
        if (whole) n = keep_least(records, count, n);
        bool trims = false;
        for (size_t i = 0; i < n; i++) {
            const struct catalog_record *rec = &r->c->records[records[i]];
            count[i] = uncovered(r, m, rec->trim_key, rec->model_key);
            /* Whether any word of the question is of a trim and of no model. */
            for (size_t t = m->first; t < m->first + m->n && !trims; t++) {
                struct mention one = {.first = t, .n = 1};
                const char *k = rec->trim_key;
                bool in_trim = false, in_model = false;
                while (*k) {
                    size_t len = strcspn(k, " ");
                    in_trim = in_trim || mention_has(r, &one, k, len);
                    k += len + (k[len] == ' ');
                }
                for (k = rec->model_key; *k;) {
                    size_t len = strcspn(k, " ");
                    in_model = in_model || mention_has(r, &one, k, len);
                    k += len + (k[len] == ' ');
                }
                for (k = rec->make_key; *k;) {
                    size_t len = strcspn(k, " ");
                    in_model = in_model || mention_has(r, &one, k, len);
                    k += len + (k[len] == ' ');
                }
                trims = in_trim && !in_model;
            }
        }
        if (trims) {
            bool complete = false;
            for (size_t i = 0; i < n; i++) complete = complete || count[i] == 0;
            /* Only a whole trim's name excludes longer ones: "4S" and "4S Plus". */
            if (complete) n = keep_least(records, count, n);
        }
        exact = true;
    }
    for (size_t i = 0; i < n; i++) kept[i] = records[i];
    q->subjects[q->n_subjects++] = (struct query_subject){.name = name,
                                                          .label = label_of(r, records, n, year, name),
                                                          .records = kept,
                                                          .n_records = n,
                                                          .year = year,
                                                          .exact = exact};
    free(records);
    free(count);
    return true;
}

void widen_subject(struct reading *r)
{
    struct query *q = r->q;
    const struct mention *m = NULL;
    for (size_t i = 0; i < r->l->n_mentions; i++) {
        if (r->l->mentions[i].only_context || r->l->mentions[i].excluded) continue;
        if (m) return;
        m = &r->l->mentions[i];
    }
    if (!m || m->make_only || m->year || q->n_subjects != 1 || q->n_attributes == 0 || r->set_scope || q->documents || q->subjects[0].only) return;
    struct query_subject *s = &q->subjects[0];
    /* A generation or a version that was said as well is meant. */
    if (s->n_records == 0 || s->n_records >= m->n_records || s->n_records != r->n_named) return;
    for (size_t k = 0; k < q->n_attributes; k++)
        if (columns_have(r->c, s->records, s->n_records, &q->attributes[k])) return;
    const struct catalog_record *chosen = &r->c->records[s->records[0]];
    size_t *records = arena_array(&q->arena, m->n_records, sizeof *records), n = 0;
    uint32_t *same = arena_array(&q->arena, m->n_records, sizeof *same);
    if (!records || !same) {
        r->failed = true;
        error_memory(r->err, "a question");
        return;
    }
    for (size_t i = 0; i < m->n_records; i++) {
        const struct catalog_record *rec = &r->c->records[m->records[i]];
        size_t one = m->records[i];
        size_t len = strlen(chosen->model_key);
        bool model = len && !strncmp(rec->model_key, chosen->model_key, len) && (!rec->model_key[len] || rec->model_key[len] == ' ');
        if (strcmp(rec->make_key, chosen->make_key) || !model || !columns_have(r->c, &one, 1, &q->attributes[0]))
            continue;
        same[n] = m->records[i];
        records[n++] = one;
    }
    if (n == 0) return;
    s->records = records;
    s->n_records = n;
    s->label = label_of(r, same, n, 0, s->name);
}

/* Whether the first mention's records are those of the second and others. */
static bool has_all(const struct mention *m, const struct mention *o)
{
    size_t at = 0, in = 0;
    for (size_t x = 0; x < o->n_records; x++) {
        while (at < m->n_records && m->records[at] < o->records[x]) at++;
        in += at < m->n_records && m->records[at] == o->records[x];
    }
    return in == o->n_records;
}

static bool is_asked_which(const struct reading *r, const struct mention *m)
{
    for (size_t i = 0; i < r->l->n_labels; i++)
        if (r->l->labels[i].kind == LABEL_MENTION && r->l->labels[i].first == m->first && i > 0)
            return label_is(&r->l->labels[i - 1], WORD_WHICH);
    return false;
}

/* "Of which E38 did BMW build the fewest": the maker of a vehicle that is named as well. */
static bool is_maker_of_another(const struct reading *r, size_t i)
{
    const struct mention *m = &r->l->mentions[i];
    size_t others = 0;
    if (!m->make_only && is_asked_which(r, m)) {
        /* "Rally Pro vs GT Pro: which Tiger is lighter": the model of those that are named. */
        for (size_t k = 0; k < r->l->n_mentions; k++) {
            const struct mention *o = &r->l->mentions[k];
            if (k == i || o->excluded || o->only_context) continue;
            if (o->unknown_n || !has_all(m, o) || o->n_records == m->n_records) return false;
            others++;
        }
        return others >= 2;
    }
    if (!m->make_only || m->year) return false;
    for (size_t k = 0; k < r->l->n_mentions; k++) {
        const struct mention *o = &r->l->mentions[k];
        if (k == i || o->make_only || o->n_records == 0 || o->unknown_n || o->excluded) continue;
        if (has_all(m, o)) return true;
    }
    return false;
}

/* Whether the second mention stands right behind the first, without a maker or a year of its own. */
static bool is_goes_on(const struct labelled *l, const struct mention *m, const struct mention *next)
{
    if (next->first != m->first + m->n || next->make_only || next->alone_make || next->make >= 0 || next->year ||
        next->only_context || l->tokens[next->first].gap != GAP_SPACE)
        return false;
    for (size_t a = 0, b = 0; a < m->n_records && b < next->n_records;) {
        if (m->records[a] == next->records[b]) return false;
        if (m->records[a] < next->records[b]) a++;
        else b++;
    }
    return m->n_records > 0 && next->n_records > 0;
}

void read_subjects(struct reading *r)
{
    struct labelled *l = r->l;
    for (size_t i = 0; i < l->n_mentions && !r->failed; i++) {
        struct mention *m = &l->mentions[i];
        if (m->alone_make || m->unknown_n) {
            /* "Dacia Logan MCV" of a store that has other Dacias. */
            size_t first = m->first, end = m->first + m->n;
            if (m->unknown_n) end = m->unknown_first + m->unknown_n;
            const char *name = reading_text(r, first, end - first);
            if (m->year) {
                struct buffer b = {0};
                buffer_printf(&b, "%d %s", m->year, name);
                const char *with_year = b.failed ? NULL : arena_strdup(&r->q->arena, buffer_text(&b));
                buffer_free(&b);
                if (with_year) name = with_year;
            }
            missing(r, MISSING_VEHICLE, name);
            continue;
        }
        if (m->only_context || is_maker_of_another(r, i)) continue;
        /* "Quenby Coara AT4": versions that no record has together. */
        if (!m->make_only && i + 1 < l->n_mentions && is_goes_on(l, m, &l->mentions[i + 1])) {
            const struct mention *next = &l->mentions[i + 1];
            missing(r, MISSING_VEHICLE, reading_text(r, m->first, next->first + next->n - m->first));
            i++;
            continue;
        }
        /* "Kia Golf": a maker and a model that no record has together. */
        if (m->make_only && i + 1 < l->n_mentions && !l->mentions[i + 1].make_only &&
            l->mentions[i + 1].first == m->first + m->n &&
            !(l->tokens[l->mentions[i + 1].first].gap & (GAP_COMMA | GAP_STOP | GAP_COLON))) {
            const struct mention *next = &l->mentions[i + 1];
            missing(r, MISSING_VEHICLE, reading_text(r, m->first, next->first + next->n - m->first));
            i++;
            continue;
        }
        subject_from_mention(r, m, m->year);
    }
}

/* A code in one piece, of letters and digits or of digits alone, that one record has. */
static bool is_identifier(const struct reading *r, const struct label *l)
{
    if (l->kind != LABEL_VALUE || l->used || l->part || l->n_ids != 1 || r->c->terms[l->ids[0]].count != 1)
        return false;
    const struct catalog_column *col = &r->c->columns[r->c->terms[l->ids[0]].column];
    bool digits = false;
    for (size_t t = l->first; t < l->first + l->n; t++) digits = digits || r->l->tokens[t].kind == TOKEN_NUMBER;
    enum attribute_role role = col->attribute >= 0 ? REGISTRY[col->attribute].role : ROLE_NONE;
    bool named = role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_TRIM || role == ROLE_NAME || role == ROLE_YEAR ||
                 role == ROLE_YEAR_LAST;
    return digits && !named && !strchr(r->c->terms[l->ids[0]].text, ' ') && !strchr(r->c->terms[l->ids[0]].text, ',');
}

/* "van V104", "ad AD-3315", "stock no. K-2227": what the code is of, or what kind of code it is. */
static void mark_identifier_nouns(struct reading *r, size_t i, const char *column)
{
    for (size_t k = i, steps = 0; k-- > 0 && steps < 3; steps++) {
        struct label *l = &r->l->labels[k];
        if (r->l->tokens[r->l->labels[k + 1].first].gap & (GAP_COMMA | GAP_COLON)) return;
        bool noun = false;
        for (size_t t = 0; l->kind == LABEL_TERM && t < l->n_terms; t++) {
            int id = l->terms[t].id;
            const char *of = l->terms[t].kind == TERM_CATEGORY    ? REGISTRY[CATEGORIES[id].attribute].id
                             : l->terms[t].kind == TERM_ATTRIBUTE ? REGISTRY[id].group
                                                                  : "";
            noun = noun || !strcmp(of, "vehicle_kind") || !strcmp(of, "body_style") || !strcmp(of, "identity");
        }
        for (size_t t = l->first; t < l->first + l->n && l->kind != LABEL_MENTION; t++) {
            static const char NOUNS[] = " no nr num number numero nummer id ref reference referenz ";
            char spaced[TOKEN_KEY_MAX + 3];
            size_t len = strlen(r->l->tokens[t].key);
            if (len + 3 > sizeof spaced) continue;
            spaced[0] = ' ';
            memcpy(spaced + 1, r->l->tokens[t].key, len);
            memcpy(spaced + 1 + len, " ", 2);
            bool said = strstr(NOUNS, spaced) || key_has_run(column, r->l->tokens[t].key);
            noun = noun || (said && !label_is(l, WORD_FUNCTION)) || (strstr(NOUNS, spaced) && steps == 0);
        }
        if (!noun) return;
        l->used = true;
    }
}

void read_identifiers(struct reading *r)
{
    struct query *q = r->q;
    struct labelled *l = r->l;
    /* A name that is told by a code: the store's "SEAT K-2227". */
    for (size_t i = 0; i < l->n_labels; i++) {
        if (l->labels[i].kind != LABEL_MENTION) continue;
        const struct mention *m = &l->mentions[l->labels[i].mention];
        bool digits = false;
        for (size_t t = m->first; t < m->first + m->n; t++) digits = digits || l->tokens[t].kind == TOKEN_NUMBER;
        if (digits && m->n_records == 1) mark_identifier_nouns(r, i, "");
    }
    if (q->n_subjects || q->missing || r->how_many_things || r->count) return;
    for (size_t i = 0; i < l->n_labels && q->n_subjects < QUERY_MAX_SUBJECTS; i++) {
        struct label *label = &l->labels[i];
        if (!is_identifier(r, label)) continue;
        const struct catalog_term *t = &r->c->terms[label->ids[0]];
        const struct catalog_column *col = &r->c->columns[t->column];
        const struct catalog_source *src = &r->c->sources[col->source];
        size_t *records = arena_array(&q->arena, src->n_records + 1, sizeof *records);
        struct query_condition *only = arena_alloc(&q->arena, sizeof *only);
        if (!records || !only) {
            r->failed = true;
            error_memory(r->err, "a question");
            return;
        }
        for (size_t k = 0; k < src->n_records; k++) records[k] = src->first_record + k;
        *only = (struct query_condition){.attribute = {.attribute = col->attribute, .name = col->name,
                                                       .key = col->attribute < 0 ? col->key : ""},
                                         .category = -1, .key = t->key, .unique = true,
                                         .text = reading_text(r, label->first, label->n)};
        q->subjects[q->n_subjects++] = (struct query_subject){.name = only->text, .label = t->text,
                                                              .records = records, .n_records = src->n_records,
                                                              .exact = true, .only = only};
        label->used = true;
        mark_identifier_nouns(r, i, col->key);
    }
    if (q->n_subjects) r->set_scope = false;
}

void read_documents(struct reading *r)
{
    struct labelled *l = r->l;
    struct query *q = r->q;
    for (size_t i = 0; i < l->n_labels; i++) {
        struct label *label = &l->labels[i];
        if (label->kind != LABEL_DOCUMENT || label->used) continue;
        size_t *documents, n;
        if (!source_phrase_documents(l, r->v, label->first, label->n, &q->arena, &documents, &n, r->err)) {
            r->failed = true;
            return;
        }
        if (n == 0) {
            /* "in the data": all of it. Else left unresolved. */
            bool generic = true;
            for (size_t t = label->first; t < label->first + label->n; t++) {
                const char *key = l->tokens[t].key;
                generic = generic && (lexicon_has(key) || source_word_is_collection(key) ||
                                      (label->n > 1 && registry_has_word(key)));
            }
            /* "on the rental list": of one document alone, it is that. */
            const char *last = l->tokens[label->first + label->n - 1].key;
            if (generic || (label->n > 1 && r->c->n_documents == 1 && source_word_is_collection(last))) label->used = true;
            continue;
        }
        label->used = true;
        /* A year in the phrase is a condition on vehicles as well. */
        if (!q->documents) {
            q->documents = documents;
            q->n_documents = n;
            continue;
        }
        size_t kept = 0;
        for (size_t a = 0; a < q->n_documents; a++)
            for (size_t b = 0; b < n; b++)
                if (q->documents[a] == documents[b]) {
                    q->documents[kept++] = q->documents[a];
                    break;
                }
        if (kept) q->n_documents = kept;
    }
    if (!q->documents) return;
    /* Subjects are those of the documents, where any is. */
    for (size_t s = 0; s < q->n_subjects; s++) {
        struct query_subject *sub = &q->subjects[s];
        size_t kept = 0;
        for (int pass = 0; pass < 2; pass++) {
            size_t k = 0;
            for (size_t i = 0; i < sub->n_records; i++) {
                size_t d = r->c->sources[r->c->records[sub->records[i]].source].document;
                bool in = false;
                for (size_t a = 0; a < q->n_documents; a++) in = in || q->documents[a] == d;
                if (!in) continue;
                if (pass == 1) sub->records[k] = sub->records[i];
                k++;
            }
            kept = k;
            if (kept == 0) break;
        }
        if (kept) sub->n_records = kept;
    }
}

static bool same_vehicle(const struct catalog_record *a, const struct catalog_record *b)
{
    if (strcmp(a->title, b->title) == 0) return true;
    return a->model_key[0] && strcmp(a->make_key, b->make_key) == 0 && strcmp(a->model_key, b->model_key) == 0 &&
           a->year_first == b->year_first && a->year_last == b->year_last;
}

/* Whether the record's source has all that is asked. */
static bool has_attributes(const struct reading *r, size_t record)
{
    size_t found[COLUMNS_MAX];
    for (size_t k = 0; k < r->q->n_attributes; k++)
        if (!columns_find(r->c, r->c->records[record].source, &r->q->attributes[k], NULL, found)) return false;
    return true;
}

void assume_only_vehicle(struct reading *r)
{
    struct query *q = r->q;
    const struct catalog *c = r->c;
    if (q->op != QUERY_NONE || q->n_attributes == 0 || q->n_subjects || c->n_records == 0 || q->missing) return;
    size_t only = SIZE_MAX, last = SIZE_MAX, n = 0;
    bool one = true, having = true, has = false; /* of all records; of those that have the attributes */
    for (size_t i = 0; i < c->n_records && (one || having); i++) {
        one = one && same_vehicle(&c->records[i], &c->records[0]);
        if (c->records[i].source != last) has = has_attributes(r, i);
        last = c->records[i].source;
        if (!has) continue;
        if (only == SIZE_MAX) only = i;
        having = having && same_vehicle(&c->records[i], &c->records[only]);
    }
    if (one) only = 0;
    if (only == SIZE_MAX || !(one || having)) return;
    size_t *records = arena_array(&q->arena, c->n_records, sizeof *records);
    if (!records) return;
    for (size_t i = 0; i < c->n_records; i++)
        if (same_vehicle(&c->records[i], &c->records[only])) records[n++] = i;
    const char *title = c->records[only].title;
    q->subjects[q->n_subjects++] = (struct query_subject){
        .name = title, .label = title, .records = records, .n_records = n, .exact = true};
    q->op = QUERY_VALUE;
}
