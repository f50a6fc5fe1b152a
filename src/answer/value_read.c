#include "answer/value_read.h"

#include "answer/prompt.h"
#include "answer/value_bind.h"
#include "answer/wording.h"
#include "base/clock.h"
#include "grammar/span_constraint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PASSAGES = 3, /* given to the model for one value */
    MAX_SEARCHED = 16,
    MAX_VALUES = 6,
    MAX_TOKENS = 96, /* a span with its mark */
    MAX_TERMS = 24,
    MAX_BEGINNING = 256, /* bytes, and so at most as many tokens */
};

static bool has_row(const struct result *r, size_t subject, size_t attribute)
{
    for (size_t i = 0; i < r->n_rows; i++)
        if (r->rows[i].subject == subject && r->rows[i].attribute == attribute && !r->rows[i].name_only &&
            !r->rows[i].fact.missing_mark)
            return true;
    return false;
}

bool values_wanted(const struct query *q, const struct result *r)
{
    if (q->n_subjects == 0 || q->n_where || q->grouped || q->missing || q->n_subjects > 2) return false;
    if (r->status == STATUS_NOT_UNDERSTOOD)
        return q->n_unresolved > 0 && q->n_attributes == 0 && q->n_subjects == 1;
    if (q->op != QUERY_VALUE && q->op != QUERY_COMPARE && q->op != QUERY_CHECK) return false;
    if (q->n_attributes == 0 || q->n_unresolved) return false;
    if (r->status == STATUS_NOT_FOUND && r->missing != MISSING_ATTRIBUTE) return false;
    for (size_t s = 0; s < q->n_subjects; s++)
        for (size_t a = 0; a < q->n_attributes; a++)
            if (!has_row(r, s, a)) return true;
    return false;
}

/* ---- what is asked of the model ---- */

/* "rear suspension"; the words as written where no attribute is known. */
static const char *asked_name(const struct query *q, size_t attribute, const char *phrase, struct arena *arena)
{
    if (phrase) return phrase;
    const struct query_attribute *a = &q->attributes[attribute];
    if (a->attribute < 0) return a->name && a->name[0] ? a->name : a->key;
    struct buffer b = {0};
    for (size_t i = 0; i < QUALIFIER_COUNT; i++)
        if (a->qualifiers >> i & 1) buffer_printf(&b, "%s ", QUALIFIERS[i].names[0]);
    buffer_puts(&b, REGISTRY[a->attribute].names[0]);
    const char *out = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return out;
}

static const char *subject_label(const struct query_subject *s)
{
    return s->label && s->label[0] ? s->label : s->name;
}

/* The unresolved words, one after the other. */
static const char *unresolved_phrase(const struct query *q, struct arena *arena)
{
    struct buffer b = {0};
    for (size_t i = 0; i < q->n_unresolved; i++) {
        if (i) buffer_putc(&b, ' ');
        buffer_puts(&b, q->unresolved[i]);
    }
    const char *out = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return out;
}

static bool make_target(struct bind_target *t, const struct query *q, const char *vehicle, size_t subject,
                        size_t attribute, const char *phrase)
{
    *t = (struct bind_target){.attribute = -1};
    bind_target_vehicle(t, vehicle, q->subjects[subject].year);
    if (phrase) return bind_target_words(t, phrase);
    const struct query_attribute *a = &q->attributes[attribute];
    t->attribute = a->attribute;
    t->qualifiers = a->qualifiers;
    return a->attribute >= 0 || bind_target_words(t, a->name && a->name[0] ? a->name : a->key);
}

/* ---- passages ---- */

