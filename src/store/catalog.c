/* The catalog: every table of facts but the values, read once from its first row to its last. What
 * the rows say of each other is checked here, so that the indices in a catalog can be relied on. */
#include "store/fact_block.h"
#include "store/facts.h"
#include "store/schema.h"
#include "store/store_internal.h"

#include "base/file.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- names that move with the registry ---- */

void facts_category_name(int category, struct buffer *out)
{
    const struct category *c = &CATEGORIES[category];
    buffer_printf(
        out, "%s/%s",
        c->attribute >= 0 && (size_t)c->attribute < REGISTRY_COUNT ? REGISTRY[c->attribute].id : "",
        c->id);
}

int facts_category_find(const char *name)
{
    const char *slash = strchr(name, '/');
    if (!slash) return -1;
    size_t len = (size_t)(slash - name);
    for (size_t i = 0; i < CATEGORY_COUNT; i++) {
        const struct category *c = &CATEGORIES[i];
        if (strcmp(c->id, slash + 1) != 0 || c->attribute < 0 ||
            (size_t)c->attribute >= REGISTRY_COUNT)
            continue;
        const char *id = REGISTRY[c->attribute].id;
        if (strlen(id) == len && memcmp(id, name, len) == 0) return (int)i;
    }
    return -1;
}

/* "city,combined" as bits; false when one of them is not known any more. */
static bool read_qualifiers(const char *text, uint64_t *out)
{
    *out = 0;
    while (*text) {
        char id[64];
        size_t len = strcspn(text, ",");
        if (len >= sizeof id) return false;
        memcpy(id, text, len);
        id[len] = '\0';
        int q = qualifier_find(id);
        if (q < 0 || q >= 64) return false;
        *out |= (uint64_t)1 << q;
        text += len + (text[len] == ',');
    }
    return true;
}

/* ---- reading rows ---- */

/* Where reading columns or records is: they come in the order of the sources, each as the next id
 * of its source. */
struct follower {
    const char *table;
    int64_t *first;      /* (n_sources) first ids, as fact_sources has them */
    size_t source;       /* index of the row before */
    size_t begin, count; /* of that source: its first row, how many so far */
    size_t n;            /* rows so far */
};

struct reader {
    struct store *s;
    struct catalog *c;
    struct error *err;
    struct follower columns, records;
    struct {
        const char *text;
        size_t len;
    } last[10];  /* strings of the row before: most rows repeat some */
    bool failed; /* memory */
};

/* A column as text in the arena; the string of the row before when it is the same. `slot`: one of
 * last[]. */
static const char *take_text(struct reader *r, sqlite3_stmt *q, int column, size_t slot)
{
    const void *bytes = sqlite3_column_text(q, column);
    size_t len = (size_t)sqlite3_column_bytes(q, column);
    if (!bytes || len == 0) return "";
    if (r->last[slot].text && r->last[slot].len == len &&
        memcmp(r->last[slot].text, bytes, len) == 0)
        return r->last[slot].text;
    char *text = arena_strndup(&r->c->arena, bytes, len);
    if (!text) {
        r->failed = true;
        return "";
    }
    r->last[slot].text = text;
    r->last[slot].len = len;
    return text;
}

static bool damaged(struct reader *r, const char *table, int64_t row, const char *what)
{
    return store_damaged(r->s, table, row, what, r->err);
}

typedef bool read_row(struct reader *r, sqlite3_stmt *q, void *item);

/* Reads all rows of a query into an array of the catalog's arena. */
static bool read_table(struct reader *r, const char *sql, size_t size, read_row *row, void *array,
                       size_t *n)
{
    char *items = NULL;
    size_t cap = 0;
    *n = 0;
    memset(r->last, 0, sizeof r->last);
    sqlite3_stmt *q = store_prepare(r->s, sql, r->err);
    bool ok = q != NULL;
    int rc = SQLITE_DONE;
    while (ok && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        if (*n == cap) {
            size_t more = cap ? cap * 2 : 64;
            char *grown = more > SIZE_MAX / size ? NULL : realloc(items, more * size);
            if (!grown) {
                ok = error_memory(r->err, "the catalog");
                break;
            }
            items = grown;
            cap = more;
        }
        memset(items + *n * size, 0, size);
        ok = row(r, q, items + *n * size) && (!r->failed || error_memory(r->err, "the catalog"));
        if (ok) ++*n;
    }
    if (ok && rc != SQLITE_DONE) ok = store_fail(r->s, "reading the catalog", r->err);
    sqlite3_finalize(q);
    if (ok) {
        void *copy = arena_array(&r->c->arena, *n + 1, size);
        if (copy) {
            if (*n) memcpy(copy, items, *n * size);
            memcpy(array, &copy, sizeof copy);
        } else {
            ok = error_memory(r->err, "the catalog");
        }
    }
    free(items);
    if (!ok) *n = 0;
    return ok;
}

