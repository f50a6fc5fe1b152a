/* POST /query: a question, its answer as one JSON object or as a stream of events. */
#include "server/ask.h"
#include "server/fields.h"
#include "server/handlers.h"
#include "server/metadata.h"
#include "server/server.h"

#include <stdlib.h>
#include <string.h>

struct query {
    struct exchange *x;
    struct ask ask;
    struct metadata_filter filter;
    json_t *body;
    bool stream;
};

static bool read_question(struct exchange *x, const json_t *body, const char **question)
{
    struct error err = {0};
    if (!field_text(x, body, "query", true, question)) return false;
    size_t len = strlen(*question);
    if (len > QUESTION_MAX_BYTES) {
        reply_error(x, 413, "query_too_long", "query", "query: has %zu bytes; at most %d are taken",
                    len, QUESTION_MAX_BYTES);
        return false;
    }
    return question_check(*question, len, &err) || field_refuse(x, "query", "%s", err.text);
}

static bool read_query(struct query *q)
{
    static const char *const FIELDS[] = {
        "query",       "metadata_filter", "top_k", "max_tokens", "thinking",
        "temperature", "top_p",           "seed",  "stream",     NULL};
    struct exchange *x = q->x;
    bool any;
    q->stream = q->x->wants_events;
    if (!fields_known(x, q->body, FIELDS) || !read_question(x, q->body, &q->ask.question) ||
        !metadata_read(x, json_object_get(q->body, "metadata_filter"), &q->filter, &any) ||
        !field_count(x, q->body, "top_k", 1, 64, &q->ask.top_k) ||
        !ask_read_options(x, q->body, &q->ask) || !field_bool(x, q->body, "stream", &q->stream))
        return false;
    if (any) q->ask.filter = &q->filter;
    return true;
}

static void send_sources(void *context, const struct answer *a)
{
    struct query *q = context;
    reply_stream(q->x, "text/event-stream");
    reply_event(q->x, "sources", answer_sources_to_json(a));
}

static bool send_text(void *context, const char *text, size_t len, bool reasoning)
{
    struct query *q = context;
    return reply_event(q->x, reasoning ? "reasoning" : "token",
                       json_pack("{s:o}", "text", json_stringn(text, len)));
}

void handle_query(struct exchange *x)
{
    if (!server_has_model(x)) return;
    struct query q = {.x = x, .body = fields_read(x)};
    if (!q.body) return;
    struct answer answer;
    struct error err = {0};
    if (!read_query(&q)) goto done;
    q.ask.context = &q;
    q.ask.found = q.stream ? send_sources : NULL;
    q.ask.sink = q.stream ? send_text : NULL;
    if (ask_run(x, &q.ask, &answer, &err)) {
        json_t *reply = ask_json(x, &answer, json_object_get(q.body, "metadata_filter"));
        /* What the program says by itself comes as one piece. */
        if (q.stream && !answer.generated)
            send_text(&q, answer.text, strlen(answer.text), false);
        if (q.stream)
            reply_event(x, "done", reply);
        else
            reply_json(x, 200, reply);
        answer_free(&answer);
    } else if (x->streaming) {
        reply_event(x, "error", ask_failure_json(x, &err));
    } else {
        ask_reply_failure(x, &err);
    }
done:
    json_decref(q.body);
}
