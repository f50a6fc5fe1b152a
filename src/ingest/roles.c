#include "ingest/roles.h"

#include "vehicle/registry.h"
#include "vehicle/token.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct role_search {
    const struct table_frame *frame;
    const struct role_column *columns;
    size_t n;
    uint64_t *scratch; /* (STUDY_SAMPLE) */
    struct table_roles *out;
};

static enum attribute_role role_of(const struct role_column *c)
{
    return c->attribute >= 0 ? REGISTRY[c->attribute].role : ROLE_NONE;
}

static double share(size_t part, const struct role_column *c)
{
    return c->study.filled ? (double)part / (double)c->study.filled : 0;
}

static bool is_taken(const struct table_roles *r, int column)
{
    if (column == r->make || column == r->model || column == r->name || column == r->year ||
        column == r->year_last || column == r->quantity || column == r->group)
        return true;
    for (size_t i = 0; i < r->n_trims; i++)
        if (r->trims[i] == column) return true;
    return false;
}

/* Text that may be a name: no codes, no numbers, no yes and no. */
static bool is_name_like(const struct role_column *c)
{
    const struct column_study *s = &c->study;
    return s->filled > 0 && s->numeric * 2 < s->filled && s->years * 2 < s->filled &&
           s->identifiers * 2 < s->filled && s->yes_no * 2 < s->filled &&
           s->units * 2 < s->filled && s->text_bytes < 100 * s->filled;
}

/* Names that programs give to the key of a row: R's row names, the index of pandas. */
static bool is_row_key(const char *name)
{
    static const char *const WORDS[] = {"_row", "row", "rowname", "rownames", "row.names", "row.name", "row_name",
                                        "row_names", "index", "unnamed: 0", "rn", "_index", "_id", "_key", "key"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(name, WORDS[i]) == 0) return true;
    return false;
}

