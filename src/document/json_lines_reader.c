/* JSON Lines: one value a line; a line that is none is a note. */
#include "document/json_reader.h"

#include <stdlib.h>
#include <string.h>

enum { CHECK_EVERY = 1024, MAX_BAD_NOTES = 5 };

struct lines {
    uint32_t *records; /* (n) entries of the tape */
    size_t *numbers;   /* (n) their lines */
    size_t n, cap;
    size_t bad; /* lines that are not JSON */
};

static bool add_line(struct lines *l, size_t value, size_t number)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 256;
        uint32_t *records = realloc(l->records, cap * sizeof *records);
        if (records) l->records = records;
        size_t *numbers = realloc(l->numbers, cap * sizeof *numbers);
        if (numbers) l->numbers = numbers;
        if (!records || !numbers) return false;
        l->cap = cap;
    }
    l->records[l->n] = (uint32_t)value;
    l->numbers[l->n++] = number;
    return true;
}

/* The end of the line at `at`, and *next behind its line end: LF, CR LF or CR. */
static size_t find_line(const char *data, size_t len, size_t at, size_t *next)
{
    while (at < len && data[at] != '\n' && data[at] != '\r') at++;
    *next = at + (at < len) + (at + 1 < len && data[at] == '\r' && data[at + 1] == '\n');
    return at;
}

bool read_json_lines_document(struct document_reader *r, struct error *err)
{
    if (r->len > JSON_MAX_BYTES)
        return error_set(err, ERROR_UNSUPPORTED, "%s: is larger than 4 GB", r->path);
    struct lines l = {0};
    struct json_tape tape;
    struct json_error bad = {0}, first = {0};
    bool ok = true;
    json_tape_init(&tape, r->data, r->len);
    for (size_t at = 0, line = 1, next; at < r->len && ok; at = next, line++) {
        size_t end = find_line(r->data, r->len, at, &next);
        size_t from = json_skip_space(r->data, end, at), n = tape.n;
        if (from == end) continue;
        tape.len = end; /* a value ends with its line */
        tape.line = line;
        bool good = json_scan_value(&tape, &from, &bad);
        if (good && json_skip_space(r->data, end, from) < end) {
            bad = (struct json_error){from, line, "text behind the value"};
            tape.n = n;
            good = false;
        }
        if (tape.failed || (good && !add_line(&l, n, line))) ok = error_memory(err, r->path);
        if (!good && l.bad++ < MAX_BAD_NOTES && l.n)
            reader_note(r, "line %zu: not JSON (%s): left out", line, bad.what);
        if (!good && l.bad == 1) first = bad;
        /* An array or an object over several lines is JSON after all. */
        if (!good && l.n == 0 && l.bad == 1 && bad.at == end) {
            json_tape_free(&tape);
            tape.len = r->len;
            json_tape_init(&tape, r->data, r->len);
            size_t whole = 0;
            struct json_error other;
            if (json_scan_value(&tape, &whole, &other)) {
                json_tape_free(&tape);
                r->out->kind = DOCUMENT_JSON;
                return json_read_values(r, false, err);
            }
            tape.line = line;
        }
        if (line % CHECK_EVERY == 0) ok = ok && reader_check(r, err);
    }
    tape.len = r->len;
    if (ok && l.n == 0)
        ok = l.bad ? json_error_set(r, &first, err)
                   : error_set(err, ERROR_INPUT, "%s: holds no rows", r->path);
    if (ok && l.bad > MAX_BAD_NOTES)
        reader_note(r, "%zu more lines are not JSON: left out", l.bad - MAX_BAD_NOTES);
    ok = ok && json_emit_records(r, &tape, l.records, l.numbers, l.n, ROW_LINE, err);
    json_tape_free(&tape);
    free(l.records);
    free(l.numbers);
    return ok;
}
