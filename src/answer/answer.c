#include "answer/answer.h"

#include "answer/meaning_ask.h"
#include "answer/passages_read.h"
#include "answer/value_read.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_RECORDS = 24, RECORD_TEXT_MAX = 8192 };

struct answer_options answer_options_default(void)
{
    return (struct answer_options){
        .max_tokens = 160,
        .thinking = THINKING_OFF,
        .sampler = {.temperature = 0, .top_p = 1, .repetition_penalty = 1},
    };
}

/* ---- understanding ---- */

/* The query, with what earlier turns said: each is read again after the one before it, so that a
 * conversation needs no state but its questions. *previous is the turn before; all zero: there is none. */
static bool read_query(struct answer *a, struct query *previous, struct store *store, const char *question,
                       const struct answer_options *o, struct error *err)
{
    bool any = false, ok = true;
    size_t first = o->n_turns > ANSWER_MAX_TURNS ? o->n_turns - ANSWER_MAX_TURNS : 0;
    for (size_t i = first; ok && i < o->n_turns; i++) {
        struct query q;
        ok = query_read_turn(&q, a->knowledge->words, store, o->turns[i], any ? previous : NULL, err);
        if (!ok) break;
        /* A turn that was not understood changes nothing. */
        if (q.op == QUERY_NONE && any) {
            query_free(&q);
            continue;
        }
        if (any) query_free(previous);
        *previous = q;
        any = true;
    }
    return ok && query_read_turn(&a->query, a->knowledge->words, store, question, any ? previous : NULL, err);
}

/* Leaves out the vehicles that a filter of the caller's does. */
static bool apply_filter(struct answer *a, struct query *q, struct store *store, const struct answer_options *o,
                         struct error *err)
{
    if (!o->metadata) return true;
    const struct catalog *c = a->catalog;
    const struct vehicle_filter filter = {.metadata = o->metadata};
    bool *keep = arena_array(&a->arena, c->n_records + 1, sizeof *keep);
    if (!keep) return error_memory(err, "an answer");
    if (!store_filter_records(store, c, &filter, keep, err)) return false;
    q->allowed = keep;
    /* A filter names vehicles as well as the question would. */
    if (q->op == QUERY_NONE && q->n_attributes && !q->n_unresolved && !q->missing) q->op = QUERY_VALUE;
    return true;
}

/* ---- words that nothing explains ---- */

/* One phrase of q; *chosen NULL: no meaning. */
static bool choose_meaning(struct answer *a, const struct query *q, const struct generator *g,
                           const struct answer_options *o, const struct query_meaning **chosen, struct error *err)
{
    struct meanings list;
    *chosen = NULL;
    if (!meanings_list(&list, q, a->catalog, &a->arena, err)) return false;
    if (list.n == 0) return true;
    struct meaning_choice choice;
    struct error failure = {0};
    if (!meaning_ask(&choice, g, q, &list, o->cancel, &failure)) {
        /* A model that cannot do it leaves the words as they are. */
        if (failure.code == ERROR_UNSUPPORTED || failure.code == ERROR_USAGE) return true;
        *err = failure;
        return false;
    }
    usage_add(&a->usage, &choice.usage);
    size_t i = meaning_chosen(&choice, &list, MEANING_MARGIN);
    if (i != SIZE_MAX) *chosen = &list.items[i];
    return true;
}

static bool is_answered(enum query_status s)
{
    return s == STATUS_FOUND || s == STATUS_SEVERAL || s == STATUS_CONTRADICTION;
}

/* Takes the place of a->query and a->result where the model explains all words that nothing else does, and the
 * documents answer what is asked then. */
static bool read_meanings(struct answer *a, const struct query *previous, struct store *store,
                          const struct generator *g, const char *question, const struct answer_options *o,
                          struct error *err)
{
    struct query_meaning meanings[QUERY_MAX_ASSUMED];
    size_t n = 0;
    struct query again = {0};
    bool ok = true, taken = true;
    if (!a->query.unknown.text || a->query.n_unresolved == 0) return true;
    if (!g && o->open_generator) {
        struct error none = {0};
        g = o->open_generator(o->open_context, &none);
    }
    /* One that was made to copy values knows no other words. */
    if (!g || g->one_vehicle) return true;
    while (ok && taken && n < QUERY_MAX_ASSUMED && (n == 0 || again.n_unresolved)) {
        const struct query_meaning *chosen;
        ok = choose_meaning(a, n ? &again : &a->query, g, o, &chosen, err);
        taken = ok && chosen;
        if (!taken) break;
        meanings[n++] = *chosen;
        query_free(&again);
        ok = query_read_meaning(&again, a->knowledge->words, question, previous, meanings, n, err);
        for (size_t i = 0; ok && i < n; i++) taken = taken && query_takes_meaning(&again, &meanings[i]);
    }
    struct result result = {0};
    taken = ok && taken && n && !again.n_unresolved && !again.missing;
    if (taken) ok = apply_filter(a, &again, store, o, err) && query_execute(&result, &again, a->catalog, store, err);
    if (ok && taken && is_answered(result.status)) {
        query_free(&a->query);
        result_free(&a->result);
        a->query = again;
        a->result = result;
        return true;
    }
    result_free(&result);
    query_free(&again);
    return ok;
}

