/* PDF files and scanned pages: the layout of each page, put together to one document. Pages come one
 * by one and are forgotten when their blocks are made. */
#include "document/page_layout.h"
#include "document/pdf_client.h"
#include "document/reader.h"
#include "document/text_pairs.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/utf8.h"
#include "vehicle/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    BEFORE = 2,         /* pages whose heads and feet are kept in mind */
    MAX_SIZES = 200,    /* sizes of type told apart, in half points */
    KNOWN_SIZE = 3000,  /* characters after which the size of the text is known */
    MAX_CAPTION = 250,
    MAX_GROUP = 60,
    MAX_LOST_NOTES = 10,
    SPAN_CELLS = 20000, /* that spans may add, beside one for each 8 bytes of text */
    MAX_SCANNED_NOTES = 3,
    LOW_CONFIDENCE = 70, /* of 100: what OCR is less sure of is marked; measured: bench/NOTES.md */
};

/* A table that may go on on the next page. */
struct open_table {
    struct table_builder builder;
    bool open;
    struct layout_table shape; /* column_x is open_table.column_x */
    float *column_x;
    float page_width;
    char **header; /* (n_header) texts of its first rows' cells, one string a row */
    size_t n_header;
    size_t n_rows;
    struct buffer caption;
    size_t number, first_page, last_page; /* of the table on its first page */
    size_t begin, line;
};

struct pdf_reading {
    struct document_reader *r;
    struct pdf_client *pdf;
    struct buffer text; /* the document's */
    struct document_page *pages;
    size_t n_seen; /* pages, also those that are lost */
    size_t n_pages, cap_pages;
    struct document_place *places;
    size_t n_places, cap_places;
    struct pair_list pairs;
    bool list_quantity; /* list_group is a quantity with its unit */
    struct buffer list_title, list_group; /* of the pairs that follow: "Table 1. Data", "Lubrication" */
    struct open_table table;
    struct buffer next_caption; /* that the last row of a table gives the one below it */
    struct layout_margin margins[BEFORE * LAYOUT_MAX_MARGINS];
    size_t n_margins, last_margins; /* all; of them those of the last page */
    size_t sizes[MAX_SIZES], n_sized;
    size_t line; /* of the text, from 1 */
    size_t n_lost, n_unread;
    size_t spans_left;
    struct page_outline *outline; /* (n_outline) by page */
    size_t n_outline;
};

/* ---- text and places ---- */

static bool grow(struct pdf_reading *p, void **items, size_t n, size_t *cap, size_t size)
{
    if (p->r->failed) return false;
    if (n < *cap) return true;
    size_t want = *cap ? *cap * 2 : 64;
    void *grown = realloc(*items, want * size);
    if (!grown) {
        p->r->failed = true;
        return false;
    }
    *items = grown;
    *cap = want;
    return true;
}

static void add_place(struct pdf_reading *p, size_t begin, size_t page, struct page_box box, unsigned confidence)
{
    void *items = p->places;
    if (p->text.len <= begin || !grow(p, &items, p->n_places, &p->cap_places, sizeof *p->places)) return;
    p->places = items;
    p->places[p->n_places++] = (struct document_place){begin, p->text.len, (uint32_t)page, box,
                                                            confidence < LOW_CONFIDENCE};
}

static void end_line(struct pdf_reading *p)
{
    buffer_putc(&p->text, '\n');
    p->line++;
}

/* Appends the lines of a block as one text; a word that was parted at the end of a line is one again. */
static size_t put_lines(struct pdf_reading *p, const struct layout_block *b, size_t page)
{
    size_t begin = p->text.len;
    for (size_t i = 0; i < b->n_lines; i++) {
        const struct layout_line *l = &b->lines[i];
        struct buffer *t = &p->text;
        if (i && t->len > begin + 1) {
            char last = t->data[t->len - 1], before = t->data[t->len - 2], next = l->text[0];
            bool parted = last == '-' && (((before | 32) >= 'a' && (before | 32) <= 'z') || (before & 0x80)) &&
                          ((next >= 'a' && next <= 'z') || (next & 0x80));
            if (parted && p->n_places && p->places[p->n_places - 1].end == t->len) {
                t->data[--t->len] = '\0';
                p->places[p->n_places - 1].end--;
            } else {
                buffer_putc(t, ' ');
            }
        }
        size_t from = t->len;
        buffer_append(t, l->text, l->len);
        add_place(p, from, page, l->box, l->confidence);
    }
    return begin;
}

