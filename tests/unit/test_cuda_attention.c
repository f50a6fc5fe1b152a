/* Keys and values into pages, and attention over them, on the emulated GPU, against attention in
 * double. Pages are scattered, sequences of a step differ in length, heads share KV heads. */
#include "cuda_fixture.h"

/* A step's sequences: random lengths and pages, and the KV pool. */
struct setting {
    size_t n_seq, n_tokens, pages_stride, n_pages, n_heads, n_kv, dim;
    size_t out_dim;                  /* of a head's output: the rest is padding */
    size_t length[4], new_tokens[4]; /* length: with the new ones */
    int32_t *position, *sequence, *pages, *visible;
    struct cuda_kv kv;
    size_t bytes; /* of the pool */
};

static struct setting make_setting(size_t n_seq, size_t most_new, size_t most_old, size_t n_heads,
                                   size_t n_kv, size_t dim, bool int8)
{
    struct setting s = {
        .n_seq = n_seq, .n_heads = n_heads, .n_kv = n_kv, .dim = dim, .out_dim = dim};
    size_t total = 0;
    for (size_t i = 0; i < n_seq; i++) {
        s.new_tokens[i] = (size_t)pick_between(1, (int32_t)most_new);
        s.length[i] = s.new_tokens[i] + (size_t)pick_between(0, (int32_t)most_old);
        s.n_tokens += s.new_tokens[i];
        size_t pages = (s.length[i] + 31) / 32;
        total += pages;
        if (pages > s.pages_stride) s.pages_stride = pages;
    }
    s.n_pages = total + 2;
    s.position = take(s.n_tokens, sizeof *s.position);
    s.sequence = take(s.n_tokens, sizeof *s.sequence);
    s.visible = take(s.n_tokens, sizeof *s.visible);
    s.pages = take(n_seq * s.pages_stride, sizeof *s.pages);
    int32_t *order = take(s.n_pages, sizeof *order);
    for (size_t i = 0; i < s.n_pages; i++) {
        size_t j = random_bits() % (i + 1);
        order[i] = order[j];
        order[j] = (int32_t)i;
    }
    size_t t = 0, next = 0;
    for (size_t i = 0; i < n_seq; i++) {
        for (size_t p = 0; p < s.pages_stride; p++)
            s.pages[i * s.pages_stride + p] = p * 32 < s.length[i] ? order[next++] : -1;
        for (size_t k = 0; k < s.new_tokens[i]; k++, t++) {
            s.position[t] = (int32_t)(s.length[i] - s.new_tokens[i] + k);
            s.sequence[t] = (int32_t)i;
            s.visible[t] = s.position[t] + 1;
        }
    }
    free(order);
    size_t head_bytes = int8 ? 32 * dim + 128 : 64 * dim;
    s.bytes = s.n_pages * n_kv * 2 * head_bytes;
    s.kv = (struct cuda_kv){NULL, (int32_t)n_kv, (int32_t)dim, (int32_t)head_bytes, int8};
    s.kv.data = aligned_alloc(16, s.bytes);
    assert_non_null(s.kv.data);
    for (size_t i = 0; i < s.bytes; i += 2) { /* anything but NaN */
        uint16_t v = int8 ? (uint16_t)random_bits() : bf16_from_f32(noise());
        memcpy(s.kv.data + i, &v, 2);
    }
    for (size_t i = 0; int8 && i < s.bytes; i += head_bytes)
        for (size_t k = 0; k < 32; k++) {
            float scale = (1.5f + noise()) / 127;
            memcpy(s.kv.data + i + 32 * dim + 4 * k, &scale, 4);
        }
    return s;
}

static void free_setting(struct setting *s)
{
    free(s->position);
    free(s->sequence);
    free(s->visible);
    free(s->pages);
    free(s->kv.data);
}

static struct cuda_tokens tokens_of(const struct setting *s)
{
    return (struct cuda_tokens){s->position, s->sequence, s->pages, (int32_t)s->pages_stride};
}

