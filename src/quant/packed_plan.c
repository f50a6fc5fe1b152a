#include "quant/packed_plan.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Large enough to write at one go, small enough to share a layer between threads. */
enum { PIECE_BYTES = 512 * 1024 };

/* Room for what one layer adds, and for embed, head and norm. */
enum { ITEMS_A_LAYER = 16, ITEMS_BESIDE = 8 };

bool packed_plan_begin(struct packed_plan *plan, enum quant_type type, size_t capacity,
                       const char *family, packed_is_harmless *is_harmless, struct error *err)
{
    *plan = (struct packed_plan){
        .type = type, .cap_items = capacity, .family = family, .is_harmless = is_harmless};
    plan->items = calloc(capacity, sizeof *plan->items);
    return plan->items || error_memory(err, "plan of the packed model");
}

static size_t padded_rows(size_t rows)
{
    return packed_blocks(rows) * QUANT_BLOCK_ROWS;
}

const char *packed_plan_name(struct packed_plan *plan, const char *fmt, ...)
{
    char text[128];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return arena_strdup(&plan->arena, text);
}

void packed_item_source(struct packed_item *item, const char *name, size_t rows)
{
    item->sources[item->n_sources++] = (struct packed_source){.name = name, .rows = rows};
}

/* Appends an item. There is room: packed_plan_begin made it. */
static struct packed_item *add_item(struct packed_plan *plan, const char *name,
                                    enum packed_kind kind)
{
    struct packed_item *item = &plan->items[plan->n_items++];
    *item = (struct packed_item){.name = name, .kind = kind, .cols = 1};
    return item;
}

struct packed_item *packed_plan_matrix(struct packed_plan *plan, struct packed_matrix *target,
                                       const char *name, enum quant_type type, size_t rows,
                                       size_t cols)
{
    *target = (struct packed_matrix){.type = type, .rows = rows, .cols = cols};
    struct packed_item *item = add_item(plan, name, PACKED_MATRIX);
    item->type = type;
    item->rows = rows;
    item->cols = cols;
    item->matrix = target;
    item->bytes = packed_matrix_bytes(type, rows, cols);
    size_t block = packed_block_bytes(type, cols);
    item->piece = block > PIECE_BYTES ? block : PIECE_BYTES / block * block;
    if (type == QUANT_Q4 || type == QUANT_Q8) {
        const char *scale_name = name ? packed_plan_name(plan, "%s.row_scale", name) : NULL;
        struct packed_item *scale = add_item(plan, scale_name, PACKED_ROW_SCALE);
        scale->rows = padded_rows(rows);
        scale->matrix = target;
        scale->bytes = scale->piece = scale->rows * sizeof(float);
    }
    return item;
}

struct packed_item *packed_plan_vector(struct packed_plan *plan, const float **target,
                                       const char *name, size_t n)
{
    struct packed_item *item = add_item(plan, name, PACKED_VECTOR);
    item->rows = padded_rows(n);
    item->vector = target;
    item->bytes = item->piece = item->rows * sizeof(float);
    return item;
}