/* ---- the records and passages behind the answer ---- */

/* The record as a passage: its values as "name: value" lines. */
static bool add_record(struct answer *a, struct store *store, size_t record, size_t *at,
                       struct error *err)
{
    const struct catalog *c = a->catalog;
    const struct catalog_record *rec = &c->records[record];
    if (rec->id < 0) { /* read from this passage */
        *at = (size_t)-(rec->id + 1);
        return true;
    }
    for (*at = 0; *at < a->hits.n; ++*at)
        if (a->hits.items[*at].record == rec->id) return true;
    struct fact_row *rows;
    size_t n;
    if (!store_read_values(store, c, record, NULL, 0, &a->hits.arena, &rows, &n, err)) return false;
    struct buffer text = {0};
    for (size_t i = 0; i < n && text.len < RECORD_TEXT_MAX; i++) {
        if (rows[i].part > 0 && !rows[i].quote[0]) continue;
        const struct catalog_column *col = &c->columns[rows[i].column];
        if (text.len) buffer_putc(&text, '\n');
        if (rows[i].quote[0]) {
            buffer_puts(&text, rows[i].quote);
            continue;
        }
        buffer_puts(&text, col->name);
        if (col->unit) buffer_printf(&text, " (%s)", col->unit->symbol);
        buffer_printf(&text, ": %s", rows[i].text);
    }
    const struct catalog_document *d = &c->documents[c->sources[rec->source].document];
    struct hit *h = text.failed ? NULL : hit_list_add(&a->hits);
    if (h) {
        struct arena *arena = &a->hits.arena;
        *h = (struct hit){.chunk = rec->id,
                          .document = d->id,
                          .path = arena_strdup(arena, d->path),
                          .title = arena_strdup(arena, rec->title),
                          .text = arena_strdup(arena, buffer_text(&text)),
                          .location = arena_strdup(arena, rec->place),
                          .line_first = rec->line,
                          .line_last = rec->line,
                          .vehicle = {.manufacturer = arena_strdup(arena, rec->make),
                                      .model = arena_strdup(arena, rec->model),
                                      .year = rec->year_first,
                                      .trim = arena_strdup(arena, rec->trim),
                                      .category = arena_strdup(arena, rec->category),
                                      .engine_type = arena_strdup(arena, rec->engine_type),
                                      .transmission = arena_strdup(arena, rec->transmission)},
                          .record = rec->id,
                          .score = 1};
        const struct vehicle *v = &h->vehicle;
        if (!h->path || !h->title || !h->text || !h->location || !v->manufacturer || !v->model ||
            !v->trim || !v->category || !v->engine_type || !v->transmission)
            h = NULL;
        *at = a->hits.n - 1;
    }
    buffer_free(&text);
    return h || error_memory(err, "an answer");
}

static bool take_rendered(struct answer *a, struct store *store, struct error *err)
{
    const struct rendered *r = &a->rendered;
    const struct catalog *c = a->catalog;
    a->text = r->text;
    a->refused = r->refused;
    a->citations = arena_array(&a->arena, r->n_citations + 1, sizeof *a->citations);
    a->numbers = arena_array(&a->arena, r->n_numbers + 1, sizeof *a->numbers);
    a->notes = arena_array(&a->arena, r->n_notes + 2, sizeof *a->notes);
    if (!a->citations || !a->numbers || !a->notes) return error_memory(err, "an answer");
    for (size_t i = 0; i < r->n_citations; i++) {
        const struct rendered_citation *from = &r->citations[i];
        size_t hit = SIZE_MAX;
        if (a->hits.n < MAX_RECORDS && !add_record(a, store, from->record, &hit, err)) return false;
        a->citations[a->n_citations++] = (struct answer_citation){
            .n = from->n,
            .valid = true,
            .document = c->documents[c->sources[c->records[from->record].source].document].id,
            .path = from->document,
            .location = from->location,
            .title = from->title,
            .quote = from->quote,
            .passage = hit < a->hits.n ? a->hits.items[hit].text : "",
            .hit = hit < a->hits.n ? hit + 1 : 0,
            .column = from->attribute,
            .line = from->line,
            .begin = from->begin,
            .end = from->end,
            .seen = a->result.rows[from->row].fact.seen};
    }
    a->n_passages = a->hits.n;
    for (size_t i = 0; i < r->n_numbers; i++) {
        const struct rendered_number *from = &r->numbers[i];
        char *text = arena_strndup(&a->arena, r->text + from->offset, from->len);
        if (!text) return error_memory(err, "an answer");
        a->numbers[a->n_numbers++] = (struct answer_number){
            text, from->offset, from->len, from->unit, from->low, from->citation};
    }
    for (size_t i = 0; i < r->n_notes; i++) a->notes[a->n_notes++] = r->notes[i];
    return true;
}

