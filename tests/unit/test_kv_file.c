/* KV pages kept between runs: what was known is known again and gives the same bits; what is
 * damaged, cut short, foreign or forged is passed over and never harms. */
#include "engine/kv_file.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/log.h"
#include "engine/batch.h"
#include "engine/engine_internal.h"
#include "engine/scheduler.h"
#include "model/safetensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cmocka.h>

static char folder[] = "/tmp/autospec-kv-XXXXXX", path[64];

/* ---- the log, to see what was said ---- */

static struct buffer said;
static size_t warnings;

static void hear_line(void *context, enum log_level level, const char *text)
{
    (void)context;
    warnings += level == LOG_WARN;
    buffer_printf(&said, "%s\n", text);
}

static void forget_log(void)
{
    buffer_clear(&said);
    warnings = 0;
}

static void says(const char *text)
{
    if (!strstr(buffer_text(&said), text))
        fail_msg("not said: %s; but: %s", text, buffer_text(&said));
}

/* ---- engines ---- */

static struct engine *open_engine(const char *model, enum quant_type type, unsigned kv_bits,
                                  size_t kv_tokens)
{
    struct error err = {0};
    char dir[100];
    snprintf(dir, sizeof dir, "tests/golden/models/%s", model);
    struct engine_options o = {.model_dir = dir,
                               .type = type,
                               .n_threads = 1,
                               .context = 320,
                               .chunk = 20,
                               .kv_bits = kv_bits,
                               .kv_tokens = kv_tokens};
    struct engine *e = engine_open(&o, &err);
    if (!e) fail_msg("%s", err.text);
    return e;
}

enum { PROMPT = 150 };

static void make_prompt(struct tokens *t, uint32_t seed)
{
    struct error err = {0};
    t->len = 0;
    for (size_t i = 0; i < PROMPT; i++) {
        seed = seed * 1664525u + 1013904223u;
        assert_true(tokens_push(t, (int32_t)(20 + (seed >> 8) % 200), &err));
    }
}

static bool hear(void *context, const char *text, size_t len, bool reasoning)
{
    (void)reasoning;
    buffer_append(context, text, len);
    return true;
}

/* Answers; the text is to be freed. */
static char *ask(struct engine *e, uint32_t seed, struct generate_result *r)
{
    struct error err = {0};
    struct tokens prompt = {0};
    struct buffer text = {0};
    struct generate_options o = {
        .max_tokens = 12, .sampler = {.top_p = 1, .repetition_penalty = 1}, .ignore_end = true};
    make_prompt(&prompt, seed);
    if (!engine_generate(e, &prompt, &o, hear, &text, r, &err)) fail_msg("%s", err.text);
    tokens_free(&prompt);
    char *copy = strdup(buffer_text(&text));
    buffer_free(&text);
    return copy;
}

/* A new engine reads the file; how much of the prompt it knows then. *text may be NULL. */
static size_t known_after(const char *model, enum quant_type type, unsigned kv_bits,
                          size_t kv_tokens, uint32_t seed, char **text)
{
    struct generate_result r;
    struct engine *e = open_engine(model, type, kv_bits, kv_tokens);
    struct kv_file *f = kv_file_open(e, path, SIZE_MAX);
    assert_non_null(f);
    kv_file_close(f);
    char *got = ask(e, seed, &r);
    engine_free(e);
    if (text)
        *text = got;
    else
        free(got);
    return r.cached_tokens;
}

/* Answers `n` prompts and keeps what is known then. */
static void make_file(const char *model, enum quant_type type, unsigned kv_bits, size_t n,
                      size_t limit)
{
    struct generate_result r;
    unlink(path);
    struct engine *e = open_engine(model, type, kv_bits, 2000);
    struct kv_file *f = kv_file_open(e, path, limit);
    assert_non_null(f);
    for (uint32_t i = 0; i < n; i++) free(ask(e, i, &r));
    kv_file_write(f, NULL);
    kv_file_close(f);
    engine_free(e);
}

static int set_up(void **state)
{
    (void)state;
    static const struct log_sink sink = {hear_line, NULL};
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/kept", folder);
    log_set_sink(&sink);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", folder);
    log_set_sink(NULL);
    buffer_free(&said);
    return system(command);
}

