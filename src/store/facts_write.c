/* Adding typed facts. Values are encoded into a log in memory as they come, whatever their order;
 * when it is full, or its source ends, it is sorted into blocks, and those are written by rising
 * key. A source's columns and terms are known at its end and are written then. */
#include "store/fact_block.h"
#include "store/facts.h"
#include "store/store_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum {
    LOG_BYTES = 8 << 20, /* of values before they are written */
    MAX_CELL = 64 << 20, /* of one call of store_add_values */
    KEEP_SLOTS = 4096,
};
#define NO_TERM UINT32_MAX

/* A call of store_add_values in the log. */
struct log_entry {
    uint64_t key; /* block of the source, column, slot in the block: how blocks are sorted */
    uint32_t at, len;
};

struct source_column {
    struct fact_column c; /* strings in the source's arena */
    size_t numbers, texts, n_terms;
    bool free_text; /* has had more than STORE_MAX_TERMS */
};

struct source_term {
    uint64_t hash;
    const char *text;
    size_t len;
    uint32_t column, next; /* next: of the same column; NO_TERM */
    uint32_t count, category;
    int64_t last_record;
};

struct facts_writer {
    int64_t next_source, next_column, next_record; /* 0: not read yet */
    bool open;                                     /* there is a source */
    int64_t source, first_column, first_record, n_records;
    struct arena arena; /* of the source */
    struct source_column *columns;
    size_t n_columns, columns_cap;
    uint64_t last_line; /* of the record that was added last */
    struct buffer log, block, scratch;
    struct log_entry *entries;
    size_t n_entries, entries_cap;
    struct source_term *terms;
    size_t n_terms, terms_cap;
    uint32_t *slots; /* (n_slots) number in terms, or NO_TERM; by hash, linear probing */
    size_t n_slots;
    uint32_t *categories; /* (CATEGORY_COUNT) rows of fact_names; 0: not known yet */
    sqlite3_stmt *add_record, *add_block, *find_block, *change_block;
};

static bool grow(void *items, size_t *cap, size_t n, size_t size, struct error *err)
{
    if (n < *cap) return true;
    size_t more = *cap ? *cap * 2 : 16;
    void **p = items;
    void *grown = more > SIZE_MAX / size ? NULL : realloc(*p, more * size);
    if (!grown) return error_memory(err, "facts");
    *p = grown;
    *cap = more;
    return true;
}

static void forget_source(struct facts_writer *w)
{
    w->open = false;
    arena_free(&w->arena);
    w->n_columns = w->n_entries = w->n_terms = 0;
    if (w->n_slots > KEEP_SLOTS) { /* many small sources after a large one must not pay for it */
        free(w->slots);
        w->slots = NULL;
        w->n_slots = 0;
    }
    if (w->n_slots) memset(w->slots, 0xff, w->n_slots * sizeof *w->slots);
    buffer_clear(&w->log);
    w->log.failed = w->block.failed = w->scratch.failed = false;
}

static void finish_statements(struct facts_writer *w)
{
    sqlite3_stmt **all[] = {&w->add_record, &w->add_block, &w->find_block, &w->change_block};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        sqlite3_finalize(*all[i]);
        *all[i] = NULL;
    }
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
    buffer_free(&w->log);
    buffer_free(&w->block);
    buffer_free(&w->scratch);
    free(w->columns);
    free(w->entries);
    free(w->terms);
    free(w->slots);
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

/* ---- blocks ---- */

static uint64_t log_key(size_t block, size_t column, unsigned slot)
{
    return ((uint64_t)block * FACT_MAX_COLUMNS + column) * FACT_BLOCK_RECORDS + slot;
}