/* Passages that have all words of the vehicle's name, those with the attribute's name first. */
static bool find_passages(struct store *store, const struct query *q, const char *vehicle, int year,
                          int attribute, const char *asked, const struct reading_options *o,
                          struct hit_list *hits, struct arena *arena, struct error *err)
{
    const char *required[BIND_MAX_WORDS], *terms[MAX_TERMS];
    size_t n_required = 0, n_terms = 0;
    char *words = arena_strdup(arena, vehicle), *save = NULL;
    if (!words) return error_memory(err, "an answer");
    for (char *w = strtok_r(words, " ", &save); w && n_required < BIND_MAX_WORDS; w = strtok_r(NULL, " ", &save)) {
        bool is_year = year && strlen(w) == 4 && atoi(w) == year, word = false;
        for (const char *p = w; *p; p++) word = word || isalnum((unsigned char)*p) || (unsigned char)*p >= 0x80;
        if (word && !is_year) required[n_required++] = w;
    }
    terms[n_terms++] = asked;
    for (size_t i = 0; attribute >= 0 && i < 5; i++)
        if (REGISTRY[attribute].names[i]) terms[n_terms++] = REGISTRY[attribute].names[i];
    for (size_t i = 0; i < n_required && n_terms < MAX_TERMS; i++) terms[n_terms++] = required[i];
    for (size_t i = 0; i < q->n_terms && n_terms < MAX_TERMS; i++) terms[n_terms++] = q->terms[i];
    const struct vehicle_filter filter = {.metadata = o->metadata};
    const struct store_query query = {.terms = terms,
                                      .n_terms = n_terms,
                                      .required = required,
                                      .n_required = n_required,
                                      .filter = o->metadata ? &filter : NULL,
                                      .limit = MAX_SEARCHED};
    return store_search(store, &query, hits, err);
}

/* Copies a hit; its number in the list, SIZE_MAX: memory is out. */
static size_t keep_hit(struct hit_list *l, const struct hit *h)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].chunk == h->chunk) return i;
    struct hit *c = hit_list_add(l);
    if (!c) return SIZE_MAX;
    *c = *h;
    c->path = arena_strdup(&l->arena, h->path);
    c->title = arena_strdup(&l->arena, h->title);
    c->text = arena_strdup(&l->arena, h->text);
    c->location = arena_strdup(&l->arena, h->location);
    c->record = 0;
    if (!c->path || !c->title || !c->text || !c->location || !vehicle_copy(&c->vehicle, &h->vehicle, &l->arena))
        return SIZE_MAX;
    return l->n - 1;
}

/* One passage with the sentences that may hold the value. */
struct candidate {
    size_t hit; /* in the kept hits */
    struct bind_sentence sentences[BIND_MAX_SENTENCES];
    size_t n;
};

struct reader {
    struct value_reading *out;
    struct store *store;
    const struct generator *g; /* NULL: opened when it is needed */
    bool no_model;             /* there is none */
    const struct query *q;
    const struct catalog *c;
    const struct reading_options *o;
    struct binder *binder;
    struct candidate candidates[MAX_PASSAGES];
    size_t n_candidates;
    struct arena *arena;
};

static const char *language_of(const struct catalog *c, int64_t document)
{
    size_t i = catalog_document(c, document);
    return i == SIZE_MAX ? "" : c->documents[i].language;
}

/* Whether the passage is of a record that the question does not mean: another generation's, another version's. */
static bool is_of_another(const struct reader *x, const struct query_subject *s, const struct hit *h)
{
    bool known = false;
    if (!h->record || !s->n_records) return false;
    for (size_t i = 0; i < s->n_records; i++)
        if (x->c->records[s->records[i]].id == h->record) return false;
    for (size_t i = 0; i < x->c->n_records && !known; i++) known = x->c->records[i].id == h->record;
    return known;
}

static bool find_candidates(struct reader *x, const struct bind_target *t, const char *vehicle, size_t subject,
                            const char *asked, struct error *err)
{
    struct hit_list found = {0};
    x->n_candidates = 0;
    if (!find_passages(x->store, x->q, vehicle, t->year, t->attribute, asked, x->o, &found, x->arena, err)) return false;
    bool ok = true;
    for (size_t i = 0; ok && i < found.n && x->n_candidates < MAX_PASSAGES; i++) {
        struct candidate *c = &x->candidates[x->n_candidates];
        if (is_of_another(x, &x->q->subjects[subject], &found.items[i])) continue;
        binder_set_language(x->binder, language_of(x->c, found.items[i].document));
        c->n = bind_sentences(x->binder, &found.items[i], t, c->sentences);
        if (c->n == 0) continue;
        c->hit = keep_hit(&x->out->hits, &found.items[i]);
        ok = c->hit != SIZE_MAX || error_memory(err, "an answer");
        x->n_candidates++;
    }
    hit_list_free(&found);
    return ok;
}

/* ---- the model ---- */

static bool collect(void *context, const char *text, size_t len, bool reasoning)
{
    struct buffer *b = context;
    if (!reasoning) buffer_append(b, text, len);
    return !b->failed;
}

