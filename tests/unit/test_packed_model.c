/* Packed models: every tensor of a Hugging Face folder ends where it belongs, the packed file is
 * used again while it is current and whole, and whatever goes wrong with it, the weights are right.
 */
#include "scratch.h"
#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "model/safetensors.h"
#include "quant/packed_model.h"
#include "quant/quantize.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- folders to try it on ---- */

struct recipe {
    const char *arch;
    size_t hidden, intermediate, layers, heads, kv_heads, head_dim, vocab;
    bool tied, shards, attention_bias;
    enum tensor_type type;
    const char *extra;  /* name of a tensor that no model has */
    const char *poison; /* name of a tensor with two NaN and an infinity */
    const char *missing, *reshaped, *retyped;
};

static const struct recipe SMALL = {"qwen2", 64, 40, 2, 4, 2, 16, 50, .type = TENSOR_BF16};

static bool is_named(const char *name, const char *wanted)
{
    return wanted && strcmp(name, wanted) == 0;
}

/* Element i of the tensor `name`: small, bf16-exact, and telling name and place apart. */
static float weight_of(const char *name, size_t i)
{
    uint64_t z = i * 0x9e3779b97f4a7c15u + 1;
    for (; *name; name++) z = (z ^ (uint8_t)*name) * 0x100000001b3u;
    z = (z ^ z >> 31) * 0x94d049bb133111ebu;
    float sum = 0;
    for (int k = 0; k < 4; k++) sum += (float)((z >> 16 * k & 0xffff)) / 65536 - 0.5f;
    return f32_from_bf16(bf16_from_f32(sum * 0.05f));
}

struct writer {
    struct tensor_writer *files[2];
    const struct recipe *r;
    bool writing;      /* else declaring */
    char map[1 << 16]; /* entries of the index */
    size_t n;          /* tensors so far: they go to the shards by turns */
};

static void put(struct writer *w, const char *name, size_t rows, size_t cols)
{
    const struct recipe *r = w->r;
    if (is_named(name, r->missing)) return;
    size_t shape[2] = {rows, cols}, total = rows * (cols ? cols : 1);
    if (is_named(name, r->reshaped)) shape[0]++, total += cols ? cols : 1;
    enum tensor_type type = is_named(name, r->retyped) ? TENSOR_I32 : r->type;
    struct error err = {0};
    size_t shard = r->shards ? w->n++ % 2 : 0;
    if (!w->writing) {
        if (!tensor_writer_declare(w->files[shard], name, type, cols ? 2 : 1, shape, &err))
            fail_msg("%s", err.text);
        size_t used = strlen(w->map);
        snprintf(w->map + used, sizeof w->map - used, "%s\"%s\": \"part-%zu.safetensors\"",
                 used ? ", " : "", name, shard);
        return;
    }
    size_t size = tensor_type_size(type);
    uint8_t *data = calloc(total, size);
    assert_non_null(data);
    for (size_t i = 0; i < total; i++) {
        float f = weight_of(name, i);
        if (is_named(name, r->poison) && i < 3) f = i ? NAN : INFINITY;
        uint16_t half = type == TENSOR_F16 ? f16_from_f32(f) : bf16_from_f32(f);
        if (size == 4)
            memcpy(data + 4 * i, &f, 4);
        else
            memcpy(data + 2 * i, &half, 2);
    }
    if (!tensor_writer_write(w->files[shard], name, 0, data, total * size, &err))
        fail_msg("%s", err.text);
    free(data);
}

