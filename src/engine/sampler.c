#include "engine/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct candidate {
    int32_t id;
    float logit;
};

struct sampler {
    struct sampler_options options;
    size_t vocab;
    uint64_t state; /* of the random numbers */
    float *logits;  /* (vocab), penalised */
    struct candidate *candidates;
    double *weights; /* (vocab): e^(logit - max) of the candidates */
    int32_t *seen;   /* ids that count for the penalty, each once */
    size_t n_seen;
    unsigned char *is_seen; /* (vocab) */
};

/* Logits further below the maximum weigh less than e^-40: together, over any vocabulary, less than
 * a double's rounding of the sum. */
static const float NEGLIGIBLE = 40.0f;

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
    s->vocab = vocab;
    s->state = options->seed;
    bool penalty = options->repetition_penalty != 1, random = options->temperature > 0;
    if (penalty) {
        s->logits = calloc(vocab, sizeof *s->logits);
        s->seen = calloc(vocab, sizeof *s->seen);
        s->is_seen = calloc(vocab, 1);
        if (!s->logits || !s->seen || !s->is_seen) goto fail;
    }
    if (random) {
        s->candidates = calloc(vocab, sizeof *s->candidates);
        s->weights = calloc(vocab, sizeof *s->weights);
        if (!s->candidates || !s->weights) goto fail;
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
    free(s->candidates);
    free(s->weights);
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

/* Uniform in [0, 1). SplitMix64 (Steele, Lea and Flood 2014). */
static double next_random(struct sampler *s)
{
    uint64_t z = s->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* Highest logit first, then lowest id, so that the order is the same on every machine. */
static int by_logit(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->logit != y->logit) return x->logit > y->logit ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

static int32_t most_likely(const float *logits, size_t n)
{
    int32_t best = -1;
    for (size_t i = 0; i < n; i++)
        if (!isnan(logits[i]) && (best < 0 || logits[i] > logits[best])) best = (int32_t)i;
    return best;
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
    size_t n = 0;
    for (size_t i = 0; i < s->vocab; i++) {
        float l = logits[i] / o->temperature;
        if (l >= max - NEGLIGIBLE) s->candidates[n++] = (struct candidate){(int32_t)i, l};
    }
    qsort(s->candidates, n, sizeof *s->candidates, by_logit);
    if (o->top_k && n > o->top_k) n = o->top_k;

    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += s->weights[i] = exp((double)s->candidates[i].logit - (double)max);
    if (o->top_p < 1) {
        /* The smallest set whose probability reaches top_p. */
        double sum = 0;
        size_t keep = 0;
        while (keep < n && sum < (double)o->top_p * total) sum += s->weights[keep++];
        n = keep;
        total = sum;
    }
    if (o->min_p > 0) { /* the first weighs 1, as the most likely */
        size_t keep = 1;
        double sum = s->weights[0];
        while (keep < n && s->weights[keep] >= (double)o->min_p * s->weights[0])
            sum += s->weights[keep++];
        n = keep;
        total = sum;
    }
    double target = next_random(s) * total;
    for (size_t i = 0; i < n; i++) {
        if (target < s->weights[i]) return s->candidates[i].id;
        target -= s->weights[i];
    }
    return s->candidates[n - 1].id;
}
