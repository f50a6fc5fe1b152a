/* What tells the rows of one subject apart: the trim or title where they differ, else the columns
 * that separate rows with different values. */
#include "query/execution.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_RECORDS = 64, MAX_PARTS = 3 };

struct candidate {
    size_t column;
    const char *texts[MAX_RECORDS]; /* by position of the record; NULL: none */
    size_t distinct;
    int weight;
};

/* How well a column names a version. */
static int weight_of(const struct catalog_column *col)
{
    if (col->attribute < 0) return col->has_texts && !col->has_numbers ? 2 : 1;
    const struct attribute *a = &REGISTRY[col->attribute];
    if (a->role != ROLE_NONE) return a->role == ROLE_TRIM ? 4 : 0;
    if (a->type == ATTRIBUTE_CATEGORY) return 6;
    if (strcmp(a->id, "displacement") == 0 || strcmp(a->id, "cylinders") == 0) return 5;
    if (a->dimension == DIMENSION_COUNT) return 3;
    if (strcmp(a->id, "power") == 0 || strcmp(a->id, "battery_capacity") == 0) return 4;
    return a->type == ATTRIBUTE_TEXT ? 3 : 1;
}

static size_t count_distinct(const struct candidate *c, size_t n)
{
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = c->texts[i] && c->texts[k] ? strcmp(c->texts[i], c->texts[k]) == 0
                                              : c->texts[i] == c->texts[k];
        distinct += !seen;
    }
    return distinct;
}

/* The values of every column for the records, one text each. */
static bool read_candidates(struct execution *x, const size_t *records, size_t n, size_t own_column,
                            struct candidate **out, size_t *n_out)
{
    const struct catalog_source *s = &x->c->sources[x->c->records[records[0]].source];
    struct candidate *c = arena_array(&x->out->arena, s->n_columns + 1, sizeof *c);
    if (!c) return error_memory(x->err, "a query");
    for (size_t i = 0; i < s->n_columns; i++) {
        c[i].column = s->first_column + i;
        c[i].weight = weight_of(&x->c->columns[s->first_column + i]);
        if (c[i].column == own_column) c[i].weight = 0;
    }
    for (size_t r = 0; r < n; r++) {
        struct fact_row *rows;
        size_t n_rows;
        if (!store_read_values(x->store, x->c, records[r], NULL, 0, &x->out->arena, &rows, &n_rows, x->err))
            return false;
        for (size_t i = 0; i < n_rows; i++) {
            size_t at = rows[i].column - s->first_column;
            if (at < s->n_columns && rows[i].part == 0 && !rows[i].missing_mark) c[at].texts[r] = rows[i].text;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < s->n_columns; i++) {
        bool good = c[i].weight > 0;
        size_t missing = 0;
        for (size_t r = 0; r < n && good; r++) {
            if (!c[i].texts[r]) missing++;
            else if (strlen(c[i].texts[r]) > 48) good = false;
        }
        if (!good || missing * 2 > n) continue;
        c[i].distinct = count_distinct(&c[i], n);
        if (c[i].distinct < 2) continue;
        c[kept++] = c[i];
    }
    *out = c;
    *n_out = kept;
    return true;
}

/* The number of pairs of records with different values that the texts do not tell apart. */
static size_t confused(char *const *texts, const double *values, size_t n)
{
    size_t pairs = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            pairs += values[i] != values[k] && strcmp(texts[i], texts[k]) == 0;
    return pairs;
}

static char *join(struct execution *x, const char *a, const char *b)
{
    struct buffer t = {0};
    buffer_puts(&t, a);
    if (a[0] && b[0]) buffer_puts(&t, ", ");
    buffer_puts(&t, b);
    char *out = t.failed ? NULL : arena_strdup(&x->out->arena, buffer_text(&t));
    buffer_free(&t);
    return out;
}

bool variants_name(struct execution *x, size_t subject)
{
    struct result *r = x->out;
    size_t records[MAX_RECORDS], rows[MAX_RECORDS], n = 0;
    double values[MAX_RECORDS];
    char *texts[MAX_RECORDS];
    size_t source = SIZE_MAX, column = SIZE_MAX;
    for (size_t i = 0; i < r->n_rows && n < MAX_RECORDS; i++) {
        if (r->rows[i].subject != subject) continue;
        size_t s = x->c->records[r->rows[i].record].source;
        if (source == SIZE_MAX) source = s;
        if (s != source) continue;
        bool seen = false;
        for (size_t k = 0; k < n; k++) seen = seen || records[k] == r->rows[i].record;
        if (seen) continue;
        column = r->rows[i].column;
        records[n] = r->rows[i].record;
        values[n] = r->rows[i].fact.kind == VALUE_NUMBER ? row_base(&r->rows[i], false)
                                                         : (double)(i + 1);
        rows[n++] = i;
    }
    if (n < 2) return true;
    bool same_title = true, same_trim = true;
    for (size_t i = 1; i < n; i++) {
        same_title = same_title && !strcmp(x->c->records[records[i]].title, x->c->records[records[0]].title);
        same_trim = same_trim && !strcmp(x->c->records[records[i]].trim, x->c->records[records[0]].trim);
    }
    for (size_t i = 0; i < n; i++) {
        const char *t = same_title ? "" : x->c->records[records[i]].title;
        texts[i] = arena_strdup(&r->arena, t);
        if (!texts[i]) return error_memory(x->err, "a query");
    }
    (void)same_trim;
    size_t left = confused(texts, values, n);
    struct candidate *c = NULL;
    size_t n_candidates = 0;
    if (left && !read_candidates(x, records, n, column, &c, &n_candidates)) return false;
    for (int part = 0; part < MAX_PARTS && left; part++) {
        size_t best = SIZE_MAX, best_left = left;
        double best_gain = 0;
        char *trial[MAX_RECORDS];
        for (size_t k = 0; k < n_candidates; k++) {
            for (size_t i = 0; i < n; i++) {
                trial[i] = join(x, texts[i], c[k].texts[i] ? c[k].texts[i] : "-");
                if (!trial[i]) return error_memory(x->err, "a query");
            }
            size_t after = confused(trial, values, n);
            double gain = (double)(left - after) * c[k].weight;
            /* Almost every row different: more a figure than a version. */
            if (gain > best_gain) {
                best_gain = gain;
                best = k;
                best_left = after;
            }
        }
        if (best == SIZE_MAX) break;
        for (size_t i = 0; i < n; i++) {
            texts[i] = join(x, texts[i], c[best].texts[i] ? c[best].texts[i] : "-");
            if (!texts[i]) return error_memory(x->err, "a query");
        }
        left = best_left;
    }
    for (size_t i = 0; i < r->n_rows; i++) {
        if (r->rows[i].subject != subject) continue;
        for (size_t k = 0; k < n; k++)
            if (records[k] == r->rows[i].record) r->rows[i].variant = texts[k];
    }
    (void)rows;
    return true;
}
