#include "ingest/store_document.h"

#include "base/file.h"
#include "ingest/file_makes.h"
#include "ingest/interpret.h"
#include "ingest/passages.h"
#include "ingest/prose.h"
#include "ingest/title.h"
#include "store/pages.h"
#include "vehicle/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_EVERY = 256, PASSAGE_MAX = 8192 /* bytes of a row's passage */ };

enum { NAMED_DOUBTS = 3 };

struct writer {
    struct store *store;
    struct document *d;
    size_t len;
    const struct ingest_options *options;
    struct ingest_totals *totals;
    struct buffer text;
    const char *family; /* the make that the headings share and the registry does not know; NULL */
    struct file_makes makes;
    char language[8]; /* of the first table whose columns tell one */
    struct buffer doubts; /* the first values that OCR was not sure of */
    size_t n_doubts;
};

static bool check(struct writer *w, uint64_t done, struct error *err)
{
    const struct ingest_options *o = w->options;
    if (o->cancel && atomic_load_explicit(o->cancel, memory_order_relaxed))
        return error_set(err, ERROR_CANCELLED, "%s: cancelled", w->d->path);
    if (o->progress) o->progress(o->context, w->d->path, (size_t)done < w->len ? (size_t)done : w->len, w->len, "bytes");
    return true;
}

static void report(const struct writer *w, const char *text)
{
    const struct ingest_options *o = w->options;
    if (o->report) o->report(o->context, INGEST_NOTE, w->d->path, text);
}

/* What is known of a record's vehicle for the filters: its name, and its categories. */
static void describe_vehicle(const struct interpretation *in, const struct record_values *values,
                             const struct fact_record *record, struct vehicle *v)
{
    *v = vehicle_none();
    v->manufacturer = record->make ? record->make : "";
    v->model = record->model ? record->model : "";
    v->trim = record->trim ? record->trim : "";
    v->year = record->year_first;
    static const char *const BODY[] = {"body_type", "vehicle_class", "vehicle_kind"};
    for (size_t i = 0; i < values->n; i++) {
        int a = in->columns[values->columns[i]].fact.attribute;
        if (a < 0 || values->values[i].kind == VALUE_NONE) continue;
        const char *text = values->values[i].text, *id = REGISTRY[a].id;
        if (strlen(text) != values->values[i].len) continue;
        for (size_t k = 0; k < 3; k++)
            if (strcmp(id, BODY[k]) == 0 && !v->category[0]) v->category = text;
        if (strcmp(id, "fuel_type") == 0 && !v->engine_type[0]) v->engine_type = text;
        if (strcmp(id, "transmission") == 0 && !v->transmission[0]) v->transmission = text;
    }
}

/* Takes the document's own make from the front of a model: as its prose names it. */
static bool split_family(struct writer *w, struct fact_record *record)
{
    size_t n = record->make && *record->make ? 0 : prose_family_length(w->family, record->model);
    if (n == 0) return true;
    size_t end = n;
    while (end > 0 && record->model[end - 1] == ' ') end--;
    record->make = arena_strndup(&w->d->arena, record->model, end);
    record->model += n;
    return record->make != NULL;
}

/* Takes the make that the file gives the same model elsewhere. False: memory is out. */
static bool share_make(struct writer *w, struct fact_record *record)
{
    const char *make = *record->make ? "" : file_makes_find(&w->makes, record->model);
    if (!*make) return true;
    struct subject s = {.make = make, .model = record->model, .trim = record->trim, .make_number = -1,
                        .year_first = record->year_first, .year_last = record->year_last};
    record->make = make;
    record->title = subject_title(&s, &w->makes.arena, &w->text);
    return record->title != NULL;
}

/* A row as text: "name: value" lines. */
static bool store_passage(struct writer *w, const struct interpretation *in,
                          const struct record_values *values, const struct fact_record *record,
                          const struct vehicle *vehicle, int64_t id, struct error *err)
{
    struct buffer *b = &w->text;
    buffer_clear(b);
    for (size_t i = 0; i < values->n && b->len < PASSAGE_MAX; i++) {
        const struct fact_value *v = &values->values[i];
        if (i > 0 && values->columns[i] == values->columns[i - 1] && v->text == values->values[i - 1].text)
            continue;
        const struct fact_column *c = &in->columns[values->columns[i]].fact;
        if (b->len) buffer_putc(b, '\n');
        if (c->section[0]) buffer_printf(b, "%s - ", c->section);
        buffer_puts(b, c->name);
        if (c->unit) buffer_printf(b, " (%s)", c->unit->symbol);
        buffer_puts(b, ": ");
        buffer_append(b, v->text, v->len);
    }
    if (b->failed) return error_memory(err, "a passage");
    struct chunk c = {.title = record->title,
                      .text = buffer_text(b),
                      .location = record->place ? record->place : "",
                      .line_first = record->line,
                      .line_last = record->line,
                      .vehicle = *vehicle};
    w->totals->chunks++;
    return store_add_passage(w->store, &c, id, err);
}

