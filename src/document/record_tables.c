/* Rows between blank ones: tables of their own, more of the open one, or text. What the first rows of
 * a table mean (names, units, data) is found by ingest. */
#include "document/record_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    SAMPLE_ROWS = 20,    /* looked at below what may be a header */
    MAX_HEADING = 120,   /* bytes */
};

void line_list_add(struct line_list *l, size_t line)
{
    if (l->n < LINE_LIST_NAMED) l->lines[l->n] = line;
    l->n++;
}

void line_list_note(const struct line_list *l, struct document_reader *r, const char *what)
{
    struct buffer b = {0};
    if (l->n == 0) return;
    buffer_puts(&b, l->n == 1 ? "line" : "lines");
    for (size_t i = 0; i < l->n && i < LINE_LIST_NAMED; i++)
        buffer_printf(&b, "%s %zu", i ? "," : "", l->lines[i]);
    if (l->n > LINE_LIST_NAMED) buffer_printf(&b, " and %zu more", l->n - LINE_LIST_NAMED);
    reader_note(r, "%s: %s", buffer_text(&b), what);
    if (b.failed) r->failed = true;
    buffer_free(&b);
}

/* ---- rows of the builder ---- */

static size_t row_width(const struct record_tables *d, size_t i)
{
    return d->t.rows[i].width;
}

static size_t row_fields(const struct record_tables *d, size_t i)
{
    size_t end = i + 1 < d->t.n_rows ? d->t.rows[i + 1].first : d->t.n_cells;
    return end - d->t.rows[i].first;
}

static const struct cell *row_cell(const struct record_tables *d, size_t i, size_t column)
{
    static const struct cell EMPTY = {.text = ""};
    return column < row_width(d, i) ? &d->t.cells[d->t.rows[i].first + column] : &EMPTY;
}

/* The most common width (or number of fields) above 1 of rows [a, z), the larger of equals; 0:
 * none. */
static size_t most_common(struct record_tables *d, size_t a, size_t z,
                          size_t (*measure)(const struct record_tables *, size_t))
{
    size_t best = 0;
    for (size_t i = a; i < z; i++) {
        size_t n = measure(d, i);
        if (n < 2) continue;
        d->counts[n]++;
        if (d->counts[n] > d->counts[best] || (d->counts[n] == d->counts[best] && n > best))
            best = n;
    }
    for (size_t i = a; i < z; i++) d->counts[measure(d, i)] = 0;
    return best;
}

enum cell_look { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_YEAR };

/* "-", "n/a": a cell of data where nothing is known. */
static bool is_no_value(const char *s, size_t len)
{
    static const char *const WORDS[] = {"n/a",   "na",   "n.a.", "k.a.",
                                        "k. a.", "null", "none", "tbd"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strlen(WORDS[i]) == len && strncasecmp(s, WORDS[i], len) == 0) return true;
    for (size_t i = 0; i < len; i++)
        if (!strchr("-.?*/ ", s[i])) return len == 3 && memcmp(s, "\xe2\x80", 2) == 0; /* dashes */
    return true;
}

/* Whether a cell looks like a figure: digits first (behind a sign or a currency), few letters. A
 * year may be the name of a column as well. */
static enum cell_look cell_look(const struct cell *c)
{
    const char *s = c->text;
    size_t i = 0, digits = 0, letters = 0;
    if (c->len == 0) return CELL_EMPTY;
    while (i < c->len && (strchr("+-.,$ ~<>(", s[i]) || (unsigned char)s[i] >= 0x80) && i < 6) i++;
    if (i == c->len || s[i] < '0' || s[i] > '9')
        return is_no_value(s, c->len) ? CELL_EMPTY : CELL_TEXT;
    for (size_t k = i; k < c->len && k < 64; k++) {
        digits += s[k] >= '0' && s[k] <= '9';
        letters += ((s[k] | 32) >= 'a' && (s[k] | 32) <= 'z') || (unsigned char)s[k] >= 0xc0;
    }
    if (i == 0 && c->len == 4 && digits == 4 &&
        (memcmp(s, "19", 2) == 0 || memcmp(s, "20", 2) == 0))
        return CELL_YEAR;
    return letters <= 4 && letters <= digits + 3 ? CELL_NUMBER : CELL_TEXT;
}

