#include "document/sheet.h"

#include "document/html_table.h"
#include "document/record_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    SPAN_CELLS = 20000, /* that merges may add, beside as many as there are cells */
    NAMED_RANGES = 8,   /* in a note */
    MAX_ROW = 1 << 24,
};

/* ---- references ---- */

void sheet_column_name(uint32_t column, char out[SHEET_COLUMN_NAME])
{
    char reversed[SHEET_COLUMN_NAME];
    size_t n = 0;
    for (uint64_t c = (uint64_t)column + 1; c && n + 1 < SHEET_COLUMN_NAME; c = (c - 1) / 26)
        reversed[n++] = (char)('A' + (c - 1) % 26);
    for (size_t i = 0; i < n; i++) out[i] = reversed[n - 1 - i];
    out[n] = '\0';
}

bool sheet_read_reference(const char *text, uint32_t *row, uint32_t *column, size_t *used)
{
    uint32_t c = 0, r = 0;
    size_t i = 0, letters;
    if (text[i] == '$') i++;
    for (; (text[i] | 32) >= 'a' && (text[i] | 32) <= 'z' && c < (1u << 20); i++)
        c = c * 26 + (uint32_t)((text[i] | 32) - 'a') + 1;
    letters = i;
    if (text[i] == '$') i++;
    for (; text[i] >= '0' && text[i] <= '9' && r < MAX_ROW; i++)
        r = r * 10 + (uint32_t)(text[i] - '0');
    if (letters == 0 || c == 0 || r == 0 || r > MAX_ROW || c > (1u << 20)) return false;
    *row = r - 1;
    *column = c - 1;
    if (used) *used = i;
    return true;
}

/* ---- what the file tells ---- */

void sheet_init(struct sheet *s, struct document_reader *r, const char *name)
{
    *s = (struct sheet){.reader = r, .name = name, .sorted = true};
}

void sheet_free(struct sheet *s)
{
    free(s->cells);
    free(s->merges);
    free(s->hidden_rows);
    free(s->hidden_columns);
    *s = (struct sheet){.name = ""};
}

static bool grow(struct sheet *s, void **items, size_t n, size_t *cap, size_t size)
{
    if (s->reader->failed) return false;
    if (n < *cap) return true;
    size_t want = *cap ? *cap * 2 : 64;
    void *grown = want > SIZE_MAX / 2 / size ? NULL : realloc(*items, want * size);
    if (!grown) {
        s->reader->failed = true;
        return false;
    }
    *items = grown;
    *cap = want;
    return true;
}

static void append_cell(struct sheet *s, const struct sheet_cell *c)
{
    void *items = s->cells;
    if (!grow(s, &items, s->n, &s->cap, sizeof *s->cells)) return;
    s->cells = items;
    s->cells[s->n++] = *c;
}

void sheet_add(struct sheet *s, uint32_t row, uint32_t column, const char *text, size_t len,
               bool number)
{
    struct document_reader *r = s->reader;
    struct buffer joined = {0};
    size_t from = 0, to = len;
    if (column >= DOCUMENT_MAX_COLUMNS) {
        s->left_out++;
        return;
    }
    span_trim(text, &from, &to);
    if (from == to || r->failed) return;
    text += from;
    len = to - from;
    if (memchr(text, '\n', len)) {
        html_join_lines(&joined, text, len, false);
        text = buffer_text(&joined);
        len = joined.len;
        if (joined.failed) r->failed = true;
    }
    bool same_row = s->n && s->cells[s->n - 1].cell.line == row + 1;
    if (s->n && !same_row) reader_make(r, "\n", 1);
    if (same_row) reader_make(r, "\t", 1);
    if (s->n) {
        const struct sheet_cell *last = &s->cells[s->n - 1];
        if (last->cell.line > row + 1 || (same_row && last->column >= column)) s->sorted = false;
    }
    size_t begin = reader_make(r, text, len);
    struct sheet_cell c = {reader_cell(r, text, len, row + 1, begin), column, number};
    append_cell(s, &c);
    if (number) reader_point_number(r, &c.cell);
    buffer_free(&joined);
}

