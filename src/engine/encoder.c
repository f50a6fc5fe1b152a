#include "engine/encoder.h"
#include "backend/cuda/encoder_cuda.h"
#include "base/clock.h"
#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_BATCH = 1024, /* tokens */
    GPU_BATCH = 8192,     /* that a large GPU is busy with */
    TEXT_TOKENS = 16,     /* of a text, at least, for a batch to be full */
    PADDING = 128,        /* rows that an embedding may have beyond the vocabulary */
};

struct encoder {
    char *name;
    struct thread_pool *pool;
    struct tokenizer *tokenizer;
    struct packed_encoder *model;
    struct encoder_backend *backend;
    struct gpus gpus;
    struct encoder_backend_options batch;
    int32_t cls, sep, mask, marker[2];
    bool *silent; /* (vocab), by id: passages have no vector of it; NULL: of all */
    double load_seconds;
};

/* ---- opening ---- */

static bool find_token(const struct encoder *e, const char *dir, const char *text, int32_t *id,
                       struct error *err)
{
    *id = tokenizer_find(e->tokenizer, text);
    return *id >= 0 ||
           error_set(err, ERROR_INPUT, "%s: the tokenizer has no token \"%s\"", dir, text);
}

/* ColBERT gives passages no vectors of these. */
static bool silence_punctuation(struct encoder *e, struct error *err)
{
    static const char MARKS[] = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    e->silent = calloc(e->model->config.vocab, sizeof *e->silent);
    if (!e->silent) return error_memory(err, "an encoder");
    struct tokens ids = {0};
    bool ok = true;
    for (size_t i = 0; ok && MARKS[i]; i++) {
        ids.len = 0;
        ok = tokenizer_encode(e->tokenizer, &MARKS[i], 1, TOKENIZE_TEXT, &ids, err);
        if (ok && ids.len) e->silent[ids.ids[0]] = true;
    }
    tokens_free(&ids);
    return ok;
}

static bool prepare_tokens(struct encoder *e, const char *dir, struct error *err)
{
    const struct encoder_config *c = &e->model->config;
    size_t n = tokenizer_vocab(e->tokenizer);
    if (n > c->vocab)
        return error_set(err, ERROR_INPUT,
                         "%s: the tokenizer has ids up to %zu, the model only %zu", dir, n - 1,
                         c->vocab);
    if (c->vocab - n >= PADDING)
        return error_set(err, ERROR_INPUT,
                         "%s: the model has %zu tokens, the tokenizer only %zu: it is another "
                         "model's or was cut short",
                         dir, c->vocab, n);
    if (!find_token(e, dir, "[CLS]", &e->cls, err) || !find_token(e, dir, "[SEP]", &e->sep, err))
        return false;
    if (!c->is_colbert) return true;
    return find_token(e, dir, "[MASK]", &e->mask, err) &&
           find_token(e, dir, c->marker[0], &e->marker[0], err) &&
           find_token(e, dir, c->marker[1], &e->marker[1], err) &&
           (!c->mask_punctuation || silence_punctuation(e, err));
}

/* On a GPU that the options allow and that has room for it, or on the CPU. */
static bool open_backend(struct encoder *e, const struct encoder_options *options,
                         struct error *err)
{
    struct encoder_placement place;
    struct encoder_backend_options *o = &e->batch;
    size_t usual = e->gpus.n ? GPU_BATCH : DEFAULT_BATCH, context = e->model->config.context;
    o->isa = options->isa;
    o->max_tokens = options->batch_tokens ? options->batch_tokens : usual;
    if (o->max_tokens < context) o->max_tokens = context;
    o->max_texts = o->max_tokens / TEXT_TOKENS + 1;
    if (!encoder_placement_make(e->model, o, &e->gpus, &place, err)) return false;
    *o = place.options;
    e->backend = place.device ? encoder_cuda_create(e->model, e->pool, &place, err)
                              : encoder_cpu_create(e->model, e->pool, o, err);
    return e->backend != NULL;
}

