/* Rankings, lists, counts, aggregates and groups: answers about many vehicles. */
#include "answer/render_parts.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* One vehicle of a list: the rows that speak of it. */
struct entry {
    size_t record;
    struct rows rows;
    const char *name;
    const char *values;                      /* "8.7 L/100 km; 4 cylinders"; "" */
    size_t n_same;                           /* entries that read the same */
    size_t marks[RENDER_MAX_MARKS], n_marks; /* rows to cite */
};

/* What a list's values are of is the vehicle's own name: nothing to show behind it. */
static bool names_vehicle(const struct renderer *r, size_t row)
{
    int attribute = r->c->columns[r->r->rows[row].column].attribute;
    if (r->r->rows[row].name_only) return true;
    if (attribute < 0) return false;
    enum attribute_role role = REGISTRY[attribute].role;
    bool name = role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_TRIM || role == ROLE_NAME ||
                role == ROLE_YEAR;
    return name && strstr(row_record(r, row)->title, r->r->rows[row].fact.text);
}

/* A text that all vehicles share ("Diesel" of diesels) says nothing about one of them. */
static bool shared_text(const struct renderer *r, struct rows all, size_t row)
{
    const struct result_row *one = &r->r->rows[row];
    if (one->fact.kind == VALUE_NUMBER || one->attribute != SIZE_MAX) return false;
    for (size_t i = 0; i < all.n; i++) {
        const struct result_row *other = &r->r->rows[all.items[i]];
        if (other->attribute == one->attribute && other->condition == one->condition &&
            strcmp(other->fact.text, one->fact.text) != 0)
            return false;
    }
    return true;
}

/* Rows by vehicle, in the order in which vehicles come; rows of one vehicle are neighbours. */
static struct entry *entries_make(struct renderer *r, struct rows all, size_t max, size_t *n_out)
{
    struct entry *entries = arena_array(r->arena, all.n ? all.n : 1, sizeof *entries);
    size_t n = 0;
    *n_out = 0;
    if (!entries) {
        r->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < all.n; i++) {
        size_t record = r->r->rows[all.items[i]].record;
        if (n && entries[n - 1].record == record) {
            entries[n - 1].rows.n++;
            continue;
        }
        if (n == max) break;
        entries[n++] = (struct entry){.record = record, .rows = {all.items + i, 1}};
    }
    *n_out = n;
    return entries;
}

/* Items of the rows of one attribute or condition within an entry. */
static void entry_values(struct renderer *r, struct entry *e, struct rows all, bool several)
{
    struct buffer b = {0};
    for (size_t i = 0; i < e->rows.n;) {
        const struct result_row *first = &r->r->rows[e->rows.items[i]];
        size_t end = i + 1;
        while (end < e->rows.n && r->r->rows[e->rows.items[end]].attribute == first->attribute &&
               r->r->rows[e->rows.items[end]].condition == first->condition)
            end++;
        struct rows part = {e->rows.items + i, end - i};
        i = end;
        if (names_vehicle(r, part.items[0]) || shared_text(r, all, part.items[0])) continue;
        size_t n;
        bool numbers;
        struct item *items = items_make(r, part, &n, &numbers);
        if (n == 0) continue;
        for (size_t k = 0; k < n; k++) items[k].n_rows = 0; /* marks stand behind the bracket */
        if (b.len) buffer_puts(&b, phrase_text(PHRASE_SEMICOLON, r->l));
        if (several) {
            buffer_puts(&b, rows_attribute(r, part));
            buffer_puts(&b, phrase_text(PHRASE_COLON, r->l));
        }
        for (size_t k = 0; k < n && k < RENDER_MAX_LABELS; k++) {
            if (k) buffer_puts(&b, phrase_text(PHRASE_COMMA, r->l));
            buffer_puts(&b, item_text_inside(r, &items[k], n > 1, true));
        }
    }
    e->values = render_keep(r, &b);
}