static void put_all(struct writer *w)
{
    const struct recipe *r = w->r;
    bool qwen3 = strcmp(r->arch, "qwen3") == 0;
    size_t q = r->heads * r->head_dim, kv = r->kv_heads * r->head_dim;
    w->n = 0;
    put(w, "model.embed_tokens.weight", r->vocab, r->hidden);
    for (size_t i = 0; i < r->layers; i++) {
        char name[128];
#define PUT(part, rows, cols)                                                                      \
    snprintf(name, sizeof name, "model.layers.%zu." part, i);                                      \
    put(w, name, rows, cols)
        PUT("input_layernorm.weight", r->hidden, 0);
        PUT("post_attention_layernorm.weight", r->hidden, 0);
        PUT("self_attn.q_proj.weight", q, r->hidden);
        PUT("self_attn.k_proj.weight", kv, r->hidden);
        PUT("self_attn.v_proj.weight", kv, r->hidden);
        PUT("self_attn.o_proj.weight", r->hidden, q);
        PUT("mlp.gate_proj.weight", r->intermediate, r->hidden);
        PUT("mlp.up_proj.weight", r->intermediate, r->hidden);
        PUT("mlp.down_proj.weight", r->hidden, r->intermediate);
        if (strcmp(r->arch, "qwen2") == 0 || r->attention_bias) {
            PUT("self_attn.q_proj.bias", q, 0);
            PUT("self_attn.k_proj.bias", kv, 0);
            PUT("self_attn.v_proj.bias", kv, 0);
        }
        if (r->attention_bias) {
            PUT("self_attn.o_proj.bias", r->hidden, 0);
        }
        if (qwen3) {
            PUT("self_attn.q_norm.weight", r->head_dim, 0);
            PUT("self_attn.k_norm.weight", r->head_dim, 0);
        }
#undef PUT
    }
    put(w, "model.norm.weight", r->hidden, 0);
    if (!r->tied) put(w, "lm_head.weight", r->vocab, r->hidden);
    if (r->extra) put(w, r->extra, 8, 0);
}

/* Writes the folder and returns its path. */
static const char *make_model(const struct recipe *r)
{
    static char dir[512];
    snprintf(dir, sizeof dir, "%s/tiny-model", scratch);
    struct error err = {0};
    assert_true(file_make_directories(dir, &err));
    char config[1024];
    snprintf(config, sizeof config,
             "{\"model_type\": \"%s\", \"hidden_size\": %zu, \"intermediate_size\": %zu, "
             "\"num_hidden_layers\": %zu, \"num_attention_heads\": %zu, \"num_key_value_heads\": "
             "%zu, \"head_dim\": %zu, \"vocab_size\": %zu, \"max_position_embeddings\": 512, "
             "\"rope_theta\": 10000.0, \"rms_norm_eps\": 1e-6, \"tie_word_embeddings\": %s, "
             "\"attention_bias\": %s, \"hidden_act\": \"silu\"}",
             r->arch, r->hidden, r->intermediate, r->layers, r->heads, r->kv_heads, r->head_dim,
             r->vocab, r->tied ? "true" : "false", r->attention_bias ? "true" : "false");
    assert_true(file_write(in_scratch("tiny-model/config.json"), config, strlen(config), &err));

    struct writer *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->r = r;
    w->files[0] = tensor_writer_open(
        in_scratch(r->shards ? "tiny-model/part-0.safetensors" : "tiny-model/model.safetensors"),
        &err);
    if (r->shards)
        w->files[1] = tensor_writer_open(in_scratch("tiny-model/part-1.safetensors"), &err);
    assert_int_equal(err.code, ERROR_NONE);
    put_all(w);
    for (size_t i = 0; i < 2; i++)
        if (w->files[i] && !tensor_writer_begin(w->files[i], &err)) fail_msg("%s", err.text);
    w->writing = true;
    put_all(w);
    for (size_t i = 0; i < 2; i++) {
        if (w->files[i] && !tensor_writer_commit(w->files[i], &err)) fail_msg("%s", err.text);
        tensor_writer_free(w->files[i]);
    }
    if (r->shards) {
        char *index = NULL;
        int n = asprintf(&index, "{\"metadata\": {}, \"weight_map\": {%s}}", w->map);
        assert_true(n > 0);
        assert_true(file_write(in_scratch("tiny-model/model.safetensors.index.json"), index,
                               (size_t)n, &err));
        free(index);
    }
    free(w);
    return dir;
}

static struct packed_model *open_model(const char *dir, enum quant_type type, const char *cache,
                                       struct error *err)
{
    struct thread_pool *pool = thread_pool_create(3, err);
    assert_non_null(pool);
    struct packed_options options = {.type = type, .cache_dir = cache};
    struct packed_model *m = packed_model_open(dir, &options, pool, err);
    thread_pool_free(pool);
    return m;
}

static struct packed_model *must_open(const char *dir, enum quant_type type, const char *cache)
{
    struct error err = {0};
    struct packed_model *m = open_model(dir, type, cache, &err);
    if (!m) fail_msg("%s", err.text);
    return m;
}

