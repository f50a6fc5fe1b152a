/* Rotary frequencies, as transformers 4.57 computes them in modeling_rope_utils.py. */
#include "model/config.h"

#include <math.h>

/* llama3: wavelengths up to original/high are kept, those past original/low are divided by the
 * factor, and between the two the frequency runs from the one to the other. */
static double llama3_frequency(const struct rope_config *r, double freq)
{
    double original = (double)r->original_context;
    double rotations = original * freq / (2 * M_PI); /* in the original context */
    if (rotations > r->high_freq_factor) return freq;
    if (rotations < r->low_freq_factor) return freq / r->factor;
    double smooth = (rotations - r->low_freq_factor) / (r->high_freq_factor - r->low_freq_factor);
    return (1 - smooth) * freq / r->factor + smooth * freq;
}

/* yarn: the pair (fractional) that turns `rotations` times in the original context. */
static double yarn_pair(const struct rope_config *r, double dim, double rotations)
{
    double original = (double)r->original_context;
    return dim * log(original / (rotations * 2 * M_PI)) / (2 * log(r->theta));
}

static void yarn_range(const struct rope_config *r, double dim, double *low, double *high)
{
    *low = yarn_pair(r, dim, r->beta_fast);
    *high = yarn_pair(r, dim, r->beta_slow);
    if (!r->no_truncate) {
        *low = floor(*low);
        *high = ceil(*high);
    }
    *low = fmax(*low, 0);
    *high = fmin(*high, dim - 1);
    if (*low == *high) *high += 0.001;
}

void rope_frequencies(const struct model_config *c, float *inv_freq, float *scale)
{
    const struct rope_config *r = &c->rope;
    double dim = (double)c->head_dim, low = 0, high = 1;
    if (r->kind == ROPE_YARN) yarn_range(r, dim, &low, &high);
    for (size_t i = 0; i < c->head_dim / 2; i++) {
        double freq = pow(r->theta, -2 * (double)i / dim);
        if (r->kind == ROPE_LINEAR) freq /= r->factor;
        if (r->kind == ROPE_FACTORS) freq /= (double)r->factors[i];
        if (r->kind == ROPE_LLAMA3) freq = llama3_frequency(r, freq);
        if (r->kind == ROPE_YARN) {
            /* 0: turns often, kept; 1: turns seldom, stretched */
            double ramp = fmin(fmax(((double)i - low) / (high - low), 0), 1);
            freq = freq / r->factor * ramp + freq * (1 - ramp);
        }
        inv_freq[i] = (float)freq;
    }
    *scale = r->kind == ROPE_YARN ? (float)r->attention_factor : 1;
}
