/* A cell as items, the first half of value_parse. */
#ifndef VEHICLE_VALUE_CELL_H
#define VEHICLE_VALUE_CELL_H

#include "vehicle/value_part.h"

/* A cell is cut into items; what they mean together is decided after that. */
enum item_kind { ITEM_PART, ITEM_WORDS, ITEM_SEPARATOR, ITEM_OPEN, ITEM_CLOSE, ITEM_AT };

struct item {
    enum item_kind kind;
    size_t begin, end; /* bytes */
    size_t part;       /* ITEM_PART: index */
    uint32_t sign;     /* ITEM_SEPARATOR */
    size_t close;      /* ITEM_OPEN: index of its ITEM_CLOSE, or the number of items */
};

enum { MAX_ITEMS = 64, MAX_PARTS = 24, MAX_WORD_BYTES = 200 };

struct cell {
    const char *text;
    size_t len;
    struct part_context c;
    struct item items[MAX_ITEMS];
    size_t n_items;
    struct part parts[MAX_PARTS];
    size_t n_parts;
    size_t word_bytes;
    bool cut;   /* not all of the text is in the items */
    bool prose; /* too many words for a value: the items are not all there */
};

/* Cuts text[0, len) (set by the caller, with c) into items. Linear in len. */
void cell_read_items(struct cell *cell);

bool char_is_opening(uint32_t c); /* brackets of any kind */
bool char_is_closing(uint32_t c);

#endif
