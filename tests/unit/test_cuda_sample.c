/* Picks from rows of logits on the emulated GPU. */
#include "cuda_fixture.h"

static int32_t most_likely(const float *logits, size_t n)
{
    int32_t best = -1;
    for (size_t i = 0; i < n; i++)
        if (!isnan(logits[i]) && (best < 0 || logits[i] > logits[best])) best = (int32_t)i;
    return best;
}

static void check_rows(float *logits, size_t n, size_t vocab, size_t stride)
{
    struct cuda_sample_args a = {
        .logits = logits, .n_rows = (int32_t)n, .vocab = (int32_t)vocab, .stride = (int32_t)stride};
    struct cuda_grid grid = cuda_argmax_grid(&a);
    a.best = take(grid.x * n, sizeof *a.best);
    a.ids = take(n, sizeof *a.ids);
    cuda_host_launch(CUDA_KERNEL_argmax, grid, &a);
    cuda_host_launch(CUDA_KERNEL_pick, cuda_row_grid((int32_t)n, 1), &a);
    for (size_t r = 0; r < n; r++)
        assert_int_equal(a.ids[r], most_likely(logits + r * stride, vocab));
    free(a.best);
    free(a.ids);
}

/* Few different values, so that many are equal; NaN, infinities and -0 among them; larger ones in
 * the padding, which is no token's. */
static void the_first_of_the_largest_is_picked(void **s)
{
    (void)s;
    for (int i = 0; i < shapes(520); i++) {
        size_t n = (size_t)pick_between(1, 3), vocab = (size_t)pick_between(1, 5000);
        if (i % 40 == 0) vocab = (size_t)pick_between(8000, 20000);
        size_t stride = (vocab + 15) / 16 * 16;
        float *logits = random_floats(n * stride);
        for (size_t k = 0; k < n * stride; k++) {
            if (k % stride >= vocab) logits[k] = 1e30f;
            if (i % 2) logits[k] = rintf(logits[k] * 4);
            if (i % 3 == 0 && random_bits() % 3 == 0) logits[k] = NAN;
            if (i % 5 == 0 && random_bits() % 3 == 0) logits[k] = -INFINITY;
            if (i % 7 == 0) logits[k] = -fabsf(logits[k]);
            if (i % 11 == 0) logits[k] = random_bits() % 2 ? 0.0f : -0.0f;
        }
        check_rows(logits, n, vocab, stride);
        free(logits);
    }
}

static void a_row_of_nan_has_no_pick(void **s)
{
    (void)s;
    float *logits = take(2 * 5008, sizeof *logits);
    for (size_t i = 0; i < 2 * 5008; i++) logits[i] = i % 2 ? NAN : -NAN;
    check_rows(logits, 2, 5001, 5008);
    free(logits);
}

struct candidate {
    int32_t id;
    float logit;
    double weight;
};

static int by_logit(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->logit != y->logit) return x->logit > y->logit ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

/* As engine/sampler.h has it, by sorting. *near: how near the pick was to another one, as a part of
 * the whole weight. */
static int32_t pick_by_sorting(const float *logits, size_t vocab, const struct cuda_choice *o,
                               double *near)
{
    *near = 1;
    int32_t best = most_likely(logits, vocab);
    if (best < 0 || o->temperature == 0 || isinf(logits[best])) return best;
    struct candidate *c = take(vocab, sizeof *c);
    size_t n = 0;
    for (size_t i = 0; i < vocab; i++)
        if (logits[i] / o->temperature >= logits[best] / o->temperature - 40)
            c[n++] = (struct candidate){(int32_t)i, logits[i], 0};
    qsort(c, n, sizeof *c, by_logit);
    if (o->top_k && n > (size_t)o->top_k) n = (size_t)o->top_k;
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += c[i].weight =
            exp(((double)c[i].logit - (double)logits[best]) / (double)o->temperature);
    if (o->top_p < 1) {
        double sum = 0, reach = (double)o->top_p * total;
        size_t keep = 0;
        while (keep < n && sum < reach) {
            sum += c[keep++].weight;
            *near = fmin(*near, fabs(sum - reach) / total);
        }
        n = keep;
        total = sum;
    }
    if (o->min_p > 0) {
        double sum = 0;
        size_t keep = 0;
        while (keep < n && (keep == 0 || c[keep].weight >= (double)o->min_p))
            sum += c[keep++].weight;
        for (size_t i = keep ? keep - 1 : 0; i < n && i <= keep; i++)
            *near = fmin(*near, fabs(c[i].weight / (double)o->min_p - 1));
        n = keep;
        total = sum;
    }
    double target = o->random * total, sum = 0;
    int32_t id = c[n - 1].id;
    for (size_t i = 0; i < n; i++) {
        sum += c[i].weight;
        *near = fmin(*near, fabs(sum - target) / total);
        if (target < sum) {
            id = c[i].id;
            break;
        }
    }
    free(c);
    return id;
}

static void picks_by_chance_are_those_of_the_sampler(void **s)
{
    (void)s;
    size_t compared = 0, rounds = (size_t)shapes(520);
    for (size_t i = 0; i < rounds; i++) {
        size_t vocab = (size_t)pick_between(1, 1500);
        if (i % 40 == 0) vocab = (size_t)pick_between(4000, 9000);
        float *logits = random_floats(vocab), spread = (float)pick_between(1, 30);
        for (size_t k = 0; k < vocab; k++) {
            logits[k] *= spread;
            if (i % 3 == 0) logits[k] = rintf(logits[k]); /* many are equal */
            if (i % 7 == 0 && random_bits() % 4 == 0) logits[k] = NAN;
            if (i % 7 == 1 && random_bits() % 4 == 0) logits[k] = -INFINITY;
        }
        struct cuda_choice choice = {.temperature = i % 10 ? 0.1f + 1.5f * fabsf(noise()) : 0,
                                     .top_p = i % 2 ? 1 : 0.05f + 0.9f * fabsf(noise()),
                                     .min_p = i % 5 == 0 ? 0.3f * fabsf(noise()) : 0,
                                     .top_k = i % 4 == 0 ? pick_between(1, 60) : 0,
                                     .random = (double)random_bits() * 0x1p-32};
        if (i % 50 == 0) choice.random = i % 100 ? 0 : 1 - 0x1p-53;
        uint64_t best[3];
        int32_t id = -2;
        struct cuda_sample_args a = {logits, best, &choice, &id, 1, (int32_t)vocab, (int32_t)vocab};
        cuda_host_launch(CUDA_KERNEL_argmax, cuda_argmax_grid(&a), &a);
        cuda_host_launch(CUDA_KERNEL_pick, cuda_row_grid(1, 1), &a);
        double near;
        int32_t want = pick_by_sorting(logits, vocab, &choice, &near);
        if (near > 1e-5) { /* f32 cannot tell nearer ones apart */
            if (id != want)
                fail_msg("round %zu: picked %d, not %d (temperature %g, top-p %g, min-p %g, top-k "
                         "%d, random %g)",
                         i, id, want, (double)choice.temperature, (double)choice.top_p,
                         (double)choice.min_p, choice.top_k, choice.random);
            compared++;
        } else {
            assert_in_range(id, 0, vocab - 1);
        }
        free(logits);
    }
    assert_true(compared > rounds * 9 / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_of_the_largest_is_picked),
        cmocka_unit_test(a_row_of_nan_has_no_pick),
        cmocka_unit_test(picks_by_chance_are_those_of_the_sampler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