/* ---- tests ---- */

static void what_was_known_is_known_again_and_gives_the_same_answer(void **state)
{
    (void)state;
    static const struct {
        enum quant_type type;
        unsigned bits;
    } KINDS[] = {{QUANT_Q4, 16}, {QUANT_Q8, 8}, {QUANT_F32, 16}};
    for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++) {
        struct generate_result r;
        make_file("qwen2", KINDS[k].type, KINDS[k].bits, 3, SIZE_MAX);
        for (uint32_t seed = 0; seed < 3; seed++) {
            struct engine *fresh = open_engine("qwen2", KINDS[k].type, KINDS[k].bits, 0);
            char *want = ask(fresh, seed, &r), *got;
            assert_int_equal(r.cached_tokens, 0);
            engine_free(fresh);
            /* Known are all tokens of the prompt but the last, whose logits are wanted. */
            assert_int_equal(known_after("qwen2", KINDS[k].type, KINDS[k].bits, 2000, seed, &got),
                             PROMPT - 1);
            assert_string_equal(got, want);
            free(got);
            free(want);
        }
    }
}

static void nobody_else_can_read_the_file(void **state)
{
    (void)state;
    struct stat st;
    make_file("qwen2", QUANT_Q4, 16, 1, SIZE_MAX);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_bounded_file_keeps_what_was_used_last(void **state)
{
    (void)state;
    struct stat st;
    make_file("qwen2", QUANT_Q4, 16, 6, SIZE_MAX);
    assert_int_equal(stat(path, &st), 0);
    size_t half = (size_t)st.st_size / 2;
    make_file("qwen2", QUANT_Q4, 16, 6, half);
    assert_int_equal(stat(path, &st), 0);
    assert_true((size_t)st.st_size <= half + 4096 && (size_t)st.st_size > half / 2);
    assert_int_equal(known_after("qwen2", QUANT_Q4, 16, 2000, 5, NULL), PROMPT - 1);
    assert_int_equal(known_after("qwen2", QUANT_Q4, 16, 2000, 0, NULL), 0);
}

static void a_smaller_cache_takes_what_was_used_last(void **state)
{
    (void)state;
    make_file("qwen2", QUANT_Q4, 16, 6, SIZE_MAX);
    assert_int_equal(known_after("qwen2", QUANT_Q4, 16, 320, 5, NULL), PROMPT - 1);
    assert_int_equal(known_after("qwen2", QUANT_Q4, 16, 320, 0, NULL), 0);
}

static void what_is_foreign_is_passed_over_and_says_what_it_belongs_to(void **state)
{
    (void)state;
    make_file("qwen2", QUANT_Q4, 16, 1, SIZE_MAX);
    forget_log();
    assert_int_equal(known_after("qwen2", QUANT_Q4, 8, 2000, 0, NULL), 0);
    says("another KV cache");
    assert_int_equal(warnings, 1);
    forget_log();
    assert_int_equal(known_after("llama-linear", QUANT_Q4, 16, 2000, 0, NULL), 0);
    says("another model");
    assert_int_equal(warnings, 1);
    /* Other weights of the same files: only what they compute tells. */
    forget_log();
    assert_int_equal(known_after("qwen2", QUANT_Q8, 16, 2000, 0, NULL), 0);
    says("not what this model computes");
    assert_int_equal(warnings, 1);
}

static void a_file_of_another_kind_is_never_written_over(void **state)
{
    (void)state;
    static const char STORE[] = "SQLite format 3 - somebody's documents";
    struct engine *e = open_engine("qwen2", QUANT_Q4, 16, 2000);
    struct generate_result r;
    char got[sizeof STORE] = {0};
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(STORE, 1, sizeof STORE, file), sizeof STORE);
    assert_int_equal(fclose(file), 0);
    forget_log();
    struct kv_file *f = kv_file_open(e, path, SIZE_MAX);
    says("left as it is");
    assert_null(f);
    free(ask(e, 1, &r));
    engine_free(e);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fread(got, 1, sizeof got, file), sizeof STORE);
    fclose(file);
    assert_memory_equal(got, STORE, sizeof STORE);
    unlink(path);
}