/* Dimension d of the key or value of a position of a sequence, as kernels.h lays pages out. */
static double kv_at(const struct setting *s, size_t sequence, size_t position, size_t head,
                    bool value, size_t d)
{
    size_t page = (size_t)s->pages[sequence * s->pages_stride + position / 32];
    size_t slot = position % 32, head_bytes = (size_t)s->kv.head_bytes;
    const uint8_t *at = s->kv.data + ((page * s->n_kv + head) * 2 + value) * head_bytes;
    size_t i = value ? (slot / 2 * s->dim + d) * 2 + slot % 2 : slot * s->dim + d;
    if (s->kv.int8) {
        float scale;
        memcpy(&scale, at + 32 * s->dim + 4 * slot, 4);
        return (double)(int8_t)at[i] * (double)scale;
    }
    uint16_t h;
    memcpy(&h, at + 2 * i, 2);
    return (double)f32_from_bf16(h);
}

/* Whatever is not of a new token stays: puts the old back into the new slots, compares. */
static void assert_others_stay(struct setting *s, const uint8_t *before)
{
    size_t dim = s->dim, size = s->kv.int8 ? 1 : 2;
    for (size_t t = 0; t < s->n_tokens; t++)
        for (size_t h = 0; h < 2 * s->n_kv; h++) {
            size_t position = (size_t)s->position[t], slot = position % 32;
            size_t page =
                (size_t)s->pages[(size_t)s->sequence[t] * s->pages_stride + position / 32];
            size_t at = (page * 2 * s->n_kv + h) * (size_t)s->kv.head_bytes;
            for (size_t d = 0; d < dim; d++) {
                size_t k = h % 2 ? (slot / 2 * dim + d) * 2 + slot % 2 : slot * dim + d;
                memcpy(s->kv.data + at + k * size, before + at + k * size, size);
            }
            if (s->kv.int8)
                memcpy(s->kv.data + at + 32 * dim + 4 * slot, before + at + 32 * dim + 4 * slot, 4);
        }
    assert_memory_equal(s->kv.data, before, s->bytes);
}

static void keys_values_and_queries_are_normed_rotated_and_stored(void **state)
{
    (void)state;
    for (int i = 0; i < shapes(600); i++) {
        size_t n_kv = (size_t)pick_between(1, 3), group = (size_t)pick_between(1, 5);
        size_t n_heads = n_kv * group, dim = 32 * (size_t)pick_between(1, i % 10 ? 4 : 8);
        bool int8 = i % 2, norm = i / 2 % 2, rotate = i % 5 != 4;
        struct setting s =
            make_setting((size_t)pick_between(1, 3), 3, 60, n_heads, n_kv, dim, int8);
        size_t n = s.n_tokens, rows = (n_heads + 2 * n_kv) * dim;
        struct cuda_rope_kv_args a = {.tokens = tokens_of(&s),
                                      .kv = s.kv,
                                      .q = take(n * n_heads * dim, sizeof(uint16_t)),
                                      .eps = 1e-6f,
                                      .n_tokens = (int32_t)n,
                                      .n_heads = (int32_t)n_heads};
        a.qkv = random_partials((size_t)pick_between(1, 4), n, rows, i % 3 != 0);
        a.q_norm = norm ? random_floats(dim) : NULL;
        a.k_norm = norm ? random_floats(dim) : NULL;
        float *cosine = random_floats(n * dim / 2), *sine = random_floats(n * dim / 2);
        if (rotate) {
            a.cosine = cosine;
            a.sine = sine;
        }
        uint8_t *before = take(s.bytes, 1);
        memcpy(before, s.kv.data, s.bytes);
        cuda_host_launch(CUDA_KERNEL_rope_kv, cuda_row_grid((int32_t)n, (int32_t)n_kv), &a);
        double *head = take(dim, sizeof *head), *out = take(dim, sizeof *out);
        for (size_t t = 0; t < n; t++)
            for (size_t h = 0; h < n_heads + 2 * n_kv; h++) {
                bool is_q = h < n_heads, is_v = h >= n_heads + n_kv;
                double squares = 0, max = 0;
                for (size_t d = 0; d < dim; d++) {
                    head[d] = sum_partials(&a.qkv, n, t, h * dim + d);
                    squares += head[d] * head[d];
                }
                const float *w = is_v ? NULL : is_q ? a.q_norm : a.k_norm;
                for (size_t d = 0; w && d < dim; d++)
                    head[d] *= (double)w[d] / sqrt(squares / (double)dim + (double)a.eps);
                for (size_t d = 0; d < dim; d++) {
                    size_t pair = d % (dim / 2);
                    double c = (double)cosine[t * dim / 2 + pair];
                    double sn = (double)sine[t * dim / 2 + pair];
                    out[d] = is_v || !rotate ? head[d]
                             : d < dim / 2   ? head[d] * c - head[d + dim / 2] * sn
                                             : head[d] * c + head[d - dim / 2] * sn;
                    max = fmax(max, fabs(out[d]));
                }
                for (size_t d = 0; d < dim; d++) {
                    double got = is_q ? (double)f32_from_bf16(a.q[(t * n_heads + h) * dim + d])
                                      : kv_at(&s, (size_t)s.sequence[t], (size_t)s.position[t],
                                              (h - n_heads) % n_kv, is_v, d);
                    double most = is_q || !int8 ? fabs(out[d]) * 0x1p-8 : max / 127 * 0.5001;
                    if (!(fabs(got - out[d]) <= most + 1e-5))
                        fail_msg("token %zu head %zu dimension %zu is %g, not %g", t, h, d, got,
                                 out[d]);
                }
            }
        assert_others_stay(&s, before);
        free(before);
        free(head);
        free(out);
        free(cosine);
        free(sine);
        free(a.q);
        free((void *)(uintptr_t)a.q_norm);
        free((void *)(uintptr_t)a.k_norm);
        free_partials(&a.qkv);
        free_setting(&s);
    }
}

