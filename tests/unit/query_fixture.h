/* What the tests of questions share: a store in memory with documents of several kinds, its catalog and
 * words; and what became of a question, in one line. */
#ifndef TESTS_UNIT_QUERY_FIXTURE_H
#define TESTS_UNIT_QUERY_FIXTURE_H

#include "query_documents.h"
#include "rag_fixture.h"

#include "query/label.h"
#include "query/query.h"
#include "query/word_index.h"

#include <math.h>
#include <stdio.h>

struct garage {
    struct store *store;
    struct catalog catalog;
    struct word_index *words;
};

static inline void garage_open(struct garage *g)
{
    struct error err = {0};
    if (!catalog_read(&g->catalog, g->store, &err)) fail_msg("%s", err.text);
    g->words = word_index_build(&g->catalog, &err);
    if (!g->words) fail_msg("%s", err.text);
}

static inline int garage_make(void **state)
{
    static struct garage g;
    g.store = memory_store();
    ingest_ok(g.store, "/price list.csv", DOCUMENT_CSV, LIST_CSV);
    ingest_ok(g.store, "/autos.csv", DOCUMENT_CSV, AUTOS_CSV);
    ingest_ok(g.store, "/electric.json", DOCUMENT_JSON, EV_JSON);
    ingest_ok(g.store, "/elan.md", DOCUMENT_MARKDOWN, ROADSTER_MD);
    garage_open(&g);
    *state = &g;
    return 0;
}

static inline int garage_remove(void **state)
{
    struct garage *g = *state;
    word_index_free(g->words);
    catalog_free(&g->catalog);
    store_close(g->store);
    return 0;
}

/* A store of one document. */
static inline void garage_of(struct garage *g, enum document_kind kind, const char *text)
{
    *g = (struct garage){.store = memory_store()};
    ingest_ok(g->store, "/doc", kind, text);
    garage_open(g); /* its words point into *g */
}

static inline void garage_close(struct garage *g)
{
    void *state = g;
    garage_remove(&state);
}

/* ---- the outcome of a question ---- */

static inline void write_number(struct buffer *out, double number, const struct unit *unit)
{
    buffer_printf(out, "%.6g", number);
    if (unit) buffer_printf(out, " %s", unit->symbol);
}

static inline void write_rows(struct buffer *out, const struct garage *g, const struct query *q,
                              const struct result *r)
{
    bool titles = q->op == QUERY_LIST || q->op == QUERY_COUNT;
    size_t last = SIZE_MAX, n = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct result_row *row = &r->rows[i];
        assert_true(row->record < g->catalog.n_records && row->column < g->catalog.n_columns);
        /* The cell that is cited lies in its document, on a line of it. */
        assert_true(row->fact.begin <= row->fact.end && row->fact.line > 0);
        if (row->name_only && !titles) continue;
        if (titles && row->record == last) continue;
        last = row->record;
        buffer_printf(out, "%s%s", n++ ? "; " : ": ", g->catalog.records[row->record].title);
        if (titles) continue;
        buffer_putc(out, ' ');
        if (row->fact.kind == VALUE_NUMBER) {
            write_number(out, row->low, row->high > row->low ? NULL : row->unit);
            if (row->high > row->low) {
                buffer_putc(out, '-');
                write_number(out, row->high, row->unit);
            }
        } else {
            buffer_puts(out, row->fact.kind == VALUE_YES   ? "yes"
                             : row->fact.kind == VALUE_NO ? "no"
                                                          : row->fact.text);
        }
        if (row->best) buffer_putc(out, '*');
    }
}

/* "rank found: 2021 Chevrolet Corvette Stingray 490 hp*" */
static inline void write_outcome(struct buffer *out, const struct garage *g, const struct query *q,
                                 const struct result *r)
{
    static const char *const OPS[] = {"none", "value", "compare", "rank", "list", "count",
                                      "aggregate", "check", "describe", "open"};
    static const char *const MISSING[] = {"", "vehicle", "year", "attribute", "match", "unit"};
    buffer_printf(out, "%s %s", OPS[q->op], query_status_name(r->status));
    if (r->status == STATUS_NOT_FOUND)
        buffer_printf(out, " (%s%s%s)", MISSING[r->missing], r->missing_name ? " " : "",
                      r->missing_name ? r->missing_name : "");
    if (r->status == STATUS_NOT_UNDERSTOOD)
        for (size_t i = 0; i < q->n_unresolved; i++)
            buffer_printf(out, " ‘%s’", q->unresolved[i]);
    if (r->status == STATUS_NOT_FOUND || r->status >= STATUS_NOT_UNDERSTOOD) return;
    if (q->op == QUERY_CHECK)
        buffer_puts(out, r->verdict > 0 ? " yes" : r->verdict == 0 ? " no" : " differs");
    if (q->op == QUERY_COUNT) buffer_printf(out, " = %g", r->number);
    if (q->op == QUERY_AGGREGATE || (q->op == QUERY_COMPARE && r->has_difference)) {
        buffer_puts(out, " = ");
        write_number(out, r->number, r->number_unit);
        if (q->aggregate == AGGREGATE_RANGE) {
            buffer_puts(out, " to ");
            write_number(out, r->number_high, r->number_unit);
        }
    }
    for (size_t i = 0; i < r->n_groups; i++)
        buffer_printf(out, "%s%s %.6g", i ? ", " : " by ", r->groups[i].name, r->groups[i].number);
    if (q->op == QUERY_DESCRIBE)
        buffer_printf(out, ": %zu values", r->n_rows);
    else if (q->op != QUERY_AGGREGATE && !r->n_groups)
        write_rows(out, g, q, r);
}

/* Asks the questions one after the other ('\n' between them), each after the one before it; the outcome of
 * the last one. */
static inline void ask_in_turn(struct buffer *out, const struct garage *g, const char *questions)
{
    struct error err = {0};
    struct query previous = {0};
    bool any = false;
    for (const char *p = questions; *p;) {
        size_t n = strcspn(p, "\n");
        char *text = strndup(p, n);
        struct query q;
        struct result r;
        assert_non_null(text);
        if (!query_read_turn(&q, g->words, g->store, text, any ? &previous : NULL, &err)) fail_msg("%s", err.text);
        if (any) query_free(&previous);
        if (!query_execute(&r, &q, &g->catalog, g->store, &err)) fail_msg("%s: %s", text, err.text);
        buffer_clear(out);
        write_outcome(out, g, &q, &r);
        result_free(&r);
        previous = q;
        any = true;
        free(text);
        p += n + (p[n] == '\n');
    }
    if (any) query_free(&previous);
    assert_false(out->failed);
}

struct asked {
    const char *question, *outcome;
};

/* All that differ are told, then the test fails. */
static inline void expect_outcomes(const struct garage *g, const struct asked *a, size_t n)
{
    size_t wrong = 0;
    struct buffer got = {0};
    for (size_t i = 0; i < n; i++) {
        ask_in_turn(&got, g, a[i].question);
        if (strcmp(buffer_text(&got), a[i].outcome) == 0) continue;
        print_error("\"%s\"\n   got      %s\n   expected %s\n", a[i].question, buffer_text(&got),
                    a[i].outcome);
        wrong++;
    }
    buffer_free(&got);
    if (wrong) fail_msg("%zu of %zu", wrong, n);
}
#define EXPECT_OUTCOMES(g, a) expect_outcomes(g, a, sizeof(a) / sizeof *(a))

#endif
