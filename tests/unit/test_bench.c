/* What autospec bench works out and plays back: figures by hand, the kernel's texts about memory,
 * texts that are picked token for token, and a run over a tiny shape. */
#include "measure/bench.h"
#include "measure/peak_memory.h"
#include "measure/roofline.h"
#include "measure/work.h"
#include "engine/batch.h"
#include "engine/engine_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CODER_1_3B "tests/golden/configs/deepseek-coder-1.3b-instruct"
#define NANO       "models/nano"

static void near(double got, double want)
{
    if (!(got > want * (1 - 1e-12) && got < want * (1 + 1e-12)))
        fail_msg("%.17g is not %.17g", got, want);
}

/* ---- figures ---- */

static void a_spread_is_the_median_the_least_and_the_most(void **state)
{
    (void)state;
    struct samples s = {0};
    struct spread none = samples_spread(&s);
    assert_true(none.median == 0 && none.least == 0 && none.most == 0);
    static const double VALUES[] = {5, 1, 4, 2};
    for (size_t i = 0; i < 4; i++) samples_add(&s, VALUES[i]);
    struct spread even = samples_spread(&s);
    near(even.median, 3);
    near(even.least, 1);
    near(even.most, 5);
    samples_add(&s, 100);
    near(samples_spread(&s).median, 4);
    assert_true(s.values[0] == 5); /* as they came */
    for (size_t i = 0; i < 2 * MAX_SAMPLES; i++) samples_add(&s, 7);
    assert_int_equal(s.n, MAX_SAMPLES);
}

static void a_ratio_to_nothing_is_nothing(void **state)
{
    (void)state;
    near(figures_ratio(3, 4), 0.75);
    assert_true(figures_ratio(3, 0) == 0);
    assert_true(figures_reached(90, 90, false) && !figures_reached(89.9, 90, false));
    assert_true(figures_reached(10, 10, true) && !figures_reached(10.1, 10, true));
}

/* The matrices of a shape without memory for them. */
static void shape_model(struct packed_model *m, const char *dir, enum quant_type type)
{
    struct error err = {0};
    *m = (struct packed_model){.type = type};
    if (!model_config_read(&m->config, dir, &err)) fail_msg("%s", err.text);
    const struct model_config *c = &m->config;
    m->layers = calloc(c->n_layers, sizeof *m->layers);
    assert_non_null(m->layers);
    size_t q = c->n_heads * c->head_dim, kv = c->n_kv_heads * c->head_dim;
    for (size_t l = 0; l < c->n_layers; l++) {
        m->layers[l].qkv = (struct packed_matrix){type, q + 2 * kv, c->hidden, NULL, NULL};
        m->layers[l].o = (struct packed_matrix){type, c->hidden, q, NULL, NULL};
        m->layers[l].gate_up =
            (struct packed_matrix){type, 2 * c->intermediate, c->hidden, NULL, NULL};
        m->layers[l].down = (struct packed_matrix){type, c->hidden, c->intermediate, NULL, NULL};
    }
    m->head = (struct packed_matrix){type, c->vocab, c->hidden, NULL, NULL};
}

/* Rows as tests/unit/test_plan.c has them: one of 2048 takes 1088 bytes in q4 and 4 for its scale,
 * one of 5504 2924 and 4. */
static void what_a_token_reads_is_as_worked_out_by_hand(void **state)
{
    (void)state;
    struct packed_model m;
    shape_model(&m, CODER_1_3B, QUANT_Q4);
    struct weights_read r = figures_weights_read(&m);
    assert_int_equal(r.bytes, 24UL * (19200 * 1092 + 2048 * 2928) + 32256UL * 1092);
    assert_int_equal(r.weights, 24UL * (19200 * 2048 + 2048 * 5504) + 32256UL * 2048);
    near(figures_bits_a_weight(&r), 8.0 * (double)r.bytes / (double)r.weights);
    assert_true(figures_bits_a_weight(&r) > 4.25 && figures_bits_a_weight(&r) < 4.3);
    free(m.layers);
    /* Without scales it is two bytes a weight. */
    shape_model(&m, CODER_1_3B, QUANT_BF16);
    r = figures_weights_read(&m);
    assert_int_equal(r.bytes, 2 * r.weights);
    free(m.layers);
}

static void a_token_also_reads_what_came_before_it(void **state)
{
    (void)state;
    struct weights_read r = {.bytes = 1000, .weights = 2000};
    near(figures_bytes_a_token(&r, 10, 0, 1), 1010);   /* itself */
    near(figures_bytes_a_token(&r, 10, 100, 1), 2010); /* 100 and itself */
    near(figures_bytes_a_token(&r, 10, 100, 3), 2020); /* 101, 102, 103: 102 on the average */
    near(figures_bytes_a_token(&r, 0.5, 8192, 16), 1000 + 0.5 * 8200.5);
}

