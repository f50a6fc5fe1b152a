/* An answer as JSON. */
#include "answer/answer.h"
#include "answer/result_json.h"

#include <string.h>

static void set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value); /* a NULL value makes no member; see the end */
}

static json_t *text_or_null(const char *s)
{
    return s && s[0] ? json_text(s) : json_null();
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
    set(metadata, "title", json_text(h->title));
    set(metadata, "source", json_text(h->path));
    set(metadata, "document", json_integer(h->document));
    set(metadata, "line_first", json_integer((json_int_t)h->line_first));
    set(metadata, "line_last", json_integer((json_int_t)h->line_last));
    set(o, "id", json_integer(h->chunk));
    set(o, "content", json_text(h->text));
    set(o, "metadata", metadata);
    set(o, "relevance_score", json_real(h->score));
    set(o, "location", json_text(h->location));
    return o;
}

static json_t *citation(const struct answer_citation *c)
{
    json_t *o = json_object();
    set(o, "n", json_integer((json_int_t)c->n));
    set(o, "valid", json_boolean(c->valid));
    if (!c->valid) return o;
    set(o, "document", json_text(c->path));
    set(o, "location", json_text(c->location));
    set(o, "title", json_text(c->title));
    set(o, "quote", json_text(c->quote));
    set(o, "column", text_or_null(c->column));
    set(o, "line", c->line ? json_integer((json_int_t)c->line) : json_null());
    set(o, "begin", json_integer((json_int_t)c->begin));
    set(o, "end", json_integer((json_int_t)c->end));
    set(o, "passage", c->hit ? json_integer((json_int_t)c->hit) : json_null());
    if (!seen_to_json(o, c->document, &c->seen)) {
        json_decref(o);
        return NULL;
    }
    return o;
}

/* The table's cells: as they are shown, and for programs. null where there is no table. */
static json_t *table_data(const struct result_table *t)
{
    if (t->n_rows < 2) return json_null();
    json_t *o = json_object(), *columns = json_array(), *rows = json_array();
    for (size_t k = 0; k < t->n_columns; k++)
        json_array_append_new(columns, json_pack("{s:s, s:b}", "name", t->cells[k], "number",
                                                 (int)t->right[k]));
    for (size_t i = 1; i <= t->n_rows; i++) {
        json_t *row = json_array();
        for (size_t k = i * t->n_columns; k < (i + 1) * t->n_columns; k++)
            json_array_append_new(row, json_pack("{s:s, s:s}", "text", t->cells[k], "value", t->raw[k]));
        json_array_append_new(rows, row);
    }
    set(o, "columns", columns);
    set(o, "rows", rows);
    set(o, "left_out", json_integer((json_int_t)t->n_left_out));
    return o;
}

static json_t *number(const struct answer_number *n)
{
    json_t *o = json_object();
    set(o, "text", json_text(n->text));
    set(o, "offset", json_integer((json_int_t)n->offset));
    set(o, "unit", text_or_null(n->unit));
    set(o, "supported", json_true());
    set(o, "citation", n->citation ? json_integer((json_int_t)n->citation) : json_null());
    return o;
}

/* The vehicles that were understood, as the filters of the search are shown. */
static json_t *filters(const struct answer *a)
{
    json_t *list = json_array();
    for (size_t i = 0; i < a->query.n_subjects; i++) {
        const struct query_subject *s = &a->query.subjects[i];
        const struct catalog *c = a->catalog;
        const struct catalog_record *first = s->n_records ? &c->records[s->records[0]] : NULL;
        bool one_model = first, one_trim = first;
        for (size_t k = 1; k < s->n_records; k++) {
            const struct catalog_record *r = &c->records[s->records[k]];
            one_model = one_model && strcmp(r->model_key, first->model_key) == 0;
            one_trim = one_trim && strcmp(r->trim_key, first->trim_key) == 0;
        }
        json_t *o = json_object();
        set(o, "manufacturer", text_or_null(first ? first->make : ""));
        set(o, "model", text_or_null(one_model ? first->model : ""));
        set(o, "year", s->year ? json_integer(s->year) : json_null());
        set(o, "trim", text_or_null(one_model && one_trim ? first->trim : ""));
        set(o, "in_documents", json_true());
        json_array_append_new(list, o);
    }
    if (a->query.missing_name) {
        json_t *o = json_object();
        set(o, "manufacturer", json_null());
        set(o, "model", json_text(a->query.missing_name));
        set(o, "year", json_null());
        set(o, "trim", json_null());
        set(o, "in_documents", json_false());
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
    for (size_t i = 0; i < a->n_notes; i++) json_array_append_new(notes, json_text(a->notes[i]));
    set(o, "documents", documents);
    set(o, "metadata_filters_used", filters(a));
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
    size_t shown = a->generated ? a->n_passages : a->hits.n;
    for (size_t i = 0; i < shown; i++)
        json_array_append_new(documents, hit_to_json(&a->hits.items[i]));
    for (size_t i = 0; i < a->n_citations; i++)
        json_array_append_new(citations, citation(&a->citations[i]));
    for (size_t i = 0; i < a->n_numbers; i++)
        json_array_append_new(numbers, number(&a->numbers[i]));
    for (size_t i = 0; i < a->n_notes; i++) json_array_append_new(notes, json_text(a->notes[i]));
    set(o, "query", json_text(a->query.text));
    set(o, "answer", json_text(a->text));
    set(o, "reasoning", text_or_null(a->reasoning));
    set(o, "refused", json_boolean(a->refused));
    set(o, "status", json_text(query_status_name(a->status)));
    set(o, "understood", json_text(a->rendered.understood ? a->rendered.understood : a->query.understood));
    set(o, "parsed", query_to_json(&a->query, a->catalog));
    set(o, "rows", result_rows_to_json(&a->rendered, &a->result, a->catalog));
    set(o, "table", text_or_null(a->rendered.markdown_table));
    set(o, "table_data", table_data(&a->rendered.table));
    set(o, "documents", documents);
    set(o, "citations", citations);
    set(o, "numbers", numbers);
    set(o, "unsupported", json_integer((json_int_t)a->n_unsupported));
    set(o, "metadata_filters_used", filters(a));
    set(o, "computed", json_null());
    set(o, "notes", notes);
    set(o, "usage", usage(a));
    set(o, "timings", timings(a));
    /* jansson takes NULL for a missing value and says so only by leaving it out. */
    static const size_t MEMBERS = 19;
    if (o && (json_object_size(o) != MEMBERS || json_array_size(documents) != shown ||
              json_array_size(citations) != a->n_citations ||
              json_array_size(numbers) != a->n_numbers)) {
        json_decref(o);
        return NULL;
    }
    return o;
}
