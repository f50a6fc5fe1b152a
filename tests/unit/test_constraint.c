/* Tokens by a schema: the mask is what trying each token's bytes gives, over the vocabulary of a
 * real model; what is generated fits, from random logits and from models/nano; reasoning is free.
 */
#include "../golden/tokenizers/fixture.h"

#include "grammar/constraint.h"
#include "engine/engine_internal.h"
#include "engine/scheduler.h"
#include "quant/packed_model.h"
#include "schema_check.h"

static struct packed_model shape;
static struct engine qwen = {.name = (char *)"qwen", .model = &shape, .format = CHAT_R1};
static struct vocabulary *words;

static int setup(void **state)
{
    (void)state;
    struct error err = {0};
    qwen.tokenizer = read_golden_tokenizer("deepseek-r1-distill-qwen");
    words = vocabulary_create(&qwen, &err);
    if (!words) fail_msg("%s", err.text);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    vocabulary_free(words);
    tokenizer_free(qwen.tokenizer);
    return 0;
}

static struct json_schema *compile(const char *text)
{
    struct error err = {0};
    json_t *schema = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(schema);
    struct json_schema *s = json_schema_compile(schema, &err);
    if (!s) fail_msg("%s: %s", text, err.text);
    json_decref(schema);
    return s;
}

static struct constraint *constrain(const struct json_schema *s, bool thinking)
{
    struct constraint *c = constraint_create(words, s, thinking, NULL);
    assert_non_null(c);
    return c;
}

static bool mask(struct constraint *c, float *logits, uint32_t seed)
{
    const struct token_constraint *t = constraint_token(c);
    for (size_t i = 0; i < words->n; i++) logits[i] = (float)(way_random(&seed) % 1000);
    return t->mask(t->context, logits, words->n);
}

static void accept_text(struct constraint *c, const char *text)
{
    struct tokens ids = {0};
    assert_true(tokenizer_encode(qwen.tokenizer, text, strlen(text), TOKENIZE_TEXT, &ids, NULL));
    for (size_t i = 0; i < ids.len; i++) {
        const struct token_constraint *t = constraint_token(c);
        t->accept(t->context, ids.ids[i]);
    }
    tokens_free(&ids);
}

/* What the mask must be, from the bytes that came. */
static bool may_follow(struct machine *m, const struct machine_state *from, int32_t id)
{
    struct machine_state a = *from, b;
    size_t len;
    const char *bytes = tokenizer_token_bytes(qwen.tokenizer, id, &len);
    if (tokenizer_is_control(qwen.tokenizer, id) || len == 0) return false;
    for (size_t i = 0; i < len && a.n; i++) {
        machine_step(m, &a, (unsigned char)bytes[i], &b);
        a = b;
    }
    return a.n > 0 && len <= VOCABULARY_MAX_TOKEN;
}

static void the_mask_is_what_each_tokens_bytes_say(void **state)
{
    (void)state;
    static const struct {
        const char *schema, *text;
    } CASES[] = {
        {"true", ""},
        {"true", "{\"a"},
        {"true", "{\"a\": [1, \"x"},
        {"true", "12"},
        {"true", "\"caf\xc3\xa9 \xe4\xb8\xad"},
        {"{\"type\": \"string\", \"maxLength\": 9}", "\"abcd"},
        {"{\"type\": \"string\", \"maxLength\": 4}", "\"abcd"},
        {"{\"type\": \"string\", \"minLength\": 9}", "\"abcd"},
        {"{\"enum\": [\"gasoline\", \"gas\", \"diesel\"]}", "\"ga"},
        {"{\"type\": \"integer\", \"minimum\": 100, \"maximum\": 250}", "2"},
        {"{\"type\": \"object\", \"properties\": {\"make\": {\"type\": \"string\"}, \"year\": "
         "{\"type\": \"integer\"}}, \"required\": [\"year\"]}",
         "{\""},
        {"{\"type\": \"object\", \"properties\": {\"make\": {\"type\": \"string\"}}, "
         "\"additionalProperties\": true}",
         "{\"mak"},
        {"{\"type\": \"object\", \"properties\": {\"make\": {\"type\": \"string\"}}, "
         "\"additionalProperties\": true}",
         "{\"mode"},
        {"{\"anyOf\": [{\"type\": \"string\", \"maxLength\": 6}, {\"enum\": [\"abcdefghi\"]}]}",
         "\"abc"},
    };
    float *logits = calloc(words->n, sizeof *logits);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct json_schema *s = compile(CASES[i].schema);
        struct constraint *c = constrain(s, false);
        struct machine m;
        struct machine_state at, next;
        size_t n = 0;
        assert_true(machine_init(&m, s, &at, NULL));
        for (const char *p = CASES[i].text; *p; p++) {
            machine_step(&m, &at, (unsigned char)*p, &next);
            at = next;
        }
        accept_text(c, CASES[i].text);
        for (int again = 0; again < 2; again++) { /* the second from what is kept */
            assert_true(mask(c, logits, 1));
            for (size_t id = 0; id < words->n; id++) {
                bool want = may_follow(&m, &at, (int32_t)id);
                if (engine_is_end(&qwen, (int32_t)id)) want = machine_complete(&at);
                if (want != (logits[id] >= 0))
                    fail_msg("%s behind %s: token %zu is %s", CASES[i].schema, CASES[i].text, id,
                             want ? "ruled out" : "let pass");
                n += want;
            }
        }
        assert_true(n > 0);
        machine_free(&m);
        constraint_free(c);
        json_schema_free(s);
    }
    free(logits);
}

