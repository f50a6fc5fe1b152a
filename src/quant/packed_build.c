#include "quant/packed_build.h"
#include "base/progress.h"
#include "quant/quantize.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct build {
    const struct packed_plan *plan;
    const struct packed_target *target;
    uint64_t *sums;
    float **row_scales; /* (n_items), of the matrices that have them */
    size_t floats;      /* of the largest block's weights */
    size_t piece_bytes; /* of the largest piece */
    struct progress progress;
    atomic_size_t next_piece, bytes_done;
    atomic_bool failed;
    pthread_mutex_t lock; /* of the two below */
    struct error error;
    bool target_failed;
};

/* Keeps the first failure. */
static void build_fail(struct build *b, const struct error *err, bool target_failed)
{
    pthread_mutex_lock(&b->lock);
    if (b->error.code == ERROR_NONE) {
        b->error = *err;
        b->target_failed = target_failed;
    }
    pthread_mutex_unlock(&b->lock);
    atomic_store(&b->failed, true);
}

/* Takes a finished piece: sums it and puts it where it belongs. */
static bool put_piece(struct build *b, const struct packed_item *item, size_t piece,
                      const uint8_t *data)
{
    size_t at = piece * item->piece, n = packed_piece_bytes(item, piece);
    b->sums[item->first_piece + piece] = XXH3_64bits(data, n);
    if (b->target->memory) {
        uint8_t *to = b->target->memory + item->offset + at;
        if (to != data) memcpy(to, data, n);
        return true;
    }
    struct error err = {0};
    if (tensor_writer_write(b->target->writer, item->name, at, data, n, &err)) return true;
    build_fail(b, &err, true);
    return false;
}

/* Says which of the item's tensors is at fault when some weight was not finite. */
static void report_not_finite(struct build *b, const struct packed_item *item)
{
    struct error err = {0};
    float values[4096];
    for (size_t s = 0; s < item->n_sources; s++) {
        const struct tensor *t = item->sources[s].tensor;
        size_t total = item->sources[s].rows * item->cols, bad = 0, n;
        for (size_t i = 0; i < total; i += n) {
            n = total - i < 4096 ? total - i : 4096;
            tensor_read_f32(t, i, n, values);
            for (size_t k = 0; k < n; k++) bad += isfinite(values[k]) ? 0 : 1;
        }
        if (bad)
            error_set(&err, ERROR_INPUT,
                      "%s: tensor \"%s\": %zu of %zu weights are not finite (NaN or infinity)",
                      t->file, t->name, bad, total);
    }
    if (err.code == ERROR_NONE)
        error_set(&err, ERROR_INPUT, "%s: changed while it was read",
                  item->sources[0].tensor->file);
    build_fail(b, &err, false);
}

/* The rows of each source that a piece has read. */
struct rows_read {
    size_t begin, end;
};

/* Reads rows [row, row + n) of source s, and remembers them. */
static void read_rows(const struct packed_item *item, size_t s, size_t row, size_t n, float *out,
                      struct rows_read *read)
{
    tensor_read_f32(item->sources[s].tensor, row * item->cols, n * item->cols, out);
    if (read[s].end == 0 || row < read[s].begin) read[s].begin = row;
    if (row + n > read[s].end) read[s].end = row + n;
}

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The weights of one block, from whichever sources it spans; returns how many rows it has. */
static size_t read_block(const struct packed_item *item, size_t block, float *out,
                         struct rows_read *read)
{
    if (item->by_turns) {
        size_t s = block % item->n_sources;
        size_t row = block / item->n_sources * QUANT_BLOCK_ROWS;
        size_t n = min_size(QUANT_BLOCK_ROWS, item->sources[s].rows - row);
        read_rows(item, s, row, n, out, read);
        return n;
    }
    size_t row = block * QUANT_BLOCK_ROWS, done = 0, first = 0;
    size_t want = min_size(QUANT_BLOCK_ROWS, item->rows - row);
    for (size_t s = 0; s < item->n_sources && done < want; s++) {
        size_t end = first + item->sources[s].rows;
        if (row + done < end) {
            size_t n = min_size(want - done, end - row - done);
            read_rows(item, s, row + done - first, n, out + done * item->cols, read);
            done += n;
        }
        first = end;
    }
    return done;
}