static int by_key(const void *a, const void *b)
{
    const struct log_entry *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Appends the entries [from, to) of the log, which are of one block. Calls for one cell make one
 * entry. */
static void append_entries(struct facts_writer *w, size_t from, size_t to)
{
    while (from < to) {
        size_t next = from, len = 0;
        while (next < to && w->entries[next].key == w->entries[from].key)
            len += w->entries[next++].len;
        fact_entry_encode(&w->block, (unsigned)(w->entries[from].key % FACT_BLOCK_RECORDS), len);
        for (; from < next; from++)
            buffer_append(&w->block, w->log.data + w->entries[from].at, w->entries[from].len);
    }
}

/* Puts old entries and those of [from, to) together, by slot; of one slot the old parts first. */
static bool merge_entries(struct facts_writer *w, const void *data, size_t data_len, size_t from,
                          size_t to)
{
    struct fact_cursor c = {data, (const uint8_t *)data + data_len}, parts;
    unsigned slot;
    bool damaged = false;
    while (fact_entry_next(&c, &slot, &parts, &damaged)) {
        size_t next = from;
        while (next < to && w->entries[next].key % FACT_BLOCK_RECORDS < slot) next++;
        append_entries(w, from, next);
        from = next;
        size_t old_len = (size_t)(parts.end - parts.at), len = old_len;
        while (next < to && w->entries[next].key % FACT_BLOCK_RECORDS == slot)
            len += w->entries[next++].len;
        fact_entry_encode(&w->block, slot, len);
        buffer_append(&w->block, parts.at, old_len);
        for (; from < next; from++)
            buffer_append(&w->block, w->log.data + w->entries[from].at, w->entries[from].len);
    }
    append_entries(w, from, to);
    return !damaged;
}

static bool write_block(struct store *s, struct facts_writer *w, size_t from, size_t to,
                        struct error *err)
{
    int64_t id = w->first_record / FACT_BLOCK_RECORDS * FACT_MAX_COLUMNS +
                 (int64_t)(w->entries[from].key / FACT_BLOCK_RECORDS);
    buffer_clear(&w->block);
    append_entries(w, from, to);
    if (w->block.failed) return error_memory(err, "facts");
    sqlite3_stmt *q = w->add_block;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_blob64(q, 2, w->block.data, w->block.len, SQLITE_STATIC);
    int rc = sqlite3_step(q);
    if (rc == SQLITE_DONE) return true;
    if (rc != SQLITE_CONSTRAINT) return store_fail(s, "adding facts", err);
    /* Part of the block was written before: the log was full in its middle. */
    sqlite3_reset(q);
    q = w->find_block;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, id);
    if (sqlite3_step(q) != SQLITE_ROW) return store_fail(s, "adding facts", err);
    buffer_clear(&w->block);
    const void *old = sqlite3_column_blob(q, 0);
    bool sound = merge_entries(w, old ? old : "", (size_t)sqlite3_column_bytes(q, 0), from, to);
    sqlite3_reset(q);
    if (!sound) return store_damaged(s, "fact_values", id, "no block of values", err);
    if (w->block.failed) return error_memory(err, "facts");
    q = w->change_block;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_blob64(q, 2, w->block.data, w->block.len, SQLITE_STATIC);
    return sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding facts", err);
}

/* Writes what the log holds. */
static bool flush_log(struct store *s, struct facts_writer *w, struct error *err)
{
    if (w->n_entries == 0) return true;
    if ((!w->add_block && !(w->add_block = store_prepare(
                                s, "INSERT INTO fact_values(id, data) VALUES (?1, ?2)", err))) ||
        (!w->find_block &&
         !(w->find_block = store_prepare(s, "SELECT data FROM fact_values WHERE id = ?1", err))) ||
        (!w->change_block && !(w->change_block = store_prepare(
                                   s, "UPDATE fact_values SET data = ?2 WHERE id = ?1", err))))
        return false;
    qsort(w->entries, w->n_entries, sizeof *w->entries, by_key);
    for (size_t i = 0, next; i < w->n_entries; i = next) {
        uint64_t block = w->entries[i].key / FACT_BLOCK_RECORDS;
        for (next = i + 1; next < w->n_entries; next++)
            if (w->entries[next].key / FACT_BLOCK_RECORDS != block) break;
        if (!write_block(s, w, i, next, err)) return false;
    }
    w->n_entries = 0;
    buffer_clear(&w->log);
    return true;
}

/* ---- names and terms ---- */

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

static bool grow_slots(struct facts_writer *w, struct error *err)
{
    if (w->n_terms < w->n_slots / 2) return true;
    size_t n = w->n_slots ? w->n_slots * 2 : 1024;
    uint32_t *slots = n > SIZE_MAX / sizeof *slots ? NULL : malloc(n * sizeof *slots);
    if (!slots) return error_memory(err, "facts");
    memset(slots, 0xff, n * sizeof *slots);
    for (size_t i = 0; i < w->n_terms; i++) {
        size_t at = w->terms[i].hash & (n - 1);
        while (slots[at] != NO_TERM) at = (at + 1) & (n - 1);
        slots[at] = (uint32_t)i;
    }
    free(w->slots);
    w->slots = slots;
    w->n_slots = n;
    return true;
}

/* Counts a text that a cell of the column holds. */
static bool add_term(struct facts_writer *w, uint32_t column, int64_t record, const char *text,
                     size_t len, uint32_t category, struct error *err)
{
    struct source_column *c = &w->columns[column];
    if (c->free_text || len == 0 || len > STORE_MAX_TERM) return true;
    if (!grow_slots(w, err)) return false;
    uint64_t hash = XXH3_64bits_withSeed(text, len, column);
    size_t at = hash & (w->n_slots - 1);
    for (; w->slots[at] != NO_TERM; at = (at + 1) & (w->n_slots - 1)) {
        struct source_term *t = &w->terms[w->slots[at]];
        if (t->hash != hash || t->column != column || t->len != len ||
            memcmp(t->text, text, len) != 0)
            continue;
        if (t->last_record != record) t->count++;
        t->last_record = record;
        return true;
    }
    if (c->n_terms == STORE_MAX_TERMS || w->n_terms == NO_TERM - 1) {
        c->free_text = true;
        return true;
    }
    if (!grow(&w->terms, &w->terms_cap, w->n_terms, sizeof *w->terms, err)) return false;
    const char *copy = arena_strndup(&w->arena, text, len);
    if (!copy) return error_memory(err, "facts");
    w->terms[w->n_terms] = (struct source_term){.hash = hash,
                                                .text = copy,
                                                .len = len,
                                                .column = column,
                                                .count = 1,
                                                .category = category,
                                                .last_record = record};
    w->slots[at] = (uint32_t)w->n_terms++;
    c->n_terms++;
    return true;
}

