/* autospec_answer_query: the caller's documents into a store in memory, then answer/answer.h. */
#include "api/api.h"

#include "answer/answer.h"
#include "answer/given.h"

#include <stdlib.h>
#include <string.h>

/* What the caller gets, and what it lives in. */
struct reply {
    struct autospec_answer public; /* first: the caller's pointer is the result's */
    struct arena arena;
    char *json;
};

void autospec_answer_free(struct autospec_answer *answer)
{
    if (!answer) return;
    struct reply *r = (struct reply *)answer;
    arena_free(&r->arena);
    free(r->json);
    free(r);
}

/* ---- the documents ---- */

static bool check_document(const struct autospec_document *d, size_t i, struct error *err)
{
    if (!d->content) return error_set(err, ERROR_USAGE, "documents[%zu].content is NULL", i);
    if (d->n_metadata && !d->metadata)
        return error_set(err, ERROR_USAGE, "documents[%zu].metadata is NULL", i);
    for (size_t k = 0; k < d->n_metadata; k++)
        if (!d->metadata[k].name || !d->metadata[k].value)
            return error_set(err, ERROR_USAGE,
                             "documents[%zu].metadata[%zu] has no name or no value", i, k);
    return true;
}

static bool read_documents(struct given *out, const struct autospec_document *documents, size_t n,
                           const atomic_bool *cancel, struct error *err)
{
    struct arena arena = {0};
    struct given_document *given = arena_array(&arena, n + 1, sizeof *given);
    bool ok = given || error_memory(err, "documents");
    for (size_t i = 0; ok && i < n; i++) {
        const struct autospec_document *d = &documents[i];
        ok = check_document(d, i, err);
        if (!ok) break;
        struct given_field *fields = arena_array(&arena, d->n_metadata + 1, sizeof *fields);
        ok = fields || error_memory(err, "documents");
        for (size_t k = 0; ok && k < d->n_metadata; k++)
            fields[k] = (struct given_field){d->metadata[k].name, d->metadata[k].value};
        given[i] = (struct given_document){
            .name = d->id,
            .title = d->title,
            .content = d->content,
            .len = d->length ? d->length : strlen(d->content),
            .fields = fields,
            .n_fields = d->n_metadata,
        };
    }
    ok = ok && given_read(out, given, n, cancel, err);
    arena_free(&arena);
    return ok;
}

/* ---- the result ---- */

static const char *copy(struct reply *r, const char *text, bool *ok)
{
    const char *out = arena_strdup(&r->arena, text ? text : "");
    if (!out) *ok = false;
    return out;
}

/* An array of n pointers to n structs of this size, all zero. */
static void *pointers(struct reply *r, size_t n, size_t size)
{
    void **list = arena_array(&r->arena, n + 1, sizeof *list);
    char *items = arena_array(&r->arena, n + 1, size);
    if (!list || !items) return NULL;
    for (size_t i = 0; i < n; i++) list[i] = items + i * size;
    return list;
}

static bool take_citations(struct reply *r, const struct answer *a, const struct given *given)
{
    struct autospec_citation **list = pointers(r, a->n_citations, sizeof **list);
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < a->n_citations; i++) {
        const struct answer_citation *c = &a->citations[i];
        struct autospec_citation *out = list[i];
        out->n = c->n;
        out->valid = c->valid;
        if (c->valid && c->document >= 1 && (size_t)c->document <= given->n_documents)
            out->document = given->index[c->document - 1];
        out->id = copy(r, c->valid ? c->path : "", &ok);
        out->title = copy(r, c->valid ? c->title : "", &ok);
        out->location = copy(r, c->valid ? c->location : "", &ok);
        out->quote = copy(r, c->valid ? c->quote : "", &ok);
        out->passage = copy(r, c->valid ? c->passage : "", &ok);
    }
    r->public.citations = (const struct autospec_citation *const *)list;
    r->public.n_citations = a->n_citations;
    return ok;
}

