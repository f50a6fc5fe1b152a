/* Sampling: each option keeps what it promises, over many draws where it is random. */
#include "engine/sampler.h"
#include "backend/backend.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { VOCAB = 8, DRAWS = 20000 };

static const float LOGITS[VOCAB] = {0.5f, 2.0f, -1.0f, 1.0f, 0.0f, 1.5f, -3.0f, 0.9f};

static const struct sampler_options PLAIN = {
    .temperature = 1, .top_p = 1, .repetition_penalty = 1, .seed = 7};

static struct sampler *make(struct sampler_options o)
{
    struct error err = {0};
    struct sampler *s = sampler_create(&o, VOCAB, &err);
    assert_non_null(s);
    return s;
}

static void draw(struct sampler_options o, size_t counts[VOCAB])
{
    struct sampler *s = make(o);
    memset(counts, 0, VOCAB * sizeof *counts);
    for (int i = 0; i < DRAWS; i++) {
        int32_t id = sampler_pick(s, LOGITS);
        assert_in_range(id, 0, VOCAB - 1);
        counts[id]++;
    }
    sampler_free(s);
}

/* The softmax of the ids for which keep is set. */
static void softmax(const int keep[VOCAB], double temperature, double p[VOCAB])
{
    double sum = 0;
    for (size_t i = 0; i < VOCAB; i++) sum += p[i] = keep[i] ? exp(LOGITS[i] / temperature) : 0;
    for (size_t i = 0; i < VOCAB; i++) p[i] /= sum;
}

/* Counts within five standard deviations of what p expects. */
static void assert_distribution(const size_t counts[VOCAB], const double p[VOCAB])
{
    for (size_t i = 0; i < VOCAB; i++) {
        double deviation = sqrt(DRAWS * p[i] * (1 - p[i]));
        if (p[i] == 0) assert_int_equal(counts[i], 0);
        assert_true(fabs((double)counts[i] - DRAWS * p[i]) <= 5 * deviation + 1e-9);
    }
}

static void temperature_zero_picks_the_most_likely(void **state)
{
    (void)state;
    struct sampler_options o = PLAIN;
    o.temperature = 0;
    o.top_k = 3;
    size_t counts[VOCAB];
    draw(o, counts);
    assert_int_equal(counts[1], DRAWS);
}

static void tiny_temperatures_pick_the_most_likely(void **state)
{
    (void)state;
    static const float TINY[] = {1e-45f, 1e-38f, 1e-20f, 1e-6f, SAMPLER_LEAST_TEMPERATURE};
    for (size_t i = 0; i < sizeof TINY / sizeof *TINY; i++) {
        struct sampler_options o = PLAIN;
        o.temperature = TINY[i];
        o.repetition_penalty = 1.2f;
        o.top_p = 0.9f;
        o.min_p = 0.1f;
        size_t counts[VOCAB];
        draw(o, counts);
        assert_int_equal(counts[1], DRAWS);
        /* Logits that overflow over the temperature. */
        struct sampler *s = make(o);
        float huge[VOCAB] = {-3e38f, 3e38f, 1, 2, 3e37f};
        for (size_t k = 5; k < VOCAB; k++) huge[k] = -3e38f;
        for (int k = 0; k < 50; k++) assert_int_equal(sampler_pick(s, huge), 1);
        sampler_free(s);
    }
}

static void draws_follow_the_softmax_at_any_temperature(void **state)
{
    (void)state;
    static const int ALL[VOCAB] = {1, 1, 1, 1, 1, 1, 1, 1};
    for (float t = 0.3f; t < 3; t *= 2) {
        struct sampler_options o = PLAIN;
        o.temperature = t;
        size_t counts[VOCAB];
        double p[VOCAB];
        draw(o, counts);
        softmax(ALL, t, p);
        assert_distribution(counts, p);
    }
}

