/* Cells found by words: of a table that is read but whose rows and columns say nothing that the registry
 * knows ("Flywheel bolt | Tightening torque (daN.m)"). A cell is found where the question's words are all
 * said by its column, its row, the headings above its table, or the document; nothing is left out. */
#include "query/query.h"

#include "vehicle/token.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_TOKENS = 160,     /* of a text that is looked at */
    MAX_RECORDS = 2000,   /* of a table whose cells' own texts are looked at */
    MAX_LABEL = 80,       /* bytes of a cell that may be a row's label */
    MAX_FOUND = 6,        /* cells; more are no answer */
    MAX_READ = 20000,     /* records whose values are looked at */
};

struct cell_finder {
    struct result *out;
    const struct query *q;
    const struct catalog *c;
    struct store *store;
    struct error *err;
    uint32_t all; /* a bit a word */
    struct token tokens[MAX_TOKENS];
    struct found_cell {
        size_t record;
        struct fact_row fact;
    } found[MAX_FOUND];
    size_t n_found;
    bool too_many;
    size_t n_read; /* records */
    int best; /* the most words said by a row and column so far */
    uint32_t *columns; /* (columns of the catalog) the words that each says, of the source at hand */
};

/* Endings aside: "bolts" and "bolt", "tighten" and "tightening". */
static bool same_word(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;
    if (strcmp(a, b) == 0) return true;
    if (strspn(a, "0123456789.,/") == n || strspn(b, "0123456789.,/") == m) return false;
    if (least < 4 || memcmp(a, b, least < 5 ? least : least - 1) != 0) return false;
    return n - least <= 3 && m - least <= 3;
}

static bool has_word(const struct token *t, size_t n, const struct query_cell_word *w)
{
    if (w->n_keys == 0) return false;
    if (w->together) {
        for (size_t i = 0; i + w->n_keys <= n; i++) {
            size_t k = 0;
            while (k < w->n_keys && strcmp(t[i + k].key, w->keys[k]) == 0) k++;
            if (k == w->n_keys) return true;
        }
        return false;
    }
    for (size_t k = 0; k < w->n_keys; k++) {
        size_t i = 0;
        while (i < n && !same_word(t[i].key, w->keys[k])) i++;
        if (i == n) return false;
    }
    return true;
}

/* Which words the text has. */
static uint32_t words_in(struct cell_finder *f, const char *text)
{
    uint32_t bits = 0;
    if (!text || !*text) return 0;
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, f->tokens, MAX_TOKENS);
    for (size_t k = 0; k < f->q->n_cell_words; k++)
        if (has_word(f->tokens, n, &f->q->cell_words[k])) bits |= 1u << k;
    return bits;
}

static uint32_t words_of_column(struct cell_finder *f, const struct catalog_column *col)
{
    uint32_t bits = words_in(f, col->name) | words_in(f, col->section);
    for (size_t k = 0; k < f->q->n_cell_words; k++) {
        const struct query_cell_word *w = &f->q->cell_words[k];
        for (size_t i = 0; i < w->n_attributes; i++)
            if (col->attribute == w->attributes[i]) bits |= 1u << k;
    }
    return bits;
}

static uint32_t words_of_record(struct cell_finder *f, const struct catalog_record *rec)
{
    return words_in(f, rec->title) | words_in(f, rec->make) | words_in(f, rec->model) | words_in(f, rec->trim) |
           (rec->place[0] ? words_in(f, rec->place) : 0);
}

static int count(uint32_t bits)
{
    return __builtin_popcount(bits);
}

/* A cell whose words are complete. Those whose own row and column say more of them are better. */
static void add_cell(struct cell_finder *f, size_t record, const struct fact_row *fact, uint32_t own)
{
    int said = count(own);
    if (said < f->best) return;
    if (said > f->best) {
        f->best = said;
        f->n_found = 0;
        f->too_many = f->n_read > MAX_READ;
    }
    for (size_t i = 0; i < f->n_found; i++)
        if (f->found[i].fact.column == fact->column && f->found[i].record == record &&
            f->found[i].fact.part == fact->part)
            return;
    if (f->n_found == MAX_FOUND) {
        f->too_many = true;
        return;
    }
    f->found[f->n_found++] = (struct found_cell){record, *fact};
}

/* Which words the texts of a row say that may be its label, and the remark of one. */
static uint32_t words_of_cells(struct cell_finder *f, const struct fact_row *rows, size_t n)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++)
        if (rows[i].kind == VALUE_TEXT && strlen(rows[i].text) <= MAX_LABEL && !rows[i].quote[0])
            bits |= words_in(f, rows[i].text);
    return bits;
}

static bool look_at_record(struct cell_finder *f, size_t record, uint32_t above, bool texts)
{
    const struct catalog_record *rec = &f->c->records[record];
    if (f->q->allowed && !f->q->allowed[record]) return true;
    if (f->n_read++ == MAX_READ) f->too_many = true;
    if (f->n_read > MAX_READ) return true;
    uint32_t title = words_of_record(f, rec);
    struct fact_row *rows;
    size_t n;
    if (!store_read_values(f->store, f->c, record, NULL, 0, &f->out->arena, &rows, &n, f->err)) return false;
    uint32_t labels = texts ? words_of_cells(f, rows, n) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct fact_row *fact = &rows[i];
        if (fact->kind == VALUE_NONE || fact->missing_mark) continue;
        uint32_t column = f->columns[fact->column];
        uint32_t sentence = words_in(f, fact->quote), remark = words_in(f, fact->remark);
        uint32_t own = title | column | sentence | remark | labels;
        if ((own | above) != f->all) continue;
        /* The label itself is not what is asked. */
        if (fact->kind == VALUE_TEXT && words_in(f, fact->text) & ~(title | column | sentence | remark)) continue;
        add_cell(f, record, fact, own);
    }
    return true;
}

