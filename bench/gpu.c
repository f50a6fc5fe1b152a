/* `make gpu-check` runs this on a machine with a GPU. `gpu check`: steps of every kind, with every
 * kernel that they use, on the GPU against the CPU backend, over small models with random weights.
 * `gpu bench OUT.json`: the shapes of the models, q4 and q8, batch 1, 8 and 64 at two lengths of
 * context, prefill of two prompts, encoders, and beside them what a copy in the GPU's memory and
 * the program's own bf16 matrix product reach. Weights are random: one layer's, uploaded for each.
 * It needs no library but the C library, so that CUDA and a compiler are enough. */
#include "backend/cuda/backend_cuda.h"
#include "backend/cuda/encoder_cuda.h"
#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef GPU_ALONE /* built without the files that read JSON: nothing of theirs is reached here */
#include "model/safetensors.h"
void tensor_set_free(struct tensor_set *set)
{
    if (set) abort();
}

const char *architecture_name(enum architecture arch)
{
    return arch == ARCH_LLAMA ? "llama" : arch == ARCH_QWEN2 ? "qwen2" : "qwen3";
}
#endif

#define SHAPE(a, h, inter, layers, heads, kv, dim, ids)                                            \
    .arch = a, .hidden = h, .intermediate = inter, .n_layers = layers, .n_heads = heads,           \
    .n_kv_heads = kv, .head_dim = dim, .vocab = ids, .context = 1 << 17, .norm_eps = 1e-6f,        \
    .rope = {.kind = ROPE_DEFAULT, .theta = 10000, .factor = 1}

static struct gpus gpus;
static struct thread_pool *pool;

static const char *const TYPES[] = {"q4", "q8", "bf16"};

static _Noreturn void stop(const struct error *err)
{
    fprintf(stderr, "gpu: %s\n", err->text);
    exit(1);
}

static void *take(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (!p) stop(&(struct error){.text = "no memory"});
    return p;
}

/* ---- check ---- */

static const struct {
    const char *name;
    struct model_config config;
} SMALL[] = {
    {"qwen2, 2 heads a key", {SHAPE(ARCH_QWEN2, 96, 160, 3, 4, 2, 32, 331), .qkv_bias = true}},
    {"qwen2, tied, 7 heads a key",
     {SHAPE(ARCH_QWEN2, 448, 320, 3, 7, 1, 64, 1000), .qkv_bias = true, .tied_head = true}},
    {"llama, a key a head", {SHAPE(ARCH_LLAMA, 512, 1376, 3, 4, 4, 128, 2000)}},
    {"llama, biases",
     {SHAPE(ARCH_LLAMA, 80, 104, 2, 3, 3, 32, 331), .qkv_bias = true, .o_bias = true}},
    {"qwen3, norms of q and k", {SHAPE(ARCH_QWEN3, 256, 416, 3, 4, 2, 128, 777), .qk_norm = true}},
};

enum { PAGES = 64, TOKENS = 300, ROWS = 80, SEQUENCES = 80 };

/* RMS of what row r of the logits differs by, beside the RMS of the CPU's. */
static double logits_distance(struct backend *gpu, struct backend *cpu, size_t row, size_t vocab)
{
    const float *x = gpu->ops->logits(gpu, row), *y = cpu->ops->logits(cpu, row);
    double difference = 0, size = 0;
    for (size_t i = 0; i < vocab; i++) {
        double d = (double)x[i] - (double)y[i];
        difference += d * d;
        size += (double)y[i] * (double)y[i];
    }
    return sqrt(difference / size);
}

