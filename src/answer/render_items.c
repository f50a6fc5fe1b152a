/* Values as text: what a row says, with what has to be said of it, and rows that say the same as
 * one item. */
#include "answer/render_parts.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- one value ---- */

static void add_remark(struct renderer *r, struct buffer *remarks, const char *text)
{
    if (!text[0]) return;
    if (remarks->len) buffer_puts(remarks, phrase_text(PHRASE_SEMICOLON, r->l));
    buffer_puts(remarks, text);
}

static void add_remark_phrase(struct renderer *r, struct buffer *remarks, enum phrase p,
                              const struct phrase_slots *slots)
{
    add_remark(r, remarks, render_phrase(r, p, slots));
}

static const char *cleaned(struct renderer *r, const char *text, size_t max)
{
    struct buffer b = {0};
    clean_write(&b, text, max);
    return render_keep(r, &b);
}

/* The fact's own quantity, in its own unit; figures are counted only where `row` is one. */
static const char *stated(struct renderer *r, const struct fact_row *f, size_t row)
{
    int low = stated_decimals(f->low), high = stated_decimals(f->high);
    int decimals = low > high ? low : high;
    if (row != SIZE_MAX) return render_quantity(r, f->low, f->high, decimals, f->unit, row);
    struct buffer b = {0};
    quantity_write(&b, f->low, f->high, decimals, f->unit, r->l, NULL, NULL);
    return render_keep(r, &b);
}

/* Whether a cell's text says no more than yes or no. */
static bool is_plain_answer(const char *text)
{
    static const char *const WORDS[] = {"yes", "no",  "y",  "n",  "true", "false", "ja", "nein",
                                        "oui", "non", "si", "sí", "1",    "0",     "x",  "✓",
                                        "✔",   "●",   "○",  "✗",  "✘",    "是",    "否", "有",
                                        "无",  "-",   "–",  "—",  "j",    "o",     "√",  "×"};
    char lower[8] = "";
    size_t len = strlen(text);
    if (len >= sizeof lower) return false;
    for (size_t i = 0; i < len; i++) lower[i] = (char)tolower((unsigned char)text[i]);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(lower, WORDS[i]) == 0) return true;
    return len == 0;
}

/* Whether the text says the category's name already. */
static bool says_category(const char *text, const char *name)
{
    struct buffer a = {0}, b = {0};
    text_fold(text, strlen(text), &a);
    text_fold(name, strlen(name), &b);
    bool says = strstr(buffer_text(&a), buffer_text(&b)) != NULL;
    buffer_free(&a);
    buffer_free(&b);
    return says;
}

static const char *category_name(const struct renderer *r, int category)
{
    if (category < 0 || (size_t)category >= CATEGORY_COUNT) return "";
    const char *const *names = CATEGORIES[category].names;
    const char *name = names[r->l] && names[r->l][0] ? names[r->l] : names[LANGUAGE_EN];
    return name ? name : "";
}

/* The number that stands for the quantity, and the same quantity in other units. `rows` are the
 * parts of one cell's group. */
static size_t main_part(const struct renderer *r, const size_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!r->r->rows[rows[i]].converted) return rows[i];
    return rows[0];
}

static size_t small_word(const char *text)
{
    size_t n = 0;
    while ((text[n] >= 'a' && text[n] <= 'z') || (unsigned char)text[n] >= 0xc3) n++;
    return n >= 3 && n <= 16 ? n : 0;
}

/* The word for what a figure is of that is no unit known here: "stars" of "4 stars", or of the column "Rating
 * (stars)". 0: there is none, or the attribute itself says it. */
