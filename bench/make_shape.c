/* Makes a model folder of the exact shape of a config.json, with random bf16 weights and a real
 * tokenizer: what loading, quantizing and speed are measured on where the real weights are not at
 * hand. Matrices and biases are normal with the config's initializer_range, norms near 1; files of
 * more than 5 GB are split as Hugging Face splits them. The same seed gives the same bytes.
 *
 *   build/bench/make_shape CONFIG_DIR TOKENIZER_DIR OUT_DIR [SEED]
 *   build/bench/make_shape tests/golden/configs/DeepSeek-R1-Distill-Qwen-1.5B TOKENIZER /tmp/1.5b
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/thread_pool.h"
#include "model/config.h"
#include "model/safetensors.h"

#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_QUANTILES = 65536,
    CHUNK = 1 << 20, /* elements made and written at once */
    FILE_LIMIT = 64 << 20,
};
static const size_t SHARD_BYTES = 5000000000u;

struct shape_tensor {
    const char *name;
    size_t rows, cols; /* cols 0: one dimension */
    bool norm;
    size_t shard;
};

struct job {
    struct arena arena;
    struct shape_tensor *tensors;
    size_t n_tensors, n_shards, bytes;
    uint64_t seed;
    uint16_t weights[N_QUANTILES], norms[N_QUANTILES]; /* bf16 */
    /* The shard being written. */
    struct tensor_writer *writer;
    size_t shard;
    struct progress progress;
    atomic_size_t done;
    atomic_bool failed;
    struct error *errors; /* one a thread */
};

static size_t count_of(const struct shape_tensor *t)
{
    return t->rows * (t->cols ? t->cols : 1);
}

static uint16_t to_bf16(double value)
{
    float f = (float)value;
    uint32_t u;
    memcpy(&u, &f, 4);
    return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

/* Quantiles of the normal distribution, so that a weight costs 16 random bits and a look-up. */
static void fill_quantiles(struct job *j, double std)
{
    double low = -6;
    for (size_t i = 0; i < N_QUANTILES; i++) {
        double p = ((double)i + 0.5) / N_QUANTILES, high = 6;
        double a = low;
        for (int step = 0; step < 40; step++) {
            double mid = (a + high) / 2;
            if (0.5 * erfc(-mid / sqrt(2)) < p)
                a = mid;
            else
                high = mid;
        }
        low = a; /* the next one is above */
        j->weights[i] = to_bf16(std * a);
        j->norms[i] = to_bf16(1 + 0.1 * a);
    }
}

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* n elements; their place in the model alone decides what they are. */
static void fill_chunk(const struct job *j, size_t tensor, size_t chunk, uint16_t *out, size_t n)
{
    const uint16_t *table = j->tensors[tensor].norm ? j->norms : j->weights;
    uint64_t state = mix(mix(mix(j->seed) ^ (tensor + 1)) ^ (chunk + 1)) | 1;
    for (size_t i = 0; i < n; i += 4) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        uint64_t bits = state * 0x2545f4914f6cdd1du;
        for (size_t k = 0; k < 4 && i + k < n; k++, bits >>= 16) out[i + k] = table[bits & 0xffff];
    }
}

/* Thread body: writes its chunks of the current shard's tensors. */
static void write_shard(void *context, size_t thread, size_t n_threads)
{
    struct job *j = context;
    struct error *err = &j->errors[thread];
    uint16_t *values = malloc(CHUNK * sizeof *values);
    if (!values) {
        error_memory(err, "weights");
        j->failed = true;
        return;
    }
    size_t turn = 0;
    for (size_t t = 0; t < j->n_tensors; t++) {
        if (j->tensors[t].shard != j->shard) continue;
        size_t n = count_of(&j->tensors[t]);
        for (size_t chunk = 0; chunk * CHUNK < n && !j->failed; chunk++) {
            if (turn++ % n_threads != thread) continue;
            size_t first = chunk * CHUNK, len = n - first < CHUNK ? n - first : CHUNK;
            fill_chunk(j, t, chunk, values, len);
            if (!tensor_writer_write(j->writer, j->tensors[t].name, 2 * first, values, 2 * len,
                                     err))
                j->failed = true;
            size_t done = atomic_fetch_add(&j->done, 2 * len) + 2 * len;
            if (thread == 0) progress_update(&j->progress, done);
        }
    }
    free(values);
}