static bool run_check(size_t which, enum quant_type type, unsigned kv_bits)
{
    struct error err = {0};
    const struct model_config *c = &SMALL[which].config;
    struct backend_options o = {.n_pages = PAGES,
                                .max_tokens = TOKENS,
                                .max_logits = ROWS,
                                .max_sequences = SEQUENCES,
                                .max_context = 1024,
                                .kv_bits = kv_bits};
    struct placement place;
    struct packed_model *m = packed_model_random(c, type, 11, pool, &err);
    if (!m || !placement_make(c, type, &o, &gpus, &place, &err)) stop(&err);
    struct backend *cpu = backend_cpu_create(m, pool, &o, &err);
    struct backend *gpu = cpu ? backend_cuda_create(m, pool, &o, &gpus, &place, &err) : NULL;
    if (!gpu) stop(&err);
    static const size_t LENGTHS[] = {1, 3, 8, 17, 120, 1, 270, 33, 2, 1, 7, 1};
    int32_t tokens[TOKENS], pages[PAGES];
    double worst = 0;
    size_t position = 0;
    for (size_t i = 0; i < PAGES; i++) pages[i] = (int32_t)(i * 29 % PAGES);
    /* One sequence, in pieces of all sizes. */
    for (size_t k = 0; k < sizeof LENGTHS / sizeof *LENGTHS; k++) {
        size_t n = LENGTHS[k], rows = n < ROWS ? n : 2;
        for (size_t i = 0; i < n; i++) tokens[i] = (int32_t)((position + i) * 7919 % c->vocab);
        struct step_sequence s = {tokens, n, position, pages, rows, NULL};
        if (!cpu->ops->step(cpu, &s, 1, &err) || !gpu->ops->step(gpu, &s, 1, &err)) stop(&err);
        position += n;
        for (size_t r = 0; r < rows; r++) {
            double distance = logits_distance(gpu, cpu, r, c->vocab);
            if (!(distance <= worst)) worst = distance;
        }
    }
    /* Many sequences of one token, alike in their first page but the token: replayed. */
    struct step_sequence many[48];
    for (size_t i = 0; i < 48; i++) {
        tokens[i] = (int32_t)(i * 31 % c->vocab);
        many[i] = (struct step_sequence){&tokens[i], 1, 0, &pages[i], 1, NULL};
    }
    for (size_t round = 0; round < 3; round++) {
        if (!cpu->ops->step(cpu, many, 48, &err) || !gpu->ops->step(gpu, many, 48, &err))
            stop(&err);
        for (size_t r = 0; r < 48; r++) {
            double distance = logits_distance(gpu, cpu, r, c->vocab);
            if (!(distance <= worst)) worst = distance;
        }
    }
    /* Such models make five times as much of a rounding, and the two round at other places. */
    bool ok = worst <= (kv_bits == 8 ? 0.12 : 0.08);
    printf("%s %-28s %-4s KV %-2u differs from the CPU by %.4f RMS\n", ok ? "ok  " : "FAIL",
           SMALL[which].name, TYPES[type], kv_bits, worst);
    fflush(stdout);
    cpu->ops->free(cpu);
    gpu->ops->free(gpu);
    packed_model_free(m);
    return ok;
}

/* ---- encoders ---- */

#define ENCODER(h, inter, layers, heads, ids)                                                      \
    .hidden = h, .intermediate = inter, .n_layers = layers, .n_heads = heads,                      \
    .head_dim = (h) / (heads), .vocab = ids, .context = 512, .segments = 2, .norm_eps = 1e-12f,    \
    .normalize = true

static const struct encoder_shape {
    const char *name;
    size_t dim;
    struct encoder_config config;
} SMALL_ENCODERS[] =
    {
        {"encoder, heads of 16", 0, {ENCODER(48, 104, 3, 3, 331)}},
        {"encoder, the first token", 0, {ENCODER(384, 1536, 3, 12, 1000), .pooling = POOLING_CLS}},
        {"encoder, a vector a token", 128, {ENCODER(768, 3072, 2, 12, 777), .is_colbert = true}},
},
  ENCODERS[] = {
      {"MiniLM-L6", 0, {ENCODER(384, 1536, 6, 12, 30522)}},
      {"bge-small", 0, {ENCODER(384, 1536, 12, 12, 30522), .pooling = POOLING_CLS}},
      {"bge-large", 0, {ENCODER(1024, 4096, 24, 16, 30522), .pooling = POOLING_CLS}},
      {"ColBERTv2", 128, {ENCODER(768, 3072, 12, 12, 30522), .is_colbert = true}},
};

/* A model of random weights and its encoder on the GPU. */
struct gpu_encoder {
    struct packed_encoder *model;
    struct encoder_placement place;
    struct encoder_backend *gpu;
};

static struct gpu_encoder open_encoder(const struct encoder_shape *shape, enum quant_type type,
                                       size_t max_tokens, size_t max_texts)
{
    struct error err = {0};
    struct encoder_backend_options o = {.max_tokens = max_tokens, .max_texts = max_texts};
    struct gpu_encoder e = {0};
    e.model = packed_encoder_random(&shape->config, shape->dim, type, 3, pool, &err);
    if (!e.model || !encoder_placement_make(e.model, &o, &gpus, &e.place, &err) ||
        !(e.gpu = encoder_cuda_create(e.model, pool, &e.place, &err)))
        stop(&err);
    return e;
}

