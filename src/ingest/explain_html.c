#include "ingest/explain_html.h"

#include "base/file.h"
#include "base/utf8.h"
#include "document/pdf_client.h"
#include "ingest/interpret.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 500, MAX_COLUMNS = 60, MAX_TEXT = 400, DPI = 80 };

struct report {
    explain_write *write;
    void *context;
    const struct explain_options *options;
    const struct document *document;
    struct pdf_client *pdf; /* NULL: there are no pages */
    struct context_walk walk;
    struct interpret_context table; /* the next one, when more */
    size_t block;
    bool more;
    const struct table *open; /* one that goes on over pages, and its first row on the next one */
    size_t open_row;
    struct buffer out;
    struct arena arena;
};

static const char HEAD[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>\n"
    "body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1b1f24; }\n"
    ".page { position: relative; border: 1px solid #c8ccd2; margin: 1rem 0; }\n"
    ".page img { display: block; width: 100%; }\n"
    ".cell { position: absolute; box-sizing: border-box; border: 1px solid #1f6feb; background: rgba(31, 111, 235, .12); }\n"
    ".odd .cell, .cell.odd { border-color: #9a3fb5; background: rgba(154, 63, 181, .12); }\n"
    ".cell.doubtful { border-color: #c4320a; background: rgba(196, 50, 10, .2); }\n"
    "table { border-collapse: collapse; margin: .5rem 0; display: block; overflow-x: auto; }\n"
    "td, th { border: 1px solid #c8ccd2; padding: .15rem .5rem; text-align: left; vertical-align: top; }\n"
    "th { background: #eef1f5; }\n"
    "pre { background: #f6f8fa; padding: .75rem; overflow-x: auto; font-size: 13px; }\n"
    "</style>\n";

static void append_escaped(struct buffer *out, const char *text, size_t len, size_t max)
{
    size_t n = utf8_complete_prefix(text, len < max ? len : max);
    for (size_t i = 0; i < n; i++) {
        switch (text[i]) {
        case '&': buffer_puts(out, "&amp;"); break;
        case '<': buffer_puts(out, "&lt;"); break;
        case '>': buffer_puts(out, "&gt;"); break;
        case '"': buffer_puts(out, "&quot;"); break;
        case '\'': buffer_puts(out, "&#39;"); break;
        case '\n': buffer_putc(out, '\n'); break;
        default: buffer_putc(out, (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i]);
        }
    }
    if (n < len) buffer_puts(out, "...");
}

static void append_base64(struct buffer *out, const unsigned char *data, size_t len)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i;
        uint32_t v = (uint32_t)data[i] << 16 | (n > 1 ? (uint32_t)data[i + 1] << 8 : 0) | (n > 2 ? data[i + 2] : 0);
        char four[4] = {DIGITS[v >> 18], DIGITS[v >> 12 & 63], n > 1 ? DIGITS[v >> 6 & 63] : '=',
                        n > 2 ? DIGITS[v & 63] : '='};
        buffer_append(out, four, sizeof four);
    }
}

/* Hands on what has been written so far. */
static bool flush(struct report *r, struct error *err)
{
    if (r->out.failed) return error_memory(err, "the report");
    bool ok = r->write(r->context, buffer_text(&r->out), r->out.len);
    buffer_clear(&r->out);
    return ok || error_set(err, ERROR_IO, "the report cannot be written");
}

/* ---- tables ---- */

static void append_cells(struct buffer *out, const struct table *t, size_t n_header)
{
    buffer_puts(out, "<table>\n");
    if (t->caption && *t->caption) {
        buffer_puts(out, "<caption>");
        append_escaped(out, t->caption, strlen(t->caption), MAX_TEXT);
        buffer_puts(out, "</caption>\n");
    }
    size_t columns = t->n_columns < MAX_COLUMNS ? t->n_columns : MAX_COLUMNS;
    for (size_t i = 0; i < t->n_rows && i < MAX_ROWS; i++) {
        const char *kind = i < n_header ? "th" : "td";
        buffer_puts(out, "<tr>");
        for (size_t j = 0; j < columns; j++) {
            const struct cell *c = &t->cells[i * t->n_columns + j];
            buffer_printf(out, "<%s>", kind);
            append_escaped(out, c->text, c->len, MAX_TEXT);
            buffer_printf(out, "</%s>", kind);
        }
        buffer_puts(out, "</tr>\n");
    }
    buffer_puts(out, "</table>\n");
    if (t->n_rows > MAX_ROWS) buffer_printf(out, "<p>and %zu more rows</p>\n", t->n_rows - MAX_ROWS);
    if (t->n_columns > columns) buffer_printf(out, "<p>and %zu more columns</p>\n", t->n_columns - columns);
}

