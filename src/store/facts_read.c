/* Reading typed facts: the cells of one record, or one column over all records of its source. */
#include "store/fact_block.h"
#include "store/facts.h"
#include "store/store_internal.h"

#include <limits.h>
#include <string.h>

/* Rows of the result, in the caller's arena. It grows by doubling: at most as much again is left
 * there. */
struct rows {
    struct store *s;
    const struct catalog *c;
    struct arena *arena;
    struct error *err;
    struct fact_row *items;
    size_t n, cap;
};

static struct fact_row *next_row(struct rows *r)
{
    if (r->n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 64;
        struct fact_row *items = arena_array(r->arena, cap, sizeof *items);
        if (!items) return NULL;
        if (r->n) memcpy(items, r->items, r->n * sizeof *items);
        r->items = items;
        r->cap = cap;
    }
    return &r->items[r->n++];
}

static bool damaged(struct rows *r, int64_t block, const char *what)
{
    return store_damaged(r->s, "fact_values", block, what, r->err);
}

/* Appends the parts of one cell. The cursor's bytes are in the arena. */
static bool take_parts(struct rows *r, int64_t block, struct fact_cursor parts, size_t record,
                       size_t column)
{
    const struct catalog *c = r->c;
    struct fact_part p;
    bool bad = false;
    const char *place = NULL; /* the record's */
    unsigned number = 0, group_base = 0, group_next = 0;
    for (; fact_part_next(&parts, &p, &bad); number++) {
        const struct unit *unit = p.unit ? unit_by_id((int)p.unit) : NULL;
        if (p.unit && !unit) return damaged(r, block, "a unit is not known");
        if (p.category >= c->n_category_of && p.category)
            return damaged(r, block, "a category does not exist");
        if (p.cell_start) group_base = group_next;
        if (p.group > UINT_MAX / 2 - group_base)
            return damaged(r, block, "a group is out of range");
        if (!p.place && !place && !(place = arena_strdup(r->arena, c->records[record].place)))
            return error_memory(r->err, "facts");
        struct fact_row *row = next_row(r);
        if (!row) return error_memory(r->err, "facts");
        *row = (struct fact_row){
            .record = record,
            .column = column,
            .kind = p.kind,
            .low = p.low,
            .high = p.high,
            .unit = unit,
            .likely_unit = !unit && p.kind == VALUE_NUMBER ? c->columns[column].likely_unit : NULL,
            .text = p.text,
            .remark = p.remark ? p.remark : "",
            .part = number,
            .group = group_base + p.group,
            .category = p.category ? c->category_of[p.category] : -1,
            .implausible = p.implausible,
            .missing_mark = p.missing_mark,
            .bound = p.bound,
            .low_confidence = p.low_confidence,
            .place = p.place ? p.place : place,
            .line = p.line ? (size_t)p.line : c->records[record].line,
            .begin = p.begin,
            .end = p.end,
            .quote = p.quote ? p.quote : "",
        };
        if (row->group >= group_next) group_next = row->group + 1;
    }
    return !bad || damaged(r, block, "a value is cut short or of no known form");
}

/* A copy of bytes in the arena, for rows to point into. */
static bool copy_bytes(struct rows *r, struct fact_cursor *c)
{
    size_t len = (size_t)(c->end - c->at);
    uint8_t *copy = arena_alloc(r->arena, len + 1);
    if (!copy) return error_memory(r->err, "facts");
    if (len) memcpy(copy, c->at, len);
    *c = (struct fact_cursor){copy, copy + len};
    return true;
}

/* The entry of a slot in a block; found where there is one. */
static bool take_slot(struct rows *r, int64_t block, struct fact_cursor data, unsigned slot,
                      size_t record, size_t column)
{
    struct fact_cursor parts;
    unsigned at;
    bool bad = false;
    while (fact_entry_next(&data, &at, &parts, &bad)) {
        if (at < slot) continue;
        if (at > slot) break;
        return copy_bytes(r, &parts) && take_parts(r, block, parts, record, column);
    }
    return !bad || damaged(r, block, "no block of values");
}

static struct fact_cursor column_bytes(sqlite3_stmt *q, int column)
{
    const uint8_t *data = sqlite3_column_blob(q, column);
    size_t len = (size_t)sqlite3_column_bytes(q, column);
    return data ? (struct fact_cursor){data, data + len} : (struct fact_cursor){0};
}

static bool prepare(struct store *s, struct error *err)
{
    return (s->begin || (s->begin = store_prepare(s, "BEGIN", err))) &&
           (s->end || (s->end = store_prepare(s, "COMMIT", err))) &&
           (s->find_block || (s->find_block = store_prepare(
                                  s, "SELECT data FROM fact_values WHERE id = ?1", err))) &&
           (s->scan_blocks ||
            (s->scan_blocks = store_prepare(s,
                                            "SELECT id, data FROM fact_values"
                                            " WHERE id >= ?1 AND id < ?2 ORDER BY id",
                                            err)));
}

/* Look-ups in one transaction: each of its own would lock and unlock the file. *begun: it is ours.
 */