/* Picks the best of random logits until nothing may follow, or the end is picked. */
static bool generate(struct constraint *c, uint32_t seed, size_t most, struct buffer *out)
{
    const struct token_constraint *t = constraint_token(c);
    float *logits = calloc(words->n, sizeof *logits);
    bool whole = false;
    for (size_t i = 0; i < most && !whole; i++) {
        size_t best = 0, len;
        if (!mask(c, logits, way_random(&seed))) break;
        for (size_t k = 0; k < words->n; k++)
            if (logits[k] > logits[best]) best = k;
        /* Short tokens of JSON's own are few: prefer them now and then, else strings go on. */
        for (size_t k = 0; k < words->n && way_random(&seed) % 3 == 0; k++)
            if (logits[k] >= 0 &&
                memchr("\"}],:", *tokenizer_token_bytes(qwen.tokenizer, (int32_t)k, &len), 5) &&
                len == 1)
                best = k;
        t->accept(t->context, (int32_t)best);
        whole = engine_is_end(&qwen, (int32_t)best);
        const char *bytes = tokenizer_token_bytes(qwen.tokenizer, (int32_t)best, &len);
        if (!whole) buffer_append(out, bytes, len);
    }
    free(logits);
    return constraint_complete(c);
}

static const char CAR[] =
    "{\"type\": \"object\", \"properties\": {\"make\": {\"type\": \"string\", \"maxLength\": 12}, "
    "\"year\": {\"type\": \"integer\", \"minimum\": 1900, \"maximum\": 2100}, \"fuel\": {\"enum\": "
    "[\"gasoline\", \"diesel\", null]}, \"tags\": {\"type\": \"array\", \"maxItems\": 2, "
    "\"items\": {\"type\": \"string\", \"maxLength\": 5}}, \"price\": {\"type\": \"number\", "
    "\"minimum\": 0.5}}, \"required\": [\"make\", \"year\", \"fuel\", \"tags\", \"price\"]}";

static void what_random_logits_give_fits(void **state)
{
    (void)state;
    struct json_schema *s = compile(CAR);
    json_t *schema = json_loads(CAR, 0, NULL);
    for (uint32_t seed = 0; seed < 25; seed++) {
        struct constraint *c = constrain(s, false);
        struct buffer text = {0};
        assert_true(generate(c, seed, 400, &text));
        assert_false(constraint_failed(c));
        json_t *v = json_loadb(buffer_text(&text), text.len, 0, NULL);
        if (!v || !schema_fits(schema, schema, v, 0)) fail_msg("%s", buffer_text(&text));
        json_decref(v);
        buffer_free(&text);
        constraint_free(c);
    }
    json_decref(schema);
    json_schema_free(s);
}

static void reasoning_is_free_but_must_end(void **state)
{
    (void)state;
    struct json_schema *s = compile(CAR);
    struct constraint *c = constrain(s, true);
    float *logits = calloc(words->n, sizeof *logits);
    assert_true(mask(c, logits, 3));
    for (size_t i = 0; i < words->n; i++)
        assert_int_equal(logits[i] >= 0, !engine_is_end(&qwen, (int32_t)i));
    accept_text(c, "Let me think {\"x\"");
    assert_true(mask(c, logits, 4));
    assert_true(logits[chat_think_close(qwen.tokenizer)] >= 0);
    const struct token_constraint *t = constraint_token(c);
    t->accept(t->context, chat_think_close(qwen.tokenizer));
    accept_text(c, "\n\n{\"make");
    assert_true(mask(c, logits, 5));
    assert_false(constraint_failed(c));
    assert_true(logits[tokenizer_find(qwen.tokenizer, "\"")] >= 0);
    assert_false(logits[tokenizer_find(qwen.tokenizer, "x")] >= 0);
    free(logits);
    constraint_free(c);
    json_schema_free(s);
}