static void close_encoder(struct gpu_encoder *e)
{
    e->gpu->ops->free(e->gpu);
    packed_encoder_free(e->model);
}

/* `count` texts of the lengths by turns, of tokens at hand (512). */
static size_t make_texts(struct encoder_sequence *out, size_t count, const size_t *lengths,
                         size_t n_lengths, const int32_t *tokens)
{
    size_t all = 0;
    for (size_t i = 0; i < count; i++) {
        size_t n = lengths[i % n_lengths];
        out[i] = (struct encoder_sequence){tokens + i % 7, n, n > 9 ? n - i % 3 : n};
        all += n;
    }
    return all;
}

static bool check_encoder(const struct encoder_shape *shape, enum quant_type type)
{
    static const size_t LENGTHS[] = {1, 5, 64, 130, 33, 300, 17};
    enum { TEXTS = 7 };
    struct error err = {0};
    struct encoder_sequence texts[TEXTS];
    int32_t tokens[512];
    struct gpu_encoder e = open_encoder(shape, type, 1024, TEXTS);
    struct encoder_backend *cpu = encoder_cpu_create(e.model, pool, &e.place.options, &err);
    if (!cpu) stop(&err);
    for (size_t i = 0; i < 512; i++) tokens[i] = (int32_t)(i * 7919 % shape->config.vocab);
    size_t all = make_texts(texts, TEXTS, LENGTHS, TEXTS, tokens), dim = e.model->dim;
    const float *x = e.gpu->ops->run(e.gpu, texts, TEXTS, &err);
    const float *y = x ? cpu->ops->run(cpu, texts, TEXTS, &err) : NULL;
    if (!y) stop(&err);
    double least = 1;
    for (size_t i = 0; i < (shape->config.is_colbert ? all : TEXTS); i++) {
        double cosine = 0; /* they have length 1 */
        for (size_t d = 0; d < dim; d++) cosine += (double)x[i * dim + d] * (double)y[i * dim + d];
        if (!(cosine >= least)) least = cosine;
    }
    bool ok = least > (type == QUANT_BF16 ? 0.999 : 0.99);
    printf("%s %-28s %-4s cosine with the CPU's %.6f at least\n", ok ? "ok  " : "FAIL", shape->name,
           TYPES[type], least);
    fflush(stdout);
    cpu->ops->free(cpu);
    close_encoder(&e);
    return ok;
}

static int check(void)
{
    size_t passed = 0, failed = 0;
    for (size_t i = 0; i < sizeof SMALL / sizeof *SMALL; i++)
        for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++)
            for (unsigned bits = 8; bits <= 16; bits += 8)
                *(run_check(i, type, bits) ? &passed : &failed) += 1;
    for (size_t i = 0; i < sizeof SMALL_ENCODERS / sizeof *SMALL_ENCODERS; i++)
        for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++)
            *(check_encoder(&SMALL_ENCODERS[i], type) ? &passed : &failed) += 1;
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed ? 1 : 0;
}

/* ---- bench ---- */

static const struct {
    const char *name;
    struct model_config config;
} MODELS[] = {
    {"1.3B", {SHAPE(ARCH_LLAMA, 2048, 5504, 24, 16, 16, 128, 32256)}},
    {"1.5B", {SHAPE(ARCH_QWEN2, 1536, 8960, 28, 12, 2, 128, 151936), .qkv_bias = true}},
    {"6.7B", {SHAPE(ARCH_LLAMA, 4096, 11008, 32, 32, 32, 128, 32256)}},
    {"7B", {SHAPE(ARCH_QWEN2, 3584, 18944, 28, 28, 4, 128, 152064), .qkv_bias = true}},
    {"14B", {SHAPE(ARCH_QWEN2, 5120, 13824, 48, 40, 8, 128, 152064), .qkv_bias = true}},
    {"32B", {SHAPE(ARCH_QWEN2, 5120, 27648, 64, 40, 8, 128, 152064), .qkv_bias = true}},
    {"33B", {SHAPE(ARCH_LLAMA, 7168, 19200, 62, 56, 8, 128, 32256)}},
};

