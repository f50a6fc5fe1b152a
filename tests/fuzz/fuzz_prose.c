/* Prose to facts: any bytes as headings and paragraphs. What comes out stands in the text: quotes
 * are sentences of it, figures lie within their block, values are finite and point at their own
 * record and column. */
#include "base/utf8.h"
#include "ingest/prose.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BLOCKS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct block blocks[MAX_BLOCKS] = {0};
    struct document d = {.path = "/fuzz/2021-ford-ranger.md", .blocks = blocks};
    char *text = malloc(size + 1);
    if (!text) return 0;
    for (size_t i = 0; i < size; i++)
        text[i] = bytes[i] ? (char)bytes[i] : ' '; /* blocks hold no NUL */
    text[size] = '\0';
    /* lines are blocks; '#' makes a heading, '-' an item, '|' stands for a table */
    for (size_t at = 0, line = 1; at < size && d.n_blocks < MAX_BLOCKS; line++) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t len = end ? (size_t)(end - (text + at)) : size - at;
        struct block *b = &blocks[d.n_blocks++];
        *b = (struct block){.kind = BLOCK_PARAGRAPH,
                            .text = text + at,
                            .len = len,
                            .line_first = line,
                            .line_last = line,
                            .begin = at,
                            .end = at + len};
        if (len && text[at] == '#') {
            b->kind = BLOCK_HEADING;
            while (b->len && *b->text == '#' && b->level < 6) {
                b->text++;
                b->len--;
                b->level++;
            }
        } else if (len && text[at] == '-') {
            b->kind = BLOCK_LIST_ITEM;
        } else if (len && text[at] == '|') {
            b->kind = BLOCK_TABLE;
        }
        at += len + 1;
    }
    struct prose p;
    struct error err = {0};
    if (!prose_read(&p, &d, text, size, &err)) abort();
    size_t seen = 0;
    for (size_t s = 0; s < p.n_sources; s++) {
        const struct prose_source *source = &p.sources[s];
        if (source->n_values == 0 || source->first_value != seen) abort();
        seen += source->n_values;
        for (size_t i = source->first_value; i < seen; i++) {
            const struct prose_value *v = &p.values[i];
            const struct fact_value *f = &v->fact;
            if (v->record - source->first_record >= source->n_records) abort();
            if (v->column - source->first_column >= source->n_columns) abort();
            if (!isfinite(f->low) || !isfinite(f->high) || f->low > f->high) abort();
            if (f->begin > f->end || f->end > size || f->line == 0) abort();
            if (f->len != strlen(f->text) || f->len == 0 || !f->quote || !strstr(f->quote, f->text))
                abort();
            const struct fact_record *r = &p.records[v->record];
            if (!*r->title || !(*r->make || *r->model)) abort();
        }
    }
    if (seen != p.n_values) abort();
    prose_free(&p);
    free(text);
    return 0;
}