/* The only packed file in the cache. */
static char *packed_path(const char *cache)
{
    char *found = NULL;
    DIR *d = opendir(cache);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        size_t n = strlen(e->d_name);
        static const char TAIL[] = ".packed.safetensors";
        if (n < sizeof TAIL || strcmp(e->d_name + n - sizeof TAIL + 1, TAIL) != 0) continue;
        assert_null(found);
        found = path_join(cache, e->d_name);
    }
    closedir(d);
    assert_non_null(found);
    return found;
}

/* ---- what must be in them ---- */

static void check_row(const struct packed_matrix *m, size_t row, const char *name, size_t from)
{
    float *got = malloc(m->cols * sizeof *got);
    assert_non_null(got);
    packed_matrix_read_row(m, row, got);
    double error = 0, total = 0;
    for (size_t i = 0; i < m->cols; i++) {
        float want = name ? weight_of(name, from * m->cols + i) : 0;
        if (m->type == QUANT_F32 || m->type == QUANT_BF16 || !name) assert_true(got[i] == want);
        error += (double)(got[i] - want) * (double)(got[i] - want);
        total += (double)want * want;
    }
    free(got);
    assert_true(error <= (m->type == QUANT_Q4 ? 0.02 : 1e-4) * total); /* 14 %, 1 % RMS a row */
}

static void check_matrix(const struct packed_matrix *m, enum quant_type type, const char *name,
                         size_t rows, size_t cols)
{
    assert_int_equal(m->type, type);
    assert_int_equal(m->rows, rows);
    assert_int_equal(m->cols, cols);
    assert_int_equal((uintptr_t)m->data % 64, 0);
    for (size_t r = 0; r < rows; r++) check_row(m, r, name, r);
}

static void check_vector(const float *v, const char *name, size_t n)
{
    assert_non_null(v);
    for (size_t i = 0; i < n; i++) assert_true(v[i] == weight_of(name, i));
}

static void check_layer(const struct packed_model *m, const struct recipe *r, size_t i)
{
    const struct packed_layer *l = &m->layers[i];
    size_t q = r->heads * r->head_dim, kv = r->kv_heads * r->head_dim;
    bool bias = strcmp(r->arch, "qwen2") == 0 || r->attention_bias;
    char name[8][128];
    static const char *const PARTS[] = {"q_proj", "k_proj", "v_proj"};
    for (size_t k = 0; k < 3; k++)
        snprintf(name[k], sizeof name[k], "model.layers.%zu.self_attn.%s.weight", i, PARTS[k]);

    assert_int_equal(l->qkv.rows, q + 2 * kv);
    for (size_t row = 0; row < q; row++) check_row(&l->qkv, row, name[0], row);
    for (size_t row = 0; row < kv; row++) check_row(&l->qkv, q + row, name[1], row);
    for (size_t row = 0; row < kv; row++) check_row(&l->qkv, q + kv + row, name[2], row);
    assert_true((l->qkv_bias != NULL) == bias);
    for (size_t k = 0, at = 0; bias && k < 3; k++) {
        snprintf(name[k], sizeof name[k], "model.layers.%zu.self_attn.%s.bias", i, PARTS[k]);
        check_vector(l->qkv_bias + at, name[k], k ? kv : q);
        at += k ? kv : q;
    }
    snprintf(name[0], sizeof name[0], "model.layers.%zu.self_attn.o_proj.weight", i);
    check_matrix(&l->o, m->type, name[0], r->hidden, q);
    assert_true((l->o_bias != NULL) == r->attention_bias);
    snprintf(name[0], sizeof name[0], "model.layers.%zu.self_attn.o_proj.bias", i);
    if (r->attention_bias) check_vector(l->o_bias, name[0], r->hidden);

    /* 16 rows of gate, 16 of up, by turns; zeros past the end of both. */
    snprintf(name[0], sizeof name[0], "model.layers.%zu.mlp.gate_proj.weight", i);
    snprintf(name[1], sizeof name[1], "model.layers.%zu.mlp.up_proj.weight", i);
    size_t padded = (r->intermediate + 15) / 16 * 16;
    assert_int_equal(l->gate_up.rows, 2 * padded);
    for (size_t row = 0; row < padded; row++)
        for (size_t k = 0; k < 2; k++)
            check_row(&l->gate_up, row / 16 * 32 + k * 16 + row % 16,
                      row < r->intermediate ? name[k] : NULL, row);
    snprintf(name[0], sizeof name[0], "model.layers.%zu.mlp.down_proj.weight", i);
    check_matrix(&l->down, m->type, name[0], r->hidden, r->intermediate);

    snprintf(name[0], sizeof name[0], "model.layers.%zu.input_layernorm.weight", i);
    check_vector(l->attn_norm, name[0], r->hidden);
    snprintf(name[0], sizeof name[0], "model.layers.%zu.post_attention_layernorm.weight", i);
    check_vector(l->mlp_norm, name[0], r->hidden);
    bool qk_norm = strcmp(r->arch, "qwen3") == 0;
    assert_true((l->q_norm != NULL) == qk_norm && (l->k_norm != NULL) == qk_norm);
    if (!qk_norm) return;
    snprintf(name[0], sizeof name[0], "model.layers.%zu.self_attn.q_norm.weight", i);
    check_vector(l->q_norm, name[0], r->head_dim);
    snprintf(name[0], sizeof name[0], "model.layers.%zu.self_attn.k_norm.weight", i);
    check_vector(l->k_norm, name[0], r->head_dim);
}

