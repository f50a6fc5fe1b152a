/* What the fuzzers of documents share: any bytes are read, or refused with one line that names the
 * file; what is read keeps its promises and is not much larger than the file. */
#ifndef TESTS_FUZZ_DOCUMENT_H
#define TESTS_FUZZ_DOCUMENT_H

#include "base/utf8.h"
#include "document/document.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void fuzz_expect(bool ok)
{
    if (!ok) abort();
}

static inline void fuzz_check_table(const struct table *t, size_t size)
{
    fuzz_expect(t->n_rows && t->n_columns && t->n_columns <= DOCUMENT_MAX_COLUMNS);
    fuzz_expect(t->n_header_rows <= t->n_rows && t->caption && t->number);
    for (size_t i = 0; i < t->n_rows * t->n_columns; i++) {
        const struct cell *c = &t->cells[i];
        fuzz_expect(c->text && c->len <= DOCUMENT_MAX_CELL && strlen(c->text) == c->len);
        fuzz_expect(utf8_is_valid(c->text, c->len));
        fuzz_expect(c->line <= size + 1 && c->begin <= 3 * (uint64_t)size + 3);
    }
}

/* kind N_DOCUMENT_KINDS: as the path and the contents tell. */
static inline void fuzz_document(const char *path, enum document_kind kind, const uint8_t *data,
                                 size_t size)
{
    struct error err = {0};
    struct document d;
    struct document_options options = {.path = path};
    const char *text = (const char *)data;
    if ((kind == N_DOCUMENT_KINDS && !document_kind_find(path, text, size, &kind, &err)) ||
        !document_read(&d, kind, text, size, &options, &err)) {
        fuzz_expect(strncmp(err.text, path, strlen(path)) == 0 && !strchr(err.text, '\n'));
        return;
    }
    if (d.text) size = d.text_len > size ? d.text_len : size; /* where cells stand */
    fuzz_expect(d.n_blocks && d.n_notes <= DOCUMENT_MAX_NOTES && d.encoding && d.path);
    fuzz_expect(d.arena.used <= 4 * 1024 * 1024 + 256 * size);
    size_t tables = 0;
    for (size_t i = 0; i < d.n_blocks; i++) {
        const struct block *b = &d.blocks[i];
        fuzz_expect(b->text && strlen(b->text) == b->len && utf8_is_valid(b->text, b->len));
        fuzz_expect(b->line_first >= 1 && b->line_last >= b->line_first && b->begin <= b->end);
        fuzz_expect(b->end <= 3 * (uint64_t)size + 3 && b->line_last <= size + 1);
        fuzz_expect((b->kind == BLOCK_TABLE) == (b->table != NULL));
        if (!b->table) continue;
        fuzz_check_table(b->table, size);
        fuzz_expect(b->table->number == ++tables);
    }
    for (size_t i = 0; i < d.n_notes; i++)
        fuzz_expect(utf8_is_valid(d.notes[i].text, strlen(d.notes[i].text)) &&
                    !strchr(d.notes[i].text, '\n'));
    document_free(&d);
}

#endif
