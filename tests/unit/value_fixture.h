/* Values in words, for tests: low[..high] unit 'remark' = the same in another unit | another quantity;
 * ~ approximate, <= and >= bounds. */
#ifndef VALUE_FIXTURE_H
#define VALUE_FIXTURE_H

#include "vehicle/value.h"
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline void print_part(struct buffer *b, const char *text, size_t len, const struct value_part *p)
{
    assert_true(p->begin < p->end && p->end <= len);
    assert_true(p->remark_begin <= p->remark_end && p->remark_end <= len);
    assert_true(p->low <= p->high);
    if (p->approximate) buffer_puts(b, "~");
    if (p->at_most) buffer_puts(b, "<=");
    if (p->at_least) buffer_puts(b, ">=");
    buffer_printf(b, "%.10g", p->low);
    if (p->high > p->low) buffer_printf(b, "..%.10g", p->high);
    if (p->unit) buffer_printf(b, " %s", p->unit->symbol);
    if (p->remark_end > p->remark_begin)
        buffer_printf(b, " '%.*s'", (int)(p->remark_end - p->remark_begin), text + p->remark_begin);
}

static inline void print_parts(struct buffer *b, const char *text, size_t len,
                        const struct value_part *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0) buffer_puts(b, parts[i].group == parts[i - 1].group ? " = " : " | ");
        print_part(b, text, len, &parts[i]);
    }
}

static inline void print_value(struct buffer *b, const char *text, size_t len, const struct value *v)
{
    static const char *const KINDS[] = {"NONE", "", "YES", "NO", "TEXT"};
    buffer_puts(b, KINDS[v->kind]);
    assert_true((v->kind == VALUE_NUMBER) == (v->n_parts > 0) && v->n_parts <= VALUE_MAX_PARTS);
    print_parts(b, text, len, v->parts, v->n_parts);
    if (v->more) buffer_puts(b, " +");
}

#endif
