/* CSV and TSV files: one record, one chunk. */
#include "ingest/csv.h"
#include "ingest/reader.h"
#include "vehicle/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_number(const char *text)
{
    text += strspn(text, " $");
    char canonical[64];
    size_t n = number_read(text, strlen(text), canonical, sizeof canonical, NULL);
    return n && text[n + strspn(text + n, " %")] == '\0';
}

/* Names hold no numbers and do not repeat; a row of data nearly always has a number in it. */
static bool is_header(const struct csv_reader *csv)
{
    size_t named = 0;
    for (size_t i = 0; i < csv->n_fields; i++) {
        const char *f = csv_field(csv, i);
        f += strspn(f, " ");
        if (is_number(f)) return false;
        if (!*f) continue;
        named++;
        for (size_t j = 0; j < i; j++)
            if (strcmp(csv_field(csv, j), f) == 0) return false;
    }
    return named > 0;
}

bool read_csv(struct reader *r, struct error *err)
{
    struct csv_reader csv;
    csv_open(&csv, r->path, r->data, r->len);
    struct column *columns = NULL;
    const char **values = NULL;
    size_t n = 0, row = 0;
    bool ok = false, end, header = false;
    if (!csv_next(&csv, &end, err)) goto done;
    if (end) {
        error_set(err, ERROR_INPUT, "%s: holds no rows", r->path);
        goto done;
    }
    header = is_header(&csv);
    n = csv.n_fields;
    columns = calloc(n, sizeof *columns);
    values = calloc(n, sizeof *values);
    if (!columns || !values) {
        error_memory(err, "the columns");
        goto done;
    }
    for (size_t i = 0; i < n; i++) values[i] = header ? csv_field(&csv, i) : "";
    if (!columns_init(columns, values, n, &r->arena)) {
        error_memory(err, "the columns");
        goto done;
    }
    if (header) {
        row++;
        if (!csv_next(&csv, &end, err)) goto done;
        if (end) {
            error_set(err, ERROR_INPUT, "%s: has a header but no rows below it", r->path);
            goto done;
        }
    }
    do {
        row++; /* as a spreadsheet counts: the header is row 1 */
        for (size_t i = n; i < csv.n_fields; i++) {
            const char *extra = csv_field(&csv, i);
            if (extra[strspn(extra, " \t")] == '\0') continue;
            error_set(err, ERROR_INPUT, "%s: line %zu: %zu fields, but the %s has %zu", r->path,
                      csv.record_line, csv.n_fields, header ? "header" : "first row", n);
            goto done;
        }
        for (size_t i = 0; i < n; i++) values[i] = csv_field(&csv, i);
        char location[32];
        snprintf(location, sizeof location, "row %zu", row);
        struct place place = {location, csv.record_line, csv.record_end_line, csv.record_begin,
                              csv.at};
        if (!emit_row(r, columns, values, n, NULL, &place, err)) goto done;
        if (!csv_next(&csv, &end, err)) goto done;
    } while (!end);
    ok = true;
done:
    free(columns);
    free(values);
    csv_close(&csv);
    return ok;
}