static void add_range(struct sheet *s, struct sheet_range **items, size_t *n, size_t *cap,
                      struct sheet_range range)
{
    void *ranges = *items;
    if (!grow(s, &ranges, *n, cap, sizeof **items)) return;
    *items = ranges;
    (*items)[(*n)++] = range;
}

void sheet_merge(struct sheet *s, struct sheet_range m)
{
    if (m.last_row < m.row || m.last_column < m.column ||
        (m.last_row == m.row && m.last_column == m.column))
        return;
    add_range(s, &s->merges, &s->n_merges, &s->cap_merges, m);
}

void sheet_hide_rows(struct sheet *s, uint32_t first, uint32_t last)
{
    struct sheet_range *before = s->n_hidden_rows ? &s->hidden_rows[s->n_hidden_rows - 1] : NULL;
    if (before && first == before->last_row + 1) {
        before->last_row = last;
        return;
    }
    add_range(s, &s->hidden_rows, &s->n_hidden_rows, &s->cap_hidden_rows,
              (struct sheet_range){.row = first, .last_row = last});
}

void sheet_hide_columns(struct sheet *s, uint32_t first, uint32_t last)
{
    add_range(s, &s->hidden_columns, &s->n_hidden_columns, &s->cap_hidden_columns,
              (struct sheet_range){.column = first, .last_column = last});
}

/* ---- in order ---- */

static int compare_cells(const void *a, const void *b)
{
    const struct sheet_cell *x = a, *y = b;
    if (x->cell.line != y->cell.line) return x->cell.line < y->cell.line ? -1 : 1;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    return x->cell.begin < y->cell.begin ? -1 : x->cell.begin > y->cell.begin;
}

/* By row and column; of several at one place the first stays. */
static void sort_cells(struct sheet *s)
{
    if (s->n && !s->sorted) qsort(s->cells, s->n, sizeof *s->cells, compare_cells);
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct sheet_cell *last = kept ? &s->cells[kept - 1] : NULL;
        if (last && last->cell.line == s->cells[i].cell.line && last->column == s->cells[i].column)
            continue;
        s->cells[kept++] = s->cells[i];
    }
    s->n = kept;
    s->sorted = true;
}

/* The first cell at or behind a place. */
static size_t find_cell(const struct sheet *s, size_t n, uint64_t line, uint32_t column)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct sheet_cell *c = &s->cells[middle];
        if (c->cell.line < line || (c->cell.line == line && c->column < column))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t last_column(const struct sheet *s)
{
    uint32_t last = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->cells[i].column > last) last = s->cells[i].column;
    return last;
}

static uint32_t first_column(const struct sheet *s)
{
    uint32_t first = UINT32_MAX;
    for (size_t i = 0; i < s->n; i++)
        if (s->cells[i].column < first) first = s->cells[i].column;
    return first;
}

static bool take_span(struct sheet *s, size_t *left, size_t cost)
{
    if (*left >= cost) {
        *left -= cost;
        return true;
    }
    if (*left)
        reader_note(s->reader, "sheet '%s': merged cells span too many columns or rows: the rest as written",
                    s->name);
    *left = 0;
    return false;
}

/* Whether the only cell of its row is a title or names the rows below it: merged from the left, or over
 * most of the width. One over a few columns names these. */
static bool is_band(const struct sheet *s, const struct sheet_range *m, size_t at, size_t n,
                    uint32_t first, uint32_t last)
{
    bool alone = (at == 0 || s->cells[at - 1].cell.line != s->cells[at].cell.line) &&
                 (at + 1 == n || s->cells[at + 1].cell.line != s->cells[at].cell.line);
    uint32_t end = m->last_column < last ? m->last_column : last;
    return alone && (m->column <= first || (end - m->column + 1) * 3 >= (last - first + 1) * 2);
}

