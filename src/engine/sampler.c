#include "engine/sampler.h"
#include "backend/backend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A token that may be picked. */
struct candidate {
    int32_t id;
    float logit;   /* over the temperature */
    double weight; /* e^(logit - largest logit) */
};

/* Candidates lie in buckets by how far their logit is below the largest, so that only the buckets
 * in which a limit or the pick falls have to be sorted, not the vocabulary. */
enum {
    BUCKETS_PER_UNIT = 64,
    NEGLIGIBLE = 40, /* further below weighs less than e^-40: together, over any vocabulary, less
                        than a double's rounding of the sum */
    N_BUCKETS = NEGLIGIBLE * BUCKETS_PER_UNIT + 1,
    OUTSIDE = N_BUCKETS, /* of what is no candidate */
    BLOCK = 64,
};

struct sampler {
    struct sampler_options options;
    size_t vocab;
    uint64_t state;             /* of the random numbers */
    float *logits;              /* (vocab), penalised */
    uint16_t *bucket;           /* (vocab) */
    double sums[N_BUCKETS + 1]; /* of weights */
    uint32_t counts[N_BUCKETS + 1];
    struct candidate *sorted; /* (vocab): those of bucket `n_sorted_of`, in order */
    size_t sorted_bucket, n_sorted;
    int32_t *seen; /* ids that count for the penalty, each once */
    size_t n_seen;
    unsigned char *is_seen; /* (vocab) */
};

bool sampler_options_check(const struct sampler_options *o, struct error *err)
{
    if (!(o->temperature >= 0 && o->temperature <= 100))
        return error_set(err, ERROR_USAGE, "temperature %g: must be in 0..100",
                         (double)o->temperature);
    if (!(o->top_p > 0 && o->top_p <= 1))
        return error_set(err, ERROR_USAGE, "top-p %g: must be above 0 and at most 1",
                         (double)o->top_p);
    if (!(o->min_p >= 0 && o->min_p <= 1))
        return error_set(err, ERROR_USAGE, "min-p %g: must be in 0..1", (double)o->min_p);
    if (!(o->repetition_penalty > 0 && o->repetition_penalty <= 100))
        return error_set(err, ERROR_USAGE, "repetition penalty %g: must be above 0, at most 100",
                         (double)o->repetition_penalty);
    return true;
}

struct sampler *sampler_create(const struct sampler_options *options, size_t vocab,
                               struct error *err)
{
    if (!sampler_options_check(options, err)) return NULL;
    struct sampler *s = calloc(1, sizeof *s);
    if (!s) goto fail;
    s->options = *options;
    if (s->options.temperature < SAMPLER_LEAST_TEMPERATURE) s->options.temperature = 0;
    s->vocab = vocab;
    s->state = options->seed;
    bool penalty = options->repetition_penalty != 1, random = s->options.temperature > 0;
    if (penalty) {
        s->logits = calloc(vocab, sizeof *s->logits);
        s->seen = calloc(vocab, sizeof *s->seen);
        s->is_seen = calloc(vocab, 1);
        if (!s->logits || !s->seen || !s->is_seen) goto fail;
    }
    if (random) {
        s->bucket = calloc(vocab, sizeof *s->bucket);
        s->sorted = calloc(vocab, sizeof *s->sorted);
        if (!s->bucket || !s->sorted) goto fail;
    }
    return s;
fail:
    sampler_free(s);
    error_memory(err, "sampler");
    return NULL;
}

void sampler_free(struct sampler *s)
{
    if (!s) return;
    free(s->logits);
    free(s->bucket);
    free(s->sorted);
    free(s->seen);
    free(s->is_seen);
    free(s);
}

void sampler_saw(struct sampler *s, int32_t id)
{
    if (!s->seen || id < 0 || (size_t)id >= s->vocab || s->is_seen[id]) return;
    s->is_seen[id] = 1;
    s->seen[s->n_seen++] = id;
}

static const uint64_t STEP = 0x9e3779b97f4a7c15u;