static void plan_layer(struct packed_plan *plan, const struct packed_model *m, size_t i)
{
    const struct model_config *c = &m->config;
    struct packed_layer *layer = &m->layers[i];
    size_t q = c->n_heads * c->head_dim, kv = c->n_kv_heads * c->head_dim;
    struct packed_item *item;
#define OURS(part)   packed_plan_name(plan, "layers.%zu." part, i)
#define SOURCE(part) packed_plan_name(plan, "model.layers.%zu." part, i)

    item = packed_plan_vector(plan, &layer->attn_norm, OURS("attn_norm"), c->hidden);
    packed_item_source(item, SOURCE("input_layernorm.weight"), c->hidden);

    item = packed_plan_matrix(plan, &layer->qkv, OURS("qkv"), m->type, q + 2 * kv, c->hidden);
    packed_item_source(item, SOURCE("self_attn.q_proj.weight"), q);
    packed_item_source(item, SOURCE("self_attn.k_proj.weight"), kv);
    packed_item_source(item, SOURCE("self_attn.v_proj.weight"), kv);
    if (c->qkv_bias) {
        item = packed_plan_vector(plan, &layer->qkv_bias, OURS("qkv_bias"), q + 2 * kv);
        packed_item_source(item, SOURCE("self_attn.q_proj.bias"), q);
        packed_item_source(item, SOURCE("self_attn.k_proj.bias"), kv);
        packed_item_source(item, SOURCE("self_attn.v_proj.bias"), kv);
    }
    if (c->qk_norm) {
        item = packed_plan_vector(plan, &layer->q_norm, OURS("q_norm"), c->head_dim);
        packed_item_source(item, SOURCE("self_attn.q_norm.weight"), c->head_dim);
        item = packed_plan_vector(plan, &layer->k_norm, OURS("k_norm"), c->head_dim);
        packed_item_source(item, SOURCE("self_attn.k_norm.weight"), c->head_dim);
    }
    item = packed_plan_matrix(plan, &layer->o, OURS("o"), m->type, c->hidden, q);
    packed_item_source(item, SOURCE("self_attn.o_proj.weight"), c->hidden);
    if (c->o_bias) {
        item = packed_plan_vector(plan, &layer->o_bias, OURS("o_bias"), c->hidden);
        packed_item_source(item, SOURCE("self_attn.o_proj.bias"), c->hidden);
    }

    item = packed_plan_vector(plan, &layer->mlp_norm, OURS("mlp_norm"), c->hidden);
    packed_item_source(item, SOURCE("post_attention_layernorm.weight"), c->hidden);
    item = packed_plan_matrix(plan, &layer->gate_up, OURS("gate_up"), m->type,
                              2 * padded_rows(c->intermediate), c->hidden);
    item->by_turns = true;
    packed_item_source(item, SOURCE("mlp.gate_proj.weight"), c->intermediate);
    packed_item_source(item, SOURCE("mlp.up_proj.weight"), c->intermediate);
    item =
        packed_plan_matrix(plan, &layer->down, OURS("down"), m->type, c->hidden, c->intermediate);
    packed_item_source(item, SOURCE("mlp.down_proj.weight"), c->hidden);
#undef OURS
#undef SOURCE
}

/* Tensors that are no weights of ours, though they stand in files that are in order: the
 * frequencies that old checkpoints and GGUF files carry, and the copy of a tied head. */
static bool is_harmless(const char *name)
{
    static const char TAIL[] = ".rotary_emb.inv_freq";
    size_t n = strlen(name), tail = sizeof TAIL - 1;
    if (n >= tail && strcmp(name + n - tail, TAIL) == 0) return true;
    return strcmp(name, "rope_freqs.weight") == 0;
}

static bool is_harmless_tied(const char *name)
{
    return is_harmless(name) || strcmp(name, "lm_head.weight") == 0;
}

bool packed_plan_end(struct packed_plan *plan, struct error *err)
{
    for (size_t i = 0; i < plan->n_items; i++) {
        struct packed_item *item = &plan->items[i];
        if (!item->name) return error_memory(err, "plan of the packed model");
        for (size_t s = 0; s < item->n_sources; s++)
            if (!item->sources[s].name) return error_memory(err, "plan of the packed model");
        item->first_piece = plan->n_pieces;
        plan->n_pieces += packed_item_pieces(item);
        item->offset = plan->memory;
        plan->memory += (item->bytes + 63) & ~(size_t)63;
    }
    return true;
}

bool packed_plan_make(struct packed_plan *plan, struct packed_model *m, struct error *err)
{
    const struct model_config *c = &m->config;
    if (!packed_plan_begin(plan, m->type, ITEMS_A_LAYER * c->n_layers + ITEMS_BESIDE,
                           architecture_name(c->arch),
                           c->tied_head ? is_harmless_tied : is_harmless, err))
        return false;

    /* One row of the embedding is read a token: it can afford more bits than the head. */
    enum quant_type embed_type = m->type == QUANT_Q4 && !c->tied_head ? QUANT_Q8 : m->type;
    struct packed_item *item = packed_plan_matrix(plan, &m->embed, packed_plan_name(plan, "embed"),
                                                  embed_type, c->vocab, c->hidden);
    packed_item_source(item, "model.embed_tokens.weight", c->vocab);
    for (size_t i = 0; i < c->n_layers; i++) plan_layer(plan, m, i);
    item = packed_plan_vector(plan, &m->norm, packed_plan_name(plan, "norm"), c->hidden);
    packed_item_source(item, "model.norm.weight", c->hidden);
    if (!c->tied_head) {
        item = packed_plan_matrix(plan, &m->head, packed_plan_name(plan, "head"), m->type, c->vocab,
                                  c->hidden);
        packed_item_source(item, "lm_head.weight", c->vocab);
    }
    return packed_plan_end(plan, err);
}

