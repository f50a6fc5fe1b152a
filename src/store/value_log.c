#include "store/value_log.h"

#include <stdlib.h>
#include <string.h>

enum { LOG_BYTES = 8 << 20 /* of values before they are written */ };

static uint64_t log_key(size_t block, size_t column, unsigned slot)
{
    return ((uint64_t)block * FACT_MAX_COLUMNS + column) * FACT_BLOCK_RECORDS + slot;
}

static int by_key(const void *a, const void *b)
{
    const struct log_entry *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Appends the entries [from, to) of the log, which are of one block. Calls for one cell make one
 * entry. */
static void append_entries(struct value_log *log, size_t from, size_t to)
{
    while (from < to) {
        size_t next = from, len = 0;
        while (next < to && log->entries[next].key == log->entries[from].key)
            len += log->entries[next++].len;
        fact_entry_encode(&log->block, (unsigned)(log->entries[from].key % FACT_BLOCK_RECORDS),
                          len);
        for (; from < next; from++)
            buffer_append(&log->block, log->data.data + log->entries[from].at,
                          log->entries[from].len);
    }
}

/* Puts old entries and those of [from, to) together, by slot; of one slot the old parts first. */
static bool merge_entries(struct value_log *log, const void *data, size_t data_len, size_t from,
                          size_t to)
{
    struct fact_cursor c = {data, (const uint8_t *)data + data_len}, parts;
    unsigned slot;
    bool damaged = false;
    while (fact_entry_next(&c, &slot, &parts, &damaged)) {
        size_t next = from;
        while (next < to && log->entries[next].key % FACT_BLOCK_RECORDS < slot) next++;
        append_entries(log, from, next);
        from = next;
        size_t old_len = (size_t)(parts.end - parts.at), len = old_len;
        while (next < to && log->entries[next].key % FACT_BLOCK_RECORDS == slot)
            len += log->entries[next++].len;
        fact_entry_encode(&log->block, slot, len);
        buffer_append(&log->block, parts.at, old_len);
        for (; from < next; from++)
            buffer_append(&log->block, log->data.data + log->entries[from].at,
                          log->entries[from].len);
    }
    append_entries(log, from, to);
    return !damaged;
}

static bool write_block(struct value_log *log, struct store *s, int64_t first_record, size_t from,
                        size_t to, struct error *err)
{
    int64_t id = first_record / FACT_BLOCK_RECORDS * FACT_MAX_COLUMNS +
                 (int64_t)(log->entries[from].key / FACT_BLOCK_RECORDS);
    buffer_clear(&log->block);
    append_entries(log, from, to);
    if (log->block.failed) return error_memory(err, "facts");
    sqlite3_stmt *q = log->add;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_blob64(q, 2, log->block.data, log->block.len, SQLITE_STATIC);
    int rc = sqlite3_step(q);
    if (rc == SQLITE_DONE) return true;
    if (rc != SQLITE_CONSTRAINT) return store_fail(s, "adding facts", err);
    /* Part of the block was written before: the log was full in its middle. */
    sqlite3_reset(q);
    q = log->find;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, id);
    if (sqlite3_step(q) != SQLITE_ROW) return store_fail(s, "adding facts", err);
    buffer_clear(&log->block);
    const void *old = sqlite3_column_blob(q, 0);
    bool sound = merge_entries(log, old ? old : "", (size_t)sqlite3_column_bytes(q, 0), from, to);
    sqlite3_reset(q);
    if (!sound) return store_damaged(s, "fact_values", id, "no block of values", err);
    if (log->block.failed) return error_memory(err, "facts");
    q = log->change;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_blob64(q, 2, log->block.data, log->block.len, SQLITE_STATIC);
    return sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding facts", err);
}

bool value_log_flush(struct value_log *log, struct store *s, int64_t first_record,
                     struct error *err)
{
    if (log->n == 0) return true;
    if ((!log->add && !(log->add = store_prepare(
                            s, "INSERT INTO fact_values(id, data) VALUES (?1, ?2)", err))) ||
        (!log->find &&
         !(log->find = store_prepare(s, "SELECT data FROM fact_values WHERE id = ?1", err))) ||
        (!log->change &&
         !(log->change = store_prepare(s, "UPDATE fact_values SET data = ?2 WHERE id = ?1", err))))
        return false;
    qsort(log->entries, log->n, sizeof *log->entries, by_key);
    for (size_t i = 0, next; i < log->n; i = next) {
        uint64_t block = log->entries[i].key / FACT_BLOCK_RECORDS;
        for (next = i + 1; next < log->n; next++)
            if (log->entries[next].key / FACT_BLOCK_RECORDS != block) break;
        if (!write_block(log, s, first_record, i, next, err)) return false;
    }
    log->n = 0;
    buffer_clear(&log->data);
    return true;
}

bool value_log_part(struct value_log *log, size_t begin, const struct fact_part *p)
{
    size_t texts = p->len / 4 + p->remark_len / 4 + p->place_len / 4 + p->quote_len / 4;
    if (texts > VALUE_LOG_MAX_CELL / 4) return false;
    fact_part_encode(&log->data, p);
    return log->data.len - begin <= VALUE_LOG_MAX_CELL;
}

bool value_log_end(struct value_log *log, struct store *s, int64_t first_record, size_t record,
                   size_t column, size_t begin, struct error *err)
{
    if (log->data.failed) return error_memory(err, "facts");
    if (log->n == log->cap) {
        size_t cap = log->cap ? log->cap * 2 : 256;
        struct log_entry *entries = realloc(log->entries, cap * sizeof *entries);
        if (!entries) return error_memory(err, "facts");
        log->entries = entries;
        log->cap = cap;
    }
    log->entries[log->n++] =
        (struct log_entry){.key = log_key(record / FACT_BLOCK_RECORDS, column,
                                          (unsigned)(record % FACT_BLOCK_RECORDS)),
                           .at = (uint32_t)begin,
                           .len = (uint32_t)(log->data.len - begin)};
    return log->data.len < LOG_BYTES || value_log_flush(log, s, first_record, err);
}

void value_log_clear(struct value_log *log, bool statements)
{
    log->n = 0;
    buffer_clear(&log->data);
    log->data.failed = log->block.failed = false;
    if (!statements) return;
    sqlite3_stmt **all[] = {&log->add, &log->find, &log->change};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        sqlite3_finalize(*all[i]);
        *all[i] = NULL;
    }
}

void value_log_free(struct value_log *log)
{
    value_log_clear(log, true);
    buffer_free(&log->data);
    buffer_free(&log->block);
    free(log->entries);
    *log = (struct value_log){0};
}