static void check_model(const struct packed_model *m, const struct recipe *r)
{
    enum quant_type embed = m->type == QUANT_Q4 && !r->tied ? QUANT_Q8 : m->type;
    check_matrix(&m->embed, embed, "model.embed_tokens.weight", r->vocab, r->hidden);
    if (r->tied)
        assert_ptr_equal(m->head.data, m->embed.data);
    else
        check_matrix(&m->head, m->type, "lm_head.weight", r->vocab, r->hidden);
    check_vector(m->norm, "model.norm.weight", r->hidden);
    for (size_t i = 0; i < r->layers; i++) check_layer(m, r, i);
    assert_true(m->bytes >= m->bytes_per_token && m->bytes_per_token > 0);
    assert_true((m->bytes == m->bytes_per_token) == r->tied);
}

/* What log_warn wrote between the two calls; the caller frees the text. */
static int saved_stderr = -1;

static void capture_start(void)
{
    fflush(stderr);
    saved_stderr = dup(STDERR_FILENO);
    int fd = open(in_scratch("log"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(saved_stderr >= 0 && fd >= 0);
    dup2(fd, STDERR_FILENO);
    close(fd);
    log_set_level(LOG_WARN);
}

static char *capture_end(void)
{
    fflush(stderr);
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    log_set_level(LOG_QUIET);
    char *text = NULL;
    struct error err = {0};
    assert_true(file_read(in_scratch("log"), 1 << 20, &text, NULL, &err));
    return text;
}

static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, part)); p++) n++;
    return n;
}

/* ---- tests ---- */

static const enum quant_type ALL_TYPES[] = {QUANT_Q4, QUANT_Q8, QUANT_BF16, QUANT_F32};

static void every_tensor_lands_where_it_belongs(void **state)
{
    (void)state;
    static const struct recipe RECIPES[] = {
        {"qwen2", 64, 40, 2, 4, 2, 16, 50, .type = TENSOR_BF16},
        {"qwen2", 48, 33, 1, 3, 1, 8, 37, .tied = true, .type = TENSOR_F32},
        {"llama", 64, 64, 2, 4, 4, 16, 65, .type = TENSOR_F32, .shards = true},
        {"llama", 40, 48, 1, 5, 1, 8, 33, .type = TENSOR_BF16, .attention_bias = true},
        {"qwen3", 96, 80, 3, 4, 2, 32, 70, .type = TENSOR_BF16, .tied = true, .shards = true},
    };
    for (size_t i = 0; i < sizeof RECIPES / sizeof *RECIPES; i++)
        for (size_t t = 0; t < 4; t++) {
            const char *dir = make_model(&RECIPES[i]);
            for (size_t to_memory = 0; to_memory < 2; to_memory++) {
                struct packed_model *m =
                    must_open(dir, ALL_TYPES[t], to_memory ? NULL : in_scratch("cache"));
                assert_false(m->from_cache);
                check_model(m, &RECIPES[i]);
                packed_model_free(m);
            }
            scratch_remove_tree(in_scratch("cache"));
            scratch_remove_tree(in_scratch("tiny-model"));
        }
}