/* How many attributes and conditions the entries show: with several each is named. */
static bool shows_several(const struct renderer *r, struct rows all)
{
    const struct result_row *shown = NULL;
    for (size_t i = 0; i < all.n; i++) {
        const struct result_row *row = &r->r->rows[all.items[i]];
        if (names_vehicle(r, all.items[i])) continue;
        if (row->fact.kind != VALUE_NUMBER && row->attribute == SIZE_MAX) continue;
        if (shown && (shown->attribute != row->attribute ||
                      (row->attribute == SIZE_MAX && shown->condition != row->condition)))
            return true;
        if (!shown) shown = row;
    }
    return false;
}

static bool same_text(const char *a, const char *b)
{
    while (true) {
        if (*a == '\2') a++;
        if (*b == '\2') b++;
        if (*a == '\1') a += 7;
        if (*b == '\1') b += 7;
        if (*a != *b || *a == '\0') break;
        a++;
        b++;
    }
    return *a == *b;
}

/* The row's cell, unless the entry cites it already. */
static void add_mark(const struct renderer *r, struct entry *e, size_t row)
{
    for (size_t i = 0; i < e->n_marks; i++)
        if (r->r->rows[e->marks[i]].record == r->r->rows[row].record &&
            r->r->rows[e->marks[i]].column == r->r->rows[row].column)
            return;
    if (e->n_marks < RENDER_MAX_MARKS) e->marks[e->n_marks++] = row;
}

static void entry_write(struct renderer *r, const struct entry *e, struct buffer *out)
{
    struct buffer inside = {0};
    buffer_puts(&inside, e->values);
    if (e->n_same > 1) {
        if (inside.len) buffer_puts(&inside, phrase_text(PHRASE_SEMICOLON, r->l));
        phrase_write(&inside, PHRASE_SAME_ENTRIES, r->l,
                     &(struct phrase_slots){.number = render_count(r, e->n_same)});
    }
    buffer_puts(out, e->name);
    if (inside.len)
        phrase_write(out, PHRASE_BRACKETS, r->l,
                     &(struct phrase_slots){.text = buffer_text(&inside)});
    buffer_free(&inside);
    for (size_t i = 0; i < e->n_marks; i++) render_cite(r, out, e->marks[i]);
}

/* Entries that read the same become one; returns how many are left. */
static size_t merge_entries(const struct renderer *r, struct entry *entries, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct entry *same = NULL;
        for (size_t k = 0; k < kept && !same; k++)
            if (strcmp(entries[k].name, entries[i].name) == 0 &&
                same_text(entries[k].values, entries[i].values))
                same = &entries[k];
        if (!same) {
            entries[kept++] = entries[i];
            continue;
        }
        same->n_same++;
        for (size_t m = 0; m < entries[i].n_marks; m++) add_mark(r, same, entries[i].marks[m]);
    }
    return kept;
}

/* The vehicles, a line each; those beyond the first are counted. */
static void entries_lines(struct renderer *r, struct rows all, size_t total)
{
    size_t n;
    struct entry *entries = entries_make(r, all, RENDER_MAX_ITEMS, &n);
    bool several = shows_several(r, all);
    if (!entries) return;
    for (size_t i = 0; i < n; i++) {
        struct entry *e = &entries[i];
        e->name = record_text(r, e->record);
        entry_values(r, e, all, several);
        e->n_same = 1;
        for (size_t k = 0; k < e->rows.n; k++) add_mark(r, e, e->rows.items[k]);
    }
    size_t lines = merge_entries(r, entries, n);
    for (size_t i = 0; i < lines; i++) {
        buffer_puts(&r->text, "\n- ");
        entry_write(r, &entries[i], &r->text);
    }
    if (total > n) {
        buffer_puts(&r->text, "\n- ");
        phrase_write(&r->text, PHRASE_MORE, r->l,
                     &(struct phrase_slots){.number = render_count(r, total - n)});
    }
    buffer_putc(&r->text, '\n');
}

static size_t count_entries(const struct renderer *r, struct rows all)
{
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (i == 0 || r->r->rows[all.items[i]].record != r->r->rows[all.items[i - 1]].record) n++;
    return n;
}

void render_list(struct renderer *r)
{
    struct rows all = rows_of(r, 0, true, 0, true);
    size_t total = r->r->n_matches, shown = count_entries(r, all);
    if (all.n == 0) return;
    if (total < shown) total = shown;
    struct phrase_slots slots = {.text = conditions_text(r)};
    bool one = total == 1 && slots.text[0];
    slots.number = one ? "" : render_count(r, total);
    render_sentence(r,
                    one             ? PHRASE_LIST_ONE
                    : slots.text[0] ? PHRASE_LIST
                                    : PHRASE_LIST_ALL,
                    &slots);
    entries_lines(r, all, total);
}