/* A table, or one of those that it is cut into, and how it was read. */
static bool append_slice(struct report *r, const struct table *t, struct error *err)
{
    struct interpretation in;
    struct buffer text = {0};
    if (!interpret_table(&in, t, &r->table, err)) return false;
    append_cells(&r->out, t, in.frame.has_header && in.frame.header_row < t->n_rows ? in.frame.header_row + 1 : 0);
    interpretation_free(&in);
    bool ok = explain_table(&text, t, &r->table, r->options, err);
    buffer_puts(&r->out, "<pre>");
    append_escaped(&r->out, buffer_text(&text), text.len, text.len);
    buffer_puts(&r->out, "</pre>\n");
    r->out.failed |= text.failed;
    buffer_free(&text);
    return ok;
}

static bool next_table(struct report *r)
{
    r->more = context_walk_next(&r->walk, &r->table, &r->block);
    return r->more;
}

/* The tables that begin before `end`, from the next one on. */
static bool append_tables(struct report *r, uint64_t end, struct error *err)
{
    bool ok = true;
    for (; ok && r->more && r->document->blocks[r->block].begin < end; next_table(r)) {
        const struct table *t = r->document->blocks[r->block].table;
        struct table *slices;
        size_t n = 0;
        buffer_printf(&r->out, "<h3>Table %zu", t->number);
        if (t->place) {
            buffer_puts(&r->out, ": ");
            append_escaped(&r->out, t->place, strlen(t->place), MAX_TEXT);
        }
        buffer_puts(&r->out, "</h3>\n");
        ok = table_slices(t, &r->arena, &slices, &n) || error_memory(err, "the reading of a table");
        for (size_t k = 0; ok && k < n; k++) ok = append_slice(r, &slices[k], err);
        ok = ok && flush(r, err);
    }
    return ok;
}

/* ---- pages ---- */

static size_t first_place(const struct document *d, uint64_t begin)
{
    size_t low = 0, high = d->n_places;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->places[middle].end <= begin) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* The boxes of a cell that stand on the page. */
static void append_marks(struct report *r, const struct document_page *page, const struct table *t, size_t row, size_t column)
{
    const struct document *d = r->document;
    const struct cell *c = &t->cells[row * t->n_columns + column];
    for (size_t i = first_place(d, c->begin); c->len && i < d->n_places && d->places[i].begin < c->begin + c->len; i++) {
        const struct document_place *p = &d->places[i];
        if (p->page != page->number) continue;
        double w = page->width > 0 ? 100 / (double)page->width : 0, h = page->height > 0 ? 100 / (double)page->height : 0;
        buffer_printf(&r->out, "<div class=\"cell%s%s\" style=\"left:%.2f%%;top:%.2f%%;width:%.2f%%;height:%.2f%%\" title=\"",
                      t->number % 2 ? "" : " odd", p->low_confidence ? " doubtful" : "", (double)p->box.x0 * w,
                      (double)p->box.y0 * h, (double)(p->box.x1 - p->box.x0) * w, (double)(p->box.y1 - p->box.y0) * h);
        buffer_printf(&r->out, "table %zu, row %zu, column %zu%s: ", t->number, row + 1, column + 1,
                      p->low_confidence ? " (OCR was not sure)" : "");
        append_escaped(&r->out, c->text, c->len, MAX_TEXT);
        buffer_puts(&r->out, "\"></div>\n");
    }
}

/* Marks the cells of a table that stand on the page; those of its next page are left for it. */
static void append_table_marks(struct report *r, const struct document_page *page, const struct table *t)
{
    size_t i = t == r->open ? r->open_row : 0;
    for (; i < t->n_rows; i++) {
        const struct cell *row = &t->cells[i * t->n_columns];
        uint64_t last = 0;
        for (size_t j = 0; j < t->n_columns; j++)
            if (row[j].len && row[j].begin > last) last = row[j].begin;
        if (last >= page->end) break;
        for (size_t j = 0; j < t->n_columns; j++)
            if (row[j].begin >= page->begin && row[j].begin < page->end) append_marks(r, page, t, i, j);
    }
    r->open = t;
    r->open_row = i;
}

static bool append_picture(struct report *r, const struct document_page *page, struct error *err)
{
    struct buffer png = {0};
    struct error why = {0};
    bool ok = pdf_render(r->pdf, page->number, DPI, NULL, 0, &png, &why);
    if (!ok && (why.code == ERROR_CANCELLED || why.code == ERROR_MEMORY)) {
        buffer_free(&png);
        return error_set(err, why.code, "%s", why.text);
    }
    if (ok) {
        buffer_printf(&r->out, "<img alt=\"page %zu\" src=\"data:image/png;base64,", page->number);
        append_base64(&r->out, (const unsigned char *)png.data, png.len);
        buffer_puts(&r->out, "\">\n");
    } else {
        buffer_puts(&r->out, "<p>");
        append_escaped(&r->out, why.text, strlen(why.text), MAX_TEXT);
        buffer_puts(&r->out, "</p>\n");
    }
    buffer_free(&png);
    return flush(r, err);
}

