#include "ingest/peak_speed.h"

#include "vehicle/token.h"
#include "vehicle/value.h"

#include <string.h>

enum { REMARK_BYTES = 40, SPEED_LOW = 300, SPEED_HIGH = 25000 };

/* "at", "bei" and the like, which stand before the speed or between two. */
static bool is_small(const char *key)
{
    static const char *const WORDS[] = {"at", "bei", "a", "to", "bis", "von", "from", "de", "op", "vid", "ved"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(key, WORDS[i]) == 0) return true;
    return false;
}

bool peak_speed_read(const char *remark, size_t len, double *low, double *high)
{
    static const enum number_style STYLES[] = {NUMBER_POINT, NUMBER_COMMA};
    const struct unit *rpm = unit_by_symbol("rpm");
    struct token t[8];
    size_t from = 0;
    if (len == 0 || len > REMARK_BYTES) return false;
    size_t n = tokens_split(remark, len, TOKENS_TEXT, t, 8);
    if (n == 0 || n == 8) return false;
    for (size_t i = 0; i < n && t[i].kind == TOKEN_WORD && is_small(t[i].key); i++)
        from = i + 1 < n ? t[i + 1].begin : len;
    if (from < len && remark[from] == '@') from++;
    for (size_t s = 0; s < sizeof STYLES / sizeof *STYLES; s++) {
        struct value v;
        value_parse(&v, remark + from, len - from, STYLES[s], rpm, DIMENSION_ROTATION);
        if (v.kind != VALUE_NUMBER || v.n_parts != 1) continue;
        const struct value_part *p = &v.parts[0];
        if (!p->unit || p->unit->dimension != DIMENSION_ROTATION || p->remark_begin < p->remark_end ||
            !unit_convert(p->low, p->unit, rpm, low) || !unit_convert(p->high, p->unit, rpm, high))
            continue;
        /* "5.500" is one or the other. */
        if (*low >= SPEED_LOW && *high <= SPEED_HIGH) return true;
    }
    return false;
}
