/* The server while its model is loading, which here never ends: what the store answers by itself,
 * and what has to wait. */
#include "scratch.h"
#include "server/server.h"

#include <curl/curl.h>
#include <jansson.h>

#define CAMRY "\"What is the horsepower of the 2023 Toyota Camry?\""

static struct server *server;

/* ---- a client ---- */

struct reply {
    long status;
    json_t *json; /* of the whole body; NULL: it is none */
    char *text;
    char type[64];
    long retry_after; /* 0: not told */
};

static size_t take(char *data, size_t size, size_t n, void *context)
{
    struct buffer *text = context;
    buffer_append(text, data, size * n);
    return text->failed ? 0 : size * n;
}

/* body NULL: GET. */
static struct reply http(const char *path, const char *body)
{
    struct reply r = {0};
    struct buffer text = {0};
    char url[256];
    CURL *c = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    const char *type = NULL;
    curl_off_t wait = 0;
    snprintf(url, sizeof url, "%s%s", http_address(server->http), path);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &text);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 60L);
    if (body) {
        curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
    }
    assert_int_equal(curl_easy_perform(c), CURLE_OK);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
    curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &wait);
    r.retry_after = (long)wait;
    snprintf(r.type, sizeof r.type, "%s", type ? type : "");
    r.json = json_loadb(buffer_text(&text), text.len, 0, NULL);
    r.text = strdup(buffer_text(&text));
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    buffer_free(&text);
    assert_non_null(r.text);
    return r;
}

static void reply_free(struct reply *r)
{
    json_decref(r->json);
    free(r->text);
}

static const char *text_at(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    return text ? text : "";
}

static void says_loading(struct reply r)
{
    const json_t *error = json_object_get(r.json, "error");
    if (r.status != 503 || strcmp(text_at(error, "code"), "loading") != 0)
        fail_msg("status %ld: %s", r.status, r.text);
    assert_true(r.retry_after > 0);
    reply_free(&r);
}

/* ---- the server ---- */

static int start(void **state)
{
    if (scratch_make(state) != 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) return -1;
    struct error err = {0};
    const struct server_options options = {
        .host = "127.0.0.1",
        .store = in_scratch("store.db"),
        .parallel = 2,
        .queue = 8,
        .defaults = {.sampler = {.temperature = 0, .top_p = 1, .repetition_penalty = 1},
                     .max_tokens = 64},
        .access = {.bind = "127.0.0.1"},
    };
    server = server_start(&options, &err);
    if (!server) {
        print_error("%s\n", err.text);
        return -1;
    }
    struct reply r = http(
        "/ingest/text",
        "{\"name\": \"cars.csv\", \"text\": \"Make,Model,Year,Horsepower (hp),Torque (lb-ft)\\n"
        "Toyota,Camry,2023,203,184\\nHonda,Accord,2023,192,192\\n\"}");
    if (r.status != 200) print_error("%s\n", r.text);
    bool ok = r.status == 200;
    reply_free(&r);
    return ok ? 0 : -1;
}

static int end(void **state)
{
    bool idle = server_stop(server, 5);
    server_free(server);
    curl_global_cleanup();
    return scratch_remove(state) == 0 && idle ? 0 : -1;
}

/* ---- what is answered ---- */

static void the_server_is_ready_and_says_that_its_model_is_not(void **state)
{
    (void)state;
    struct reply r = http("/ready", NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(text_at(r.json, "status"), "ready");
    assert_string_equal(text_at(r.json, "model"), "loading");
    reply_free(&r);
}

static void facts_are_answered_without_a_model(void **state)
{
    (void)state;
    struct reply r = http("/query", "{\"query\": " CAMRY "}");
    if (r.status != 200) fail_msg("status %ld: %s", r.status, r.text);
    assert_non_null(strstr(text_at(r.json, "answer"), "203 hp [1]"));
    assert_string_equal(text_at(r.json, "status"), "found");
    assert_true(json_is_null(json_object_get(r.json, "model")));
    const json_t *cell = json_array_get(json_object_get(r.json, "citations"), 0);
    assert_string_equal(text_at(cell, "location"), "row 2");
    assert_string_equal(text_at(cell, "document"), "cars.csv");
    reply_free(&r);
}

static void so_are_follow_ups_and_streams(void **state)
{
    (void)state;
    struct reply r =
        http("/query", "{\"query\": \"and the torque?\", \"conversation\": [" CAMRY "], "
                       "\"stream\": true}");
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.type, "text/event-stream"));
    const char *sources = strstr(r.text, "event: sources"), *token = strstr(r.text, "event: token"),
               *done = strstr(r.text, "event: done");
    assert_true(sources && token && done && sources < token && token < done);
    assert_non_null(strstr(token, "184 lb-ft [1]"));
    reply_free(&r);
}