static bool begin_read(struct store *s, bool *begun, struct error *err)
{
    if (!prepare(s, err)) return false;
    *begun = sqlite3_get_autocommit(s->db) != 0;
    bool ok = !*begun || sqlite3_step(s->begin) == SQLITE_DONE || store_fail(s, "reading", err);
    sqlite3_reset(s->begin);
    return ok;
}

static void end_read(struct store *s, bool begun)
{
    sqlite3_reset(s->find_block);
    sqlite3_reset(s->scan_blocks);
    if (begun) sqlite3_step(s->end);
    sqlite3_reset(s->end);
}

/* The block's bytes; empty where there is none. They are valid until the next look-up. */
static bool find_block(struct rows *r, int64_t id, struct fact_cursor *out)
{
    sqlite3_stmt *q = r->s->find_block;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, id);
    int rc = sqlite3_step(q);
    *out = rc == SQLITE_ROW ? column_bytes(q, 0) : (struct fact_cursor){0};
    return rc == SQLITE_ROW || rc == SQLITE_DONE || store_fail(r->s, "reading facts", r->err);
}

static bool read_all_columns(struct rows *r, size_t record)
{
    const struct catalog_record *of = &r->c->records[record];
    const struct catalog_source *source = &r->c->sources[of->source];
    unsigned slot = (unsigned)(of->id % FACT_BLOCK_RECORDS);
    int64_t first = fact_block_id(of->id, 0);
    sqlite3_stmt *q = r->s->scan_blocks;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, first);
    sqlite3_bind_int64(q, 2, first + (int64_t)source->n_columns);
    int rc;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(q, 0);
        if (!take_slot(r, id, column_bytes(q, 1), slot, record,
                       source->first_column + (size_t)(id - first)))
            return false;
    }
    return rc == SQLITE_DONE || store_fail(r->s, "reading facts", r->err);
}

static bool read_columns(struct rows *r, size_t record, const size_t *columns, size_t n)
{
    const struct catalog_record *of = &r->c->records[record];
    const struct catalog_source *source = &r->c->sources[of->source];
    unsigned slot = (unsigned)(of->id % FACT_BLOCK_RECORDS);
    for (size_t i = 0; i < n; i++) {
        if (columns[i] < source->first_column ||
            columns[i] - source->first_column >= source->n_columns)
            continue;
        int64_t id = fact_block_id(of->id, columns[i] - source->first_column);
        struct fact_cursor data;
        if (!find_block(r, id, &data) || !take_slot(r, id, data, slot, record, columns[i]))
            return false;
    }
    return true;
}

bool store_read_values(struct store *s, const struct catalog *c, size_t record,
                       const size_t *columns, size_t n_columns, struct arena *arena,
                       struct fact_row **out, size_t *n, struct error *err)
{
    *out = NULL;
    *n = 0;
    if (record >= c->n_records)
        return error_set(err, ERROR_USAGE, "%s: the catalog has no record %zu", s->path, record);
    bool begun;
    if (!begin_read(s, &begun, err)) return false;
    struct rows r = {.s = s, .c = c, .arena = arena, .err = err};
    bool ok =
        n_columns ? read_columns(&r, record, columns, n_columns) : read_all_columns(&r, record);
    end_read(s, begun);
    if (!ok) return false;
    *out = r.items;
    *n = r.n;
    return true;
}

/* All cells of a block: records from `first` on, of which the source has `left`. */
static bool take_block(struct rows *r, int64_t block, struct fact_cursor data, size_t first,
                       size_t left, size_t column)
{
    struct fact_cursor parts;
    unsigned slot, least = 0;
    bool bad = false;
    if (data.at == data.end) return true;
    if (!copy_bytes(r, &data)) return false;
    while (fact_entry_next(&data, &slot, &parts, &bad)) {
        if (slot < least || slot >= left) return damaged(r, block, "a record does not exist");
        least = slot + 1;
        if (!take_parts(r, block, parts, first + slot, column)) return false;
    }
    return !bad || damaged(r, block, "no block of values");
}

bool store_scan_column(struct store *s, const struct catalog *c, size_t column, struct arena *arena,
                       struct fact_row **out, size_t *n, struct error *err)
{
    *out = NULL;
    *n = 0;
    if (column >= c->n_columns)
        return error_set(err, ERROR_USAGE, "%s: the catalog has no column %zu", s->path, column);
    const struct catalog_source *source = &c->sources[c->columns[column].source];
    if (source->n_records == 0) return true;
    bool begun;
    if (!begin_read(s, &begun, err)) return false;
    struct rows r = {.s = s, .c = c, .arena = arena, .err = err};
    int64_t first = c->records[source->first_record].id;
    size_t number = column - source->first_column;
    bool ok = true;
    for (size_t i = 0; ok && i < source->n_records; i += FACT_BLOCK_RECORDS) {
        int64_t id = fact_block_id(first + (int64_t)i, number);
        struct fact_cursor data;
        ok = find_block(&r, id, &data) &&
             take_block(&r, id, data, source->first_record + i, source->n_records - i, column);
    }
    end_read(s, begun);
    if (!ok) return false;
    *out = r.items;
    *n = r.n;
    return true;
}
