#include "backend/cuda/upload.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    BUFFER_BYTES = 32 << 20,
    AHEAD_BYTES = 128 << 20, /* of a file that are asked for before they are needed */
    COPY_UNIT = 64 << 10,    /* bytes that a thread copies at least */
};

struct upload {
    struct device *device;
    struct thread_pool *pool;
    uint8_t *buffer[2];
    struct device_event *done[2]; /* the buffer's copies */
    bool pending[2];
    size_t turn, fill; /* the buffer being filled, bytes in it */
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

static bool add(struct upload *u, const void *to, const void *from, size_t bytes, struct error *err)
{
    uint8_t *target = (uint8_t *)(uintptr_t)to;
    const uint8_t *source = from;
    for (size_t done = 0; done < bytes;) {
        if (u->fill == BUFFER_BYTES && !turn_round(u, err)) return false;
        size_t n = bytes - done, left = BUFFER_BYTES - u->fill;
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

static bool add_vector(struct upload *u, const float *to, const float *from, size_t n,
                       struct error *err)
{
    if (!to && !from) return true;
    if (!to || !from) return error_set(err, ERROR_USAGE, "a vector that was not planned");
    return add(u, to, from, stage_padded(n, QUANT_BLOCK_ROWS) * sizeof *to, err);
}

static bool add_matrix(struct upload *u, const struct stage_matrix *to,
                       const struct packed_matrix *from, struct error *err)
{
    if (to->type != from->type || (size_t)to->at.rows != from->rows ||
        (size_t)to->at.cols != from->cols || !to->at.row_scale != !from->row_scale)
        return error_set(err, ERROR_USAGE,
                         "a matrix of (%zu, %zu) in %s that was planned otherwise", from->rows,
                         from->cols, quant_type_name(from->type));
    return add(u, to->at.data, from->data, packed_matrix_bytes(from->type, from->rows, from->cols),
               err) &&
           add_vector(u, to->at.row_scale, from->row_scale, from->rows, err);
}

static bool add_layer(struct upload *u, const struct stage_layer *to,
                      const struct packed_layer *from, const struct model_config *c,
                      struct error *err)
{
    return add_matrix(u, &to->qkv, &from->qkv, err) && add_matrix(u, &to->o, &from->o, err) &&
           add_matrix(u, &to->gate_up, &from->gate_up, err) &&
           add_matrix(u, &to->down, &from->down, err) &&
           add_vector(u, to->attn_norm, from->attn_norm, c->hidden, err) &&
           add_vector(u, to->mlp_norm, from->mlp_norm, c->hidden, err) &&
           add_vector(u, to->qkv_bias, from->qkv_bias, from->qkv.rows, err) &&
           add_vector(u, to->o_bias, from->o_bias, c->hidden, err) &&
           add_vector(u, to->q_norm, from->q_norm, c->head_dim, err) &&
           add_vector(u, to->k_norm, from->k_norm, c->head_dim, err);
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
    if (s->embed.at.data && !add_matrix(u, &s->embed, &m->embed, err)) return false;
    if (s->shape.heads && !tied && !add_matrix(u, &s->head, &m->head, err)) return false;
    if (s->shape.heads && !add_vector(u, s->norm, m->norm, c->hidden, err)) return false;
    return add(u, s->inv_freq, inv_freq, c->head_dim / 2 * sizeof *inv_freq, err);
}

bool stage_upload(struct stage *s, const struct packed_model *model, struct thread_pool *pool,
                  struct error *err)
{
    const struct device_ops *ops = s->device->ops;
    struct upload u = {.device = s->device, .pool = pool};
    bool ok = true;
    for (size_t i = 0; ok && i < 2; i++) {
        void *buffer;
        ok = ops->alloc_host(s->device, BUFFER_BYTES, &buffer, err) &&
             ops->event_create(s->device, &u.done[i], err);
        u.buffer[i] = buffer;
    }
    ok = ok && add_all(&u, s, model, err) && ops->wait(s->device, err);
    for (size_t i = 0; i < 2; i++) {
        ops->event_free(s->device, u.done[i]);
        ops->free_host(s->device, u.buffer[i]);
    }
    return ok;
}
