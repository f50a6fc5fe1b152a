/* autospec tables: the tables of PDF files and scanned pages, with the place of each cell. */
#include "base/file.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "document/page_layout.h"
#include "document/pdf_client.h"

#include <stdio.h>
#include <string.h>

static json_t *box_json(const struct page_box *b)
{
    return json_pack("[f,f,f,f]", (double)b->x0, (double)b->y0, (double)b->x1, (double)b->y1);
}

static json_t *table_json(const char *path, const struct page *page, size_t number,
                          const struct layout_table *t)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < t->n_cells; i++) {
        const struct layout_cell *c = &t->cells[i];
        json_array_append_new(
            cells, json_pack("{s:I, s:I, s:I, s:I, s:o, s:s%}", "row", (json_int_t)c->row + 1, "column",
                             (json_int_t)c->column + 1, "rows", (json_int_t)c->rows, "columns",
                             (json_int_t)c->columns, "box", box_json(&c->box), "text", c->text, (size_t)c->len));
    }
    return json_pack("{s:s, s:I, s:I, s:o, s:b, s:I, s:I, s:o}", "file", path, "page",
                     (json_int_t)page->number, "table", (json_int_t)number, "box", box_json(&t->box),
                     "ruled", t->ruled, "rows", (json_int_t)t->n_rows, "columns", (json_int_t)t->n_columns,
                     "cells", cells);
}

static void print_table(const char *path, const struct page *page, size_t number,
                        const struct layout_table *t)
{
    output_text(path, strlen(path));
    output_printf(", page %zu, table %zu: %zu rows, %zu columns\n", page->number, number, t->n_rows, t->n_columns);
    for (size_t i = 0, row = 0; row < t->n_rows; row++) {
        for (size_t column = 0; column < t->n_columns; column++) {
            output_puts(column ? " | " : "  ");
            if (i == t->n_cells || t->cells[i].row != row || t->cells[i].column != column) continue;
            output_text(t->cells[i].text, t->cells[i].len);
            i++;
        }
        output_puts("\n");
        while (i < t->n_cells && t->cells[i].row <= row) i++;
    }
}

/* The tables of one page; `all`: NULL, or the JSON array that they go to. */
static bool page_tables(const char *path, const struct page *page, json_t *all, struct arena *arena,
                        struct error *err)
{
    const struct layout_options options = {0};
    struct page_layout layout;
    size_t number = 0;
    if (!page_layout_make(&layout, page, &options, arena)) return error_memory(err, "a page");
    for (size_t i = 0; i < layout.n_blocks; i++) {
        const struct layout_table *t = layout.blocks[i].table;
        if (!t) continue;
        number++;
        if (!all)
            print_table(path, page, number, t);
        else if (json_array_append_new(all, table_json(path, page, number, t)) != 0)
            return error_memory(err, "the tables");
    }
    return output_flush(err);
}

static bool file_tables(const struct command_line *line, const char *path, json_t *all, struct error *err)
{
    struct mapping m;
    if (!mapping_open(&m, path, err)) return false;
    const char *languages = settings_text(&line->settings, SETTING_OCR_LANGUAGES);
    const struct pdf_options options = {.password = line->password,
                                        .ocr_languages = languages && strcmp(languages, "off") != 0 ? languages : NULL,
                                        .cancel = interrupt_watch()};
    struct pdf_client *pdf = pdf_open(path, m.data, m.size, &options, err);
    mapping_close(&m);
    if (!pdf) return false;
    enum pdf_result result;
    bool ok = true;
    do {
        struct arena arena = {0};
        struct page page;
        result = pdf_next_page(pdf, &page, NULL, &arena, err);
        if (result == PDF_PAGE) {
            ok = page_tables(path, &page, all, &arena, err);
        } else if (result == PDF_PAGE_LOST) {
            fprintf(stderr, "autospec: %s\n", err->text);
            error_clear(err);
        }
        arena_free(&arena);
    } while (ok && (result == PDF_PAGE || result == PDF_PAGE_LOST));
    pdf_close(pdf);
    return ok && result == PDF_END;
}

static int run(struct command_line *line, struct error *err)
{
    if (line->n_arguments == 0) {
        error_set(err, ERROR_USAGE, "tables needs a file");
        return EXIT_USAGE;
    }
    json_t *all = line->json ? json_array() : NULL;
    bool ok = !line->json || all || error_memory(err, "the tables");
    for (size_t i = 0; ok && i < line->n_arguments; i++) ok = file_tables(line, line->arguments[i], all, err);
    if (ok && all) return output_json(all, err) ? EXIT_OK : EXIT_FAILED;
    json_decref(all);
    return ok ? EXIT_OK : EXIT_FAILED;
}

const struct command command_tables = {
    .name = "tables",
    .bit = COMMAND_TABLES,
    .arguments = "FILE...",
    .summary = "Show the tables of PDF files and scanned pages",
    .description = "Finds the tables of PDF files and pictures of pages: drawn with lines, and told by\n"
                   "white space alone. With --json each cell comes with its row and column, how many\n"
                   "it spans, and its box in points from the upper left corner of the page.\n",
    .run = run,
};
