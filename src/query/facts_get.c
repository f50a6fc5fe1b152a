/* Values of the store on their way to rows: read once a column where many records are looked at. */
#include "query/execution.h"

#include <stdlib.h>
#include <string.h>

static struct scanned_column *scan(struct execution *x, size_t column)
{
    for (struct scanned_column *s = x->scanned; s; s = s->next)
        if (s->column == column) return s;
    struct scanned_column *s = arena_alloc(&x->out->arena, sizeof *s);
    const struct catalog_source *src = &x->c->sources[x->c->columns[column].source];
    if (!s || !(s->first = arena_array(&x->out->arena, src->n_records + 2, sizeof *s->first))) {
        error_memory(x->err, "a query");
        return NULL;
    }
    if (!store_scan_column(x->store, x->c, column, &x->out->arena, &s->rows, &s->n, x->err))
        return NULL;
    s->column = column;
    size_t at = 0;
    for (size_t r = 0; r <= src->n_records; r++) {
        while (at < s->n && s->rows[at].record < src->first_record + r) at++;
        s->first[r] = (uint32_t)at;
    }
    s->first[src->n_records] = (uint32_t)s->n;
    s->next = x->scanned;
    x->scanned = s;
    return s;
}

bool facts_get(struct execution *x, size_t record, size_t column, const struct fact_row **rows,
               size_t *n)
{
    if (!x->many) {
        struct fact_row *found;
        if (!store_read_values(x->store, x->c, record, &column, 1, &x->out->arena, &found, n, x->err))
            return false;
        *rows = found;
        return true;
    }
    struct scanned_column *s = scan(x, column);
    if (!s) return false;
    const struct catalog_source *src = &x->c->sources[x->c->columns[column].source];
    size_t at = record - src->first_record;
    *rows = s->rows + s->first[at];
    *n = s->first[at + 1] - s->first[at];
    return true;
}

static struct result_row *new_row(struct execution *x)
{
    struct result *r = x->out;
    if (r->n_rows == x->rows_cap) {
        size_t cap = x->rows_cap ? x->rows_cap * 2 : 16;
        struct result_row *grown = arena_array(&r->arena, cap, sizeof *grown);
        if (!grown) {
            error_memory(x->err, "a query");
            return NULL;
        }
        if (r->n_rows) memcpy(grown, r->rows, r->n_rows * sizeof *grown);
        r->rows = grown;
        x->rows_cap = cap;
    }
    return &r->rows[r->n_rows++];
}

/* Any mpg will do where the question says mpg. */
static bool same_enough(const struct execution *x, const struct unit *have)
{
    const struct unit *want = x->q->unit;
    if (have == want) return true;
    return !x->q->unit_exact && have && want && strcmp(want->symbol, "mpg") == 0 &&
           strncmp(have->symbol, "mpg", 3) == 0;
}

static uint64_t remark_qualifiers(const char *remark)
{
    struct token t[32];
    uint64_t bits = 0;
    size_t n = tokens_split(remark, strlen(remark), TOKENS_TEXT, t, 32);
    for (size_t i = 0; i < n;) {
        const struct term *terms = NULL;
        size_t n_terms = 0, run = registry_match(&t[i], n - i, &terms, &n_terms);
        for (size_t k = 0; run && k < n_terms; k++)
            if (terms[k].kind == TERM_QUALIFIER) bits |= 1ull << terms[k].id;
        i += run ? run : 1;
    }
    return bits;
}

bool result_row_convert(struct result_row *row, const struct unit *have, const struct unit *want)
{
    double low, high;
    if (!unit_convert(row->low, have, want, &low) || !unit_convert(row->high, have, want, &high)) return false;
    row->low = low < high ? low : high; /* L/100 km and mpg run against each other */
    row->high = low < high ? high : low;
    row->unit = want;
    row->converted = true;
    return true;
}

/* "275/40" of tyres: two numbers of one cell whose attribute is a text are its text. */
static bool is_text_of_numbers(const struct execution *x, size_t column, const struct fact_row *facts, size_t n)
{
    int id = x->c->columns[column].attribute;
    if (id < 0 || REGISTRY[id].type != ATTRIBUTE_TEXT || n < 2) return false;
    for (size_t i = 0; i < n; i++)
        if (facts[i].kind != VALUE_NUMBER || facts[i].missing_mark || !facts[i].text[0] || strcmp(facts[i].text, facts[0].text) != 0) return false;
    return true;
}

