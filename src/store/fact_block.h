/* How values lie on disk. One block holds the cells of one column in FACT_BLOCK_RECORDS
 * neighbouring records of one source, so that both a column over all records and all columns of one
 * record are read by few look-ups: bench/store.c measures it against one row a value.
 *
 *   block: entries by rising slot
 *   entry: slot (1 byte), length of what follows (varint), parts of the cell in their order
 *   part:  flags, low, [high], [unit], [category], [group], text, [remark], [line], [place],
 *          begin, [length of the span], [quote]
 *
 * Whole numbers are LEB128 varints. A number is m * 8 + decimals, m zigzag, where m / 10^decimals
 * is the number to the bit, else 7 and its 8 bytes. Strings have a length before and a NUL behind
 * them, so that rows can point into a copy of the block.
 */
#ifndef STORE_FACT_BLOCK_H
#define STORE_FACT_BLOCK_H

#include "base/buffer.h"
#include "vehicle/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FACT_BLOCK_RECORDS = 32,    /* measured: bench/store.c */
    FACT_MAX_COLUMNS = 1 << 24, /* of one source */
};
#define FACT_MAX_RECORD ((int64_t)1 << 43)

/* The key of the block with this record and the column of this number in its source. */
static inline int64_t fact_block_id(int64_t record, size_t column)
{
    return record / FACT_BLOCK_RECORDS * FACT_MAX_COLUMNS + (int64_t)column;
}

/* One part of a cell, as it lies in a block. Strings are NUL-terminated; NULL: none. */
struct fact_part {
    enum value_kind kind;
    double low, high;
    unsigned unit;     /* id; 0: none */
    unsigned category; /* id in fact_names; 0: none */
    unsigned group;
    const char *text, *remark, *place, *quote;
    size_t len, remark_len, place_len, quote_len;
    uint64_t line; /* 0: the record's */
    uint64_t begin, end;
    bool cell_start; /* the first part of a call of store_add_values */
    bool implausible, missing_mark, bound, low_confidence;
};

void fact_part_encode(struct buffer *out, const struct fact_part *part);

/* Appends an entry's head; its parts follow. */
void fact_entry_encode(struct buffer *out, unsigned slot, size_t len);

/* What is left to be read of a block or an entry. */
struct fact_cursor {
    const uint8_t *at, *end;
};

/* A LEB128 varint; false: the bytes end in it, or it is longer than 64 bits. */
void fact_varint_encode(struct buffer *out, uint64_t v);
bool fact_varint_next(struct fact_cursor *c, uint64_t *out);

/* The next entry; *parts is what it holds. False at the end, and with *damaged set where the bytes
 * are no entry. */
bool fact_entry_next(struct fact_cursor *c, unsigned *slot, struct fact_cursor *parts,
                     bool *damaged);

/* The next part; its strings lie in the cursor's bytes. False and *damaged as above. */
bool fact_part_next(struct fact_cursor *c, struct fact_part *part, bool *damaged);

#endif