static void what_is_not_there_is_said_without_a_model_too(void **state)
{
    (void)state;
    struct reply r =
        http("/query", "{\"query\": \"What is the horsepower of the 1968 Tatra 603?\"}");
    assert_int_equal(r.status, 200);
    assert_string_equal(text_at(r.json, "status"), "not_found");
    reply_free(&r);
    r = http("/query", "{\"query\": \"blorptify the frumious quux\"}");
    assert_int_equal(r.status, 200);
    assert_string_equal(text_at(r.json, "status"), "not_understood");
    reply_free(&r);
}

static void a_grounded_chat_is_answered(void **state)
{
    (void)state;
    struct reply r =
        http("/v1/chat/completions",
             "{\"model\": \"whatever it will be\", \"messages\": [{\"role\": \"user\", "
             "\"content\": " CAMRY "}], \"autospec\": {\"retrieve\": true}}");
    if (r.status != 200) fail_msg("status %ld: %s", r.status, r.text);
    const json_t *choice = json_array_get(json_object_get(r.json, "choices"), 0);
    assert_non_null(strstr(text_at(json_object_get(choice, "message"), "content"), "203 hp [1]"));
    assert_string_equal(text_at(r.json, "model"), "autospec");
    reply_free(&r);
}

/* ---- what waits for the model ---- */

static void passages_wait_for_the_model_that_reads_them(void **state)
{
    (void)state;
    struct reply r =
        http("/ingest/text",
             "{\"name\": \"note.txt\", \"text\": \"Toyota Camry owners like how quietly the "
             "doors close, and that the towing eye is easy to find.\\n\"}");
    assert_int_equal(r.status, 200);
    reply_free(&r);
    says_loading(
        http("/query", "{\"query\": \"What is the towing capacity of the 2023 Toyota Camry?\"}"));
    /* Before the stream begins: so that a client can come again. */
    says_loading(http("/query",
                      "{\"query\": \"What is the towing capacity of the 2023 Toyota Camry?\", "
                      "\"stream\": true}"));
}

static void texts_of_the_model_alone_wait(void **state)
{
    (void)state;
    says_loading(http("/v1/chat/completions",
                      "{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}"));
    says_loading(
        http("/v1/chat/completions",
             "{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}], \"stream\": true}"));
    says_loading(
        http("/v1/completions", "{\"prompt\": \"Hello\", \"autospec\": {\"retrieve\": true}}"));
    says_loading(http("/v1/models", NULL));
    says_loading(http("/query/llm-info", NULL));
}

/* ---- what is refused all the same ---- */

static void a_conversation_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = {"7",
                                      "\"x\"",
                                      "{}",
                                      "{\"messages\": {}}",
                                      "[7]",
                                      "[{}]",
                                      "[null]",
                                      "[{\"role\": \"user\"}]",
                                      "[{\"role\": \"user\", \"content\": []}]",
                                      "[\" \"]",
                                      "[{\"role\": \"user\", \"content\": \"\"}]"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char body[256];
        snprintf(body, sizeof body, "{\"query\": " CAMRY ", \"conversation\": %s}", BAD[i]);
        struct reply r = http("/query", body);
        if (r.status != 400) fail_msg("%s: status %ld: %s", BAD[i], r.status, r.text);
        assert_string_equal(text_at(json_object_get(r.json, "error"), "param"), "conversation");
        reply_free(&r);
    }
    static const char *const GOOD[] = {"null", "[]", "{\"messages\": []}",
                                       "[{\"role\": \"assistant\"}]",
                                       "[{\"role\": \"system\", \"content\": 7}]"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        char body[256];
        snprintf(body, sizeof body, "{\"query\": " CAMRY ", \"conversation\": %s}", GOOD[i]);
        struct reply r = http("/query", body);
        if (r.status != 200) fail_msg("%s: status %ld: %s", GOOD[i], r.status, r.text);
        reply_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_is_ready_and_says_that_its_model_is_not),
        cmocka_unit_test(facts_are_answered_without_a_model),
        cmocka_unit_test(so_are_follow_ups_and_streams),
        cmocka_unit_test(what_is_not_there_is_said_without_a_model_too),
        cmocka_unit_test(a_grounded_chat_is_answered),
        cmocka_unit_test(passages_wait_for_the_model_that_reads_them),
        cmocka_unit_test(texts_of_the_model_alone_wait),
        cmocka_unit_test(a_conversation_that_is_none_is_refused),
    };
    return cmocka_run_group_tests_name("server facts", tests, start, end);
}