static void f16_sources_are_read(void **state)
{
    (void)state;
    struct recipe r = SMALL;
    r.type = TENSOR_F16;
    struct packed_model *m = must_open(make_model(&r), QUANT_F32, NULL);
    float row[64];
    packed_matrix_read_row(&m->layers[1].o, 3, row);
    for (size_t i = 0; i < 64; i++) {
        float want = weight_of("model.layers.1.self_attn.o_proj.weight", 3 * 64 + i);
        assert_true(row[i] == f32_from_f16(f16_from_f32(want)));
    }
    packed_model_free(m);
}

static void second_open_maps_what_the_first_packed(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    for (size_t t = 0; t < 4; t++)
        for (size_t turn = 0; turn < 3; turn++) {
            struct packed_model *m = must_open(dir, ALL_TYPES[t], in_scratch("deep/down/cache"));
            assert_int_equal(m->from_cache, turn > 0);
            check_model(m, &SMALL);
            packed_model_free(m);
        }
}

static void rebuild_option_packs_again(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    packed_model_free(must_open(dir, QUANT_Q4, in_scratch("cache")));
    struct error err = {0};
    struct thread_pool *pool = thread_pool_create(2, &err);
    struct packed_options options = {QUANT_Q4, in_scratch("cache"), true};
    struct packed_model *m = packed_model_open(dir, &options, pool, &err);
    assert_non_null(m);
    assert_false(m->from_cache);
    check_model(m, &SMALL);
    packed_model_free(m);
    thread_pool_free(pool);
}

static void changed_source_is_packed_again(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    packed_model_free(must_open(dir, QUANT_Q8, in_scratch("cache")));
    static const char *const FILES[] = {"tiny-model/model.safetensors", "tiny-model/config.json"};
    for (size_t i = 0; i < 2; i++) {
        struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {1000000000 + (time_t)i, 1}};
        assert_int_equal(utimensat(AT_FDCWD, in_scratch(FILES[i]), times, 0), 0);
        for (size_t turn = 0; turn < 2; turn++) {
            struct packed_model *m = must_open(dir, QUANT_Q8, in_scratch("cache"));
            assert_int_equal(m->from_cache, turn > 0);
            packed_model_free(m);
        }
    }
    /* Other weights, and a config of other shapes, in the same place. */
    struct recipe other = SMALL;
    other.vocab = 66;
    other.layers = 1;
    make_model(&other);
    struct packed_model *m = must_open(dir, QUANT_Q8, in_scratch("cache"));
    assert_false(m->from_cache);
    check_model(m, &other);
    packed_model_free(m);
}

static void folders_of_one_name_do_not_share_a_file(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    packed_model_free(must_open(dir, QUANT_Q4, in_scratch("cache")));
    assert_int_equal(mkdir(in_scratch("other"), 0755), 0);
    assert_int_equal(rename(in_scratch("tiny-model"), in_scratch("other/tiny-model")), 0);
    struct packed_model *m =
        must_open(in_scratch("other/tiny-model"), QUANT_Q4, in_scratch("cache"));
    assert_false(m->from_cache);
    packed_model_free(m);
}

static void write_file(const char *path, const char *data, size_t len)
{
    struct error err = {0};
    if (!file_write(path, data, len, &err)) fail_msg("%s", err.text);
}

