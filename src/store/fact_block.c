#include "store/fact_block.h"

#include <math.h>
#include <string.h>

enum {
    PART_KIND = 3, /* two bits: number, yes, no, text */
    PART_UNIT = 1 << 2,
    PART_CELL_START = 1 << 3,
    PART_CATEGORY = 1 << 4,
    PART_REMARK = 1 << 5,
    PART_HIGH = 1 << 6,
    /* The rare ones take a second byte. */
    PART_LINE = 1 << 7,
    PART_PLACE = 1 << 8,
    PART_QUOTE = 1 << 9,
    PART_IMPLAUSIBLE = 1 << 10,
    PART_MISSING_MARK = 1 << 11,
    PART_BOUND = 1 << 12,
    PART_SPAN = 1 << 13, /* the span is not as long as the text */
    PART_GROUP = 1 << 14,
    PART_LOW_CONFIDENCE = 1 << 15,
    PART_ALL = (1 << 16) - 1,
};

enum { NUMBER_RAW = 7 };
static const double POWERS[NUMBER_RAW] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

static const enum value_kind KINDS[4] = {VALUE_NUMBER, VALUE_YES, VALUE_NO, VALUE_TEXT};

void fact_varint_encode(struct buffer *out, uint64_t v)
{
    uint8_t bytes[10];
    size_t n = 0;
    for (; v >= 0x80; v >>= 7) bytes[n++] = (uint8_t)(v | 0x80);
    bytes[n++] = (uint8_t)v;
    buffer_append(out, bytes, n);
}

static void put_number(struct buffer *out, double v)
{
    for (unsigned k = 0; k < NUMBER_RAW; k++) {
        double scaled = nearbyint(v * POWERS[k]);
        if (!(fabs(scaled) <= 9007199254740992.0)) break; /* 2^53; NaN too */
        if (scaled / POWERS[k] != v) continue;
        int64_t m = (int64_t)scaled;
        uint64_t zigzag = m < 0 ? ((uint64_t)-m << 1) - 1 : (uint64_t)m << 1;
        fact_varint_encode(out, zigzag << 3 | k);
        return;
    }
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint8_t bytes[9] = {NUMBER_RAW};
    for (size_t i = 0; i < 8; i++) bytes[1 + i] = (uint8_t)(bits >> (8 * i));
    buffer_append(out, bytes, sizeof bytes);
}

static void put_text(struct buffer *out, const char *text, size_t len)
{
    fact_varint_encode(out, len);
    buffer_append(out, text, len);
    buffer_append(out, "", 1);
}

void fact_part_encode(struct buffer *out, const struct fact_part *p)
{
    unsigned kind = p->kind == VALUE_NUMBER ? 0
                    : p->kind == VALUE_YES  ? 1
                    : p->kind == VALUE_NO   ? 2
                                            : 3;
    unsigned flags = kind | (p->unit ? PART_UNIT : 0) | (p->cell_start ? PART_CELL_START : 0) |
                     (p->category ? PART_CATEGORY : 0) | (p->remark ? PART_REMARK : 0) |
                     (p->line ? PART_LINE : 0) | (p->place ? PART_PLACE : 0) |
                     (p->quote ? PART_QUOTE : 0) | (p->implausible ? PART_IMPLAUSIBLE : 0) |
                     (p->missing_mark ? PART_MISSING_MARK : 0) | (p->bound ? PART_BOUND : 0) |
                     (p->group ? PART_GROUP : 0) | (p->low_confidence ? PART_LOW_CONFIDENCE : 0);
    bool number = p->kind == VALUE_NUMBER;
    if (number && p->high != p->low) flags |= PART_HIGH;
    uint64_t span = p->end > p->begin ? p->end - p->begin : 0;
    if (span != p->len) flags |= PART_SPAN;
    fact_varint_encode(out, flags);
    if (number) put_number(out, p->low);
    if (flags & PART_HIGH) put_number(out, p->high);
    if (p->unit) fact_varint_encode(out, p->unit);
    if (p->category) fact_varint_encode(out, p->category);
    if (p->group) fact_varint_encode(out, p->group);
    put_text(out, p->text, p->len);
    if (p->remark) put_text(out, p->remark, p->remark_len);
    if (p->line) fact_varint_encode(out, p->line);
    if (p->place) put_text(out, p->place, p->place_len);
    fact_varint_encode(out, p->begin);
    if (flags & PART_SPAN) fact_varint_encode(out, span);
    if (p->quote) put_text(out, p->quote, p->quote_len);
}