static void a_prompt_takes_two_operations_a_weight_and_one_row_of_logits(void **state)
{
    (void)state;
    struct packed_model m;
    shape_model(&m, CODER_1_3B, QUANT_Q4);
    double layers = 24.0 * (19200 * 2048 + 2048 * 5504), head = 32256.0 * 2048;
    near(figures_prompt_operations(&m, 1), 2 * (layers + head));
    /* The last layer's keys and values are for all, the rest of it for one. */
    double once = 13056.0 * 2048 + 2048 * 5504;
    near(figures_prompt_operations(&m, 512), 2 * (512 * (layers - once) + once + head));
    free(m.layers);
}

/* The shape's own arithmetic and the packed model's agree but for norms and biases. */
static void the_packed_model_counts_the_same(void **state)
{
    (void)state;
    struct error err = {0};
    struct model_config c;
    struct thread_pool *pool = thread_pool_create(2, &err);
    assert_true(pool && model_config_read(&c, NANO, &err));
    for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++) {
        struct packed_model *m = packed_model_random(&c, type, 1, pool, &err);
        if (!m) fail_msg("%s", err.text);
        struct weights_read r = figures_weights_read(m);
        size_t vectors = (c.n_layers * (2 * c.hidden + 3 * c.n_heads * c.head_dim) + c.hidden) * 4;
        assert_true(r.bytes <= m->bytes_per_token && r.bytes + vectors >= m->bytes_per_token);
        packed_model_free(m);
    }
    thread_pool_free(pool);
}

/* ---- memory ---- */

static const char STATUS[] =
    "Name:\tautospec\nVmPeak:\t  900 kB\nVmHWM:\t   700 kB\nVmRSS:\t 600 kB\n";
static const char SMAPS[] = "10000-20000 rw-p 00000000 00:00 0 \n"
                            "Size:                 64 kB\n"
                            "Rss:                  12 kB\n"
                            "20000-30000 r--s 00000000 fe:00 77    /some/file name\n"
                            "Size:                 64 kB\n"
                            "Rss:                  40 kB\n"
                            "VmFlags: rd mr\n"
                            "40000-50000 rw-p 00000000 00:00 0 \n"
                            "Rss:                   8 kB\n";

static void memory_is_read_of_the_mapping_that_holds_the_address(void **state)
{
    (void)state;
    struct peak_memory m;
    assert_true(peak_memory_parse(&m, STATUS, SMAPS, 0x10000));
    assert_int_equal(m.peak, 700 * 1024);
    assert_int_equal(m.mapping, 12 * 1024);
    assert_true(peak_memory_parse(&m, STATUS, SMAPS, 0x2ffff));
    assert_int_equal(m.mapping, 40 * 1024);
    assert_true(peak_memory_parse(&m, STATUS, SMAPS, 0x4ffff));
    assert_int_equal(m.mapping, 8 * 1024);
    assert_false(peak_memory_parse(&m, STATUS, SMAPS, 0x30000)); /* between two */
    assert_false(peak_memory_parse(&m, STATUS, "", 0x10000));
    assert_false(peak_memory_parse(&m, "Name:\tx\n", SMAPS, 0x10000));
    assert_false(peak_memory_parse(&m, STATUS, "10000-20000 rw-p\nSize: 4 kB\n", 0x10000));
    assert_false(peak_memory_parse(&m, STATUS, "-\n10000\n10000-\nx-y z", 0x10000));
}

static void the_peak_grows_with_what_is_touched(void **state)
{
    (void)state;
    enum { BYTES = 64 << 20 };
    struct peak_memory before, after;
    char *p = malloc(BYTES);
    assert_non_null(p);
    p[0] = 1;
    assert_true(peak_memory_read(&before, p));
    memset(p, 1, BYTES);
    assert_true(peak_memory_read(&after, p));
    assert_true(after.peak >= before.peak + BYTES / 2);
    assert_true(after.mapping >= BYTES / 2);
    free(p);
}

/* ---- limits ---- */

static void the_limits_are_more_than_nothing(void **state)
{
    (void)state;
    struct error err = {0};
    struct thread_pool *pool = thread_pool_create(2, &err);
    struct roofline *r = pool ? roofline_create(pool, &err) : NULL;
    if (!r) fail_msg("%s", err.text);
    assert_true(roofline_read(r) > 1e6);
    assert_true(roofline_integers(r) > 1e6);
    assert_non_null(roofline_instructions(r));
    roofline_free(r);
    thread_pool_free(pool);
}

