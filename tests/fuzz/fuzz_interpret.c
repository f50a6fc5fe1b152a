/* Tables of any bytes to records and values: whatever is read keeps its promises, and the report of it
 * is text. The first byte of an input says of which kind the document is. */
#include "base/utf8.h"
#include "ingest/explain.h"
#include "ingest/interpret.h"
#include "vehicle/registry.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool ok)
{
    if (!ok) abort();
}

static void check_text(const char *text)
{
    require(text && utf8_is_valid(text, strlen(text)));
}

static void check_values(const struct interpretation *in, const struct record_values *v)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct fact_value *f = &v->values[i];
        require(v->columns[i] < in->n_columns);
        require(f->kind == VALUE_NUMBER || f->kind == VALUE_TEXT || f->kind == VALUE_YES ||
                f->kind == VALUE_NO);
        require(f->len > 0 && f->text[f->len] == '\0' && f->end == f->begin + f->len);
        if (f->kind == VALUE_NUMBER) require(isfinite(f->low) && isfinite(f->high));
        require(f->category >= -1 && f->category < (int)CATEGORY_COUNT);
        check_text(f->remark);
        if (f->place) check_text(f->place);
    }
}

static void check_interpretation(const struct interpretation *in)
{
    struct record_values values = {0};
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct fact_column *c = &in->columns[j].fact;
        check_text(c->name);
        check_text(c->section);
        require(*c->name && c->attribute >= -1 && c->attribute < (int)REGISTRY_COUNT);
    }
    for (size_t i = 0; i < in->n_records; i++) {
        const struct fact_record *r = &in->records[i].fact;
        check_text(r->title);
        check_text(r->make);
        check_text(r->model);
        check_text(r->trim);
        check_text(r->place);
        require(*r->title && *r->place && r->quantity >= 1 && isfinite(r->quantity));
        require(r->year_first >= 0 && r->year_last >= 0 && r->year_first <= YEAR_LAST_EVER);
        require(interpretation_values(in, i, &values));
        check_values(in, &values);
    }
    for (size_t i = 0; i < in->n_notes; i++) check_text(in->notes[i]);
    record_values_free(&values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = {"2021_seat.csv", "a.json", "a.jsonl", "a.md", "a.txt"};
    if (size == 0) return 0;
    enum document_kind kind = (enum document_kind)(data[0] % N_DOCUMENT_KINDS);
    const struct document_options o = {.path = NAMES[kind]};
    struct error err = {0};
    struct document d;
    if (!document_read(&d, kind, (const char *)data + 1, size - 1, &o, &err)) return 0;
    struct interpret_context context;
    struct context_walk walk;
    struct arena arena = {0};
    size_t block, n;
    context_walk_init(&walk, &d);
    while (context_walk_next(&walk, &context, &block)) {
        struct table *slices;
        require(table_slices(d.blocks[block].table, &arena, &slices, &n));
        for (size_t k = 0; k < n; k++) {
            struct interpretation in;
            require(interpret_table(&in, &slices[k], &context, &err));
            check_interpretation(&in);
            interpretation_free(&in);
        }
    }
    struct buffer report = {0};
    require(explain_document(&report, &d, NULL, &err));
    require(utf8_is_valid(report.data, report.len));
    buffer_free(&report);
    arena_free(&arena);
    document_free(&d);
    return 0;
}