__attribute__((format(printf, 5, 6))) static void add(struct job *j, size_t rows, size_t cols,
                                                      bool norm, const char *fmt, ...)
{
    char name[128];
    va_list args;
    va_start(args, fmt);
    vsnprintf(name, sizeof name, fmt, args);
    va_end(args);
    j->tensors[j->n_tensors++] =
        (struct shape_tensor){arena_strdup(&j->arena, name), rows, cols, norm, 0};
}

/* Lists the tensors in the order of the original files and cuts them into shards. */
static bool list_tensors(struct job *j, const struct model_config *c, struct error *err)
{
    size_t q = c->n_heads * c->head_dim, kv = c->n_kv_heads * c->head_dim;
    j->tensors = arena_array(&j->arena, 3 + 16 * c->n_layers, sizeof *j->tensors);
    if (!j->tensors) return error_memory(err, "tensor list");
    add(j, c->vocab, c->hidden, false, "model.embed_tokens.weight");
    for (size_t l = 0; l < c->n_layers; l++) {
        add(j, c->hidden, 0, true, "model.layers.%zu.input_layernorm.weight", l);
        static const char names[3] = {'q', 'k', 'v'};
        for (size_t i = 0; i < 3; i++) {
            size_t rows = i == 0 ? q : kv;
            add(j, rows, c->hidden, false, "model.layers.%zu.self_attn.%c_proj.weight", l,
                names[i]);
            if (c->qkv_bias)
                add(j, rows, 0, false, "model.layers.%zu.self_attn.%c_proj.bias", l, names[i]);
            if (c->qk_norm && i < 2)
                add(j, c->head_dim, 0, true, "model.layers.%zu.self_attn.%c_norm.weight", l,
                    names[i]);
        }
        add(j, c->hidden, q, false, "model.layers.%zu.self_attn.o_proj.weight", l);
        if (c->o_bias) add(j, c->hidden, 0, false, "model.layers.%zu.self_attn.o_proj.bias", l);
        add(j, c->hidden, 0, true, "model.layers.%zu.post_attention_layernorm.weight", l);
        add(j, c->intermediate, c->hidden, false, "model.layers.%zu.mlp.gate_proj.weight", l);
        add(j, c->intermediate, c->hidden, false, "model.layers.%zu.mlp.up_proj.weight", l);
        add(j, c->hidden, c->intermediate, false, "model.layers.%zu.mlp.down_proj.weight", l);
    }
    add(j, c->hidden, 0, true, "model.norm.weight");
    if (!c->tied_head) add(j, c->vocab, c->hidden, false, "lm_head.weight");

    size_t in_shard = 0;
    for (size_t t = 0; t < j->n_tensors; t++) {
        if (!j->tensors[t].name) return error_memory(err, "tensor names");
        size_t bytes = 2 * count_of(&j->tensors[t]);
        if (in_shard && in_shard + bytes > SHARD_BYTES) {
            j->n_shards++;
            in_shard = 0;
        }
        j->tensors[t].shard = j->n_shards;
        in_shard += bytes;
        j->bytes += bytes;
    }
    j->n_shards++;
    return true;
}

static void shard_name(const struct job *j, size_t shard, char *out, size_t size)
{
    if (j->n_shards == 1)
        snprintf(out, size, "model.safetensors");
    else
        snprintf(out, size, "model-%05zu-of-%05zu.safetensors", shard + 1, j->n_shards);
}

static bool make_shard(struct job *j, size_t shard, const char *out, struct thread_pool *pool,
                       struct error *err)
{
    char name[64];
    shard_name(j, shard, name, sizeof name);
    char *path = path_join(out, name);
    if (!path) return error_memory(err, name);
    j->writer = tensor_writer_open(path, err);
    free(path);
    bool ok = j->writer && tensor_writer_metadata(j->writer, "format", "pt", err);
    for (size_t t = 0; t < j->n_tensors && ok; t++) {
        const struct shape_tensor *x = &j->tensors[t];
        if (x->shard != shard) continue;
        ok = tensor_writer_declare(j->writer, x->name, TENSOR_BF16, x->cols ? 2 : 1,
                                   (size_t[]){x->rows, x->cols}, err);
    }
    ok = ok && tensor_writer_begin(j->writer, err);
    if (ok) {
        j->shard = shard;
        thread_pool_run(pool, write_shard, j);
        for (size_t i = 0; i < thread_pool_size(pool); i++)
            if (j->errors[i].code) ok = error_set(err, j->errors[i].code, "%s", j->errors[i].text);
        ok = ok && tensor_writer_commit(j->writer, err);
    }
    tensor_writer_free(j->writer);
    j->writer = NULL;
    return ok;
}

