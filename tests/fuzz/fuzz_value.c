/* Cells and prose as values: spans within the text, finite numbers in order, groups that rise, the
 * same answer twice. The first byte of an input says the style, the column's unit and its
 * dimension. */
#include "vehicle/value.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SCANNED = 64 };

static void require(bool ok)
{
    if (!ok) abort();
}

static void check_parts(const struct value_part *parts, size_t n, size_t len)
{
    for (size_t i = 0; i < n; i++) {
        const struct value_part *p = &parts[i];
        require(isfinite(p->low) && isfinite(p->high) && p->low <= p->high);
        require(p->begin < p->end && p->end <= len);
        require(p->remark_begin <= p->remark_end && p->remark_end <= len);
        require(i == 0 ? p->group == 0 : p->group >= parts[i - 1].group);
        require(!p->unit || unit_by_id(p->unit->id) == p->unit);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    const char *text = (const char *)data + 2;
    size_t len = size - 2, used;
    enum number_style style = data[0] & 1 ? NUMBER_COMMA : NUMBER_POINT;
    enum dimension dimension = (enum dimension)(data[1] % N_DIMENSIONS);
    const struct unit *unit = data[0] & 2 ? unit_by_id(data[0] >> 2) : NULL;

    struct value v, again;
    value_parse(&v, text, len, style, unit, dimension);
    require((v.kind == VALUE_NUMBER) == (v.n_parts > 0) && v.n_parts <= VALUE_MAX_PARTS);
    check_parts(v.parts, v.n_parts, len);
    value_parse(&again, text, len, style, unit, dimension);
    require(again.kind == v.kind && again.n_parts == v.n_parts && again.more == v.more);

    struct value_part parts[MAX_SCANNED];
    size_t n = value_scan(text, len, style, parts, MAX_SCANNED);
    require(n <= MAX_SCANNED);
    check_parts(parts, n, len);

    double number;
    if (number_parse(text, len, style, &number, &used))
        require(isfinite(number) && used > 0 && used <= len);
    const struct unit *u = unit_parse(text, len, &used);
    require(used <= len && (u != NULL) == (used > 0));
    unit_parse_all(text, len);
    struct number_evidence e = {0};
    number_evidence_add(&e, text, len);
    number_style_decide(&e, style, NULL);
    return 0;
}
