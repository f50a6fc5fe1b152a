/* Delimited text as rows of cells; record_tables.h makes tables of them. */
#include "document/csv.h"
#include "document/reader.h"
#include "document/record_tables.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHECK_EVERY = 1024 /* records */ };

struct csv_document {
    struct record_tables rows;
    struct buffer text; /* scratch */
    struct line_list literal, inner;
};

static bool add_record(struct csv_document *d, const struct csv_scanner *s, size_t number)
{
    struct table_builder *t = &d->rows.t;
    table_builder_add_row(t, number);
    for (size_t i = 0; i < s->n_fields; i++) {
        const struct csv_field *f = &s->fields[i];
        size_t line = s->record_line + f->line_offset;
        if (!f->doubled) {
            table_builder_add_cell(t, s->data + f->begin, f->end - f->begin, line, f->begin);
            continue;
        }
        buffer_clear(&d->text);
        for (size_t from = f->begin; from < f->end;) {
            const char *quote = memchr(s->data + from, '"', f->end - from);
            size_t to = quote ? (size_t)(quote - s->data) + 1 : f->end;
            buffer_append(&d->text, s->data + from, to - from);
            from = to + (quote && to < f->end && s->data[to] == '"');
        }
        if (d->text.failed) return false;
        table_builder_add_cell(t, buffer_text(&d->text), d->text.len, line, f->begin);
    }
    if (record_tables_end_row(&d->rows, s->record_line, s->record_last_line, s->record_begin,
                              s->record_end)) {
        if (s->literal_quote) line_list_add(&d->literal, s->record_line);
        if (s->inner_quote) line_list_add(&d->inner, s->record_line);
    }
    return !d->rows.reader->failed;
}

/* "sep=;" in the first line, as Excel writes and reads it: the delimiter, and *skip bytes. */
static char stated_delimiter(const char *data, size_t len, size_t *skip)
{
    size_t i = len && data[0] == '"';
    *skip = 0;
    if (len < i + 5 || strncasecmp(data + i, "sep=", 4) != 0) return 0;
    char c = data[i + 4];
    size_t at = i + 5 + i; /* the quote again */
    if (c == '"' || c == '\n' || c == '\r' || (unsigned char)c >= 0x80) return 0;
    if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')) return 0;
    while (at < len && data[at] == c) at++; /* padded by another export */
    if (at < len && data[at] != '\n' && data[at] != '\r') return 0;
    *skip = at;
    return c;
}

static char usual_delimiter(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (!dot) return 0;
    if (strcasecmp(dot, ".tsv") == 0 || strcasecmp(dot, ".tab") == 0) return '\t';
    return strcasecmp(dot, ".psv") == 0 ? '|' : 0;
}

static bool read_records(struct csv_document *d, struct error *err)
{
    struct document_reader *r = d->rows.reader;
    size_t skip, number = 0;
    char delimiter = stated_delimiter(r->data, r->len, &skip);
    if (!delimiter) delimiter = csv_delimiter_find(r->data, r->len, usual_delimiter(r->path), NULL);
    r->out->delimiter = delimiter;
    struct csv_scanner s;
    csv_scanner_init(&s, r->data, r->len, delimiter);
    bool ok = true;
    while (ok && csv_scanner_next(&s)) {
        number++;
        if (skip && number == 1) continue;
        ok = add_record(d, &s, number);
        if (!ok || s.failed) r->failed = true;
        if (number % CHECK_EVERY == 0 && !reader_check(r, err)) ok = false;
    }
    if (s.failed) r->failed = true;
    csv_scanner_free(&s);
    return reader_check(r, err) && ok;
}

bool read_csv_document(struct document_reader *r, struct error *err)
{
    struct csv_document *d = calloc(1, sizeof *d);
    if (!d) return error_memory(err, "a CSV document");
    record_tables_init(&d->rows, r);
    d->rows.ragged_notes = true;
    bool ok = read_records(d, err);
    if (ok) record_tables_end(&d->rows);
    line_list_note(&d->literal, r,
                   "a quote that opens a field and closes none is taken as a character");
    line_list_note(&d->inner, r, "quotes inside a quoted field that are not written twice are kept");
    ok = ok && reader_check(r, err);
    record_tables_free(&d->rows);
    buffer_free(&d->text);
    free(d);
    return ok;
}
