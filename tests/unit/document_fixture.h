/* Documents as text, for tests:
 *
 *   # heading
 *   paragraph
 *   [caption] row
 *   1: Make|Model
 *   2: Seat|Leon
 *   ! note
 */
#ifndef TESTS_DOCUMENT_FIXTURE_H
#define TESTS_DOCUMENT_FIXTURE_H

#include "base/buffer.h"
#include "base/utf8.h"
#include "document/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static inline void document_print(const struct document *d, struct buffer *out)
{
    static const char *const WORDS[] = {"row", "item", "line"};
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct block *b = &d->blocks[i];
        const struct table *t = b->table;
        if (b->kind == BLOCK_HEADING) buffer_puts(out, "# ");
        if (b->kind != BLOCK_TABLE) {
            buffer_printf(out, "%s\n", b->text);
            continue;
        }
        buffer_printf(out, "[%s] %s%s%s\n", t->caption, WORDS[t->row_word],
                      t->key_value ? " pairs" : "", t->n_keys ? " keyed" : "");
        for (size_t r = 0; r < t->n_rows; r++) {
            buffer_printf(out, r < t->n_header_rows ? "-:" : "%zu:", t->row_numbers[r]);
            for (size_t c = 0; c < t->n_columns; c++)
                buffer_printf(out, "%s%s", c ? "|" : " ", t->cells[r * t->n_columns + c].text);
            buffer_putc(out, '\n');
        }
    }
    for (size_t i = 0; i < d->n_notes; i++) buffer_printf(out, "! %s\n", d->notes[i].text);
}

/* What every document keeps, whatever was read. */
static inline void document_check(const struct document *d, size_t len)
{
    if (d->text) len = d->text_len; /* where cells stand */
    assert_true(d->n_blocks > 0);
    assert_true(d->n_notes <= DOCUMENT_MAX_NOTES);
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct block *b = &d->blocks[i];
        assert_true(b->line_first >= 1 && b->line_last >= b->line_first && b->begin <= b->end);
        assert_true((b->kind == BLOCK_TABLE) == (b->table != NULL));
        if (!b->table) continue;
        const struct table *t = b->table;
        assert_true(t->n_rows > 0 && t->n_columns > 0 && t->n_columns <= DOCUMENT_MAX_COLUMNS);
        assert_true(t->n_header_rows <= t->n_rows);
        for (size_t k = 0; k < t->n_rows * t->n_columns; k++) {
            const struct cell *c = &t->cells[k];
            assert_true(c->text && strlen(c->text) == c->len && c->len <= DOCUMENT_MAX_CELL);
            assert_true(utf8_is_valid(c->text, c->len));
            assert_true(c->begin <= 3 * (uint64_t)len + 3);
        }
    }
}

static inline void expect_document_bytes(const char *path, const char *data, size_t len,
                                         const char *expected)
{
    struct error err = {0};
    struct document d;
    enum document_kind kind;
    struct document_options options = {.path = path};
    struct buffer got = {0};
    if (!document_kind_find(path, data, len, &kind, &err) ||
        !document_read(&d, kind, data, len, &options, &err))
        fail_msg("%s", err.text);
    document_check(&d, len);
    document_print(&d, &got);
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
    document_free(&d);
}

static inline void expect_document(const char *path, const char *text, const char *expected)
{
    expect_document_bytes(path, text, strlen(text), expected);
}

static inline void expect_document_error(const char *path, const char *data, size_t len,
                                         enum error_code code, const char *message)
{
    struct error err = {0};
    struct document d;
    enum document_kind kind;
    struct document_options options = {.path = path};
    if (document_kind_find(path, data, len, &kind, &err) &&
        document_read(&d, kind, data, len, &options, &err)) {
        document_free(&d);
        fail_msg("%s was read", path);
    }
    assert_string_equal(err.text, message);
    assert_int_equal(err.code, code);
}

#endif
