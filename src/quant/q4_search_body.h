/* The q4 search, written over 16 lanes. A file that includes this defines before it:
 *   vec                                   16 floats
 *   v_load, v_store, v_all(float)         v_add, v_mul, v_div, v_abs, v_sqrt, v_round, v_min, v_max
 *   v_if_greater(a, b, x, y)              a > b ? x : y
 *   v_level(t, x)                         the codebook entry nearest x
 *   v_store_nibbles(t, x, out)            8 vectors' entry numbers as 64 bytes of q4 values
 * No fused multiply-add anywhere: its absence is what keeps the versions alike to the bit. */

/* Where the largest weight of a group may land, in codebook steps: past the last entry it is
 * clipped, short of it the last entries go unused. Both ends, as the codebook is not symmetric. */
static const float TARGETS[] = {-140, -133, -126, -119, -112, -105, -98, -91,
                                112,  106,  100,  94,   88,   82,   76,  70};

enum { N_TARGETS = sizeof TARGETS / sizeof *TARGETS, REFITS = 2, NEIGHBOURS = 1 };

struct v_sums {
    vec wc, cc; /* sums of weight * entry and of entry squared */
};

static inline struct v_sums v_assign(const struct q4_tables *t, const float *w, vec inverse)
{
    struct v_sums s = {v_all(0), v_all(0)};
    for (size_t i = 0; i < QUANT_GROUP; i++) {
        vec x = v_load(w + 16 * i), c = v_level(t, v_mul(x, inverse));
        s.wc = v_add(s.wc, v_mul(x, c));
        s.cc = v_add(s.cc, v_mul(c, c));
    }
    return s;
}

/* 1 / x, and 0 for 0. */
static inline vec v_inverse(vec x)
{
    vec zero = v_all(0);
    return v_if_greater(v_abs(x), zero, v_div(v_all(1), x), zero);
}

static void search_fit(const struct q4_tables *t, const float *w, float *d)
{
    vec zero = v_all(0), largest = zero, peak = zero;
    for (size_t i = 0; i < QUANT_GROUP; i++) {
        vec x = v_load(w + 16 * i), a = v_abs(x);
        peak = v_if_greater(a, largest, x, peak);
        largest = v_max(a, largest);
    }
    vec best = zero, scale = zero, unit = v_inverse(peak);
    for (size_t k = 0; k < N_TARGETS + REFITS; k++) {
        vec inverse = k < N_TARGETS ? v_mul(unit, v_all(TARGETS[k] / Q4_BIN)) : v_inverse(scale);
        struct v_sums s = v_assign(t, w, inverse);
        /* With scale wc / cc the squared error is sum(w^2) - wc^2 / cc. */
        vec fit = v_if_greater(s.cc, zero, v_div(s.wc, s.cc), zero), gain = v_mul(fit, s.wc);
        scale = v_if_greater(gain, best, fit, scale);
        best = v_max(gain, best);
    }
    v_store(d, scale);
}

static void search_pack(const struct q4_tables *t, const float *w, const float *d,
                        const float *unit, int8_t *s, uint8_t *values)
{
    vec zero = v_all(0), scale = v_load(d), u = v_mul(v_load(unit), v_all(Q4_BIN));
    vec sign = v_if_greater(zero, scale, v_all(-1), v_all(1));
    vec start = v_round(v_sqrt(v_mul(v_abs(scale), v_inverse(u))));
    vec best = v_all(INFINITY), best_s = zero, best_inverse = zero;
    for (int k = -NEIGHBOURS; k <= NEIGHBOURS; k++) {
        vec n = v_max(v_min(v_add(start, v_all((float)k)), v_all(Q4_MAX_SCALE)), zero);
        vec actual = v_mul(v_mul(sign, u), v_mul(n, n)), inverse = v_inverse(actual);
        struct v_sums sums = v_assign(t, w, inverse);
        /* What the squared error is more than sum(w^2). */
        vec loss = v_mul(actual, v_add(v_mul(actual, sums.cc), v_mul(v_all(-2), sums.wc)));
        best_s = v_if_greater(best, loss, n, best_s);
        best_inverse = v_if_greater(best, loss, inverse, best_inverse);
        best = v_min(loss, best);
    }
    float chosen[16];
    v_store(chosen, v_mul(best_s, sign));
    for (size_t r = 0; r < 16; r++) s[r] = (int8_t)chosen[r];
    for (size_t j = 0; j < 4; j++) {
        vec x[8];
        for (size_t i = 0; i < 8; i++) x[i] = v_mul(v_load(w + 16 * (8 * j + i)), best_inverse);
        v_store_nibbles(t, x, values + 64 * j);
    }
}