/* Nearly all texts are different ones, as names are. */
static bool tells_rows_apart(const struct role_column *c)
{
    return is_name_like(c) && c->study.filled >= 3 && c->study.distinct * 10 >= c->study.filled * 9;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* How many different rows a sample has by these columns (NO_COLUMN is passed over). */
static size_t distinct_rows(const struct role_search *s, const int *columns, size_t n, size_t *rows)
{
    const struct table *t = s->frame->table;
    size_t step = t->n_rows > STUDY_SAMPLE ? t->n_rows / STUDY_SAMPLE : 1, count = 0, distinct = 0;
    for (size_t r = s->frame->first_data; r < t->n_rows && count < STUDY_SAMPLE; r += step) {
        if (s->frame->rows[r] != FRAME_DATA) continue;
        uint64_t h = 1;
        for (size_t i = 0; i < n; i++) {
            if (columns[i] == NO_COLUMN) continue;
            const struct cell *c = table_cell(t, r, (size_t)columns[i]);
            h = XXH3_64bits_withSeed(c->text, c->len, h);
        }
        s->scratch[count++] = h;
    }
    qsort(s->scratch, count, sizeof *s->scratch, compare_hashes);
    for (size_t i = 0; i < count; i++) distinct += i == 0 || s->scratch[i] != s->scratch[i - 1];
    *rows = count;
    return distinct;
}

/* Whether a column is called what the trade calls the name on the bonnet, not who builds the car. */
static bool says_brand(const struct role_search *s, const struct role_column *c)
{
    static const char *const WORDS[] = {"brand", "brands", "make", "marque", "badge", "marke",
                                        "automarke", "fahrzeugmarke", "marca", "division"};
    const char *name = s->frame->names[c->column];
    struct token t[12];
    size_t n = tokens_split(name, strlen(name), TOKENS_IDENTIFIER, t, 12);
    if (strstr(name, "\u54c1\u724c")) return true;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
            if (strcmp(t[i].key, WORDS[k]) == 0) return true;
    return false;
}

/* Whether each value of `of` stands beside one of `by`: every brand has one group. */
static bool determines(const struct role_search *s, int of, int by)
{
    const int both[] = {of, by};
    size_t rows;
    size_t alone = distinct_rows(s, both, 1, &rows);
    return alone == distinct_rows(s, both, 2, &rows);
}

/* Whether `c` holds the brands of the makers in `make`: "General Motors, Chevrolet". */
static bool is_brand_of(const struct role_search *s, const struct role_column *c,
                        const struct role_column *make)
{
    double known = share(c->study.whole_make, c), other = share(make->study.whole_make, make);
    if (c == make || !is_name_like(c) || c->study.filled * 10 < make->study.filled * 9)
        return false;
    if (role_of(c) == ROLE_MAKE)
        return says_brand(s, c) && !says_brand(s, make) && known > other - 0.1;
    if (c->attribute >= 0 || known < 0.8 || c->study.filled < 2 ||
        c->study.distinct < make->study.distinct)
        return false;
    if (c->weak == ROLE_MAKE && says_brand(s, c)) return true;
    return c->study.distinct > make->study.distinct && !says_brand(s, make) &&
           determines(s, c->column, make->column);
}

static void find_make(struct role_search *s)
{
    const struct role_column *best = NULL, *by_cells = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct role_column *c = &s->columns[i];
        double known = share(c->study.whole_make, c);
        if (role_of(c) == ROLE_MAKE && c->study.filled) {
            double best_known = best ? share(best->study.whole_make, best) : -1;
            if (!best || known > best_known + 0.1 ||
                (known > best_known - 0.1 && c->study.distinct > best->study.distinct))
                best = c;
        } else if ((c->attribute < 0 || role_of(c) == ROLE_GROUP) && known >= 0.8 &&
                   c->study.filled >= 3 && !by_cells) {
            by_cells = c;
        }
    }
    /* A holding's or importer's column counts only where no brand stands beside it. */
    if (by_cells && role_of(by_cells) == ROLE_GROUP && best) by_cells = NULL;
    if (by_cells && (!best || (share(best->study.whole_make, best) < 0.3 &&
                               share(best->study.starts_make, best) > 0))) {
        best = by_cells;
        s->out->make_by_cells = true;
    }
    for (size_t i = 0; best && i < s->n; i++)
        if (is_brand_of(s, &s->columns[i], best)) best = &s->columns[i];
    if (!best) return;
    s->out->make = best->column;
    for (size_t i = 0; i < s->n && s->out->group == NO_COLUMN; i++) {
        const struct role_column *c = &s->columns[i];
        if (c != best && role_of(c) == ROLE_MAKE && !says_brand(s, c) && c->study.filled &&
            determines(s, best->column, c->column))
            s->out->group = c->column;
    }
}

static void find_year(struct role_search *s)
{
    const struct role_column *best = NULL, *last = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct role_column *c = &s->columns[i];
        enum attribute_role role = role_of(c);
        double years = share(c->study.years, c);
        if (role == ROLE_YEAR && c->study.filled &&
            (!best || years > share(best->study.years, best) + 0.2))
            best = c;
        if (role == ROLE_YEAR_LAST && c->study.filled && !last) last = c;
    }
    /* "Model": 70, 71, 72 beside names are the last two digits of model years. */
    bool named = false;
    for (size_t i = 0; i < s->n; i++) named |= role_of(&s->columns[i]) == ROLE_NAME;
    for (size_t i = 0; i < s->n && !best && named; i++) {
        const struct role_column *c = &s->columns[i];
        if (role_of(c) == ROLE_MODEL && c->study.filled && c->study.short_years == c->study.filled)
            best = c;
    }
    /* Used cars are called by the year of their first registration. */
    int registration = registry_find("first_registration");
    for (size_t i = 0; i < s->n && !best && registration >= 0; i++)
        if (s->columns[i].attribute == registration && s->columns[i].study.filled)
            best = &s->columns[i];
    for (size_t i = 0; i < s->n && !best; i++) {
        const struct role_column *c = &s->columns[i];
        if (c->attribute < 0 && !c->has_unit && c->study.filled && share(c->study.years, c) >= 0.9) best = c;
    }
    if (best) s->out->year = best->column;
    if (last && best) s->out->year_last = last->column;
}

static const struct role_column *better_distinct(const struct role_column *a,
                                                 const struct role_column *b)
{
    if (!a) return b;
    return b->study.distinct > a->study.distinct + a->study.distinct / 50 ? b : a;
}