/* Links the terms of each column in their order; first[column] is the first of it. */
static uint32_t *link_terms(struct facts_writer *w)
{
    uint32_t *first = malloc((w->n_columns + 1) * sizeof *first);
    if (!first) return NULL;
    memset(first, 0xff, (w->n_columns + 1) * sizeof *first);
    for (size_t i = w->n_terms; i-- > 0;) {
        w->terms[i].next = first[w->terms[i].column];
        first[w->terms[i].column] = (uint32_t)i;
    }
    return first;
}

static bool write_terms(struct store *s, struct facts_writer *w, struct error *err)
{
    if (w->n_terms == 0) return true;
    uint32_t *first = link_terms(w);
    if (!first) return error_memory(err, "facts");
    sqlite3_stmt *q = store_prepare(
        s, "INSERT INTO fact_terms(id, text, key, category, count) VALUES (?1, ?2, ?3, ?4, ?5)",
        err);
    bool ok = q != NULL;
    for (size_t column = 0; ok && column < w->n_columns; column++) {
        if (w->columns[column].free_text) continue;
        int64_t id = (w->first_column + (int64_t)column) * STORE_MAX_TERMS;
        for (uint32_t i = first[column]; ok && i != NO_TERM; i = w->terms[i].next) {
            const struct source_term *t = &w->terms[i];
            buffer_clear(&w->scratch);
            tokens_key(t->text, t->len, TOKENS_TEXT, &w->scratch);
            if (w->scratch.failed) {
                ok = error_memory(err, "facts");
                break;
            }
            sqlite3_reset(q);
            sqlite3_bind_int64(q, 1, id++);
            store_bind(q, 2, t->text, t->len);
            store_bind(q, 3, buffer_text(&w->scratch), w->scratch.len);
            sqlite3_bind_int64(q, 4, t->category);
            sqlite3_bind_int64(q, 5, t->count);
            ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding facts", err);
        }
    }
    sqlite3_finalize(q);
    free(first);
    return ok;
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
        sqlite3_bind_int(q, 8, c->unit ? c->unit->id : 0);
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
    if (!flush_log(s, w, err) || !write_columns(s, w, err) || !write_terms(s, w, err)) return false;
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
    if (!grow(&w->columns, &w->columns_cap, w->n_columns, sizeof *w->columns, err)) return false;
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
    size_t begin = w->log.len, written = 0;
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
                              .bound = v->bound};
        uint32_t category;
        if (!category_row(s, w, v->category, &category, err)) return false;
        p.category = category;
        if (v->remark && v->remark[0]) p.remark = v->remark, p.remark_len = strlen(v->remark);
        if (v->place) p.place = v->place, p.place_len = strlen(v->place);
        if (v->quote && v->quote[0]) p.quote = v->quote, p.quote_len = strlen(v->quote);
        if (!is_last || v->line != w->last_line) p.line = v->line;
        size_t texts = p.len / 2 + p.remark_len / 2 + p.place_len / 2 + p.quote_len / 2;
        if (texts < MAX_CELL) fact_part_encode(&w->log, &p);
        if (texts >= MAX_CELL || w->log.len - begin > MAX_CELL)
            return error_set(err, ERROR_INPUT, "line %zu: a cell of more than %d MiB", v->line,
                             MAX_CELL >> 20);
        if (kind == VALUE_NUMBER)
            c->numbers++;
        else
            c->texts++;
        if (kind == VALUE_TEXT && !v->missing_mark &&
            !add_term(w, (uint32_t)number, record, v->text, v->len, category, err))
            return false;
        written++;
    }
    if (!written) return true;
    if (w->log.failed) return error_memory(err, "facts");
    if (!grow(&w->entries, &w->entries_cap, w->n_entries, sizeof *w->entries, err)) return false;
    w->entries[w->n_entries++] =
        (struct log_entry){.key = log_key(in_source / FACT_BLOCK_RECORDS, number,
                                          (unsigned)(in_source % FACT_BLOCK_RECORDS)),
                           .at = (uint32_t)begin,
                           .len = (uint32_t)(w->log.len - begin)};
    s->written.facts += written;
    return w->log.len < LOG_BYTES || flush_log(s, w, err);
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