static size_t counted_word(const struct renderer *r, const struct result_row *row, const char **word)
{
    const struct catalog_column *column = &r->c->columns[row->column];
    const char *text = row->fact.text + strspn(row->fact.text, " ");
    size_t digits = strspn(text, "0123456789.,"), n;
    if (row->unit || row->converted || row->fact.remark[0] || digits == 0) return 0;
    if (column->attribute >= 0 && REGISTRY[column->attribute].dimension != DIMENSION_NONE) return 0;
    if (text[digits] == ' ') {
        *word = text + digits + 1;
        n = small_word(*word);
        return (*word)[n] ? 0 : n;
    }
    const char *bracket = strrchr(column->name, '(');
    if (text[digits] || !bracket) return 0;
    *word = bracket + 1;
    n = small_word(*word);
    return n && strcmp(*word + n, ")") == 0 ? n : 0;
}

static void number_text(struct renderer *r, const size_t *rows, size_t n, bool figures,
                        struct buffer *value, struct buffer *remarks)
{
    size_t main = main_part(r, rows, n);
    const struct result_row *row = &r->r->rows[main];
    int low = row->converted ? computed_decimals(row->low) : stated_decimals(row->low);
    int high = row->converted ? computed_decimals(row->high) : stated_decimals(row->high);
    int decimals = low > high ? low : high;
    if (figures)
        buffer_puts(value, render_quantity(r, row->low, row->high, decimals, row->unit, main));
    else
        quantity_write(value, row->low, row->high, decimals, row->unit, r->l, NULL, NULL);
    if (value->len == 0) {
        clean_write(value, row->fact.text, WORDING_MAX_VALUE);
        return;
    }
    const char *word;
    size_t word_len = n == 1 ? counted_word(r, row, &word) : 0;
    if (word_len) {
        buffer_putc(value, ' ');
        buffer_append(value, word, word_len);
    }
    bool unit_only = row->low == row->fact.low && row->high == row->fact.high; /* 67 dB, 67 dB(A) */
    if (row->converted && !unit_only)
        add_remark_phrase(
            r, remarks, PHRASE_IN_DOCUMENT,
            &(struct phrase_slots){.value = stated(r, &row->fact, figures ? main : SIZE_MAX)});
    if (row->converted && !row->fact.unit && row->fact.likely_unit)
        add_remark_phrase(r, remarks, PHRASE_UNIT_TAKEN,
                          &(struct phrase_slots){.unit = row->fact.likely_unit->symbol});
    for (size_t i = 0; i < n; i++) {
        const struct result_row *other = &r->r->rows[rows[i]];
        if (rows[i] != main && other->fact.unit != row->unit && other->fact.unit != row->fact.unit)
            add_remark(r, remarks, stated(r, &other->fact, figures ? rows[i] : SIZE_MAX));
    }
    /* Of prose the text is the figure alone: the words that make it a limit stand around it. */
    if (row->fact.bound)
        add_remark_phrase(
            r, remarks, row->fact.quote[0] ? PHRASE_LIMIT_PLAIN : PHRASE_LIMIT,
            &(struct phrase_slots){.text = cleaned(r, row->fact.text, WORDING_MAX_VALUE)});
    if (r->q->unit && !row->unit && row->attribute != SIZE_MAX)
        add_remark_phrase(r, remarks, PHRASE_UNIT_UNKNOWN, &(struct phrase_slots){0});
    add_remark(r, remarks, cleaned(r, row->fact.remark, WORDING_MAX_VALUE));
    if (row->fact.implausible)
        add_remark_phrase(r, remarks, PHRASE_IMPLAUSIBLE, &(struct phrase_slots){0});
}

/* What makes a value of any kind doubtful. */
static void add_doubts(struct renderer *r, const struct fact_row *f, struct buffer *remarks)
{
    if (f->low_confidence)
        add_remark_phrase(r, remarks, PHRASE_LOW_CONFIDENCE, &(struct phrase_slots){0});
}

