/* Cells found by words: of a table that is read but whose rows and columns say nothing that the registry
 * knows ("Flywheel bolt | Tightening torque (daN.m)"). A cell is found where the question's words are all
 * said by its column, its row, the headings above its table, or the document; nothing is left out. */
#include "query/document_words.h"
#include "query/execution.h"
#include "query/word_match.h"

#include "vehicle/token.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_TOKENS = 400,     /* of a text that is looked at */
    MAX_RECORDS = 2000,   /* of a table whose cells' own texts are looked at */
    MAX_LABEL = 80,       /* bytes of a cell that may be a row's label */
    MAX_FOUND = 6,        /* cells; more are no answer */
    MAX_NAME_TOKENS = 8,  /* of a column without a unit; more are a sentence */
    MAX_READ = 20000,     /* records whose values are looked at */
};

/* Cells outrank each other in this order: by the words that their own row and column say, codes that the caption
 * says where others have them from the document's title, words that need not
 * be said, limits that nobody asked for, and labels that the question does not say whole. */
enum { RANK_OWN = 1 << 20, RANK_CODE = 1 << 16, RANK_OPTIONAL = 1 << 12, RANK_LIMIT = 1 << 8 };

struct cell_finder {
    struct result *out;
    const struct query *q;
    const struct catalog *c;
    struct store *store;
    struct error *err;
    struct word_sets words;
    bool limits;       /* least and most, or a wear limit, are asked for */
    struct token tokens[MAX_TOKENS];
    struct found_cell {
        size_t record;
        struct fact_row fact;
    } found[MAX_FOUND];
    size_t n_found;
    bool too_many;
    size_t n_read; /* records */
    int best;      /* the rank of those found */
    uint32_t *columns; /* (columns of the catalog) the words that each says, of the source at hand */
    struct document_words about;
    size_t head_document, head_page; /* whose first line was looked at */
    uint32_t head;
};

/* What stands above the rows of a table, from near to far. */
struct above {
    const char *caption;
    uint32_t near;  /* caption and the columns that have no figures */
    uint32_t far;   /* the document's title, name and first page */
    size_t document;
};

static uint32_t words_in(struct cell_finder *f, const char *text)
{
    return words_in_text(text, f->q->cell_words, f->q->n_cell_words, f->tokens, MAX_TOKENS);
}