/* ---- tables ---- */

static bool same_columns(const struct open_table *o, const struct layout_table *t, float page_width)
{
    if (!o->open || o->shape.n_columns != t->n_columns || fabsf(o->page_width - page_width) > 2) return false;
    float room = 0.04f * page_width;
    for (size_t i = 0; i < t->n_columns; i++)
        if (fabsf(o->column_x[i] - t->column_x[i]) > room) return false;
    return true;
}

static size_t row_cells(const struct layout_table *t, size_t first)
{
    size_t end = first;
    while (end < t->n_cells && t->cells[end].row == t->cells[first].row) end++;
    return end;
}

/* The texts of a row's cells, to know a header that comes again. */
static void row_text(const struct layout_table *t, size_t first, size_t end, struct buffer *out)
{
    buffer_clear(out);
    for (size_t i = first; i < end; i++) buffer_printf(out, "%u:%s\n", t->cells[i].column, t->cells[i].text);
}

static void close_table(struct pdf_reading *p)
{
    struct open_table *o = &p->table;
    if (!o->open) return;
    o->open = false;
    struct table *table =
        table_builder_end(&o->builder, buffer_text(&o->caption), o->caption.len, ROW_ROW, 0, o->line,
                          p->line, o->begin, p->text.len);
    char place[96];
    int n = o->last_page > o->first_page
                ? snprintf(place, sizeof place, "table %zu (pages %zu to %zu)", o->number, o->first_page, o->last_page)
                : snprintf(place, sizeof place, "page %zu, table %zu", o->first_page, o->number);
    if (table && n > 0) table->place = reader_keep(p->r, place, (size_t)n);
    table_builder_free(&o->builder);
    free(o->column_x);
    for (size_t i = 0; i < o->n_header; i++) free(o->header[i]);
    free(o->header);
    buffer_free(&o->caption);
    *o = (struct open_table){0};
}

enum { KEPT_HEADER_ROWS = 3 };

static void keep_header(struct pdf_reading *p, const struct layout_table *t)
{
    struct open_table *o = &p->table;
    struct buffer text = {0};
    o->header = calloc(KEPT_HEADER_ROWS, sizeof *o->header);
    for (size_t i = 0; o->header && i < t->n_cells && o->n_header < KEPT_HEADER_ROWS;) {
        size_t end = row_cells(t, i);
        row_text(t, i, end, &text);
        o->header[o->n_header] = text.failed ? NULL : strdup(buffer_text(&text));
        if (!o->header[o->n_header]) break;
        o->n_header++;
        i = end;
    }
    if (!o->header || text.failed) p->r->failed = true;
    buffer_free(&text);
}

static void open_table(struct pdf_reading *p, const struct layout_table *t, const struct page *page,
                       size_t number, const char *caption, size_t caption_len)
{
    struct open_table *o = &p->table;
    *o = (struct open_table){.open = true,
                             .page_width = page->width,
                             .begin = p->text.len,
                             .line = p->line,
                             .number = number,
                             .first_page = page->number,
                             .last_page = page->number};
    o->shape = *t;
    o->column_x = malloc((t->n_columns + 1) * sizeof *o->column_x);
    if (!o->column_x) {
        p->r->failed = true;
        o->open = false;
        return;
    }
    memcpy(o->column_x, t->column_x, (t->n_columns + 1) * sizeof *o->column_x);
    buffer_append(&o->caption, caption, caption_len);
    table_builder_init(&o->builder, p->r);
    keep_header(p, t);
}

static bool take_span(struct pdf_reading *p)
{
    if (p->spans_left == 0) return false;
    p->spans_left--;
    return true;
}

/* One row, with the cells from above that reach into it. `reach`: (n_columns) rows that they still
 * cover; `above`: those cells. */