/* Heads of encoders, padded with zeros to a multiple of 32. */
static void an_encoders_heads_are_padded_and_stored(void **state)
{
    (void)state;
    for (int i = 0; i < shapes(600); i++) {
        size_t heads = (size_t)pick_between(1, 5), dim = (size_t)pick_between(1, i % 10 ? 70 : 256);
        size_t padded = (dim + 31) / 32 * 32;
        if (i % 4 == 0) dim = padded;
        struct setting s =
            make_setting((size_t)pick_between(1, 3), 3, 60, heads, heads, padded, false);
        size_t n = s.n_tokens;
        struct cuda_bert_qkv_args a = {.tokens = tokens_of(&s),
                                       .kv = s.kv,
                                       .q = take(n * heads * padded, sizeof(uint16_t)),
                                       .n_tokens = (int32_t)n,
                                       .dim = (int32_t)dim};
        a.qkv = random_partials((size_t)pick_between(1, 3), n, 3 * heads * dim, i % 3 != 0);
        memset(a.q, 0xff, n * heads * padded * sizeof *a.q);
        uint8_t *before = take(s.bytes, 1);
        memcpy(before, s.kv.data, s.bytes);
        cuda_host_launch(CUDA_KERNEL_bert_qkv, cuda_row_grid((int32_t)n, 1), &a);
        for (size_t t = 0; t < n; t++)
            for (size_t h = 0; h < 3 * heads; h++)
                for (size_t d = 0; d < padded; d++) {
                    double want = d < dim ? sum_partials(&a.qkv, n, t, h * dim + d) : 0;
                    double got = h < heads
                                     ? (double)f32_from_bf16(a.q[(t * heads + h) * padded + d])
                                     : kv_at(&s, (size_t)s.sequence[t], (size_t)s.position[t],
                                             h % heads, h >= 2 * heads, d);
                    if (!(fabs(got - want) <= fabs(want) * 0x1p-8 + (d < dim ? 1e-6 : 0)))
                        fail_msg("token %zu head %zu dimension %zu is %g, not %g", t, h, d, got,
                                 want);
                }
        assert_others_stay(&s, before);
        free(before);
        free(a.q);
        free_partials(&a.qkv);
        free_setting(&s);
    }
}

/* The keys (positions, dim) and behind them the values of one KV head of a sequence. */
static double *read_kv(const struct setting *s, size_t sequence, size_t head)
{
    size_t n = s->length[sequence];
    double *kv = take(2 * n * s->dim, sizeof *kv), *out = kv;
    for (int value = 0; value < 2; value++)
        for (size_t p = 0; p < n; p++)
            for (size_t d = 0; d < s->dim; d++) *out++ = kv_at(s, sequence, p, head, value, d);
    return kv;
}

