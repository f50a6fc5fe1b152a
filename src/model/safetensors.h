/* Safetensors files, one or sharded by model.safetensors.index.json, mapped read-only. Format:
 * https://github.com/huggingface/safetensors#format: u64 little-endian length of a JSON header,
 * the header, the data. Every offset, length and shape is checked before it is used; ranges may
 * neither overlap nor leave holes that hide data. Our packed files use the same container. */
#ifndef MODEL_SAFETENSORS_H
#define MODEL_SAFETENSORS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tensor_type {
    TENSOR_F32,
    TENSOR_F16,
    TENSOR_BF16,
    TENSOR_U8,
    TENSOR_I8,
    TENSOR_I32,
    TENSOR_I64,
    TENSOR_OTHER, /* F64, F8_E4M3, ...: listed, never read */
};

enum { TENSOR_MAX_DIMS = 4 };

struct tensor {
    const char *name; /* owned by the set */
    enum tensor_type type;
    size_t n_dims;
    size_t shape[TENSOR_MAX_DIMS]; /* outermost first; unused are 1 */
    const void *data;              /* row-major, little-endian, in the mapping; may be unaligned */
    size_t size;                   /* bytes */
    const char *file;              /* path of the shard, for errors; owned by the set */
};

struct tensor_set;

/* Both refuse a file whose header, types, shapes or offsets do not fit together, with an error that
 * names file, tensor and numbers. The bytes of the data are not looked at. A file that shrinks
 * while it is mapped ends the process (mapping_watch).
 *
 * Opens DIR/model.safetensors, or the shards that DIR/model.safetensors.index.json names (names
 * with '/' or ".." are refused). */
struct tensor_set *tensor_set_open_dir(const char *dir, struct error *err);

/* Opens one file. */
struct tensor_set *tensor_set_open_file(const char *path, struct error *err);

void tensor_set_free(struct tensor_set *set);

/* Tensors in the order of their data, shard by shard. Those named "__pad.*" are the writer's
 * alignment and are left out. */
size_t tensor_set_count(const struct tensor_set *set);
const struct tensor *tensor_set_at(const struct tensor_set *set, size_t index);

/* NULL when there is none of that name. */
const struct tensor *tensor_set_find(const struct tensor_set *set, const char *name);

/* Value of a key of the first file's "__metadata__", or NULL. */
const char *tensor_set_metadata(const struct tensor_set *set, const char *key);

/* Bytes of all mapped files. */
size_t tensor_set_bytes(const struct tensor_set *set);

/* Tells the kernel that pages of this tensor are not needed soon (after quantizing it). */
void tensor_drop_pages(const struct tensor *t);
/* The same for bytes [offset, offset + len) of it: a big embedding table need not stay whole. */
void tensor_drop_range(const struct tensor *t, size_t offset, size_t len);

/* "BF16" and so on. */
const char *tensor_type_name(enum tensor_type type);
size_t tensor_type_size(enum tensor_type type); /* bytes an element; 0 for TENSOR_OTHER */

/* n elements from element `first` on as f32. Type must be F32, F16 or BF16. */
void tensor_read_f32(const struct tensor *t, size_t first, size_t n, float *out);

/* Writing: one file with the tensors in the order added, each one's data aligned to 64 bytes in the
 * file (and so in a mapping). The format allows no holes, so the space between is made of U8
 * tensors named "__pad.N", and the header is padded with spaces: any safetensors library opens the
 * file. The file appears under its name only when finished (rename); until then its data goes to a
 * temporary file beside it that is removed on failure or free. */
struct tensor_writer;

struct tensor_writer *tensor_writer_open(const char *path, struct error *err);
/* Nobody but the owner will be able to read the file. */
bool tensor_writer_private(struct tensor_writer *w, struct error *err);
/* Removes what writers of this path that were killed have left. The caller has a lock that says
 * that none is at work. */
void tensor_writer_clean(const char *path);
/* Declares a tensor; all are declared before the first write. */
bool tensor_writer_declare(struct tensor_writer *w, const char *name, enum tensor_type type,
                           size_t n_dims, const size_t *shape, struct error *err);
bool tensor_writer_metadata(struct tensor_writer *w, const char *key, const char *value,
                            struct error *err);
/* Ends declaration: writes the header and sizes the file. Fails early when the disk is full. */
bool tensor_writer_begin(struct tensor_writer *w, struct error *err);
/* Writes bytes [offset, offset + len) of tensor `name`. May be called from several threads. Bytes
 * never written are zero. */
bool tensor_writer_write(struct tensor_writer *w, const char *name, size_t offset, const void *data,
                         size_t len, struct error *err);
/* After begin: changes a metadata value declared before, of the same length and without characters
 * that JSON escapes (a checksum known only now). */
bool tensor_writer_patch_metadata(struct tensor_writer *w, const char *key, const char *value,
                                  struct error *err);
bool tensor_writer_commit(struct tensor_writer *w, struct error *err); /* fsync and rename */
void tensor_writer_free(struct tensor_writer *w);

#endif