static FILE *json;
static double copy_rate, matrix_rate; /* bytes (read and written) and operations a second */

static void measure_copy(struct device *d)
{
    struct error err = {0};
    const size_t bytes = (size_t)1 << 30;
    void *a, *b;
    if (!d->ops->alloc(d, bytes, &a, &err) || !d->ops->alloc(d, bytes, &b, &err)) stop(&err);
    for (size_t round = 0; round < 5; round++) {
        double started = clock_seconds();
        for (size_t i = 0; i < 10; i++)
            if (!d->ops->copy(d, b, a, bytes, &err)) stop(&err);
        if (!d->ops->wait(d, &err)) stop(&err);
        double rate = 20.0 * (double)bytes / (clock_seconds() - started);
        if (rate > copy_rate) copy_rate = rate;
    }
    d->ops->free(d, a);
    d->ops->free(d, b);
}

/* This program's own kernel: 8192 rows, 8192 inputs, 4096 tokens. */
static void measure_matrix(struct device *d)
{
    enum { ROWS_ = 8192, COLS = 8192, N = 4096 };
    struct error err = {0};
    void *w, *x, *out;
    size_t bytes = packed_matrix_bytes(QUANT_BF16, ROWS_, COLS);
    if (!d->ops->alloc(d, bytes, &w, &err) || !d->ops->alloc(d, (size_t)COLS * N * 2, &x, &err) ||
        !d->ops->alloc(d, (size_t)ROWS_ * N * 4, &out, &err) || !d->ops->clear(d, w, bytes, &err) ||
        !d->ops->clear(d, x, (size_t)COLS * N * 2, &err))
        stop(&err);
    struct cuda_gemm_args args = {.w = {w, NULL, ROWS_, COLS},
                                  .x = {CUDA_FORM_BF16, COLS, x, NULL, NULL},
                                  .out = out,
                                  .n_tokens = N,
                                  .out_stride = ROWS_,
                                  .n_splits = 1};
    struct cuda_grid g = cuda_gemm_grid(&args);
    enum cuda_kernel k = cuda_gemm_kernel(QUANT_BF16, 0, N);
    struct device_launch l = {k,        {g.x, g.y, g.z}, cuda_kernel_info(k).threads,
                              g.shared, &args,           sizeof args};
    for (size_t round = 0; round < 5; round++) {
        double started = clock_seconds();
        for (size_t i = 0; i < 10; i++)
            if (!d->ops->launch(d, &l, &err)) stop(&err);
        if (!d->ops->wait(d, &err)) stop(&err);
        double rate = 10.0 * 2 * ROWS_ * COLS * N / (clock_seconds() - started);
        if (rate > matrix_rate) matrix_rate = rate;
    }
    d->ops->free(d, w);
    d->ops->free(d, x);
    d->ops->free(d, out);
}

/* The shape's weights out of one layer's. */
static struct packed_model *spread(const struct packed_model *one, const struct model_config *c)
{
    struct packed_model *m = take(1, sizeof *m);
    *m = *one;
    m->config = *c;
    m->layers = take(c->n_layers, sizeof *m->layers);
    for (size_t i = 0; i < c->n_layers; i++) m->layers[i] = one->layers[0];
    return m;
}

static size_t layer_bytes(const struct packed_model *one)
{
    const struct packed_layer *l = &one->layers[0];
    const struct packed_matrix *all[] = {&l->qkv, &l->o, &l->gate_up, &l->down};
    size_t bytes = 0;
    for (size_t i = 0; i < 4; i++)
        bytes += packed_matrix_bytes(all[i]->type, all[i]->rows, all[i]->cols);
    return bytes;
}

static double step_seconds(struct backend *b, const struct step_sequence *s, size_t n, size_t times)
{
    struct error err = {0};
    double best = INFINITY;
    for (size_t i = 0; i < times; i++) {
        double started = clock_seconds();
        if (!b->ops->step(b, s, n, &err)) stop(&err);
        double seconds = clock_seconds() - started;
        if (i > 2 && seconds < best) best = seconds;
    }
    return best;
}

