#include "document/reader.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POOL_BLOCK = 64 * 1024, MAX_LONG_ROW_NOTES = 3, LARGE_TABLE = 64 * 1024 /* bytes */ };

bool reader_check(struct document_reader *r, struct error *err)
{
    if (r->cancel && atomic_load_explicit(r->cancel, memory_order_relaxed))
        return error_set(err, ERROR_CANCELLED, "%s: cancelled", r->path);
    if (r->too_large)
        return error_set(err, ERROR_INPUT, "%s: says more than %zu MB of text, too much for its size: refused",
                         r->path, r->made_limit >> 20);
    return r->failed ? error_memory(err, "a document") : true;
}

void reader_progress(const struct document_reader *r, size_t done, size_t total, const char *word)
{
    const struct document_options *o = r->options;
    if (o->progress) o->progress(o->context, done, total, word);
}

const char *reader_keep(struct document_reader *r, const char *text, size_t len)
{
    if (len == 0 || r->failed) return "";
    if (len >= r->pool_left) {
        size_t size = len + 1 > POOL_BLOCK / 4 ? len + 1 : POOL_BLOCK - 64;
        char *block = arena_alloc(&r->out->arena, size);
        if (!block) {
            r->failed = true;
            return "";
        }
        if (size == len + 1) { /* a long text has its own; the room that is left stays */
            memcpy(block, text, len);
            return block;
        }
        r->pool = block;
        r->pool_left = size;
    }
    char *copy = r->pool;
    memcpy(copy, text, len);
    copy[len] = '\0';
    r->pool += len + 1;
    r->pool_left -= len + 1;
    return copy;
}

size_t reader_make(struct document_reader *r, const char *text, size_t len)
{
    size_t begin = r->made.len;
    if (len > r->made_limit - begin) {
        r->failed = r->too_large = true;
        return begin;
    }
    buffer_append(&r->made, text, len);
    if (r->made.failed) r->failed = true;
    return begin;
}

void reader_point_number(struct document_reader *r, const struct cell *cell)
{
    const char *point = memchr(cell->text, '.', cell->len);
    bool grouped = memchr(cell->text, ',', cell->len) != NULL;
    size_t decimals = 0;
    if (point)
        while (point[1 + decimals] >= '0' && point[1 + decimals] <= '9') decimals++;
    if (r->failed || (!grouped && decimals != 3)) return; /* any style reads it the same */
    if (r->n_point_numbers == r->cap_point_numbers) {
        size_t cap = r->cap_point_numbers ? r->cap_point_numbers * 2 : 64;
        uint64_t *items = realloc(r->point_numbers, cap * sizeof *items);
        if (!items) {
            r->failed = true;
            return;
        }
        r->point_numbers = items;
        r->cap_point_numbers = cap;
    }
    r->point_numbers[r->n_point_numbers++] = cell->begin;
}

void reader_note(struct document_reader *r, const char *fmt, ...)
{
    struct document *d = r->out;
    if (d->n_notes == DOCUMENT_MAX_NOTES) {
        d->n_notes_left_out++;
        return;
    }
    if (!d->notes) d->notes = arena_array(&d->arena, DOCUMENT_MAX_NOTES, sizeof *d->notes);
    if (!d->notes) {
        r->failed = true;
        return;
    }
    char text[1024];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n < 0) return;
    size_t len = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    len = utf8_complete_prefix(text, len);
    for (size_t i = 0, k; i < len;
         i += k) { /* names in it may be cut anywhere, and hold anything */
        k = utf8_decode(text + i, len - i, NULL);
        if (k <= 1 && (k == 0 || (unsigned char)text[i] < 32 || text[i] == 127)) text[i] = ' ';
        if (k == 0) k = 1;
    }
    d->notes[d->n_notes++].text = reader_keep(r, text, len);
}

static struct block *add_block(struct document_reader *r)
{
    if (r->failed) return NULL;
    if (r->n_blocks == r->cap_blocks) {
        size_t cap = r->cap_blocks ? r->cap_blocks * 2 : 64;
        struct block *blocks = realloc(r->blocks, cap * sizeof *blocks);
        if (!blocks) {
            r->failed = true;
            return NULL;
        }
        r->blocks = blocks;
        r->cap_blocks = cap;
    }
    struct block *b = &r->blocks[r->n_blocks++];
    *b = (struct block){.text = ""};
    return b;
}

