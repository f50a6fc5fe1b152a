/* Cells that were found by the question's words: each under the names of its row and column, as they
 * stand, for nothing else is known of them. */
#include "answer/render_parts.h"

#include <string.h>

/* "3 + 84°": a torque and an angle behind it are one specification, given as it is written, with its unit. */
static const char *whole_text(struct renderer *r, const struct result_row *row)
{
    const struct fact_row *f = &row->fact;
    if (f->kind != VALUE_NUMBER || row->converted || f->remark[0] != '+') return NULL;
    struct buffer text = {0};
    clean_write(&text, f->text, WORDING_MAX_VALUE);
    if (row->unit && !strstr(f->text, row->unit->symbol)) buffer_printf(&text, " (%s)", row->unit->symbol);
    return render_keep(r, &text);
}

static const char *cell_text(struct renderer *r, size_t i)
{
    const struct result_row *row = &r->r->rows[i];
    const struct catalog_column *col = &r->c->columns[row->column];
    struct rows one = {.items = arena_array(r->arena, 1, sizeof *one.items), .n = 1};
    if (!one.items) {
        r->failed = true;
        return "";
    }
    one.items[0] = i;
    size_t n;
    bool numbers;
    struct item *item = items_make(r, one, &n, &numbers);
    if (n == 0) return "";
    const char *whole = whole_text(r, row);
    struct buffer name = {0};
    if (col->section[0]) {
        clean_write(&name, col->section, WORDING_MAX_NAME);
        buffer_puts(&name, " – ");
    }
    clean_write(&name, col->name, WORDING_MAX_NAME);
    return render_phrase(r, PHRASE_CELL,
                         &(struct phrase_slots){.vehicle = record_text(r, row->record),
                                                .attribute = render_keep(r, &name),
                                                .value = whole ? whole : item_text(r, &item[0], false)});
}

void render_cells(struct renderer *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->r->n_rows; i++) n += row_usable(r, i) && !row_is_repeat(r, i);
    if (n == 0) return;
    if (n > 1) render_sentence(r, PHRASE_CELLS, &(struct phrase_slots){0});
    for (size_t i = 0; i < r->r->n_rows; i++) {
        if (!row_usable(r, i) || row_is_repeat(r, i)) continue;
        if (n > 1) buffer_puts(&r->text, "\n- ");
        buffer_puts(&r->text, cell_text(r, i));
    }
    struct buffer words = {0};
    for (size_t k = 0; k < r->q->n_cell_words; k++) {
        if (k) buffer_puts(&words, ", ");
        clean_write(&words, r->q->cell_words[k].text, WORDING_MAX_NAME);
    }
    render_note(r, PHRASE_NOTE_CELL, &(struct phrase_slots){.list = render_keep(r, &words)});
}
