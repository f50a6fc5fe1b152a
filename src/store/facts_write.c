/* Adding typed facts. Values go through a log to their blocks; a source's columns and terms are
 * known at its end and are written then. */
#include "store/facts.h"
#include "store/term_set.h"
#include "store/value_log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct source_column {
    struct fact_column c; /* strings in the source's arena */
    size_t numbers, texts;
};

struct facts_writer {
    int64_t next_source, next_column, next_record; /* 0: not read yet */
    bool open;                                     /* there is a source */
    int64_t source, first_column, first_record, n_records;
    struct arena arena; /* of the source */
    struct source_column *columns;
    size_t n_columns, columns_cap;
    uint64_t last_line; /* of the record that was added last */
    struct buffer scratch;
    struct value_log log;
    struct term_set terms;
    uint32_t *categories; /* (CATEGORY_COUNT) rows of fact_names; 0: not known yet */
    sqlite3_stmt *add_record;
};

static void forget_source(struct facts_writer *w)
{
    w->open = false;
    arena_free(&w->arena);
    w->n_columns = 0;
    term_set_clear(&w->terms);
    value_log_clear(&w->log, false);
    w->scratch.failed = false;
}

static void finish_statements(struct facts_writer *w)
{
    sqlite3_finalize(w->add_record);
    w->add_record = NULL;
    value_log_clear(&w->log, true);
}

void facts_forget(struct store *s)
{
    struct facts_writer *w = s->facts;
    if (!w) return;
    finish_statements(w);
    forget_source(w);
    w->next_source = w->next_column = w->next_record = 0;
    memset(w->categories, 0, CATEGORY_COUNT * sizeof *w->categories);
}

void facts_free(struct store *s)
{
    struct facts_writer *w = s->facts;
    if (!w) return;
    finish_statements(w);
    forget_source(w);
    value_log_free(&w->log);
    term_set_free(&w->terms);
    buffer_free(&w->scratch);
    free(w->columns);
    free(w->categories);
    free(w);
    s->facts = NULL;
}

/* ---- ids ---- */

static bool read_next_ids(struct store *s, struct facts_writer *w, struct error *err)
{
    sqlite3_stmt *q = store_prepare(
        s, "SELECT next_source, next_column, next_record FROM store_state WHERE id = 1", err);
    if (!q) return false;
    int rc = sqlite3_step(q);
    bool ok = rc == SQLITE_ROW ||
              (rc == SQLITE_DONE ? store_damaged(s, "store_state", 1, "is missing", err)
                                 : store_fail(s, "reading", err));
    if (ok) {
        w->next_source = sqlite3_column_int64(q, 0);
        w->next_column = sqlite3_column_int64(q, 1);
        w->next_record = sqlite3_column_int64(q, 2);
        int64_t most = INT64_MAX / STORE_MAX_TERMS - FACT_MAX_COLUMNS;
        if (w->next_source < 1 || w->next_source > most || w->next_column < 1 ||
            w->next_column > most || w->next_record < FACT_BLOCK_RECORDS ||
            w->next_record > FACT_MAX_RECORD)
            ok = store_damaged(s, "store_state", 1, "an id is out of range", err);
    }
    sqlite3_finalize(q);
    return ok;
}

static bool write_next_ids(struct store *s, const struct facts_writer *w, struct error *err)
{
    sqlite3_stmt *q = store_prepare(s,
                                    "UPDATE store_state SET next_source = ?1, next_column = ?2,"
                                    " next_record = ?3 WHERE id = 1",
                                    err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, w->next_source);
    sqlite3_bind_int64(q, 2, w->next_column);
    sqlite3_bind_int64(q, 3, w->next_record);
    bool ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding facts", err);
    sqlite3_finalize(q);
    return ok;
}

static struct facts_writer *writer(struct store *s, struct error *err)
{
    if (!s->writing) {
        error_set(err, ERROR_USAGE, "%s: no document was begun", s->path);
        return NULL;
    }
    struct facts_writer *w = s->facts;
    if (!w) {
        w = calloc(1, sizeof *w);
        if (w && !(w->categories = calloc(CATEGORY_COUNT + 1, sizeof *w->categories))) {
            free(w);
            w = NULL;
        }
        if (!w) {
            error_memory(err, "facts");
            return NULL;
        }
        s->facts = w;
    }
    return w->next_source || read_next_ids(s, w, err) ? w : NULL;
}

