/* Values of vehicles, all that is known of one, and yes or no. */
#include "answer/render_parts.h"

#include <ctype.h>
#include <string.h>

/* Whether the items differ in what they measure (city, highway), not from version to version. */
static bool one_measure(const struct renderer *r, struct rows rows)
{
    size_t first = r->r->rows[rows.items[0]].column;
    bool records = false;
    for (size_t i = 1; i < rows.n; i++) {
        const struct catalog_column *a = &r->c->columns[first],
                                    *b = &r->c->columns[r->r->rows[rows.items[i]].column];
        if (a->qualifiers != b->qualifiers || a->attribute != b->attribute) return false;
        if (a->attribute < 0 && strcmp(a->name, b->name) != 0) return false;
        if (r->r->rows[rows.items[i]].record != r->r->rows[rows.items[0]].record) records = true;
    }
    return records;
}

/* "9.5 L/100 km": the least or most of what versions have, without marks: the list has them. */
static const char *end_text(struct renderer *r, const struct item *item, bool high)
{
    double v = high ? item->high : item->low;
    bool converted = item->computed || r->r->rows[item->rows[0]].converted;
    int decimals = converted ? computed_decimals(v) : stated_decimals(v);
    return render_quantity(r, v, v, decimals, item->unit, item->rows[0]);
}

static const struct item *with_most(const struct item *items, size_t n)
{
    const struct item *most = items;
    for (size_t i = 1; i < n; i++)
        if (items[i].high > most->high) most = &items[i];
    return most;
}

static const char *cited_end(struct renderer *r, const struct item *item, bool high)
{
    struct buffer b = {0};
    buffer_puts(&b, end_text(r, item, high));
    render_cite(r, &b, item->rows[0]);
    return render_keep(r, &b);
}

void render_value(struct renderer *r, struct rows rows, size_t subject)
{
    size_t n;
    bool numbers;
    struct item *items = items_make(r, rows, &n, &numbers);
    if (n == 0) return;
    struct phrase_slots slots = slots_of(r, rows_attribute(r, rows), rows);
    slots.vehicle = rows_vehicle(r, rows, subject);
    if (n == 1) {
        bool plain = items[0].kind == VALUE_YES || items[0].kind == VALUE_NO;
        slots.value = item_text(r, &items[0], false);
        render_sentence(r, plain ? PHRASE_VALUE_PLAIN : PHRASE_VALUE, &slots);
        return;
    }
    if (r->r->status == STATUS_CONTRADICTION) {
        slots.list = items_list(r, items, n, RENDER_MAX_ITEMS);
        render_sentence(r, PHRASE_CONTRADICTION, &slots);
        return;
    }
    if (!numbers || !one_measure(r, rows)) {
        slots.list = items_list(r, items, n, RENDER_MAX_ITEMS);
        render_sentence(r, PHRASE_SEVERAL_TEXTS, &slots);
        return;
    }
    /* to_one_unit has made the ends comparable; they are written in the first one's unit. */
    struct item least = items[0], most = *with_most(items, n);
    most.unit = items[0].unit;
    if (n > RENDER_MAX_ITEMS) {
        slots.least = cited_end(r, &least, false);
        slots.most = cited_end(r, &most, true);
        slots.number = render_count(r, n);
        render_sentence(r, PHRASE_SEVERAL_MANY, &slots);
        return;
    }
    slots.least = end_text(r, &least, false);
    slots.most = end_text(r, &most, true);
    slots.list = items_list(r, items, n, RENDER_MAX_ITEMS);
    render_sentence(r, PHRASE_SEVERAL, &slots);
}

/* Of a query with attributes those rows that are its values; else all. */
static void render_subject(struct renderer *r, size_t subject, bool any_subject)
{
    const struct query *q = r->q;
    if (q->n_attributes == 0) {
        struct rows rows = rows_of(r, subject, any_subject, 0, true);
        if (rows.n) render_value(r, rows, any_subject ? SIZE_MAX : subject);
        return;
    }
    for (size_t a = 0; a < q->n_attributes; a++) {
        struct rows rows = rows_of(r, subject, any_subject, a, false);
        if (rows.n) render_value(r, rows, any_subject ? SIZE_MAX : subject);
    }
    for (size_t a = 0; a < q->n_attributes; a++) {
        if (rows_of(r, subject, any_subject, a, false).n) continue;
        if (any_subject)
            render_sentence(r, PHRASE_NO_ATTRIBUTE_AT_ALL,
                            &(struct phrase_slots){.attribute = query_attribute_text(r, a)});
        else
            render_sentence(r, PHRASE_NO_ATTRIBUTE,
                            &(struct phrase_slots){.attribute = query_attribute_text(r, a),
                                                   .vehicle = subject_text(r, subject)});
    }
}