static void flipped_byte_is_found_wherever_it_is(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    packed_model_free(must_open(dir, QUANT_Q4, in_scratch("cache")));
    char *path = packed_path(in_scratch("cache")), *good, *bad;
    size_t len;
    struct error err = {0};
    assert_true(file_read(path, 1 << 24, &good, &len, &err));
    bad = malloc(len);
    assert_non_null(bad);

    /* Which bytes matter: the data of tensors (their padding is left out by the reader). */
    struct tensor_set *set = tensor_set_open_file(path, &err);
    assert_non_null(set);
    struct mapping map;
    bool *matters = calloc(len, sizeof *matters);
    assert_true(mapping_open(&map, path, &err) && matters);
    for (size_t i = 0; i < tensor_set_count(set); i++) {
        const struct tensor *t = tensor_set_at(set, i);
        const uint8_t *base = (const uint8_t *)tensor_set_at(set, 0)->data;
        uint64_t header;
        memcpy(&header, map.data, 8);
        size_t at = 8 + header + (size_t)((const uint8_t *)t->data - base);
        for (size_t k = 0; k < t->size; k++) matters[at + k] = true;
    }
    mapping_close(&map);
    tensor_set_free(set);

    size_t found = 0;
    for (size_t at = 0; at < len; at += at < 64 ? 5 : 331) {
        memcpy(bad, good, len);
        bad[at] = (char)(bad[at] ^ (1 << at % 8));
        write_file(path, bad, len);
        struct packed_model *m = must_open(dir, QUANT_Q4, in_scratch("cache"));
        if (matters[at] || at < 8) {
            assert_false(m->from_cache);
            found++;
        }
        check_model(m, &SMALL);
        packed_model_free(m);
        char *again;
        size_t again_len;
        assert_true(file_read(path, 1 << 24, &again, &again_len, &err));
        if (matters[at]) {
            assert_int_equal(again_len, len);
            assert_memory_equal(again, good, len);
        }
        free(again);
    }
    assert_true(found > 50);
    free(matters);
    free(bad);
    free(good);
    free(path);
}

static void truncated_file_is_packed_again(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    packed_model_free(must_open(dir, QUANT_BF16, in_scratch("cache")));
    char *path = packed_path(in_scratch("cache")), *good;
    size_t len;
    struct error err = {0};
    assert_true(file_read(path, 1 << 24, &good, &len, &err));
    const size_t LENGTHS[] = {0, 7, 8, 100, len / 2, len - 1};
    for (size_t i = 0; i < 6; i++) {
        write_file(path, good, LENGTHS[i]);
        for (size_t turn = 0; turn < 2; turn++) {
            struct packed_model *m = must_open(dir, QUANT_BF16, in_scratch("cache"));
            assert_int_equal(m->from_cache, turn > 0);
            check_model(m, &SMALL);
            packed_model_free(m);
        }
    }
    free(good);
    free(path);
}

static void other_format_version_is_packed_again(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    packed_model_free(must_open(dir, QUANT_Q8, in_scratch("cache")));
    char *path = packed_path(in_scratch("cache")), *data;
    size_t len;
    struct error err = {0};
    assert_true(file_read(path, 1 << 24, &data, &len, &err));
    char *key = memmem(data, len, "\"packed_version\"", 16);
    assert_non_null(key);
    char *value = strchr(key + 16, '"');
    assert_non_null(value);
    value[1] = '~';
    write_file(path, data, len);
    for (size_t turn = 0; turn < 2; turn++) {
        struct packed_model *m = must_open(dir, QUANT_Q8, in_scratch("cache"));
        assert_int_equal(m->from_cache, turn > 0);
        check_model(m, &SMALL);
        packed_model_free(m);
    }
    free(data);
    free(path);
}

static void damage_is_warned_of_once(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    packed_model_free(must_open(dir, QUANT_Q4, in_scratch("cache")));
    char *path = packed_path(in_scratch("cache")), *data;
    size_t len;
    struct error err = {0};
    assert_true(file_read(path, 1 << 24, &data, &len, &err));
    data[len - 5000] ^= 1;
    write_file(path, data, len);
    capture_start();
    packed_model_free(must_open(dir, QUANT_Q4, in_scratch("cache")));
    char *log = capture_end();
    assert_int_equal(count_of(log, "\n"), 1);
    assert_int_equal(count_of(log, path), 1);
    assert_int_equal(count_of(log, "checksum"), 1);
    free(log);
    free(data);
    free(path);
}

