/* What the tests of the store of facts share: a document with sources, columns and records, written
 * in a line each. */
#ifndef TESTS_UNIT_FACTS_FIXTURE_H
#define TESTS_UNIT_FACTS_FIXTURE_H

#include "scratch.h"
#include "store/facts.h"

#include <sqlite3.h>

static inline struct store *facts_store(const char *path)
{
    struct error err = {0};
    struct store *s = store_open(path, STORE_WRITE, &err);
    if (!s) fail_msg("%s", err.text);
    return s;
}

static inline void begin_document(struct store *s, const char *path, uint64_t hash)
{
    struct error err = {0};
    enum store_outcome outcome;
    if (!store_begin_document(s, path, "csv", hash, 100, &outcome, &err)) fail_msg("%s", err.text);
    assert_int_not_equal(outcome, STORE_UNCHANGED);
}

static inline struct store_written commit_document(struct store *s)
{
    struct error err = {0};
    struct store_written written;
    if (!store_commit(s, &written, &err)) fail_msg("%s", err.text);
    return written;
}

static inline int64_t add_source(struct store *s, const char *caption)
{
    struct error err = {0};
    int64_t id;
    struct fact_source source = {.caption = caption, .row_word = "row"};
    if (!store_add_source(s, &source, &id, &err)) fail_msg("%s", err.text);
    return id;
}

static inline int64_t add_column(struct store *s, int64_t source, const char *name)
{
    struct error err = {0};
    int64_t id;
    struct fact_column column = {.name = name, .section = "", .attribute = -1};
    if (!store_add_column(s, source, &column, &id, &err)) fail_msg("%s", err.text);
    return id;
}

static inline int64_t add_record(struct store *s, int64_t source, const char *model, size_t line)
{
    struct error err = {0};
    int64_t id;
    char place[32];
    snprintf(place, sizeof place, "row %zu", line);
    struct fact_record record = {.title = model,
                                 .make = "Škoda",
                                 .model = model,
                                 .trim = "",
                                 .year_first = 2022,
                                 .year_last = 2022,
                                 .place = place,
                                 .line = line,
                                 .quantity = 1};
    if (!store_add_record(s, source, &record, &id, &err)) fail_msg("%s", err.text);
    return id;
}

static inline struct fact_value text_value(const char *text)
{
    return (struct fact_value){
        .kind = VALUE_TEXT, .text = text, .len = strlen(text), .category = -1, .line = 2};
}

static inline struct fact_value number_value(double number, const char *text)
{
    return (struct fact_value){.kind = VALUE_NUMBER,
                               .low = number,
                               .high = number,
                               .text = text,
                               .len = strlen(text),
                               .category = -1,
                               .line = 2};
}

static inline void add_value(struct store *s, int64_t record, int64_t column, struct fact_value v)
{
    struct error err = {0};
    if (!store_add_values(s, record, column, &v, 1, &err)) fail_msg("%s", err.text);
}

static inline struct catalog read_catalog(struct store *s)
{
    struct error err = {0};
    struct catalog c;
    if (!catalog_read(&c, s, &err)) fail_msg("%s", err.text);
    return c;
}

static inline size_t read_values(struct store *s, const struct catalog *c, size_t record,
                                 struct arena *arena, struct fact_row **rows)
{
    struct error err = {0};
    size_t n;
    if (!store_read_values(s, c, record, NULL, 0, arena, rows, &n, &err)) fail_msg("%s", err.text);
    return n;
}

static inline size_t scan_column(struct store *s, const struct catalog *c, size_t column,
                                 struct arena *arena, struct fact_row **rows)
{
    struct error err = {0};
    size_t n;
    if (!store_scan_column(s, c, column, arena, rows, &n, &err)) fail_msg("%s", err.text);
    return n;
}

/* Runs SQL on a store's file behind its back. */
static inline void alter(const char *path, const char *sql)
{
    sqlite3 *db;
    char *message = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s: %s", sql, message);
    sqlite3_close(db);
}

/* The number that SQL gives, from a store's file. */
static inline int64_t look_up(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(db);
    return number;
}

#endif
