#include "ingest/csv.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_FIELDS = 4096,
    MAX_FIELD_BYTES = 1 << 20, /* an unclosed quote must not swallow a whole file into memory */
    SNIFF_RECORDS = 20,
};

static bool add_field(struct csv_reader *r, struct error *err)
{
    if (r->n_fields == MAX_FIELDS)
        return error_set(err, ERROR_INPUT, "%s: line %zu: more than %d fields", r->name,
                         r->record_line, MAX_FIELDS);
    if (r->n_fields == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 32;
        size_t *fields = realloc(r->fields, cap * sizeof *fields);
        if (!fields) return error_memory(err, "a CSV record");
        r->fields = fields;
        r->cap = cap;
    }
    r->fields[r->n_fields++] = r->text.len;
    return true;
}

/* The bytes of a line end at data[at]: 2 for CRLF, 1 for LF or CR, 0 for none. */
static size_t line_end(const struct csv_reader *r, size_t at)
{
    if (at >= r->len) return 0;
    if (r->data[at] == '\n') return 1;
    if (r->data[at] != '\r') return 0;
    return at + 1 < r->len && r->data[at + 1] == '\n' ? 2 : 1;
}

/* Reads from the opening quote to behind the closing one. */
static bool read_quoted(struct csv_reader *r, struct error *err)
{
    size_t opened = r->line, begin = ++r->at;
    for (;;) {
        const char *quote = r->at < r->len ? memchr(r->data + r->at, '"', r->len - r->at) : NULL;
        size_t stop = quote ? (size_t)(quote - r->data) : r->len;
        if (!quote || stop - begin > MAX_FIELD_BYTES)
            return error_set(err, ERROR_INPUT, "%s: line %zu: the quote opened here is %s", r->name,
                             opened, quote ? "not closed within 1 MB" : "never closed");
        for (size_t i = r->at; i < stop; i++)
            if (r->data[i] == '\n' ||
                (r->data[i] == '\r' && !(i + 1 < r->len && r->data[i + 1] == '\n')))
                r->line++;
        buffer_append(&r->text, r->data + r->at, stop - r->at);
        r->at = stop + 1;
        if (r->at < r->len && r->data[r->at] == '"') { /* a doubled quote is one quote */
            buffer_putc(&r->text, '"');
            r->at++;
            continue;
        }
        break;
    }
    while (r->at < r->len && r->data[r->at] == ' ' && r->delimiter != ' ') r->at++;
    if (r->at < r->len && r->data[r->at] != r->delimiter && !line_end(r, r->at))
        return error_set(err, ERROR_INPUT,
                         "%s: line %zu: text behind the closing quote (a quote inside a quoted "
                         "field is written twice)",
                         r->name, r->line);
    return true;
}

static bool read_record(struct csv_reader *r, struct error *err)
{
    buffer_clear(&r->text);
    r->n_fields = 0;
    r->record_line = r->record_end_line = r->line;
    r->record_begin = r->at;
    for (;;) {
        if (!add_field(r, err)) return false;
        if (r->at < r->len && r->data[r->at] == '"') {
            if (!read_quoted(r, err)) return false;
        } else {
            size_t begin = r->at;
            while (r->at < r->len && r->data[r->at] != r->delimiter && r->data[r->at] != '\n' &&
                   r->data[r->at] != '\r')
                r->at++;
            if (r->at - begin > MAX_FIELD_BYTES)
                return error_set(err, ERROR_INPUT, "%s: line %zu: a field of more than 1 MB",
                                 r->name, r->line);
            buffer_append(&r->text, r->data + begin, r->at - begin);
        }
        buffer_putc(&r->text, '\0');
        if (r->text.failed) return error_memory(err, "a CSV record");
        if (r->at < r->len && r->data[r->at] == r->delimiter) {
            r->at++;
            continue;
        }
        r->record_end_line = r->line;
        size_t n = line_end(r, r->at);
        if (n) r->line++;
        r->at += n;
        return true;
    }
}

bool csv_next(struct csv_reader *r, bool *end, struct error *err)
{
    while (r->at < r->len) {
        if (!read_record(r, err)) return false;
        bool blank = true;
        for (size_t i = 0; i < r->n_fields && blank; i++)
            blank = strspn(csv_field(r, i), " \t") == strlen(csv_field(r, i));
        if (blank) continue;
        *end = false;
        return true;
    }
    *end = true;
    return true;
}

const char *csv_field(const struct csv_reader *r, size_t i)
{
    return i < r->n_fields ? r->text.data + r->fields[i] : "";
}

/* How well a delimiter splits the first records: how many agree with the first on the number of
 * fields, then that number. 0: it does not split at all. */
static size_t try_delimiter(struct csv_reader *r, char delimiter)
{
    struct csv_reader save = *r;
    size_t first = 0, agree = 0, seen = 0;
    bool end;
    r->delimiter = delimiter;
    while (seen < SNIFF_RECORDS && csv_next(r, &end, NULL) && !end) {
        if (seen++ == 0) first = r->n_fields;
        if (r->n_fields == first) agree++;
    }
    r->at = save.at;
    r->line = save.line;
    if (first < 2 || seen == 0) return 0;
    return agree * 10000 / seen * (MAX_FIELDS + 1) + first;
}

void csv_open(struct csv_reader *r, const char *name, const char *data, size_t len)
{
    *r = (struct csv_reader){.name = name, .data = data, .len = len, .line = 1, .delimiter = ','};
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) r->at = 3;
    static const char DELIMITERS[] = "\t,;|"; /* first wins a draw: few texts hold tabs */
    size_t best = 0;
    char delimiter = ',';
    for (size_t i = 0; DELIMITERS[i]; i++) {
        size_t score = try_delimiter(r, DELIMITERS[i]);
        if (score <= best) continue;
        best = score;
        delimiter = DELIMITERS[i];
    }
    r->delimiter = delimiter;
}

void csv_close(struct csv_reader *r)
{
    buffer_free(&r->text);
    free(r->fields);
    *r = (struct csv_reader){0};
}
