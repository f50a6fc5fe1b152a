/* Plain text: runs of lines between blank ones. */
#include "document/reader.h"
#include "document/text_lines.h"

#include <stdlib.h>

enum { CHECK_LINES = 512, TITLE_LINES = 3, LEVEL_TITLE = 1, LEVEL_SUBTITLE = 2 };

struct lines {
    struct text_line *items;
    size_t n, cap;
};

static bool add_line(struct lines *lines, const struct text_line *line)
{
    if (lines->n == lines->cap) {
        size_t cap = lines->cap ? lines->cap * 2 : 64;
        struct text_line *items = realloc(lines->items, cap * sizeof *items);
        if (!items) return false;
        lines->items = items;
        lines->cap = cap;
    }
    lines->items[lines->n++] = *line;
    return true;
}

/* The first lines of a file, without a blank one between them: its title and what stands below it.
 */
static bool is_title(const struct lines *run)
{
    if (run->n < 2 || run->n > TITLE_LINES) return false;
    for (size_t i = 0; i < run->n; i++)
        if (!text_is_heading(&run->items[i])) return false;
    return true;
}

static void add_title(struct document_reader *r, const struct lines *run)
{
    for (size_t i = 0; i < run->n; i++) {
        const struct text_line *l = &run->items[i];
        reader_add_block(r, BLOCK_HEADING, i == 0 ? LEVEL_TITLE : LEVEL_SUBTITLE, l->text, l->len,
                         l->number, l->number, l->begin, l->begin + l->len);
    }
}

bool read_text_document(struct document_reader *r, struct error *err)
{
    struct text_run run;
    struct text_line line = {0};
    struct lines lines = {0}, next = {0};
    size_t at = 0, number = 0;
    bool first = true, ok = true;
    text_run_init(&run, r);
    run.titles = text_has_titles(r->data, r->len);
    bool got = text_line_next(r->data, r->len, &at, &number, &line);
    while (got && line.len == 0) got = text_line_next(r->data, r->len, &at, &number, &line);
    while (ok && (got || next.n)) {
        /* A run of lines, and those behind it that go on with its table. */
        struct lines run_lines = next;
        next = lines;
        lines = run_lines;
        for (;;) {
            next.n = 0;
            for (; got && line.len; got = text_line_next(r->data, r->len, &at, &number, &line)) {
                if (!add_line(&next, &line)) r->failed = true;
                if (number % CHECK_LINES == 0 && !(ok = reader_check(r, err))) goto done;
            }
            while (got && line.len == 0) got = text_line_next(r->data, r->len, &at, &number, &line);
            bool more = lines.n == 0 || layout_goes_on(lines.items, lines.n, next.items, next.n);
            if (!more || next.n == 0) break;
            for (size_t i = 0; i < next.n; i++)
                if (!add_line(&lines, &next.items[i])) r->failed = true;
        }
        if (lines.n == 0) break;
        run.sole = first && lines.n == 1 && next.n == 0;
        if (first && next.n && is_title(&lines))
            add_title(r, &lines);
        else
            text_run_add(&run, lines.items, lines.n, next.n > 0);
        first = false;
        lines.n = 0;
        ok = reader_check(r, err);
    }
    if (ok) {
        text_run_end(&run);
        ok = reader_check(r, err);
    }
done:
    text_run_free(&run);
    free(lines.items);
    free(next.items);
    return ok;
}