/* ---- names ---- */

static bool name_row(struct store *s, const char *name, uint32_t *id, struct error *err)
{
    static const char *const STEPS[] = {"INSERT OR IGNORE INTO fact_names(name) VALUES (?1)",
                                        "SELECT id FROM fact_names WHERE name = ?1"};
    for (size_t i = 0; i < 2; i++) {
        sqlite3_stmt *q = store_prepare(s, STEPS[i], err);
        if (!q) return false;
        store_bind(q, 1, name, strlen(name));
        int rc = sqlite3_step(q);
        int64_t row = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
        bool ok = rc == (i == 0 ? SQLITE_DONE : SQLITE_ROW) || store_fail(s, "adding facts", err);
        sqlite3_finalize(q);
        if (!ok) return false;
        if (i == 1 && (row < 1 || row > INT32_MAX))
            return store_damaged(s, "fact_names", row, "an id is out of range", err);
        *id = (uint32_t)row;
    }
    return true;
}

static bool category_row(struct store *s, struct facts_writer *w, int category, uint32_t *id,
                         struct error *err)
{
    *id = 0;
    if (category < 0 || (size_t)category >= CATEGORY_COUNT) return true;
    if (!w->categories[category]) {
        buffer_clear(&w->scratch);
        facts_category_name(category, &w->scratch);
        if (w->scratch.failed) return error_memory(err, "facts");
        if (!name_row(s, buffer_text(&w->scratch), &w->categories[category], err)) return false;
    }
    *id = w->categories[category];
    return true;
}

/* ---- sources, columns, records ---- */

static void write_column_key(struct facts_writer *w, const struct fact_column *c)
{
    buffer_clear(&w->scratch);
    tokens_key(c->name, strlen(c->name), TOKENS_IDENTIFIER, &w->scratch);
    size_t len = w->scratch.len;
    if (!c->section[0]) return;
    if (len) buffer_putc(&w->scratch, ' ');
    tokens_key(c->section, strlen(c->section), TOKENS_IDENTIFIER, &w->scratch);
    if (len && w->scratch.len == len + 1 && !w->scratch.failed)
        w->scratch.data[--w->scratch.len] = 0;
}