void render_values(struct renderer *r)
{
    if (rows_of(r, 0, true, 0, true).n == 0) return;
    if (r->q->n_subjects == 0) render_subject(r, SIZE_MAX, true);
    for (size_t s = 0; s < r->q->n_subjects; s++) render_subject(r, s, false);
}

/* ---- all that is known ---- */

static const char *row_group(const struct renderer *r, size_t row)
{
    int attribute = r->c->columns[r->r->rows[row].column].attribute;
    return attribute >= 0 ? REGISTRY[attribute].group : "other";
}

/* The rows of the same column meaning as rows.items[i]. */
static struct rows same_attribute(struct renderer *r, struct rows rows, size_t i, bool *taken)
{
    struct rows out = {arena_array(r->arena, rows.n - i, sizeof(size_t)), 0};
    const struct catalog_column *one = &r->c->columns[r->r->rows[rows.items[i]].column];
    if (!out.items) {
        r->failed = true;
        return out;
    }
    for (size_t k = i; k < rows.n; k++) {
        const struct catalog_column *other = &r->c->columns[r->r->rows[rows.items[k]].column];
        if (taken[k] || other->attribute != one->attribute ||
            other->qualifiers != one->qualifiers || strcmp(other->section, one->section) != 0 ||
            (one->attribute < 0 && strcmp(other->name, one->name) != 0))
            continue;
        taken[k] = true;
        out.items[out.n++] = rows.items[k];
    }
    return out;
}

/* One line of a description: "Engine – power: 203 hp [1]; torque: 250 Nm [2]". */
static size_t describe_group(struct renderer *r, struct rows rows, const char *group, bool *taken,
                             size_t room)
{
    size_t n_said = 0;
    struct buffer line = {0};
    for (size_t i = 0; i < rows.n && n_said < room; i++) {
        if (taken[i] || strcmp(row_group(r, rows.items[i]), group) != 0) continue;
        struct rows same = same_attribute(r, rows, i, taken);
        size_t n;
        bool numbers;
        struct item *items = items_make(r, same, &n, &numbers);
        if (n == 0) continue;
        if (n_said++) buffer_puts(&line, phrase_text(PHRASE_SEMICOLON, r->l));
        buffer_puts(&line, rows_attribute(r, same));
        buffer_puts(&line, phrase_text(PHRASE_COLON, r->l));
        buffer_puts(&line, numbers && n > RENDER_MAX_LABELS
                               ? items_span(r, items, n)
                               : items_list(r, items, n, RENDER_MAX_LABELS));
    }
    if (n_said) {
        buffer_puts(&r->text, "\n- ");
        buffer_puts(&r->text, group_name(group, r->l));
        buffer_puts(&r->text, " – ");
        buffer_puts(&r->text, buffer_text(&line));
    }
    buffer_free(&line);
    return n_said;
}

static size_t count_attributes(struct renderer *r, struct rows rows, const bool *taken)
{
    size_t n = 0;
    for (size_t i = 0; i < rows.n; i++)
        if (!taken[i] && !row_is_repeat(r, rows.items[i])) n++;
    return n;
}

static void describe_subject(struct renderer *r, size_t subject, bool any)
{
    struct rows rows = rows_of(r, subject, any, 0, true);
    bool *taken = arena_array(r->arena, rows.n ? rows.n : 1, sizeof *taken);
    if (!taken) {
        r->failed = true;
        return;
    }
    if (rows.n == 0) return;
    if (r->text.len) buffer_putc(&r->text, '\n');
    render_sentence(r, PHRASE_DESCRIBE,
                    &(struct phrase_slots){.vehicle = rows_vehicle(r, rows, subject)});
    /* Groups in the order of the registry; what it does not know comes last. */
    size_t room = RENDER_MAX_DESCRIBED;
    for (size_t a = 0; a < REGISTRY_COUNT && room; a++) {
        bool first = true;
        for (size_t k = 0; first && k < a; k++)
            first = strcmp(REGISTRY[k].group, REGISTRY[a].group) != 0;
        if (first) room -= describe_group(r, rows, REGISTRY[a].group, taken, room);
    }
    if (room) room -= describe_group(r, rows, "other", taken, room);
    size_t left = count_attributes(r, rows, taken);
    if (left) {
        buffer_putc(&r->text, '\n');
        render_sentence(r, PHRASE_DESCRIBE_MORE,
                        &(struct phrase_slots){.number = render_count(r, left)});
    }
}

