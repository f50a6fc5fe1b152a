/* GGUF files, version 2 and 3, little-endian, one file or shards, mapped read-only: key-value
 * metadata, tensors with their names, and what autospec makes of the two (config and tokenizer).
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Every count, length, offset
 * and shape is checked against the file's size before it is used. */
#ifndef MODEL_GGUF_H
#define MODEL_GGUF_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The types that we read, by their number in the file. Values come in blocks of one row. */
enum gguf_type {
    GGUF_F32 = 0,
    GGUF_F16 = 1,
    GGUF_Q4_0 = 2,
    GGUF_Q4_1 = 3,
    GGUF_Q5_0 = 6,
    GGUF_Q5_1 = 7,
    GGUF_Q8_0 = 8,
    GGUF_Q4_K = 12,
    GGUF_Q5_K = 13,
    GGUF_Q6_K = 14,
    GGUF_IQ4_NL = 20,
    GGUF_BF16 = 30,
};

const char *gguf_type_name(enum gguf_type type);
size_t gguf_block_values(enum gguf_type type); /* values of a block: 1, 32 or 256 */
size_t gguf_block_bytes(enum gguf_type type);

enum { GGUF_MAX_DIMS = 4, GGUF_MAX_NAME = 256 };

struct gguf_tensor {
    const char *name; /* as the file has it, "blk.0.attn_q.weight"; owned by the gguf */
    enum gguf_type type;
    size_t n_dims;
    size_t shape[GGUF_MAX_DIMS]; /* outermost first, unlike in the file; unused are 1 */
    const uint8_t *data;         /* row-major, in the mapping */
    size_t size;                 /* bytes */
    const char *file;            /* path of the shard, for errors; owned by the gguf */
};

struct gguf;

/* True when the path ends in ".gguf" and is no directory. */
bool gguf_is_path(const char *path);

/* Opens the file; of a sharded model (NAME-00001-of-00003.gguf, any of them) all shards, whose
 * metadata is that of the first. NULL with an error that names file, key or tensor, and offset. */
struct gguf *gguf_open(const char *path, struct error *err);
void gguf_free(struct gguf *g);

/* Path of the first file. */
const char *gguf_path(const struct gguf *g);

/* All files, first to last. */
size_t gguf_n_files(const struct gguf *g);
const char *gguf_file(const struct gguf *g, size_t index);

/* Tensors in the order of the files; NULL where there is none. */
size_t gguf_count(const struct gguf *g);
const struct gguf_tensor *gguf_at(const struct gguf *g, size_t index);
const struct gguf_tensor *gguf_find(const struct gguf *g, const char *name);

/* Look-ups in the metadata. A missing key leaves *out untouched and is no error unless `required`;
 * a value of the wrong type or out of range always is. Integers of all widths serve as sizes,
 * floats and integers as numbers. Text is not NUL-terminated and stays in the mapping. */
bool gguf_has(const struct gguf *g, const char *key);
bool gguf_get_size(const struct gguf *g, const char *key, bool required, size_t min, size_t max,
                   size_t *out, struct error *err);
bool gguf_get_number(const struct gguf *g, const char *key, bool required, double min, double max,
                     double *out, struct error *err);
bool gguf_get_text(const struct gguf *g, const char *key, bool required, const char **out,
                   size_t *len, struct error *err);

/* Text of the file as it may stand in an error: cut, and without control characters. */
enum { GGUF_SHOWN = 48 };
const char *gguf_show(const char *text, size_t len, char out[GGUF_SHOWN]);

/* An array of strings or of integers, read from front to back. */
struct gguf_array {
    size_t n;
    size_t left;       /* not read yet */
    uint32_t kind;     /* of its elements */
    const uint8_t *at; /* the next element */
};
bool gguf_get_texts(const struct gguf *g, const char *key, bool required, struct gguf_array *out,
                    struct error *err);
bool gguf_get_integers(const struct gguf *g, const char *key, bool required, struct gguf_array *out,
                       struct error *err);
const char *gguf_next_text(struct gguf_array *a, size_t *len); /* NULL behind the last */
int64_t gguf_next_integer(struct gguf_array *a);               /* 0 behind the last */

/* "model.layers.0.self_attn.q_proj.weight" <-> "blk.0.attn_q.weight"; false for names that have no
 * counterpart. out has room for GGUF_MAX_NAME. */
bool gguf_name_to_hf(const char *name, char *out);
bool gguf_name_from_hf(const char *name, char *out);

/* llama.cpp's converter reorders the rows of q and k (and their biases) of Llama models within each
 * head, for its own way of rotating. True for such a tensor; then row r of a head of n rows, as
 * Hugging Face has it, is row gguf_permuted_row(r, n) of that head in the file. */
bool gguf_is_permuted(const struct gguf *g, const char *name);
static inline size_t gguf_permuted_row(size_t r, size_t n)
{
    return r < n / 2 ? 2 * r : 2 * (r - n / 2) + 1;
}

/* The metadata as the config.json and the tokenizer.json of the same model would have it; the
 * caller json_decref()s them. model_config_read and tokenizer_read go this way. Chat templates are
 * ignored: the chat format follows from the control tokens (tokenizer/chat.h). */
json_t *gguf_config_json(const struct gguf *g, struct error *err);
json_t *gguf_tokenizer_json(const struct gguf *g, struct error *err);

#endif
