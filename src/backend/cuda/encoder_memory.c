/* Where an encoder goes, how it lies in a GPU's memory, and its way there. */
#include "backend/cuda/encoder.h"
#include "backend/cuda/placement.h"
#include "backend/cuda/upload.h"

/* ---- the layout ---- */

static size_t take_offset(size_t *at, size_t bytes)
{
    size_t offset = *at;
    *at = stage_padded(offset + bytes, 16);
    return offset;
}

struct encoder_inputs encoder_inputs(const struct encoder_sizes *z)
{
    struct encoder_inputs in = {0};
    size_t at = 0;
    in.tokens = take_offset(&at, z->tokens * sizeof(int32_t));
    in.position = take_offset(&at, z->tokens * sizeof(int32_t));
    in.sequence = take_offset(&at, z->tokens * sizeof(int32_t));
    in.visible = take_offset(&at, z->tokens * sizeof(int32_t));
    in.tiles = take_offset(&at, z->tiles * sizeof(struct cuda_tile));
    in.rows = take_offset(&at, z->rows * sizeof(struct cuda_tile));
    in.pages = take_offset(&at, z->texts * z->pages_stride * sizeof(int32_t));
    in.bytes = at;
    return in;
}

struct encoder_sizes encoder_limits(const struct packed_encoder *m,
                                    const struct encoder_backend_options *o)
{
    size_t longest = m->config.context < o->max_tokens ? m->config.context : o->max_tokens;
    return (struct encoder_sizes){
        .tokens = o->max_tokens,
        .texts = o->max_texts,
        .tiles = o->max_tokens / CUDA_PREFILL_ROWS + o->max_texts,
        .rows = m->config.is_colbert ? o->max_tokens : o->max_texts,
        .pages_stride = (longest + CUDA_KV_PAGE - 1) / CUDA_KV_PAGE,
    };
}

static enum quant_type device_type(enum quant_type type)
{
    return type == QUANT_F32 ? QUANT_BF16 : type;
}

/* As quant/packed_encoder.c has them. */
static void take_layer(struct layout *l, struct encoder_layer *layer,
                       const struct encoder_config *c, enum quant_type type)
{
    size_t h = c->hidden;
    layout_matrix(l, &layer->qkv, type, 3 * h, h);
    layout_matrix(l, &layer->o, type, h, h);
    layout_matrix(l, &layer->up, type, c->intermediate, h);
    layout_matrix(l, &layer->down, type, h, c->intermediate);
    layer->qkv_bias = layout_vector(l, 3 * h);
    layer->o_bias = layout_vector(l, h);
    layer->up_bias = layout_vector(l, c->intermediate);
    layer->down_bias = layout_vector(l, h);
    layer->attn_norm = layout_vector(l, h);
    layer->attn_norm_bias = layout_vector(l, h);
    layer->mlp_norm = layout_vector(l, h);
    layer->mlp_norm_bias = layout_vector(l, h);
}

static void take_weights(struct layout *l, struct cuda_encoder *e)
{
    const struct packed_encoder *m = e->model;
    const struct encoder_config *c = &m->config;
    struct encoder_layer measured;
    layout_matrix(l, &e->words, device_type(m->words.type), c->vocab, c->hidden);
    e->positions = layout_take(l, c->context * c->hidden * sizeof *e->positions);
    e->segment = layout_take(l, c->hidden * sizeof *e->segment);
    e->norm = layout_vector(l, c->hidden);
    e->norm_bias = layout_vector(l, c->hidden);
    for (size_t i = 0; i < c->n_layers; i++)
        take_layer(l, e->layers ? &e->layers[i] : &measured, c, device_type(m->type));
    if (m->projection.data)
        layout_matrix(l, &e->projection, device_type(m->projection.type), m->dim, c->hidden);
}

static void take_buffers(struct layout *l, struct cuda_encoder *e)
{
    const struct packed_encoder *m = e->model;
    const struct encoder_config *c = &m->config;
    struct encoder_sizes z = encoder_limits(m, &e->options);
    const size_t shapes[][2] = {{3 * c->hidden, c->hidden},
                                {c->hidden, c->hidden},
                                {c->intermediate, c->hidden},
                                {c->hidden, c->intermediate},
                                {m->dim, c->hidden}};
    size_t n = z.tokens, dim = encoder_head_dim(c), partials = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t most = layout_partials(shapes[i][0], shapes[i][1], n, e->device->info.processors);
        if (most > partials) partials = most;
    }
    e->inputs = layout_take(l, encoder_inputs(&z).bytes);
    e->x = layout_take(l, n * c->hidden * sizeof *e->x);
    e->partials = layout_take(l, partials * sizeof *e->partials);
    e->in = layout_activations(l, CUDA_FORM_BF16, n, c->hidden);
    e->attn = layout_activations(l, CUDA_FORM_BF16, n, c->hidden);
    e->wide = layout_activations(l, CUDA_FORM_BF16, n, c->intermediate);
    e->q = layout_take(l, n * c->n_heads * dim * sizeof *e->q);
    e->max_pages = n / CUDA_KV_PAGE + z.texts;
    e->kv = (struct cuda_kv){.n_kv_heads = (int32_t)c->n_heads,
                             .head_dim = (int32_t)dim,
                             .head_bytes = (int32_t)(CUDA_KV_PAGE * dim * 2)};
    e->kv.data = layout_take(l, e->max_pages * c->n_heads * 2 * (size_t)e->kv.head_bytes);
    e->out = layout_take(l, z.rows * m->dim * sizeof *e->out);
}