static void value_text(struct renderer *r, const size_t *rows, size_t n, bool figures,
                       struct buffer *value, struct buffer *remarks)
{
    const struct fact_row *f = &r->r->rows[rows[0]].fact;
    const char *category;
    switch (f->kind) {
    case VALUE_NUMBER:
        number_text(r, rows, n, figures, value, remarks);
        add_doubts(r, f, remarks);
        return;
    case VALUE_YES:
    case VALUE_NO:
        buffer_puts(value, phrase_text(f->kind == VALUE_YES ? PHRASE_YES : PHRASE_NO, r->l));
        if (!is_plain_answer(f->text))
            add_remark(r, remarks, cleaned(r, f->text, WORDING_MAX_VALUE));
        break;
    case VALUE_TEXT:
    case VALUE_NONE:
        clean_write(value, f->text, WORDING_MAX_VALUE);
        category = category_name(r, f->category);
        if (category[0] && !says_category(f->text, category)) add_remark(r, remarks, category);
        break;
    }
    add_remark(r, remarks, cleaned(r, f->remark, WORDING_MAX_VALUE));
    add_doubts(r, f, remarks);
}

/* ---- items ---- */

/* What tells this row from others: "city", "Manual 6-spd", "row 12". */
struct distinctions {
    uint64_t common; /* qualifiers that all columns have */
    bool qualifiers; /* they differ in others */
    bool columns;    /* columns of no registry attribute, by several names */
    bool titles, documents, records;
};

static struct distinctions distinguish(const struct renderer *r, struct rows rows)
{
    struct distinctions d = {.common = UINT64_MAX};
    const struct result_row *first = rows.n ? &r->r->rows[rows.items[0]] : NULL;
    for (size_t i = 0; i < rows.n; i++)
        d.common &= r->c->columns[r->r->rows[rows.items[i]].column].qualifiers;
    for (size_t i = 0; i < rows.n; i++) {
        const struct result_row *row = &r->r->rows[rows.items[i]];
        const struct catalog_column *column = &r->c->columns[row->column],
                                    *one = &r->c->columns[first->column];
        if (column->qualifiers != d.common) d.qualifiers = true;
        if (column->attribute != one->attribute ||
            (column->attribute < 0 && strcmp(column->name, one->name) != 0))
            d.columns = true;
        if (row->record != first->record) d.records = true;
        if (strcmp(r->c->records[row->record].title, r->c->records[first->record].title) != 0)
            d.titles = true;
        if (r->c->sources[column->source].document != r->c->sources[one->source].document)
            d.documents = true;
    }
    return d;
}

static const char *label_text(struct renderer *r, const struct distinctions *d, size_t i)
{
    const struct result_row *row = &r->r->rows[i];
    const struct catalog_column *column = &r->c->columns[row->column];
    struct buffer b = {0};
    if (d->columns) {
        struct attribute_name name = column_attribute_name(r->c, row->column);
        name.qualifiers &= ~d->common;
        attribute_name_write(&b, &name, r->l);
    } else if (d->qualifiers) {
        qualifiers_write(&b, column->qualifiers & ~d->common, r->l);
    }
    bool place = r->r->status == STATUS_CONTRADICTION;
    if (!place && row->variant && row->variant[0]) {
        if (b.len) buffer_puts(&b, phrase_text(PHRASE_COMMA, r->l));
        clean_write(&b, row->variant, WORDING_MAX_NAME);
    } else if (!place && d->titles) {
        if (b.len) buffer_puts(&b, phrase_text(PHRASE_COMMA, r->l));
        buffer_puts(&b, record_text(r, row->record));
    } else if (place || (d->records && !d->qualifiers && !d->columns)) {
        if (b.len) buffer_puts(&b, phrase_text(PHRASE_COMMA, r->l));
        if (d->documents)
            clean_write(&b, r->c->documents[r->c->sources[column->source].document].name,
                        WORDING_MAX_NAME);
        if (d->documents && row->fact.place[0]) buffer_puts(&b, phrase_text(PHRASE_COMMA, r->l));
        clean_write(&b, row->fact.place, WORDING_MAX_NAME);
    }
    return render_keep(r, &b);
}