/* Whether row h names columns: texts, with figures below at least one of them. */
static bool is_header_like(const struct record_tables *d, size_t h, size_t z)
{
    if (d->t.rows[h].filled < 2) return false;
    for (size_t c = 0; c < row_width(d, h); c++)
        if (cell_look(row_cell(d, h, c)) == CELL_NUMBER) return false;
    if (z - h > SAMPLE_ROWS) z = h + 1 + SAMPLE_ROWS;
    for (size_t c = 0; c < row_width(d, h); c++) {
        size_t filled = 0, figures = 0;
        if (cell_look(row_cell(d, h, c)) != CELL_TEXT) continue;
        for (size_t i = h + 1; i < z; i++) {
            enum cell_look look = cell_look(row_cell(d, i, c));
            filled += look != CELL_EMPTY;
            figures += look == CELL_NUMBER || look == CELL_YEAR;
        }
        if (filled && figures * 2 >= filled) return true;
    }
    return false;
}

/* Whether row i repeats names of row h, the first of a table: its first cell and half of the
 * others. */
static bool repeats_header(const struct record_tables *d, size_t h, size_t i)
{
    const struct cell *a = row_cell(d, h, 0), *b = row_cell(d, i, 0);
    if (i == h || a->len != b->len || a->len == 0 || memcmp(a->text, b->text, a->len) != 0)
        return false;
    size_t same = 0, n = d->t.rows[i].filled;
    for (size_t c = 0; c < row_width(d, i); c++) {
        a = row_cell(d, h, c);
        b = row_cell(d, i, c);
        same += a->len && a->len == b->len && memcmp(a->text, b->text, a->len) == 0 &&
                cell_look(a) == CELL_TEXT;
    }
    return same >= 2 && same * 2 >= n;
}

/* Whether the delimiters of a row are commas of a sentence: each has a space behind it. */
static bool is_prose(const struct record_tables *d, size_t i)
{
    if (d->reader->out->delimiter != ',' || row_width(d, i) < 2) return false;
    for (size_t c = 1; c < row_width(d, i); c++) {
        const struct cell *before = row_cell(d, i, c - 1), *cell = row_cell(d, i, c);
        if (before->len == 0 || cell->len == 0 || cell->begin < before->begin + before->len + 2)
            return false;
    }
    return true;
}

static bool ends_with_colon(const struct cell *c)
{
    return c->len && (c->text[c->len - 1] == ':' ||
                      (c->len >= 3 && memcmp(c->text + c->len - 3, "\xef\xbc\x9a", 3) == 0));
}

/* A line that stands above or below a table of `width` columns and is no row of it: one cell, a
 * sentence with commas, or a name and a value where the table has many columns. Below a table a row
 * with few values is more likely one of its own. */
static bool is_text_row(const struct record_tables *d, size_t i, size_t width, bool above)
{
    const struct cell *first = row_cell(d, i, 0);
    if (first->len == 0) return false;
    if (d->t.rows[i].filled == 1) return true;
    if (row_fields(d, i) < width && is_prose(d, i)) return true;
    return row_width(d, i) <= 3 && row_width(d, i) * 2 <= width &&
           (above || ends_with_colon(first));
}

/* Below a table a single cell may be a row without data: text says more than a name. */
static bool is_trailing_note(const struct record_tables *d, size_t i, size_t width)
{
    if (width < 2 || !is_text_row(d, i, width, false)) return false;
    if (row_fields(d, i) == 1 || d->t.rows[i].filled > 1) return true;
    const struct cell *c = row_cell(d, i, 0);
    size_t words = 1;
    for (size_t k = 0; k < c->len; k++) words += c->text[k] == ' ';
    return c->text[0] == '*' || c->text[0] == '(' || memchr(c->text, ':', c->len) ||
           strstr(c->text, "\xef\xbc\x9a") || words >= 5;
}

/* ---- blocks ---- */

/* A row of text as a block; it is part of the caption of the table to come. */
static void add_text_row(struct record_tables *d, size_t i, bool above)
{
    const struct record *rec = &d->records[i];
    buffer_clear(&d->text);
    for (size_t c = 0; c < row_width(d, i); c++) {
        const struct cell *cell = row_cell(d, i, c);
        if (cell->len == 0) continue;
        if (d->text.len) buffer_puts(&d->text, d->text.data[d->text.len - 1] == ':' ? " " : ", ");
        buffer_append(&d->text, cell->text, cell->len);
    }
    const char *text = buffer_text(&d->text);
    size_t len = d->text.len;
    while (len && (*text == '#' || *text == ' ')) { /* the mark of a comment */
        text++;
        len--;
    }
    bool heading = above && !d->any_block && len <= MAX_HEADING && len && text[len - 1] != '.' &&
                   text[len - 1] != ':';
    reader_add_block(d->reader, heading ? BLOCK_HEADING : BLOCK_PARAGRAPH,
                     heading ? d->heading_level : 0, text, len,
                     rec->line, rec->last_line, rec->begin, rec->end);
    d->any_block = true;
    if (!above || d->caption.len + len > DOCUMENT_MAX_NAME) return;
    if (d->caption.len) buffer_puts(&d->caption, "; ");
    buffer_append(&d->caption, text, len);
}

