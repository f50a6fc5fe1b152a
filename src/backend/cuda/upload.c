#include "backend/cuda/upload.h"
#include "quant/quantize.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    AHEAD_BYTES = 128 << 20, /* of a file that are asked for before they are needed */
    COPY_UNIT = 64 << 10,    /* bytes that a thread copies at least */
};

struct part {
    uint8_t *to;
    const uint8_t *from;
    size_t bytes;
};

static void copy_part(void *context, size_t thread, size_t n)
{
    const struct part *p = context;
    size_t begin, end;
    thread_pool_split(p->bytes, COPY_UNIT, thread, n, &begin, &end);
    memcpy(p->to + begin, p->from + begin, end - begin);
}

/* The kernel reads ahead of us; where the memory is no file's, that is nothing. */
static void read_ahead(const uint8_t *from, size_t bytes)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)from / page * page;
    madvise((void *)begin, (uintptr_t)from + bytes - begin, MADV_WILLNEED);
}

/* The other buffer, as soon as it is free. */
static bool turn_round(struct upload *u, struct error *err)
{
    const struct device_ops *ops = u->device->ops;
    if (!ops->event_record(u->device, u->done[u->turn], err)) return false;
    u->pending[u->turn] = true;
    u->turn ^= 1;
    u->fill = 0;
    if (u->pending[u->turn] && !ops->event_sync(u->device, u->done[u->turn], err)) return false;
    u->pending[u->turn] = false;
    return true;
}

bool upload_bytes(struct upload *u, const void *to, const void *from, size_t bytes,
                  struct error *err)
{
    uint8_t *target = (uint8_t *)(uintptr_t)to;
    const uint8_t *source = from;
    for (size_t done = 0; done < bytes;) {
        if (u->fill == UPLOAD_BUFFER && !turn_round(u, err)) return false;
        size_t n = bytes - done, left = UPLOAD_BUFFER - u->fill;
        if (n > left) n = left;
        if (n > COPY_UNIT)
            read_ahead(source + done, bytes - done < AHEAD_BYTES ? bytes - done : AHEAD_BYTES);
        struct part part = {u->buffer[u->turn] + u->fill, source + done, n};
        if (n > COPY_UNIT)
            thread_pool_run(u->pool, copy_part, &part);
        else
            memcpy(part.to, part.from, n);
        if (!u->device->ops->copy_in(u->device, target + done, part.to, n, err)) return false;
        u->fill = stage_padded(u->fill + n, 64);
        done += n;
    }
    return true;
}

bool upload_vector(struct upload *u, const float *to, const float *from, size_t n,
                   struct error *err)
{
    if (!to && !from) return true;
    if (!to || !from) return error_set(err, ERROR_USAGE, "a vector that was not planned");
    return upload_bytes(u, to, from, stage_padded(n, QUANT_BLOCK_ROWS) * sizeof *to, err);
}

/* f32 has no kernels: 16 rows at a time are rounded to bf16. */
static bool upload_rounded(struct upload *u, const struct cuda_matrix *to,
                           const struct packed_matrix *from, struct error *err)
{
    size_t cols = from->cols, bytes = packed_block_bytes(QUANT_BF16, cols);
    float *rows = malloc(QUANT_BLOCK_ROWS * cols * sizeof *rows), scales[QUANT_BLOCK_ROWS];
    uint8_t *block = malloc(bytes);
    bool ok = (rows && block) || error_memory(err, "weights");
    for (size_t b = 0; ok && b < packed_blocks(from->rows); b++) {
        size_t first = b * QUANT_BLOCK_ROWS, n = from->rows - first;
        if (n > QUANT_BLOCK_ROWS) n = QUANT_BLOCK_ROWS;
        for (size_t r = 0; r < n; r++) packed_matrix_read_row(from, first + r, rows + r * cols);
        quantize_block(QUANT_BF16, rows, n, cols, block, scales);
        ok = upload_bytes(u, to->data + b * bytes, block, bytes, err);
    }
    free(rows);
    free(block);
    return ok;
}

