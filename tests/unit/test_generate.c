/* Generation with the embedded model: what ends it, what reaches the sink, what is computed again.
 * Nothing here depends on what the model says, only on it saying something. */
#include "base/buffer.h"
#include "engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char QUESTION[] =
    "Passages:\n\n[1] 2023 Toyota Camry LE\nHorsepower (hp): 203\nSeats: 5\n\n"
    "Question: What is the horsepower of the 2023 Toyota Camry?";

static struct engine *open_engine(size_t context, size_t chunk)
{
    struct error err = {0};
    struct engine_options o = {.model_dir = "models/nano",
                               .type = QUANT_Q8,
                               .n_threads = 2,
                               .context = context,
                               .chunk = chunk};
    struct engine *e = engine_open(&o, &err);
    if (!e) fail_msg("%s", err.text);
    return e;
}

static int open_shared(void **state)
{
    *state = open_engine(512, 64);
    return 0;
}

static int close_shared(void **state)
{
    engine_free(*state);
    return 0;
}

static void render(struct engine *e, const char *text, enum thinking thinking, struct tokens *out)
{
    struct error err = {0};
    struct chat_message m = {ROLE_USER, text, strlen(text)};
    if (!chat_render(engine_tokenizer(e), engine_chat_format(e), &m, 1, thinking, out, &err))
        fail_msg("%s", err.text);
}

struct heard {
    struct buffer answer, reasoning;
    size_t calls, refuse_at; /* the call that the sink refuses; 0: none */
};

static bool hear(void *context, const char *text, size_t len, bool reasoning)
{
    struct heard *h = context;
    buffer_append(reasoning ? &h->reasoning : &h->answer, text, len);
    return ++h->calls != h->refuse_at;
}

static void forget(struct heard *h)
{
    buffer_free(&h->answer);
    buffer_free(&h->reasoning);
    *h = (struct heard){0};
}

static const struct generate_options GREEDY = {
    .max_tokens = 24, .sampler = {.top_p = 1, .repetition_penalty = 1}, .ignore_end = true};

static struct generate_result run(struct engine *e, const struct tokens *prompt,
                                  const struct generate_options *o, struct heard *h)
{
    struct error err = {0};
    struct generate_result r;
    if (!engine_generate(e, prompt, o, hear, h, &r, &err)) fail_msg("%s", err.text);
    return r;
}

static void a_shared_prefix_is_not_computed_again(void **state)
{
    struct engine *e = *state;
    struct tokens prompt = {0};
    struct heard first = {0}, second = {0};
    render(e, QUESTION, THINKING_OFF, &prompt);
    run(e, &prompt, &GREEDY, &first);
    struct generate_result r = run(e, &prompt, &GREEDY, &second);
    assert_int_equal(r.prompt_tokens, prompt.len);
    assert_int_equal(r.cached_tokens, prompt.len - 1);
    assert_int_equal(r.generated_tokens, GREEDY.max_tokens);
    assert_int_equal(r.finish, FINISH_LENGTH);
    assert_string_equal(buffer_text(&first.answer), buffer_text(&second.answer));
    assert_true(first.answer.len > 0);
    tokens_free(&prompt);
    forget(&first);
    forget(&second);
}

static void chunks_of_any_size_give_the_same_text(void **state)
{
    struct engine *e = *state;
    struct tokens prompt = {0};
    struct heard want = {0};
    render(e, QUESTION, THINKING_OFF, &prompt);
    run(e, &prompt, &GREEDY, &want);
    static const size_t CHUNKS[] = {1, 7, 33, 256};
    for (size_t i = 0; i < 4; i++) {
        struct engine *other = open_engine(512, CHUNKS[i]);
        struct heard got = {0};
        run(other, &prompt, &GREEDY, &got);
        assert_string_equal(buffer_text(&got.answer), buffer_text(&want.answer));
        forget(&got);
        engine_free(other);
    }
    tokens_free(&prompt);
    forget(&want);
}

static void text_ends_before_the_first_stop_string(void **state)
{
    struct engine *e = *state;
    struct tokens prompt = {0};
    struct heard whole = {0};
    render(e, QUESTION, THINKING_OFF, &prompt);
    run(e, &prompt, &GREEDY, &whole);
    const char *text = buffer_text(&whole.answer);
    for (size_t at = 0; at + 6 < whole.answer.len; at += 3)
        for (size_t len = 1; len <= 6; len++) {
            char stop[8] = {0};
            memcpy(stop, text + at, len);
            const char *stops[] = {"never said \x01", stop};
            struct generate_options o = GREEDY;
            o.stop = stops;
            o.n_stop = 2;
            struct heard h = {0};
            struct generate_result r = run(e, &prompt, &o, &h);
            assert_int_equal(r.finish, FINISH_STOP);
            size_t want = (size_t)(strstr(text, stop) - text);
            assert_int_equal(h.answer.len, want);
            assert_memory_equal(buffer_text(&h.answer), text, want);
            forget(&h);
        }
    tokens_free(&prompt);
    forget(&whole);
}