/* The rows of a header, which cells that are merged downwards from its first row tell. */
struct header_rows {
    uint32_t first, last;
};

static int compare_merges(const void *a, const void *b)
{
    const struct sheet_range *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

/* The first row with several cells below each blank one, and how far its merges reach; (*n_out), on the
 * heap; NULL: none, or memory is out. Merges are in order of their rows. */
static struct header_rows *find_headers(struct sheet *s, size_t *n_out)
{
    size_t n = 0, cap = 0, merge = 0;
    struct header_rows *headers = NULL;
    bool found = false;
    for (size_t i = 0, k; i < s->n; i = k) {
        uint32_t line = s->cells[i].cell.line;
        for (k = i + 1; k < s->n && s->cells[k].cell.line == line;) k++;
        if (i == 0 || line > s->cells[i - 1].cell.line + 1) found = false;
        if (found || k - i < 2) continue;
        found = true;
        struct header_rows h = {line - 1, line - 1};
        while (merge < s->n_merges && s->merges[merge].row < h.first) merge++;
        for (; merge < s->n_merges && s->merges[merge].row == h.first; merge++)
            if (s->merges[merge].last_row > h.last) h.last = s->merges[merge].last_row;
        void *items = headers;
        if (h.last == h.first || !grow(s, &items, n, &cap, sizeof *headers)) continue;
        headers = items;
        headers[n++] = h;
    }
    *n_out = n;
    return headers;
}

/* Whether the merge is inside of a header: cells below it are left blank, as they are written. */
static bool in_header(const struct header_rows *h, size_t n, const struct sheet_range *m)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (h[middle].last < m->row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && m->row >= h[low].first && m->last_row <= h[low].last;
}

/* Gives the cells that a merge covers its text, in rows that hold something. */
static void fill_merge(struct sheet *s, const struct sheet_range *m, size_t n, uint32_t first,
                       uint32_t last, size_t *left)
{
    size_t at = find_cell(s, n, (uint64_t)m->row + 1, m->column);
    if (at == n || s->cells[at].cell.line != m->row + 1 || s->cells[at].column != m->column) return;
    struct sheet_cell fill = s->cells[at];
    uint32_t end = m->last_column < last ? m->last_column : last;
    if (is_band(s, m, at, n, first, last)) {
        if (m->column > first && m->column < end) s->cells[at].column = first;
        return;
    }
    while (at < n && s->cells[at].cell.line <= (uint64_t)m->last_row + 1) {
        uint32_t line = s->cells[at].cell.line;
        if (!take_span(s, left, 1)) return;
        size_t i = find_cell(s, n, line, m->column);
        for (uint32_t c = m->column; c <= end; c++) {
            if (i < n && s->cells[i].cell.line == line && s->cells[i].column == c) {
                i++;
                continue;
            }
            if (!take_span(s, left, 1)) return;
            fill.cell.line = line;
            fill.column = c;
            append_cell(s, &fill);
            if (s->reader->failed) return;
        }
        at = find_cell(s, n, (uint64_t)line + 1, 0);
    }
}

static void fill_merges(struct sheet *s)
{
    size_t n = s->n, left = SPAN_CELLS + 4 * n, n_headers;
    uint32_t first = first_column(s), last = last_column(s);
    if (s->n_merges == 0) return;
    qsort(s->merges, s->n_merges, sizeof *s->merges, compare_merges);
    struct header_rows *headers = find_headers(s, &n_headers);
    for (size_t i = 0; i < s->n_merges && left && !s->reader->failed; i++) {
        struct sheet_range m = s->merges[i];
        if (m.last_row > m.row && in_header(headers, n_headers, &m)) m.last_row = m.row;
        fill_merge(s, &m, n, first, last, &left);
    }
    free(headers);
    s->sorted = s->n == n && s->n_merges == 0;
    sort_cells(s);
}

/* ---- tables side by side ---- */

/* Whether the columns from `from` on, behind a blank one, are a table of their own: at least two,
 * of which the first holds names. A blank column inside a table parts figures from figures. */
static bool is_table_beside(const struct sheet *s, size_t a, size_t z, uint32_t from, uint32_t to)
{
    size_t names = 0, others = 0;
    bool second = false;
    for (size_t i = a; i < z; i++) {
        const struct cell *c = &s->cells[i].cell;
        if (s->cells[i].column < from || s->cells[i].column >= to) continue;
        if (s->cells[i].column > from) {
            second = true;
            continue;
        }
        size_t letters = 0;
        for (size_t k = 0; k < c->len; k++)
            letters += (c->text[k] | 32) >= 'a' && (c->text[k] | 32) <= 'z';
        bool name = letters >= 3 || (unsigned char)c->text[0] >= 0xc3;
        names += name;
        others += !name;
    }
    return second && names >= 2 && names > 2 * others;
}

/* The column at which the part that begins in `from` ends, in rows [a, z); *next: where another
 * begins, UINT32_MAX: none. */
static uint32_t part_end(const struct sheet *s, size_t a, size_t z, const uint8_t *used,
                         uint32_t from, uint32_t width, uint32_t *next)
{
    uint32_t filled = 0;
    *next = UINT32_MAX;
    for (uint32_t c = from; c < width; c++) {
        if (used[c]) {
            filled++;
            continue;
        }
        uint32_t behind = c, end;
        while (behind < width && !used[behind]) behind++;
        for (end = behind; end < width && used[end];) end++;
        if (behind < width && filled >= 2 && is_table_beside(s, a, z, behind, end)) {
            *next = behind;
            return c;
        }
        c = behind - 1;
    }
    return width;
}

/* ---- blocks ---- */

struct sheet_writer {
    struct sheet *s;
    const char *place;
    struct record_tables *open; /* NULL: none */
    uint32_t first;             /* column of the open one */
    bool titled;
};

static void close_rows(struct sheet_writer *w)
{
    if (!w->open) return;
    record_tables_end(w->open);
    record_tables_free(w->open);
    free(w->open);
    w->open = NULL;
}

static bool open_rows(struct sheet_writer *w, uint32_t first)
{
    struct document_reader *r = w->s->reader;
    close_rows(w);
    w->open = malloc(sizeof *w->open);
    if (!w->open) {
        r->failed = true;
        return false;
    }
    record_tables_init(w->open, r);
    w->open->text_lines = true;
    w->open->heading_level = w->titled ? 2 : 1;
    w->first = first;
    return true;
}

/* Cells [a, z), which are one row, of columns [from, to). */
static void add_row(struct sheet_writer *w, size_t a, size_t z, uint32_t from, uint32_t to)
{
    struct table_builder *t = &w->open->t;
    const struct sheet_cell *c = w->s->cells;
    uint32_t at = w->first, line = c[a].cell.line;
    size_t begin = 0, end = 0, n = 0, last = 0;
    for (size_t i = a; i < z; i++) {
        if (c[i].column < from || c[i].column >= to) continue;
        if (n++ == 0 || c[i].cell.begin < begin) begin = (size_t)c[i].cell.begin;
        if (c[i].cell.begin + c[i].cell.len > end) end = (size_t)c[i].cell.begin + c[i].cell.len;
        last = i;
    }
    if (n == 0) return;
    table_builder_add_row(t, line);
    const struct cell blank = {.text = "", .line = line, .begin = begin};
    for (size_t i = a; i <= last; i++) {
        if (c[i].column < from || c[i].column >= to) continue;
        for (; at < c[i].column; at++) table_builder_add_made(t, &blank);
        table_builder_add_made(t, &c[i].cell);
        at++;
    }
    record_tables_end_row(w->open, line, line, begin, end);
}

static void add_rows(struct sheet_writer *w, size_t a, size_t z, uint32_t from, uint32_t to)
{
    const struct sheet_cell *c = w->s->cells;
    for (size_t i = a, k; i < z && !w->s->reader->failed; i = k) {
        for (k = i; k < z && c[k].cell.line == c[i].cell.line;) k++;
        add_row(w, i, k, from, to);
    }
}

/* Rows without a blank one between them: cells [a, z). */
static bool add_band(struct sheet_writer *w, size_t a, size_t z, uint8_t *used, uint32_t first,
                     uint32_t width)
{
    struct sheet *s = w->s;
    memset(used, 0, width);
    for (size_t i = a; i < z; i++) used[s->cells[i].column] = 1;
    uint32_t next, end = part_end(s, a, z, used, first, width, &next);
    if (next == UINT32_MAX) {
        if (!w->open && !open_rows(w, first)) return false;
        w->open->blank = true;
        add_rows(w, a, z, first, width);
        return true;
    }
    for (uint32_t from = first;; from = next, end = part_end(s, a, z, used, from, width, &next)) {
        while (from < end && !used[from]) from++;
        if (!open_rows(w, from)) return false;
        add_rows(w, a, z, from, end);
        if (next == UINT32_MAX) break;
    }
    close_rows(w);
    return true;
}

static void add_blocks(struct sheet_writer *w, struct error *err)
{
    struct sheet *s = w->s;
    uint32_t first = first_column(s), width = last_column(s) + 1;
    uint8_t *used = malloc(width);
    if (!used) s->reader->failed = true;
    for (size_t a = 0, z; a < s->n && reader_check(s->reader, err); a = z) {
        for (z = a + 1; z < s->n && s->cells[z].cell.line <= s->cells[z - 1].cell.line + 1;) z++;
        if (!add_band(w, a, z, used, first, width)) break;
    }
    close_rows(w);
    free(used);
}

/* "Sheet1", "Tabelle 2": the program's own name for a sheet. */
static bool is_usual_name(const char *name)
{
    static const char *const NAMES[] = {"sheet", "tabelle", "feuil", "feuille", "hoja", "foglio", "planilha",
                                        "blad", "arkusz", "工作表", "表", "table", "tabellenblatt"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t n = strlen(NAMES[i]);
        if (strncasecmp(name, NAMES[i], n) != 0) continue;
        const char *rest = name + n;
        while (*rest == ' ' || *rest == '_' || (*rest >= '0' && *rest <= '9')) rest++;
        if (!*rest) return true;
    }
    return false;
}

static void note_hidden(struct sheet *s)
{
    struct document_reader *r = s->reader;
    struct buffer b = {0};
    if (s->hidden) reader_note(r, "sheet '%s' is hidden in the file; it was read", s->name);
    size_t n = s->n_hidden_rows, shown = 0;
    for (size_t i = 0; i < n && shown < NAMED_RANGES; i++, shown++) {
        const struct sheet_range *h = &s->hidden_rows[i];
        buffer_printf(&b, "%s%u", i ? ", " : "", (unsigned)h->row + 1);
        if (h->last_row > h->row) buffer_printf(&b, "-%u", (unsigned)h->last_row + 1);
    }
    if (n)
        reader_note(r, "sheet '%s': row%s %s%s %s hidden in the file; %s read", s->name,
                    n == 1 && s->hidden_rows[0].row == s->hidden_rows[0].last_row ? "" : "s",
                    buffer_text(&b), n > shown ? " and others" : "",
                    n == 1 && s->hidden_rows[0].row == s->hidden_rows[0].last_row ? "is" : "are",
                    n == 1 && s->hidden_rows[0].row == s->hidden_rows[0].last_row ? "it was"
                                                                                   : "they were");
    buffer_clear(&b);
    n = s->n_hidden_columns;
    for (size_t i = 0; i < n && i < NAMED_RANGES; i++) {
        char name[SHEET_COLUMN_NAME];
        const struct sheet_range *h = &s->hidden_columns[i];
        sheet_column_name(h->column, name);
        buffer_printf(&b, "%s%s", i ? ", " : "", name);
        if (h->last_column == h->column) continue;
        sheet_column_name(h->last_column, name);
        buffer_printf(&b, "-%s", name);
    }
    if (n)
        reader_note(r, "sheet '%s': hidden columns (%s%s) were read", s->name, buffer_text(&b),
                    n > NAMED_RANGES ? " and others" : "");
    if (b.failed) r->failed = true;
    buffer_free(&b);
}

static void note_cells(struct sheet *s)
{
    struct document_reader *r = s->reader;
    if (s->n_errors)
        reader_note(r, "sheet '%s': %zu cell%s an error of a formula (#N/A, #REF!): left empty", s->name,
                    s->n_errors, s->n_errors == 1 ? " holds" : "s hold");
    if (s->n_struck)
        reader_note(r, "sheet '%s': struck out cells (%zu) were left out", s->name, s->n_struck);
    if (s->left_out)
        reader_note(r, "sheet '%s': more than %d columns: the rest is left out", s->name,
                    DOCUMENT_MAX_COLUMNS);
}

bool sheet_end(struct sheet *s, struct error *err)
{
    struct document_reader *r = s->reader;
    if (!reader_check(r, err)) return false;
    note_cells(s);
    if (s->n == 0) return true;
    reader_make(r, "\n", 1);
    note_hidden(s);
    sort_cells(s);
    fill_merges(s);
    struct sheet_writer w = {.s = s};
    size_t blocks = r->n_blocks;
    if (s->heading && !is_usual_name(s->name)) {
        size_t len = strlen(s->name), begin = reader_make(r, s->name, len);
        reader_make(r, "\n", 1);
        reader_add_block(r, BLOCK_HEADING, 1, s->name, len, 1, 1, begin, begin + len);
        w.titled = true;
    }
    struct buffer place = {0};
    buffer_printf(&place, "sheet '%s'", s->name);
    w.place = reader_keep(r, buffer_text(&place), place.len);
    add_blocks(&w, err);
    for (size_t i = blocks; i < r->n_blocks; i++) {
        struct block *b = &r->blocks[i];
        if (b->table) {
            b->table->place = w.place;
            continue;
        }
        if (b->kind == BLOCK_HEADING) continue;
        buffer_clear(&place);
        buffer_printf(&place, "%s, row %zu", w.place, b->line_first);
        b->place = reader_keep(r, buffer_text(&place), place.len);
    }
    if (place.failed) r->failed = true;
    buffer_free(&place);
    return reader_check(r, err);
}

struct table *sheet_end_table(struct sheet *s, const char *caption, size_t n_header_rows,
                              const char *place)
{
    struct document_reader *r = s->reader;
    if (s->n == 0 || r->failed) return NULL;
    reader_make(r, "\n", 1);
    note_cells(s);
    sort_cells(s);
    fill_merges(s);
    struct table_builder t;
    size_t headers = 0, last = 0, begin = (size_t)s->cells[0].cell.begin, end = begin;
    table_builder_init(&t, r);
    for (size_t i = 0; i < s->n; i++) {
        const struct sheet_cell *c = &s->cells[i];
        size_t at = (size_t)c->cell.begin, line = c->cell.line;
        if (i == 0 || line != last) {
            table_builder_add_row(&t, line);
            headers += line <= n_header_rows;
        }
        last = line;
        const struct cell blank = {.text = "", .line = c->cell.line, .begin = c->cell.begin};
        while (t.n_rows && t.n_cells - t.rows[t.n_rows - 1].first < c->column && !r->failed)
            table_builder_add_made(&t, &blank);
        table_builder_add_made(&t, &c->cell);
        if (at < begin) begin = at;
        if (at + c->cell.len > end) end = at + c->cell.len;
    }
    /* A table with nothing but headers tells its own rows. */
    if (headers == t.n_rows) headers = 0;
    struct table *table = table_builder_end(&t, caption, strlen(caption), ROW_ROW, headers, 1,
                                            last ? last : 1, begin, end);
    if (table) table->place = place;
    table_builder_free(&t);
    return table;
}