static void put_row(struct pdf_reading *p, const struct layout_table *t, size_t first, size_t end,
                    size_t page, struct cell *above, uint32_t *reach)
{
    struct open_table *o = &p->table;
    size_t column = 0;
    bool band = end - first == 1 && t->cells[first].columns > 1;
    table_builder_add_row(&o->builder, ++o->n_rows);
    const struct cell blank = {.text = "", .line = (uint32_t)p->line, .begin = p->text.len};
    for (size_t i = first; column < t->n_columns;) {
        const struct layout_cell *c = i < end ? &t->cells[i] : NULL;
        if (!c || c->column > column) {
            bool covered = reach[column] > 0 && take_span(p);
            table_builder_add_made(&o->builder, covered ? &above[column] : &blank);
            if (reach[column]) reach[column]--;
            column++;
            continue;
        }
        i++;
        if (c->column < column) continue; /* cells that overlap: the first stays */
        size_t begin = p->text.len;
        leaders_fold(c->text, c->len, &p->text);
        size_t len = p->text.len - begin;
        add_place(p, begin, page, c->box, c->confidence);
        struct cell made = reader_cell(p->r, buffer_text(&p->text) + begin, len, p->line, begin);
        buffer_putc(&p->text, '\t');
        for (size_t k = 0; k < c->columns && column < t->n_columns; k++, column++) {
            bool shown = k == 0 || (!band && take_span(p));
            table_builder_add_made(&o->builder, shown ? &made : &blank);
            above[column] = made;
            reach[column] = c->rows - 1;
        }
    }
    end_line(p);
}

static bool starts_as_caption(const char *text)
{
    static const char *const WORDS[] = {"table", "tab.", "tabelle", "tableau", "tabla", "tabella", "tabel"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t n = strlen(WORDS[i]);
        if (strncasecmp(text, WORDS[i], n) == 0 && !((text[n] | 32) >= 'a' && (text[n] | 32) <= 'z')) return true;
    }
    return strncmp(text, "表", 3) == 0;
}

/* A last row that is the title of the table below: "Table 2-3. Engine B". */
static bool is_next_caption(struct pdf_reading *p, const struct layout_table *t, size_t first, size_t end)
{
    const struct layout_cell *only = NULL;
    for (size_t i = first; i < end; i++) {
        if (!t->cells[i].len) continue;
        if (only) return false;
        only = &t->cells[i];
    }
    if (!only || only->len > MAX_CAPTION || !starts_as_caption(only->text)) return false;
    buffer_append(&p->next_caption, only->text, only->len);
    return true;
}

static void put_rows(struct pdf_reading *p, const struct layout_table *t, size_t page, size_t skip)
{
    struct cell *above = calloc(t->n_columns + 1, sizeof *above);
    uint32_t *reach = calloc(t->n_columns + 1, sizeof *reach);
    if (!above || !reach) p->r->failed = true;
    buffer_clear(&p->next_caption);
    for (size_t i = 0, row = 0; i < t->n_cells && !p->r->failed; row++) {
        size_t end = row_cells(t, i);
        if (end == t->n_cells && row > 0 && is_next_caption(p, t, i, end)) break;
        if (row >= skip) put_row(p, t, i, end, page, above, reach);
        i = end;
    }
    free(above);
    free(reach);
}

/* How many rows at the top are the header of the open table again. */
static size_t repeated_header(struct pdf_reading *p, const struct layout_table *t)
{
    struct open_table *o = &p->table;
    struct buffer text = {0};
    size_t n = 0;
    for (size_t i = 0; i < t->n_cells && n < o->n_header; n++) {
        size_t end = row_cells(t, i);
        row_text(t, i, end, &text);
        if (text.failed || strcmp(buffer_text(&text), o->header[n]) != 0) break;
        i = end;
    }
    buffer_free(&text);
    return n;
}

/* ---- captions ---- */

/* Whether the block that ends at the text's end names the table below it. */
static bool is_caption(const struct layout_block *b, const struct layout_table *t, const char *text, size_t len)
{
    if (b->kind == BLOCK_TABLE || len == 0 || len > MAX_CAPTION) return false;
    float gap = t->box.y0 - b->box.y1;
    if (fabsf(gap) > 6 * b->size) return false;
    if (b->kind == BLOCK_HEADING || starts_as_caption(text)) return true;
    char last = text[len - 1];
    return gap < 2.5f * b->size && b->n_lines <= 2 && last != '.' && last != ';' && last != ',';
}

/* "Tightening torque (in daN.m)": a quantity, of which even one pair below it is data. */
static bool ends_in_unit(const char *text, size_t len)
{
    const char *open = len > 3 && len <= MAX_GROUP && text[len - 1] == ')' ? memrchr(text, '(', len) : NULL;
    size_t used;
    if (!open || open == text) return false;
    const char *unit = open + 1, *end = text + len - 1;
    if (end - unit > 3 && (memcmp(unit, "in ", 3) == 0 || memcmp(unit, "en ", 3) == 0)) unit += 3;
    return unit_parse(unit, (size_t)(end - unit), &used) != NULL;
}

/* A list with leader dots stands under its table's title and, part by part, under lines such as "Lubrication
 * system:", which are the caption of its pairs. */