static bool write_columns(struct store *s, struct facts_writer *w, struct error *err)
{
    sqlite3_stmt *q = store_prepare(
        s,
        "INSERT INTO fact_columns(id, source, name, section, key, attribute, qualifiers, unit,"
        " inverse, numbers, texts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        err);
    bool ok = q != NULL;
    struct buffer qualifiers = {0};
    for (size_t i = 0; ok && i < w->n_columns; i++) {
        const struct source_column *column = &w->columns[i];
        const struct fact_column *c = &column->c;
        const char *attribute = c->attribute >= 0 ? REGISTRY[c->attribute].id : "";
        buffer_clear(&qualifiers);
        for (size_t k = 0; k < QUALIFIER_COUNT && k < 64; k++)
            if (c->qualifiers >> k & 1)
                buffer_printf(&qualifiers, "%s%s", qualifiers.len ? "," : "", QUALIFIERS[k].id);
        write_column_key(w, c);
        if (qualifiers.failed || w->scratch.failed) {
            ok = error_memory(err, "facts");
            break;
        }
        sqlite3_reset(q);
        sqlite3_bind_int64(q, 1, w->first_column + (int64_t)i);
        sqlite3_bind_int64(q, 2, w->source);
        store_bind(q, 3, c->name, strlen(c->name));
        store_bind(q, 4, c->section, strlen(c->section));
        store_bind(q, 5, buffer_text(&w->scratch), w->scratch.len);
        store_bind(q, 6, attribute, strlen(attribute));
        store_bind(q, 7, buffer_text(&qualifiers), qualifiers.len);
        sqlite3_bind_int(q, 8, c->unit ? c->unit->id : c->likely_unit ? -c->likely_unit->id : 0);
        sqlite3_bind_int(q, 9, c->inverse);
        sqlite3_bind_int64(q, 10, (int64_t)column->numbers);
        sqlite3_bind_int64(q, 11, (int64_t)column->texts);
        ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding facts", err);
    }
    sqlite3_finalize(q);
    buffer_free(&qualifiers);
    return ok;
}

static bool finish_source(struct store *s, struct facts_writer *w, struct error *err)
{
    if (!w->open) return true;
    if (!value_log_flush(&w->log, s, w->first_record, err) || !write_columns(s, w, err) ||
        !term_set_write(&w->terms, s, w->first_column, err))
        return false;
    sqlite3_stmt *q = store_prepare(
        s, "UPDATE fact_sources SET n_columns = ?2, n_records = ?3 WHERE id = ?1", err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, w->source);
    sqlite3_bind_int64(q, 2, (int64_t)w->n_columns);
    sqlite3_bind_int64(q, 3, w->n_records);
    bool ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding facts", err);
    sqlite3_finalize(q);
    if (!ok) return false;
    w->next_column = w->first_column + (int64_t)w->n_columns;
    w->next_record = w->first_record + w->n_records;
    if (w->next_record % FACT_BLOCK_RECORDS)
        w->next_record += FACT_BLOCK_RECORDS - w->next_record % FACT_BLOCK_RECORDS;
    forget_source(w);
    return true;
}

bool facts_finish(struct store *s, struct error *err)
{
    struct facts_writer *w = s->facts;
    if (!w || !w->next_source) return true;
    bool ok = finish_source(s, w, err) && write_next_ids(s, w, err);
    finish_statements(w); /* what is not reset would keep the transaction open */
    return ok;
}

bool store_add_source(struct store *s, const struct fact_source *source, int64_t *id,
                      struct error *err)
{
    struct facts_writer *w = writer(s, err);
    if (!w || !finish_source(s, w, err)) return false;
    sqlite3_stmt *q = store_prepare(
        s,
        "INSERT INTO fact_sources(id, document, caption, row_word, prose, first_column, n_columns,"
        " first_record, n_records) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 0)",
        err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, w->next_source);
    sqlite3_bind_int64(q, 2, s->document);
    store_bind(q, 3, source->caption, strlen(source->caption));
    store_bind(q, 4, source->row_word, strlen(source->row_word));
    sqlite3_bind_int(q, 5, source->prose);
    sqlite3_bind_int64(q, 6, w->next_column);
    sqlite3_bind_int64(q, 7, w->next_record);
    bool ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding facts", err);
    sqlite3_finalize(q);
    if (!ok) return false;
    w->open = true;
    w->first_column = w->next_column;
    w->first_record = w->next_record;
    w->n_records = 0;
    *id = w->source = w->next_source++;
    return true;
}

/* The writer when `source` is the one that was added last. */
static struct facts_writer *writer_of(struct store *s, int64_t source, struct error *err)
{
    struct facts_writer *w = writer(s, err);
    if (w && (!w->open || w->source != source)) {
        error_set(err, ERROR_USAGE, "%s: source %lld is not the one that was added last", s->path,
                  (long long)source);
        return NULL;
    }
    return w;
}

bool store_add_column(struct store *s, int64_t source, const struct fact_column *column,
                      int64_t *id, struct error *err)
{
    struct facts_writer *w = writer_of(s, source, err);
    if (!w) return false;
    if (w->n_columns == FACT_MAX_COLUMNS)
        return error_set(err, ERROR_INPUT, "more than %d columns in one table", FACT_MAX_COLUMNS);
    if (column->attribute >= 0 && (size_t)column->attribute >= REGISTRY_COUNT)
        return error_set(err, ERROR_USAGE, "column '%s': no attribute has the number %d",
                         column->name, column->attribute);
    if (w->n_columns == w->columns_cap) {
        size_t cap = w->columns_cap ? w->columns_cap * 2 : 16;
        struct source_column *columns = realloc(w->columns, cap * sizeof *columns);
        if (!columns) return error_memory(err, "facts");
        w->columns = columns;
        w->columns_cap = cap;
    }
    struct source_column *c = &w->columns[w->n_columns];
    *c = (struct source_column){.c = *column};
    c->c.name = arena_strdup(&w->arena, column->name);
    c->c.section = arena_strdup(&w->arena, column->section);
    if (!c->c.name || !c->c.section) return error_memory(err, "facts");
    *id = w->first_column + (int64_t)w->n_columns++;
    return true;
}

bool store_add_record(struct store *s, int64_t source, const struct fact_record *r, int64_t *id,
                      struct error *err)
{
    struct facts_writer *w = writer_of(s, source, err);
    if (!w) return false;
    if (w->first_record + w->n_records >= FACT_MAX_RECORD)
        return error_set(err, ERROR_UNSUPPORTED, "%s: the store has no ids left", s->path);
    if (!w->add_record &&
        !(w->add_record = store_prepare(
              s,
              "INSERT INTO fact_records(id, source, vehicle, title, make, model, trim, make_key,"
              " model_key, trim_key, category, engine_type, transmission, year_first, year_last,"
              " place, line, quantity)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
              " ?17, ?18)",
              err)))
        return false;
    int64_t vehicle = 0;
    if (r->vehicle && !store_vehicle_row(s, r->vehicle, &vehicle, err)) return false;
    const char *names[] = {r->make, r->model, r->trim};
    size_t key_at[3], key_len[3];
    buffer_clear(&w->scratch);
    for (size_t i = 0; i < 3; i++) {
        key_at[i] = w->scratch.len;
        tokens_key(names[i], strlen(names[i]), TOKENS_TEXT, &w->scratch);
        key_len[i] = w->scratch.len - key_at[i];
    }
    buffer_putc(&w->scratch, '\0'); /* there is memory even when all keys are empty */
    if (w->scratch.failed) return error_memory(err, "facts");
    sqlite3_stmt *q = w->add_record;
    sqlite3_reset(q);
    int64_t record = w->first_record + w->n_records;
    sqlite3_bind_int64(q, 1, record);
    sqlite3_bind_int64(q, 2, source);
    if (vehicle)
        sqlite3_bind_int64(q, 3, vehicle);
    else
        sqlite3_bind_null(q, 3);
    store_bind(q, 4, r->title, strlen(r->title));
    for (int i = 0; i < 3; i++) {
        store_bind(q, 5 + i, names[i], strlen(names[i]));
        store_bind(q, 8 + i, w->scratch.data + key_at[i], key_len[i]);
    }
    const char *metadata[3] = {"", "", ""};
    if (vehicle) {
        metadata[0] = r->vehicle->category;
        metadata[1] = r->vehicle->engine_type;
        metadata[2] = r->vehicle->transmission;
    }
    for (int i = 0; i < 3; i++) store_bind(q, 11 + i, metadata[i], strlen(metadata[i]));
    sqlite3_bind_int(q, 14, r->year_first);
    sqlite3_bind_int(q, 15, r->year_last);
    store_bind(q, 16, r->place, strlen(r->place));
    sqlite3_bind_int64(q, 17, (int64_t)r->line);
    sqlite3_bind_double(q, 18, isfinite(r->quantity) ? r->quantity : 1);
    if (sqlite3_step(q) != SQLITE_DONE) return store_fail(s, "adding facts", err);
    w->n_records++;
    w->last_line = r->line;
    *id = record;
    return true;
}

bool store_add_values(struct store *s, int64_t record, int64_t column,
                      const struct fact_value *values, size_t n, struct error *err)
{
    struct facts_writer *w = writer(s, err);
    if (!w) return false;
    if (!w->open || record < w->first_record || record >= w->first_record + w->n_records ||
        column < w->first_column || column >= w->first_column + (int64_t)w->n_columns)
        return error_set(err, ERROR_USAGE,
                         "%s: record %lld or column %lld is not of the source that was added last",
                         s->path, (long long)record, (long long)column);
    size_t in_source = (size_t)(record - w->first_record),
           number = (size_t)(column - w->first_column);
    struct source_column *c = &w->columns[number];
    bool is_last = (int64_t)in_source + 1 == w->n_records;
    size_t begin = w->log.data.len, written = 0;
    for (size_t i = 0; i < n; i++) {
        const struct fact_value *v = &values[i];
        if (v->kind == VALUE_NONE) continue;
        enum value_kind kind = v->kind;
        if (kind == VALUE_NUMBER && !(isfinite(v->low) && isfinite(v->high))) kind = VALUE_TEXT;
        struct fact_part p = {.kind = kind,
                              .low = v->low,
                              .high = v->high,
                              .unit = v->unit ? (unsigned)v->unit->id : 0,
                              .group = v->group,
                              .text = v->text,
                              .len = v->len,
                              .begin = v->begin,
                              .end = v->end,
                              .cell_start = written == 0,
                              .implausible = v->implausible,
                              .missing_mark = v->missing_mark,
                              .bound = v->bound,
                              .low_confidence = v->low_confidence};
        uint32_t category;
        if (!category_row(s, w, v->category, &category, err)) return false;
        p.category = category;
        if (v->remark && v->remark[0]) p.remark = v->remark, p.remark_len = strlen(v->remark);
        if (v->place) p.place = v->place, p.place_len = strlen(v->place);
        if (v->quote && v->quote[0]) p.quote = v->quote, p.quote_len = strlen(v->quote);
        if (!is_last || v->line != w->last_line) p.line = v->line;
        if (!value_log_part(&w->log, begin, &p))
            return error_set(err, ERROR_INPUT, "line %zu: a cell of more than %d MiB", v->line,
                             VALUE_LOG_MAX_CELL >> 20);
        if (kind == VALUE_NUMBER)
            c->numbers++;
        else
            c->texts++;
        if (kind == VALUE_TEXT && !v->missing_mark &&
            !term_set_add(&w->terms, &w->arena, number, record, v->text, v->len, category, err))
            return false;
        written++;
    }
    if (!written) return true;
    s->written.facts += written;
    return value_log_end(&w->log, s, w->first_record, in_source, number, begin, err);
}

bool facts_remove(struct store *s, int64_t document, struct error *err)
{
    sqlite3_stmt *q = store_prepare(s,
                                    "SELECT min(first_column), max(first_column + n_columns),"
                                    " min(first_record), max(first_record + n_records), count(*)"
                                    " FROM fact_sources WHERE document = ?1",
                                    err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, document);
    bool ok = sqlite3_step(q) == SQLITE_ROW || store_fail(s, "deleting a document", err);
    int64_t of[4] = {0}, n = 0;
    for (int i = 0; ok && i < 4; i++) of[i] = sqlite3_column_int64(q, i);
    if (ok) n = sqlite3_column_int64(q, 4);
    sqlite3_finalize(q);
    if (!ok || n == 0) return ok;
    if (of[0] < 0 || of[1] < of[0] || of[1] > INT64_MAX / STORE_MAX_TERMS || of[2] < 0 ||
        of[3] < of[2] || of[3] > FACT_MAX_RECORD)
        return error_set(err, ERROR_INPUT,
                         "%s: damaged: table fact_sources, document %lld: ids are out of range",
                         s->path, (long long)document);
    int64_t past = (of[3] + FACT_BLOCK_RECORDS - 1) / FACT_BLOCK_RECORDS * FACT_BLOCK_RECORDS;
    const struct {
        const char *sql;
        int64_t from, to;
    } STEPS[] = {
        {"DELETE FROM fact_values WHERE id >= ?1 AND id < ?2", fact_block_id(of[2], 0),
         fact_block_id(past, 0)},
        {"DELETE FROM fact_terms WHERE id >= ?1 AND id < ?2", of[0] * STORE_MAX_TERMS,
         of[1] * STORE_MAX_TERMS},
        {"DELETE FROM fact_columns WHERE id >= ?1 AND id < ?2", of[0], of[1]},
        {"DELETE FROM fact_records WHERE id >= ?1 AND id < ?2", of[2], of[3]},
        {"DELETE FROM fact_sources WHERE document = ?1", document, 0},
    };
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        q = store_prepare(s, STEPS[i].sql, err);
        if (!q) return false;
        sqlite3_bind_int64(q, 1, STEPS[i].from);
        if (i < 4) sqlite3_bind_int64(q, 2, STEPS[i].to);
        ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "deleting a document", err);
        sqlite3_finalize(q);
        if (!ok) return false;
    }
    return true;
}
