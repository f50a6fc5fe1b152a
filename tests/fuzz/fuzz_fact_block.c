/* Blocks of values: any bytes are entries and parts whose strings end inside them, or damaged; what is
 * read and written again is read as the same. */
#include "store/fact_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void require(bool ok)
{
    if (!ok) abort();
}

static void require_text(const char *text, size_t len, const uint8_t *data, size_t size)
{
    if (!text) return;
    const uint8_t *at = (const uint8_t *)text;
    require(at >= data && len < size && (size_t)(at - data) < size - len && at[len] == 0);
}

static void require_same_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
    require(!a == !b && a_len == b_len && (!a || memcmp(a, b, a_len) == 0));
}

static void require_same(const struct fact_part *a, const struct fact_part *b)
{
    require(a->kind == b->kind && a->low == b->low && a->high == b->high);
    require(a->unit == b->unit && a->category == b->category && a->group == b->group);
    require_same_text(a->text, a->len, b->text, b->len);
    require_same_text(a->remark, a->remark_len, b->remark, b->remark_len);
    require_same_text(a->place, a->place_len, b->place, b->place_len);
    require_same_text(a->quote, a->quote_len, b->quote, b->quote_len);
    require(a->line == b->line && a->begin == b->begin && a->end == b->end);
    require(a->cell_start == b->cell_start && a->implausible == b->implausible);
    require(a->missing_mark == b->missing_mark && a->bound == b->bound);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fact_cursor block = {data, data + size}, parts;
    unsigned slot;
    bool damaged = false;
    while (fact_entry_next(&block, &slot, &parts, &damaged)) {
        require(slot < FACT_BLOCK_RECORDS && parts.at >= data && parts.end <= data + size);
        struct fact_part p, again;
        bool bad = false;
        while (fact_part_next(&parts, &p, &bad)) {
            require_text(p.text, p.len, data, size);
            require_text(p.remark, p.remark_len, data, size);
            require_text(p.place, p.place_len, data, size);
            require_text(p.quote, p.quote_len, data, size);
            require(p.text && isfinite(p.low) && isfinite(p.high) && p.end >= p.begin);
            struct buffer out = {0};
            fact_part_encode(&out, &p);
            require(!out.failed);
            struct fact_cursor c = {(const uint8_t *)out.data, (const uint8_t *)out.data + out.len};
            require(fact_part_next(&c, &again, &bad) && c.at == c.end);
            require_same(&p, &again);
            buffer_free(&out);
        }
    }
    return 0;
}