static void report(const char *model, const char *type, const char *what, size_t batch,
                   size_t context, double rate, double share)
{
    static bool first = true;
    printf("%-9s %-3s %-7s batch %-3zu context %-5zu %10.1f tok/s  %5.1f %%\n", model, type, what,
           batch, context, rate, 100 * share);
    fflush(stdout);
    fprintf(json,
            "%s\n    {\"model\": \"%s\", \"type\": \"%s\", \"work\": \"%s\", \"batch\": %zu, "
            "\"context\": %zu, \"tokens_per_second\": %.2f, \"share\": %.4f}",
            first ? "" : ",", model, type, what, batch, context, rate, share);
    first = false;
}

/* One model on the first GPU; a batch that does not fit into its memory is left out, and said. */
static void bench_one(size_t which, enum quant_type type, size_t context, size_t batch)
{
    struct error err = {0};
    const struct model_config *c = &MODELS[which].config;
    struct model_config single = *c;
    single.n_layers = 1;
    size_t each = context / KV_PAGE + 1;
    struct backend_options o = {.n_pages = each * batch,
                                .max_tokens = 1024 + batch,
                                .max_logits = batch,
                                .max_sequences = batch,
                                .max_context = context + KV_PAGE,
                                .kv_bits = 16};
    struct placement place;
    if (!placement_make(c, type, &o, &gpus, &place, &err)) stop(&err);
    if (!place.fits || place.n_stages != 1) {
        printf("%-5s %-3s decode  batch %-3zu context %-5zu does not fit\n", MODELS[which].name,
               TYPES[type], batch, context);
        return;
    }
    struct packed_model *one = packed_model_random(&single, type, 5, pool, &err);
    if (!one) stop(&err);
    struct packed_model *m = spread(one, c);
    double started = clock_seconds();
    struct backend *b = backend_cuda_create(m, pool, &o, &gpus, &place, &err);
    if (!b) stop(&err);
    printf("%-5s %-3s loaded in %.2f s: weights %.2f, KV cache %.2f, activations %.2f GB\n",
           MODELS[which].name, TYPES[type], clock_seconds() - started,
           (double)place.memory.weights / 1e9, (double)place.memory.kv_cache / 1e9,
           (double)place.memory.activations / 1e9);
    struct step_sequence *s = take(batch, sizeof *s);
    struct backend_choice *greedy = take(batch, sizeof *greedy);
    int32_t *pages = take(each * batch, sizeof *pages), *tokens = take(1024, sizeof *tokens);
    for (size_t i = 0; i < each * batch; i++) pages[i] = (int32_t)i;
    for (size_t i = 0; i < batch; i++) {
        greedy[i].top_p = 1;
        s[i] = (struct step_sequence){tokens, 1, context - 1, pages + i * each, 1, &greedy[i]};
    }
    double seconds = step_seconds(b, s, batch, 30);
    double page = (double)place.memory.kv_cache / (double)(each * batch + 1);
    double head = (double)packed_matrix_bytes(one->head.type, one->head.rows, one->head.cols);
    double bytes = (double)layer_bytes(one) * (double)c->n_layers + head +
                   page * (double)batch * (double)context / KV_PAGE;
    report(MODELS[which].name, TYPES[type], "decode", batch, context, (double)batch / seconds,
           bytes / seconds / copy_rate);
    size_t prompts[] = {512, 4096};
    for (size_t k = 0; batch == 1 && k < 2; k++) {
        size_t n = prompts[k];
        if (n > context) continue;
        double best = INFINITY;
        for (size_t round = 0; round < 4; round++) {
            started = clock_seconds();
            for (size_t at = 0; at < n; at += 1024) {
                size_t part = n - at < 1024 ? n - at : 1024;
                struct step_sequence p = {tokens, part, at, pages, at + part == n, NULL};
                if (!b->ops->step(b, &p, 1, &err)) stop(&err);
            }
            double took = clock_seconds() - started;
            if (round && took < best) best = took;
        }
        size_t qkv = (c->n_heads + 2 * c->n_kv_heads) * c->head_dim,
               heads = c->n_heads * c->head_dim;
        double weights = (double)c->n_layers * ((double)c->hidden * (double)(qkv + heads) +
                                                3 * (double)c->hidden * (double)c->intermediate);
        double operations = 2 * weights * (double)n +
                            2 * (double)c->n_layers * (double)heads * (double)n * (double)n;
        report(MODELS[which].name, TYPES[type], "prefill", 1, n, (double)n / best,
               operations / best / matrix_rate);
    }
    b->ops->free(b);
    free(m->layers);
    free(m);
    packed_model_free(one);
    free(s);
    free(greedy);
    free(pages);
    free(tokens);
}