static void note_list_title(struct pdf_reading *p, const struct layout_block *b, const char *text, size_t len)
{
    bool group = b->kind == BLOCK_PARAGRAPH && b->n_lines == 1 && len > 2 && len <= MAX_GROUP && text[len - 1] == ':' &&
                 !memchr(text, ':', len - 1);
    struct buffer caption = {0};
    buffer_clear(&p->list_group);
    p->list_quantity = b->n_lines == 1 && ends_in_unit(text, len);
    if (p->list_quantity)
        buffer_append(&p->list_group, text, len);
    else if (group)
        buffer_append(&p->list_group, text, len - 1);
    else if (len <= MAX_CAPTION && starts_as_caption(text)) {
        buffer_clear(&p->list_title);
        buffer_append(&p->list_title, text, len);
    } else if (b->kind == BLOCK_HEADING && memchr(text, ' ', len))
        buffer_clear(&p->list_title); /* "NOTE" stands inside */
    buffer_printf(&caption, "%s%s%s", buffer_text(&p->list_title), p->list_title.len && p->list_group.len ? " > " : "",
                  buffer_text(&p->list_group));
    if (caption.failed || p->list_title.failed || p->list_group.failed) p->r->failed = true;
    if (!caption.failed) pair_list_caption(&p->pairs, buffer_text(&caption), caption.len);
    buffer_free(&caption);
}

/* ---- blocks ---- */

/* The level that the document's outline gives a heading of the page; 0: it names none. */
static int outline_level(const struct pdf_reading *p, size_t page, const char *text, size_t len)
{
    size_t low = 0, high = p->n_outline;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->outline[middle].page < page)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i < p->n_outline && p->outline[i].page == page; i++) {
        const char *title = p->outline[i].title;
        size_t n = strlen(title);
        while (n && title[n - 1] == ' ') n--;
        if (n > 2 && n <= len && len <= n + 12 && strncasecmp(title, text + (len - n), n) == 0)
            return p->outline[i].level;
    }
    return 0;
}

static void put_text_block(struct pdf_reading *p, const struct layout_block *b, size_t page)
{
    size_t line = p->line, begin = put_lines(p, b, page), len = p->text.len - begin;
    const char *text = buffer_text(&p->text) + begin;
    struct text_piece piece = {0, begin};
    struct pair_block pair = {.kind = b->kind,
                              .level = b->kind == BLOCK_LIST_ITEM ? b->level : 0,
                              .text = text,
                              .len = len,
                              .pieces = &piece,
                              .n_pieces = 1,
                              .line_first = line,
                              .line_last = line,
                              .begin = begin,
                              .end = p->text.len,
                              .alone = p->list_quantity};
    int level = b->n_lines <= 3 ? outline_level(p, page, text, len) : 0;
    if (b->kind == BLOCK_HEADING || level || !pair_list_add(&p->pairs, &pair)) {
        pair_list_flush(&p->pairs);
        note_list_title(p, b, text, len);
        /* Headings that the outline leaves out stand below those that it names. */
        bool heading = level || b->kind == BLOCK_HEADING;
        int shown = level ? level : heading && p->n_outline ? b->level + 4 : b->level;
        reader_add_block(p->r, heading ? BLOCK_HEADING : b->kind, shown, text, len, line, line, begin,
                         p->text.len);
    }
    end_line(p);
}

static void put_table_block(struct pdf_reading *p, const struct page_layout *l, size_t at,
                            const struct page *page, size_t number, size_t caption_begin, size_t caption_end)
{
    const struct layout_table *t = l->blocks[at].table;
    if (same_columns(&p->table, t, page->width)) {
        p->table.last_page = page->number;
        put_rows(p, t, page->number, repeated_header(p, t));
        return;
    }
    close_table(p);
    const char *caption = buffer_text(&p->text) + caption_begin;
    size_t len = caption_end - caption_begin;
    if (at == 0 || !is_caption(&l->blocks[at - 1], t, caption, len)) len = 0;
    bool above = at > 0 && l->blocks[at - 1].kind == BLOCK_TABLE;
    if (above && p->next_caption.len)
        open_table(p, t, page, number, buffer_text(&p->next_caption), p->next_caption.len);
    else
        open_table(p, t, page, number, caption, len);
    if (p->table.open) put_rows(p, t, page->number, 0);
}