static bool read_document(struct reader *r, sqlite3_stmt *q, void *item)
{
    struct catalog_document *d = item;
    d->id = sqlite3_column_int64(q, 0);
    d->path = take_text(r, q, 1, 0);
    d->name = path_base(d->path);
    d->kind = take_text(r, q, 2, 1);
    d->title = take_text(r, q, 3, 2);
    d->language = take_text(r, q, 4, 3);
    d->has_pages = sqlite3_column_int64(q, 6) != 0;
    d->stale = sqlite3_column_int64(q, 5) != STORE_READING_VERSION;
    return true;
}

size_t catalog_document(const struct catalog *c, int64_t id)
{
    size_t low = 0, high = c->n_documents;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->documents[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->n_documents && c->documents[low].id == id ? low : SIZE_MAX;
}

struct source_row {
    struct catalog_source source;
    int64_t first_column, first_record;
};

static bool read_source(struct reader *r, sqlite3_stmt *q, void *item)
{
    struct source_row *row = item;
    struct catalog_source *source = &row->source;
    source->id = sqlite3_column_int64(q, 0);
    source->document = catalog_document(r->c, sqlite3_column_int64(q, 1));
    source->caption = take_text(r, q, 2, 0);
    source->row_word = take_text(r, q, 3, 1);
    source->prose = sqlite3_column_int(q, 4) != 0;
    row->first_column = sqlite3_column_int64(q, 5);
    row->first_record = sqlite3_column_int64(q, 6);
    if (source->document == SIZE_MAX)
        return damaged(r, "fact_sources", source->id, "its document does not exist");
    if (row->first_column < 1 || row->first_record < FACT_BLOCK_RECORDS ||
        row->first_record % FACT_BLOCK_RECORDS != 0 || row->first_record >= FACT_MAX_RECORD)
        return damaged(r, "fact_sources", source->id, "its ids are out of range");
    return true;
}

static bool follow(struct reader *r, struct follower *f, int64_t id, int64_t source)
{
    const struct catalog *c = r->c;
    while (f->source < c->n_sources && c->sources[f->source].id < source) {
        f->source++;
        f->begin = f->n;
        f->count = 0;
    }
    if (f->source >= c->n_sources || c->sources[f->source].id != source)
        return damaged(r, f->table, id, "its source does not exist");
    if (id != f->first[f->source] + (int64_t)f->count)
        return damaged(r, f->table, id, "its id is not the next one of its source");
    f->count++;
    f->n++;
    return true;
}

static bool read_column(struct reader *r, sqlite3_stmt *q, void *item)
{
    struct catalog_column *column = item;
    struct follower *f = &r->columns;
    column->id = sqlite3_column_int64(q, 0);
    if (!follow(r, f, column->id, sqlite3_column_int64(q, 1))) return false;
    if (f->count > FACT_MAX_COLUMNS)
        return damaged(r, "fact_columns", column->id, "its source has too many columns");
    column->source = f->source;
    r->c->sources[f->source].first_column = f->begin;
    r->c->sources[f->source].n_columns = f->count;
    column->name = take_text(r, q, 2, 0);
    column->section = take_text(r, q, 3, 1);
    column->key = take_text(r, q, 4, 2);
    const char *attribute = (const char *)sqlite3_column_text(q, 5);
    column->attribute = attribute && *attribute ? registry_find(attribute) : -1;
    const char *qualifiers = (const char *)sqlite3_column_text(q, 6);
    /* An attribute without one of its qualifiers would be another one: it is then one of its own.
     */
    if (!read_qualifiers(qualifiers ? qualifiers : "", &column->qualifiers)) column->attribute = -1;
    int64_t unit = sqlite3_column_int64(q, 7);
    if (unit != 0) {
        bool stated = unit > 0;
        const struct unit *known =
            unit >= -INT_MAX && unit <= INT_MAX ? unit_by_id((int)(stated ? unit : -unit)) : NULL;
        if (!known) return damaged(r, "fact_columns", column->id, "its unit is not known");
        *(stated ? &column->unit : &column->likely_unit) = known;
    }
    column->inverse = sqlite3_column_int(q, 8) != 0;
    int64_t numbers = sqlite3_column_int64(q, 9), texts = sqlite3_column_int64(q, 10);
    if (numbers < 0 || texts < 0 || numbers > INT64_MAX - texts)
        return damaged(r, "fact_columns", column->id, "its counts are out of range");
    column->has_numbers = numbers > 0;
    column->has_texts = texts > 0;
    column->n_values = (size_t)(numbers + texts);
    return true;
}

static int take_year(sqlite3_stmt *q, int column)
{
    int64_t year = sqlite3_column_int64(q, column);
    return year >= 0 && year <= 9999 ? (int)year : 0;
}

static bool read_record(struct reader *r, sqlite3_stmt *q, void *item)
{
    struct catalog_record *record = item;
    struct follower *f = &r->records;
    record->id = sqlite3_column_int64(q, 0);
    if (!follow(r, f, record->id, sqlite3_column_int64(q, 1))) return false;
    record->source = f->source;
    r->c->sources[f->source].first_record = f->begin;
    r->c->sources[f->source].n_records = f->count;
    record->vehicle = sqlite3_column_int64(q, 2);
    const char **const TEXTS[] = {&record->title,       &record->make,     &record->model,
                                  &record->trim,        &record->make_key, &record->model_key,
                                  &record->trim_key,    &record->category, &record->engine_type,
                                  &record->transmission};
    for (int i = 0; i < 10; i++) *TEXTS[i] = take_text(r, q, 3 + i, (size_t)i);
    record->year_first = take_year(q, 13);
    record->year_last = take_year(q, 14);
    const void *place = sqlite3_column_text(q, 15);
    record->place =
        place ? arena_strndup(&r->c->arena, place, (size_t)sqlite3_column_bytes(q, 15)) : "";
    if (!record->place) r->failed = true;
    int64_t line = sqlite3_column_int64(q, 16);
    record->line = line > 0 ? (size_t)line : 0;
    record->quantity = sqlite3_column_double(q, 17);
    if (!isfinite(record->quantity)) record->quantity = 1;
    return true;
}

struct name_row {
    int64_t id;
    int category;
};

static bool read_name(struct reader *r, sqlite3_stmt *q, void *item)
{
    struct name_row *row = item;
    row->id = sqlite3_column_int64(q, 0);
    const char *name = (const char *)sqlite3_column_text(q, 1);
    row->category = name ? facts_category_find(name) : -1;
    if (row->id < 1 || row->id > (1 << 24))
        return damaged(r, "fact_names", row->id, "its id is out of range");
    return true;
}

static bool read_term(struct reader *r, sqlite3_stmt *q, void *item)
{
    struct catalog_term *t = item;
    struct catalog *c = r->c;
    int64_t id = sqlite3_column_int64(q, 0), column = id / STORE_MAX_TERMS;
    size_t low = 0, high = c->n_columns;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->columns[middle].id < column)
            low = middle + 1;
        else
            high = middle;
    }
    if (id < 0 || low >= c->n_columns || c->columns[low].id != column)
        return damaged(r, "fact_terms", id, "its column does not exist");
    t->column = low;
    t->text = take_text(r, q, 1, 0);
    t->key = take_text(r, q, 2, 1);
    int64_t category = sqlite3_column_int64(q, 3), count = sqlite3_column_int64(q, 4);
    if (category < 0 || (uint64_t)category >= c->n_category_of + (category == 0))
        return damaged(r, "fact_terms", id, "its category does not exist");
    t->category = category ? c->category_of[category] : -1;
    t->count = count > 0 ? (size_t)count : 0;
    return true;
}