/* Many passages of 128 tokens, and one question of 16. The share is of the matrix product's rate.
 */
static void bench_encoder(const struct encoder_shape *shape)
{
    enum { MANY = 64 };
    static const size_t COUNTS[] = {MANY, 1}, LENGTHS[] = {128, 16};
    const struct encoder_config *c = &shape->config;
    struct error err = {0};
    struct encoder_sequence texts[MANY];
    int32_t tokens[512];
    struct gpu_encoder e = open_encoder(shape, QUANT_Q8, MANY * 128, MANY);
    for (size_t i = 0; i < 512; i++) tokens[i] = (int32_t)(i * 7919 % c->vocab);
    double weights = (double)c->n_layers * (double)c->hidden *
                     (4 * (double)c->hidden + 2 * (double)c->intermediate);
    if (c->is_colbert) weights += (double)c->hidden * (double)shape->dim;
    for (size_t k = 0; k < 2; k++) {
        double n = (double)make_texts(texts, COUNTS[k], &LENGTHS[k], 1, tokens), best = INFINITY;
        for (size_t round = 0; round < 30; round++) {
            double started = clock_seconds();
            if (!e.gpu->ops->run(e.gpu, texts, COUNTS[k], &err)) stop(&err);
            double took = clock_seconds() - started;
            if (round > 2 && took < best) best = took;
        }
        double operations = n * (2 * weights + 4 * (double)(c->n_layers * c->hidden * LENGTHS[k]));
        report(shape->name, "q8", "embed", COUNTS[k], LENGTHS[k], n / best,
               operations / best / matrix_rate);
    }
    close_encoder(&e);
}

static int bench(const char *path)
{
    struct device *d = gpus.devices[0];
    json = fopen(path, "w");
    if (!json) {
        perror(path);
        return 1;
    }
    measure_copy(d);
    measure_matrix(d);
    printf("%s, %.1f GB: copies %.0f GB/s, bf16 matrix product (this program's) %.0f TFLOP/s\n",
           d->info.name, (double)d->info.total / 1e9, copy_rate / 1e9, matrix_rate / 1e12);
    printf("decode: share of the copy rate over the bytes it must read; prefill and embed: of the "
           "matrix "
           "product's\n");
    fprintf(json,
            "{\n  \"gpu\": \"%s\",\n  \"capability\": %u,\n  \"copy_bytes_per_second\": %.4g,\n"
            "  \"bf16_operations_per_second\": %.4g,\n  \"rows\": [",
            d->info.name, d->info.capability, copy_rate, matrix_rate);
    static const size_t BATCHES[] = {1, 8, 64}, CONTEXTS[] = {512, 8192};
    double started = clock_seconds();
    for (size_t i = 0; i < sizeof ENCODERS / sizeof *ENCODERS; i++) bench_encoder(&ENCODERS[i]);
    for (size_t i = 0; i < sizeof MODELS / sizeof *MODELS; i++)
        for (enum quant_type type = QUANT_Q4; type <= QUANT_Q8; type++)
            for (size_t k = 0; k < 2; k++)
                for (size_t n = 0; n < 3; n++) {
                    if (clock_seconds() - started < 300)
                        bench_one(i, type, CONTEXTS[k], BATCHES[n]);
                    else
                        printf("%s %s: left out, time is up\n", MODELS[i].name, TYPES[type]);
                }
    fprintf(json, "\n  ]\n}\n");
    return fclose(json) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    bool is_bench = argc == 3 && strcmp(argv[1], "bench") == 0;
    if (!is_bench && !(argc == 2 && (!strcmp(argv[1], "check") || !strcmp(argv[1], "find")))) {
        fprintf(stderr, "usage: gpu find | check | bench OUT.json\n");
        return 2;
    }
    if (!gpus_open(&gpus, "cuda", NULL, &err)) {
        fprintf(stderr, "gpu-check: %s\n", err.text);
        return 1;
    }
    while (gpus.n > 1) { /* one is enough to measure */
        struct device *d = gpus.devices[--gpus.n];
        d->ops->close(d);
    }
    pool = thread_pool_create(0, &err);
    if (!pool) stop(&err);
    int status = is_bench ? bench(argv[2]) : strcmp(argv[1], "check") == 0 ? check() : 0;
    gpus_close(&gpus);
    thread_pool_free(pool);
    return status;
}