void reader_add_block(struct document_reader *r, enum block_kind kind, int level, const char *text,
                      size_t len, size_t line_first, size_t line_last, size_t begin, size_t end)
{
    size_t from = 0, to = len;
    if (kind != BLOCK_CODE) span_trim(text, &from, &to);
    if (from == to) return;
    struct block *b = add_block(r);
    if (!b) return;
    *b = (struct block){.kind = kind,
                        .level = level,
                        .text = reader_keep(r, text + from, to - from),
                        .len = to - from,
                        .line_first = line_first,
                        .line_last = line_last,
                        .begin = r->base + begin,
                        .end = r->base + end};
}

/* ---- white space ---- */

/* Length of the white space at text: ASCII, no-break, ideographic and the others of U+2000. */
static size_t space_length(const char *text, size_t len)
{
    unsigned char c = (unsigned char)text[0];
    if (c <= 32) return 1;
    if (c < 0xc2) return 0;
    if (c == 0xc2) return len >= 2 && (unsigned char)text[1] == 0xa0 ? 2 : 0;
    if (len < 3) return 0;
    unsigned char d = (unsigned char)text[1], e = (unsigned char)text[2];
    if (c == 0xe2 && d == 0x80) return (e >= 0x80 && e <= 0x8b) || e == 0xa8 || e == 0xaf ? 3 : 0;
    if (c == 0xe3 && d == 0x80) return e == 0x80 ? 3 : 0;
    return c == 0xef && d == 0xbb && e == 0xbf ? 3 : 0; /* a byte order mark inside the text */
}

void span_trim(const char *text, size_t *begin, size_t *end)
{
    size_t n;
    while (*begin < *end && (n = space_length(text + *begin, *end - *begin))) *begin += n;
    while (*begin < *end) {
        unsigned char c = (unsigned char)text[*end - 1];
        if (c <= 32) {
            --*end;
            continue;
        }
        if (c < 0x80) break;
        n = *end - *begin >= 3 && space_length(text + *end - 3, 3) == 3   ? 3
            : *end - *begin >= 2 && space_length(text + *end - 2, 2) == 2 ? 2
                                                                          : 0;
        if (n == 0) break;
        *end -= n;
    }
}

static bool is_plain(char c)
{
    return (unsigned char)c > 32 && (unsigned char)c < 0x80;
}

struct cell reader_cell(struct document_reader *r, const char *text, size_t len, size_t line,
                        size_t begin)
{
    size_t from = 0, to = len;
    /* Most cells begin and end with a plain character. */
    if (len && !(is_plain(text[0]) && is_plain(text[len - 1]))) span_trim(text, &from, &to);
    if (to - from > DOCUMENT_MAX_CELL) {
        to = from + utf8_complete_prefix(text + from, DOCUMENT_MAX_CELL);
        reader_note(r, "line %zu: a cell of %zu bytes: cut at %d", line, len, DOCUMENT_MAX_CELL);
    }
    return (struct cell){.text = reader_keep(r, text + from, to - from),
                         .len = (uint32_t)(to - from),
                         .line = line > UINT32_MAX ? UINT32_MAX : (uint32_t)line,
                         .begin = r->base + begin + from};
}

/* ---- tables ---- */

void table_builder_init(struct table_builder *t, struct document_reader *r)
{
    *t = (struct table_builder){.reader = r};
}

void table_builder_free(struct table_builder *t)
{
    if (!t->given) free(t->cells);
    free(t->header);
    free(t->rows);
    table_builder_init(t, t->reader);
}

/* *items with room for one more. */
static bool grow(struct document_reader *r, void **items, size_t n, size_t *cap, size_t size)
{
    if (r->failed) return false;
    if (n < *cap) return true;
    size_t want = *cap ? *cap * 2 : 256;
    void *grown = want > SIZE_MAX / 2 / size ? NULL : realloc(*items, want * size);
    if (!grown) {
        r->failed = true;
        return false;
    }
    *items = grown;
    *cap = want;
    return true;
}

/* Goes on with a copy of cells that are the document's. */
static bool take_back_cells(struct table_builder *t)
{
    struct cell *copy = malloc((t->n_cells + 1) * sizeof *copy);
    if (!copy) {
        t->reader->failed = true;
        return false;
    }
    memcpy(copy, t->cells, t->n_cells * sizeof *copy);
    t->cells = copy;
    t->cap_cells = t->n_cells + 1;
    t->given = false;
    return true;
}

void table_builder_add_row(struct table_builder *t, size_t number)
{
    void *rows = t->rows;
    if (!grow(t->reader, &rows, t->n_rows, &t->cap_rows, sizeof *t->rows)) return;
    t->rows = rows;
    t->rows[t->n_rows++] = (struct table_builder_row){.first = t->n_cells, .number = number};
}