static void a_token_that_was_ruled_out_is_an_error(void **state)
{
    (void)state;
    struct json_schema *s = compile(CAR);
    struct constraint *c = constrain(s, false);
    float *logits = calloc(words->n, sizeof *logits);
    accept_text(c, "no");
    assert_false(mask(c, logits, 3));
    assert_true(constraint_failed(c));
    free(logits);
    constraint_free(c);
    json_schema_free(s);
}

/* Long texts without end: what is kept for them stays bounded. */
static void memory_does_not_grow_with_the_text(void **state)
{
    (void)state;
    struct json_schema *s = compile("{\"type\": \"array\", \"items\": {\"type\": \"array\", "
                                    "\"maxItems\": 1000000}}");
    struct machine m;
    struct machine_state at, next;
    assert_true(machine_init(&m, s, &at, NULL));
    const char *text = "[[";
    for (size_t i = 0; i < 300000; i++) {
        machine_step(&m, &at, (unsigned char)*text, &next);
        at = next;
        assert_true(at.n > 0);
        machine_collect(&m, &at);
        if (!*++text) text = "1,";
    }
    assert_true(m.cap <= 1 << 17);
    machine_free(&m);
    json_schema_free(s);
}

/* ---- models/nano ---- */

static void nano_generates_what_fits(void **state)
{
    (void)state;
    struct error err = {0};
    struct engine_options eo = {
        .model_dir = "models/nano", .type = QUANT_Q4, .n_threads = 2, .context = 1024};
    struct engine *e = engine_open(&eo, &err);
    if (!e) fail_msg("%s", err.text);
    struct vocabulary *v = vocabulary_create(e, &err);
    if (!v) fail_msg("%s", err.text);
    struct scheduler *sc = scheduler_create(e, &(struct scheduler_options){0}, &err);
    assert_non_null(sc);
    struct json_schema *s = compile(CAR);
    json_t *schema = json_loads(CAR, 0, NULL);
    struct chat_message ask = {ROLE_USER, "Describe a car as JSON.", 23};
    struct tokens prompt = {0};
    assert_true(chat_render(engine_tokenizer(e), engine_chat_format(e), &ask, 1, THINKING_OFF,
                            &prompt, &err));
    for (uint64_t seed = 0; seed < 8; seed++) {
        struct constraint *c = constraint_create(v, s, false, &err);
        struct generate_options o = {.max_tokens = seed == 7 ? 5 : 400,
                                     .sampler = {.temperature = (float)(seed % 3),
                                                 .top_p = 1,
                                                 .repetition_penalty = 1,
                                                 .seed = seed},
                                     .constraint = constraint_token(c)};
        struct request *r = scheduler_submit(sc, &prompt, &o, NULL, NULL, &err);
        assert_non_null(r);
        struct buffer text = {0};
        struct request_output out = {0};
        struct generate_result result;
        enum request_state rs;
        do {
            request_wait(r, 1);
            rs = request_state(r, &result, NULL);
            while (request_read(r, &out))
                buffer_append(&text, buffer_text(&out.text), out.text.len);
        } while (rs < REQUEST_DONE);
        request_output_free(&out);
        request_release(r);
        assert_int_equal(rs, REQUEST_DONE);
        if (seed == 7) { /* it ran out of tokens */
            assert_int_equal(result.finish, FINISH_LENGTH);
            assert_false(constraint_complete(c));
        } else {
            assert_int_equal(result.finish, FINISH_END);
            assert_true(constraint_complete(c));
            json_t *got = json_loadb(buffer_text(&text), text.len, 0, NULL);
            if (!got || !schema_fits(schema, schema, got, 0)) fail_msg("%s", buffer_text(&text));
            json_decref(got);
        }
        buffer_free(&text);
        constraint_free(c);
    }
    tokens_free(&prompt);
    json_decref(schema);
    json_schema_free(s);
    scheduler_free(sc);
    vocabulary_free(v);
    engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mask_is_what_each_tokens_bytes_say),
        cmocka_unit_test(what_random_logits_give_fits),
        cmocka_unit_test(reasoning_is_free_but_must_end),
        cmocka_unit_test(a_token_that_was_ruled_out_is_an_error),
        cmocka_unit_test(memory_does_not_grow_with_the_text),
        cmocka_unit_test(nano_generates_what_fits),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