/* ---- how many ---- */

const char *percent_text(struct renderer *r, double percent)
{
    struct buffer b = {0};
    buffer_printf(&b, "%s %%", render_quantity(r, percent, percent, 1, NULL, SIZE_MAX));
    return render_keep(r, &b);
}

void render_count_result(struct renderer *r)
{
    struct rows all = rows_of(r, 0, true, 0, true);
    struct buffer marks = {0};
    size_t marked = 0, last = SIZE_MAX;
    double n = r->r->number;
    if (!isfinite(n)) return;
    for (size_t i = 0; i < all.n && marked < RENDER_MAX_MARKS; i++) {
        size_t record = r->r->rows[all.items[i]].record;
        if (record == last) continue;
        last = record;
        render_cite(r, &marks, all.items[i]);
        marked++;
    }
    struct phrase_slots slots = {.text = conditions_text(r), .list = render_keep(r, &marks)};
    if (r->q->share) {
        slots.number = render_count(r, r->r->n_matches);
        slots.other = render_count(r, r->r->n_base);
        slots.value = percent_text(r, n);
        render_sentence(r, PHRASE_COUNT_SHARE, &slots);
        return;
    }
    bool one = n > 0.5 && n < 1.5 && slots.text[0], models = r->q->distinct;
    bool quantities = !models && r->r->n_matches && fabs(n - (double)r->r->n_matches) > 0.5;
    slots.number = one ? "" : render_quantity(r, n, n, stated_decimals(n), NULL, SIZE_MAX);
    if (quantities && slots.text[0]) {
        if (one) slots.number = render_count(r, 1);
        slots.other = render_count(r, r->r->n_matches);
        render_sentence(r, r->r->n_matches == 1 ? PHRASE_COUNT_VEHICLES_ONE : PHRASE_COUNT_VEHICLES,
                        &slots);
    } else if (models && slots.text[0])
        render_sentence(r, one ? PHRASE_COUNT_MODELS_ONE : PHRASE_COUNT_MODELS, &slots);
    else
        render_sentence(r,
                        one             ? PHRASE_COUNT_ONE
                        : slots.text[0] ? PHRASE_COUNT
                                        : PHRASE_COUNT_ALL,
                        &slots);
}

/* ---- most and least ---- */

/* The rows that a ranking or an aggregate is about. */
static struct rows figure_rows(struct renderer *r)
{
    struct rows rows = rows_of(r, 0, true, 0, false);
    return rows.n ? rows : rows_of(r, 0, true, 0, true);
}

/* Whether the first of the rows has the most, in the unit that is shown. */
static bool most_first_shown(const struct renderer *r, struct rows rows)
{
    const struct result_row *first = &r->r->rows[rows.items[0]];
    for (size_t i = 1; i < rows.n; i++) {
        const struct result_row *row = &r->r->rows[rows.items[i]];
        if (row->unit == first->unit && (row->low < first->low || row->low > first->low))
            return row->low < first->low;
    }
    bool most = r->q->order >= 0;
    return unit_is_economy(first->unit) ? !most : most;
}

/* "Compared: 42 entries (2022 Volvo)." */
static void render_among(struct renderer *r)
{
    size_t n = r->r->n_matches > r->r->n_rows ? r->r->n_matches : 0, lacking = r->r->n_left_out;
    struct phrase_slots slots = {.number = render_count(r, n ? n : r->r->n_matches), .text = conditions_text(r)};
    if (slots.text[0] && lacking) {
        slots.other = render_count(r, lacking);
        render_sentence(r, PHRASE_AMONG_LACKING, &slots);
        return;
    }
    if (n == 0) return;
    render_sentence(r, slots.text[0] ? PHRASE_AMONG : PHRASE_AMONG_ALL, &slots);
}

static const char *row_value(struct renderer *r, size_t row)
{
    size_t one = row, n;
    bool numbers;
    struct item *items = items_make(r, (struct rows){&one, 1}, &n, &numbers);
    return n ? item_text(r, &items[0], false) : "";
}