static void top_k_keeps_the_k_most_likely(void **state)
{
    (void)state;
    struct sampler_options o = PLAIN;
    o.top_k = 3;
    size_t counts[VOCAB];
    double p[VOCAB];
    draw(o, counts);
    softmax((const int[VOCAB]){0, 1, 0, 1, 0, 1, 0, 0}, 1, p);
    assert_distribution(counts, p);
}

static void top_p_keeps_the_smallest_set_that_reaches_p(void **state)
{
    (void)state;
    /* In order: 1 (.352), 5 (.213), 3 (.129), 7 (.117), ...: 0.5 takes two, 0.6 three. */
    struct sampler_options o = PLAIN;
    size_t counts[VOCAB];
    double p[VOCAB];
    o.top_p = 0.5f;
    draw(o, counts);
    softmax((const int[VOCAB]){0, 1, 0, 0, 0, 1, 0, 0}, 1, p);
    assert_distribution(counts, p);
    o.top_p = 0.6f;
    draw(o, counts);
    softmax((const int[VOCAB]){0, 1, 0, 1, 0, 1, 0, 0}, 1, p);
    assert_distribution(counts, p);
    o.top_p = 1e-6f; /* never nothing */
    draw(o, counts);
    assert_int_equal(counts[1], DRAWS);
}

static void min_p_keeps_what_is_likely_enough_beside_the_best(void **state)
{
    (void)state;
    struct sampler_options o = PLAIN;
    o.min_p = 0.34f; /* e^-1 = .368 and e^-1.1 = .333 of the best */
    size_t counts[VOCAB];
    double p[VOCAB];
    draw(o, counts);
    softmax((const int[VOCAB]){0, 1, 0, 1, 0, 1, 0, 0}, 1, p);
    assert_distribution(counts, p);
}

static void repetition_penalty_divides_positive_and_multiplies_negative_logits(void **state)
{
    (void)state;
    struct sampler_options o = PLAIN;
    o.temperature = 0;
    o.repetition_penalty = 2;
    struct sampler *s = make(o);
    sampler_saw(s, 1); /* 2.0 -> 1.0, below 5's 1.5 */
    sampler_saw(s, 1); /* counts once */
    assert_int_equal(sampler_pick(s, LOGITS), 5);
    sampler_saw(s, 5); /* .75 */
    sampler_saw(s, 3); /* .5, so 1's 1.0 is the best */
    assert_int_equal(sampler_pick(s, LOGITS), 1);
    sampler_saw(s, -1); /* ids that do not exist are no harm */
    sampler_saw(s, VOCAB);
    static const float NEGATIVE[VOCAB] = {-9, -1, -9, -9, -9, -9, -1.5f, -9};
    assert_int_equal(sampler_pick(s, NEGATIVE), 6); /* 1 is seen: -1 -> -2 */
    sampler_free(s);
}

static void the_same_seed_gives_the_same_draws(void **state)
{
    (void)state;
    struct sampler *a = make(PLAIN), *b = make(PLAIN);
    struct sampler_options o = PLAIN;
    o.seed = 8;
    struct sampler *c = make(o);
    int differ = 0;
    for (int i = 0; i < 200; i++) {
        int32_t x = sampler_pick(a, LOGITS);
        assert_int_equal(x, sampler_pick(b, LOGITS));
        differ += x != sampler_pick(c, LOGITS);
    }
    assert_true(differ > 50);
    sampler_free(a);
    sampler_free(b);
    sampler_free(c);
}

static void what_is_not_a_number_is_never_picked(void **state)
{
    (void)state;
    struct sampler *s = make(PLAIN);
    float bad[VOCAB];
    for (size_t i = 0; i < VOCAB; i++) bad[i] = NAN;
    assert_int_equal(sampler_pick(s, bad), -1);
    bad[4] = -100;
    for (int i = 0; i < 100; i++) assert_int_equal(sampler_pick(s, bad), 4);
    bad[2] = INFINITY;
    assert_int_equal(sampler_pick(s, bad), 2);
    sampler_free(s);
}