static bool append_page(struct report *r, const struct document_page *page, const struct block *tables[], size_t n,
                        struct error *err)
{
    buffer_printf(&r->out, "<section>\n<h2>Page %zu", page->number);
    if (page->label && *page->label) {
        buffer_puts(&r->out, " (");
        append_escaped(&r->out, page->label, strlen(page->label), MAX_TEXT);
        buffer_putc(&r->out, ')');
    }
    buffer_puts(&r->out, "</h2>\n<div class=\"page\">\n");
    if (!append_picture(r, page, err)) return false;
    for (size_t k = 0; k < n; k++) append_table_marks(r, page, tables[k]->table);
    buffer_puts(&r->out, "</div>\n");
    bool ok = append_tables(r, page->end, err);
    buffer_puts(&r->out, "</section>\n");
    return ok && flush(r, err);
}

/* Pages and tables follow each other in the text; a table may go on over pages. */
static bool append_pages(struct report *r, struct error *err)
{
    const struct document *d = r->document;
    const struct block **tables = calloc(d->n_blocks + 1, sizeof *tables);
    size_t n = 0, first = 0, last = 0;
    bool ok = tables || error_memory(err, "the report");
    for (size_t i = 0; ok && i < d->n_blocks; i++)
        if (d->blocks[i].kind == BLOCK_TABLE) tables[n++] = &d->blocks[i];
    for (size_t i = 0; ok && i < d->n_pages; i++) {
        const struct document_page *page = &d->pages[i];
        while (first < n && tables[first]->end <= page->begin) first++;
        last = last < first ? first : last;
        while (last < n && tables[last]->begin < page->end) last++;
        ok = append_page(r, page, tables + first, last - first, err);
    }
    free(tables);
    return ok;
}

/* ---- the whole ---- */

static void append_head(struct report *r)
{
    const struct document *d = r->document;
    size_t tables = 0;
    for (size_t i = 0; i < d->n_blocks; i++) tables += d->blocks[i].kind == BLOCK_TABLE;
    buffer_puts(&r->out, HEAD);
    for (int part = 0; part < 2; part++) {
        buffer_puts(&r->out, part ? "</head>\n<body>\n<h1>" : "<title>");
        append_escaped(&r->out, path_base(d->path), strlen(path_base(d->path)), MAX_TEXT);
        buffer_puts(&r->out, part ? "</h1>\n<p>" : "</title>\n");
    }
    buffer_puts(&r->out, document_kind_name(d->kind));
    if (d->n_pages) buffer_printf(&r->out, "; %zu page%s", d->n_pages, d->n_pages == 1 ? "" : "s");
    buffer_printf(&r->out, "; %zu table%s</p>\n", tables, tables == 1 ? "" : "s");
    if (d->n_notes) buffer_puts(&r->out, "<ul>\n");
    for (size_t i = 0; i < d->n_notes; i++) {
        buffer_puts(&r->out, "<li>");
        append_escaped(&r->out, d->notes[i].text, strlen(d->notes[i].text), MAX_TEXT);
        buffer_puts(&r->out, "</li>\n");
    }
    if (d->n_notes_left_out) buffer_printf(&r->out, "<li>and %zu more</li>\n", d->n_notes_left_out);
    if (d->n_notes) buffer_puts(&r->out, "</ul>\n");
}

static bool append_report(struct report *r, const struct mapping *file, const struct pdf_options *pages, struct error *err)
{
    const struct document *d = r->document;
    context_walk_init(&r->walk, d);
    next_table(r);
    append_head(r);
    bool ok = flush(r, err);
    if (ok && d->n_pages) {
        r->pdf = pdf_open_fd(d->path, file->fd, pages, err);
        ok = r->pdf && append_pages(r, err);
    }
    ok = ok && append_tables(r, UINT64_MAX, err);
    buffer_puts(&r->out, "</body>\n</html>\n");
    ok = ok && flush(r, err);
    pdf_close(r->pdf);
    buffer_free(&r->out);
    arena_free(&r->arena);
    return ok;
}

bool explain_html(explain_write *write, void *context, const char *path, const struct explain_options *options,
                  const atomic_bool *cancel, struct error *err)
{
    static const struct explain_options NO_OPTIONS = {0};
    if (!options) options = &NO_OPTIONS;
    struct mapping file = {0};
    if (!mapping_open(&file, path, err)) return false;
    const char *data = file.data ? (const char *)file.data : "";
    enum document_kind kind;
    struct document d;
    const struct document_options read = {.path = path,
                                          .cancel = cancel,
                                          .password = options->password,
                                          .ocr_languages = options->ocr_languages,
                                          .file = &file};
    bool ok = document_kind_find(path, data, file.size, &kind, err) && document_read(&d, kind, data, file.size, &read, err);
    if (ok) {
        struct report r = {.write = write, .context = context, .options = options, .document = &d};
        ok = append_report(&r, &file, &(struct pdf_options){.password = options->password, .cancel = cancel}, err);
        document_free(&d);
    }
    mapping_close(&file);
    return ok;
}