static void find_model(struct role_search *s, bool has_make, bool has_model, size_t n_keys)
{
    struct table_roles *r = s->out;
    const struct role_column *model = NULL, *name = NULL, *with_make = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct role_column *c = &s->columns[i];
        if (!c->study.filled || is_taken(r, c->column)) continue;
        if (role_of(c) == ROLE_MODEL) model = better_distinct(model, c);
        if (role_of(c) == ROLE_NAME && c->study.identifiers * 2 < c->study.filled)
            name = better_distinct(name, c);
        if ((c->attribute < 0 || role_of(c) == ROLE_TRIM) && is_name_like(c) &&
            share(c->study.starts_make + c->study.whole_make, c) >= 0.5 && c->study.starts_make &&
            (!with_make || (!tells_rows_apart(with_make) && tells_rows_apart(c))))
            with_make = c;
    }
    /* The keys that a program has put behind the columns, or before them. */
    for (size_t i = 0; i < s->n && !name && !model; i++)
        if (s->columns[i].attribute < 0 && is_row_key(s->frame->names[s->columns[i].column]) &&
            tells_rows_apart(&s->columns[i]) && !is_taken(r, s->columns[i].column))
            name = &s->columns[i];
    for (size_t i = 0; i < s->n && !name && (size_t)s->columns[i].column < n_keys; i++)
        if (is_name_like(&s->columns[i]) && !is_taken(r, s->columns[i].column)) name = &s->columns[i];
    /* A whole name goes before a part of it, where no column has the make. */
    if (model && name && r->make == NO_COLUMN && share(name->study.starts_make, name) >= 0.5)
        model = NULL;
    if (model && r->make == NO_COLUMN && share(model->study.starts_make, model) >= 0.5) {
        r->name = model->column; /* "ACURA RDX" under "Model" */
        return;
    }
    if (model) {
        r->model = model->column;
        return;
    }
    if (name) {
        r->name = name->column;
        return;
    }
    if (with_make && r->make == NO_COLUMN) {
        r->name = with_make->column;
        r->name_by_cells = true;
        return;
    }
    /* "Typ", "Series": a name that may mean the model, and cells that tell the rows apart. */
    for (size_t i = 0; i < s->n; i++) {
        const struct role_column *c = &s->columns[i];
        if ((c->weak != ROLE_MODEL && c->weak != ROLE_NAME) || is_taken(r, c->column) ||
            c->study.distinct * 10 < c->study.filled * 4 || !c->study.filled)
            continue;
        if (r->make != NO_COLUMN || has_make || c->weak == ROLE_MODEL)
            r->model = c->column;
        else
            r->name = c->column;
        r->name_by_cells = true;
        return;
    }
    /* The leftmost column whose texts tell the rows apart. */
    for (size_t i = 0; i < s->n; i++) {
        const struct role_column *c = &s->columns[i];
        if (is_taken(r, c->column) || !is_name_like(c)) continue;
        if (c->attribute >= 0 && role_of(c) != ROLE_TRIM && i > 0) continue;
        if (role_of(c) == ROLE_GROUP || c->study.distinct * 10 < c->study.filled * 4) continue;
        if (role_of(c) == ROLE_TRIM && has_model) return; /* versions of the headings' model */
        if (r->make != NO_COLUMN || has_make)
            r->model = c->column;
        else
            r->name = c->column;
        r->name_by_cells = true;
        r->not_vehicles = r->make == NO_COLUMN && !has_make && r->year == NO_COLUMN &&
                          role_of(c) != ROLE_TRIM;
        return;
    }
}

/* The share of a sample's cells in `column` that begin with the text of `model`, case aside. */
static double repeats_model(const struct role_search *s, int column, int model)
{
    const struct table *t = s->frame->table;
    size_t step = t->n_rows > 300 ? t->n_rows / 300 : 1, n = 0, same = 0;
    for (size_t r = s->frame->first_data; r < t->n_rows; r += step) {
        if (s->frame->rows[r] != FRAME_DATA) continue;
        const struct cell *c = table_cell(t, r, (size_t)column);
        const struct cell *m = table_cell(t, r, (size_t)model);
        if (!c->len || !m->len) continue;
        n++;
        same += c->len > m->len && strncasecmp(c->text, m->text, m->len) == 0;
    }
    return n ? (double)same / (double)n : 0;
}

