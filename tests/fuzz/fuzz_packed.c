/* Packed models: whatever stands in the packed file, opening gives the right weights; whatever
 * stands in the source file, it gives one error or finite weights. The first byte of an input says
 * how the rest is used: as a file, or as changes to a good one (three bytes each: place, place,
 * value), of the packed file or of the source. */
#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "model/safetensors.h"
#include "quant/packed_model.h"
#include "quant/quantize.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum mode { PACKED_WHOLE, PACKED_CHANGED, SOURCE_WHOLE, SOURCE_CHANGED, N_MODES };

static const char CONFIG[] =
    "{\"model_type\": \"qwen3\", \"hidden_size\": 16, \"intermediate_size\": 24, "
    "\"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"num_key_value_heads\": 1, "
    "\"head_dim\": 8, \"vocab_size\": 20, \"max_position_embeddings\": 64, \"rope_theta\": 1e4, "
    "\"rms_norm_eps\": 1e-6, \"tie_word_embeddings\": true}";

static const struct {
    const char *name;
    size_t rows, cols;
} TENSORS[] = {
    {"model.embed_tokens.weight", 20, 16},
    {"model.norm.weight", 16, 0},
    {"model.layers.0.input_layernorm.weight", 16, 0},
    {"model.layers.0.post_attention_layernorm.weight", 16, 0},
    {"model.layers.0.self_attn.q_proj.weight", 16, 16},
    {"model.layers.0.self_attn.k_proj.weight", 8, 16},
    {"model.layers.0.self_attn.v_proj.weight", 8, 16},
    {"model.layers.0.self_attn.o_proj.weight", 16, 16},
    {"model.layers.0.self_attn.q_norm.weight", 8, 0},
    {"model.layers.0.self_attn.k_norm.weight", 8, 0},
    {"model.layers.0.mlp.gate_proj.weight", 24, 16},
    {"model.layers.0.mlp.up_proj.weight", 24, 16},
    {"model.layers.0.mlp.down_proj.weight", 16, 24},
};

static struct {
    char model[64], broken[64],
        cache[64]; /* directories; broken: a model whose weights we change */
    char *packed_path, *source_path;
    char *packed, *source; /* the good files */
    size_t packed_len, source_len;
    double expected; /* what sum_of gives for the good weights */
    struct thread_pool *pool;
} fixture;

static void require(bool ok, const struct error *err)
{
    if (ok) return;
    fprintf(stderr, "fuzz_packed: %s\n", err->text);
    abort();
}

static void add_matrix(double *sum, const struct packed_matrix *m)
{
    float row[64];
    for (size_t r = 0; r < m->rows; r++) {
        packed_matrix_read_row(m, r, row);
        for (size_t i = 0; i < m->cols; i++) {
            if (!isfinite(row[i])) abort();
            *sum = *sum * 0.999 + row[i];
        }
    }
}

/* Reads every weight; any change of one changes the result. */
static double sum_of(const struct packed_model *m)
{
    double sum = 0;
    const struct packed_layer *l = &m->layers[0];
    const struct packed_matrix *const MATRICES[] = {&m->embed, &m->head,    &l->qkv,
                                                    &l->o,     &l->gate_up, &l->down};
    const float *const VECTORS[] = {m->norm, l->attn_norm, l->mlp_norm, l->q_norm, l->k_norm};
    for (size_t i = 0; i < sizeof MATRICES / sizeof *MATRICES; i++) add_matrix(&sum, MATRICES[i]);
    for (size_t i = 0; i < sizeof VECTORS / sizeof *VECTORS; i++)
        for (size_t k = 0; k < 16; k++) sum = sum * 0.999 + VECTORS[i][k];
    return sum;
}

static struct packed_model *open_model(const char *dir, const char *cache, struct error *err)
{
    struct packed_options options = {.type = QUANT_Q4, .cache_dir = cache};
    return packed_model_open(dir, &options, fixture.pool, err);
}

static void remove_files(const char *dir)
{
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));) unlinkat(dirfd(d), e->d_name, 0);
    if (d) closedir(d);
    rmdir(dir);
}

static void remove_fixture(void)
{
    remove_files(fixture.model);
    remove_files(fixture.broken);
    remove_files(fixture.cache);
}

static void make_directory(char out[64], const char *what)
{
    struct error err = {0};
    /* In memory where there is such a place: packing ends with an fsync. */
    snprintf(out, 64, "%s/autospec-fuzz-%s-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm",
             what);
    error_set(&err, ERROR_IO, "cannot make %s", out);
    require(mkdtemp(out) != NULL, &err);
}