static bool ties(const struct renderer *r, size_t a, size_t b)
{
    const struct result_row *x = &r->r->rows[a], *y = &r->r->rows[b];
    return x->unit == y->unit && !(x->low < y->low) && !(x->low > y->low) && !(x->high < y->high) &&
           !(x->high > y->high);
}

/* "A [1], B [2] and C [3]" */
static const char *tied_names(struct renderer *r, struct rows rows)
{
    struct buffer b = {0};
    for (size_t i = 0; i < rows.n; i++) {
        if (i == RENDER_MAX_ITEMS) {
            buffer_puts(&b, phrase_text(PHRASE_COMMA, r->l));
            phrase_write(&b, PHRASE_MORE, r->l,
                         &(struct phrase_slots){.number = render_count(r, rows.n - i)});
            break;
        }
        if (i) buffer_puts(&b, phrase_text(i + 1 == rows.n ? PHRASE_AND : PHRASE_COMMA, r->l));
        buffer_puts(&b, record_text(r, r->r->rows[rows.items[i]].record));
        render_cite(r, &b, rows.items[i]);
    }
    return render_keep(r, &b);
}

/* What else is asked of the first n: "and what does it cost?" */
static void render_also(struct renderer *r, struct rows winners, size_t n)
{
    for (size_t a = 1; a < r->q->n_attributes; a++) {
        struct rows all = rows_of(r, 0, true, a, false);
        for (size_t w = 0; w < n && w < RENDER_MAX_ITEMS; w++) {
            struct rows own = {arena_array(r->arena, all.n + 1, sizeof(size_t)), 0};
            if (!own.items) {
                r->failed = true;
                return;
            }
            for (size_t i = 0; i < all.n; i++)
                if (r->r->rows[all.items[i]].record == r->r->rows[winners.items[w]].record) own.items[own.n++] = all.items[i];
            if (own.n) render_value(r, own, SIZE_MAX);
        }
    }
}

void render_rank(struct renderer *r)
{
    struct rows rows = figure_rows(r);
    if (rows.n == 0) return;
    struct phrase_slots slots = slots_of(r, rows_attribute(r, rows), rows);
    bool most = most_first_shown(r, rows);
    size_t wanted = r->q->limit ? r->q->limit : 1, tied = 1;
    while (tied < rows.n && ties(r, rows.items[0], rows.items[tied])) tied++;
    if (r->q->nth > 1) {
        slots.number = render_count(r, r->q->nth);
        slots.list = tied_names(r, rows);
        slots.value = row_value(r, rows.items[0]);
        render_sentence(r, most ? PHRASE_RANK_NTH_MOST : PHRASE_RANK_NTH_LEAST, &slots);
        render_among(r);
        return;
    }
    if (wanted <= 1 && tied == 1) {
        slots.vehicle = record_text(r, r->r->rows[rows.items[0]].record);
        slots.value = row_value(r, rows.items[0]);
        render_sentence(r, most ? PHRASE_RANK_MOST : PHRASE_RANK_LEAST, &slots);
        render_also(r, rows, 1);
        render_among(r);
        return;
    }
    if (wanted <= 1) {
        struct buffer value = {0};
        const struct result_row *row = &r->r->rows[rows.items[0]];
        int decimals = row->converted ? computed_decimals(row->low) : stated_decimals(row->low);
        buffer_puts(&value,
                    render_quantity(r, row->low, row->high, decimals, row->unit, rows.items[0]));
        slots.value = render_keep(r, &value);
        slots.list = tied_names(r, (struct rows){rows.items, tied});
        render_sentence(r, most ? PHRASE_RANK_TIED_MOST : PHRASE_RANK_TIED_LEAST, &slots);
        render_also(r, rows, tied);
        render_among(r);
        return;
    }
    slots.number = render_count(r, rows.n);
    render_sentence(r, most ? PHRASE_RANK_LIST_MOST : PHRASE_RANK_LIST_LEAST, &slots);
    for (size_t i = 0, place = 1; i < rows.n; i++) {
        if (i && !ties(r, rows.items[i - 1], rows.items[i])) place = i + 1;
        buffer_printf(&r->text, "\n%zu. ", place);
        buffer_puts(&r->text, record_text(r, r->r->rows[rows.items[i]].record));
        buffer_puts(&r->text, phrase_text(PHRASE_COLON, r->l));
        buffer_puts(&r->text, row_value(r, rows.items[i]));
    }
    buffer_putc(&r->text, '\n');
    render_among(r);
}

