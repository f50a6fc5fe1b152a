/* The files that tests/e2e/office_files.py writes, made once for a test program in its scratch folder. */
#ifndef TESTS_OFFICE_FIXTURE_H
#define TESTS_OFFICE_FIXTURE_H

#include "scratch.h"

#include "document_fixture.h"

static inline int office_make(void **state)
{
    char command[512];
    if (scratch_make(state) != 0) return -1;
    snprintf(command, sizeof command, "python3 tests/e2e/office_files.py '%s'", scratch);
    return system(command) == 0 ? 0 : -1; /* NOLINT: the tests' own script */
}

static inline void expect_office(const char *name, const char *expected)
{
    struct mapping m;
    struct error err = {0};
    if (!mapping_open(&m, in_scratch(name), &err)) fail_msg("%s", err.text);
    expect_document_bytes(name, (const char *)m.data, m.size, expected);
    mapping_close(&m);
}

/* The document, to be freed. */
static inline struct document office_read(const char *name)
{
    struct mapping m;
    struct error err = {0};
    struct document d;
    enum document_kind kind;
    struct document_options options = {.path = name};
    if (!mapping_open(&m, in_scratch(name), &err) ||
        !document_kind_find(name, (const char *)m.data, m.size, &kind, &err) ||
        !document_read(&d, kind, (const char *)m.data, m.size, &options, &err))
        fail_msg("%s", err.text);
    mapping_close(&m);
    return d;
}

static inline void expect_office_error(const char *name, const char *message)
{
    struct mapping m;
    struct error err = {0};
    struct document d;
    enum document_kind kind;
    const char *path = path_base(name);
    struct document_options options = {.path = path};
    if (!mapping_open(&m, in_scratch(name), &err)) fail_msg("%s", err.text);
    const char *data = m.data ? (const char *)m.data : "";
    if (document_kind_find(path, data, m.size, &kind, &err) && document_read(&d, kind, data, m.size, &options, &err))
        fail_msg("%s was read", name);
    assert_string_equal(err.text, message);
    mapping_close(&m);
}

/* Blocks and cells stand in the document's text as they are told. */
static inline void expect_texts_in_place(const struct document *d)
{
    assert_non_null(d->text);
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct block *b = &d->blocks[i];
        assert_true(b->end <= d->text_len);
        if (!b->table) {
            assert_true(b->end - b->begin >= b->len);
            assert_memory_equal(d->text + b->begin, b->text, b->len < 4 ? b->len : 4);
            continue;
        }
        for (size_t k = 0; k < b->table->n_rows * b->table->n_columns; k++) {
            const struct cell *c = &b->table->cells[k];
            assert_true(c->begin + c->len <= d->text_len);
            if (c->len) assert_memory_equal(d->text + c->begin, c->text, c->len);
        }
    }
}

#endif