/* ---- the whole vocabulary of a real model, against the definition ---- */

enum { LARGE = 151665 };

struct ranked {
    int32_t id;
    float logit;
};

static int by_logit(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->logit != y->logit) return x->logit > y->logit ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

/* SplitMix64, as the sampler's. */
static double uniform(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* Sorts all, cuts, and walks to the pick. */
static int32_t pick_by_definition(const struct sampler_options *o, const float *logits, size_t n,
                                  uint64_t *state, struct ranked *r, double *w)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(logits[i])) r[m++] = (struct ranked){(int32_t)i, logits[i] / o->temperature};
    qsort(r, m, sizeof *r, by_logit);
    if (o->top_k && m > o->top_k) m = o->top_k;
    double total = 0, sum = 0;
    for (size_t i = 0; i < m; i++) total += w[i] = exp((double)r[i].logit - (double)r[0].logit);
    size_t keep = 0;
    while (keep < m && (o->top_p == 1 || sum < (double)o->top_p * total)) sum += w[keep++];
    while (keep > 1 && w[keep - 1] < (double)o->min_p) sum -= w[--keep];
    double target = uniform(state) * sum;
    for (size_t i = 0; i < keep; i++) {
        if (target < w[i]) return r[i].id;
        target -= w[i];
    }
    return r[keep - 1].id;
}

/* Logits as of a model: a few high ones over a wide bell, some masked, some equal. */
static void make_logits(float *logits, size_t n, uint64_t *random)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < 4; k++) sum += uniform(random);
        logits[i] = (float)((sum - 2) * 6);
        if (i % 7 == 0) logits[i] = roundf(logits[i]);
        if (i % 50 == 3) logits[i] = i % 100 == 3 ? -INFINITY : NAN;
    }
    for (size_t i = 0; i < 40; i++)
        logits[(size_t)(uniform(random) * (double)n)] = (float)(uniform(random) * 20);
}

static void picks_from_a_large_vocabulary_are_those_of_the_definition(void **state)
{
    (void)state;
    static const float TEMPERATURES[] = {0.2f, 0.7f, 1, 1.5f, 2, 10};
    static const size_t KS[] = {0, 1, 40, 5000};
    static const float PS[] = {1, 0.95f, 0.5f}, MINS[] = {0, 0.05f, 1e-6f, 1};
    static float logits[LARGE];
    struct ranked *r = malloc(LARGE * sizeof *r);
    double *w = malloc(LARGE * sizeof *w);
    assert_true(r && w);
    uint64_t random = 3;
    for (size_t i = 0; i < 6 * 4 * 3 * 4; i++) {
        struct error err = {0};
        struct sampler_options o = {.temperature = TEMPERATURES[i % 6],
                                    .top_k = KS[i / 6 % 4],
                                    .top_p = PS[i / 24 % 3],
                                    .min_p = MINS[i / 72],
                                    .repetition_penalty = 1,
                                    .seed = i};
        /* All of it now and then: sorting that takes its time. */
        size_t n = i % 12 == 1 ? LARGE : 1 + (size_t)(uniform(&random) * 4000);
        make_logits(logits, n, &random);
        uint64_t seed = i;
        struct sampler *s = sampler_create(&o, n, &err);
        assert_non_null(s);
        size_t draws = n == LARGE ? 2 : 6;
        for (size_t k = 0; k < draws; k++) {
            int32_t want = pick_by_definition(&o, logits, n, &seed, r, w);
            int32_t got = sampler_pick(s, logits);
            if (got != want)
                fail_msg("temperature %g, top-k %zu, top-p %g, min-p %g, %zu ids: %d, not %d",
                         (double)o.temperature, o.top_k, (double)o.top_p, (double)o.min_p, n, got,
                         want);
        }
        sampler_free(s);
    }
    free(r);
    free(w);
}

