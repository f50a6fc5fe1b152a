/* Safetensors files: whatever stands in one, opening gives an error that names it, or tensors that
 * lie inside it. The first byte of an input says how the rest is used: as the whole file, as what
 * follows a right header length, or as the index of a folder that holds two shards. */
#include "base/file.h"
#include "model/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum mode { WHOLE_FILE, HEADER_AND_DATA, INDEX, N_MODES };
enum { DATA_LEN = 64 }; /* bytes behind the header, when there are as many */

static volatile uint64_t touched; /* sum of all bytes, so that one outside shows */
static char dir[64], *file_path, *index_path;

static void require(bool ok, const struct error *err)
{
    if (ok) return;
    fprintf(stderr, "fuzz_safetensors: %s\n", err->text);
    abort();
}

static void remove_dir(void)
{
    static const char *const names[] = {"one.safetensors", "model.safetensors.index.json",
                                        "1.safetensors", "2.safetensors"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = path_join(dir, names[i]);
        if (path) unlink(path);
        free(path);
    }
    rmdir(dir);
    free(file_path);
    free(index_path);
}

static void write_shard(const char *name, const char *tensor)
{
    struct error err = {0};
    size_t shape[] = {3};
    char *path = path_join(dir, name);
    struct tensor_writer *w = tensor_writer_open(path, &err);
    require(w && tensor_writer_declare(w, tensor, TENSOR_F32, 1, shape, &err) &&
                tensor_writer_begin(w, &err) && tensor_writer_commit(w, &err),
            &err);
    tensor_writer_free(w);
    free(path);
}

static void make_dir(void)
{
    struct error err = {0};
    snprintf(dir, sizeof dir, "%s/autospec-fuzz-XXXXXX",
             access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    error_set(&err, ERROR_IO, "cannot make %s", dir);
    require(mkdtemp(dir) != NULL, &err);
    atexit(remove_dir);
    write_shard("1.safetensors", "a");
    write_shard("2.safetensors", "b");
    file_path = path_join(dir, "one.safetensors");
    index_path = path_join(dir, "model.safetensors.index.json");
}

static struct tensor_set *open_input(enum mode mode, const uint8_t *data, size_t size,
                                     struct error *err)
{
    struct error bad = {0};
    if (mode == INDEX) {
        require(file_write(index_path, data, size, &bad), &bad);
        return tensor_set_open_dir(dir, err);
    }
    uint8_t *file = malloc(8 + size);
    if (!file) abort();
    size_t header = size > DATA_LEN ? size - DATA_LEN : size, at = mode == WHOLE_FILE ? 0 : 8;
    for (size_t i = 0; i < at; i++) file[i] = (uint8_t)((uint64_t)header >> 8 * i);
    if (size) memcpy(file + at, data, size);
    require(file_write(file_path, file, at + size, &bad), &bad);
    free(file);
    return tensor_set_open_file(file_path, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!*dir) make_dir();
    if (size == 0) return 0;
    struct error err = {0};
    struct tensor_set *set = open_input((enum mode)(data[0] % N_MODES), data + 1, size - 1, &err);
    if (!set) {
        if (err.code == ERROR_NONE || !strstr(err.text, dir)) abort();
        return 0;
    }
    size_t total = 0;
    for (size_t i = 0; i < tensor_set_count(set); i++) {
        const struct tensor *t = tensor_set_at(set, i);
        if (tensor_set_find(set, t->name) != t) abort();
        for (size_t k = 0; k < t->size; k++) touched += ((const uint8_t *)t->data)[k];
        total += t->size;
        if (t->type == TENSOR_F32 || t->type == TENSOR_F16 || t->type == TENSOR_BF16) {
            size_t n = t->size / tensor_type_size(t->type);
            float *values = malloc((n + 1) * sizeof *values);
            if (!values) abort();
            tensor_read_f32(t, 0, n, values);
            free(values);
        }
        tensor_drop_pages(t);
    }
    if (total > tensor_set_bytes(set)) abort();
    tensor_set_metadata(set, "format");
    tensor_set_free(set);
    return 0;
}
