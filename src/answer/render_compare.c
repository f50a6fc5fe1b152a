/* Vehicles beside each other: which has more, and by how much; or their order. */
#include "answer/render_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One subject's values of one attribute. */
struct side {
    size_t subject;
    const char *name;
    struct item *items;
    size_t n;
    bool numbers;
    double low, high;    /* over all versions, in the comparison's unit */
    uint64_t qualifiers; /* that all its rows have */
};

/* Puts all sides into the first one's unit; false: they cannot be compared as numbers. */
static bool sides_align(struct side *sides, size_t n, const struct unit **unit)
{
    *unit = n ? sides[0].items[0].unit : NULL;
    for (size_t i = 0; i < n; i++) {
        struct side *s = &sides[i];
        if (!s->numbers) return false;
        s->low = INFINITY;
        s->high = -INFINITY;
        for (size_t k = 0; k < s->n; k++) {
            s->low = fmin(s->low, s->items[k].low);
            s->high = fmax(s->high, s->items[k].high);
        }
        const struct unit *own = s->items[0].unit;
        if (own == *unit) continue;
        double low, high;
        if (!own || !*unit || !unit_convert(s->low, own, *unit, &low) ||
            !unit_convert(s->high, own, *unit, &high))
            return false;
        s->low = fmin(low, high);
        s->high = fmax(low, high);
    }
    return n > 0;
}

static bool nearly(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b)));
}

static bool is_single(const struct side *s)
{
    return nearly(s->low, s->high);
}

static const char *side_text(struct renderer *r, const struct side *s)
{
    return s->numbers && s->n > RENDER_MAX_LABELS
               ? items_span(r, s->items, s->n)
               : items_list(r, s->items, s->n, RENDER_MAX_LABELS);
}

/* A figure that is measured otherwise than the others says so: "£29,400 (excluding tax)". */
static void label_measures(struct renderer *r, struct side *sides, size_t n, uint64_t common)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sides[i].n; k++) {
            struct item *item = &sides[i].items[k];
            uint64_t own = sides[i].qualifiers & ~common;
            struct buffer b = {0};
            if (!own || item->n_labels == RENDER_MAX_LABELS) continue;
            qualifiers_write(&b, own, r->l);
            item->labels[item->n_labels++] = render_keep(r, &b);
        }
    }
}

/* "2022 Kia Carnival: 10.6 L/100 km [1]; ..." */
static const char *sides_list(struct renderer *r, const struct side *sides, size_t n)
{
    struct buffer b = {0};
    for (size_t i = 0; i < n; i++) {
        if (i) buffer_puts(&b, phrase_text(PHRASE_SEMICOLON, r->l));
        buffer_puts(&b, sides[i].name);
        buffer_puts(&b, phrase_text(PHRASE_COLON, r->l));
        buffer_puts(&b, side_text(r, &sides[i]));
    }
    return render_keep(r, &b);
}

static bool same_texts(const struct side *sides, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sides[i].n != 1 || strcmp(sides[i].items[0].key, sides[0].items[0].key) != 0)
            return false;
    return n > 0;
}

/* The difference has as many decimals as the two figures where they are as written. */
static const char *difference_text(struct renderer *r, const struct side *a, const struct side *b,
                                   const struct unit *unit)
{
    double d = fabs(a->low - b->low);
    int decimals = 0;
    for (size_t i = 0; i < 2; i++) {
        const struct side *s = i ? b : a;
        bool written = s->items[0].unit == unit && !s->items[0].computed && !r->r->rows[s->items[0].rows[0]].converted;
        int own = written ? stated_decimals(s->low) : computed_decimals(d);
        if (own > decimals) decimals = own;
    }
    const char *text = render_quantity(r, d, d, decimals, unit, SIZE_MAX);
    /* "How many percent heavier is A than B": in percent of the other. */
    if (!r->q->percent || b->low <= 0) return text;
    struct buffer both = {0};
    buffer_puts(&both, text);
    phrase_write(&both, PHRASE_BRACKETS, r->l, &(struct phrase_slots){.text = percent_text(r, 100 * d / b->low)});
    return render_keep(r, &both);
}