static int by_order(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int by_key(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int key = strcmp(x->key, y->key);
    return key ? key : by_order(a, b);
}

/* Of items that are all finite numbers. */
static int by_value(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->low < y->low || x->low > y->low) return x->low < y->low ? -1 : 1;
    if (x->high < y->high || x->high > y->high) return x->high < y->high ? -1 : 1;
    return by_key(a, b);
}

static void add_label(struct item *item, const char *label)
{
    if (!label[0]) return;
    for (size_t i = 0; i < item->n_labels; i++)
        if (strcmp(item->labels[i], label) == 0) return;
    if (item->n_labels == RENDER_MAX_LABELS)
        item->more_labels = true;
    else
        item->labels[item->n_labels++] = label;
}

/* Numbers of one dimension, all finite. */
static bool all_numbers(const struct item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double factor;
        if (items[i].kind != VALUE_NUMBER || !isfinite(items[i].low) || !isfinite(items[i].high))
            return false;
        if (items[i].unit == items[0].unit) continue;
        if (!items[i].unit || !items[0].unit ||
            !unit_convert(1, items[i].unit, items[0].unit, &factor))
            return false;
    }
    return n > 0;
}

/* Where units differ the order is by the value in the first one's unit. */
/* Low and high, to be compared; the text stays as it is. */
static void to_one_unit(struct item *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double low, high;
        if (items[i].unit == items[0].unit || !items[i].unit || !items[0].unit) continue;
        if (!unit_convert(items[i].low, items[i].unit, items[0].unit, &low) ||
            !unit_convert(items[i].high, items[i].unit, items[0].unit, &high))
            continue;
        items[i].low = low < high ? low : high;
        items[i].high = low < high ? high : low;
        items[i].unit = items[0].unit;
        items[i].computed = true;
    }
}

/* The parts of the cell's group that begins at rows.items[i]. */
static size_t group_parts(const struct renderer *r, struct rows rows, size_t i, size_t *parts)
{
    const struct result_row *first = &r->r->rows[rows.items[i]];
    size_t n = 0;
    for (size_t k = i; k < rows.n && n < VALUE_MAX_PARTS; k++) {
        const struct result_row *row = &r->r->rows[rows.items[k]];
        if (row->record != first->record || row->column != first->column ||
            row->attribute != first->attribute)
            break;
        if (k == i || (row->fact.group == first->fact.group && row->fact.kind == VALUE_NUMBER &&
                       first->fact.kind == VALUE_NUMBER))
            parts[n++] = rows.items[k];
    }
    return n;
}

struct item *items_make(struct renderer *r, struct rows rows, size_t *n_out, bool *numbers)
{
    struct item *items = arena_array(r->arena, rows.n ? rows.n : 1, sizeof *items);
    struct distinctions d = distinguish(r, rows);
    size_t n = 0;
    *n_out = 0;
    *numbers = false;
    if (!items) {
        r->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (row_is_repeat(r, rows.items[i])) continue;
        size_t parts[VALUE_MAX_PARTS], n_parts = group_parts(r, rows, i, parts);
        struct buffer value = {0}, remarks = {0};
        value_text(r, parts, n_parts, false, &value, &remarks);
        const struct result_row *row = &r->r->rows[main_part(r, parts, n_parts)];
        struct item *item = &items[n];
        *item = (struct item){.kind = row->fact.kind,
                              .low = row->low,
                              .high = row->high,
                              .unit = row->unit,
                              .order = n,
                              .rows = {rows.items[i]},
                              .n_rows = 1,
                              .n_total = 1};
        buffer_putc(&value, '\n');
        buffer_puts(&value, buffer_text(&remarks));
        buffer_free(&remarks);
        item->key = render_keep(r, &value);
        if (rows.n > 1) add_label(item, label_text(r, &d, rows.items[i]));
        n++;
    }
    *numbers = all_numbers(items, n);
    if (*numbers) to_one_unit(items, n);
    qsort(items, n, sizeof *items, *numbers ? by_value : by_key);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct item *last = kept ? &items[kept - 1] : NULL;
        if (!last || strcmp(last->key, items[i].key) != 0) {
            items[kept++] = items[i];
            continue;
        }
        if (last->n_rows < RENDER_MAX_MARKS) last->rows[last->n_rows++] = items[i].rows[0];
        last->n_total++;
        if (items[i].n_labels) add_label(last, items[i].labels[0]);
    }
    if (!*numbers) qsort(items, kept, sizeof *items, by_order);
    *n_out = kept;
    return items;
}