bool upload_matrix(struct upload *u, const struct device_matrix *to,
                   const struct packed_matrix *from, struct error *err)
{
    bool rounded = from->type == QUANT_F32 && to->type == QUANT_BF16;
    if ((to->type != from->type && !rounded) || (size_t)to->at.rows != from->rows ||
        (size_t)to->at.cols != from->cols || !to->at.row_scale != !from->row_scale)
        return error_set(err, ERROR_USAGE,
                         "a matrix of (%zu, %zu) in %s that was planned otherwise", from->rows,
                         from->cols, quant_type_name(from->type));
    if (rounded) return upload_rounded(u, &to->at, from, err);
    return upload_bytes(u, to->at.data, from->data,
                        packed_matrix_bytes(from->type, from->rows, from->cols), err) &&
           upload_vector(u, to->at.row_scale, from->row_scale, from->rows, err);
}

bool upload_rows(struct upload *u, const float *to, const struct packed_matrix *from, size_t n,
                 struct error *err)
{
    size_t cols = from->cols;
    float *row = malloc(cols * sizeof *row);
    bool ok = row || error_memory(err, "weights");
    for (size_t r = 0; ok && r < n; r++) {
        packed_matrix_read_row(from, r, row);
        ok = upload_bytes(u, to + r * cols, row, cols * sizeof *row, err);
    }
    free(row);
    return ok;
}

static bool add_layer(struct upload *u, const struct stage_layer *to,
                      const struct packed_layer *from, const struct model_config *c,
                      struct error *err)
{
    return upload_matrix(u, &to->qkv, &from->qkv, err) && upload_matrix(u, &to->o, &from->o, err) &&
           upload_matrix(u, &to->gate_up, &from->gate_up, err) &&
           upload_matrix(u, &to->down, &from->down, err) &&
           upload_vector(u, to->attn_norm, from->attn_norm, c->hidden, err) &&
           upload_vector(u, to->mlp_norm, from->mlp_norm, c->hidden, err) &&
           upload_vector(u, to->qkv_bias, from->qkv_bias, from->qkv.rows, err) &&
           upload_vector(u, to->o_bias, from->o_bias, c->hidden, err) &&
           upload_vector(u, to->q_norm, from->q_norm, c->head_dim, err) &&
           upload_vector(u, to->k_norm, from->k_norm, c->head_dim, err);
}

static bool add_all(struct upload *u, struct stage *s, const struct packed_model *m,
                    struct error *err)
{
    const struct model_config *c = s->shape.config;
    float inv_freq[CONFIG_MAX_HEAD_DIM / 2], scale;
    rope_frequencies(c, inv_freq, &scale);
    bool tied = m->head.data == m->embed.data;
    for (size_t i = 0; i < s->shape.n_layers; i++)
        if (!add_layer(u, &s->layers[i], &m->layers[s->shape.first + i], c, err)) return false;
    if (s->embed.at.data && !upload_matrix(u, &s->embed, &m->embed, err)) return false;
    if (s->shape.heads && !tied && !upload_matrix(u, &s->head, &m->head, err)) return false;
    if (s->shape.heads && !upload_vector(u, s->norm, m->norm, c->hidden, err)) return false;
    return upload_bytes(u, s->inv_freq, inv_freq, c->head_dim / 2 * sizeof *inv_freq, err);
}

bool upload_begin(struct upload *u, struct device *device, struct thread_pool *pool,
                  struct error *err)
{
    *u = (struct upload){.device = device, .pool = pool};
    for (size_t i = 0; i < 2; i++) {
        void *buffer;
        if (!device->ops->alloc_host(device, UPLOAD_BUFFER, &buffer, err)) return false;
        u->buffer[i] = buffer;
        if (!device->ops->event_create(device, &u->done[i], err)) return false;
    }
    return true;
}

bool upload_end(struct upload *u, bool ok, struct error *err)
{
    const struct device_ops *ops = u->device->ops;
    ok = ok && ops->wait(u->device, err);
    for (size_t i = 0; i < 2; i++) {
        ops->event_free(u->device, u->done[i]);
        ops->free_host(u->device, u->buffer[i]);
    }
    return ok;
}

bool stage_upload(struct stage *s, const struct packed_model *model, struct thread_pool *pool,
                  struct error *err)
{
    struct upload u;
    bool ok = upload_begin(&u, s->device, pool, err) && add_all(&u, s, model, err);
    return upload_end(&u, ok, err);
}