bool rows_add(struct execution *x, size_t record, const struct query_attribute *a, size_t subject,
              size_t attribute, size_t *added)
{
    size_t columns[COLUMNS_MAX];
    const struct unit *want = attribute == SIZE_MAX || !x->q->unit ? NULL : x->q->unit;
    size_t n_columns = columns_find(x->c, x->c->records[record].source, a, want, columns);
    uint64_t by_remark = 0;
    if (n_columns == 0 && a->qualifiers) {
        /* "1,102 lb unbraked / 2,425 lb braked": the cell says of which each is. */
        struct query_attribute plain = *a;
        plain.qualifiers = 0;
        by_remark = a->qualifiers;
        n_columns = columns_find(x->c, x->c->records[record].source, &plain, want, columns);
    }
    for (size_t k = 0; k < n_columns; k++) {
        const struct fact_row *facts;
        size_t n;
        if (!facts_get(x, record, columns[k], &facts, &n)) return false;
        bool text = is_text_of_numbers(x, columns[k], facts, n);
        if (text) n = 1;
        for (size_t i = 0; i < n;) {
            /* One quantity, in one or several units. */
            size_t end = i + 1, chosen = i;
            while (end < n && facts[end].group == facts[i].group) end++;
            double unused;
            for (size_t j = i; j < end && want; j++)
                if (same_enough(x, facts[j].unit)) {
                    chosen = j;
                    break;
                }
            const struct fact_row *f = &facts[chosen];
            i = end;
            if (f->missing_mark || f->kind == VALUE_NONE) continue;
            if (by_remark && (remark_qualifiers(f->remark) & by_remark) != by_remark) continue;
            bool number = f->kind == VALUE_NUMBER;
            /* A text is no figure in the wanted unit. */
            if (want && !number) continue;
            /* Where the source states no unit: the one that its figures show. */
            const struct unit *have = f->unit ? f->unit : f->likely_unit;
            if (want && have && !same_enough(x, have) && !unit_convert(1, have, want, &unused))
                continue;
            struct result_row *row = new_row(x);
            if (!row) return false;
            *row = (struct result_row){.record = record,
                                       .column = columns[k],
                                       .subject = subject,
                                       .attribute = attribute,
                                       .fact = *f,
                                       .low = f->low,
                                       .high = f->high,
                                       .unit = f->unit,
                                       .variant = ""};
            if (text) row->fact.kind = VALUE_TEXT;
            if (want && !f->unit && same_enough(x, have)) {
                row->unit = have;
                row->converted = true; /* from no unit into the one that it looks like */
            } else if (want && have && !same_enough(x, have)) {
                result_row_convert(row, have, want);
            }
            if (added) ++*added;
        }
    }
    return true;
}

double row_base(const struct result_row *row, bool high)
{
    const struct unit *u = row->unit ? row->unit : row->fact.likely_unit;
    double low_base = u ? unit_to_base(row->low, u) : row->low;
    double high_base = u ? unit_to_base(row->high, u) : row->high;
    double least = low_base < high_base ? low_base : high_base;
    double most = low_base < high_base ? high_base : low_base;
    return high ? most : least;
}

bool record_is_prose(const struct execution *x, size_t record)
{
    return x->c->sources[x->c->records[record].source].prose;
}

static bool text_has_key(const char *text, const char *key)
{
    struct token t[400];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, 400), len = strlen(key);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(t[i].key, key) == 0) return true;
        size_t have = strlen(t[i].key);
        /* A plural on either side. */
        if (len > 3 && have == len + 1 && t[i].key[len] == 's' && memcmp(t[i].key, key, len) == 0)
            return true;
        if (have > 3 && len == have + 1 && key[have] == 's' && memcmp(t[i].key, key, have) == 0)
            return true;
    }
    return false;
}

bool row_has_words(const struct result_row *row, const char *text)
{
    struct token t[16];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, 16);
    for (size_t i = 0; i < n; i++)
        if (!text_has_key(row->fact.quote, t[i].key) && !text_has_key(row->fact.remark, t[i].key))
            return false;
    return n > 0;
}

bool row_has_category(const struct result_row *row, int category)
{
    const char *const texts[] = {row->fact.remark, row->fact.quote};
    for (size_t i = 0; i < 2; i++) {
        struct token t[400];
        size_t n = tokens_split(texts[i], strlen(texts[i]), TOKENS_TEXT, t, 400);
        for (size_t k = 0; k < n; k++) {
            const struct term *terms = NULL;
            size_t n_terms = 0;
            if (!registry_match(&t[k], n - k, &terms, &n_terms)) continue;
            for (size_t j = 0; j < n_terms; j++)
                if (terms[j].kind == TERM_CATEGORY && !terms[j].code &&
                    registry_category_is(terms[j].id, category))
                    return true;
        }
    }
    return false;
}