struct encoder *encoder_open(const char *model_dir, const struct encoder_options *options,
                             struct error *err)
{
    double started = clock_seconds();
    struct encoder *e = calloc(1, sizeof *e);
    size_t len = strlen(model_dir);
    while (len > 1 && model_dir[len - 1] == '/') len--;
    char *dir = strndup(model_dir, len);
    if (e && dir) e->name = strdup(path_base(dir));
    if (!e || !e->name) {
        error_memory(err, "an encoder");
        goto fail;
    }
    if (!file_is_directory(dir)) {
        error_set(err, ERROR_NOT_FOUND, "%s: %s", dir,
                  file_exists(dir) ? "is a file; an encoder is a folder with config.json"
                                   : "no such model folder");
        goto fail;
    }
    /* What is quick to refuse comes first. */
    struct encoder_config config;
    if (!encoder_config_read(&config, dir, err) ||
        !gpus_open(&e->gpus, options->device, options->gpu_source, err))
        goto fail;
    e->tokenizer = tokenizer_read(dir, err);
    e->pool = e->tokenizer ? thread_pool_create(options->n_threads, err) : NULL;
    if (!e->pool) goto fail;
    struct packed_options packed = {.type = options->type, .cache_dir = options->cache_dir};
    e->model = packed_encoder_open(dir, &packed, e->pool, err);
    if (!e->model || !prepare_tokens(e, dir, err)) goto fail;
    if (!open_backend(e, options, err)) goto fail;
    e->load_seconds = clock_seconds() - started;
    free(dir);
    return e;
fail:
    free(dir);
    encoder_free(e);
    return NULL;
}

void encoder_free(struct encoder *e)
{
    if (!e) return;
    if (e->backend) e->backend->ops->free(e->backend);
    gpus_close(&e->gpus);
    packed_encoder_free(e->model);
    tokenizer_free(e->tokenizer);
    thread_pool_free(e->pool);
    free(e->silent);
    free(e->name);
    free(e);
}

const struct tokenizer *encoder_tokenizer(const struct encoder *e)
{
    return e->tokenizer;
}

void encoder_info(const struct encoder *e, struct encoder_info *info)
{
    const struct encoder_config *c = &e->model->config;
    struct backend_memory memory;
    e->backend->ops->memory(e->backend, &memory);
    *info = (struct encoder_info){
        .name = e->name,
        .quantization = quant_type_label(e->model->type),
        .device = e->backend->ops->description(e->backend),
        .pooling = c->is_colbert               ? "none"
                   : c->pooling == POOLING_CLS ? "cls"
                                               : "mean",
        .per_token = c->is_colbert,
        .normalized = c->is_colbert || c->normalize,
        .dim = e->model->dim,
        .max_tokens = c->is_colbert ? c->passage_tokens : c->max_tokens,
        .n_layers = c->n_layers,
        .hidden = c->hidden,
        .vocab = c->vocab,
        .parameters = e->model->parameters,
        .weight_bytes = memory.weights,
        .activation_bytes = memory.activations,
        .from_cache = e->model->from_cache,
        .load_seconds = e->load_seconds,
    };
}

bool encoder_gpu(const struct encoder *e, struct backend_gpu *out)
{
    const struct encoder_backend_ops *ops = e->backend->ops;
    return ops->gpu && ops->gpu(e->backend, 0, out);
}

bool encoder_lost(const struct encoder *e)
{
    const struct encoder_backend_ops *ops = e->backend->ops;
    return ops->lost && ops->lost(e->backend);
}

/* ---- texts to tokens ---- */

/* Tokens of all texts, and the order in which they are computed. */
struct job {
    struct encoder *e;
    struct tokens ids;                  /* of all texts, one behind the other */
    size_t *first;                      /* (n + 1) into ids */
    size_t *order;                      /* (n): by length, the longest first */
    struct encoder_sequence *sequences; /* (n), in that order */
    size_t n;
};

static void job_free(struct job *j)
{
    tokens_free(&j->ids);
    free(j->first);
    free(j->order);
    free(j->sequences);
}

/* Appends a text with what the model wants around it, cut where it is too long. *n_keys: tokens
 * that are seen. */
