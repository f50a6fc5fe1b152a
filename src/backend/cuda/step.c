/* From the engine's sequences to what the kernels are told. */
#include "backend/cuda/cuda.h"

#include <string.h>

static bool check_sequence(const struct cuda_backend *b, const struct step_sequence *s,
                           struct error *err)
{
    const struct backend_options *o = &b->options;
    size_t vocab = b->model->config.vocab;
    if (s->n_tokens == 0 || s->n_tokens > o->max_tokens - b->n_tokens)
        return error_set(err, ERROR_USAGE, "a step of more than %zu tokens", o->max_tokens);
    if (s->n_logits > s->n_tokens || s->n_logits > o->max_logits - b->n_rows)
        return error_set(err, ERROR_USAGE, "a step of more than %zu logits", o->max_logits);
    if (s->position > o->max_context || s->n_tokens > o->max_context - s->position)
        return error_set(err, ERROR_USAGE, "a sequence of more than %zu tokens", o->max_context);
    for (size_t t = 0; t < s->n_tokens; t++)
        if (s->tokens[t] < 0 || (size_t)s->tokens[t] >= vocab)
            return error_set(err, ERROR_INPUT, "token %d: the model has ids 0..%zu", s->tokens[t],
                             vocab - 1);
    for (size_t p = 0; p <= (s->position + s->n_tokens - 1) / KV_PAGE; p++)
        if (s->pages[p] < 0 || (size_t)s->pages[p] >= o->n_pages)
            return error_set(err, ERROR_USAGE, "KV page %d of %zu", s->pages[p], o->n_pages);
    return true;
}

static size_t pages_of(const struct step_sequence *s)
{
    return (s->position + s->n_tokens - 1) / KV_PAGE + 1;
}

static size_t tile_tokens(const struct cuda_backend *b, bool decode)
{
    const struct model_config *c = &b->model->config;
    return (size_t)cuda_tile_tokens(decode, (int32_t)c->n_heads, (int32_t)c->n_kv_heads);
}

static size_t tiles_of(const struct cuda_backend *b, size_t n_tokens, bool decode)
{
    size_t per_tile = tile_tokens(b, decode);
    return (n_tokens + per_tile - 1) / per_tile;
}

/* Few sizes, so that few graphs serve: 4, 16, 64 ... */
static size_t splits_bucket(const struct cuda_backend *b, size_t splits)
{
    size_t bucket = 4;
    while (bucket < splits) bucket *= 4;
    return bucket < b->limits.splits ? bucket : b->limits.splits;
}

/* A sequence of few tokens attends by DECODE as long as that has room. */
static bool by_decode(const struct cuda_backend *b, const struct step_sequence *s, size_t tiles)
{
    return s->n_tokens <= STAGE_DECODE_TOKENS &&
           tiles + tiles_of(b, s->n_tokens, true) <= b->limits.decode_tiles;
}

static void find_sizes(struct cuda_backend *b)
{
    struct step_sizes z = {.tokens = b->n_tokens, .sequences = b->n_sequences, .rows = b->n_rows};
    size_t pages = 1, decode_pages = 1;
    for (size_t i = 0; i < b->n_sequences; i++) {
        const struct step_sequence *s = &b->sequences[i];
        if (pages_of(s) > pages) pages = pages_of(s);
        if (by_decode(b, s, z.decode_tiles)) {
            z.decode_tiles += tiles_of(b, s->n_tokens, true);
            if (pages_of(s) > decode_pages) decode_pages = pages_of(s);
        } else {
            z.prefill_tiles += tiles_of(b, s->n_tokens, false);
        }
    }
    z.splits = splits_bucket(b, (decode_pages + CUDA_SPLIT_PAGES - 1) / CUDA_SPLIT_PAGES);
    z.pages_stride = z.splits * CUDA_SPLIT_PAGES;
    if (pages > z.pages_stride) z.pages_stride = pages;
    b->is_graph = z.prefill_tiles == 0 && z.rows == z.tokens && z.tokens <= MAX_GRAPH_TOKENS;
    if (b->is_graph && z.tokens > CUDA_GEMV_TOKENS) {
        size_t padded = stage_padded(z.tokens, 8), more = padded - z.tokens;
        if (z.decode_tiles + more <= b->limits.decode_tiles) {
            z.tokens = z.rows = padded;
            z.decode_tiles += more;
        }
    }
    /* Of a graph the sequences are as many as the tokens: both are in its inputs' offsets. */
    z.sequences = b->is_graph && z.tokens <= b->options.max_sequences ? z.tokens : b->n_sequences;
    if (z.tokens > b->n_tokens && z.sequences == b->n_sequences) z.sequences++;
    b->step.sizes = z;
    b->step.in = stage_inputs(&z);
}