/* Uniform in [0, 1). SplitMix64 (Steele, Lea and Flood 2014). */
static double random_of(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static double next_random(struct sampler *s)
{
    return random_of(s->state += STEP);
}

bool sampler_choice(const struct sampler *s, size_t ahead, struct backend_choice *out)
{
    const struct sampler_options *o = &s->options;
    if (o->repetition_penalty != 1) return false;
    *out = (struct backend_choice){.temperature = o->temperature,
                                   .top_p = o->top_p,
                                   .min_p = o->min_p,
                                   .top_k = o->top_k,
                                   .random = random_of(s->state + (ahead + 1) * STEP)};
    return true;
}

void sampler_advance(struct sampler *s)
{
    if (s->options.temperature > 0) s->state += STEP;
}

/* ---- what may be picked ---- */

/* The first of the largest; -1 when all are NaN. */
static int32_t most_likely(const float *logits, size_t n)
{
    enum { LANES = 16 };
    float max[LANES];
    size_t i = 0;
    for (size_t k = 0; k < LANES; k++) max[k] = -INFINITY;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++) max[k] = logits[i + k] > max[k] ? logits[i + k] : max[k];
    for (; i < n; i++) max[0] = logits[i] > max[0] ? logits[i] : max[0];
    for (size_t k = 1; k < LANES; k++) max[0] = max[k] > max[0] ? max[k] : max[0];
    for (i = 0; i < n; i++)
        if (logits[i] == max[0]) return (int32_t)i;
    return -1;
}

/* e^x for -42 <= x <= 0, within 1e-14 of itself: 2^k e^r with |r| <= log(2) / 2, e^r by its series.
 * Without a call, so that the compiler takes several at once. */
static inline double weight(double x)
{
    static const double LOG2E = 1.4426950408889634, LN2_HIGH = 0.693147180369123816490,
                        LN2_LOW = 1.90821492927058770002e-10, SHIFT = 0x1.8p52;
    double shifted = x * LOG2E + SHIFT, k = shifted - SHIFT; /* rounded; its low bits are k's */
    double r = (x - k * LN2_HIGH) - k * LN2_LOW, e = 1.0 / 39916800;
    e = e * r + 1.0 / 3628800;
    e = e * r + 1.0 / 362880;
    e = e * r + 1.0 / 40320;
    e = e * r + 1.0 / 5040;
    e = e * r + 1.0 / 720;
    e = e * r + 1.0 / 120;
    e = e * r + 1.0 / 24;
    e = e * r + 1.0 / 6;
    e = e * r + 0.5;
    e = e * r + 1;
    e = e * r + 1;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return e * power;
}

/* Every token into its bucket. NaN and what weighs nothing stay outside. */
static void fill_buckets(struct sampler *s, const float *logits, float max)
{
    memset(s->sums, 0, sizeof s->sums);
    memset(s->counts, 0, sizeof s->counts);
    s->sorted_bucket = OUTSIDE;
    float temperature = s->options.temperature;
    for (size_t first = 0; first < s->vocab; first += BLOCK) {
        size_t n = s->vocab - first < BLOCK ? s->vocab - first : BLOCK;
        double weights[BLOCK];
        uint16_t *bucket = s->bucket + first;
        unsigned n_inside = 0;
        for (size_t i = 0; i < n; i++) {
            float below = max - logits[first + i] / temperature;
            bool inside = below <= NEGLIGIBLE;
            bucket[i] = (uint16_t)(int32_t)(inside ? below * BUCKETS_PER_UNIT : OUTSIDE);
            n_inside += inside;
        }
        if (n_inside == 0) continue; /* at low temperatures, nearly all */
        for (size_t i = 0; i < n; i++) {
            double x = (double)(logits[first + i] / temperature) - (double)max;
            weights[i] = weight(bucket[i] < OUTSIDE ? x : 0);
        }
        for (size_t i = 0; i < n; i++) {
            s->sums[bucket[i]] += weights[i];
            s->counts[bucket[i]]++;
        }
    }
}

/* Highest logit first, then lowest id, so that the order is the same on every machine. */
static int by_logit(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->logit != y->logit) return x->logit > y->logit ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

static void sort_bucket(struct sampler *s, size_t bucket, const float *logits, float max)
{
    if (s->sorted_bucket == bucket) return;
    size_t n = 0;
    for (size_t i = 0; i < s->vocab; i++) {
        if (s->bucket[i] != bucket) continue;
        float logit = logits[i] / s->options.temperature;
        s->sorted[n++] = (struct candidate){(int32_t)i, logit, weight((double)logit - (double)max)};
    }
    qsort(s->sorted, n, sizeof *s->sorted, by_logit);
    s->sorted_bucket = bucket;
    s->n_sorted = n;
}