/* `title`: they are the caption of the table to come; else they may be notes to the one before. */
static void flush_pending(struct record_tables *d, bool title)
{
    for (size_t i = 0; i < d->n_pending; i++) add_text_row(d, d->pending + i, title);
    d->n_pending = 0;
}

/* What is to be said of rows that are longer or shorter than the first one. */
static void note_ragged(struct record_tables *d, size_t a, size_t z)
{
    size_t fields = row_fields(d, a), width = fields;
    struct line_list longer = {0}, shorter = {0};
    size_t most = 0, last_shorter = 0;
    for (size_t i = a + 1; i < z; i++) {
        size_t n = row_fields(d, i), line = d->records[i].line;
        if (row_width(d, i) > width) {
            line_list_add(&longer, line);
            if (n > most) most = n;
        } else if (n < fields && n < width && d->t.rows[i].filled > 1) {
            line_list_add(&shorter, line);
            last_shorter = n;
        }
    }
    char text[160];
    snprintf(text, sizeof text,
             "%zu fields%s, but the first row has %zu: the rest is in column %zu%s", most,
             longer.n > 1 ? " or fewer" : "", width, width + 1,
             most > width + 1 ? " and the next ones" : "");
    line_list_note(&longer, d->reader, text);
    if (shorter.n == 1)
        snprintf(text, sizeof text, "%zu fields, but the first row has %zu: the rest is empty",
                 last_shorter, fields);
    else
        snprintf(text, sizeof text, "fewer than the %zu fields of the first row: the rest is empty",
                 fields);
    line_list_note(&shorter, d->reader, text);
}

static void close_table(struct record_tables *d)
{
    if (d->n_open == 0) return;
    for (size_t i = 0; i < d->n_title; i++) add_text_row(d, d->open - d->n_title + i, true);
    size_t a = d->open, z = a + d->n_open, width = most_common(d, a, z, row_width), notes = z;
    while (notes > a + 1 && is_trailing_note(d, notes - 1, width)) notes--;
    if (d->ragged_notes) note_ragged(d, a, notes);
    table_builder_emit(&d->t, a, notes - a, buffer_text(&d->caption), d->caption.len, ROW_ROW, 0,
                       d->records[a].line, d->records[notes - 1].last_line, d->records[a].begin,
                       d->records[notes - 1].end);
    d->any_block = true;
    d->n_tables++;
    d->n_open = 0;
    buffer_clear(&d->caption);
    for (size_t i = notes; i < z; i++) add_text_row(d, i, false);
}

/* Opens the table of rows [a, a + n); those above it, n_title, are its title. */
static void open_table(struct record_tables *d, size_t a, size_t n, size_t n_title)
{
    d->open = a;
    d->n_open = n;
    d->n_title = n_title;
}

/* Rows above the first table that are far shorter than it: "Exported 1 May, by the fleet office".
 * Three names with their values are a table. */
static bool is_preamble(const struct record_tables *d, size_t a, size_t z)
{
    size_t pairs = 0;
    for (size_t i = a; i < z; i++) {
        if (!is_text_row(d, i, d->usual_width, true)) return false;
        pairs += d->t.rows[i].filled == 2;
    }
    return pairs < 3;
}

/* Whether rows [a, z) of `width` columns are another table than the open one, of open_width: they
 * begin with names of columns, or do not fit. */
static bool is_own_table(struct record_tables *d, size_t a, size_t z, size_t width,
                         size_t open_width)
{
    if (d->n_open == 0 || repeats_header(d, d->open, a)) return true;
    if (d->n_open > 1 && is_header_like(d, a, z)) return true;
    if (width > open_width) return most_common(d, a, z, row_fields) > row_fields(d, d->open);
    if (width * 2 > open_width || z - a < 2 || row_fields(d, a) == row_fields(d, d->open))
        return false;
    for (size_t c = 0; c < row_width(d, a); c++)
        if (cell_look(row_cell(d, a, c)) != CELL_TEXT) return false;
    return true;
}