/* Attention of a head of token t, whose query is q, and in *size what its error is measured by. */
static void attend(const struct setting *s, const double *kv, const uint16_t *q, size_t t,
                   double scale, double *out, double *size)
{
    size_t seen = (size_t)s->visible[t], dim = s->dim;
    const double *values = kv + s->length[s->sequence[t]] * dim;
    double *score = take(seen, sizeof *score), *query = take(dim, sizeof *query);
    double max = -INFINITY, sum = 0;
    for (size_t d = 0; d < dim; d++) query[d] = (double)f32_from_bf16(q[d]) * scale;
    for (size_t p = 0; p < seen; p++) {
        for (size_t d = 0; d < dim; d++) score[p] += query[d] * kv[p * dim + d];
        max = fmax(max, score[p]);
    }
    *size = 0;
    for (size_t d = 0; d < dim; d++) out[d] = 0;
    for (size_t p = 0; p < seen; p++) sum += score[p] = exp(score[p] - max);
    for (size_t p = 0; p < seen; p++) {
        double largest = 0, weight = score[p] / sum;
        for (size_t d = 0; d < dim; d++) {
            double v = values[p * dim + d];
            out[d] += weight * v;
            largest = fabs(v) > largest ? fabs(v) : largest;
        }
        *size += weight * largest;
    }
    free(score);
    free(query);
}

/* Weights are rounded to bf16 (by up to 2^-8 of each), scores are f32. */
static const double ATTENTION_ROUNDING = 0x1p-8 + 1e-5;

static void check_attention(const struct setting *s, bool decode, const char *what)
{
    size_t n = s->n_tokens, width = s->n_heads * s->out_dim, numbers = n * s->n_heads * s->dim;
    uint16_t *q = aligned_alloc(16, numbers * sizeof *q);
    assert_non_null(q);
    for (size_t i = 0; i < numbers; i++) q[i] = bf16_from_f32(2 * noise());
    int32_t per_tile = cuda_tile_tokens(decode, (int32_t)s->n_heads, (int32_t)s->n_kv);
    struct cuda_tile *tiles = take(n, sizeof *tiles);
    size_t n_tiles = 0, first = 0, most_pages = 0;
    for (size_t i = 0; i < s->n_seq; first += s->new_tokens[i++]) {
        for (size_t t = 0; t < s->new_tokens[i]; t += (size_t)per_tile) {
            size_t rest = s->new_tokens[i] - t;
            int32_t count = rest < (size_t)per_tile ? (int32_t)rest : per_tile;
            tiles[n_tiles++] = (struct cuda_tile){(int32_t)(first + t), count};
        }
        if ((s->length[i] + 31) / 32 > most_pages) most_pages = (s->length[i] + 31) / 32;
    }
    int32_t form = decode ? (int32_t)(random_bits() % 3) : CUDA_FORM_BF16;
    struct cuda_attention_args a = {.q = q,
                                    .tiles = tiles,
                                    .visible = s->visible,
                                    .tokens = tokens_of(s),
                                    .kv = s->kv,
                                    .out = make_activations(form, n, width),
                                    .scale = 1.0f / sqrtf((float)s->dim),
                                    .n_tiles = (int32_t)n_tiles,
                                    .n_heads = (int32_t)s->n_heads,
                                    .out_dim = (int32_t)s->out_dim};
    for (size_t i = 0; i < n && s->out_dim < s->dim; i++)
        memset(a.out.bf16 + i * (size_t)a.out.stride + width, 0,
               ((size_t)a.out.stride - width) * sizeof *a.out.bf16);
    a.n_splits = (int32_t)((most_pages + CUDA_SPLIT_PAGES - 1) / CUDA_SPLIT_PAGES) +
                 (int32_t)(random_bits() % 2);
    enum cuda_kernel kernel = cuda_attention_kernel(decode, s->kv.int8, (int32_t)s->dim);
    if (decode) {
        size_t items = n_tiles * s->n_kv * (size_t)a.n_splits;
        a.partial = take(items * 16 * s->dim, sizeof *a.partial);
        a.max_and_sum = take(items * 32, sizeof *a.max_and_sum);
        memset(a.partial, 0xff, items * 16 * s->dim * sizeof *a.partial);
        memset(a.max_and_sum, 0xff, items * 32 * sizeof *a.max_and_sum);
        cuda_host_launch(kernel, cuda_decode_grid(&a), &a);
        cuda_host_launch(CUDA_KERNEL_combine, cuda_combine_grid(&a), &a);
        free(a.partial);
        free(a.max_and_sum);
    } else {
        cuda_host_launch(kernel, cuda_prefill_grid(&a), &a);
    }
    double *want = take(n * width, sizeof *want), *slack = take(n, sizeof *slack), size;
    double *head = take(s->dim, sizeof *head);
    for (size_t i = 0; i < s->n_seq; i++)
        for (size_t k = 0; k < s->n_kv; k++) {
            double *kv = read_kv(s, i, k);
            for (size_t t = 0; t < n; t++)
                for (size_t h = 0; h < s->n_heads && s->sequence[t] == (int32_t)i; h++) {
                    if (h / (s->n_heads / s->n_kv) != k) continue;
                    size_t at = t * s->n_heads + h;
                    attend(s, kv, q + at * s->dim, t, (double)a.scale, head, &size);
                    memcpy(want + at * s->out_dim, head, s->out_dim * sizeof *want);
                    slack[t] = fmax(slack[t], size * ATTENTION_ROUNDING);
                }
            free(kv);
        }
    for (size_t t = 0; t < n; t++)
        check_activations(&a.out, t, want + t * width, width, slack[t], what);
    free(slack);
    free(want);
    free(head);
    free(tiles);
    free(q);
    free_activations(&a.out);
}