/* ---- texts ---- */

static size_t copied(const struct trace *t) /* triples of the answer that stand before it */
{
    size_t n = 0;
    for (size_t i = 2; i < t->answer.len; i++) {
        bool found = false;
        for (size_t j = 2; !found && j < t->prompt.len; j++)
            found = memcmp(t->prompt.ids + j - 2, t->answer.ids + i - 2, 3 * sizeof(int32_t)) == 0;
        n += found;
    }
    return n;
}

static void one_text_copies_and_the_other_does_not(void **state)
{
    (void)state;
    struct error err = {0};
    struct tokenizer *tokenizer = tokenizer_read(NANO, &err);
    if (!tokenizer) fail_msg("%s", err.text);
    for (int own = 0; own < 2; own++) {
        const struct tokenizer *by = own ? tokenizer : NULL;
        size_t vocab = own ? tokenizer_vocab(tokenizer) : 32000;
        struct trace copies, does_not;
        assert_true(trace_make(&copies, TRACE_COPIES, by, vocab, &err));
        assert_true(trace_make(&does_not, TRACE_DOES_NOT, by, vocab, &err));
        assert_true(copies.answer.len > 150 && does_not.answer.len > 150);
        assert_true(copied(&copies) * 10 > copies.answer.len * 8);
        assert_true(copied(&does_not) * 10 < does_not.answer.len);
        for (size_t i = 0; i < does_not.answer.len; i++)
            assert_true(does_not.answer.ids[i] >= 0 && (size_t)does_not.answer.ids[i] < vocab);
        trace_free(&copies);
        trace_free(&does_not);
    }
    tokenizer_free(tokenizer);
}

static void words_digits_and_signs_are_tokens_and_the_same_ones_the_same(void **state)
{
    (void)state;
    struct error err = {0};
    struct trace t;
    assert_true(trace_make(&t, TRACE_COPIES, NULL, 4, &err)); /* ids stay below the vocabulary */
    for (size_t i = 0; i < t.prompt.len; i++) assert_in_range(t.prompt.ids[i], 0, 3);
    trace_free(&t);
    assert_true(trace_make(&t, TRACE_COPIES, NULL, 32000, &err));
    /* "Answer from the numbered passages only, in": words are numbered as they come */
    for (int32_t i = 0; i < 8; i++) assert_int_equal(t.prompt.ids[i], i);
    trace_free(&t);
}

/* ---- work ---- */

static struct engine *open_shape(const char *dir, size_t context)
{
    struct error err = {0};
    struct engine_options o = {.model_dir = dir,
                               .random_shape = true,
                               .n_threads = 2,
                               .context = context,
                               .kv_tokens = 2 * context,
                               .kv_bits = 8};
    struct engine *e = engine_open(&o, &err);
    if (!e) fail_msg("%s", err.text);
    return e;
}

static void a_played_text_is_picked_token_for_token(void **state)
{
    (void)state;
    struct error err = {0};
    struct engine *e = open_shape(NANO, 2048);
    for (int drafts = 0; drafts < 2; drafts++) {
        struct trace t;
        struct trace_player player;
        assert_true(trace_make(&t, TRACE_COPIES, NULL, engine_ids(e), &err));
        struct token_constraint constraint = trace_play(&player, &t);
        struct generate_options o = {.max_tokens = t.answer.len,
                                     .sampler = {.top_p = 1, .repetition_penalty = 1},
                                     .ignore_end = true,
                                     .constraint = &constraint};
        struct generate_result r;
        e->batch->speculate = drafts;
        struct sequence s;
        assert_true(sequence_create(&s, e, &t.prompt, &o, &(struct sequence_output){0}, &err));
        batch_add(e->batch, &s);
        while (!s.done) batch_step(e->batch);
        r = s.result;
        assert_int_equal(r.generated_tokens, t.answer.len);
        assert_memory_equal(s.tokens.ids + t.prompt.len, t.answer.ids,
                            t.answer.len * sizeof *t.answer.ids);
        assert_true(r.accepted_tokens <= r.drafted_tokens); /* how many depends on timings */
        if (!drafts) assert_int_equal(r.drafted_tokens, 0);
        sequence_free(&s);
        trace_free(&t);
    }
    engine_free(e);
}