/* Rows [a, z) between blank ones: a table of their own, more of the open one, or text. */
static void take_run(struct record_tables *d, size_t a, size_t z)
{
    size_t width = most_common(d, a, z, row_width), lead = a;
    size_t open_width =
        d->n_open
            ? most_common(d, d->open, d->open + (d->n_open < SAMPLE_ROWS ? d->n_open : SAMPLE_ROWS),
                          row_width)
            : 0;
    while (lead < z && is_text_row(d, lead, width, true)) lead++;
    /* A short header above longer rows of figures is not a title. */
    if (lead > a && lead < z && d->t.rows[lead - 1].filled > 1 &&
        strchr(row_cell(d, lead - 1, 0)->text, ':') == NULL && !is_header_like(d, lead, z))
        lead--;
    bool text = lead == z;
    if (!text && z - lead <= 2 && open_width >= 4 && !is_header_like(d, lead, z)) {
        text = true;
        for (size_t i = lead; i < z; i++) text = text && is_text_row(d, i, open_width, false);
    }
    if (!text && d->n_open == 0) text = is_preamble(d, lead, z);
    if (text) {
        if (d->n_pending == 0) d->pending = a;
        d->n_pending += z - a;
        return;
    }
    if (!is_own_table(d, lead, z, width, open_width)) {
        /* What stands between is a band row of the table. */
        /* Then so is a single line above the table that is written like it. */
        if (lead > a && d->n_title == 1 && row_fields(d, d->open - 1) == row_fields(d, a) &&
            !is_header_like(d, d->open, d->open + d->n_open))
            open_table(d, d->open - 1, d->n_open + 1, 0);
        d->n_open = z - d->open;
        d->n_pending = 0;
        return;
    }
    close_table(d);
    flush_pending(d, lead == a || d->n_tables == 0);
    open_table(d, lead, z - lead, lead - a);
}

/* Parts of a run that begin with the names of its table again. */
static void take_rows(struct record_tables *d, size_t a, size_t z)
{
    size_t from = a, first = d->n_open ? d->open : a;
    if (d->n_open == 0) {
        size_t width = most_common(d, a, z, row_width);
        while (first + 1 < z && is_text_row(d, first, width, true)) first++;
    }
    bool header = true; /* rows of one header share the texts of cells that are merged over them */
    for (size_t i = a + 1; i < z; i++) {
        bool again = repeats_header(d, first, i);
        if (i <= first) continue;
        if (!again || header) {
            header = header && again;
            continue;
        }
        header = true;
        /* The line of text above is the title of the part. */
        size_t at = d->t.rows[i - 1].filled == 1 ? i - 1 : i;
        if (at > from) take_run(d, from, at);
        from = at;
    }
    take_run(d, from, z);
}

/* ---- records ---- */

void record_tables_init(struct record_tables *d, struct document_reader *r)
{
    *d = (struct record_tables){.reader = r, .heading_level = 1};
    table_builder_init(&d->t, r);
}

void record_tables_free(struct record_tables *d)
{
    table_builder_free(&d->t);
    free(d->records);
    buffer_free(&d->text);
    buffer_free(&d->caption);
}

bool record_tables_end_row(struct record_tables *d, size_t line, size_t last_line, size_t begin,
                           size_t end)
{
    struct table_builder *t = &d->t;
    if (d->reader->failed || t->n_rows == 0) return false;
    struct table_builder_row *row = &t->rows[t->n_rows - 1];
    if (row->width == 0) { /* blank */
        t->n_cells = row->first;
        t->n_rows--;
        d->blank = true;
        return false;
    }
    if (t->n_rows > d->cap_records) {
        size_t cap = d->cap_records ? d->cap_records * 2 : 256;
        struct record *records = realloc(d->records, cap * sizeof *records);
        if (!records) {
            d->reader->failed = true;
            return false;
        }
        d->records = records;
        d->cap_records = cap;
    }
    d->records[t->n_rows - 1] = (struct record){line, last_line, begin, end, d->blank};
    d->blank = false;
    return true;
}

void record_tables_end(struct record_tables *d)
{
    size_t n = d->t.n_rows, from = 0;
    bool one_column = true;
    if (n == 0 || d->reader->failed) return;
    for (size_t i = 0; i < n && one_column; i++) one_column = row_width(d, i) < 2;
    if (one_column && d->text_lines) {
        for (size_t i = 0; i < n; i++) add_text_row(d, i, false);
    } else if (one_column) {
        table_builder_emit(&d->t, 0, n, "", 0, ROW_ROW, 0, d->records[0].line,
                           d->records[n - 1].last_line, d->records[0].begin, d->records[n - 1].end);
    } else {
        d->usual_width = most_common(d, 0, n, row_width);
        for (size_t i = 1; i <= n; i++) {
            if (i < n && !d->records[i].blank_before) continue;
            take_rows(d, from, i);
            from = i;
        }
        close_table(d);
        flush_pending(d, false);
    }
    if (d->text.failed || d->caption.failed) d->reader->failed = true;
}