/* The rows of a table that holds no facts, several to a passage. */
static bool store_text_rows(struct writer *w, const struct interpretation *in, struct error *err)
{
    enum { ROWS_BYTES = 1500 };
    const struct table *t = in->table;
    struct buffer *b = &w->text;
    bool ok = true;
    buffer_clear(b);
    size_t first = 0;
    for (size_t r = 0; ok && r < t->n_rows; r++) {
        bool any = false;
        for (size_t j = 0; j < t->n_columns; j++) {
            const struct cell *c = table_cell(t, r, j);
            /* A cell over several columns or rows is told once. */
            if (!c->len || (j && strcmp(c->text, table_cell(t, r, j - 1)->text) == 0)) continue;
            if (any)
                buffer_puts(b, " | ");
            else if (b->len)
                buffer_putc(b, '\n');
            buffer_append(b, c->text, c->len < PASSAGE_MAX ? c->len : PASSAGE_MAX);
            any = true;
        }
        if (b->failed) return error_memory(err, "a passage");
        if (b->len == 0 || (b->len < ROWS_BYTES && r + 1 < t->n_rows)) continue;
        const struct cell *from = table_cell(t, first, 0), *to = table_cell(t, r, t->n_columns - 1);
        struct chunk c = {.title = in->source.caption && *in->source.caption ? in->source.caption : path_base(w->d->path),
                          .text = buffer_text(b),
                          .location = t->place ? t->place : "",
                          .line_first = from->line,
                          .line_last = to->line,
                          .byte_begin = (size_t)from->begin,
                          .byte_end = (size_t)(to->begin + to->len),
                          .vehicle = vehicle_none()};
        ok = store_add_passage(w->store, &c, 0, err);
        w->totals->chunks++;
        buffer_clear(b);
        first = r + 1;
    }
    return ok;
}

/* The place in which the byte stands; NULL: it stands nowhere on a page. */
static const struct document_place *place_at(const struct document *d, uint64_t byte)
{
    size_t low = 0, high = d->n_places;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->places[middle].end <= byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->n_places && d->places[low].begin <= byte ? &d->places[low] : NULL;
}

static void mark_low_confidence(struct writer *w, struct fact_value *v)
{
    const struct document_place *place = w->d->n_places ? place_at(w->d, v->begin) : NULL;
    if (!place || !place->low_confidence) return;
    v->low_confidence = true;
    if (w->n_doubts++ < NAMED_DOUBTS)
        buffer_printf(&w->doubts, "%s'%.*s' on page %u", w->doubts.len ? ", " : "", (int)(v->len < 40 ? v->len : 40),
                      v->text, (unsigned)place->page);
}

static void report_doubts(struct writer *w)
{
    struct buffer b = {0};
    if (!w->n_doubts) return;
    buffer_printf(&b, "%zu value%s read by OCR with low confidence, check %s on the page: %s%s", w->n_doubts,
                  w->n_doubts == 1 ? " was" : "s were", w->n_doubts == 1 ? "it" : "them", buffer_text(&w->doubts),
                  w->n_doubts > NAMED_DOUBTS ? ", ..." : "");
    if (!b.failed && !w->doubts.failed) report(w, buffer_text(&b));
    buffer_free(&b);
}