static void find_trims(struct role_search *s, size_t n_keys)
{
    struct table_roles *r = s->out;
    int key[4 + ROLES_MAX_TRIMS] = {r->make, r->model, r->name, r->year};
    size_t n_key = 4, rows;
    size_t before = distinct_rows(s, key, n_key, &rows);
    for (size_t i = 0; i < s->n && r->n_trims < ROLES_MAX_TRIMS; i++) {
        const struct role_column *c = &s->columns[i];
        bool inner_key = (size_t)c->column < n_keys && c->column > (r->model != NO_COLUMN ? r->model : r->name);
        bool named = role_of(c) == ROLE_TRIM || (c->attribute < 0 && (c->weak == ROLE_TRIM || inner_key));
        if (!named || is_taken(r, c->column) || !c->study.filled) continue;
        if (role_of(c) != ROLE_TRIM && !is_name_like(c)) continue;
        key[n_key] = c->column;
        size_t after = distinct_rows(s, key, n_key + 1, &rows);
        /* "Type", whose name is no version's alone, has to tell rows apart. */
        if (role_of(c) != ROLE_TRIM && after == before) continue;
        /* Another one has to tell more rows apart than the first does. */
        if (r->n_trims > 0 && after * 20 < before * 21) continue;
        before = after;
        n_key++;
        r->trims[r->n_trims++] = c->column;
    }
    if (r->n_trims || (r->model == NO_COLUMN && r->name == NO_COLUMN)) return;
    if (before * 10 >= rows * 9) return; /* the rows are told apart already */
    int named = r->model != NO_COLUMN ? r->model : r->name;
    const struct role_column *best = NULL;
    size_t best_after = before;
    for (size_t i = 0; i < s->n; i++) {
        const struct role_column *c = &s->columns[i];
        bool own = c->attribute < 0 || (REGISTRY[c->attribute].type == ATTRIBUTE_TEXT &&
                                        (role_of(c) == ROLE_NONE || role_of(c) == ROLE_MODEL ||
                                         role_of(c) == ROLE_NAME));
        if (!own || is_taken(r, c->column) || !is_name_like(c)) continue;
        bool repeats = repeats_model(s, c->column, named) >= 0.3;
        bool near = c->column > named && c->column <= named + 3;
        if (!repeats && !(near && c->attribute < 0)) continue;
        if (c->study.filled * 2 < c->study.n || c->study.text_bytes < 2 * c->study.filled) continue;
        key[n_key] = c->column;
        size_t after = distinct_rows(s, key, n_key + 1, &rows);
        if (after * 10 < before * 13 && !repeats) continue;
        if (after > best_after) {
            best_after = after;
            best = c;
        }
    }
    if (!best) return;
    r->trims[r->n_trims++] = best->column;
    r->trim_by_cells = true;
}

void roles_find(struct table_roles *out, const struct table_frame *frame,
                const struct role_column *columns, size_t n, bool has_make, bool has_model,
                size_t n_keys, uint64_t *scratch)
{
    *out = (struct table_roles){.make = NO_COLUMN, .model = NO_COLUMN, .name = NO_COLUMN,
                                .year = NO_COLUMN, .year_last = NO_COLUMN, .quantity = NO_COLUMN,
                                .group = NO_COLUMN};
    struct role_search s = {frame, columns, n, scratch, out};
    find_make(&s);
    find_year(&s);
    find_model(&s, has_make, has_model, n_keys);
    for (size_t i = 0; i < n; i++)
        if ((role_of(&columns[i]) == ROLE_QUANTITY ||
             (columns[i].attribute < 0 && columns[i].weak == ROLE_QUANTITY)) && out->quantity == NO_COLUMN &&
            columns[i].study.numeric * 10 >= columns[i].study.filled * 8 && columns[i].study.filled)
            out->quantity = columns[i].column;
    find_trims(&s, n_keys);
}
