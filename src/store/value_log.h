/* Values on their way to disk: encoded in memory as they come, in whatever order; written as blocks
 * (store/fact_block.h) by rising key when there are many, or at the end of their source. */
#ifndef STORE_VALUE_LOG_H
#define STORE_VALUE_LOG_H

#include "store/fact_block.h"
#include "store/store_internal.h"

struct value_log {
    struct buffer data, block;
    struct log_entry {
        uint64_t key; /* block in the source, column, slot: how blocks are sorted */
        uint32_t at, len;
    } * entries; /* (n) one a call of value_log_end */
    size_t n, cap;
    sqlite3_stmt *add, *find, *change;
};

/* The largest cell, in bytes. */
enum { VALUE_LOG_MAX_CELL = 64 << 20 };

/* Appends a part of the cell that `begin`, the log's length before its first part, began. False
 * when the cell is larger than VALUE_LOG_MAX_CELL. */
bool value_log_part(struct value_log *log, size_t begin, const struct fact_part *part);

/* Ends the cell: of the record and column with these numbers in their source, whose first record
 * has the id first_record. Writes what there is when it is much. */
bool value_log_end(struct value_log *log, struct store *s, int64_t first_record, size_t record,
                   size_t column, size_t begin, struct error *err);

bool value_log_flush(struct value_log *log, struct store *s, int64_t first_record,
                     struct error *err);

/* Drops what was not written, and ends the statements where `statements`. */
void value_log_clear(struct value_log *log, bool statements);
void value_log_free(struct value_log *log);

#endif