/* "Table 3 (continued)" */
static bool says_continued(const struct layout_block *b)
{
    static const char *const WORDS[] = {"continued", "cont.", "cont'd", "(cont", "fortsetzung", "suite", "continuación"};
    for (size_t i = 0; b->n_lines == 1 && i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasestr(b->lines[0].text, WORDS[i])) return true;
    return false;
}

static void put_blocks(struct pdf_reading *p, const struct page_layout *l, const struct page *page)
{
    size_t number = 0, last_begin = 0, last_end = 0;
    for (size_t i = 0; i < l->n_blocks && !p->r->failed; i++) {
        const struct layout_block *b = &l->blocks[i];
        if (b->kind == BLOCK_TABLE) {
            /* Only a table at the top goes on with one of the page before. */
            if (i > 0 && p->table.open && number > 0) close_table(p);
            pair_list_flush(&p->pairs);
            put_table_block(p, l, i, page, ++number, last_begin, last_end);
        } else {
            bool waits = i == 0 && i + 1 < l->n_blocks && l->blocks[1].kind == BLOCK_TABLE && says_continued(b);
            if (waits) continue;
            close_table(p);
            last_begin = p->text.len;
            put_text_block(p, b, page->number);
            last_end = p->text.len ? p->text.len - 1 : 0;
        }
    }
}

/* ---- pages ---- */

static float body_size(const struct pdf_reading *p)
{
    size_t best = 0;
    if (p->n_sized < KNOWN_SIZE) return 0;
    for (size_t i = 1; i < MAX_SIZES; i++)
        if (p->sizes[i] > p->sizes[best]) best = i;
    return (float)best / 2;
}

static void remember(struct pdf_reading *p, const struct page_layout *l)
{
    /* Those of the page before the last are forgotten. */
    size_t old = p->n_margins - p->last_margins;
    memmove(p->margins, p->margins + old, p->last_margins * sizeof *p->margins);
    p->n_margins = p->last_margins;
    memcpy(p->margins + p->n_margins, l->margins, l->n_margins * sizeof *l->margins);
    p->n_margins += l->n_margins;
    p->last_margins = l->n_margins;
    long size = lroundf(l->body_size * 2);
    if (size > 0 && size < MAX_SIZES) {
        p->sizes[size] += l->n_chars;
        p->n_sized += l->n_chars;
    }
}

static bool put_page(struct pdf_reading *p, const struct page *page, struct arena *arena, struct error *err)
{
    struct page_layout l;
    struct layout_options o = {.body_size = body_size(p), .margins = p->margins, .n_margins = p->n_margins};
    void *items = p->pages;
    if (!page_layout_make(&l, page, &o, arena)) return error_memory(err, "a page");
    if (!grow(p, &items, p->n_pages, &p->cap_pages, sizeof *p->pages)) return reader_check(p->r, err);
    p->pages = items;
    p->pages[p->n_pages++] = (struct document_page){.number = page->number,
                                                    .label = reader_keep(p->r, page->label, strlen(page->label)),
                                                    .width = page->width,
                                                    .height = page->height,
                                                    .begin = p->text.len};
    p->spans_left += l.n_chars / 8;
    put_blocks(p, &l, page);
    p->pages[p->n_pages - 1].end = p->text.len;
    remember(p, &l);
    if (p->text.failed) p->r->failed = true;
    return reader_check(p->r, err);
}

static bool read_pages(struct pdf_reading *p, struct error *err)
{
    for (;;) {
        struct arena arena = {0};
        struct page page;
        bool unread = false, ok = true;
        enum pdf_result result = pdf_next_page(p->pdf, &page, &unread, &arena, err);
        if (result == PDF_PAGE || result == PDF_PAGE_LOST)
            reader_progress(p->r, ++p->n_seen, pdf_page_count(p->pdf), "pages");
        if (result == PDF_PAGE) {
            p->n_unread += unread;
            ok = put_page(p, &page, &arena, err);
        } else if (result == PDF_PAGE_LOST) {
            if (p->n_lost++ < MAX_LOST_NOTES) reader_note(p->r, "%s", err ? err->text : "a page is lost");
            /* Where none can be read, why is the document's error. */
            if (p->n_lost == pdf_page_count(p->pdf)) ok = false;
            else error_clear(err);
            close_table(p);
        }
        arena_free(&arena);
        if (!ok || result == PDF_FAILED) return false;
        if (result == PDF_END) return true;
    }
}

/* ---- the document ---- */

static int by_page(const void *a, const void *b)
{
    const struct page_outline *x = a, *y = b;
    return x->page < y->page ? -1 : x->page > y->page;
}