/* What may be copied: the sentences, each with its passage's mark. */
static struct span_constraint *constrain(const struct reader *x, struct error *err)
{
    struct span_source sources[MAX_PASSAGES * BIND_MAX_SENTENCES];
    static const char *const MARKS[MAX_PASSAGES] = {" [1]", " [2]", " [3]"};
    size_t n = 0;
    const struct vocabulary *v = x->g->vocabulary ? x->g->vocabulary(x->g->context, err) : NULL;
    if (!v) return NULL;
    for (size_t i = 0; i < x->n_candidates; i++)
        for (size_t k = 0; k < x->candidates[i].n; k++)
            sources[n++] = (struct span_source){
                x->out->hits.items[x->candidates[i].hit].text + x->candidates[i].sentences[k].begin,
                x->candidates[i].sentences[k].len, MARKS[i]};
    return span_constraint_create(v, sources, n, NULL, BIND_MAX_SPAN, err);
}

static bool ask_model(struct reader *x, const char *question, const char *beginning, struct buffer *text, struct error *err)
{
    struct passage passages[MAX_PASSAGES];
    for (size_t i = 0; i < x->n_candidates; i++) {
        const struct hit *h = &x->out->hits.items[x->candidates[i].hit];
        passages[i] = (struct passage){h->title, h->text};
    }
    struct prompt prompt;
    if (x->g->context_tokens <= MAX_TOKENS + MAX_BEGINNING || strlen(beginning) > MAX_BEGINNING) return true;
    if (!prompt_build(&prompt, x->g, passages, x->n_candidates, question, THINKING_OFF,
                      x->g->context_tokens - MAX_TOKENS - MAX_BEGINNING, err))
        return false;
    x->n_candidates = prompt.n_passages;
    bool ok = true;
    if (prompt.n_passages > 0) {
        struct span_constraint *constraint = x->g->vocabulary ? constrain(x, err) : NULL;
        ok = constraint || !x->g->vocabulary;
        const struct generate_options options = {
            .max_tokens = MAX_TOKENS,
            .sampler = {.temperature = 0, .top_p = 1, .repetition_penalty = 1},
            .cancel = x->o->cancel,
            .constraint = constraint ? span_constraint_token(constraint) : NULL};
        struct generate_result usage = {0};
        ok = ok && (!x->g->begin || x->g->begin(x->g->context, beginning, strlen(beginning), &prompt.tokens, err));
        ok = ok && x->g->generate(x->g->context, &prompt.tokens, &options, collect, text, &usage, err);
        usage_add(&x->out->usage, &usage);
        x->out->generated = true;
        span_constraint_free(constraint);
        ok = ok && (!text->failed || error_memory(err, "an answer"));
    }
    prompt_free(&prompt);
    return ok;
}

/* "4,693 kg [2]": the span and the passage's number; false: it is none ("not given"). */
static bool split_answer(const char *text, size_t *len, size_t *passage)
{
    const char *mark = strrchr(text, '[');
    char *end = NULL;
    if (!mark || mark == text || !isdigit((unsigned char)mark[1])) return false;
    unsigned long n = strtoul(mark + 1, &end, 10);
    if (*end != ']' || n == 0 || n > MAX_PASSAGES) return false;
    *passage = n;
    *len = (size_t)(mark - text);
    while (*len && text[*len - 1] == ' ') --*len;
    return *len > 0;
}

static size_t line_of(const struct hit *h, size_t offset)
{
    size_t line = h->line_first;
    for (size_t i = 0; i < offset; i++) line += h->text[i] == '\n';
    return line <= h->line_last ? line : h->line_last;
}

/* Binds the span where it stands in one of the sentences; false where it is not bound anywhere. */
static bool take(struct reader *x, const struct bind_target *t, const char *span, size_t len, size_t passage,
                 struct value_read *out, bool *bound, struct error *err)
{
    *bound = false;
    if (passage > x->n_candidates) return true;
    const struct candidate *c = &x->candidates[passage - 1];
    const struct hit *h = &x->out->hits.items[c->hit];
    for (size_t k = 0; k < c->n; k++) {
        const struct bind_sentence *s = &c->sentences[k];
        for (size_t at = s->begin; at + len <= s->begin + s->len; at++) {
            if (memcmp(h->text + at, span, len) != 0) continue;
            struct fact_value fact;
            if (!bind_value(x->binder, h, t, s, at, len, &fact, &out->qualifiers)) continue;
            fact.text = arena_strndup(x->arena, fact.text, fact.len);
            fact.quote = arena_strndup(x->arena, h->text + s->begin, s->len);
            fact.place = h->location;
            out->fact = fact;
            out->hit = c->hit;
            out->line = line_of(h, at);
            *bound = true;
            return (fact.text && fact.quote) || error_memory(err, "an answer");
        }
    }
    return true;
}

