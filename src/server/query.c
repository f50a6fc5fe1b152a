/* POST /query: a question, its answer as one JSON object or as a stream of events. */
#include "server/ask.h"
#include "server/fields.h"
#include "server/handlers.h"
#include "server/metadata.h"
#include "server/server.h"

#include <stdlib.h>
#include <string.h>

struct request {
    struct exchange *x;
    struct ask ask;
    struct metadata_filter filter;
    json_t *body;
    const char *turns[ANSWER_MAX_TURNS];
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

/* The member "conversation": {"messages": [...]} or the list itself, of {"role", "content"} as in chats,
 * or of questions. Answers are passed over: they follow from the questions. */
static bool read_conversation(struct request *q)
{
    struct exchange *x = q->x;
    json_t *list = json_object_get(q->body, "conversation"), *item;
    if (!list || json_is_null(list)) return true;
    if (json_is_object(list)) list = json_object_get(list, "messages");
    if (!json_is_array(list))
        return field_refuse(x, "conversation", "is neither a list of messages nor an object with one");
    size_t i, n = json_array_size(list), users = 0;
    json_array_foreach (list, i, item) {
        const char *role = json_string_value(json_object_get(item, "role"));
        users += json_is_string(item) || (role && strcmp(role, "user") == 0);
    }
    size_t skip = users > ANSWER_MAX_TURNS ? users - ANSWER_MAX_TURNS : 0;
    for (i = 0; i < n; i++) {
        item = json_array_get(list, i);
        const char *role = json_string_value(json_object_get(item, "role"));
        const char *text = json_is_string(item) ? json_string_value(item)
                                                : json_string_value(json_object_get(item, "content"));
        if (!json_is_string(item) && !role)
            return field_refuse(x, "conversation", "[%zu] is neither a question nor has a role", i);
        if (role && strcmp(role, "user") != 0) continue;
        if (!text) return field_refuse(x, "conversation", "[%zu] has no content", i);
        if (skip) {
            skip--;
            continue;
        }
        struct error err = {0};
        if (!question_check(text, strlen(text), &err))
            return field_refuse(x, "conversation", "[%zu]: %s", i, err.text);
        q->turns[q->ask.n_turns++] = text;
    }
    q->ask.turns = q->turns;
    return true;
}

static bool read_query(struct request *q)
{
    static const char *const FIELDS[] = {
        "query",       "metadata_filter", "top_k", "max_tokens", "thinking",
        "temperature", "top_p",           "seed",  "stream",     "conversation", NULL};
    struct exchange *x = q->x;
    bool any;
    q->stream = q->x->wants_events;
    if (!fields_known(x, q->body, FIELDS) || !read_question(x, q->body, &q->ask.question) ||
        !read_conversation(q) ||
        !metadata_read(x, json_object_get(q->body, "metadata_filter"), &q->filter, &any) ||
        !field_count(x, q->body, "top_k", 1, 64, &q->ask.top_k) ||
        !ask_read_options(x, q->body, &q->ask) || !field_bool(x, q->body, "stream", &q->stream))
        return false;
    if (any) q->ask.filter = &q->filter;
    return true;
}

static void send_sources(void *context, const struct answer *a)
{
    struct request *q = context;
    reply_stream(q->x, "text/event-stream");
    reply_event(q->x, "sources", answer_sources_to_json(a));
}

static bool send_text(void *context, const char *text, size_t len, bool reasoning)
{
    struct request *q = context;
    return reply_event(q->x, reasoning ? "reasoning" : "token",
                       json_pack("{s:o}", "text", json_stringn(text, len)));
}

void handle_query(struct exchange *x)
{
    struct request q = {.x = x, .body = fields_read(x)};
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