static bool take_outline(struct pdf_reading *p, struct error *err)
{
    const struct page_outline *outline = pdf_outline(p->pdf, &p->n_outline);
    p->outline = malloc((p->n_outline + 1) * sizeof *p->outline);
    if (!p->outline) return error_memory(err, p->r->path);
    if (p->n_outline) memcpy(p->outline, outline, p->n_outline * sizeof *outline);
    qsort(p->outline, p->n_outline, sizeof *outline, by_page);
    return true;
}

static bool give(struct pdf_reading *p, void *data)
{
    struct document *d = p->r->out;
    struct document_memory *m = data ? arena_alloc(&d->arena, sizeof *m) : NULL;
    if (!m) return !data;
    *m = (struct document_memory){d->memory, data};
    d->memory = m;
    return true;
}

/* Lists of names and values are cited by their page and the row of the list. */
static void place_lists(struct pdf_reading *p)
{
    for (size_t i = 0, page = 0; i < p->r->n_blocks; i++) {
        const struct block *b = &p->r->blocks[i];
        struct table *t = b->kind == BLOCK_TABLE ? b->table : NULL;
        while (page + 1 < p->n_pages && p->pages[page].end <= b->begin) page++;
        if (!t || t->place || !t->key_value || p->n_pages == 0) continue;
        char place[64];
        int n = snprintf(place, sizeof place, "page %zu, list", p->pages[page].number);
        t->place = reader_keep(p->r, place, n > 0 ? (size_t)n : 0);
        t->row_word = ROW_ROW;
        for (size_t r = 0; t->row_numbers && r < t->n_rows; r++) t->row_numbers[r] = r + 1;
    }
}

static bool finish(struct pdf_reading *p, struct error *err)
{
    struct document *d = p->r->out;
    close_table(p);
    pair_list_flush(&p->pairs);
    place_lists(p);
    if (p->n_lost > MAX_LOST_NOTES) reader_note(p->r, "%zu pages could not be read", p->n_lost);
    if (p->n_unread && p->r->n_blocks == 0)
        return error_set(err, ERROR_INPUT, "%s: its pages are pictures without text, and OCR is off (OCR_LANGUAGES)",
                         p->r->path);
    if (p->n_unread)
        reader_note(p->r, "%zu %s pictures without text and OCR is off (OCR_LANGUAGES)", p->n_unread,
                    p->n_unread == 1 ? "page is a picture" : "pages are");
    if (!reader_check(p->r, err)) return false;
    if (!give(p, p->text.data)) return error_memory(err, "a document");
    d->text = buffer_text(&p->text);
    d->text_len = p->text.len;
    p->text = (struct buffer){0};
    if (!give(p, p->pages)) return error_memory(err, "a document");
    d->pages = p->pages;
    d->n_pages = p->n_pages;
    p->pages = NULL;
    if (!give(p, p->places)) return error_memory(err, "a document");
    d->places = p->places;
    d->n_places = p->n_places;
    p->places = NULL;
    return true;
}

bool read_pdf_document(struct document_reader *r, struct error *err)
{
    const char *languages = r->options->ocr_languages;
    if (languages && strcmp(languages, "off") == 0) languages = NULL;
    const struct pdf_options options = {
        .cancel = r->cancel, .password = r->options->password, .ocr_languages = languages};
    struct pdf_reading *p = calloc(1, sizeof *p);
    if (!p) return error_memory(err, r->path);
    p->r = r;
    p->line = 1;
    p->spans_left = SPAN_CELLS;
    pair_list_init(&p->pairs, r);
    const struct mapping *file = r->options->file;
    if (file && file->data) {
        mapping_drop(file); /* the helper reads it, a page at a time */
        p->pdf = pdf_open_fd(r->path, file->fd, &options, err);
    } else {
        p->pdf = pdf_open(r->path, r->data, r->len, &options, err);
    }
    bool ok = p->pdf != NULL;
    if (ok) {
        if (pdf_is_damaged(p->pdf)) reader_note(r, "the file is cut off or damaged: what is left of it was read");
        ok = take_outline(p, err) && read_pages(p, err) && finish(p, err);
    }
    pdf_close(p->pdf);
    if (p->table.open) close_table(p);
    pair_list_free(&p->pairs);
    buffer_free(&p->text);
    buffer_free(&p->list_title);
    buffer_free(&p->next_caption);
    buffer_free(&p->list_group);
    free(p->pages);
    free(p->places);
    free(p->outline);
    free(p);
    return ok;
}
