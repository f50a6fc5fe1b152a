/* An answer as JSON. */
#include "answer/answer.h"

#include <string.h>

static void set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value); /* a NULL value makes no member; see the end */
}

static json_t *text(const char *s)
{
    return json_string(s ? s : "");
}

static json_t *text_or_null(const char *s)
{
    return s && s[0] ? json_string(s) : json_null();
}

static void set_vehicle(json_t *o, const struct vehicle *v)
{
    set(o, "manufacturer", text_or_null(v->manufacturer));
    set(o, "model", text_or_null(v->model));
    set(o, "year", v->year ? json_integer(v->year) : json_null());
    set(o, "trim", text_or_null(v->trim));
    set(o, "category", text_or_null(v->category));
    set(o, "engine_type", text_or_null(v->engine_type));
    set(o, "transmission", text_or_null(v->transmission));
}

json_t *hit_to_json(const struct hit *h)
{
    json_t *o = json_object(), *metadata = json_object();
    set_vehicle(metadata, &h->vehicle);
    set(metadata, "title", text(h->title));
    set(metadata, "source", text(h->path));
    set(metadata, "document", json_integer(h->document));
    set(metadata, "line_first", json_integer((json_int_t)h->line_first));
    set(metadata, "line_last", json_integer((json_int_t)h->line_last));
    set(o, "id", json_integer(h->chunk));
    set(o, "content", text(h->text));
    set(o, "metadata", metadata);
    set(o, "relevance_score", json_real(h->score));
    set(o, "location", text(h->location));
    return o;
}

static json_t *citation(const struct answer *a, const struct citation_check *c)
{
    json_t *o = json_object();
    set(o, "n", json_integer((json_int_t)c->n));
    set(o, "valid", json_boolean(c->valid));
    if (!c->valid) return o;
    const struct hit *h = &a->hits.items[c->n - 1];
    set(o, "document", text(h->path));
    set(o, "location", text(h->location));
    set(o, "title", text(h->title));
    set(o, "quote", text(c->quote));
    return o;
}

static json_t *number(const struct number_check *n)
{
    json_t *o = json_object();
    set(o, "text", text(n->text));
    set(o, "offset", json_integer((json_int_t)n->offset));
    set(o, "unit", text_or_null(n->unit));
    set(o, "supported", json_boolean(n->supported));
    set(o, "uncited", json_boolean(n->uncited));
    set(o, "passage", n->passage ? json_integer((json_int_t)n->passage) : json_null());
    set(o, "in_title", json_boolean(n->in_title));
    set(o, "quote", text_or_null(n->quote));
    set(o, "quote_offset", json_integer((json_int_t)n->quote_offset));
    return o;
}

static json_t *filters(const struct question *q)
{
    json_t *list = json_array();
    for (size_t i = 0; i < q->n_mentions; i++) {
        const struct mention *m = &q->mentions[i];
        json_t *o = json_object();
        set(o, "manufacturer", text_or_null(m->vehicle.manufacturer));
        set(o, "model", text_or_null(m->vehicle.model));
        set(o, "year", m->vehicle.year ? json_integer(m->vehicle.year) : json_null());
        set(o, "trim", text_or_null(m->vehicle.trim));
        set(o, "in_documents", json_boolean(!m->unknown && !m->year_missing));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *usage(const struct answer *a)
{
    static const char *const FINISH[] = {"end",     "stop",      "length",
                                         "context", "cancelled", "deadline"};
    json_t *o = json_object();
    set(o, "prompt_tokens", json_integer((json_int_t)a->usage.prompt_tokens));
    set(o, "cached_tokens", json_integer((json_int_t)a->usage.cached_tokens));
    set(o, "generated_tokens", json_integer((json_int_t)a->usage.generated_tokens));
    set(o, "finish_reason", a->generated ? json_string(FINISH[a->usage.finish]) : json_null());
    return o;
}

static json_t *timings(const struct answer *a)
{
    json_t *o = json_object();
    set(o, "understand", json_real(a->understand_seconds));
    set(o, "retrieve", json_real(a->retrieve_seconds));
    set(o, "prompt", json_real(a->prompt_seconds));
    set(o, "prefill", json_real(a->usage.prefill_seconds));
    set(o, "decode", json_real(a->usage.decode_seconds));
    set(o, "total", json_real(a->total_seconds));
    return o;
}

json_t *answer_sources_to_json(const struct answer *a)
{
    json_t *o = json_object(), *documents = json_array(), *notes = json_array();
    for (size_t i = 0; i < a->hits.n; i++)
        json_array_append_new(documents, hit_to_json(&a->hits.items[i]));
    for (size_t i = 0; i < a->n_notes; i++) json_array_append_new(notes, text(a->notes[i]));
    set(o, "documents", documents);
    set(o, "metadata_filters_used", filters(&a->question));
    set(o, "notes", notes);
    if (o && json_object_size(o) != 3) {
        json_decref(o);
        return NULL;
    }
    return o;
}

json_t *answer_to_json(const struct answer *a)
{
    json_t *o = json_object(), *documents = json_array(), *citations = json_array(),
           *numbers = json_array(), *notes = json_array();
    for (size_t i = 0; i < a->n_passages; i++)
        json_array_append_new(documents, hit_to_json(&a->hits.items[i]));
    const struct verification *v = &a->verification;
    for (size_t i = 0; i < v->n_citations; i++)
        json_array_append_new(citations, citation(a, &v->citations[i]));
    for (size_t i = 0; i < v->n_numbers; i++)
        json_array_append_new(numbers, number(&v->numbers[i]));
    for (size_t i = 0; i < a->n_notes; i++) json_array_append_new(notes, text(a->notes[i]));
    set(o, "query", text(a->question.text));
    set(o, "answer", text(a->text));
    set(o, "reasoning", text_or_null(a->reasoning));
    set(o, "refused", json_boolean(a->refused));
    set(o, "documents", documents);
    set(o, "citations", citations);
    set(o, "numbers", numbers);
    set(o, "unsupported", json_integer((json_int_t)v->n_unsupported));
    set(o, "metadata_filters_used", filters(&a->question));
    set(o, "computed", text_or_null(a->computed));
    set(o, "notes", notes);
    set(o, "usage", usage(a));
    set(o, "timings", timings(a));
    /* jansson takes NULL for a missing value and says so only by leaving it out. */
    static const size_t MEMBERS = 13;
    if (o && (json_object_size(o) != MEMBERS || json_array_size(documents) != a->n_passages ||
              json_array_size(citations) != v->n_citations ||
              json_array_size(numbers) != v->n_numbers)) {
        json_decref(o);
        return NULL;
    }
    return o;
}