static bool store_table(struct writer *w, const struct interpretation *in, struct error *err)
{
    struct record_values values = {0};
    int64_t source = 0, id = 0;
    int64_t *columns = calloc(in->n_columns + 1, sizeof *columns);
    bool ok = columns || error_memory(err, "the columns of a table");
    if (in->n_records == 0) {
        free(columns);
        return ok && (!in->text_only || store_text_rows(w, in, err));
    }
    ok = ok && store_add_source(w->store, &in->source, &source, err);
    for (size_t j = 0; ok && j < in->n_columns; j++)
        ok = store_add_column(w->store, source, &in->columns[j].fact, &columns[j], err);
    for (size_t i = 0; ok && i < in->n_records; i++) {
        if (!interpretation_values(in, i, &values)) {
            ok = error_memory(err, "a record's values");
            break;
        }
        struct fact_record record = in->records[i].fact;
        if (!split_family(w, &record) || !share_make(w, &record)) {
            ok = error_memory(err, "a record");
            break;
        }
        for (size_t k = 0; k < values.n; k++) mark_low_confidence(w, &values.values[k]);
        struct vehicle v;
        describe_vehicle(in, &values, &record, &v);
        if (vehicle_is_known(&v)) record.vehicle = &v;
        ok = store_add_record(w->store, source, &record, &id, err);
        for (size_t k = 0; ok && k < values.n;) {
            size_t end = k + 1;
            while (end < values.n && values.columns[end] == values.columns[k] &&
                   values.values[end].text == values.values[k].text)
                end++;
            ok = store_add_values(w->store, id, columns[values.columns[k]], &values.values[k], end - k,
                                  err);
            w->totals->facts += end - k;
            k = end;
        }
        ok = ok && store_passage(w, in, &values, &record, &v, id, err);
        w->totals->rows++;
        if (ok && i % PROGRESS_EVERY == 0) ok = check(w, values.n ? values.values[0].end : 0, err);
    }
    record_values_free(&values);
    free(columns);
    return ok;
}

/* The makes of the models in a document of several tables: of those that are no lists of thousands. */
static bool read_makes(struct writer *w, struct error *err)
{
    enum { MAX_TABLES = 64, MAX_ROWS = 400 };
    struct interpret_context context;
    struct context_walk walk;
    size_t block;
    if (!file_makes_read_headings(&w->makes, w->d)) return error_memory(err, "the names of a document");
    context_walk_init(&walk, w->d);
    for (size_t n = 0; walk.n_tables > 1 && n < MAX_TABLES && context_walk_next(&walk, &context, &block); n++) {
        const struct table *t = w->d->blocks[block].table;
        struct interpretation in;
        if (t->n_rows > MAX_ROWS || t->n_columns > MAX_ROWS) continue;
        if (!interpret_table(&in, t, &context, err)) return false;
        bool ok = true;
        for (size_t i = 0; ok && i < in.n_records; i++)
            ok = file_makes_add(&w->makes, in.records[i].fact.make, in.records[i].fact.model);
        interpretation_free(&in);
        if (!ok) return error_memory(err, "the names of a document");
    }
    return true;
}

static bool store_tables(struct writer *w, struct arena *arena, struct error *err)
{
    struct interpret_context context;
    struct context_walk walk;
    size_t block;
    context_walk_init(&walk, w->d);
    while (context_walk_next(&walk, &context, &block)) {
        struct table *slices;
        size_t n;
        if (!table_slices(w->d->blocks[block].table, arena, &slices, &n))
            return error_memory(err, "a table");
        for (size_t k = 0; k < n; k++) {
            struct interpretation in;
            if (!interpret_table(&in, &slices[k], &context, err)) return false;
            bool ok = store_table(w, &in, err);
            if (!w->language[0] && in.language && strlen(in.language) < sizeof w->language)
                strcpy(w->language, in.language);
            for (size_t j = 0; j < in.n_notes; j++) report(w, in.notes[j]);
            interpretation_free(&in);
            if (!ok) return false;
        }
    }
    return true;
}

static bool has_words(const struct token *t, size_t n, const char *name)
{
    struct token words[16];
    size_t m = tokens_split(name, strlen(name), TOKENS_TEXT, words, 16);
    for (size_t i = 0; i < m; i++) {
        size_t k = 0;
        while (k < n && strcmp(t[k].key, words[i].key) != 0) k++;
        if (k == n) return false;
    }
    return true;
}

/* Whether the heading says all of the vehicle's name. */
static bool says_vehicle(const struct title_part *p, const struct vehicle *v)
{
    struct token t[32];
    char year[16];
    size_t n = tokens_split(p->text, p->len, TOKENS_TEXT, t, 32);
    snprintf(year, sizeof year, "%d", v->year);
    return has_words(t, n, v->manufacturer) && has_words(t, n, v->model) && has_words(t, n, v->trim) &&
           (!v->year || has_words(t, n, year));
}

