/* A packed model as a folder of its own: config.json, tokenizer.json and the packed file. It opens
 * on any machine like the model it was made from, which is not needed any more. */
#ifndef QUANT_PACKED_EXPORT_H
#define QUANT_PACKED_EXPORT_H

#include "base/thread_pool.h"
#include "quant/format.h"

struct packed_export_result {
    size_t source_bytes; /* of the weights that were read */
    size_t bytes;        /* of the packed ones */
    double seconds;
};

/* Packs the Hugging Face folder or .gguf file at `path` into `out`, which must not exist or be an
 * empty folder. It appears there when it is whole; until then it is in OUT.partial-PID, which is
 * removed on failure. */
bool packed_export(const char *path, const char *out, enum quant_type type,
                   struct thread_pool *pool, struct packed_export_result *result,
                   struct error *err);

#endif