/* ---- prose ---- */

static bool take_passages(struct answer *a, struct store *store, const struct passage_answer *p,
                          struct error *err)
{
    a->text = p->text;
    a->reasoning = p->reasoning;
    a->generated = p->generated;
    usage_add(&a->usage, &p->usage);
    a->prompt_seconds = p->prompt_seconds;
    a->n_passages = p->n_passages;
    a->n_unsupported = p->n_unsupported;
    a->citations = arena_array(&a->arena, p->n_citations + 1, sizeof *a->citations);
    if (!a->citations) return error_memory(err, "an answer");
    a->n_citations = 0;
    for (size_t i = 0; i < p->n_citations; i++) {
        const struct passage_citation *from = &p->citations[i];
        struct answer_citation *c = &a->citations[a->n_citations++];
        *c = (struct answer_citation){.n = from->n, .valid = from->valid, .path = "", .location = "",
                                      .title = "", .quote = from->quote, .passage = "", .column = ""};
        if (!from->valid) continue;
        const struct hit *h = &a->hits.items[from->n - 1];
        c->document = h->document;
        c->path = h->path;
        c->location = h->location;
        c->title = h->title;
        c->passage = h->text;
        c->hit = from->n;
        c->line = h->line_first;
        c->begin = h->begin;
        c->end = h->end;
        bool exact = from->end > from->begin;
        if (exact) {
            c->begin = from->begin;
            c->end = from->end;
        }
        if (!store_find_seen(store, h->document, c->begin, c->end, &a->arena, &c->seen, err)) return false;
    }
    return true;
}

/* Whether passages may say what no fact does: the question is about prose, or words of it or the
 * attribute are not known. */
static bool wants_passages(const struct answer *a)
{
    if (a->result.status == STATUS_OPEN) return true;
    if (a->result.status == STATUS_NOT_UNDERSTOOD) return a->query.op != QUERY_NONE || a->query.n_terms > 1;
    return a->result.status == STATUS_NOT_FOUND && a->result.missing == MISSING_ATTRIBUTE;
}

static struct reading_options reading_options(const struct answer_options *o)
{
    return (struct reading_options){.top_k = o->top_k,
                                    .max_tokens = o->max_tokens,
                                    .thinking = o->thinking,
                                    .sampler = o->sampler,
                                    .cancel = o->cancel,
                                    .sink = o->sink,
                                    .sink_context = o->sink_context,
                                    .metadata = o->metadata,
                                    .open_generator = o->open_generator,
                                    .open_context = o->open_context};
}

/* Values that are missing from the result, from prose. */
static bool read_values(struct answer *a, struct store *store, const struct generator *g,
                        const struct answer_options *o, struct error *err)
{
    const struct reading_options reading = reading_options(o);
    struct value_reading values;
    if (!values_read(&values, store, g, &a->query, &a->result, a->catalog, &reading, &a->arena, err)) return false;
    usage_add(&a->usage, &values.usage);
    bool ok = true;
    if (values.n > 0) {
        ok = value_rows_add(&a->query, &a->result, &a->catalog, &values, &a->arena, err);
        a->hits = values.hits;
        a->generated = true;
    } else {
        hit_list_free(&values.hits);
    }
    return ok;
}

