#include "server/ask.h"
#include "base/clock.h"
#include "server/fields.h"
#include "server/server.h"

#include <stdlib.h>
#include <string.h>

struct running {
    struct exchange *x;
    const struct ask *ask;
    struct store *store;
    bool empty;    /* there is no document at all */
    bool no_model; /* `found` waits for the answer: whether there is one is not known before */
    bool missed;   /* the model would have been asked */
};

static void on_found(void *context, const struct answer *a)
{
    struct running *r = context;
    struct server *s = r->x->server;
    struct store_counts counts;
    r->empty = a->hits.n == 0 && r->store && store_count(r->store, &counts, NULL) && counts.documents == 0;
    stores_give(s->stores, r->store);
    r->store = NULL;
    if (r->ask->found && !r->empty && !r->no_model) r->ask->found(r->ask->context, a);
}

/* Passages have to be read, and there was no model when the question came. */
static const struct generator *no_generator(void *context, struct error *err)
{
    struct running *r = context;
    r->missed = true;
    error_set(err, ERROR_BUSY, "the model is being loaded");
    return NULL;
}

static bool on_text(void *context, const char *text, size_t len, bool reasoning)
{
    struct running *r = context;
    if (r->x->first_token == 0) r->x->first_token = clock_seconds();
    return !r->ask->sink || r->ask->sink(r->ask->context, text, len, reasoning);
}

bool ask_run(struct exchange *x, const struct ask *ask, struct answer *out, struct error *err)
{
    struct server *s = x->server;
    const struct generator *generator = server_generator(s);
    struct running r = {
        .x = x, .ask = ask, .store = stores_take(s->stores, err), .no_model = !generator};
    if (!r.store) return false;
    /* The other half is the passages'. */
    size_t most = generator ? generator->context_tokens / 2 : ask->max_tokens;
    const struct answer_options options = {
        .top_k = ask->top_k,
        .metadata = ask->filter,
        .turns = ask->turns,
        .n_turns = ask->n_turns,
        .cache = stores_knowledge(s->stores),
        .max_tokens = ask->max_tokens < most ? ask->max_tokens : most,
        .thinking = ask->thinking,
        .ask_meanings = server_defaults(s).ask_meanings,
        .sampler = ask->sampler,
        .cancel = &x->cancel,
        .sink = on_text,
        .sink_context = &r,
        .found = on_found,
        .found_context = &r,
        .open_generator = no_generator,
        .open_context = &r,
    };
    bool ok = answer_question(out, r.store, generator, ask->question, &options, err);
    stores_give(s->stores, r.store);
    if (!ok) return false;
    if (!r.empty && !r.missed && !atomic_load(&x->cancel)) {
        if (r.no_model && ask->found) ask->found(ask->context, out);
        return true;
    }
    answer_free(out);
    if (r.empty) return error_set(err, ERROR_NOT_FOUND, "there are no documents yet");
    if (r.missed) {
        struct buffer text = {0};
        server_tell_absence(s, &text);
        error_set(err, ERROR_BUSY, "%s", buffer_text(&text));
        buffer_free(&text);
        return false;
    }
    return error_set(err, ERROR_CANCELLED, "cancelled");
}

/* All else about the request was found to be right before. */
static bool is_too_long(const struct error *err)
{
    return err->code == ERROR_USAGE;
}

void ask_reply_failure(struct exchange *x, const struct error *err)
{
    if (err->code == ERROR_BUSY && !server_has_model(x)) return;
    if (err->code == ERROR_NOT_FOUND)
        reply_error(x, 409, "no_documents", NULL, "%s", err->text);
    else if (is_too_long(err))
        reply_error(x, 400, "context_length_exceeded", NULL, "%s", err->text);
    else
        reply_failure(x, err);
}

json_t *ask_failure_json(const struct exchange *x, const struct error *err)
{
    return is_too_long(err) ? error_json(x, 400, "context_length_exceeded", NULL, err->text)
                            : failure_json(x, err);
}

json_t *ask_json(struct exchange *x, const struct answer *a, json_t *filter)
{
    json_t *o = answer_to_json(a);
    if (!o) return NULL;
    json_object_set_new(o, "metadata_filter", filter ? json_incref(filter) : json_null());
    json_object_set_new(o, "execution_time", json_real(clock_seconds() - x->began));
    const struct server *s = x->server;
    json_object_set_new(o, "model", a->generated ? json_string(s->model_name) : json_null());
    json_object_set_new(o, "request_id", json_string(x->id));
    return o;
}

static bool read_thinking(struct exchange *x, const json_t *o, struct ask *ask)
{
    json_t *v = json_object_get(o, "thinking");
    const char *mode = json_string_value(v);
    if (!v || json_is_null(v) || (mode && strcmp(mode, "auto") == 0)) return true;
    bool on = json_is_true(v) || (mode && strcmp(mode, "on") == 0);
    bool off = json_is_false(v) || (mode && strcmp(mode, "off") == 0);
    if (!on && !off) return field_refuse(x, "thinking", "is none of auto, on, off, true, false");
    ask->thinking = on ? THINKING_ON : THINKING_OFF;
    return true;
}

bool ask_read_options(struct exchange *x, const json_t *o, struct ask *ask)
{
    struct server *s = x->server;
    struct server_defaults d = server_defaults(s);
    size_t seed = (size_t)d.sampler.seed, max_tokens = d.max_tokens;
    double temperature = (double)d.sampler.temperature, top_p = (double)d.sampler.top_p;
    ask->thinking = d.thinking == THINK_ON ? THINKING_ON : THINKING_OFF;
    ask->sampler = d.sampler;
    if (!field_count(x, o, "max_tokens", 1, (size_t)1 << 30, &max_tokens) ||
        !field_number(x, o, "temperature", 0, 2, &temperature) ||
        !field_number(x, o, "top_p", 0, 1, &top_p) ||
        !field_count(x, o, "seed", 0, (size_t)1 << 53, &seed) || !read_thinking(x, o, ask))
        return false;
    ask->max_tokens = max_tokens;
    ask->sampler.temperature = (float)temperature;
    ask->sampler.top_p = top_p > 1e-6 ? (float)top_p : 1e-6f; /* 0: the likeliest alone */
    ask->sampler.seed = seed;
    return true;
}