/* A beginning of the candidates in their order: whole buckets, and some of the next. */
struct prefix {
    size_t bucket, n; /* n of that bucket, all of those before */
    double sum;       /* of their weights */
};

static const struct prefix *shorter(const struct prefix *a, const struct prefix *b)
{
    if (a->bucket != b->bucket) return a->bucket < b->bucket ? a : b;
    return b->n < a->n ? b : a;
}

/* What limits: a number of candidates, a sum that is to be reached, a least weight. */
struct limit {
    size_t n;
    double sum, least;
};

/* The longest beginning within the limit; at least the first candidate. */
static struct prefix cut(struct sampler *s, const struct limit *limit, const float *logits,
                         float max)
{
    struct prefix p = {0};
    size_t n = 0;
    for (; p.bucket < N_BUCKETS; p.bucket++) {
        size_t count = s->counts[p.bucket];
        /* The lightest of the bucket weighs at least that, but for rounding. */
        if (n + count > limit->n || p.sum + s->sums[p.bucket] >= limit->sum ||
            (count && limit->least > 0 &&
             exp(-(double)(p.bucket + 1) / BUCKETS_PER_UNIT) * 0.999 < limit->least))
            break;
        n += count;
        p.sum += s->sums[p.bucket];
    }
    if (p.bucket == N_BUCKETS) return p;
    sort_bucket(s, p.bucket, logits, max);
    for (; p.n < s->n_sorted; p.n++) {
        double w = s->sorted[p.n].weight;
        if (n + p.n && (n + p.n == limit->n || p.sum >= limit->sum || w < limit->least)) return p;
        p.sum += w;
    }
    /* Rounding: all of the bucket was within the limit after all; what follows is not looked at. */
    return p;
}

/* The candidate at which the weights of the beginning add up to more than `target`. */
static int32_t candidate_at(struct sampler *s, const struct prefix *end, double target,
                            const float *logits, float max)
{
    size_t last = 0;
    for (size_t b = 0; b <= end->bucket && b < N_BUCKETS; b++) {
        size_t n = b < end->bucket ? s->counts[b] : end->n;
        if (n == 0) continue;
        last = b;
        if (b < end->bucket && target >= s->sums[b]) {
            target -= s->sums[b];
            continue;
        }
        sort_bucket(s, b, logits, max);
        for (size_t i = 0; i < n; i++) {
            if (target < s->sorted[i].weight) return s->sorted[i].id;
            target -= s->sorted[i].weight;
        }
        break;
    }
    /* Rounding: the last there is. */
    sort_bucket(s, last, logits, max);
    size_t n = last < end->bucket ? s->n_sorted : end->n;
    return n > 0 && n <= s->n_sorted ? s->sorted[n - 1].id : -1;
}

int32_t sampler_pick(struct sampler *s, const float *from)
{
    const struct sampler_options *o = &s->options;
    const float *logits = from;
    if (o->repetition_penalty != 1 && s->n_seen) {
        memcpy(s->logits, from, s->vocab * sizeof *from);
        for (size_t i = 0; i < s->n_seen; i++) {
            float *l = &s->logits[s->seen[i]];
            *l = *l < 0 ? *l * o->repetition_penalty : *l / o->repetition_penalty;
        }
        logits = s->logits;
    }
    int32_t best = most_likely(logits, s->vocab);
    if (best < 0 || o->temperature == 0 || isinf(logits[best])) return best;

    float max = logits[best] / o->temperature;
    if (!isfinite(max)) return best; /* the differences would be no numbers */
    fill_buckets(s, logits, max);
    struct limit none = {SIZE_MAX, INFINITY, 0}, limit = none;
    if (o->top_k) limit.n = o->top_k;
    struct prefix all = cut(s, &limit, logits, max), end = all, other;
    if (o->top_p < 1) { /* the smallest beginning that reaches this part of the whole */
        limit = none;
        limit.sum = (double)o->top_p * all.sum;
        other = cut(s, &limit, logits, max);
        end = *shorter(&end, &other);
    }
    if (o->min_p > 0) { /* beside the most likely, which weighs 1 */
        limit = none;
        limit.least = (double)o->min_p;
        other = cut(s, &limit, logits, max);
        end = *shorter(&end, &other);
    }
    int32_t id = candidate_at(s, &end, next_random(s) * end.sum, logits, max);
    return id >= 0 ? id : best;
}
