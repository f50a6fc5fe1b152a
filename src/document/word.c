#include "document/word.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_BYTES = 90, LABEL_WORDS = 12, MAX_COLUMN = 1 << 20 };

void word_init(struct word *w, struct document_reader *r)
{
    *w = (struct word){.reader = r};
    pair_list_init(&w->pairs, r);
}

static void free_table(struct word_table *t)
{
    sheet_free(&t->sheet);
    buffer_free(&t->text);
}

void word_free(struct word *w)
{
    while (w->n_tables) free_table(&w->tables[--w->n_tables]);
    pair_list_free(&w->pairs);
    buffer_free(&w->caption);
}

/* ---- paragraphs ---- */

/* A bold line of a few words, no sentence, stands as a heading. */
static bool is_label(const char *text, size_t len)
{
    size_t words = 1;
    if (len == 0 || len > LABEL_BYTES || memchr(text, '\n', len) || text[len - 1] == '.' ||
        memchr(text, ':', len))
        return false;
    for (size_t i = 0; i < len; i++) words += text[i] == ' ';
    return words <= LABEL_WORDS;
}

static void add_block(struct word *w, const struct word_paragraph *p, const char *text, size_t len, size_t begin)
{
    struct document_reader *r = w->reader;
    struct text_piece piece = {.begin = begin};
    struct pair_block b = {.kind = p->kind,
                           .level = p->level,
                           .text = text,
                           .len = len,
                           .pieces = &piece,
                           .n_pieces = 1,
                           .line_first = w->n_paragraphs,
                           .line_last = w->n_paragraphs,
                           .begin = begin,
                           .end = begin + len};
    if (p->kind != BLOCK_HEADING && pair_list_add(&w->pairs, &b)) return;
    pair_list_flush(&w->pairs);
    reader_add_block(r, p->kind, p->level, text, len, b.line_first, b.line_last, begin, begin + len);
}

void word_add(struct word *w, const struct word_paragraph *given, const char *text, size_t len)
{
    struct document_reader *r = w->reader;
    struct word_paragraph p = *given;
    size_t from = 0, to = len;
    if (w->n_tables) {
        struct word_table *t = &w->tables[w->n_tables - 1];
        if (t->in_cell && t->text.len) buffer_putc(&t->text, '\n');
        if (t->in_cell) buffer_append(&t->text, text, len);
        if (t->text.failed) r->failed = true;
        return;
    }
    span_trim(text, &from, &to);
    text += from;
    len = to - from;
    if (len == 0 || r->failed) return;
    w->n_paragraphs++;
    if (p.kind == BLOCK_HEADING)
        w->heading_level = p.level;
    else if (p.kind == BLOCK_PARAGRAPH && p.bold && !p.caption && is_label(text, len))
        p = (struct word_paragraph){.kind = BLOCK_HEADING, .level = w->heading_level + 1};
    buffer_clear(&w->caption);
    if (p.caption && len <= WORD_CAPTION) buffer_append(&w->caption, text, len);
    size_t begin = reader_make(r, text, len);
    reader_make(r, "\n", 1);
    if (r->failed) return;
    if (p.kind == BLOCK_HEADING) {
        char *line = strndup(text, len);
        if (!line) {
            r->failed = true;
            return;
        }
        for (size_t i = 0; i < len; i++)
            if (line[i] == '\n') line[i] = ' ';
        add_block(w, &p, line, len, begin);
        free(line);
        return;
    }
    /* Lines of a paragraph may be pairs of a name and a value, each for itself. */
    for (size_t i = 0; i < len;) {
        const char *end = memchr(text + i, '\n', len - i);
        size_t n = end ? (size_t)(end - text) - i : len - i;
        if (n) add_block(w, &p, text + i, n, begin + i);
        i += n + 1;
    }
}

/* ---- tables ---- */

bool word_begin_table(struct word *w)
{
    if (w->n_tables == WORD_TABLES) return false;
    if (w->n_tables == 0) pair_list_flush(&w->pairs);
    struct word_table *t = &w->tables[w->n_tables++];
    *t = (struct word_table){.rows = 0};
    sheet_init(&t->sheet, w->reader, "");
    return true;
}

void word_begin_row(struct word *w, bool header)
{
    struct word_table *t = &w->tables[w->n_tables - 1];
    if (header && t->n_header == t->rows) t->n_header++;
    t->rows++;
    t->column = 0;
}

void word_begin_cell(struct word *w)
{
    struct word_table *t = &w->tables[w->n_tables - 1];
    buffer_clear(&t->text);
    t->in_cell = true;
}

void word_end_cell(struct word *w, uint32_t columns, uint32_t rows)
{
    struct word_table *t = &w->tables[w->n_tables - 1];
    t->in_cell = false;
    if (t->rows == 0) return;
    uint32_t row = t->rows - 1, column = t->column;
    sheet_add(&t->sheet, row, column, buffer_text(&t->text), t->text.len, false);
    if (columns > 1 || rows > 1)
        sheet_merge(&t->sheet, (struct sheet_range){row, column, row + rows - 1, column + columns - 1});
    word_skip_cells(w, columns);
}

void word_skip_cells(struct word *w, uint32_t columns)
{
    struct word_table *t = &w->tables[w->n_tables - 1];
    t->column = columns < MAX_COLUMN && t->column < MAX_COLUMN ? t->column + columns : MAX_COLUMN;
}

void word_end_table(struct word *w)
{
    struct word_table *t = &w->tables[w->n_tables - 1];
    struct document_reader *r = w->reader;
    char place[40];
    snprintf(place, sizeof place, "table %zu", r->n_tables + 1);
    /* A table of one cell is a frame around a text. */
    if (t->sheet.n == 1 && w->n_tables == 1) {
        struct sheet_cell only = t->sheet.cells[0];
        reader_make(r, "\n", 1);
        w->n_paragraphs++;
        struct word_paragraph p = {.kind = BLOCK_PARAGRAPH};
        add_block(w, &p, only.cell.text, only.cell.len, (size_t)only.cell.begin);
    } else {
        sheet_end_table(&t->sheet, buffer_text(&w->caption), t->n_header, reader_keep(r, place, strlen(place)));
    }
    buffer_clear(&w->caption);
    free_table(t);
    w->n_tables--;
}

void word_end(struct word *w)
{
    struct document_reader *r = w->reader;
    while (w->n_tables) word_end_table(w);
    pair_list_flush(&w->pairs);
    for (size_t i = 0; i < r->n_blocks; i++) {
        struct block *b = &r->blocks[i];
        char place[48];
        if (b->kind == BLOCK_HEADING || b->table) continue;
        snprintf(place, sizeof place, "paragraph %zu", b->line_first);
        b->place = reader_keep(r, place, strlen(place));
    }
    if (w->caption.failed) r->failed = true;
}