static void write_source(const char *path)
{
    struct error err = {0};
    struct tensor_writer *w = tensor_writer_open(path, &err);
    require(w != NULL, &err);
    for (int writing = 0; writing < 2; writing++) {
        for (size_t i = 0; i < sizeof TENSORS / sizeof *TENSORS; i++) {
            size_t shape[2] = {TENSORS[i].rows, TENSORS[i].cols};
            size_t n = shape[0] * (shape[1] ? shape[1] : 1);
            uint16_t data[512];
            for (size_t k = 0; k < n; k++)
                data[k] = bf16_from_f32(sinf((float)(k * 7 + i * 131)) * 0.1f);
            bool ok = writing ? tensor_writer_write(w, TENSORS[i].name, 0, data, n * 2, &err)
                              : tensor_writer_declare(w, TENSORS[i].name, TENSOR_BF16,
                                                      shape[1] ? 2 : 1, shape, &err);
            require(ok, &err);
        }
        if (!writing) require(tensor_writer_begin(w, &err), &err);
    }
    require(tensor_writer_commit(w, &err), &err);
    tensor_writer_free(w);
}

static char *packed_path_in(const char *cache)
{
    char *path = NULL;
    DIR *d = opendir(cache);
    for (struct dirent *e; d && (e = readdir(d));)
        if (strstr(e->d_name, ".packed.safetensors") && !strstr(e->d_name, ".lock"))
            path = path_join(cache, e->d_name);
    if (d) closedir(d);
    if (!path) abort();
    return path;
}

static void make_fixture(void)
{
    struct error err = {0};
    log_set_level(LOG_QUIET);
    progress_set_quiet(true);
    fixture.pool = thread_pool_create(1, &err);
    require(fixture.pool != NULL, &err);
    make_directory(fixture.model, "model");
    make_directory(fixture.broken, "broken");
    make_directory(fixture.cache, "cache");
    atexit(remove_fixture);
    char *paths[] = {path_join(fixture.model, "config.json"),
                     path_join(fixture.broken, "config.json"),
                     path_join(fixture.model, "model.safetensors")};
    require(file_write(paths[0], CONFIG, sizeof CONFIG - 1, &err), &err);
    require(file_write(paths[1], CONFIG, sizeof CONFIG - 1, &err), &err);
    write_source(paths[2]);
    fixture.source_path = path_join(fixture.broken, "model.safetensors");
    require(file_read(paths[2], 1 << 20, &fixture.source, &fixture.source_len, &err), &err);
    struct packed_model *m = open_model(fixture.model, fixture.cache, &err);
    require(m != NULL, &err);
    fixture.expected = sum_of(m);
    packed_model_free(m);
    fixture.packed_path = packed_path_in(fixture.cache);
    require(file_read(fixture.packed_path, 1 << 20, &fixture.packed, &fixture.packed_len, &err),
            &err);
    for (size_t i = 0; i < 3; i++) free(paths[i]);
}

/* Writes the good file with changes, or the input itself when good is NULL. */
static void write_changed(const char *path, const char *good, size_t len, const uint8_t *data,
                          size_t size)
{
    struct error err = {0};
    if (!good) {
        require(file_write(path, data, size, &err), &err);
        return;
    }
    char *copy = malloc(len);
    if (!copy) abort();
    memcpy(copy, good, len);
    for (size_t i = 0; i + 3 <= size; i += 3)
        copy[(size_t)(data[i] << 8 | data[i + 1]) % len] = (char)data[i + 2];
    require(file_write(path, copy, len, &err), &err);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!fixture.pool) make_fixture();
    if (size < 1) return 0;
    enum mode mode = (enum mode)(data[0] % N_MODES);
    data++, size--;
    struct error err = {0};
    if (mode == PACKED_WHOLE || mode == PACKED_CHANGED) {
        write_changed(fixture.packed_path, mode == PACKED_WHOLE ? NULL : fixture.packed,
                      fixture.packed_len, data, size);
        struct packed_model *m = open_model(fixture.model, fixture.cache, &err);
        require(m != NULL, &err);
        if (sum_of(m) != fixture.expected) abort();
        packed_model_free(m);
    } else {
        write_changed(fixture.source_path, mode == SOURCE_WHOLE ? NULL : fixture.source,
                      fixture.source_len, data, size);
        struct packed_model *m = open_model(fixture.broken, NULL, &err);
        if (!m && (err.code == ERROR_NONE || !strstr(err.text, fixture.broken))) abort();
        if (m) sum_of(m);
        packed_model_free(m);
    }
    return 0;
}
