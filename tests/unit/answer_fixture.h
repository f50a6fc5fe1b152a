/* Queries, results and catalogs made by hand, for the tests of what is written from them. */
#ifndef TESTS_ANSWER_FIXTURE_H
#define TESTS_ANSWER_FIXTURE_H

#include "answer/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

enum { FIXTURE_MAX = 64 };

/* One document with one table (a second one where it is asked for). */
struct fixture {
    struct query q;
    struct result r;
    struct catalog c;
    struct catalog_document documents[2];
    struct catalog_source sources[2];
    struct catalog_column columns[FIXTURE_MAX];
    struct catalog_record records[FIXTURE_MAX];
    struct result_row rows[4 * FIXTURE_MAX];
    struct result_group groups[FIXTURE_MAX];
    size_t subject_records[QUERY_MAX_SUBJECTS][FIXTURE_MAX];
    char places[FIXTURE_MAX][16];
};

static void fixture_init(struct fixture *f, const char *language, enum query_op op)
{
    *f = (struct fixture){0};
    f->documents[0] = (struct catalog_document){.id = 7,
                                                .path = "/data/cars.csv",
                                                .name = "cars.csv",
                                                .kind = "csv",
                                                .title = "",
                                                .language = "en"};
    f->documents[1] = (struct catalog_document){.id = 8,
                                                .path = "/data/other.md",
                                                .name = "other.md",
                                                .kind = "markdown",
                                                .title = "",
                                                .language = "en"};
    f->sources[0] = (struct catalog_source){.id = 1, .caption = "", .row_word = "row"};
    f->sources[1] = (struct catalog_source){.id = 2, .document = 1, .caption = "", .row_word = ""};
    f->c = (struct catalog){.documents = f->documents,
                            .n_documents = 2,
                            .sources = f->sources,
                            .n_sources = 2,
                            .columns = f->columns,
                            .records = f->records};
    f->q.text = "?";
    f->q.language = language;
    f->q.op = op;
    f->r.rows = f->rows;
    f->r.groups = f->groups;
    f->r.verdict = -1;
}

static const struct unit *fixture_unit(const char *symbol)
{
    const struct unit *u = symbol ? unit_by_symbol(symbol) : NULL;
    if (symbol) assert_non_null(u);
    return u;
}

static uint64_t fixture_qualifier(const char *id)
{
    int q = id ? qualifier_find(id) : -1;
    if (id) assert_true(q >= 0);
    return q < 0 ? 0 : 1ull << q;
}

/* A column; `id` NULL: of its own name. */
static inline size_t fixture_column(struct fixture *f, const char *name, const char *id,
                                    const char *qualifier, const char *unit)
{
    size_t n = f->c.n_columns++;
    f->columns[n] = (struct catalog_column){.id = (int64_t)n + 1,
                                            .name = name,
                                            .section = "",
                                            .key = name,
                                            .attribute = id ? registry_find(id) : -1,
                                            .qualifiers = fixture_qualifier(qualifier),
                                            .unit = fixture_unit(unit)};
    if (id) assert_true(f->columns[n].attribute >= 0);
    f->sources[0].n_columns = f->c.n_columns;
    return n;
}

static inline size_t fixture_record(struct fixture *f, const char *title, int year)
{
    size_t n = f->c.n_records++;
    snprintf(f->places[n], sizeof f->places[n], "row %zu", n + 2);
    f->records[n] = (struct catalog_record){.id = (int64_t)n + 100,
                                            .title = title,
                                            .make = "",
                                            .model = "",
                                            .trim = "",
                                            .make_key = "",
                                            .model_key = "",
                                            .trim_key = "",
                                            .year_first = year,
                                            .year_last = year,
                                            .place = f->places[n],
                                            .line = n + 2,
                                            .quantity = 1,
                                            .category = "",
                                            .engine_type = "",
                                            .transmission = ""};
    f->sources[0].n_records = f->c.n_records;
    return n;
}

static inline void fixture_ask(struct fixture *f, const char *id, const char *qualifier)
{
    f->q.attributes[f->q.n_attributes++] =
        (struct query_attribute){.attribute = id ? registry_find(id) : -1,
                                 .name = id ? id : qualifier,
                                 .key = id ? "" : qualifier,
                                 .qualifiers = id ? fixture_qualifier(qualifier) : 0};
}

static inline size_t fixture_subject(struct fixture *f, const char *label, int year)
{
    size_t n = f->q.n_subjects++;
    f->q.subjects[n] = (struct query_subject){
        .name = label, .label = label, .year = year, .records = f->subject_records[n]};
    return n;
}

static inline struct result_row *fixture_row(struct fixture *f, size_t record, size_t column,
                                             size_t subject, size_t attribute)
{
    struct result_row *row = &f->rows[f->r.n_rows++];
    *row = (struct result_row){.record = record,
                               .column = column,
                               .subject = subject,
                               .attribute = attribute,
                               .variant = "",
                               .fact = {.record = record,
                                        .column = column,
                                        .text = "",
                                        .remark = "",
                                        .category = -1,
                                        .place = f->records[record].place,
                                        .line = f->records[record].line,
                                        .quote = ""}};
    if (subject < f->q.n_subjects) {
        struct query_subject *s = &f->q.subjects[subject];
        bool known = false;
        for (size_t i = 0; i < s->n_records; i++) known = known || s->records[i] == record;
        if (!known) s->records[s->n_records++] = record;
    }
    return row;
}

static inline struct result_row *fixture_number(struct fixture *f, size_t record, size_t column,
                                                size_t subject, size_t attribute, double value,
                                                const char *text)
{
    struct result_row *row = fixture_row(f, record, column, subject, attribute);
    row->fact.kind = VALUE_NUMBER;
    row->fact.low = row->fact.high = row->low = row->high = value;
    row->fact.unit = row->unit = f->columns[column].unit;
    row->fact.text = text;
    return row;
}

static inline struct result_row *fixture_text(struct fixture *f, size_t record, size_t column,
                                              size_t subject, size_t attribute, const char *text)
{
    struct result_row *row = fixture_row(f, record, column, subject, attribute);
    row->fact.kind = VALUE_TEXT;
    row->fact.text = text;
    return row;
}

static inline void fixture_where(struct fixture *f, const char *text)
{
    f->q.where[f->q.n_where++] =
        (struct query_condition){.attribute = {.attribute = -1, .name = "", .key = ""},
                                 .category = -1,
                                 .key = "",
                                 .text = text};
}

/* The answer's text; the caller frees the whole. */
static inline const char *fixture_render(struct fixture *f, struct rendered *out)
{
    struct error err = {0};
    if (!answer_render(out, &f->q, &f->r, &f->c, &err)) fail_msg("%s", err.text);
    return out->text;
}

static inline void fixture_expect(struct fixture *f, const char *text)
{
    struct rendered a;
    assert_string_equal(fixture_render(f, &a), text);
    rendered_free(&a);
}

#endif