/* "Ranger" of the question as "Vostok Ranger". */
static bool named_with_make(const struct reader *x, size_t subject, const char **out, struct error *err)
{
    const struct query_subject *s = &x->q->subjects[subject];
    const char *make = s->n_records ? x->c->records[s->records[0]].make : "";
    bool has_make = !make[0] || strcasestr(s->name, make);
    struct buffer b = {0};
    if (!has_make) buffer_printf(&b, "%s ", make);
    buffer_puts(&b, s->name);
    *out = b.failed ? NULL : arena_strdup(x->arena, buffer_text(&b));
    buffer_free(&b);
    return *out || error_memory(err, "an answer");
}

static bool read_value(struct reader *x, size_t subject, size_t attribute, struct error *err)
{
    struct bind_target t;
    const char *asked = asked_name(x->q, attribute, x->out->phrase, x->arena);
    if (!asked) return error_memory(err, "an answer");
    /* The vehicle as the store writes it; else as the question does, with its make. */
    const char *vehicle[2];
    vehicle[0] = subject_label(&x->q->subjects[subject]);
    if (!named_with_make(x, subject, &vehicle[1], err)) return false;
    size_t n = 0;
    for (x->n_candidates = 0; n < 2 && x->n_candidates == 0; n++) {
        if (!make_target(&t, x->q, vehicle[n], subject, attribute, x->out->phrase)) return true;
        if (!find_candidates(x, &t, vehicle[n], subject, asked, err)) return false;
    }
    if (x->n_candidates == 0) return true;
    if (!x->g && x->o->open_generator) {
        struct error none = {0};
        x->g = x->o->open_generator(x->o->open_context, &none);
    }
    x->no_model = !x->g;
    if (x->no_model) return true;
    struct buffer question = {0}, beginning = {0}, text = {0};
    buffer_printf(&question, "What is the %s of the %s?", asked, vehicle[n - 1]);
    /* The answer is begun for the model, so that it only has to go on with the value. */
    buffer_printf(&beginning, "The %s of the %s is", asked, vehicle[n - 1]);
    bool ok = (!question.failed && !beginning.failed) || error_memory(err, "an answer");
    ok = ok && ask_model(x, buffer_text(&question), buffer_text(&beginning), &text, err);
    size_t len, passage;
    const char *answer = buffer_text(&text);
    answer += strspn(answer, " \n");
    if (ok && split_answer(answer, &len, &passage)) {
        struct value_read *v = &x->out->items[x->out->n];
        bool bound;
        *v = (struct value_read){.subject = subject, .attribute = attribute};
        ok = take(x, &t, answer, len, passage, v, &bound, err);
        x->out->n += ok && bound;
    }
    buffer_free(&question);
    buffer_free(&beginning);
    buffer_free(&text);
    return ok;
}

bool values_read(struct value_reading *out, struct store *store, const struct generator *g,
                 const struct query *q, const struct result *r, const struct catalog *c,
                 const struct reading_options *o, struct arena *arena, struct error *err)
{
    *out = (struct value_reading){.items = arena_array(arena, MAX_VALUES, sizeof *out->items)};
    struct reader *x = calloc(1, sizeof *x);
    bool ok = (x && out->items) || error_memory(err, "an answer");
    if (ok && r->status == STATUS_NOT_UNDERSTOOD)
        ok = (out->phrase = unresolved_phrase(q, arena)) || error_memory(err, "an answer");
    if (ok) {
        *x = (struct reader){.out = out, .store = store, .g = g, .q = q, .c = c, .o = o, .arena = arena};
        x->binder = binder_create(err);
        ok = x->binder != NULL;
    }
    size_t n_attributes = q->n_attributes ? q->n_attributes : 1, asked = 0;
    for (size_t s = 0; ok && s < q->n_subjects; s++)
        for (size_t a = 0; ok && a < n_attributes; a++) {
            if (has_row(r, s, a) || asked == MAX_VALUES || x->no_model) continue;
            if (o->cancel && atomic_load(o->cancel)) continue;
            asked++;
            ok = read_value(x, s, a, err);
        }
    if (x) binder_free(x->binder);
    free(x);
    if (!ok) hit_list_free(&out->hits);
    return ok;
}