void fact_entry_encode(struct buffer *out, unsigned slot, size_t len)
{
    buffer_putc(out, (char)slot);
    fact_varint_encode(out, len);
}

bool fact_varint_next(struct fact_cursor *c, uint64_t *out)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && c->at < c->end; shift += 7) {
        uint8_t byte = *c->at++;
        if (shift == 63 && byte > 1) return false;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = v;
            return true;
        }
    }
    return false;
}

static bool get_number(struct fact_cursor *c, double *out)
{
    uint64_t v;
    if (!fact_varint_next(c, &v)) return false;
    unsigned k = v & 7;
    if (k < NUMBER_RAW) {
        uint64_t zigzag = v >> 3;
        double m = (double)(zigzag >> 1) + (double)(zigzag & 1);
        *out = (zigzag & 1 ? -m : m) / POWERS[k];
        return true;
    }
    if (v != NUMBER_RAW || c->end - c->at < 8) return false;
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++) bits |= (uint64_t)c->at[i] << (8 * i);
    c->at += 8;
    memcpy(out, &bits, sizeof bits);
    return isfinite(*out);
}

static bool get_text(struct fact_cursor *c, const char **text, size_t *len)
{
    uint64_t n;
    if (!fact_varint_next(c, &n) || n >= (uint64_t)(c->end - c->at) || c->at[n] != 0) return false;
    *text = (const char *)c->at;
    *len = (size_t)n;
    c->at += n + 1;
    return true;
}

/* An id that fits into unsigned and is none of "no id". */
static bool get_id(struct fact_cursor *c, unsigned *out)
{
    uint64_t v;
    if (!fact_varint_next(c, &v) || v == 0 || v > INT32_MAX) return false;
    *out = (unsigned)v;
    return true;
}

static bool get_part(struct fact_cursor *c, struct fact_part *p)
{
    uint64_t flags, span = 0;
    if (!fact_varint_next(c, &flags) || flags > PART_ALL) return false;
    p->kind = KINDS[flags & PART_KIND];
    p->cell_start = (flags & PART_CELL_START) != 0;
    p->implausible = (flags & PART_IMPLAUSIBLE) != 0;
    p->missing_mark = (flags & PART_MISSING_MARK) != 0;
    p->bound = (flags & PART_BOUND) != 0;
    p->low_confidence = (flags & PART_LOW_CONFIDENCE) != 0;
    if (p->kind == VALUE_NUMBER) {
        if (!get_number(c, &p->low)) return false;
        p->high = p->low;
    }
    if (flags & PART_HIGH && (p->kind != VALUE_NUMBER || !get_number(c, &p->high))) return false;
    if (flags & PART_UNIT && !get_id(c, &p->unit)) return false;
    if (flags & PART_CATEGORY && !get_id(c, &p->category)) return false;
    if (flags & PART_GROUP && !get_id(c, &p->group)) return false;
    if (!get_text(c, &p->text, &p->len)) return false;
    if (flags & PART_REMARK && !get_text(c, &p->remark, &p->remark_len)) return false;
    if (flags & PART_LINE && !fact_varint_next(c, &p->line)) return false;
    if (flags & PART_PLACE && !get_text(c, &p->place, &p->place_len)) return false;
    if (!fact_varint_next(c, &p->begin)) return false;
    if (flags & PART_SPAN) {
        if (!fact_varint_next(c, &span)) return false;
    } else {
        span = p->len;
    }
    if (span > UINT64_MAX - p->begin) return false;
    p->end = p->begin + span;
    return !(flags & PART_QUOTE) || get_text(c, &p->quote, &p->quote_len);
}

bool fact_part_next(struct fact_cursor *c, struct fact_part *part, bool *damaged)
{
    if (c->at == c->end) return false;
    *part = (struct fact_part){0};
    if (get_part(c, part)) return true;
    *damaged = true;
    return false;
}

bool fact_entry_next(struct fact_cursor *c, unsigned *slot, struct fact_cursor *parts,
                     bool *damaged)
{
    if (c->at == c->end) return false;
    uint64_t len;
    *slot = *c->at++;
    if (*slot >= FACT_BLOCK_RECORDS || !fact_varint_next(c, &len) || len > (uint64_t)(c->end - c->at)) {
        *damaged = true;
        return false;
    }
    *parts = (struct fact_cursor){c->at, c->at + len};
    c->at += len;
    return true;
}