void encoder_lay_out(struct cuda_encoder *e, uintptr_t base)
{
    e->memory = (struct backend_memory){0};
    struct layout l = {.base = base, .count = &e->memory.weights};
    take_weights(&l, e);
    l.count = &e->memory.activations;
    take_buffers(&l, e);
}

/* ---- where it goes ---- */

static size_t measure(const struct packed_encoder *model, struct encoder_placement *p)
{
    struct cuda_encoder e = {.model = model, .device = p->device, .options = p->options};
    encoder_lay_out(&e, 0);
    p->memory = e.memory;
    return e.memory.weights + e.memory.activations;
}

/* Half of the batch, but a longest text at least; false when it is that already. */
static bool shrink(struct encoder_backend_options *o, size_t context)
{
    if (o->max_tokens <= context) return false;
    o->max_tokens = o->max_tokens / 2 > context ? o->max_tokens / 2 : context;
    o->max_texts = (o->max_texts + 1) / 2;
    return true;
}

bool encoder_placement_make(const struct packed_encoder *model,
                            const struct encoder_backend_options *wanted, const struct gpus *gpus,
                            struct encoder_placement *out, struct error *err)
{
    *out = (struct encoder_placement){.options = *wanted};
    if (gpus->n == 0) return true;
    if (encoder_head_dim(&model->config) > CUDA_MAX_HEAD_DIM) {
        if (gpus->with_cpu) return true;
        return error_set(err, ERROR_UNSUPPORTED,
                         "heads of %zu are not computed on a GPU: at most %d",
                         model->config.head_dim, CUDA_MAX_HEAD_DIM);
    }
    out->device = gpus->devices[0];
    for (size_t i = 1; i < gpus->n; i++)
        if (gpus->devices[i]->info.free > out->device->info.free) out->device = gpus->devices[i];
    size_t room = placement_room(&out->device->info), bytes;
    while ((bytes = measure(model, out)) > room)
        if (!shrink(&out->options, model->config.context)) break;
    if (bytes <= room) return true;
    if (gpus->with_cpu) {
        *out = (struct encoder_placement){.options = *wanted};
        return true;
    }
    return error_set(err, ERROR_MEMORY,
                     "the encoder needs %.2f GB (weights %.2f, activations %.2f), and %.2f GB can "
                     "be had on GPU %zu (%.60s); DEVICE=auto would compute it on the CPU",
                     (double)bytes / 1e9, (double)out->memory.weights / 1e9,
                     (double)out->memory.activations / 1e9, (double)room / 1e9, out->device->index,
                     out->device->info.name);
}

/* ---- weights ---- */

static bool upload_layer(struct upload *u, const struct encoder_layer *to,
                         const struct packed_encoder_layer *from, const struct encoder_config *c,
                         struct error *err)
{
    size_t h = c->hidden;
    return upload_matrix(u, &to->qkv, &from->qkv, err) && upload_matrix(u, &to->o, &from->o, err) &&
           upload_matrix(u, &to->up, &from->up, err) &&
           upload_matrix(u, &to->down, &from->down, err) &&
           upload_vector(u, to->qkv_bias, from->qkv_bias, 3 * h, err) &&
           upload_vector(u, to->o_bias, from->o_bias, h, err) &&
           upload_vector(u, to->up_bias, from->up_bias, c->intermediate, err) &&
           upload_vector(u, to->down_bias, from->down_bias, h, err) &&
           upload_vector(u, to->attn_norm, from->attn_norm, h, err) &&
           upload_vector(u, to->attn_norm_bias, from->attn_norm_bias, h, err) &&
           upload_vector(u, to->mlp_norm, from->mlp_norm, h, err) &&
           upload_vector(u, to->mlp_norm_bias, from->mlp_norm_bias, h, err);
}

bool encoder_upload(struct cuda_encoder *e, struct thread_pool *pool, struct error *err)
{
    const struct packed_encoder *m = e->model;
    const struct encoder_config *c = &m->config;
    struct upload u;
    bool ok = upload_begin(&u, e->device, pool, err) &&
              upload_matrix(&u, &e->words, &m->words, err) &&
              upload_rows(&u, e->positions, &m->positions, c->context, err) &&
              upload_rows(&u, e->segment, &m->segments, 1, err) &&
              upload_vector(&u, e->norm, m->norm, c->hidden, err) &&
              upload_vector(&u, e->norm_bias, m->norm_bias, c->hidden, err);
    for (size_t i = 0; ok && i < c->n_layers; i++)
        ok = upload_layer(&u, &e->layers[i], &m->layers[i], c, err);
    ok = ok && (!m->projection.data || upload_matrix(&u, &e->projection, &m->projection, err));
    return upload_end(&u, ok, err);
}