static bool in_scope(const struct query *q, size_t document)
{
    for (size_t i = 0; i < q->n_documents; i++)
        if (q->documents[i] == document) return true;
    return q->n_documents == 0;
}

static bool look_at_source(struct cell_finder *f, const struct catalog_source *s, size_t first_term,
                           size_t end_term)
{
    const struct catalog_document *d = &f->c->documents[s->document];
    uint32_t above = words_in(f, s->caption) | words_in(f, d->title) | words_in(f, d->name);
    uint32_t may = above;
    bool texts = s->n_records <= MAX_RECORDS;
    for (size_t i = s->first_column; i < s->first_column + s->n_columns; i++)
        may |= f->columns[i] = words_of_column(f, &f->c->columns[i]);
    for (size_t i = first_term; texts && i < end_term && may != f->all; i++) may |= words_in(f, f->c->terms[i].text);
    for (size_t i = 0; i < s->n_records && may != f->all; i++)
        may |= words_of_record(f, &f->c->records[s->first_record + i]);
    if (may != f->all && !s->prose) return true;
    for (size_t i = 0; i < s->n_records; i++) {
        /* Of a large table only rows whose name has a word that nothing else has are read. */
        size_t record = s->first_record + i;
        if (!texts && !(words_of_record(f, &f->c->records[record]) & ~above)) continue;
        if (!look_at_record(f, record, above, texts)) return false;
    }
    return true;
}

/* Where a unit is wanted and some are measured in such, those alone. */
static void keep_wanted(struct cell_finder *f)
{
    size_t kept = 0;
    double v;
    for (size_t i = 0; f->q->unit && i < f->n_found; i++) {
        const struct fact_row *fact = &f->found[i].fact;
        if (fact->kind != VALUE_NUMBER || !fact->unit || !unit_convert(1, fact->unit, f->q->unit, &v)) continue;
        struct found_cell cell = f->found[i];
        f->found[i] = f->found[kept]; /* so that none is lost where none is wanted */
        f->found[kept++] = cell;
    }
    if (kept) f->n_found = kept;
}

static bool take_rows(struct cell_finder *f)
{
    struct result *r = f->out;
    struct result_row *rows = arena_array(&r->arena, f->n_found, sizeof *rows);
    if (!rows) return error_memory(f->err, "an answer");
    bool same = true;
    for (size_t i = 0; i < f->n_found; i++) {
        const struct fact_row *fact = &f->found[i].fact;
        const struct unit *unit = f->q->unit;
        rows[i] = (struct result_row){.record = f->found[i].record,
                                      .column = fact->column,
                                      .subject = SIZE_MAX,
                                      .attribute = SIZE_MAX,
                                      .condition = SIZE_MAX,
                                      .fact = *fact,
                                      .low = fact->low,
                                      .high = fact->high,
                                      .unit = fact->unit,
                                      .variant = ""};
        if (fact->kind == VALUE_NUMBER && fact->unit && unit && fact->unit != unit)
            result_row_convert(&rows[i], fact->unit, unit);
        same = same && strcmp(fact->text, f->found[0].fact.text) == 0;
    }
    r->rows = rows;
    r->n_rows = f->n_found;
    r->n_matches = f->n_found;
    r->missing = MISSING_NOTHING;
    r->missing_name = NULL;
    r->status = same ? STATUS_FOUND : STATUS_SEVERAL;
    r->by_words = true;
    return true;
}

bool cells_execute(struct result *r, const struct query *q, const struct catalog *c, struct store *store,
                   struct error *err)
{
    if (q->n_cell_words < 2 || q->n_cell_words > 31) return true;
    struct cell_finder *f = calloc(1, sizeof *f);
    uint32_t *columns = calloc(c->n_columns + 1, sizeof *columns);
    if (!f || !columns) {
        free(f);
        free(columns);
        return error_memory(err, "an answer");
    }
    f->columns = columns;
    f->out = r;
    f->q = q;
    f->c = c;
    f->store = store;
    f->err = err;
    f->all = (1u << q->n_cell_words) - 1;
    bool ok = true;
    for (size_t s = 0, term = 0; ok && s < c->n_sources; s++) {
        const struct catalog_source *source = &c->sources[s];
        size_t end_column = source->first_column + source->n_columns;
        while (term < c->n_terms && c->terms[term].column < source->first_column) term++;
        size_t end = term;
        while (end < c->n_terms && c->terms[end].column < end_column) end++;
        if (in_scope(q, source->document)) ok = look_at_source(f, source, term, end);
        term = end;
    }
    if (!f->too_many) keep_wanted(f);
    if (ok && f->n_found && !f->too_many) ok = take_rows(f);
    free(columns);
    free(f);
    return ok;
}