static void compare_two(struct renderer *r, const struct side *sides, const struct unit *unit,
                        struct phrase_slots slots, bool most_wins)
{
    const struct side *a = &sides[0], *b = &sides[1];
    if (is_single(a) && is_single(b) && nearly(a->low, b->low)) {
        slots.vehicle = a->name;
        slots.other = b->name;
        struct buffer value = {0};
        buffer_puts(&value, item_text(r, &a->items[0], false));
        for (size_t i = 0; i < b->items[0].n_rows; i++) render_cite(r, &value, b->items[0].rows[i]);
        slots.value = render_keep(r, &value);
        render_sentence(r, PHRASE_COMPARE_EQUAL, &slots);
        return;
    }
    bool a_more = a->low > b->high, b_more = b->low > a->high;
    if (!a_more && !b_more) {
        slots.list = sides_list(r, sides, 2);
        slots.higher = most_wins ? slots.higher : slots.lower;
        render_sentence(r, PHRASE_COMPARE_OVERLAP, &slots);
        return;
    }
    const struct side *winner = a_more == most_wins ? a : b, *other = winner == a ? b : a;
    slots.vehicle = winner->name;
    slots.other = other->name;
    slots.value = side_text(r, winner);
    if (is_single(a) && is_single(b)) {
        slots.difference = difference_text(r, winner, other, unit);
        slots.other_value = side_text(r, other);
        render_sentence(r, most_wins ? PHRASE_COMPARE_MORE : PHRASE_COMPARE_LESS, &slots);
        return;
    }
    slots.other_value = side_text(r, other);
    render_sentence(r, most_wins ? PHRASE_COMPARE_ALL_MORE : PHRASE_COMPARE_ALL_LESS, &slots);
}

static int most_first(const void *a, const void *b)
{
    const struct side *x = a, *y = b;
    if (x->high > y->high || x->high < y->high) return x->high > y->high ? -1 : 1;
    return x->subject < y->subject ? -1 : x->subject > y->subject;
}

static int least_first(const void *a, const void *b)
{
    const struct side *x = a, *y = b;
    if (x->low > y->low || x->low < y->low) return x->low < y->low ? -1 : 1;
    return x->subject < y->subject ? -1 : x->subject > y->subject;
}

static void compare_many(struct renderer *r, struct side *sides, size_t n,
                         struct phrase_slots slots, bool most_wins)
{
    qsort(sides, n, sizeof *sides, most_wins ? most_first : least_first);
    if (nearly(sides[0].low, sides[n - 1].high) && nearly(sides[0].high, sides[n - 1].low)) {
        slots.value = side_text(r, &sides[0]);
        render_sentence(r, PHRASE_COMPARE_SAME, &slots);
        return;
    }
    bool alone = most_wins ? sides[0].low > sides[1].high : sides[0].high < sides[1].low;
    if (alone) {
        slots.vehicle = sides[0].name;
        slots.value = side_text(r, &sides[0]);
        render_sentence(r, most_wins ? PHRASE_RANK_MOST : PHRASE_RANK_LEAST, &slots);
    }
    render_sentence(r, most_wins ? PHRASE_ORDER_MOST : PHRASE_ORDER_LEAST, &slots);
    for (size_t i = 0; i < n; i++) {
        buffer_printf(&r->text, "\n%zu. %s%s", i + 1, sides[i].name,
                      phrase_text(PHRASE_COLON, r->l));
        buffer_puts(&r->text, side_text(r, &sides[i]));
    }
    buffer_putc(&r->text, '\n');
}

/* Whether the most wins, as it is shown: the query's order is that of the attribute, of which more
 * consumption is fewer miles per gallon. */
static bool most_is_wanted(const struct renderer *r, const struct unit *unit)
{
    if (r->q->order == 0) return true;
    return (r->q->order > 0) != unit_is_economy(unit);
}

/* One attribute of all subjects. Subjects without it are named. */
static bool compare_attribute(struct renderer *r, size_t attribute, bool any)
{
    struct side sides[QUERY_MAX_SUBJECTS] = {0};
    struct rows all = rows_of(r, 0, true, 0, true); /* room for all sides' */
    uint64_t common = UINT64_MAX;
    all.n = 0;
    size_t n = 0, missing[QUERY_MAX_SUBJECTS], n_missing = 0;
    for (size_t s = 0; s < r->q->n_subjects; s++) {
        struct rows rows = rows_of(r, s, false, attribute, any);
        if (rows.n == 0) {
            missing[n_missing++] = s;
            continue;
        }
        struct side *side = &sides[n];
        side->subject = s;
        side->qualifiers = UINT64_MAX;
        side->name = r->r->subject_names ? subject_text(r, s) : rows_vehicle(r, rows, s);
        side->items = items_make(r, rows, &side->n, &side->numbers);
        if (side->n == 0) continue;
        for (size_t i = 0; i < rows.n; i++) {
            all.items[all.n++] = rows.items[i];
            side->qualifiers &= r->c->columns[r->r->rows[rows.items[i]].column].qualifiers;
        }
        common &= side->qualifiers;
        n++;
    }
    if (n < 2) return false;
    label_measures(r, sides, n, common);
    const struct unit *unit;
    struct phrase_slots slots = slots_of(r, rows_attribute(r, all), all);
    if (sides_align(sides, n, &unit)) {
        bool most = most_is_wanted(r, unit);
        if (n == 2)
            compare_two(r, sides, unit, slots, most);
        else
            compare_many(r, sides, n, slots, most);
    } else if (r->r->missing == MISSING_UNIT) {
        slots.list = sides_list(r, sides, n);
        render_sentence(r, PHRASE_COMPARE_UNITS, &slots);
    } else if (same_texts(sides, n)) {
        struct buffer value = {0};
        buffer_puts(&value, item_text(r, &sides[0].items[0], false));
        for (size_t i = 1; i < n; i++)
            for (size_t k = 0; k < sides[i].items[0].n_rows; k++)
                render_cite(r, &value, sides[i].items[0].rows[k]);
        slots.value = render_keep(r, &value);
        render_sentence(r, PHRASE_COMPARE_SAME, &slots);
    } else {
        slots.list = sides_list(r, sides, n);
        render_sentence(r, PHRASE_COMPARE_TEXTS, &slots);
    }
    for (size_t i = 0; i < n_missing; i++)
        render_sentence(r, PHRASE_NO_ATTRIBUTE,
                        &(struct phrase_slots){.attribute = query_attribute_text(r, attribute),
                                               .vehicle = subject_text(r, missing[i])});
    return true;
}