/* ---- the inputs ---- */

struct filler {
    int32_t *tokens, *position, *sequence, *visible, *rows, *pages;
    struct cuda_tile *decode, *prefill;
    struct cuda_choice *choices;
    size_t n_tokens, n_rows, n_decode, n_prefill, n_sequences;
};

static void add_token(struct filler *f, int32_t token, size_t position)
{
    size_t t = f->n_tokens++;
    f->tokens[t] = token;
    f->position[t] = (int32_t)position;
    f->sequence[t] = (int32_t)f->n_sequences;
    f->visible[t] = (int32_t)position + 1;
}

static void add_row(struct filler *f, size_t token, const struct backend_choice *c)
{
    size_t r = f->n_rows++;
    f->rows[r] = (int32_t)token;
    f->choices[r] = (struct cuda_choice){.top_p = 1};
    if (!c) return;
    int32_t top_k = c->top_k > INT32_MAX ? INT32_MAX : (int32_t)c->top_k;
    f->choices[r] = (struct cuda_choice){c->temperature, c->top_p, c->min_p, top_k, c->random};
}

static void add_tiles(const struct cuda_backend *b, struct filler *f, size_t first, size_t n,
                      bool decode)
{
    size_t per_tile = tile_tokens(b, decode);
    for (size_t t = 0; t < n; t += per_tile) {
        size_t here = n - t < per_tile ? n - t : per_tile;
        struct cuda_tile tile = {(int32_t)(first + t), (int32_t)here};
        if (decode)
            f->decode[f->n_decode++] = tile;
        else
            f->prefill[f->n_prefill++] = tile;
    }
}

static void add_sequence(const struct cuda_backend *b, struct filler *f,
                         const struct step_sequence *s)
{
    size_t first = f->n_tokens, stride = b->step.sizes.pages_stride;
    for (size_t t = 0; t < s->n_tokens; t++) add_token(f, s->tokens[t], s->position + t);
    for (size_t r = 0; r < s->n_logits; r++)
        add_row(f, first + s->n_tokens - s->n_logits + r, s->choices ? &s->choices[r] : NULL);
    add_tiles(b, f, first, s->n_tokens, by_decode(b, s, f->n_decode));
    memcpy(f->pages + f->n_sequences++ * stride, s->pages, pages_of(s) * sizeof *s->pages);
}

/* Tokens that nobody asked for, in a page that is nobody's. */
static void pad(const struct cuda_backend *b, struct filler *f)
{
    const struct step_sizes *z = &b->step.sizes;
    if (f->n_tokens == z->tokens) return;
    f->pages[f->n_sequences * z->pages_stride] = (int32_t)b->options.n_pages;
    while (f->n_tokens < z->tokens) {
        add_tiles(b, f, f->n_tokens, 1, true);
        add_row(f, f->n_tokens, NULL);
        add_token(f, 0, 0);
    }
    f->n_sequences++;
}

static void fill(struct cuda_backend *b)
{
    const struct stage_inputs *in = &b->step.in;
    struct filler f = {.tokens = (void *)(b->inputs + in->tokens),
                       .position = (void *)(b->inputs + in->position),
                       .sequence = (void *)(b->inputs + in->sequence),
                       .visible = (void *)(b->inputs + in->visible),
                       .rows = (void *)(b->inputs + in->rows),
                       .pages = (void *)(b->inputs + in->pages),
                       .decode = (void *)(b->inputs + in->decode_tiles),
                       .prefill = (void *)(b->inputs + in->prefill_tiles),
                       .choices = (void *)(b->inputs + in->choices)};
    memset(f.pages, 0, b->step.sizes.sequences * b->step.sizes.pages_stride * sizeof *f.pages);
    for (size_t i = 0; i < b->n_sequences; i++) add_sequence(b, &f, &b->sequences[i]);
    pad(b, &f);
}

bool step_prepare(struct cuda_backend *b, const struct step_sequence *sequences, size_t n,
                  struct error *err)
{
    b->n_tokens = b->n_rows = 0;
    b->any_logits = b->step.choose = false;
    if (n > b->options.max_sequences)
        return error_set(err, ERROR_USAGE, "a step of more than %zu sequences",
                         b->options.max_sequences);
    for (size_t i = 0; i < n; i++) {
        const struct step_sequence *s = &sequences[i];
        if (!check_sequence(b, s, err)) return false;
        b->n_tokens += s->n_tokens;
        b->n_rows += s->n_logits;
        if (s->n_logits && s->choices) b->step.choose = true;
        if (s->n_logits && !s->choices) b->any_logits = true;
    }
    b->sequences = sequences;
    b->n_sequences = n;
    if (b->n_tokens == 0) return true;
    find_sizes(b);
    fill(b);
    return true;
}