static bool add_text(struct job *j, const struct encoder_text *text, enum encoder_kind kind,
                     struct tokens *words, size_t *n_keys, struct error *err)
{
    const struct encoder *e = j->e;
    const struct encoder_config *c = &e->model->config;
    const char *prompt = c->prompt[kind == ENCODER_QUERY];
    struct buffer joined = {0};
    words->len = 0;
    bool ok;
    if (*prompt) {
        buffer_puts(&joined, prompt);
        buffer_append(&joined, text->text, text->len);
        ok = joined.failed ? error_memory(err, "a text")
                           : tokenizer_encode(e->tokenizer, joined.data, joined.len, TOKENIZE_TEXT,
                                              words, err);
    } else {
        ok = tokenizer_encode(e->tokenizer, text->text, text->len, TOKENIZE_TEXT, words, err);
    }
    buffer_free(&joined);
    size_t room = !c->is_colbert          ? c->max_tokens - 2
                  : kind == ENCODER_QUERY ? c->query_tokens - 3
                                          : c->passage_tokens - 3;
    size_t n = words->len < room ? words->len : room, begin = j->ids.len;
    ok = ok && tokens_push(&j->ids, e->cls, err);
    if (ok && c->is_colbert) ok = tokens_push(&j->ids, e->marker[kind == ENCODER_QUERY], err);
    for (size_t i = 0; ok && i < n; i++) ok = tokens_push(&j->ids, words->ids[i], err);
    ok = ok && tokens_push(&j->ids, e->sep, err);
    *n_keys = j->ids.len - begin;
    if (!c->is_colbert || kind != ENCODER_QUERY) return ok;
    while (ok && j->ids.len - begin < c->query_tokens) ok = tokens_push(&j->ids, e->mask, err);
    if (c->attend_to_masks) *n_keys = j->ids.len - begin;
    return ok;
}

struct by_length {
    size_t n_tokens, index;
};