static void the_sink_can_end_it(void **state)
{
    struct engine *e = *state;
    struct tokens prompt = {0};
    struct heard h = {.refuse_at = 3};
    render(e, QUESTION, THINKING_OFF, &prompt);
    struct generate_result r = run(e, &prompt, &GREEDY, &h);
    assert_int_equal(h.calls, 3);
    assert_int_equal(r.finish, FINISH_STOP);
    tokens_free(&prompt);
    forget(&h);
}

static void a_cancelled_generation_stops_and_is_no_error(void **state)
{
    struct engine *e = *state;
    struct tokens prompt = {0};
    render(e, QUESTION, THINKING_OFF, &prompt);
    atomic_bool cancel = true;
    struct generate_options o = GREEDY;
    o.cancel = &cancel;
    struct heard h = {0};
    struct generate_result r = run(e, &prompt, &o, &h);
    assert_int_equal(r.finish, FINISH_CANCELLED);
    assert_true(r.generated_tokens <= 1);
    tokens_free(&prompt);
    forget(&h);
}

static void a_full_context_ends_it_and_a_longer_prompt_is_refused(void **state)
{
    (void)state;
    struct engine *e = open_engine(96, 32);
    struct tokens prompt = {0};
    struct heard h = {0};
    struct generate_options o = GREEDY;
    o.max_tokens = 1000;
    render(e, QUESTION, THINKING_OFF, &prompt);
    assert_in_range(prompt.len, 40, 90);
    struct generate_result r = run(e, &prompt, &o, &h);
    assert_int_equal(r.finish, FINISH_CONTEXT);
    assert_int_equal(r.prompt_tokens + r.generated_tokens, 96 + 1); /* the last needs no place */
    while (prompt.len < 100) {
        struct error err = {0};
        assert_true(tokens_push(&prompt, prompt.ids[5], &err));
    }
    struct error err = {0};
    assert_false(engine_generate(e, &prompt, &o, hear, &h, &r, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_non_null(strstr(err.text, "100 tokens"));
    assert_non_null(strstr(err.text, "96"));
    tokens_free(&prompt);
    forget(&h);
    engine_free(e);
}

static void thinking_reaches_the_sink_as_reasoning(void **state)
{
    struct engine *e = *state;
    struct tokens prompt = {0};
    struct heard h = {0};
    render(e, QUESTION, THINKING_ON, &prompt);
    struct generate_options o = GREEDY;
    o.max_tokens = 3;
    run(e, &prompt, &o, &h);
    if (h.answer.len == 0) assert_true(h.reasoning.len > 0);
    /* a closed think block in the prompt means that the answer has begun */
    struct heard closed = {0};
    struct error err = {0};
    assert_true(tokens_push(&prompt, chat_think_close(engine_tokenizer(e)), &err));
    run(e, &prompt, &o, &closed);
    assert_int_equal(closed.reasoning.len, 0);
    assert_true(closed.answer.len > 0);
    tokens_free(&prompt);
    forget(&h);
    forget(&closed);
}

static void ids_that_the_model_lacks_are_refused(void **state)
{
    struct engine *e = *state;
    struct error err = {0};
    int32_t id = (int32_t)engine_config(e)->vocab;
    assert_false(engine_forward(e, &id, 1, 0, NULL, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    error_clear(&err);
    id = -1;
    assert_false(engine_forward(e, &id, 1, 0, NULL, &err));
    error_clear(&err);
    id = 5;
    assert_false(engine_forward(e, &id, 1, 512, NULL, &err));
    assert_int_equal(err.code, ERROR_USAGE);
}

static void a_missing_model_is_named(void **state)
{
    (void)state;
    struct error err = {0};
    struct engine_options o = {.model_dir = "models/none", .type = QUANT_Q4};
    assert_null(engine_open(&o, &err));
    assert_string_equal(err.text, "models/none: no such model folder");
    error_clear(&err);
    o.model_dir = "README.md";
    assert_null(engine_open(&o, &err));
    assert_non_null(strstr(err.text, "is a file"));
    error_clear(&err);
    o.model_dir = "models/nano";
    o.isa = "mmx";
    assert_null(engine_open(&o, &err));
    assert_non_null(strstr(err.text, "\"mmx\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shared_prefix_is_not_computed_again),
        cmocka_unit_test(chunks_of_any_size_give_the_same_text),
        cmocka_unit_test(text_ends_before_the_first_stop_string),
        cmocka_unit_test(the_sink_can_end_it),
        cmocka_unit_test(a_cancelled_generation_stops_and_is_no_error),
        cmocka_unit_test(a_full_context_ends_it_and_a_longer_prompt_is_refused),
        cmocka_unit_test(thinking_reaches_the_sink_as_reasoning),
        cmocka_unit_test(ids_that_the_model_lacks_are_refused),
        cmocka_unit_test(a_missing_model_is_named),
    };
    return cmocka_run_group_tests(tests, open_shared, close_shared);
}