/* Rows whose texts are equal were made by the same row's parts: those are looked up again for the
 * text that is shown, so that only figures that are shown are counted. */
static void shown_value(struct renderer *r, const struct item *item, struct buffer *value,
                        struct buffer *remarks)
{
    size_t first = item->rows[0], parts[VALUE_MAX_PARTS], list[VALUE_MAX_PARTS], n = 0;
    for (size_t k = first; k < r->r->n_rows && n < VALUE_MAX_PARTS; k++) {
        const struct result_row *row = &r->r->rows[k];
        if (row->record != r->r->rows[first].record || row->column != r->r->rows[first].column)
            break;
        if (row_usable(r, k)) list[n++] = k;
    }
    size_t n_parts = group_parts(r, (struct rows){list, n}, 0, parts);
    value_text(r, parts, n_parts, true, value, remarks);
}

const char *item_text(struct renderer *r, const struct item *item, bool with_labels)
{
    return item_text_inside(r, item, with_labels, false);
}

const char *item_text_inside(struct renderer *r, const struct item *item, bool with_labels,
                             bool inside)
{
    struct buffer value = {0}, remarks = {0}, labels = {0}, all = {0};
    shown_value(r, item, &value, &remarks);
    for (size_t i = 0; with_labels && i < item->n_labels; i++) {
        if (labels.len) buffer_puts(&labels, phrase_text(PHRASE_SEMICOLON, r->l));
        buffer_puts(&labels, item->labels[i]);
    }
    if (with_labels && item->more_labels) buffer_puts(&labels, ", …");
    add_remark(r, &all, buffer_text(&labels));
    add_remark(r, &all, buffer_text(&remarks));
    if (all.len && inside) {
        buffer_puts(&value, phrase_text(PHRASE_COMMA, r->l));
        buffer_puts(&value, buffer_text(&all));
    } else if (all.len) {
        phrase_write(&value, PHRASE_BRACKETS, r->l,
                     &(struct phrase_slots){.text = buffer_text(&all)});
    }
    for (size_t i = 0; i < item->n_rows; i++) render_cite(r, &value, item->rows[i]);
    buffer_free(&remarks);
    buffer_free(&labels);
    buffer_free(&all);
    return render_keep(r, &value);
}

const char *items_list(struct renderer *r, const struct item *items, size_t n, size_t max)
{
    struct buffer b = {0};
    for (size_t i = 0; i < n && i < max; i++) {
        if (i) buffer_puts(&b, phrase_text(PHRASE_COMMA, r->l));
        buffer_puts(&b, item_text(r, &items[i], true));
    }
    if (n > max) {
        buffer_puts(&b, phrase_text(PHRASE_COMMA, r->l));
        phrase_write(&b, PHRASE_MORE, r->l,
                     &(struct phrase_slots){.number = render_count(r, n - max)});
    }
    return render_keep(r, &b);
}

const char *items_span(struct renderer *r, const struct item *items, size_t n)
{
    struct buffer b = {0};
    if (n == 1) return item_text(r, &items[0], false);
    buffer_puts(&b, item_text(r, &items[0], false));
    buffer_puts(&b, " – ");
    size_t most = 0;
    for (size_t i = 1; i < n; i++)
        if (items[i].high > items[most].high) most = i;
    buffer_puts(&b, item_text(r, &items[most], false));
    return render_keep(r, &b);
}