static bool read_passages(struct answer *a, struct store *store, const struct generator *g,
                          const struct answer_options *o, bool *answered, struct error *err)
{
    const struct reading_options reading = reading_options(o);
    *answered = false;
    struct hit_list found;
    if (!passages_find(store, &a->query, &reading, &found, err)) return false;
    if (o->found) {
        struct hit_list keep = a->hits;
        a->hits = found;
        o->found(o->found_context, a);
        a->hits = keep;
    }
    if (found.n == 0) {
        hit_list_free(&found);
        return true;
    }
    struct passage_answer p = {.text = ""};
    bool ok = true;
    /* A model made for reading (not the small one that comes with the program) reads; else the
     * sentences that have the question's words are quoted. */
    if (!g && o->open_generator) {
        /* Without a model what the documents do not state as a fact stays unanswered. */
        struct error none = {0};
        g = o->open_generator(o->open_context, &none);
    }
    if (ok && g && !g->one_vehicle)
        ok = passages_read(&p, g, &a->query, &found, &reading, &a->arena, err);
    if (ok && !p.text[0] && a->result.status == STATUS_OPEN) {
        struct passage_answer quoted;
        ok = passages_quote(&quoted, &a->query, &found, &a->arena, err);
        if (ok && quoted.text[0]) {
            quoted.usage = p.usage;
            p = quoted;
        }
    }
    if (!ok) {
        hit_list_free(&found);
        return false;
    }
    if (a->hits.n == 0 || p.text[0]) {
        hit_list_free(&a->hits);
        a->hits = found;
    } else {
        hit_list_free(&found);
    }
    *answered = p.text[0] || p.usage.finish == FINISH_CANCELLED;
    if (*answered) {
        ok = take_passages(a, store, &p, err);
        a->refused = false;
        a->n_numbers = 0;
        if (a->result.status == STATUS_NOT_UNDERSTOOD || a->result.status == STATUS_NOT_FOUND)
            a->status = STATUS_OPEN;
    } else {
        usage_add(&a->usage, &p.usage);
    }
    return ok;
}

/* What no table and no model answers: lines that have all of the question's words. */
static bool quote_path(struct answer *a, struct store *store, struct error *err)
{
    struct hit_list found;
    struct passage_answer p;
    bool ok = passages_quote_path(&p, &a->query, a->catalog, store, &found, &a->arena, err);
    if (!ok || !p.text[0]) {
        hit_list_free(&found);
        return ok;
    }
    hit_list_free(&a->hits);
    a->hits = found;
    a->refused = false;
    a->n_numbers = 0;
    a->status = STATUS_OPEN;
    return take_passages(a, store, &p, err);
}

bool answer_question(struct answer *out, struct store *store, const struct generator *generator,
                     const char *question, const struct answer_options *options, struct error *err)
{
    *out = (struct answer){.text = "", .reasoning = ""};
    struct query previous = {0};
    struct answer_options defaults = answer_options_default();
    if (!options) options = &defaults;
    double start = clock_seconds();
    if (!question_check(question, strlen(question), err)) goto fail;
    out->knowledge = knowledge_acquire(options->cache, store, err);
    if (!out->knowledge) goto fail;
    out->catalog = &out->knowledge->catalog;
    if (!read_query(out, &previous, store, question, options, err)) goto fail;
    if (!apply_filter(out, &out->query, store, options, err)) goto fail;
    double understood = clock_seconds();
    out->understand_seconds = understood - start;
    if (!query_execute(&out->result, &out->query, out->catalog, store, err)) goto fail;
    if (values_wanted(&out->query, &out->result) && !read_values(out, store, generator, options, err)) goto fail;
    bool half = out->query.op == QUERY_COMPARE && out->result.missing == MISSING_ATTRIBUTE;
    if ((out->result.status == STATUS_NOT_UNDERSTOOD || out->result.status == STATUS_NOT_FOUND) &&
        (out->result.n_rows == 0 || half) && !cells_execute(&out->result, &out->query, out->catalog, store, err))
        goto fail;
    bool unexplained = out->result.status == STATUS_NOT_UNDERSTOOD;
    if (options->ask_meanings && unexplained &&
        !read_meanings(out, previous.text ? &previous : NULL, store, generator, question, options, err))
        goto fail;
    if (!result_locate(&out->result, out->catalog, store, err)) goto fail;
    out->status = out->result.status;
    if (!answer_render(&out->rendered, &out->query, &out->result, out->catalog, err)) goto fail;
    if (!take_rendered(out, store, err)) goto fail;
    bool answered = false;
    if (wants_passages(out)) {
        if (!read_passages(out, store, generator, options, &answered, err)) goto fail;
    } else if (options->found) {
        options->found(options->found_context, out);
    }
    bool nothing = out->status == STATUS_NOT_UNDERSTOOD || out->status == STATUS_NOT_FOUND;
    if (!answered && nothing && out->result.n_rows == 0 && !quote_path(out, store, err)) goto fail;
    out->retrieve_seconds = clock_seconds() - understood - out->usage.prefill_seconds -
                            out->usage.decode_seconds - out->prompt_seconds;
    out->total_seconds = clock_seconds() - start;
    query_free(&previous);
    return true;
fail:
    query_free(&previous);
    answer_free(out);
    return false;
}

void answer_free(struct answer *a)
{
    rendered_free(&a->rendered);
    result_free(&a->result);
    query_free(&a->query);
    hit_list_free(&a->hits);
    knowledge_release(a->knowledge);
    arena_free(&a->arena);
    *a = (struct answer){0};
}
