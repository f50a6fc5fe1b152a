/* A token from each row of logits, so that a step's result is one id. Two kernels: the likeliest of
 * each part of the vocabulary, then the likeliest of all, or one by chance. */
#include "backend/cuda/ops.cuh"

/* A logit and its id as one number that is larger where the logit is, and where they are equal, the
 * id smaller. 0: NaN, which is never picked. */
DEVICE uint64_t ranked(float logit, uint32_t id)
{
    uint32_t u = float_bits(logit == 0.0f ? 0.0f : logit); /* -0 is 0 */
    if ((u & 0x7fffffffu) > 0x7f800000u) return 0;
    u = u & 0x80000000u ? ~u : u | 0x80000000u;
    return (uint64_t)u << 32 | (uint32_t)~id;
}

DEVICE uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The largest of a block of `threads`; thread 0 gets it. */
DEVICE uint64_t block_largest(uint64_t v, uint64_t *room, uint32_t threads)
{
    uint32_t lane = threadIdx.x % WARP_SIZE;
    UNROLL for (uint32_t m = 16; m > 0; m /= 2)
    {
        uint32_t low = shuffle_bits((uint32_t)v, lane ^ m);
        uint32_t high = shuffle_bits((uint32_t)(v >> 32), lane ^ m);
        v = larger(v, (uint64_t)high << 32 | low);
    }
    if (lane == 0) room[threadIdx.x / WARP_SIZE] = v;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (uint32_t w = 1; w < threads / WARP_SIZE; w++) v = larger(v, room[w]);
    }
    return v;
}

KERNEL(argmax, 256, 1, cuda_sample_args)
{
    __shared__ uint64_t room[8];
    uint32_t row = blockIdx.y, vocab = (uint32_t)a.vocab, begin = blockIdx.x * CUDA_ARGMAX_PART;
    uint32_t end = begin + CUDA_ARGMAX_PART < vocab ? begin + CUDA_ARGMAX_PART : vocab;
    const float *logits = a.logits + (size_t)row * (uint32_t)a.stride;
    uint64_t best = 0;
    depend_launch();
    depend_wait();
    for (uint32_t i = begin + threadIdx.x; i < end; i += 256)
        best = larger(best, ranked(logits[i], i));
    best = block_largest(best, room, 256);
    if (threadIdx.x == 0) a.best[(size_t)row * gridDim.x + blockIdx.x] = best;
}

/* ---- a token by chance ---- */

/* Candidates in their order, the likeliest first, as numbers that fall: how far the logit is below
 * the largest, over the temperature, and among equals the id. What is more than NEGLIGIBLE below
 * weighs nothing, as in engine/sampler.c. Weights are integers, so that sums do not depend on the
 * order in which threads add. */
#define THREADS    1024
#define NEGLIGIBLE 40.0f
#define DIGITS     2048 /* of 11 bits */

struct candidates {
    const float *logits;
    uint32_t vocab;
    float max, inverse; /* 1 / temperature */
    uint64_t least;     /* smaller keys are cut off */
};

/* 0: none. */
DEVICE uint64_t key_of(const struct candidates *c, uint32_t id, float *below)
{
    *below = (c->max - c->logits[id]) * c->inverse;
    if (!(*below <= NEGLIGIBLE)) return 0; /* nor is NaN */
    uint64_t key = (uint64_t)~(uint32_t)(*below * 104755299.0f) << 32 | (uint32_t)~id;
    return key >= c->least ? key : 0; /* 2^32 / 41 a unit of the exponent */
}

DEVICE uint64_t weight_of(float below)
{
    return (uint64_t)(exp2_fast(-1.44269504f * below) * 1099511627776.0f); /* 2^40; 2^22 of them */
}

/* Fills histogram, by the digit at `shift`, with counts or weights of candidates that have `key`'s
 * bits above the digit. */
DEVICE void fill_digits(const struct candidates *c, uint64_t key, uint32_t shift, uint32_t width,
                        int by_count, uint64_t *histogram)
{
    for (uint32_t i = threadIdx.x; i < DIGITS; i += THREADS) histogram[i] = 0;
    __syncthreads();
    for (uint32_t id = threadIdx.x; id < c->vocab; id += THREADS) {
        float below;
        uint64_t k = key_of(c, id, &below);
        uint32_t above = shift + width;
        if (k == 0 || (above < 64 && k >> above != key >> above)) continue;
        add_shared(&histogram[(uint32_t)(k >> shift) & ((1u << width) - 1)],
                   by_count ? 1 : weight_of(below));
    }
    __syncthreads();
}

DEVICE uint64_t shuffle_64(uint64_t v, uint32_t lane)
{
    uint32_t low = shuffle_bits((uint32_t)v, lane), high = shuffle_bits((uint32_t)(v >> 32), lane);
    return (uint64_t)high << 32 | low;
}

/* The largest digit at which the sum from the top reaches `need`, and what it is above that digit;
 * by the first warp, to found[0], found[1]. Where it is never reached, digit 0. */