void table_builder_add_made(struct table_builder *t, const struct cell *cell)
{
    struct document_reader *r = t->reader;
    if (t->n_rows == 0 || r->failed) return;
    struct table_builder_row *row = &t->rows[t->n_rows - 1];
    size_t column = t->n_cells - row->first;
    if (column == DOCUMENT_MAX_COLUMNS) {
        if (cell->len && t->too_long_row != t->n_rows) {
            t->too_long_row = t->n_rows;
            if (t->n_too_long++ < MAX_LONG_ROW_NOTES)
                reader_note(r, "line %" PRIu32 ": more than %d columns: the rest is left out",
                            cell->line, DOCUMENT_MAX_COLUMNS);
        }
        return;
    }
    if (t->given && !take_back_cells(t)) return;
    void *cells = t->cells;
    if (!grow(r, &cells, t->n_cells, &t->cap_cells, sizeof *t->cells)) return;
    t->cells = cells;
    t->cells[t->n_cells++] = *cell;
    if (cell->len) {
        row->width = column + 1;
        row->filled++;
    }
}

void table_builder_add_cell(struct table_builder *t, const char *text, size_t len, size_t line,
                            size_t begin)
{
    struct cell cell = reader_cell(t->reader, text, len, line, begin);
    table_builder_add_made(t, &cell);
}

void table_builder_add_header_cell(struct table_builder *t, const char *text, size_t len,
                                   size_t line, size_t begin)
{
    size_t before = t->n_cells;
    table_builder_add_cell(t, text, len, line, begin);
    if (t->n_cells == before) return;
    if (t->cap_header < t->cap_cells) {
        bool *header = realloc(t->header, t->cap_cells * sizeof *header);
        if (!header) {
            t->reader->failed = true;
            return;
        }
        memset(header + t->cap_header, 0, (t->cap_cells - t->cap_header) * sizeof *header);
        t->header = header;
        t->cap_header = t->cap_cells;
    }
    t->header[before] = true;
}

/* Whether rows [first, first + n) have n_columns cells each, one row behind the other: then they
 * are the table as they are. */
static bool is_rectangle(const struct table_builder *t, size_t first, size_t n, size_t n_columns)
{
    for (size_t i = first; i < first + n; i++) {
        size_t end = i + 1 < t->n_rows ? t->rows[i + 1].first : t->n_cells;
        if (end - t->rows[i].first != n_columns) return false;
    }
    return n_columns > 0;
}

/* Hands the builder's cells to the document, which spares a copy of a large table (a fifth of the
 * time that a CSV file takes); the builder keeps them to read. */
static bool give_cells(struct table_builder *t)
{
    if (t->given) return true;
    struct document *d = t->reader->out;
    struct document_memory *m = arena_alloc(&d->arena, sizeof *m);
    if (!m) return false;
    struct cell *exact = realloc(t->cells, t->n_cells * sizeof *exact);
    if (exact) t->cells = exact;
    t->given = true;
    *m = (struct document_memory){d->memory, t->cells};
    d->memory = m;
    return true;
}

/* Copies rows [first, first + n) into a table, with empty cells where they are short. */
static void copy_cells(const struct table_builder *t, size_t first, size_t n, size_t n_columns,
                       struct cell *to)
{
    for (size_t i = first; i < first + n; i++, to += n_columns) {
        size_t width = t->rows[i].width;
        size_t end = i + 1 < t->n_rows ? t->rows[i + 1].first : t->n_cells;
        const struct cell *from = t->cells + t->rows[i].first;
        memcpy(to, from, width * sizeof *to);
        /* A missing cell stands where its row ends. */
        struct cell missing = {.text = ""};
        if (t->rows[i].first < end) {
            const struct cell *last = &from[width ? width - 1 : 0];
            missing.line = last->line;
            missing.begin = last->begin + last->len;
        }
        for (size_t k = width; k < n_columns; k++) to[k] = missing;
    }
}

/* The header flags of the same rows; NULL: there are none, or memory is out. */
static bool *copy_header(struct table_builder *t, size_t first, size_t n, size_t n_columns)
{
    size_t begin = t->rows[first].first;
    size_t end = first + n < t->n_rows ? t->rows[first + n].first : t->n_cells;
    if (end > t->cap_header) end = t->cap_header;
    if (begin >= end || !memchr(t->header + begin, true, end - begin)) return NULL;
    bool *header = arena_array(&t->reader->out->arena, n * n_columns, sizeof *header);
    if (!header) t->reader->failed = true;
    for (size_t i = first; header && i < first + n; i++)
        for (size_t k = 0; k < t->rows[i].width && t->rows[i].first + k < t->cap_header; k++)
            header[(i - first) * n_columns + k] = t->header[t->rows[i].first + k];
    return header;
}