static void two_processes_at_once_pack_once(void **state)
{
    (void)state;
    struct recipe r = SMALL;
    r.vocab = 3000; /* long enough for them to meet */
    r.hidden = 256;
    r.head_dim = 64;
    const char *dir = make_model(&r);
    for (int round = 0; round < 3; round++) {
        pid_t child[2];
        for (size_t i = 0; i < 2; i++) {
            child[i] = fork();
            assert_true(child[i] >= 0);
            if (child[i]) continue;
            struct error err = {0};
            struct packed_model *m = open_model(dir, QUANT_Q4, in_scratch("cache"), &err);
            float row[256] = {0};
            if (m) packed_matrix_read_row(&m->layers[1].down, 200, row);
            _exit(!m || row[0] == 0 ? 2 : m->from_cache);
        }
        int status[2];
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(waitpid(child[i], &status[i], 0), child[i]);
            assert_true(WIFEXITED(status[i]) && WEXITSTATUS(status[i]) < 2);
        }
        assert_int_equal(WEXITSTATUS(status[0]) + WEXITSTATUS(status[1]), 1);
        scratch_remove_tree(in_scratch("cache"));
    }
}

static void cache_that_cannot_be_made_leaves_the_weights_in_memory(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    write_file(in_scratch("file"), "x", 1);
    const char *const PLACES[] = {in_scratch("file/cache"), "/proc/autospec/cache"};
    for (size_t i = 0; i < 2; i++) {
        capture_start();
        struct packed_model *m = must_open(dir, QUANT_Q4, PLACES[i]);
        char *log = capture_end();
        assert_false(m->from_cache);
        check_model(m, &SMALL);
        packed_model_free(m);
        assert_int_equal(count_of(log, "\n"), 1);
        assert_int_equal(count_of(log, "memory"), 1);
        free(log);
    }
}

static void read_only_cache_is_read_but_not_written(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    packed_model_free(must_open(dir, QUANT_Q4, in_scratch("cache")));
    assert_int_equal(chmod(in_scratch("cache"), 0555), 0);
    for (size_t t = 0; t < 2; t++) {
        struct packed_model *m = must_open(dir, ALL_TYPES[t], in_scratch("cache"));
        assert_int_equal(m->from_cache, t == 0);
        check_model(m, &SMALL);
        packed_model_free(m);
    }
    assert_int_equal(chmod(in_scratch("cache"), 0755), 0);
    if (geteuid() != 0) free(packed_path(in_scratch("cache"))); /* root may write all the same */
}