DEVICE void find_digit(const uint64_t *histogram, uint64_t need, uint64_t *found)
{
    uint32_t lane = threadIdx.x;
    if (lane < WARP_SIZE) {
        uint64_t sum = 0, before = 0;
        const uint64_t *mine = histogram + DIGITS - (lane + 1) * (DIGITS / WARP_SIZE);
        for (uint32_t i = 0; i < DIGITS / WARP_SIZE; i++) sum += mine[i];
        for (uint32_t l = 0; l < WARP_SIZE; l++) {
            uint64_t other = shuffle_64(sum, l);
            if (l < lane) before += other;
        }
        if (lane == 0) {
            found[0] = 0;
            found[1] = 0;
        }
        __syncwarp();
        if (before < need && before + sum >= need) { /* one lane at most */
            uint32_t i = DIGITS / WARP_SIZE - 1;
            while (before + mine[i] < need) before += mine[i--];
            found[0] = (uint64_t)(mine - histogram) + i;
            found[1] = before;
        }
    }
    __syncthreads();
}

/* The key of the first candidate at which counts or weights, itself included, reach need (at least
 * 1, at most the whole). */
DEVICE uint64_t find_key(const struct candidates *c, uint64_t need, int by_count,
                         uint64_t *histogram, uint64_t *found)
{
    /* Where digits begin: three of what is below, two of the id, whose upper bits are all set. */
    uint64_t key = 0;
    KEEP_LOOP for (uint32_t step = 0; step < 5; step++)
    {
        uint32_t shift = step == 0 ? 53 : step == 1 ? 42 : step == 2 ? 32 : step == 3 ? 11 : 0;
        fill_digits(c, key, shift, step == 2 ? 10 : 11, by_count, histogram);
        find_digit(histogram, need, found);
        key |= found[0] << shift;
        need -= found[1];
        if (step == 2) key |= 0xffc00000u;
        __syncthreads(); /* before found and histogram are written again */
    }
    return key;
}

/* The sum of counts or weights of all candidates. */
DEVICE uint64_t sum_all(const struct candidates *c, int by_count, uint64_t *room)
{
    uint64_t sum = 0, all = 0;
    uint32_t lane = threadIdx.x % WARP_SIZE;
    for (uint32_t id = threadIdx.x; id < c->vocab; id += THREADS) {
        float below;
        if (key_of(c, id, &below)) sum += by_count ? 1 : weight_of(below);
    }
    UNROLL for (uint32_t m = 16; m > 0; m /= 2) sum += shuffle_64(sum, lane ^ m);
    if (lane == 0) room[threadIdx.x / WARP_SIZE] = sum;
    __syncthreads();
    for (uint32_t w = 0; w < THREADS / WARP_SIZE; w++) all += room[w];
    __syncthreads();
    return all;
}

/* `part` of `whole` candidates or weights, within 1..whole. */
DEVICE uint64_t part_of(uint64_t whole, double part)
{
    uint64_t n = (uint64_t)ceil((double)whole * part);
    return n < 1 ? 1 : n > whole ? whole : n;
}

KERNEL(pick, THREADS, 1, cuda_sample_args)
{
    __shared__ uint64_t room[THREADS / WARP_SIZE], histogram[DIGITS], found[2], first;
    uint32_t row = blockIdx.x;
    uint32_t parts = ((uint32_t)a.vocab + CUDA_ARGMAX_PART - 1) / CUDA_ARGMAX_PART;
    uint64_t best = 0;
    depend_launch();
    depend_wait();
    for (uint32_t i = threadIdx.x; i < parts; i += THREADS)
        best = larger(best, a.best[(size_t)row * parts + i]);
    best = block_largest(best, room, THREADS);
    if (threadIdx.x == 0) first = best;
    __syncthreads();
    best = first;
    uint32_t id = (uint32_t)~(uint32_t)best;
    struct candidates c;
    c.logits = a.logits + (size_t)row * (uint32_t)a.stride;
    c.vocab = (uint32_t)a.vocab;
    c.least = 0;
    c.max = best ? c.logits[id] : 0.0f;
    int by_chance = best != 0 && a.choices && a.choices[row].temperature > 0.0f &&
                    fabsf(c.max) <= 3.0e38f; /* the likeliest, where it is infinite */
    if (by_chance) {
        struct cuda_choice choice = a.choices[row];
        c.inverse = 1.0f / choice.temperature;
        if (choice.top_k > 0 && sum_all(&c, 1, room) > (uint32_t)choice.top_k)
            c.least = find_key(&c, (uint32_t)choice.top_k, 1, histogram, found);
        uint64_t whole = sum_all(&c, 0, room);
        if (choice.top_p < 1.0f) {
            c.least = find_key(&c, part_of(whole, (double)choice.top_p), 0, histogram, found);
            whole = sum_all(&c, 0, room);
        }
        if (choice.min_p > 0.0f) { /* beside the likeliest, which weighs 1 */
            float limit = -logf(choice.min_p);
            uint64_t least =
                limit < NEGLIGIBLE ? (uint64_t)~(uint32_t)(limit * 104755299.0f) << 32 : 0;
            if (least > c.least) c.least = least;
            whole = sum_all(&c, 0, room);
        }
        /* The sum that is passed, not reached: one more. */
        uint64_t target = (uint64_t)((double)whole * choice.random) + 1;
        uint64_t key =
            find_key(&c, target < whole ? target : whole, 0, histogram, found);
        id = (uint32_t)~(uint32_t)key;
        if (id >= c.vocab) id = (uint32_t)~(uint32_t)best;
    }
    if (threadIdx.x == 0) a.ids[row] = best ? (int32_t)id : -1;
}
