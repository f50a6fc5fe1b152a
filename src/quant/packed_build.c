#include "quant/packed_build.h"
#include "base/log.h"
#include "base/progress.h"
#include "quant/gguf_blocks.h"
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
    atomic_size_t rounded; /* groups of Q8_0 that q8 could not hold as they are */
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

/* How many values of a tensor are not finite; SIZE_MAX when there is no memory to look. */
static size_t count_not_finite(const struct packed_source *source, size_t cols)
{
    size_t step = cols > 1 ? 1 : source->rows, bad = 0; /* a matrix by rows, a vector whole */
    float *values = malloc(step * cols * sizeof *values);
    if (!values) return SIZE_MAX;
    for (size_t row = 0; row < source->rows; row += step) {
        weight_read(source->weight, row, step, values);
        for (size_t k = 0; k < step * cols; k++) bad += isfinite(values[k]) ? 0 : 1;
    }
    free(values);
    return bad;
}

/* Says which of the item's tensors is at fault when some weight was not finite. */
static void report_not_finite(struct build *b, const struct packed_item *item)
{
    struct error err = {0};
    for (size_t s = 0; s < item->n_sources; s++) {
        const struct weight *w = item->sources[s].weight;
        size_t bad = count_not_finite(&item->sources[s], item->cols);
        if (bad == SIZE_MAX)
            error_memory(&err, w->shown);
        else if (bad)
            error_set(&err, ERROR_INPUT,
                      "%s: tensor \"%s\": %zu of %zu weights are not finite (NaN or infinity)",
                      w->file, w->shown, bad, item->sources[s].rows * item->cols);
    }
    if (err.code == ERROR_NONE)
        error_set(&err, ERROR_INPUT, "%s: changed while it was read",
                  item->sources[0].weight->file);
    build_fail(b, &err, false);
}

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Rows of one source that stand one behind the other in a block. */
struct run {
    size_t source, row, n;
};

/* The runs of a block, at most one a source; returns how many. */
static size_t find_runs(const struct packed_item *item, size_t block,
                        struct run runs[PACKED_MAX_SOURCES])
{
    if (item->by_turns) {
        size_t s = block % item->n_sources;
        size_t row = block / item->n_sources * QUANT_BLOCK_ROWS;
        runs[0] = (struct run){s, row, min_size(QUANT_BLOCK_ROWS, item->sources[s].rows - row)};
        return 1;
    }
    size_t row = block * QUANT_BLOCK_ROWS, done = 0, first = 0, n_runs = 0;
    size_t want = min_size(QUANT_BLOCK_ROWS, item->rows - row);
    for (size_t s = 0; s < item->n_sources && done < want; s++) {
        size_t end = first + item->sources[s].rows;
        if (row + done < end) {
            size_t n = min_size(want - done, end - row - done);
            runs[n_runs++] = (struct run){s, row + done - first, n};
            done += n;
        }
        first = end;
    }
    return n_runs;
}

/* The rows of each source, as they lie in the file, that a piece has read. */
struct rows_read {
    size_t begin, end;
};

static void note_rows(const struct packed_item *item, const struct run *run, struct rows_read *read)
{
    struct rows_read *r = &read[run->source];
    for (size_t i = 0; i < run->n; i++) {
        size_t row = weight_row(item->sources[run->source].weight, run->row + i);
        if (r->end == 0 || row < r->begin) r->begin = row;
        if (row >= r->end) r->end = row + 1;
    }
}

/* Packs one block into out; row_scale has room for 16 floats, or is NULL. Returns how many of its
 * weights are not finite. Rows of Q8_0 go into q8 as they are. */
static size_t pack_block(struct build *b, const struct packed_item *item, const struct run *runs,
                         size_t n_runs, uint8_t *out, float *row_scale, float *weights)
{
    size_t rows = 0, exact = 0, bad = 0, rounded = 0;
    for (size_t i = 0; i < n_runs; i++) {
        enum gguf_type type = item->sources[runs[i].source].weight->type;
        if (item->type == QUANT_Q8 && type == GGUF_Q8_0) exact += runs[i].n;
        rows += runs[i].n;
    }
    if (exact < rows) {
        for (size_t i = 0, at = 0; i < n_runs; at += runs[i++].n)
            weight_read(item->sources[runs[i].source].weight, runs[i].row, runs[i].n,
                        weights + at * item->cols);
        bad = quantize_block(item->type, weights, rows, item->cols, out, row_scale);
        if (bad || !exact) return bad;
    } else {
        /* Rows that are not there: values of 0, which are stored as 128. */
        size_t scales = packed_scale_bytes(QUANT_Q8, item->cols);
        memset(out, 0, scales);
        memset(out + scales, 128, packed_block_bytes(QUANT_Q8, item->cols) - scales);
        for (size_t r = 0; r < QUANT_BLOCK_ROWS; r++) row_scale[r] = 0;
    }
    for (size_t i = 0, r = 0; i < n_runs; i++) {
        const struct weight *w = item->sources[runs[i].source].weight;
        for (size_t k = 0; k < runs[i].n; k++, r++) {
            if (w->type != GGUF_Q8_0) continue;
            const uint8_t *row = w->data + weight_row(w, runs[i].row + k) * w->row_bytes;
            bad += gguf_pack_q8_0(row, item->cols, r, out, &rounded);
            row_scale[r] = 1;
        }
    }
    if (rounded) atomic_fetch_add(&b->rounded, rounded);
    return bad;
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
        struct run runs[PACKED_MAX_SOURCES];
        size_t n_runs = find_runs(item, first + i, runs);
        float *scales = b->row_scales[index];
        if (scales) scales += (first + i) * QUANT_BLOCK_ROWS;
        if (pack_block(b, item, runs, n_runs, out + i * block_bytes, scales, weights)) {
            report_not_finite(b, item);
            return false;
        }
        for (size_t k = 0; k < n_runs; k++) note_rows(item, &runs[k], read);
    }
    size_t bytes = 0;
    for (size_t s = 0; s < item->n_sources; s++) {
        if (read[s].end == 0) continue;
        const struct weight *w = item->sources[s].weight;
        weight_drop_rows(w, read[s].begin, read[s].end - read[s].begin);
        bytes += (read[s].end - read[s].begin) * w->row_bytes;
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
        weight_read(item->sources[s].weight, 0, item->sources[s].rows, values + at);
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
    if (ok && atomic_load(&b.rounded))
        log_info("%zu groups of Q8_0 weights hold -128 and were rounded", atomic_load(&b.rounded));
    return ok || error_set(err, b.error.code, "%s", b.error.text);
}