static void only_one_process_writes_a_file(void **state)
{
    (void)state;
    struct engine *e = open_engine("qwen2", QUANT_Q4, 16, 2000);
    struct generate_result r;
    unlink(path);
    struct kv_file *first = kv_file_open(e, path, SIZE_MAX);
    forget_log();
    struct kv_file *second = kv_file_open(e, path, SIZE_MAX);
    says("another process");
    free(ask(e, 1, &r));
    kv_file_write(second, NULL);
    assert_false(file_exists(path));
    kv_file_write(first, NULL);
    assert_true(file_exists(path));
    kv_file_close(first);
    kv_file_close(second);
    engine_free(e);
}

static void nothing_new_is_not_written_and_a_stopped_write_changes_nothing(void **state)
{
    (void)state;
    struct generate_result r;
    atomic_bool stop = true;
    unlink(path);
    struct engine *e = open_engine("qwen2", QUANT_Q4, 16, 2000);
    struct kv_file *f = kv_file_open(e, path, SIZE_MAX);
    kv_file_write(f, NULL);
    assert_false(file_exists(path));
    free(ask(e, 1, &r));
    kv_file_write(f, &stop);
    assert_false(file_exists(path));
    stop = false;
    kv_file_write(f, &stop);
    assert_true(file_exists(path));
    unlink(path);
    kv_file_write(f, NULL);
    assert_false(file_exists(path));
    kv_file_close(f);
    engine_free(e);
}

static void a_scheduler_keeps_its_pages_while_idle_and_at_its_end(void **state)
{
    (void)state;
    struct error err = {0};
    struct generate_result r;
    struct stat st;
    struct scheduler_options o = {.kv_file = path, .kv_file_seconds = 0.01};
    unlink(path);
    for (uint32_t turn = 0; turn < 3; turn++) {
        struct engine *e = open_engine("qwen2", QUANT_Q4, 16, 2000);
        struct scheduler *s = scheduler_create(e, &o, &err);
        assert_non_null(s);
        for (uint32_t seed = 0; seed <= turn; seed++) {
            free(ask(e, seed, &r));
            assert_int_equal(r.cached_tokens, seed < turn ? PROMPT - 1 : 0);
        }
        while (turn == 0 && stat(path, &st) != 0) usleep(1000); /* idle: it comes by itself */
        scheduler_free(s);
        engine_free(e);
        assert_int_equal(stat(path, &st), 0);
    }
}

/* Any byte of the file changed, any length of it: an engine that reads it computes everything
 * again, or the change was where nothing lies. Never a wrong answer, never a crash. */
static void damage_is_seen_and_harms_nothing(void **state)
{
    (void)state;
    struct error err = {0};
    struct generate_result r;
    char *data, *want, *got;
    size_t len;
    make_file("qwen2", QUANT_Q4, 16, 2, SIZE_MAX);
    assert_true(file_read(path, 1 << 26, &data, &len, &err));
    struct engine *fresh = open_engine("qwen2", QUANT_Q4, 16, 0);
    want = ask(fresh, 0, &r);
    engine_free(fresh);
    uint32_t random = 9;
    size_t refused = 0;
    for (size_t i = 0; i < 60; i++) {
        random = random * 1664525u + 1013904223u;
        char *bad = malloc(len);
        assert_non_null(bad);
        memcpy(bad, data, len);
        size_t n = len, at = (random >> 4) % (i % 3 == 0 ? 2000 : len);
        if (i % 4 == 3)
            n = at;
        else
            bad[at] ^= (char)(1 << (i % 8));
        assert_true(file_write(path, bad, n, &err));
        free(bad);
        forget_log();
        size_t known = known_after("qwen2", QUANT_Q4, 16, 2000, 0, &got);
        assert_string_equal(got, want);
        assert_true(known == 0 || known == PROMPT - 1);
        assert_int_equal(warnings, known == 0);
        refused += known == 0;
        free(got);
    }
    assert_true(refused > 40);
    free(want);
    free(data);
}

/* As src/engine/kv_file.c sums it. */
struct record {
    int32_t tokens[KV_PAGE], parent, length;
};