/* 500 shapes for each kernel: head_dim up to 64, 128, 256, pages of bf16 and int8. */
static void run_shapes(bool decode, int rounds)
{
    for (int i = 0; i < 6 * rounds; i++) {
        bool int8 = i % 2, large = i % 180 < 6;
        int size = i / 2 % 3;
        size_t n_kv = (size_t)pick_between(1, 2), group = (size_t)pick_between(1, large ? 16 : 3);
        size_t dim = 32 * (size_t)(size == 0   ? pick_between(1, 2)
                                   : size == 1 ? pick_between(3, 4)
                                               : pick_between(5, 8));
        size_t most_new = decode ? 3 : large ? 70 : 7, most_old = large ? 150 : 33;
        if (decode && i % 240 < 6) most_old = 600;
        struct setting s =
            make_setting(large ? 2 : 1, most_new, most_old, n_kv * group, n_kv, dim, int8);
        if (!decode && i % 4 == 3) s.out_dim = 4 * (size_t)pick_between(1, (int32_t)dim / 4);
        check_attention(&s, decode, decode ? "decode" : "prefill");
        free_setting(&s);
    }
}

static void decode_and_combine_agree_with_attention_in_double(void **state)
{
    (void)state;
    run_shapes(true, shapes(500));
}

static void prefill_agrees_with_attention_in_double(void **state)
{
    (void)state;
    run_shapes(false, shapes(500));
}

/* Encoders: every token of a text sees the same keys, the last ones perhaps not. */
static void all_tokens_of_a_text_see_its_keys(void **state)
{
    (void)state;
    for (int i = 0; i < shapes(60); i++) {
        struct setting s = make_setting(2, 70, 0, 3, 3, 32, i % 2);
        for (size_t t = 0; t < s.n_tokens; t++) {
            size_t length = s.length[s.sequence[t]];
            s.visible[t] = (int32_t)(i % 3 ? length : (length + 1) / 2);
        }
        check_attention(&s, false, "encoder");
        free_setting(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_values_and_queries_are_normed_rotated_and_stored),
        cmocka_unit_test(an_encoders_heads_are_padded_and_stored),
        cmocka_unit_test(decode_and_combine_agree_with_attention_in_double),
        cmocka_unit_test(prefill_agrees_with_attention_in_double),
        cmocka_unit_test(all_tokens_of_a_text_see_its_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