static void full_disk_leaves_the_weights_in_memory(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* a limit of the file size fails writes as a full disk does */
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {16384, 16384};
        struct error err = {0};
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(2);
        struct packed_model *m = open_model(dir, QUANT_F32, in_scratch("cache"), &err);
        float row[64], want = weight_of("model.layers.1.mlp.down_proj.weight", 5 * 40);
        if (m) packed_matrix_read_row(&m->layers[1].down, 5, row);
        _exit(m && !m->from_cache && row[0] == want ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    /* Nothing half-written stays behind. */
    DIR *d = opendir(in_scratch("cache"));
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        assert_true(e->d_name[0] == '.' || strstr(e->d_name, ".lock"));
    closedir(d);
}

static void leftovers_of_a_killed_process_are_removed(void **state)
{
    (void)state;
    const char *dir = make_model(&SMALL);
    packed_model_free(must_open(dir, QUANT_Q4, in_scratch("cache")));
    char *path = packed_path(in_scratch("cache")), mine[1024], other[1024];
    snprintf(mine, sizeof mine, "%s.12345.0.tmp", path);
    snprintf(other, sizeof other, "%s", in_scratch("cache/another.12345.0.tmp"));
    write_file(mine, "x", 1);
    write_file(other, "x", 1);
    assert_int_equal(unlink(path), 0);
    packed_model_free(must_open(dir, QUANT_Q4, in_scratch("cache")));
    assert_false(file_exists(mine));
    assert_true(file_exists(other));
    assert_true(file_exists(path));
    free(path);
}

static void expect_error(const struct recipe *r, enum error_code code, const char *const *parts)
{
    const char *dir = make_model(r);
    for (size_t to_memory = 0; to_memory < 2; to_memory++) {
        struct error err = {0};
        struct packed_model *m =
            open_model(dir, QUANT_Q4, to_memory ? NULL : in_scratch("cache"), &err);
        assert_null(m);
        assert_int_equal(err.code, code);
        for (size_t i = 0; parts[i]; i++)
            if (!strstr(err.text, parts[i])) fail_msg("\"%s\" not in: %s", parts[i], err.text);
    }
}

static void wrong_shape_names_file_tensor_expected_and_found(void **state)
{
    (void)state;
    struct recipe r = SMALL;
    r.reshaped = "model.layers.1.mlp.down_proj.weight";
    expect_error(&r, ERROR_INPUT,
                 (const char *const[]){"tiny-model/model.safetensors", r.reshaped, "(65, 40)",
                                       "(64, 40)", NULL});
    r.reshaped = "model.norm.weight";
    expect_error(&r, ERROR_INPUT, (const char *const[]){r.reshaped, "(65)", "(64)", NULL});
}

static void missing_tensor_is_named(void **state)
{
    (void)state;
    struct recipe r = SMALL;
    r.missing = "model.layers.0.self_attn.k_proj.bias";
    expect_error(&r, ERROR_INPUT, (const char *const[]){"tiny-model", r.missing, NULL});
    r.missing = "lm_head.weight";
    expect_error(&r, ERROR_INPUT, (const char *const[]){"tiny-model", r.missing, NULL});
}

static void wrong_type_is_named(void **state)
{
    (void)state;
    struct recipe r = SMALL;
    r.retyped = "model.layers.0.mlp.up_proj.weight";
    expect_error(
        &r, ERROR_UNSUPPORTED,
        (const char *const[]){"tiny-model/model.safetensors", r.retyped, "I32", "BF16", NULL});
}

static void weights_that_are_not_finite_are_counted_and_named(void **state)
{
    (void)state;
    struct recipe r = SMALL;
    static const char *const NAMES[] = {"model.layers.1.self_attn.v_proj.weight",
                                        "model.layers.0.mlp.up_proj.weight",
                                        "model.layers.1.post_attention_layernorm.weight",
                                        "model.layers.0.self_attn.q_proj.bias", "lm_head.weight"};
    for (size_t i = 0; i < 5; i++) {
        r.poison = NAMES[i];
        expect_error(&r, ERROR_INPUT,
                     (const char *const[]){"tiny-model/model.safetensors", NAMES[i], " 3 of ",
                                           "not finite", NULL});
    }
}

static void unexpected_tensor_is_warned_of_and_ignored(void **state)
{
    (void)state;
    struct recipe r = SMALL;
    r.extra = "model.layers.0.self_attn.mystery.weight";
    const char *dir = make_model(&r);
    capture_start();
    struct packed_model *m = must_open(dir, QUANT_Q4, NULL);
    char *log = capture_end();
    check_model(m, &r);
    packed_model_free(m);
    assert_int_equal(count_of(log, r.extra), 1);
    free(log);

    r.extra = "model.layers.0.self_attn.rotary_emb.inv_freq";
    dir = make_model(&r);
    capture_start();
    packed_model_free(must_open(dir, QUANT_Q4, NULL));
    log = capture_end();
    assert_string_equal(log, "");
    free(log);
}

static void missing_folder_is_an_error(void **state)
{
    (void)state;
    struct error err = {0};
    assert_null(open_model(in_scratch("nowhere"), QUANT_Q4, in_scratch("cache"), &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.text, "nowhere"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    log_set_level(LOG_QUIET);
    progress_set_quiet(true);
    const struct CMUnitTest tests[] = {
        TEST(every_tensor_lands_where_it_belongs),
        TEST(f16_sources_are_read),
        TEST(second_open_maps_what_the_first_packed),
        TEST(rebuild_option_packs_again),
        TEST(changed_source_is_packed_again),
        TEST(folders_of_one_name_do_not_share_a_file),
        TEST(flipped_byte_is_found_wherever_it_is),
        TEST(truncated_file_is_packed_again),
        TEST(other_format_version_is_packed_again),
        TEST(damage_is_warned_of_once),
        TEST(two_processes_at_once_pack_once),
        TEST(cache_that_cannot_be_made_leaves_the_weights_in_memory),
        TEST(read_only_cache_is_read_but_not_written),
        TEST(full_disk_leaves_the_weights_in_memory),
        TEST(leftovers_of_a_killed_process_are_removed),
        TEST(wrong_shape_names_file_tensor_expected_and_found),
        TEST(missing_tensor_is_named),
        TEST(wrong_type_is_named),
        TEST(weights_that_are_not_finite_are_counted_and_named),
        TEST(unexpected_tensor_is_warned_of_and_ignored),
        TEST(missing_folder_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