/* The quote of the citation with this number. */
static const char *quote_of(const struct answer *a, size_t n)
{
    for (size_t i = 0; i < a->n_citations; i++)
        if (a->citations[i].n == n) return a->citations[i].quote;
    return "";
}

static bool take_numbers(struct reply *r, const struct answer *a)
{
    struct autospec_number **list = pointers(r, a->n_numbers, sizeof **list);
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < a->n_numbers; i++) {
        const struct answer_number *n = &a->numbers[i];
        *list[i] = (struct autospec_number){
            .text = copy(r, n->text, &ok),
            .offset = n->offset,
            .unit = copy(r, n->unit, &ok),
            .value = n->value,
            .supported = true,
            .passage = n->citation,
            .quote = copy(r, quote_of(a, n->citation), &ok),
        };
    }
    r->public.numbers = (const struct autospec_number *const *)list;
    r->public.n_numbers = a->n_numbers;
    r->public.n_unsupported = a->n_unsupported;
    return ok;
}

static bool take_answer(struct reply *r, const struct answer *a, const struct given *given,
                        const struct api_turn *turn)
{
    struct autospec_answer *p = &r->public;
    bool ok = true;
    p->text = copy(r, a->text, &ok);
    p->reasoning = copy(r, a->reasoning, &ok);
    p->refused = a->refused;
    p->generated = a->generated;
    p->conclusion = copy(r, "", &ok);
    const char **notes = arena_array(&r->arena, a->n_notes + 1, sizeof *notes);
    for (size_t i = 0; notes && i < a->n_notes; i++) notes[i] = copy(r, a->notes[i], &ok);
    p->notes = notes;
    p->n_notes = a->n_notes;
    p->n_passages = a->n_passages;
    p->finish = api_finish(turn, a->usage.finish);
    p->prompt_tokens = a->usage.prompt_tokens;
    p->cached_tokens = a->usage.cached_tokens;
    p->generated_tokens = a->usage.generated_tokens;
    p->prefill_seconds = a->usage.prefill_seconds;
    p->decode_seconds = a->usage.decode_seconds;
    p->total_seconds = a->total_seconds;
    json_t *json = answer_to_json(a);
    r->json = json ? json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) : NULL;
    json_decref(json);
    p->json = r->json;
    return ok && notes && r->json && take_citations(r, a, given) && take_numbers(r, a);
}

struct autospec_answer *autospec_answer_query(struct autospec *llm, const char *query,
                                              const struct autospec_document *documents,
                                              size_t n_documents, const struct autospec_call *call,
                                              struct autospec_error *error)
{
    struct error err = {0};
    struct api_turn turn;
    struct reply *result = NULL;
    if (!llm || !query || (n_documents && !documents)) {
        error_set(&err, ERROR_USAGE, "%s is NULL",
                  !llm     ? "the handle"
                  : !query ? "the query"
                           : "documents");
        return api_fail(error, &err);
    }
    if (!question_check(query, strlen(query), &err) || !api_turn_begin(&turn, llm, call, &err))
        return api_fail(error, &err);
    struct given given = {0};
    struct answer answer;
    struct generator generator = generator_from_engine(llm->engine);
    struct answer_options options = {
        .top_k = turn.call->passages,
        .max_tokens = turn.call->max_tokens ? turn.call->max_tokens : llm->options.max_tokens,
        .thinking = llm->options.thinking == AUTOSPEC_THINKING_ON ? THINKING_ON : THINKING_OFF,
        .sampler = llm->sampler,
        .cancel = &turn.cancel,
        .sink = api_turn_text,
        .sink_context = &turn,
    };
    if (read_documents(&given, documents, n_documents, &turn.cancel, &err) &&
        answer_question(&answer, given.store, &generator, query, &options, &err)) {
        result = calloc(1, sizeof *result);
        if (!result || !take_answer(result, &answer, &given, &turn)) {
            error_memory(&err, "an answer");
            if (result) autospec_answer_free(&result->public);
            result = NULL;
        }
        answer_free(&answer);
    }
    given_free(&given);
    api_turn_end(&turn);
    return result ? &result->public : api_fail(error, &err);
}
