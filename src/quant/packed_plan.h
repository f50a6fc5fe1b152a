/* The plan of a packed file: which tensors it holds, from which tensors of the model each
 * is made, how large they are, and in what pieces they are packed and checked. It follows from
 * the config and the type alone. Internal to src/quant. */
#ifndef QUANT_PACKED_PLAN_H
#define QUANT_PACKED_PLAN_H

#include "base/arena.h"
#include "model/safetensors.h"
#include "quant/packed_model.h"
#include "quant/weight_source.h"

enum { PACKED_MAX_SOURCES = 3 };

/* Rows (or elements, for a vector) of one tensor of the source. */
struct packed_source {
    const char *name;
    size_t rows;
    const struct weight *weight; /* NULL until packed_plan_find_sources */
};

enum packed_kind { PACKED_MATRIX, PACKED_ROW_SCALE, PACKED_VECTOR };

/* One tensor of the packed file. */
struct packed_item {
    const char *name;
    enum packed_kind kind;
    enum quant_type type; /* of a matrix */
    size_t rows, cols;    /* as packed; of a vector and a row scale: elements, 1 */
    bool by_turns;        /* blocks alternate between sources, 16 rows each (gate_up) */
    struct packed_source sources[PACKED_MAX_SOURCES];
    size_t n_sources; /* 0 for a row scale: it follows its matrix in the list */
    size_t bytes;
    size_t piece;                 /* bytes of a piece but for the last: what is packed, written and
                                     summed at once; whole blocks */
    size_t first_piece;           /* pieces are numbered through the whole plan */
    size_t offset;                /* in memory, where the items lie one behind the other */
    struct packed_matrix *matrix; /* where its address goes: of a matrix or a row scale, */
    const float **vector;         /* of a vector */
};

/* True for a tensor of the source that nothing asks for, though files in order have it. */
typedef bool packed_is_harmless(const char *name);

struct packed_plan {
    struct arena arena; /* names */
    const char *family; /* "qwen2": for messages */
    const char *prefix; /* sources' names may begin with this too; NULL: with nothing more */
    packed_is_harmless *is_harmless;
    enum quant_type type;
    struct packed_item *items;
    size_t n_items, cap_items;
    size_t n_pieces;
    size_t memory;       /* bytes of all items, each at a multiple of 64 */
    size_t source_bytes; /* after packed_plan_find_sources */
};

/* Making a plan: begin with room for so many items (a q4 or q8 matrix is two), add matrices and
 * vectors with their sources, end. Names come from packed_plan_name (NULL when memory is out, which
 * packed_plan_end reports) or outlive the plan. Vectors are padded with zeros to a multiple of 16,
 * so that whole blocks of a matrix's results can take a bias. */
bool packed_plan_begin(struct packed_plan *plan, enum quant_type type, size_t capacity,
                       const char *family, packed_is_harmless *is_harmless, struct error *err);
const char *packed_plan_name(struct packed_plan *plan, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct packed_item *packed_plan_matrix(struct packed_plan *plan, struct packed_matrix *target,
                                       const char *name, enum quant_type type, size_t rows,
                                       size_t cols);
struct packed_item *packed_plan_vector(struct packed_plan *plan, const float **target,
                                       const char *name, size_t n);
void packed_item_source(struct packed_item *item, const char *name, size_t rows);
bool packed_plan_end(struct packed_plan *plan, struct error *err);

/* Plans m, whose config and type are set and whose layers are allocated. */
bool packed_plan_make(struct packed_plan *plan, struct packed_model *m, struct error *err);
void packed_plan_free(struct packed_plan *plan);

/* Finds each source in the model at `path` and checks its type and shape; warns of tensors that
 * nothing asked for. */
bool packed_plan_find_sources(struct packed_plan *plan, const char *path,
                              const struct weight_source *source, struct error *err);

/* Points the item's matrix or vector at its data. */
void packed_item_attach(const struct packed_item *item, const void *data);

/* The item that a piece of the plan belongs to. */
struct packed_item *packed_plan_item_of(const struct packed_plan *plan, size_t piece);

/* Pieces of an item, and the bytes of one, counted within the item. */
static inline size_t packed_item_pieces(const struct packed_item *item)
{
    return (item->bytes + item->piece - 1) / item->piece;
}

static inline size_t packed_piece_bytes(const struct packed_item *item, size_t piece)
{
    size_t at = piece * item->piece;
    return item->bytes - at < item->piece ? item->bytes - at : item->piece;
}

#endif
