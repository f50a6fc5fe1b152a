/* Documents given as text, interpreted table by table, and questions at what came out. */
#ifndef TESTS_INTERPRET_FIXTURE_H
#define TESTS_INTERPRET_FIXTURE_H

#include "ingest/interpret.h"
#include "vehicle/registry.h"
#include "vehicle/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXTURE_MAX_TABLES = 16 };

struct fixture {
    struct document document;
    struct arena arena;
    struct interpretation tables[FIXTURE_MAX_TABLES];
    size_t n;
    struct record_values values; /* of the record looked at last */
};

static inline void fixture_read(struct fixture *f, const char *path, const char *text)
{
    struct error err = {0};
    enum document_kind kind;
    const struct document_options o = {.path = path};
    *f = (struct fixture){0};
    assert_true(document_kind_find(path, text, strlen(text), &kind, &err));
    if (!document_read(&f->document, kind, text, strlen(text), &o, &err)) fail_msg("%s", err.text);
}

static inline void fixture_interpret(struct fixture *f)
{
    struct error err = {0};
    struct interpret_context context;
    struct context_walk walk;
    size_t block, n;
    context_walk_init(&walk, &f->document);
    while (context_walk_next(&walk, &context, &block)) {
        struct table *slices;
        assert_true(table_slices(f->document.blocks[block].table, &f->arena, &slices, &n));
        for (size_t k = 0; k < n && f->n < FIXTURE_MAX_TABLES; k++)
            assert_true(interpret_table(&f->tables[f->n++], &slices[k], &context, &err));
    }
}

static inline void fixture_open(struct fixture *f, const char *path, const char *text)
{
    fixture_read(f, path, text);
    fixture_interpret(f);
}

static inline void fixture_close(struct fixture *f)
{
    for (size_t i = 0; i < f->n; i++) interpretation_free(&f->tables[i]);
    record_values_free(&f->values);
    document_free(&f->document);
    arena_free(&f->arena);
}

static inline void fixture_print(struct fixture *f)
{
    for (size_t i = 0; i < f->n; i++) {
        print_message("table %zu:\n", i + 1);
        for (size_t j = 0; j < f->tables[i].n_columns; j++) {
            const struct fact_column *c = &f->tables[i].columns[j].fact;
            print_message("  column '%s' of '%s': %s\n", c->name, c->section,
                          c->attribute >= 0 ? REGISTRY[c->attribute].id : "own");
        }
        for (size_t j = 0; j < f->tables[i].n_records && j < 20; j++)
            print_message("  record '%s' at '%s'\n", f->tables[i].records[j].fact.title,
                          f->tables[i].records[j].fact.place);
        for (size_t j = 0; j < f->tables[i].n_notes; j++)
            print_message("  note: %s\n", f->tables[i].notes[j]);
    }
}

/* The record of this title, the `nth` (from 0) of them. */
static inline const struct fact_record *fixture_record(struct fixture *f, const char *title,
                                                       size_t nth, size_t *table, size_t *index)
{
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < f->tables[i].n_records; j++)
            if (strcmp(f->tables[i].records[j].fact.title, title) == 0 && nth-- == 0) {
                if (table) *table = i;
                if (index) *index = j;
                return &f->tables[i].records[j].fact;
            }
    fixture_print(f);
    fail_msg("no record '%s'", title);
    return NULL;
}

/* The value of a column of a record: the `part`-th. Names of columns as "Brakes: Front" with a section.
 * Looks in all tables that have such a record. */
static inline const struct fact_value *fixture_part(struct fixture *f, const char *title,
                                                    const char *column, size_t part)
{
    char name[256];
    for (size_t i = 0; i < f->n; i++) {
        const struct interpretation *in = &f->tables[i];
        for (size_t r = 0; r < in->n_records; r++) {
            if (strcmp(in->records[r].fact.title, title) != 0) continue;
            record_values_free(&f->values);
            assert_true(interpretation_values(in, r, &f->values));
            size_t at = 0;
            for (size_t k = 0; k < f->values.n; k++) {
                const struct fact_column *c = &in->columns[f->values.columns[k]].fact;
                snprintf(name, sizeof name, "%s%s%s", c->section, *c->section ? ": " : "", c->name);
                if (strcmp(name, column) != 0 && strcmp(c->name, column) != 0) continue;
                if (at++ == part) return &f->values.values[k];
            }
        }
    }
    return NULL;
}

static inline void expect_number(struct fixture *f, const char *title, const char *column,
                                 double value, const char *unit)
{
    const struct fact_value *v = fixture_part(f, title, column, 0);
    if (!v) {
        fixture_print(f);
        fail_msg("no value of '%s' for '%s'", column, title);
        return;
    }
    if (v->kind != VALUE_NUMBER) fail_msg("'%s' is no number: '%s'", column, v->text);
    if (fabs(v->low - value) > 1e-9 * fmax(1, fabs(value)))
        fail_msg("'%s' of '%s' is %g, not %g", column, title, v->low, value);
    const char *got = v->unit ? v->unit->symbol : "";
    if (strcmp(got, unit) != 0) fail_msg("'%s' is in '%s', not '%s'", column, got, unit);
}

static inline void expect_text(struct fixture *f, const char *title, const char *column,
                               const char *text)
{
    const struct fact_value *v = fixture_part(f, title, column, 0);
    if (!v) {
        fixture_print(f);
        fail_msg("no value of '%s' for '%s'", column, title);
        return;
    }
    assert_string_equal(v->text, text);
}

static inline void expect_place(struct fixture *f, const char *title, const char *column,
                                const char *place)
{
    const struct fact_value *v = fixture_part(f, title, column, 0);
    if (!v) fail_msg("no value of '%s' for '%s'", column, title);
    const struct fact_record *r = fixture_record(f, title, 0, NULL, NULL);
    assert_string_equal(v && v->place ? v->place : r->place, place);
}

static inline void expect_attribute(struct fixture *f, const char *column, const char *id)
{
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < f->tables[i].n_columns; j++) {
            const struct fact_column *c = &f->tables[i].columns[j].fact;
            if (strcmp(c->name, column) != 0) continue;
            assert_string_equal(c->attribute >= 0 ? REGISTRY[c->attribute].id : "", id);
            return;
        }
    fixture_print(f);
    fail_msg("no column '%s'", column);
}

static inline void expect_note(struct fixture *f, const char *text)
{
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < f->tables[i].n_notes; j++)
            if (strstr(f->tables[i].notes[j], text)) return;
    fixture_print(f);
    fail_msg("no note has '%s'", text);
}

static inline void expect_no_value(struct fixture *f, const char *title, const char *column)
{
    const struct fact_value *v = fixture_part(f, title, column, 0);
    if (v && !v->missing_mark) fail_msg("'%s' has a value: '%s'", column, v->text);
}

#endif
