/* The tensors that a model is packed from, whether they lie in a Hugging Face folder or in a GGUF
 * file: found by their Hugging Face names, read as rows of f32. Internal to src/quant. */
#ifndef QUANT_WEIGHT_SOURCE_H
#define QUANT_WEIGHT_SOURCE_H

#include "base/error.h"
#include "model/gguf.h"
#include "model/safetensors.h"

#include <stdbool.h>
#include <stddef.h>

struct weight {
    const char *name;      /* Hugging Face's, where it has one; the file's own otherwise */
    const char *shown;     /* as the file has it, for errors */
    const char *file;      /* path, for errors */
    const char *type_name; /* "BF16" */
    bool readable;         /* false: of a type that is listed, never read */
    enum gguf_type type;   /* safetensors' types are among GGUF's */
    size_t n_dims, shape[TENSOR_MAX_DIMS];
    const uint8_t *data;
    size_t size;      /* bytes */
    size_t row_bytes; /* of a row: the innermost dimension */
    size_t head_rows; /* not 0: rows are in llama.cpp's order within heads of so many */
    bool known;       /* false: of no name that a model could ask for */
};

struct weight_source;

/* A folder or a .gguf file. Errors are those of safetensors.h and gguf.h. head_dim: the model's,
 * to undo llama.cpp's order of rows. */
struct weight_source *weight_source_open(const char *path, size_t head_dim, struct error *err);
void weight_source_free(struct weight_source *s);

size_t weight_source_count(const struct weight_source *s);
const struct weight *weight_source_at(const struct weight_source *s, size_t index);
const struct weight *weight_source_find(const struct weight_source *s, const char *name);

/* How the source calls a tensor of this Hugging Face name; out has room for GGUF_MAX_NAME. */
const char *weight_source_name(const struct weight_source *s, const char *name, char *out);
/* What says which tensors there are and of what shape: "config.json", "its metadata". */
const char *weight_source_authority(const struct weight_source *s);

/* Where row `row` of a matrix lies in the file. */
size_t weight_row(const struct weight *w, size_t row);

/* Rows [first, first + n) of a matrix as f32; of a vector, all of it (first 0, n its length).
 * Readable ones only. */
void weight_read(const struct weight *w, size_t first, size_t n, float *out);

/* Tells the kernel that these rows, counted as in the file, are not needed soon. */
void weight_drop_rows(const struct weight *w, size_t first, size_t n);

#endif