static bool read_names(struct reader *r)
{
    struct name_row *names = NULL;
    size_t n;
    if (!read_table(r, "SELECT id, name FROM fact_names ORDER BY id", sizeof *names, read_name,
                    &names, &n))
        return false;
    if (n == 0) return true;
    size_t count = (size_t)names[n - 1].id + 1;
    int *of = arena_array(&r->c->arena, count, sizeof *of);
    if (!of) return error_memory(r->err, "the catalog");
    for (size_t i = 0; i < count; i++) of[i] = -1;
    for (size_t i = 0; i < n; i++) of[names[i].id] = names[i].category;
    r->c->category_of = of;
    r->c->n_category_of = count;
    return true;
}

static bool read_sources(struct reader *r)
{
    struct source_row *rows = NULL;
    size_t n;
    if (!read_table(r,
                    "SELECT id, document, caption, row_word, prose, first_column, first_record"
                    " FROM fact_sources ORDER BY id",
                    sizeof *rows, read_source, &rows, &n))
        return false;
    struct catalog *c = r->c;
    c->sources = arena_array(&c->arena, n + 1, sizeof *c->sources);
    r->columns.first = arena_array(&c->arena, n + 1, sizeof *r->columns.first);
    r->records.first = arena_array(&c->arena, n + 1, sizeof *r->records.first);
    if (!c->sources || !r->columns.first || !r->records.first)
        return error_memory(r->err, "the catalog");
    for (size_t i = 0; i < n; i++) {
        c->sources[i] = rows[i].source;
        r->columns.first[i] = rows[i].first_column;
        r->records.first[i] = rows[i].first_record;
    }
    c->n_sources = n;
    return true;
}

