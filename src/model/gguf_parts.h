/* What the files of the GGUF reader share. Nobody outside src/model/gguf*.c includes this. */
#ifndef MODEL_GGUF_PARTS_H
#define MODEL_GGUF_PARTS_H

#include "base/arena.h"
#include "base/file.h"
#include "model/gguf.h"

/* Kinds of metadata values, by their number in the file. */
enum gguf_kind {
    KIND_U8,
    KIND_I8,
    KIND_U16,
    KIND_I16,
    KIND_U32,
    KIND_I32,
    KIND_F32,
    KIND_BOOL,
    KIND_STRING,
    KIND_ARRAY,
    KIND_U64,
    KIND_I64,
    KIND_F64,
    N_KINDS,
};

/* Bytes of a value; 0 for strings and arrays. */
size_t gguf_kind_size(uint32_t kind);

struct gguf_value {
    const char *key;
    uint32_t kind;
    uint32_t element;  /* kind of an array's elements */
    size_t n;          /* bytes of a string, elements of an array */
    const uint8_t *at; /* the value; a string's first byte, an array's first element */
    size_t offset;     /* of `at` in the file, for errors */
};

/* The metadata of one file, sorted by key once it has been read. */
struct gguf_values {
    struct gguf_value *list;
    size_t n, cap;
};

struct gguf_file {
    struct mapping map;
    const char *path;
};

struct gguf {
    struct arena arena;      /* names, keys, paths */
    struct gguf_file *files; /* (n_files), in the order of the shards */
    size_t n_files;
    struct gguf_values values; /* of the first file */
    struct gguf_tensor *tensors;
    size_t n_tensors, cap_tensors;
    const struct gguf_tensor **by_name; /* (n_tensors), sorted */
};

const struct gguf_value *gguf_values_find(const struct gguf_values *v, const char *key);

/* As gguf_get_size, of the metadata of a file named in errors. */
bool gguf_values_size(const struct gguf_values *v, const char *file, const char *key, bool required,
                      size_t min, size_t max, size_t *out, struct error *err);

/* gguf_read.c: reads the mapped file's header; appends its tensors to g (unsorted) and fills
 * *values, which the caller frees. */
bool gguf_read_file(struct gguf *g, const struct gguf_file *file, struct gguf_values *values,
                    struct error *err);

#endif