static int compare_lengths(const void *a, const void *b)
{
    const struct by_length *x = a, *y = b;
    if (x->n_tokens != y->n_tokens) return x->n_tokens > y->n_tokens ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static bool job_make(struct job *j, const struct encoder_text *texts, size_t n,
                     enum encoder_kind kind, struct error *err)
{
    struct tokens words = {0};
    struct by_length *lengths = calloc(n + 1, sizeof *lengths);
    size_t *n_keys = calloc(n + 1, sizeof *n_keys);
    j->n = n;
    j->first = calloc(n + 1, sizeof *j->first);
    j->order = calloc(n + 1, sizeof *j->order);
    j->sequences = calloc(n + 1, sizeof *j->sequences);
    bool ok = lengths && n_keys && j->first && j->order && j->sequences;
    if (!ok) error_memory(err, "texts to embed");
    for (size_t i = 0; ok && i < n; i++) {
        ok = add_text(j, &texts[i], kind, &words, &n_keys[i], err);
        j->first[i + 1] = j->ids.len;
        lengths[i] = (struct by_length){j->ids.len - j->first[i], i};
    }
    if (ok) qsort(lengths, n, sizeof *lengths, compare_lengths);
    for (size_t i = 0; ok && i < n; i++) {
        size_t text = j->order[i] = lengths[i].index;
        j->sequences[i] = (struct encoder_sequence){j->ids.ids + j->first[text],
                                                    lengths[i].n_tokens, n_keys[text]};
    }
    tokens_free(&words);
    free(n_keys);
    free(lengths);
    return ok;
}

/* Takes the vectors of one text: one, or of ColBERT one a token. */
typedef void take_vectors(void *context, size_t text, const float *vectors, size_t n_tokens);

static bool job_run(struct job *j, take_vectors *take, void *context, struct error *err)
{
    const struct encoder *e = j->e;
    size_t dim = e->model->dim;
    for (size_t done = 0; done < j->n;) {
        size_t count = 0, tokens = 0;
        while (done + count < j->n && count < e->batch.max_texts &&
               tokens + j->sequences[done + count].n_tokens <= e->batch.max_tokens)
            tokens += j->sequences[done + count++].n_tokens;
        const float *vectors = e->backend->ops->run(e->backend, j->sequences + done, count, err);
        if (!vectors) return false;
        for (size_t i = done; i < done + count; i++) {
            take(context, j->order[i], vectors, j->sequences[i].n_tokens);
            vectors += (e->model->config.is_colbert ? j->sequences[i].n_tokens : 1) * dim;
        }
        done += count;
    }
    return true;
}

/* ---- vectors ---- */

struct text_target {
    size_t dim;
    float *out;
};

static void keep_text(void *context, size_t text, const float *vectors, size_t n_tokens)
{
    struct text_target *t = context;
    (void)n_tokens;
    memcpy(t->out + text * t->dim, vectors, t->dim * sizeof *vectors);
}

bool encoder_embed(struct encoder *e, const struct encoder_text *texts, size_t n,
                   enum encoder_kind kind, float *out, struct error *err)
{
    if (e->model->config.is_colbert)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s is a ColBERT model: it has a vector a token, none a text", e->name);
    struct job j = {.e = e};
    struct text_target target = {e->model->dim, out};
    bool ok = job_make(&j, texts, n, kind, err) && job_run(&j, keep_text, &target, err);
    job_free(&j);
    return ok;
}

/* Which of a text's tokens have a vector. */
static bool has_vector(const struct encoder *e, enum encoder_kind kind, int32_t id)
{
    return kind == ENCODER_QUERY || !e->silent || !e->silent[id];
}

struct token_target {
    const struct job *job;
    enum encoder_kind kind;
    struct token_vectors *out;
};

static void keep_tokens(void *context, size_t text, const float *vectors, size_t n_tokens)
{
    struct token_target *t = context;
    size_t dim = t->out->dim;
    float *to = t->out->vectors + t->out->first[text] * dim;
    const int32_t *ids = t->job->ids.ids + t->job->first[text];
    for (size_t i = 0; i < n_tokens; i++) {
        if (!has_vector(t->job->e, t->kind, ids[i])) continue;
        memcpy(to, vectors + i * dim, dim * sizeof *to);
        to += dim;
    }
}

bool encoder_embed_tokens(struct encoder *e, const struct encoder_text *texts, size_t n,
                          enum encoder_kind kind, struct token_vectors *out, struct error *err)
{
    *out = (struct token_vectors){.n = n, .dim = e->model->dim};
    if (!e->model->config.is_colbert)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s is not a ColBERT model: it has a vector a text, none a token",
                         e->name);
    struct job j = {.e = e};
    struct token_target target = {&j, kind, out};
    bool ok = job_make(&j, texts, n, kind, err);
    if (ok) {
        out->first = calloc(n + 1, sizeof *out->first);
        for (size_t i = 0; out->first && i < n; i++) {
            out->first[i + 1] = out->first[i];
            for (size_t t = j.first[i]; t < j.first[i + 1]; t++)
                out->first[i + 1] += has_vector(e, kind, j.ids.ids[t]);
        }
        if (out->first) out->vectors = calloc(out->first[n] + 1, out->dim * sizeof *out->vectors);
        ok = out->vectors ? job_run(&j, keep_tokens, &target, err)
                          : error_memory(err, "vectors of tokens");
    }
    job_free(&j);
    if (!ok) token_vectors_free(out);
    return ok;
}

void token_vectors_free(struct token_vectors *v)
{
    free(v->first);
    free(v->vectors);
    *v = (struct token_vectors){0};
}

float token_vectors_score(const struct token_vectors *q, size_t query,
                          const struct token_vectors *p, size_t passage)
{
    double score = 0;
    for (size_t i = q->first[query]; i < q->first[query + 1]; i++) {
        float best = -INFINITY;
        for (size_t k = p->first[passage]; k < p->first[passage + 1]; k++) {
            float dot = 0;
            for (size_t d = 0; d < q->dim; d++)
                dot += q->vectors[i * q->dim + d] * p->vectors[k * q->dim + d];
            if (dot > best) best = dot;
        }
        if (best > -INFINITY) score += best;
    }
    return (float)score;
}