void packed_plan_free(struct packed_plan *plan)
{
    free(plan->items);
    arena_free(&plan->arena);
    *plan = (struct packed_plan){0};
}

struct packed_item *packed_plan_item_of(const struct packed_plan *plan, size_t piece)
{
    size_t low = 0, high = plan->n_items; /* the last item that begins at or before the piece */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (plan->items[middle].first_piece <= piece)
            low = middle;
        else
            high = middle;
    }
    return &plan->items[low];
}

void packed_item_attach(const struct packed_item *item, const void *data)
{
    switch (item->kind) {
    case PACKED_MATRIX:
        item->matrix->data = data;
        break;
    case PACKED_ROW_SCALE:
        item->matrix->row_scale = data;
        break;
    case PACKED_VECTOR:
        *item->vector = data;
        break;
    }
}

/* "(3, 4)"; what is past the room is left off. */
static void write_shape(char *out, size_t size, const size_t *shape, size_t n_dims)
{
    size_t used = 0;
    for (size_t i = 0; i < n_dims && used + 1 < size; i++) {
        int n = snprintf(out + used, size - used, "%s%zu", i ? ", " : "(", shape[i]);
        used += n > 0 ? (size_t)n : 0;
    }
    if (!n_dims)
        snprintf(out, size, "()");
    else if (used + 1 < size)
        snprintf(out + used, size - used, ")");
}

static bool find_source(struct packed_source *source, const struct packed_item *item,
                        const char *prefix, const char *path, const struct weight_source *from,
                        struct error *err)
{
    char name[GGUF_MAX_NAME];
    const struct weight *w = weight_source_find(from, source->name);
    if (!w && prefix) {
        snprintf(name, sizeof name, "%s%s", prefix, source->name);
        w = weight_source_find(from, name);
    }
    if (!w)
        return error_set(err, ERROR_INPUT, "%s: there is no tensor \"%s\", which %s asks for", path,
                         weight_source_name(from, source->name, name),
                         weight_source_authority(from));
    if (!w->readable)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: tensor \"%s\": type %s, expected BF16, F16 or F32", w->file, w->shown,
                         w->type_name);
    size_t want[2] = {source->rows, item->cols}, n_dims = item->kind == PACKED_MATRIX ? 2 : 1;
    if (w->n_dims != n_dims || memcmp(w->shape, want, n_dims * sizeof *want) != 0) {
        char expected[64], found[128];
        write_shape(expected, sizeof expected, want, n_dims);
        write_shape(found, sizeof found, w->shape, w->n_dims);
        return error_set(err, ERROR_INPUT, "%s: tensor \"%s\": shape is %s, but %s asks for %s",
                         w->file, w->shown, found, weight_source_authority(from), expected);
    }
    source->weight = w;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool warn_of_others(const struct packed_plan *plan, const char *path,
                           const struct weight_source *from, struct error *err)
{
    const char **used = malloc(plan->n_items * PACKED_MAX_SOURCES * sizeof *used);
    if (!used) return error_memory(err, "tensor names");
    size_t n_used = 0, n_others = 0;
    for (size_t i = 0; i < plan->n_items; i++)
        for (size_t s = 0; s < plan->items[i].n_sources; s++)
            used[n_used++] = plan->items[i].sources[s].weight->name;
    qsort(used, n_used, sizeof *used, compare_names);
    const char *other = NULL;
    for (size_t i = 0; i < weight_source_count(from); i++) {
        const struct weight *w = weight_source_at(from, i);
        if ((w->known && plan->is_harmless(w->name)) ||
            bsearch(&w->name, used, n_used, sizeof *used, compare_names))
            continue;
        n_others++;
        if (!other) other = w->shown;
    }
    if (n_others)
        log_warn("%s: %zu tensor%s that %s models do not have, ignored: \"%s\"%s", path, n_others,
                 n_others > 1 ? "s" : "", plan->family, other, n_others > 1 ? " and others" : "");
    free(used);
    return true;
}

bool packed_plan_find_sources(struct packed_plan *plan, const char *path,
                              const struct weight_source *source, struct error *err)
{
    plan->source_bytes = 0;
    for (size_t i = 0; i < plan->n_items; i++) {
        struct packed_item *item = &plan->items[i];
        for (size_t s = 0; s < item->n_sources; s++) {
            if (!find_source(&item->sources[s], item, plan->prefix, path, source, err))
                return false;
            plan->source_bytes += item->sources[s].weight->size;
        }
    }
    return warn_of_others(plan, path, source, err);
}