static bool write_index(const struct job *j, const char *out, struct error *err)
{
    json_t *map = json_object();
    for (size_t t = 0; t < j->n_tensors; t++) {
        char name[64];
        shard_name(j, j->tensors[t].shard, name, sizeof name);
        json_object_set_new(map, j->tensors[t].name, json_string(name));
    }
    json_t *root = json_pack("{s:{s:I},s:o}", "metadata", "total_size", (json_int_t)j->bytes,
                             "weight_map", map);
    char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
    char *path = path_join(out, "model.safetensors.index.json");
    bool ok = text && path ? file_write(path, text, strlen(text), err)
                           : error_memory(err, "model.safetensors.index.json");
    free(path);
    free(text);
    json_decref(root);
    return ok;
}

static bool copy_file(const char *from, const char *to, const char *name, bool required,
                      struct error *err)
{
    char *source = path_join(from, name), *target = path_join(to, name), *data = NULL;
    size_t len;
    bool ok = source && target ? true : error_memory(err, name);
    if (ok && (required || file_exists(source)))
        ok = file_read(source, FILE_LIMIT, &data, &len, err) && file_write(target, data, len, err);
    free(data);
    free(source);
    free(target);
    return ok;
}

static bool read_initializer_range(const char *dir, double *std, struct error *err)
{
    char *path = path_join(dir, "config.json");
    json_t *root = path ? json_read_file(path, FILE_LIMIT, err) : NULL;
    *std = 0.02;
    bool ok = root && json_get_double(root, path, "initializer_range", false, std, err);
    json_decref(root);
    free(path);
    return ok;
}

static bool make_shape(const char *config, const char *tokenizer, const char *out, uint64_t seed,
                       struct error *err)
{
    bool ok = false;
    struct model_config c;
    double std;
    struct thread_pool *pool = NULL;
    struct job *j = calloc(1, sizeof *j);
    if (!j) return error_memory(err, "job");
    char *made = path_join(out, "config.json");
    if (!made) {
        error_memory(err, out);
        goto done;
    }
    if (file_exists(made)) {
        error_set(err, ERROR_USAGE, "%s: there is a model already", out);
        goto done;
    }
    j->seed = seed;
    pool = thread_pool_create(0, err);
    if (!pool || !model_config_read(&c, config, err) ||
        !read_initializer_range(config, &std, err) || !list_tensors(j, &c, err))
        goto done;
    fill_quantiles(j, std);
    j->errors = calloc(thread_pool_size(pool), sizeof *j->errors);
    if (!j->errors) {
        error_memory(err, "errors");
        goto done;
    }
    if (!file_make_directories(out, err) ||
        !copy_file(tokenizer, out, "tokenizer.json", true, err) ||
        !copy_file(tokenizer, out, "tokenizer_config.json", false, err) ||
        !copy_file(config, out, "generation_config.json", false, err))
        goto done;
    progress_start(&j->progress, "writing", "bytes", j->bytes);
    for (size_t shard = 0; shard < j->n_shards; shard++)
        if (!make_shard(j, shard, out, pool, err)) goto done;
    progress_end(&j->progress);
    /* config.json comes last: a folder that has it is whole. */
    ok = (j->n_shards == 1 || write_index(j, out, err)) &&
         copy_file(config, out, "config.json", true, err);
    if (ok)
        printf("%s: %s of %zu parameters, %zu bytes in %zu file%s\n", out,
               architecture_name(c.arch), model_config_parameters(&c), j->bytes, j->n_shards,
               j->n_shards == 1 ? "" : "s");
done:
    thread_pool_free(pool);
    free(made);
    free(j->errors);
    arena_free(&j->arena);
    free(j);
    return ok;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    char *end = NULL;
    uint64_t seed = argc == 5 ? strtoull(argv[4], &end, 10) : 1;
    if (argc < 4 || argc > 5 || (end && (*end || end == argv[4]))) {
        fprintf(stderr, "usage: make_shape CONFIG_DIR TOKENIZER_DIR OUT_DIR [SEED]\n");
        return 2;
    }
    if (make_shape(argv[1], argv[2], argv[3], seed, &err)) return 0;
    fprintf(stderr, "make_shape: %s\n", err.text);
    return 1;
}