static bool read_tables(struct reader *r)
{
    struct catalog *c = r->c;
    return store_read_int(r->s, "SELECT version FROM store_state WHERE id = 1", &c->version,
                          r->err) &&
           read_table(r,
                      "SELECT id, path, kind, title, language, reading, EXISTS"
                      " (SELECT 1 FROM document_pages WHERE document = documents.id)"
                      " FROM documents ORDER BY id",
                      sizeof *c->documents, read_document, &c->documents, &c->n_documents) &&
           read_names(r) && read_sources(r) &&
           read_table(r,
                      "SELECT id, source, name, section, key, attribute, qualifiers, unit, inverse,"
                      " numbers, texts FROM fact_columns ORDER BY id",
                      sizeof *c->columns, read_column, &c->columns, &c->n_columns) &&
           read_table(r,
                      "SELECT id, source, vehicle, title, make, model, trim, make_key, model_key,"
                      " trim_key, category, engine_type, transmission, year_first, year_last,"
                      " place, line, quantity FROM fact_records ORDER BY id",
                      sizeof *c->records, read_record, &c->records, &c->n_records) &&
           read_table(r, "SELECT id, text, key, category, count FROM fact_terms ORDER BY id",
                      sizeof *c->terms, read_term, &c->terms, &c->n_terms);
}

bool catalog_read(struct catalog *out, struct store *s, struct error *err)
{
    *out = (struct catalog){0};
    if (s->writing) return error_set(err, ERROR_USAGE, "%s: a document is being written", s->path);
    if (!store_exec(s, "BEGIN", err)) return false; /* all tables as of one moment */
    struct reader r = {.s = s,
                       .c = out,
                       .err = err,
                       .columns.table = "fact_columns",
                       .records.table = "fact_records"};
    bool ok = read_tables(&r);
    sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    if (!ok) catalog_free(out);
    return ok;
}

void catalog_free(struct catalog *c)
{
    arena_free(&c->arena);
    *c = (struct catalog){0};
}

bool catalog_is_current(const struct catalog *c, struct store *s)
{
    if (!s->find_version &&
        !(s->find_version = store_prepare(s, "SELECT version FROM store_state WHERE id = 1", NULL)))
        return false;
    bool current = sqlite3_step(s->find_version) == SQLITE_ROW &&
                   sqlite3_column_int64(s->find_version, 0) == c->version;
    sqlite3_reset(s->find_version);
    return current;
}