/* ---- aggregates ---- */

/* An average of prices has cents. */
static int average_decimals(double value, const struct unit *unit)
{
    return unit && unit->dimension == DIMENSION_MONEY ? 2 : computed_decimals(value);
}

/* "10.2 L/100 km (2022 Genesis G70) [1]" */
static const char *extreme_text(struct renderer *r, size_t row, bool high)
{
    const struct result_row *at = &r->r->rows[row];
    struct buffer b = {0};
    double v = high ? at->high : at->low;
    if (at->low > at->high) v = high ? at->low : at->high;
    int decimals = at->converted ? computed_decimals(v) : stated_decimals(v);
    buffer_puts(&b, render_quantity(r, v, v, decimals, at->unit, row));
    phrase_write(&b, PHRASE_BRACKETS, r->l,
                 &(struct phrase_slots){.text = record_text(r, at->record)});
    render_cite(r, &b, row);
    return render_keep(r, &b);
}

/* The rows with the least and the most: where the executor says so and it is true of what is shown.
 */
static void find_extremes(const struct renderer *r, struct rows rows, size_t *least, size_t *most)
{
    *least = *most = rows.items[0];
    for (size_t i = 0; i < rows.n; i++) {
        const struct result_row *row = &r->r->rows[rows.items[i]];
        const struct unit *unit = r->r->rows[*least].unit;
        double low = fmin(row->low, row->high), high = fmax(row->low, row->high);
        if (row->unit != unit) {
            double a, b;
            if (!row->unit || !unit || !unit_convert(low, row->unit, unit, &a) ||
                !unit_convert(high, row->unit, unit, &b))
                continue;
            low = fmin(a, b);
            high = fmax(a, b);
        }
        const struct result_row *l = &r->r->rows[*least], *m = &r->r->rows[*most];
        double most_now = fmax(m->low, m->high);
        if (m->unit != unit && m->unit && unit) unit_convert(most_now, m->unit, unit, &most_now);
        if (low < fmin(l->low, l->high) && row->unit == unit) *least = rows.items[i];
        if (high > most_now) *most = rows.items[i];
    }
}

void render_aggregate(struct renderer *r)
{
    struct rows rows = figure_rows(r);
    const struct result *res = r->r;
    size_t least, most;
    if (rows.n == 0) return;
    if (rows.n == 1 && res->n_counted <= 1) {
        render_value(r, rows, SIZE_MAX);
        return;
    }
    find_extremes(r, rows, &least, &most);
    struct phrase_slots slots = slots_of(r, rows_attribute(r, rows), rows);
    size_t counted = res->n_counted ? res->n_counted : rows.n;
    const char *conditions = conditions_text(r);
    struct buffer all = {0};
    if (!conditions[0])
        phrase_write(&all, PHRASE_SAME_ENTRIES, r->l,
                     &(struct phrase_slots){.number = render_count(r, counted)});
    else
        buffer_puts(&all, conditions);
    slots.text = render_keep(r, &all);
    slots.number = render_count(r, counted);
    bool same = ties(r, least, most);
    switch (r->q->aggregate) {
    case AGGREGATE_AVERAGE:
    case AGGREGATE_MEDIAN:
    case AGGREGATE_SUM: {
        bool sum = r->q->aggregate == AGGREGATE_SUM;
        bool whole = sum && !res->rows[least].converted;
        slots.value = render_quantity(r, res->number, res->number,
                                      whole ? stated_decimals(res->number)
                                            : average_decimals(res->number, res->number_unit),
                                      res->number_unit, SIZE_MAX);
        render_sentence(r, sum ? PHRASE_SUM : r->q->aggregate == AGGREGATE_MEDIAN ? PHRASE_MEDIAN : PHRASE_AVERAGE, &slots);
        slots.least = extreme_text(r, least, false);
        slots.most = extreme_text(r, most, true);
        render_sentence(r, PHRASE_EXTREMES, &slots);
        return;
    }
    case AGGREGATE_LEAST:
        slots.value = extreme_text(r, least, false);
        render_sentence(r, PHRASE_LEAST, &slots);
        break;
    case AGGREGATE_MOST:
        slots.value = extreme_text(r, most, true);
        render_sentence(r, PHRASE_MOST, &slots);
        break;
    case AGGREGATE_RANGE:
    case AGGREGATE_NONE:
        slots.value = same ? extreme_text(r, least, false) : "";
        slots.least = extreme_text(r, least, false);
        slots.most = extreme_text(r, most, true);
        render_sentence(r, same ? PHRASE_RANGE_SAME : PHRASE_RANGE, &slots);
        return;
    }
    render_sentence(r, conditions[0] ? PHRASE_AMONG : PHRASE_AMONG_ALL, &slots);
}