static void equal_logits_are_equally_likely(void **state)
{
    (void)state;
    struct error err = {0};
    struct sampler_options o = PLAIN;
    static float logits[1000];
    size_t low = 0;
    struct sampler *s = sampler_create(&o, 1000, &err);
    for (size_t i = 0; i < 1000; i++) logits[i] = 3;
    for (size_t i = 0; i < 4000; i++) low += sampler_pick(s, logits) < 500;
    assert_in_range(low, 1800, 2200);
    sampler_free(s);
}

static void options_out_of_range_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        struct sampler_options o;
        const char *name;
    } BAD[] = {
        {{.temperature = -1, .top_p = 1, .repetition_penalty = 1}, "temperature"},
        {{.temperature = NAN, .top_p = 1, .repetition_penalty = 1}, "temperature"},
        {{.top_p = 0, .repetition_penalty = 1}, "top-p"},
        {{.top_p = 1.5f, .repetition_penalty = 1}, "top-p"},
        {{.top_p = 1, .min_p = -0.1f, .repetition_penalty = 1}, "min-p"},
        {{.top_p = 1, .repetition_penalty = 0}, "repetition penalty"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct error err = {0};
        assert_null(sampler_create(&BAD[i].o, VOCAB, &err));
        assert_int_equal(err.code, ERROR_USAGE);
        assert_non_null(strstr(err.text, BAD[i].name));
    }
}

/* Of 64 equal logits number floor(64 u) is picked, u the random number: so a pick elsewhere with
 * what sampler_choice says is the sampler's own, also some picks ahead. */
static void what_a_backend_is_told_picks_what_the_sampler_would(void **state)
{
    (void)state;
    enum { N = 64, PICKS = 50, AHEAD = 5 };
    static const float logits[N];
    struct sampler_options o = {.temperature = 1, .top_p = 1, .repetition_penalty = 1, .seed = 3};
    struct error err = {0};
    struct sampler *here = sampler_create(&o, N, &err), *there = sampler_create(&o, N, &err);
    struct backend_choice c[AHEAD];
    assert_true(here && there);
    for (size_t i = 0; i < PICKS; i++) {
        if (i % AHEAD == 0)
            for (size_t k = 0; k < AHEAD; k++) assert_true(sampler_choice(there, k, &c[k]));
        assert_int_equal(sampler_pick(here, logits), (int32_t)(c[i % AHEAD].random * N));
        sampler_advance(there);
    }
    sampler_free(there);
    sampler_free(here);
    o.temperature = 0; /* takes no random numbers */
    here = sampler_create(&o, N, &err);
    assert_true(sampler_choice(here, 0, &c[0]));
    sampler_advance(here);
    assert_true(sampler_choice(here, 0, &c[1]));
    assert_true(c[0].random == c[1].random && c[0].temperature == 0);
    sampler_free(here);
    o.repetition_penalty = 1.1f;
    here = sampler_create(&o, N, &err);
    assert_false(sampler_choice(here, 0, &c[0]));
    sampler_free(here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(temperature_zero_picks_the_most_likely),
        cmocka_unit_test(tiny_temperatures_pick_the_most_likely),
        cmocka_unit_test(draws_follow_the_softmax_at_any_temperature),
        cmocka_unit_test(top_k_keeps_the_k_most_likely),
        cmocka_unit_test(top_p_keeps_the_smallest_set_that_reaches_p),
        cmocka_unit_test(min_p_keeps_what_is_likely_enough_beside_the_best),
        cmocka_unit_test(repetition_penalty_divides_positive_and_multiplies_negative_logits),
        cmocka_unit_test(the_same_seed_gives_the_same_draws),
        cmocka_unit_test(what_is_not_a_number_is_never_picked),
        cmocka_unit_test(picks_from_a_large_vocabulary_are_those_of_the_definition),
        cmocka_unit_test(equal_logits_are_equally_likely),
        cmocka_unit_test(options_out_of_range_are_refused_by_name),
        cmocka_unit_test(what_a_backend_is_told_picks_what_the_sampler_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
