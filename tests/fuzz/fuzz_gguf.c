/* GGUF files: whatever stands in one, opening it as config, tokenizer and weights gives one error
 * or a model whose weights are finite. The first byte of an input says how the rest is used: odd,
 * as the file; even, as changes to a good one (four bytes each: place in three, value), of a Llama
 * or, where bit 1 is set, a Qwen2. */
#include "../unit/gguf_fixture.h"
#include "base/log.h"
#include "base/progress.h"
#include "model/config.h"
#include "tokenizer/tokenizer.h"
#include "quant/packed_model.h"
#include "quant/quantize.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static struct {
    char path[64];
    struct buffer good[2];
    struct thread_pool *pool;
} fixture;

static void clean_up(void)
{
    unlink(fixture.path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    const char *tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(fixture.path, sizeof fixture.path, "%s/autospec-fuzz-%d.gguf", tmp, (int)getpid());
    log_set_level(LOG_QUIET);
    progress_set_quiet(true);
    fixture.pool = thread_pool_create(1, NULL);
    if (!fixture.pool) abort();
    for (size_t i = 0; i < 2; i++) {
        struct gguf_builder b = {0};
        g_model(&b, i ? "qwen2" : "llama");
        g_finish(&b, &fixture.good[i]);
        g_free(&b);
    }
    atexit(clean_up);
    return 0;
}

static void check_matrix(const struct packed_matrix *m)
{
    float *row = malloc(m->cols * sizeof *row);
    for (size_t r = 0; row && r<m->rows; r += m->rows> 64 ? m->rows / 64 : 1) {
        packed_matrix_read_row(m, r, row);
        for (size_t i = 0; i < m->cols; i++)
            if (!isfinite(row[i])) abort();
    }
    free(row);
}

static void open_all(void)
{
    struct error err = {0};
    struct model_config c;
    struct packed_options o = {.type = QUANT_Q8};
    model_config_read(&c, fixture.path, &err);
    struct tokenizer *t = tokenizer_read(fixture.path, &err);
    struct tokens ids = {0};
    if (t) tokenizer_encode(t, "ab <｜User｜> 12\n", 20, TOKENIZE_CONTROL, &ids, NULL);
    for (size_t i = 0; i < ids.len; i++)
        if ((size_t)ids.ids[i] >= tokenizer_vocab(t)) abort();
    tokens_free(&ids);
    tokenizer_free(t);
    error_clear(&err);
    struct packed_model *m = packed_model_open(fixture.path, &o, fixture.pool, &err);
    if (!m && err.code == ERROR_NONE) abort();
    if (!m) return;
    check_matrix(&m->embed);
    check_matrix(&m->layers[0].qkv);
    check_matrix(&m->layers[0].down);
    packed_model_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    if (size == 0) return 0;
    if (data[0] & 1) {
        if (!file_write(fixture.path, data + 1, size - 1, &err)) abort();
    } else {
        const struct buffer *good = &fixture.good[data[0] >> 1 & 1];
        char *changed = malloc(good->len);
        if (!changed) abort();
        memcpy(changed, good->data, good->len);
        for (size_t i = 1; i + 4 <= size; i += 4) {
            size_t at = (size_t)data[i] << 16 | (size_t)data[i + 1] << 8 | data[i + 2];
            changed[at % good->len] = (char)data[i + 3];
        }
        if (!file_write(fixture.path, changed, good->len, &err)) abort();
        free(changed);
    }
    open_all();
    return 0;
}