/* Many attributes: one line each. */
static void compare_lines(struct renderer *r)
{
    const struct query *q = r->q;
    struct rows all = rows_of(r, 0, true, 0, true);
    bool *taken = arena_array(r->arena, all.n ? all.n : 1, sizeof *taken);
    size_t n_lines = 0;
    if (!taken) {
        r->failed = true;
        return;
    }
    for (size_t i = 0; i < all.n && n_lines < RENDER_MAX_DESCRIBED; i++) {
        if (taken[i]) continue;
        const struct catalog_column *one = &r->c->columns[r->r->rows[all.items[i]].column];
        struct rows same[QUERY_MAX_SUBJECTS] = {0};
        bool room = true;
        for (size_t s = 0; s < q->n_subjects && room; s++)
            room = (same[s].items = arena_array(r->arena, all.n - i, sizeof(size_t))) != NULL;
        if (!room) {
            r->failed = true;
            return;
        }
        for (size_t k = i; k < all.n; k++) {
            const struct result_row *row = &r->r->rows[all.items[k]];
            const struct catalog_column *other = &r->c->columns[row->column];
            if (taken[k] || other->attribute != one->attribute ||
                other->qualifiers != one->qualifiers ||
                (one->attribute < 0 && strcmp(other->key, one->key) != 0))
                continue;
            taken[k] = true;
            if (row->subject < q->n_subjects)
                same[row->subject].items[same[row->subject].n++] = all.items[k];
        }
        struct buffer list = {0};
        for (size_t s = 0; s < q->n_subjects; s++) {
            size_t n;
            bool numbers;
            struct item *items = items_make(r, same[s], &n, &numbers);
            if (n == 0) continue;
            if (list.len) buffer_puts(&list, phrase_text(PHRASE_SEMICOLON, r->l));
            buffer_puts(&list, rows_vehicle(r, same[s], s));
            buffer_puts(&list, phrase_text(PHRASE_COLON, r->l));
            buffer_puts(&list, numbers && n > RENDER_MAX_LABELS
                                   ? items_span(r, items, n)
                                   : items_list(r, items, n, RENDER_MAX_LABELS));
        }
        if (r->text.len) buffer_putc(&r->text, '\n');
        buffer_puts(&r->text, "- ");
        struct rows one_row = {&all.items[i], 1};
        phrase_write(&r->text, PHRASE_COMPARE_LINE, r->l,
                     &(struct phrase_slots){.attribute = rows_attribute(r, one_row),
                                            .list = buffer_text(&list)});
        buffer_free(&list);
        n_lines++;
    }
}

bool render_compare(struct renderer *r)
{
    bool any = false;
    if (r->q->n_subjects < 2) return false;
    if (r->q->n_attributes == 0) {
        struct rows all = rows_of(r, 0, true, 0, true);
        bool one = all.n > 0;
        for (size_t i = 1; one && i < all.n; i++) {
            const struct catalog_column *a = &r->c->columns[r->r->rows[all.items[0]].column],
                                        *b = &r->c->columns[r->r->rows[all.items[i]].column];
            one = a->attribute == b->attribute && a->qualifiers == b->qualifiers &&
                  (a->attribute >= 0 || strcmp(a->key, b->key) == 0);
        }
        if (one) return compare_attribute(r, 0, true);
        compare_lines(r);
        return all.n > 0;
    }
    for (size_t a = 0; a < r->q->n_attributes; a++) {
        /* Of two cells that words found, the one attribute is theirs. */
        if (r->r->subject_names && rows_of(r, 0, true, a, false).n == 0) continue;
        if (compare_attribute(r, a, false)) {
            any = true;
            continue;
        }
        /* Of fewer than two it is a value, not a comparison. */
        for (size_t s = 0; s < r->q->n_subjects; s++) {
            struct rows rows = rows_of(r, s, false, a, false);
            if (rows.n) {
                render_value(r, rows, s);
                any = true;
            } else {
                render_sentence(r, PHRASE_NO_ATTRIBUTE,
                                &(struct phrase_slots){.attribute = query_attribute_text(r, a),
                                                       .vehicle = subject_text(r, s)});
            }
        }
    }
    return any || r->text.len > 0;
}
