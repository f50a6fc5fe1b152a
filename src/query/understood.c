/* The query as a line that a person can read and correct. */
#include "query/reading.h"

#include <string.h>

static void write_attribute(struct buffer *b, const struct query_attribute *a)
{
    for (size_t i = 0; i < QUALIFIER_COUNT; i++)
        if (a->qualifiers >> i & 1) {
            buffer_puts(b, QUALIFIERS[i].names[0]);
            buffer_putc(b, ' ');
        }
    buffer_puts(b, a->attribute >= 0 ? REGISTRY[a->attribute].names[0] : a->name);
}

static void write_condition(struct buffer *b, const struct query_condition *c)
{
    static const char *const SIGNS[] = {"=", "not", "<", "at most", ">", "at least", "between", "about"};
    if (c->negated) buffer_puts(b, "not ");
    if (c->year) {
        buffer_printf(b, "model year %s %.0f", SIGNS[c->comparator], c->low);
        if (c->comparator == COMPARE_BETWEEN) buffer_printf(b, " and %.0f", c->high);
        return;
    }
    if (c->attribute.attribute >= 0 || c->attribute.key[0]) {
        write_attribute(b, &c->attribute);
        buffer_putc(b, ' ');
    }
    if (!c->number) {
        buffer_printf(b, "= %s", c->category >= 0 ? CATEGORIES[c->category].names[0] : c->text);
        return;
    }
    buffer_printf(b, "%s ", SIGNS[c->comparator]);
    number_write(b, c->low, 6, "en");
    if (c->comparator == COMPARE_BETWEEN) {
        buffer_puts(b, " and ");
        number_write(b, c->high, 6, "en");
    }
    if (c->unit) buffer_printf(b, " %s", c->unit->symbol);
}

const char *query_describe(struct query *q, const struct catalog *c)
{
    static const char *const OPS[] = {"not understood", "value", "compare", "rank", "list", "count",
                                      "aggregate",      "check", "describe", "read"};
    static const char *const AGGREGATES[] = {"", "average", "sum", "least and most", "least", "most", "median"};
    struct buffer b = {0};
    buffer_puts(&b, q->op == QUERY_AGGREGATE ? AGGREGATES[q->aggregate] : OPS[q->op]);
    const char *between = ": ";
    for (size_t i = 0; i < q->n_attributes; i++) {
        buffer_puts(&b, between);
        write_attribute(&b, &q->attributes[i]);
        between = ", ";
    }
    if (q->unit) buffer_printf(&b, " in %s", q->unit->symbol);
    if (q->op == QUERY_RANK || (q->op == QUERY_COMPARE && q->order)) {
        buffer_puts(&b, q->order < 0 ? ", least first" : ", most first");
        if (q->limit) buffer_printf(&b, ", %zu", q->limit);
        if (q->nth) buffer_printf(&b, ", place %zu", q->nth);
    }
    if (q->by_how_much) buffer_puts(&b, ", difference");
    for (size_t i = 0; i < q->n_subjects; i++)
        buffer_printf(&b, "%s%s", i ? " | " : " | ", q->subjects[i].label);
    for (size_t i = 0; i < q->n_where; i++) {
        buffer_puts(&b, i ? ", " : " | where ");
        write_condition(&b, &q->where[i]);
    }
    if (q->grouped) {
        buffer_puts(&b, " | by ");
        write_attribute(&b, &q->group);
    }
    for (size_t i = 0; i < q->n_documents && i < 3; i++)
        buffer_printf(&b, "%s%s", i ? ", " : " | in ", c->documents[q->documents[i]].name);
    if (q->n_documents > 3) buffer_printf(&b, " and %zu more", q->n_documents - 3);
    if (q->missing_name) buffer_printf(&b, " | missing: %s", q->missing_name);
    for (size_t i = 0; i < q->n_unresolved; i++)
        buffer_printf(&b, "%s%s", i ? ", " : " | not understood: ", q->unresolved[i]);
    const char *text = b.failed ? NULL : arena_strdup(&q->arena, buffer_text(&b));
    buffer_free(&b);
    return text;
}