void render_describe(struct renderer *r)
{
    if (r->q->n_subjects == 0) describe_subject(r, SIZE_MAX, true);
    for (size_t s = 0; s < r->q->n_subjects; s++) describe_subject(r, s, false);
}

/* ---- yes or no ---- */

/* The condition that the rows' column is measured by. */
static const struct query_condition *bound_of(const struct renderer *r, struct rows rows)
{
    const struct catalog_column *column = &r->c->columns[r->r->rows[rows.items[0]].column];
    const struct query_condition *found = NULL;
    for (size_t i = 0; i < r->q->n_where; i++) {
        const struct query_condition *w = &r->q->where[i];
        bool fits = w->attribute.attribute >= 0 ? w->attribute.attribute == column->attribute
                                                : w->attribute.key && w->attribute.key[0] &&
                                                      strstr(column->key, w->attribute.key);
        if (!w->number || !fits) continue;
        if (found) return NULL;
        found = w;
    }
    return found;
}

/* A sentence that goes on behind "Yes: ". */
static const char *continued(struct renderer *r, const char *sentence)
{
    struct buffer b = {0};
    bool article = r->l == LANGUAGE_EN && strncmp(sentence, "The ", 4) == 0;
    if (article) buffer_putc(&b, 't');
    buffer_puts(&b, sentence + (article ? 1 : 0));
    return render_keep(r, &b);
}

/* "more than 10 L/100 km" or "not more than 10 L/100 km", as it holds. */
static const char *bound_text(struct renderer *r, const struct query_condition *w, bool holds)
{
    struct buffer bound = {0}, text = {0};
    struct query_condition other = *w;
    if (!holds && (w->comparator == COMPARE_AT_MOST || w->comparator == COMPARE_AT_LEAST)) {
        other.comparator = w->comparator == COMPARE_AT_MOST ? COMPARE_MORE : COMPARE_LESS;
        w = &other;
        holds = true;
    }
    if (w->comparator == COMPARE_EQUAL && !holds)
        quantity_write(&bound, w->low, w->low, stated_decimals(w->low), w->unit, r->l, NULL, NULL);
    else
        bound_write(&bound, w, r->l);
    const char *plain = render_keep(r, &bound);
    if (holds) return plain;
    phrase_write(&text, PHRASE_BOUND_NOT, r->l, &(struct phrase_slots){.text = plain});
    return render_keep(r, &text);
}

/* One value against one bound; false: it is more than that. */
static bool check_value(struct renderer *r, struct rows rows, size_t subject)
{
    size_t n;
    bool numbers;
    if (rows.n == 0 || r->r->verdict < 0) return false;
    const struct query_condition *w = bound_of(r, rows);
    struct item *items = items_make(r, rows, &n, &numbers);
    if (!w || !numbers || n != 1) return false;
    bool yes = r->r->verdict > 0, holds = yes != w->negated;
    if (w->comparator == COMPARE_EQUAL && holds) return false;
    struct phrase_slots slots = slots_of(r, rows_attribute(r, rows), rows);
    slots.vehicle = rows_vehicle(r, rows, subject);
    slots.value = item_text(r, &items[0], false);
    slots.text = bound_text(r, w, holds);
    render_sentence(r, yes ? PHRASE_CHECK_YES : PHRASE_CHECK_NO, &slots);
    return true;
}

/* The rows, one attribute after the other, as sentences. */
static void check_sentences(struct renderer *r, struct rows rows, size_t subject)
{
    bool *taken = arena_array(r->arena, rows.n ? rows.n : 1, sizeof *taken);
    if (!taken) {
        r->failed = true;
        return;
    }
    for (size_t i = 0; i < rows.n; i++)
        if (!taken[i]) render_value(r, same_attribute(r, rows, i, taken), subject);
}

void render_check(struct renderer *r)
{
    static const enum phrase PLAIN[] = {PHRASE_CHECK_NO_PLAIN, PHRASE_CHECK_YES_PLAIN};
    struct rows all = rows_of(r, 0, true, 0, true);
    struct buffer before = r->text;
    if (all.n == 0) return;
    if (r->q->n_subjects == 1 && check_value(r, all, 0)) return;
    r->text = (struct buffer){0};
    if (r->q->n_subjects == 0)
        render_list(r);
    else if (r->q->n_subjects == 1 || !render_compare(r))
        for (size_t s = 0; s < r->q->n_subjects; s++)
            check_sentences(r, rows_of(r, s, false, 0, true), s);
    const char *text = continued(r, render_keep(r, &r->text));
    r->text = before;
    render_sentence(r, r->r->verdict < 0 ? PHRASE_CHECK_DEPENDS : PLAIN[r->r->verdict > 0],
                    &(struct phrase_slots){.text = text});
}