/* Changes page `i` of a good file and sums it anew. */
static void forge(const char *good, size_t len, size_t i, const struct record *change)
{
    struct error err = {0};
    char *bad = malloc(len);
    assert_non_null(bad);
    memcpy(bad, good, len);
    assert_true(file_write(path, good, len, &err));
    struct tensor_set *set = tensor_set_open_file(path, &err);
    assert_non_null(set);
    static const char *const NAMES[] = {"tokens", "parents", "lengths", "checksums", "pages"};
    size_t at[5], width[5];
    const char *begin = tensor_set_find(set, "tokens")->data; /* of the mapping: */
    begin -= (const char *)memmem(good, len, begin, 4 * KV_PAGE) - good;
    for (size_t n = 0; n < 5; n++) {
        const struct tensor *t = tensor_set_find(set, NAMES[n]);
        width[n] = t->size / t->shape[0];
        at[n] = (size_t)((const char *)t->data - begin) + i * width[n];
    }
    tensor_set_free(set);
    memcpy(bad + at[0], change->tokens, sizeof change->tokens);
    memcpy(bad + at[1], &change->parent, sizeof change->parent);
    memcpy(bad + at[2], &change->length, sizeof change->length);
    uint64_t sum = XXH3_64bits_withSeed(bad + at[4], width[4], XXH3_64bits(change, sizeof *change));
    memcpy(bad + at[3], &sum, sizeof sum);
    assert_true(file_write(path, bad, len, &err));
    free(bad);
}

static void forged_pages_are_refused_though_their_sums_are_right(void **state)
{
    (void)state;
    struct error err = {0};
    char *good;
    size_t len;
    make_file("qwen2", QUANT_Q4, 16, 1, SIZE_MAX);
    assert_true(file_read(path, 1 << 26, &good, &len, &err));
    struct record same = {.parent = -1, .length = KV_PAGE};
    struct tokens prompt = {0};
    make_prompt(&prompt, 0);
    memcpy(same.tokens, prompt.ids, sizeof same.tokens);
    tokens_free(&prompt);
    forge(good, len, 0, &same);
    assert_int_equal(known_after("qwen2", QUANT_Q4, 16, 2000, 0, NULL), PROMPT - 1);
    struct record changes[8];
    for (size_t i = 0; i < 8; i++) changes[i] = same;
    changes[0].parent = 0; /* itself */
    changes[1].parent = 1;
    changes[2].parent = -2;
    changes[3].parent = INT32_MAX;
    changes[4].length = 0;
    changes[5].length = KV_PAGE + 1;
    changes[6].tokens[3] = -1;
    changes[7].tokens[31] = 1 << 20;
    for (size_t i = 0; i < 8; i++) {
        forget_log();
        forge(good, len, 0, &changes[i]);
        assert_int_equal(known_after("qwen2", QUANT_Q4, 16, 2000, 0, NULL), 0);
        says("page 0 is not one");
    }
    forget_log();
    same.length = 5; /* others stand behind it */
    forge(good, len, 0, &same);
    assert_int_equal(known_after("qwen2", QUANT_Q4, 16, 2000, 0, NULL), 0);
    says("page 1 is not one");
    forget_log();
    same.length = KV_PAGE;
    same.tokens[7] ^= 1; /* not the tokens that these keys and values are of */
    forge(good, len, 0, &same);
    assert_int_equal(known_after("qwen2", QUANT_Q4, 16, 2000, 0, NULL), 0);
    says("not what this model computes");
    free(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_known_is_known_again_and_gives_the_same_answer),
        cmocka_unit_test(nobody_else_can_read_the_file),
        cmocka_unit_test(a_bounded_file_keeps_what_was_used_last),
        cmocka_unit_test(a_smaller_cache_takes_what_was_used_last),
        cmocka_unit_test(what_is_foreign_is_passed_over_and_says_what_it_belongs_to),
        cmocka_unit_test(a_file_of_another_kind_is_never_written_over),
        cmocka_unit_test(only_one_process_writes_a_file),
        cmocka_unit_test(nothing_new_is_not_written_and_a_stopped_write_changes_nothing),
        cmocka_unit_test(a_scheduler_keeps_its_pages_while_idle_and_at_its_end),
        cmocka_unit_test(damage_is_seen_and_harms_nothing),
        cmocka_unit_test(forged_pages_are_refused_though_their_sums_are_right),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