/* Rows [first, first + n), all of which fit, as one table. */
static struct table *make_table(struct table_builder *t, size_t first, size_t n, size_t n_columns)
{
    struct document_reader *r = t->reader;
    struct arena *a = &r->out->arena;
    struct table *table = arena_alloc(a, sizeof *table);
    size_t *numbers = arena_array(a, n, sizeof *numbers);
    struct cell *cells = NULL;
    if (n_columns <= SIZE_MAX / 2 / sizeof *cells / n) {
        if (n * n_columns * sizeof *cells >= LARGE_TABLE && is_rectangle(t, first, n, n_columns) &&
            give_cells(t)) {
            cells = t->cells + t->rows[first].first;
        } else if ((cells = arena_array(a, n * n_columns, sizeof *cells))) {
            copy_cells(t, first, n, n_columns, cells);
        }
    }
    if (!table || !numbers || !cells) {
        r->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n; i++) numbers[i] = t->rows[first + i].number;
    *table = (struct table){.caption = "",
                            .n_rows = n,
                            .n_columns = n_columns,
                            .cells = cells,
                            .row_numbers = numbers,
                            .header_cells = copy_header(t, first, n, n_columns),
                            .number = ++r->n_tables};
    return r->failed ? NULL : table;
}

struct table *table_builder_emit(struct table_builder *t, size_t first, size_t n,
                                 const char *caption, size_t caption_len, enum row_word row_word,
                                 size_t n_header_rows, size_t line_first, size_t line_last,
                                 size_t begin, size_t end)
{
    struct document_reader *r = t->reader;
    struct table *result = NULL;
    size_t behind = first + n;
    size_t name_from = 0, name_to = caption_len;
    span_trim(caption, &name_from, &name_to);
    if (name_to - name_from > DOCUMENT_MAX_NAME)
        name_to = name_from + utf8_complete_prefix(caption + name_from, DOCUMENT_MAX_NAME);
    const char *name = reader_keep(r, caption + name_from, name_to - name_from);
    while (first < behind && !r->failed) {
        /* As many rows as make a table that is at most twice its filled cells, and what is spare.
         */
        size_t rows = 0, filled = 0, columns = 0, allowed = 0;
        while (first + rows < behind) {
            const struct table_builder_row *row = &t->rows[first + rows];
            size_t wide = row->width > columns ? row->width : columns;
            size_t room = 2 * (filled + row->filled) + r->spare_cells;
            if (rows && wide && rows + 1 > room / wide) break;
            allowed = 2 * (filled += row->filled);
            columns = wide;
            rows++;
        }
        if (rows * columns > allowed) {
            size_t over = rows * columns - allowed;
            r->spare_cells -= over < r->spare_cells ? over : r->spare_cells;
        }
        if (columns) {
            struct table *table = make_table(t, first, rows, columns);
            struct block *b = table ? add_block(r) : NULL;
            if (!b) return NULL;
            table->caption = name;
            table->row_word = row_word;
            table->n_header_rows = result ? 0 : n_header_rows < rows ? n_header_rows : rows;
            *b = (struct block){.kind = BLOCK_TABLE,
                                .text = "",
                                .line_first = line_first,
                                .line_last = line_last,
                                .begin = r->base + begin,
                                .end = r->base + end,
                                .table = table};
            if (!result) result = table;
        }
        first += rows;
        if (first < behind)
            reader_note(r, "line %zu: rows of very different lengths: given as several tables",
                        t->rows[first].width ? (size_t)t->cells[t->rows[first].first].line
                                             : line_first);
    }
    return result;
}

struct table *table_builder_end(struct table_builder *t, const char *caption, size_t caption_len,
                                enum row_word row_word, size_t n_header_rows, size_t line_first,
                                size_t line_last, size_t begin, size_t end)
{
    struct table *table = table_builder_emit(t, 0, t->n_rows, caption, caption_len, row_word,
                                             n_header_rows, line_first, line_last, begin, end);
    size_t n_header = t->n_cells < t->cap_header ? t->n_cells : t->cap_header;
    if (n_header) memset(t->header, 0, n_header * sizeof *t->header);
    if (t->given) {
        t->cells = NULL;
        t->cap_cells = 0;
        t->given = false;
    }
    t->n_cells = t->n_rows = t->n_too_long = t->too_long_row = 0;
    return table;
}