/* What is known beside the text stands above it, as headings. */
static bool add_headings(struct document *d, const struct ingest_options *o, struct error *err)
{
    struct buffer name = {0};
    struct title_part parts[TITLE_MAX_PARTS + 1];
    size_t n = 0;
    if (o->title) n = title_split(o->title, parts);
    bool said = !o->vehicle || !vehicle_is_known(o->vehicle);
    for (size_t i = 0; i < n; i++) said = said || says_vehicle(&parts[i], o->vehicle);
    if (!said) {
        vehicle_title(o->vehicle, &name);
        memmove(parts + 1, parts, n++ * sizeof *parts);
        parts[0] = (struct title_part){buffer_text(&name), name.len};
    }
    struct block *blocks = n ? arena_array(&d->arena, d->n_blocks + n, sizeof *blocks) : NULL;
    bool ok = !name.failed && (n == 0 || blocks);
    for (size_t i = 0; ok && i < n; i++) {
        char *copy = arena_strndup(&d->arena, parts[i].text, parts[i].len);
        ok = copy != NULL;
        /* Above the document's own first level. */
        if (ok)
            blocks[i] = (struct block){.kind = BLOCK_HEADING, .level = (int)i - (int)n + 1, .text = copy,
                                       .len = parts[i].len, .line_first = 1, .line_last = 1};
    }
    if (ok && n) {
        memcpy(blocks + n, d->blocks, d->n_blocks * sizeof *blocks);
        d->blocks = blocks;
        d->n_blocks += n;
    }
    buffer_free(&name);
    return ok || error_memory(err, "a document");
}

/* The pages of a document that has some: what a citation opens later. */
static bool store_pages(struct store *store, const struct document *d, struct error *err)
{
    bool ok = true;
    for (size_t i = 0, at = 0; ok && i < d->n_pages; i++) {
        const struct document_page *p = &d->pages[i];
        size_t first = at;
        while (at < d->n_places && d->places[at].begin < p->end) at++;
        const struct store_page page = {p->number, p->label, p->width,          p->height,
                                        p->begin,  p->end,   d->text + p->begin};
        ok = store_add_page(store, &page, &d->places[first], at - first, err);
    }
    return ok;
}

bool store_document_contents(struct store *store, struct document *d, const char *data, size_t len,
                             const struct ingest_options *options, struct ingest_totals *totals,
                             struct error *err)
{
    struct writer w = {.store = store, .d = d, .len = len, .options = options, .totals = totals};
    struct arena arena = {0};
    struct prose prose = {0};
    if (!add_headings(d, options, err)) return false;
    if (d->text) { /* what the blocks' offsets count in */
        data = d->text;
        w.len = len = d->text_len;
    }
    const char *title = "";
    for (size_t i = 0; i < d->n_blocks && !title[0]; i++)
        if (d->blocks[i].kind == BLOCK_HEADING) title = d->blocks[i].text;
    bool ok = prose_read(&prose, d, data, len, err);
    for (size_t i = 0; ok && i < prose.n_values; i++) mark_low_confidence(&w, &prose.values[i].fact);
    size_t rows = totals->rows;
    w.family = prose.family;
    ok = ok && read_makes(&w, err);
    for (size_t i = 0; ok && i < prose.n_records; i++)
        ok = share_make(&w, &prose.records[i]) || error_memory(err, "a record");
    ok = ok && store_tables(&w, &arena, err);
    const char *language = w.language[0] ? w.language : prose.language;
    size_t n_values = 0, n_passages = 0;
    ok = ok && prose_store(&prose, store, &n_values, err) &&
         /* Questions about the vehicle of a text that gave no facts go to its passages. */
         (!options->title || prose.n_records || totals->rows > rows || prose_store_subject(&prose, store, err)) &&
         passages_store(store, d, options->title ? options->title : path_base(d->path), options->vehicle,
                        options->cancel, &n_passages, err) &&
         store_set_document(store, title, language ? language : "", err) &&
         store_pages(store, d, err);
    totals->facts += n_values;
    totals->chunks += n_passages;
    for (size_t i = 0; ok && i < d->n_notes; i++) report(&w, d->notes[i].text);
    if (ok) report_doubts(&w);
    prose_free(&prose);
    file_makes_free(&w.makes);
    buffer_free(&w.doubts);
    buffer_free(&w.text);
    arena_free(&arena);
    return ok;
}
