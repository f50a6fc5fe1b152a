/* The tables of a Markdown document: their cells come one by one, as headings that stand for
 * them. */
#include "document/html_table.h"
#include "document/markdown_parts.h"
#include "document/reader.h"

#include <stdlib.h>

void markdown_end_table(struct markdown *m)
{
    if (!m->in_table) return;
    m->in_table = false;
    const struct markdown_table *t = &m->source.tables[m->table];
    const char *data = m->r->data;
    struct table_builder builder;
    struct buffer joined = {0};
    table_builder_init(&builder, m->r);
    size_t line = t->begin, number = t->line, next = 0, from = 0;
    for (size_t row = 0; line < t->end; row++, number++) {
        size_t at, end, begin, behind;
        line = markdown_row_span(t, data, line, &at, &end);
        if (row == 1) continue; /* the dashes */
        table_builder_add_row(&builder, row ? row - 1 : 0);
        while (markdown_cell_next(data, end, &at, &begin, &behind)) {
            const char *text = data + begin;
            size_t len = behind - begin, place = begin;
            if (next < m->n_cell_texts &&
                m->source.marks[m->cell_texts[next].mark].begin == begin && len) {
                buffer_clear(&joined);
                html_join_lines(&joined, buffer_text(&m->cells) + from,
                                m->cell_texts[next].end - from, row == 0);
                text = buffer_text(&joined);
                len = joined.len;
                place = m->cell_texts[next].begin;
                from = m->cell_texts[next++].end;
            }
            table_builder_add_cell(&builder, text, len, number, place);
        }
    }
    if (joined.failed || m->cells.failed) m->r->failed = true;
    table_builder_end(&builder, m->caption.text, m->caption.len, ROW_ROW, 1, t->line, number - 1,
                      t->begin, t->end);
    table_builder_free(&builder);
    buffer_free(&joined);
    buffer_clear(&m->cells);
    m->n_cell_texts = 0;
}

void markdown_add_cell(struct markdown *m, size_t mark)
{
    size_t table = m->source.marks[mark].table;
    if (m->in_table && m->table != table) markdown_end_table(m);
    if (!m->in_table) {
        pair_list_flush(&m->pairs);
        m->below_heading = false;
        m->in_table = true;
        m->table = table;
        m->caption = m->captions[0];
        m->captions[0].len = 0;
    }
    if (m->n_cell_texts == m->cap_cell_texts) {
        size_t cap = m->cap_cell_texts ? m->cap_cell_texts * 2 : 64;
        struct cell_text *items = realloc(m->cell_texts, cap * sizeof *items);
        if (!items) {
            m->r->failed = true;
            return;
        }
        m->cell_texts = items;
        m->cap_cell_texts = cap;
    }
    buffer_append(&m->cells, buffer_text(&m->text), m->text.len);
    m->cell_texts[m->n_cell_texts++] =
        (struct cell_text){.mark = mark,
                           .begin = m->n_pieces ? m->pieces[0].begin : m->source.marks[mark].begin,
                           .end = m->cells.len};
}