/* buffer holds piece_bytes, weights a block of f32. */
static bool pack_piece(struct build *b, size_t index, size_t piece, uint8_t *buffer, float *weights)
{
    const struct packed_item *item = &b->plan->items[index];
    size_t block_bytes = packed_block_bytes(item->type, item->cols);
    size_t first = piece * item->piece / block_bytes;
    size_t n = packed_piece_bytes(item, piece) / block_bytes;
    uint8_t *out =
        b->target->memory ? b->target->memory + item->offset + piece * item->piece : buffer;
    struct rows_read read[PACKED_MAX_SOURCES] = {{0, 0}};
    for (size_t i = 0; i < n; i++) {
        size_t rows = read_block(item, first + i, weights, read);
        float *scales = b->row_scales[index];
        if (scales) scales += (first + i) * QUANT_BLOCK_ROWS;
        if (quantize_block(item->type, weights, rows, item->cols, out + i * block_bytes, scales)) {
            report_not_finite(b, item);
            return false;
        }
    }
    size_t bytes = 0;
    for (size_t s = 0; s < item->n_sources; s++) {
        if (read[s].end == 0) continue;
        const struct tensor *t = item->sources[s].tensor;
        size_t row_bytes = item->cols * tensor_type_size(t->type);
        size_t len = (read[s].end - read[s].begin) * row_bytes;
        tensor_drop_range(t, read[s].begin * row_bytes, len);
        bytes += len;
    }
    atomic_fetch_add(&b->bytes_done, bytes);
    return put_piece(b, item, piece, out);
}

static void build_body(void *context, size_t thread, size_t count)
{
    (void)count;
    struct build *b = context;
    float *weights = malloc(b->floats * sizeof *weights);
    uint8_t *buffer = b->target->memory ? NULL : malloc(b->piece_bytes);
    if (!weights || (!buffer && !b->target->memory)) {
        struct error err = {0};
        error_memory(&err, "buffers for packing");
        build_fail(b, &err, false);
    }
    while (!atomic_load(&b->failed)) {
        size_t piece = atomic_fetch_add(&b->next_piece, 1);
        if (piece >= b->plan->n_pieces) break;
        const struct packed_item *item = packed_plan_item_of(b->plan, piece);
        if (item->kind != PACKED_MATRIX) continue;
        if (!pack_piece(b, (size_t)(item - b->plan->items), piece - item->first_piece, buffer,
                        weights))
            break;
        if (thread == 0) progress_update(&b->progress, atomic_load(&b->bytes_done));
    }
    free(weights);
    free(buffer);
}

static bool put_vector(struct build *b, const struct packed_item *item)
{
    float *values = calloc(item->rows, sizeof *values);
    if (!values) {
        struct error err = {0};
        error_memory(&err, item->name);
        build_fail(b, &err, false);
        return false;
    }
    size_t at = 0;
    bool ok = true;
    for (size_t s = 0; s < item->n_sources; s++) {
        tensor_read_f32(item->sources[s].tensor, 0, item->sources[s].rows, values + at);
        at += item->sources[s].rows;
    }
    for (size_t i = 0; i < at; i++) ok = ok && isfinite(values[i]);
    if (!ok) report_not_finite(b, item);
    ok = ok && put_piece(b, item, 0, (const uint8_t *)values);
    free(values);
    return ok;
}

/* Room for the row scales, which come out block by block and are written at the end. */
static bool build_prepare(struct build *b)
{
    const struct packed_plan *plan = b->plan;
    b->row_scales = calloc(plan->n_items, sizeof *b->row_scales);
    if (!b->row_scales) return error_memory(&b->error, "row scales");
    for (size_t i = 0; i < plan->n_items; i++) {
        const struct packed_item *item = &plan->items[i];
        if (item->kind == PACKED_MATRIX) {
            size_t floats = QUANT_BLOCK_ROWS * item->cols;
            if (floats > b->floats) b->floats = floats;
            if (item->piece > b->piece_bytes) b->piece_bytes = item->piece;
        } else if (item->kind == PACKED_ROW_SCALE) {
            b->row_scales[i - 1] = calloc(item->rows, sizeof(float));
            if (!b->row_scales[i - 1]) return error_memory(&b->error, "row scales");
        }
    }
    return true;
}

bool packed_build(const struct packed_plan *plan, const struct packed_target *target,
                  struct thread_pool *pool, uint64_t *sums, bool *target_failed, struct error *err)
{
    struct build b = {.plan = plan, .target = target, .sums = sums};
    pthread_mutex_init(&b.lock, NULL);
    bool ok = build_prepare(&b);
    for (size_t i = 0; ok && i < plan->n_items; i++)
        if (plan->items[i].kind == PACKED_VECTOR) ok = put_vector(&b, &plan->items[i]);
    if (ok) {
        progress_start(&b.progress, "packing weights", "bytes", plan->source_bytes);
        thread_pool_run(pool, build_body, &b);
        ok = !atomic_load(&b.failed);
        if (ok) progress_update(&b.progress, plan->source_bytes);
        progress_end(&b.progress);
    }
    for (size_t i = 0; ok && i < plan->n_items; i++)
        if (b.row_scales[i])
            ok = put_piece(&b, &plan->items[i + 1], 0, (const uint8_t *)b.row_scales[i]);
    for (size_t i = 0; b.row_scales && i < plan->n_items; i++) free(b.row_scales[i]);
    free(b.row_scales);
    pthread_mutex_destroy(&b.lock);
    *target_failed = b.target_failed;
    return ok || error_set(err, b.error.code, "%s", b.error.text);
}