/* ---- groups ---- */

static const char *group_title(struct renderer *r, size_t i)
{
    struct buffer b = {0};
    clean_write(&b, r->r->groups[i].name ? r->r->groups[i].name : "", WORDING_MAX_NAME);
    if (b.len == 0) buffer_puts(&b, "–");
    return render_keep(r, &b);
}

void render_groups(struct renderer *r)
{
    static const enum phrase INTROS[] = {
        [AGGREGATE_NONE] = PHRASE_GROUPS_SUM,    [AGGREGATE_AVERAGE] = PHRASE_GROUPS_AVERAGE,
        [AGGREGATE_SUM] = PHRASE_GROUPS_SUM,     [AGGREGATE_RANGE] = PHRASE_GROUPS_SUM,
        [AGGREGATE_LEAST] = PHRASE_GROUPS_LEAST, [AGGREGATE_MOST] = PHRASE_GROUPS_MOST,
        [AGGREGATE_MEDIAN] = PHRASE_GROUPS_AVERAGE, /* not grouped: read_operation */
    };
    const struct result *res = r->r;
    bool count = r->q->op == QUERY_COUNT;
    if (res->n_groups == 0) return;
    struct rows rows = figure_rows(r);
    const char *attribute = rows.n ? rows_attribute(r, rows) : query_attribute_text(r, 0);
    struct phrase_slots slots = slots_of(r, attribute, rows);
    struct attribute_name by = query_attribute_name(&r->q->group);
    struct buffer name = {0};
    const char *conditions = conditions_text(r);
    attribute_name_write(&name, &by, r->l);
    struct buffer text = {0};
    phrase_write(&text, PHRASE_UNDERSTOOD_GROUP, r->l,
                 &(struct phrase_slots){.attribute = buffer_text(&name)});
    buffer_free(&name);
    if (conditions[0]) {
        buffer_puts(&text, phrase_text(PHRASE_SEMICOLON, r->l));
        buffer_puts(&text, conditions);
    }
    slots.text = render_keep(r, &text);
    struct buffer intro = {0};
    phrase_write(&intro, count ? PHRASE_GROUPS_COUNT : INTROS[r->q->aggregate], r->l, &slots);
    if (intro.len && intro.data) intro.data[0] = (char)toupper((unsigned char)intro.data[0]);
    buffer_puts(&r->text, render_keep(r, &intro));
    for (size_t i = 0; i < res->n_groups && i < RENDER_MAX_ITEMS; i++) {
        const struct result_group *g = &res->groups[i];
        struct phrase_slots line = {.vehicle = group_title(r, i), .number = render_count(r, g->n)};
        if (!count)
            line.value = render_quantity(r, g->number, g->number,
                                         average_decimals(g->number, res->number_unit),
                                         res->number_unit, SIZE_MAX);
        buffer_puts(&r->text, "\n- ");
        phrase_write(&r->text, count ? PHRASE_GROUP_COUNT : PHRASE_GROUP, r->l, &line);
    }
    if (res->n_groups > RENDER_MAX_ITEMS) {
        buffer_puts(&r->text, "\n- ");
        phrase_write(
            &r->text, PHRASE_MORE, r->l,
            &(struct phrase_slots){.number = render_count(r, res->n_groups - RENDER_MAX_ITEMS)});
    }
    buffer_putc(&r->text, '\n');
}