static void work_takes_time_and_leaves_the_engine_as_it_was(void **state)
{
    (void)state;
    struct error err = {0};
    struct engine *e = open_shape(NANO, 1024);
    struct work w = {.engine = e};
    double a = 0, b = 0;
    assert_true(work_prefill(&w, 200, &a, &err) && a > 0);
    assert_true(work_decode(&w, 16, 5, &a, &err) && a > 0);
    assert_true(work_decode_many(&w, 8, 16, 5, &a, &err) && a > 0);
    assert_true(work_second_question(&w, 300, 10, &a, &b, &err) && a > 0 && b > 0);
    assert_true(e->batch->speculate);
    assert_int_equal(e->batch->n, 0);
    assert_int_equal(kv_count(e->kv).used, 0);
    assert_false(work_decode_many(&w, 9, 16, 5, &a, &err)); /* the engine has eight */
    assert_int_equal(err.code, ERROR_USAGE);
    work_free(&w);
    engine_free(e);
}

/* The pages of a filled prompt are found again, so that decoding behind it computes one token. */
static void a_filled_prompt_is_known(void **state)
{
    (void)state;
    struct error err = {0};
    struct engine *e = open_shape(NANO, 1024);
    struct work w = {.engine = e};
    assert_true(work_fill(&w, 900, &err));
    assert_int_equal(w.known.len, 900);
    struct generate_options o = {
        .max_tokens = 2, .sampler = {.top_p = 1, .repetition_penalty = 1}, .ignore_end = true};
    struct generate_result r;
    assert_true(engine_generate(e, &w.known, &o, NULL, NULL, &r, &err));
    assert_int_equal(r.cached_tokens, 899);
    double seconds;
    assert_true(work_decode(&w, 900, 4, &seconds, &err) && seconds > 0);
    work_free(&w);
    engine_free(e);
}

/* ---- all of it ---- */

static bool count_rows(void *context, const struct bench_result *result,
                       const struct bench_row *row)
{
    size_t *n = context;
    assert_ptr_equal(row, &result->rows[*n]);
    ++*n;
    return true;
}

static void a_run_gives_the_rows_that_were_asked_for(void **state)
{
    (void)state;
    struct error err = {0};
    struct bench_result result;
    size_t n = 0;
    struct bench_options o = {
        .engine = {.model_dir = NANO, .random_shape = true, .n_threads = 2},
        .quick = true,
        .only = "start,decode,memory",
    };
    if (!bench_run(&o, count_rows, &n, &result, &err)) fail_msg("%s", err.text);
    assert_int_equal(n, 3);
    assert_int_equal(result.n_rows, 3);
    assert_string_equal(result.rows[0].name, "memory");
    assert_string_equal(result.rows[1].name, "decode");
    assert_string_equal(result.rows[2].name, "start");
    assert_int_equal(result.kv_bits, 8);
    assert_int_equal(result.threads, 2);
    const struct bench_row *decode = &result.rows[1];
    assert_int_equal(decode->values.n, 3);
    assert_int_equal(decode->scores.n, 3);
    assert_true(result.read.n >= 4 && samples_spread(&decode->values).least > 0);
    /* Random weights have no packed file: said, not made up. */
    assert_int_equal(result.rows[2].values.n, 0);
    assert_non_null(strstr(result.rows[2].note, "not measured"));
}

static void a_name_that_is_no_rows_is_refused(void **state)
{
    (void)state;
    static const char *const WRONG[] = {"", "decod", "decode,", "decode,x", "decode-longer"};
    struct bench_result result;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct error err = {0};
        struct bench_options o = {.engine = {.model_dir = NANO}, .only = WRONG[i]};
        assert_false(bench_run(&o, NULL, NULL, &result, &err));
        assert_int_equal(err.code, ERROR_USAGE);
        assert_non_null(strstr(err.text, "is not one of memory, decode, decode-long"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spread_is_the_median_the_least_and_the_most),
        cmocka_unit_test(a_ratio_to_nothing_is_nothing),
        cmocka_unit_test(what_a_token_reads_is_as_worked_out_by_hand),
        cmocka_unit_test(a_token_also_reads_what_came_before_it),
        cmocka_unit_test(a_prompt_takes_two_operations_a_weight_and_one_row_of_logits),
        cmocka_unit_test(the_packed_model_counts_the_same),
        cmocka_unit_test(memory_is_read_of_the_mapping_that_holds_the_address),
        cmocka_unit_test(the_peak_grows_with_what_is_touched),
        cmocka_unit_test(the_limits_are_more_than_nothing),
        cmocka_unit_test(one_text_copies_and_the_other_does_not),
        cmocka_unit_test(words_digits_and_signs_are_tokens_and_the_same_ones_the_same),
        cmocka_unit_test(a_played_text_is_picked_token_for_token),
        cmocka_unit_test(work_takes_time_and_leaves_the_engine_as_it_was),
        cmocka_unit_test(a_filled_prompt_is_known),
        cmocka_unit_test(a_run_gives_the_rows_that_were_asked_for),
        cmocka_unit_test(a_name_that_is_no_rows_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