static uint32_t words_of_column(struct cell_finder *f, const struct catalog_column *col)
{
    uint32_t bits = words_in(f, col->name) | words_in(f, col->section);
    for (size_t k = 0; k < f->q->n_cell_words; k++) {
        const struct query_cell_word *w = &f->q->cell_words[k];
        for (size_t i = 0; i < w->n_attributes; i++)
            if (col->attribute == w->attributes[i] && (col->qualifiers & w->qualifiers) == w->qualifiers)
                bits |= 1u << k;
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

/* ---- what the document and the page say ---- */

/* What the document is about: by its first page, and the vehicles that it has rows of. */
static bool look_at_document(struct cell_finder *f, struct above *above)
{
    uint32_t bits;
    if (!f->c->documents[above->document].has_pages) return true;
    if (!document_words(&f->about, f->q, f->c, f->store, above->document, &bits, f->err)) return false;
    above->far |= bits;
    return true;
}

/* The running head of the page that the row stands on. */
static bool look_at_head(struct cell_finder *f, const struct above *above, const char *place, uint32_t *bits)
{
    const char *page = strncmp(place, "page ", 5) == 0 ? place + 5 : NULL;
    *bits = 0;
    if (!page) return true;
    size_t number = strtoul(page, NULL, 10);
    if (f->head_document != above->document || f->head_page != number) {
        if (!page_head_words(f->q, f->c, f->store, above->document, number, &f->head, f->err)) return false;
        f->head_document = above->document;
        f->head_page = number;
    }
    *bits = f->head;
    return true;
}

/* ---- cells ---- */

static void add_cell(struct cell_finder *f, size_t record, const struct fact_row *fact, int rank)
{
    if (rank < f->best) return;
    if (rank > f->best) {
        f->best = rank;
        f->n_found = 0;
        f->too_many = f->n_read > MAX_READ;
    }
    for (size_t i = 0; i < f->n_found; i++) {
        struct fact_row *have = &f->found[i].fact;
        if (have->column != fact->column || f->found[i].record != record) continue;
        if (have->part == fact->part) return;
        if (have->group != fact->group || fact->kind != VALUE_NUMBER || !fact->unit || !have->unit) continue;
        if (fact->unit == f->q->cell_unit) *have = *fact; /* of one figure in two units, that which is wanted */
        return;
    }
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

/* The words that the figure's unit says: "torque" of 12 Nm. */
static uint32_t words_of_unit(const struct cell_finder *f, const struct fact_row *fact)
{
    uint32_t bits = 0;
    if (fact->kind != VALUE_NUMBER || !fact->unit) return 0;
    for (size_t k = 0; k < f->q->n_cell_words; k++)
        if (f->q->cell_words[k].dimensions >> fact->unit->dimension & 1) bits |= 1u << k;
    return bits;
}

/* Whether one of the codes is another's here: said by the document alone, where the text has one of its kind. */
static bool names_another(struct cell_finder *f, const char *text, uint32_t codes)
{
    if (!codes || !text || !*text) return false;
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, f->tokens, MAX_TOKENS);
    for (size_t k = 0; k < f->q->n_cell_words; k++)
        if (codes >> k & 1 && !word_in_tokens(f->tokens, n, &f->q->cell_words[k]) &&
            other_code_in_tokens(f->tokens, n, &f->q->cell_words[k]))
            return true;
    return false;
}

/* Whether a key is a word that the question has. */
static bool is_asked(const struct cell_finder *f, const char *key)
{
    for (size_t k = 0; k < f->q->n_cell_words; k++)
        for (size_t i = 0; i < f->q->cell_words[k].n_keys; i++)
            if (words_same(key, f->q->cell_words[k].keys[i])) return true;
    return false;
}

/* Whether the question has all the words of the row's label: of "shaft diameter" and "rotor shaft diameter" the
 * first is the shaft's. */
static bool is_whole_label(struct cell_finder *f, const struct catalog_record *rec)
{
    const char *label = rec->trim[0] ? rec->trim : rec->title;
    size_t n = tokens_split(label, strlen(label), TOKENS_TEXT, f->tokens, MAX_TOKENS);
    for (size_t i = 0; i < n; i++) {
        bool means = f->tokens[i].kind != TOKEN_WORD || strlen(f->tokens[i].key) > 2;
        if (means && !is_asked(f, f->tokens[i].key)) return false;
    }
    return true;
}

static bool is_limit_word(const char *key)
{
    static const char *const WORDS[] = {"minimum", "maximum", "limit", "wear", "worn", "allowable"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (words_same(key, WORDS[i])) return true;
    return false;
}

/* A line's number in a list, "5.", is no figure and no name of a column. */
static bool is_list_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits && text[digits] == '.' && !text[digits + 1];
}

static bool says_limit(struct cell_finder *f, const char *text)
{
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, f->tokens, MAX_TOKENS);
    for (size_t i = 0; i < n; i++)
        if (is_limit_word(f->tokens[i].key)) return true;
    return false;
}

/* "Index", "Item": numbers of rows. */
static bool counts_rows(struct cell_finder *f, const struct catalog_column *col)
{
    static const char *const WORDS[] = {"index", "item", "no", "nr", "figure", "ref", "step", "callout", "key",
                                        "order", "page", "code", "qty"};
    size_t n = tokens_split(col->name, strlen(col->name), TOKENS_TEXT, f->tokens, MAX_TOKENS);
    for (size_t i = 0; n && i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(f->tokens[0].key, WORDS[i]) == 0) return !is_asked(f, f->tokens[0].key);
    return is_list_number(col->name);
}

/* "Adjust the valve clearance of the cylinder concerned": a step over a column names no quantity. */
static bool is_step(struct cell_finder *f, const char *name)
{
    return tokens_split(name, strlen(name), TOKENS_TEXT, f->tokens, MAX_TOKENS) > MAX_NAME_TOKENS;
}

/* Whether the cell can be what is asked for: a figure, in a unit that converts to the one wanted. */
static bool may_answer(struct cell_finder *f, const struct fact_row *fact)
{
    const struct query *q = f->q;
    double v;
    if (fact->kind == VALUE_NONE || fact->missing_mark) return false;
    if (q->cell_figure && fact->kind != VALUE_NUMBER && !text_is_figure(fact->text)) return false;
    if (is_list_number(fact->text)) return false;
    bool unnamed = strncmp(f->c->columns[fact->column].name, "column ", 7) == 0; /* a column without a header */
    if (f->words.quantities && unnamed && !fact->unit) return false;
    if (f->c->documents[f->c->sources[f->c->columns[fact->column].source].document].has_pages && !fact->unit &&
        is_step(f, f->c->columns[fact->column].name))
        return false;
    if (fact->kind == VALUE_NUMBER && fact->unit && f->words.quantities && fact->unit->dimension != DIMENSION_RATIO &&
        !(f->words.quantities >> fact->unit->dimension & 1))
        return false; /* "pressure" is no length */
    if (q->cell_unit && (fact->kind != VALUE_NUMBER || !fact->unit || !unit_convert(1, fact->unit, q->cell_unit, &v)))
        return false;
    return !counts_rows(f, &f->c->columns[fact->column]);
}

static void look_at_cell(struct cell_finder *f, const struct above *above, size_t record, const struct fact_row *fact,
                         uint32_t title, uint32_t labels, uint32_t head)
{
    const struct catalog_record *rec = &f->c->records[record];
    const struct catalog_column *col = &f->c->columns[fact->column];
    uint32_t column = f->columns[fact->column];
    uint32_t sentence = words_in(f, fact->quote), remark = words_in(f, fact->remark);
    uint32_t own = title | column | sentence | remark | labels, unit = words_of_unit(f, fact);
    uint32_t near = above->near | head, said = own | near | above->far | unit;
    if ((said & f->words.needed) != f->words.needed) return;
    /* A figure without a unit is the quantity only where the words say so, not by what its column was taken for. */
    uint32_t written = words_in(f, col->name) | words_in(f, col->section) | title | sentence | remark | near;
    if (f->words.quantities && !fact->unit && f->words.measured & f->words.needed & ~written) return;
    /* A quantity and the document's title alone say nothing of a cell. */
    uint32_t here = (own | near) & f->words.needed;
    bool coded = f->words.codes && !(f->words.codes & ~here);
    if (!(here & ~f->words.codes) || (!coded && !(here & ~f->words.codes & ~f->words.measured))) return;
    /* The label itself is not what is asked. */
    if (fact->kind == VALUE_TEXT && words_in(f, fact->text) & ~(title | column | sentence | remark)) return;
    if (fact->kind == VALUE_TEXT && !text_is_figure(fact->text) && strstr(rec->title, fact->text)) return;
    if (names_another(f, rec->title, f->words.codes & ~own) || names_another(f, col->name, f->words.codes & ~own) ||
        names_another(f, above->caption, f->words.codes & ~own & ~above->near))
        return;
    bool paged = f->c->documents[above->document].has_pages;
    bool limit = paged && !f->limits &&
                 (says_limit(f, col->name) || says_limit(f, col->section) || says_limit(f, rec->title));
    add_cell(f, record, fact,
             RANK_OWN * count(own & f->words.needed) + RANK_CODE * count((own | near) & f->words.codes) + RANK_OPTIONAL * count((own | near) & ~f->words.needed) +
                 (limit ? 0 : RANK_LIMIT) + (paged && is_whole_label(f, rec)) +
                 /* Of one sentence, the figure whose own name has the words: it may speak of other parts too. */
                 (fact->quote[0] ? count((title | column | remark | labels) & f->words.needed) : 0));
}

static const char *name_key(const struct catalog_record *rec)
{
    return rec->model_key[0] ? rec->model_key : rec->make_key;
}

/* Whether the row is another vehicle's than those that the question names. A vehicle may have a longer or a shorter name
 * elsewhere. */
static bool is_another_vehicle(const struct cell_finder *f, size_t record)
{
    const struct catalog_record *rec = &f->c->records[record];
    const char *own = name_key(rec);
    if (!own[0] || f->c->documents[f->c->sources[rec->source].document].has_pages) return false;
    for (size_t s = 0; s < f->q->n_subjects; s++) {
        if (f->q->subjects[s].only) return false;
        for (size_t i = 0; i < f->q->subjects[s].n_records; i++) {
            if (f->q->subjects[s].records[i] == record) return false;
            const char *named = name_key(&f->c->records[f->q->subjects[s].records[i]]);
            if (!named[0] || key_has_run(own, named) || key_has_run(named, own)) return false;
        }
    }
    return f->q->n_subjects > 0;
}

static bool look_at_record(struct cell_finder *f, size_t record, const struct above *above, bool texts)
{
    const struct catalog_record *rec = &f->c->records[record];
    if ((f->q->allowed && !f->q->allowed[record]) || is_another_vehicle(f, record)) return true;
    if (f->n_read++ == MAX_READ) f->too_many = true;
    if (f->n_read > MAX_READ) return true;
    uint32_t title = words_of_record(f, rec), head = 0;
    struct fact_row *rows;
    size_t n;
    if (f->c->documents[above->document].has_pages && !look_at_head(f, above, rec->place, &head)) return false;
    if (!store_read_values(f->store, f->c, record, NULL, 0, &f->out->arena, &rows, &n, f->err)) return false;
    uint32_t labels = texts ? words_of_cells(f, rows, n) : 0;
    for (size_t i = 0; i < n; i++)
        if (may_answer(f, &rows[i])) look_at_cell(f, above, record, &rows[i], title, labels, head);
    return true;
}

static bool in_scope(const struct query *q, size_t document)
{
    for (size_t i = 0; i < q->n_documents; i++)
        if (q->documents[i] == document) return true;
    return q->n_documents == 0 || q->cell_anywhere;
}

static bool look_at_source(struct cell_finder *f, const struct catalog_source *s, size_t first_term,
                           size_t end_term)
{
    const struct catalog_document *d = &f->c->documents[s->document];
    struct above above = {.caption = s->caption,
                          .near = words_in(f, s->caption),
                          .far = words_in(f, d->title) | words_in(f, d->name),
                          .document = s->document};
    uint32_t may = f->words.measured;
    bool texts = s->n_records <= MAX_RECORDS;
    for (size_t i = s->first_column; i < s->first_column + s->n_columns; i++) {
        const struct catalog_column *col = &f->c->columns[i];
        may |= f->columns[i] = words_of_column(f, col);
        if (d->has_pages && !col->has_numbers) above.near |= words_in(f, col->name);
    }
    may |= above.near | above.far;
    for (size_t i = first_term; texts && i < end_term && (may & f->words.needed) != f->words.needed; i++)
        may |= words_in(f, f->c->terms[i].text);
    for (size_t i = 0; i < s->n_records && (may & f->words.needed) != f->words.needed; i++)
        may |= words_of_record(f, &f->c->records[s->first_record + i]);
    uint32_t missing = f->words.needed & ~may;
    if (missing && count(missing & ~f->words.codes) <= 1 && (may & f->words.needed & ~f->words.codes)) {
        if (!look_at_document(f, &above)) return false;
        missing &= ~above.far;
        if (d->has_pages && count(missing) == 1) missing = 0; /* the page's head may say it */
    }
    if (missing && !s->prose) return true;
    for (size_t i = 0; i < s->n_records; i++) {
        /* Of a large table only rows whose name has a word that nothing else has are read. */
        size_t record = s->first_record + i;
        if (!texts && !(words_of_record(f, &f->c->records[record]) & ~(above.near | above.far))) continue;
        if (!look_at_record(f, record, &above, texts)) return false;
    }
    return true;
}

/* Where a unit is wanted and some are measured in such, those alone. */
static void keep_wanted(struct cell_finder *f)
{
    size_t kept = 0;
    double v;
    for (size_t i = 0; f->q->cell_unit && i < f->n_found; i++) {
        const struct fact_row *fact = &f->found[i].fact;
        if (fact->kind != VALUE_NUMBER || !fact->unit || !unit_convert(1, fact->unit, f->q->cell_unit, &v)) continue;
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
        const struct unit *unit = f->q->cell_unit;
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

/* All sources, for the words of a side and those of none. */
static bool look_at_all(struct cell_finder *f, size_t side)
{
    const struct query *q = f->q;
    const struct catalog *c = f->c;
    f->words = word_sets_of(q);
    for (size_t k = 0; side && k < q->n_cell_words; k++)
        if (q->cell_words[k].side && q->cell_words[k].side != side) {
            f->words.needed &= ~(1u << k);
            f->words.codes &= ~(1u << k);
        }
    f->n_found = f->n_read = 0;
    f->best = 0;
    f->too_many = false;
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
    return ok;
}

/* The attribute of the query that the cell's column is; else the last. */
static size_t attribute_of_cell(const struct query *q, const struct catalog *c, const struct fact_row *fact)
{
    for (size_t a = 0; a < q->n_attributes; a++)
        if (q->attributes[a].attribute >= 0 && q->attributes[a].attribute == c->columns[fact->column].attribute) return a;
    return q->n_attributes - 1;
}

/* Two vehicles, each by its only cell. */
static bool compare_cells(struct cell_finder *f)
{
    struct found_cell cells[2];
    for (size_t s = 0; s < 2; s++) {
        if (!look_at_all(f, s + 1)) return false;
        if (f->too_many || f->n_found != 1 || f->found[0].fact.kind != VALUE_NUMBER) return true;
        cells[s] = f->found[0];
    }
    if (cells[0].fact.column == cells[1].fact.column && cells[0].record == cells[1].record) return true;
    memcpy(f->found, cells, sizeof cells);
    f->n_found = 2;
    if (!take_rows(f)) return false;
    for (size_t s = 0; s < 2; s++) {
        f->out->rows[s].subject = s;
        f->out->rows[s].attribute = attribute_of_cell(f->q, f->c, &cells[s].fact);
    }
    f->out->by_words = false;
    f->out->subject_names = true;
    compare_found(f->out, f->q);
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
    f->head_document = SIZE_MAX;
    for (size_t k = 0; k < q->n_cell_words; k++)
        for (size_t i = 0; i < q->cell_words[k].n_keys; i++)
            f->limits = f->limits || is_limit_word(q->cell_words[k].keys[i]);
    bool ok;
    if (q->cells_compared) {
        ok = q->n_attributes == 0 || compare_cells(f);
    } else {
        ok = look_at_all(f, 0);
        if (ok && f->n_found && !f->too_many) ok = take_rows(f);
    }
    free(columns);
    free(f);
    return ok;
}
