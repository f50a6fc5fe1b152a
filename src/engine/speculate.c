#include "engine/speculate.h"

#include <stdlib.h>
#include <string.h>

enum {
    HASH_BITS = 12,
    MAX_MATCH = 32,  /* longer matches are as good as this */
    MAX_VISITS = 64, /* places looked at */
};
static const double KEEP = 0.9;        /* what an older outcome counts beside a newer */
static const double PRIOR = 2;         /* outcomes that the first guess counts for */
static const double WORTH = 1.08;      /* expected gain below which no draft is run */
static const double COST_GUESS = 0.08; /* of a drafted token, in plain steps, before it is known */

void speculate_measure(struct speculate_cost *c, size_t n_tokens, double seconds)
{
    if (n_tokens == 0 || n_tokens > MAX_DRAFT + 1) return;
    double *s = &c->seconds[n_tokens - 1];
    /* One step that the system held up must not decide. */
    if (*s > 0 && seconds > 2 * *s) seconds = 2 * *s;
    *s = *s > 0 ? 0.9 * *s + 0.1 * seconds : seconds;
}

void speculator_free(struct speculator *s)
{
    free(s->head);
    free(s->prev);
    *s = (struct speculator){0};
}

static size_t hash_pair(int32_t a, int32_t b)
{
    uint32_t h = (uint32_t)a * 0x9e3779b1u ^ (uint32_t)b * 0x85ebca6bu;
    h ^= h >> 15;
    return h * 0x2c1b3c6du >> (32 - HASH_BITS);
}

/* Positions 1..n-1 by the pair that ends there. */
static bool index_until(struct speculator *s, const int32_t *tokens, size_t n)
{
    if (!s->head) {
        s->head = malloc(sizeof *s->head << HASH_BITS);
        if (!s->head) return false;
        memset(s->head, 0, sizeof *s->head << HASH_BITS);
    }
    if (n > s->cap) {
        size_t cap = n + n / 2 + 64;
        int32_t *prev = realloc(s->prev, cap * sizeof *prev);
        if (!prev) return false;
        s->prev = prev;
        s->cap = cap;
    }
    for (size_t i = s->n_indexed ? s->n_indexed : 1; i < n; i++) {
        int32_t *head = &s->head[hash_pair(tokens[i - 1], tokens[i])];
        s->prev[i] = *head; /* 0: none, as no pair ends at 0 */
        *head = (int32_t)i;
    }
    if (n > s->n_indexed) s->n_indexed = n;
    return true;
}

static size_t class_of(size_t match)
{
    return match <= 4 ? match - 2 : match <= 7 ? 3 : match <= 12 ? 4 : 5;
}

/* Chance that a proposed token is right, when those before it were. */
static double chance(const struct speculator *s)
{
    static const double GUESS[SPECULATE_CLASSES] = {0.2, 0.3, 0.4, 0.5, 0.6, 0.7};
    size_t c = class_of(s->match);
    return (s->hits[c] + GUESS[c] * PRIOR) / (s->tries[c] + PRIOR);
}

/* The length with the most tokens a second, 0 unless it is clearly more than plain. */
static size_t best_length(const struct speculator *s, const struct speculate_cost *cost, size_t max)
{
    double p = chance(s), expected = 1, power = 1, best = WORTH, one = cost->seconds[0];
    double before = 1; /* cost in plain steps; a longer step is never taken to be cheaper */
    size_t length = 0;
    for (size_t k = 1; k <= s->n_proposed && k <= max; k++) {
        power *= p;
        expected += power;
        double steps =
            one > 0 && cost->seconds[k] > 0 ? cost->seconds[k] / one : before + COST_GUESS;
        if (steps < before) steps = before;
        before = steps;
        if (expected / steps > best) {
            best = expected / steps;
            length = k;
        }
    }
    return length;
}

void speculator_propose(struct speculator *s, const struct speculate_cost *cost,
                        const int32_t *tokens, size_t n, size_t max)
{
    s->n_proposed = s->n_draft = s->match = 0;
    if (n < 3 || n > INT32_MAX || !index_until(s, tokens, n - 1)) return;
    size_t from = 0, at = (size_t)s->head[hash_pair(tokens[n - 2], tokens[n - 1])];
    for (size_t visits = 0; at && visits < MAX_VISITS; at = (size_t)s->prev[at], visits++) {
        size_t same = 0;
        while (same < MAX_MATCH && same <= at && tokens[at - same] == tokens[n - 1 - same]) same++;
        if (same >= 2 && same > s->match) {
            s->match = same;
            from = at + 1;
        }
        if (same == MAX_MATCH) break;
    }
    if (!s->match) return;
    /* A text that repeats itself is followed past its own end. */
    for (size_t i = 0; i < MAX_DRAFT; i++)
        s->draft[i] = from + i < n ? tokens[from + i] : s->draft[from + i - n];
    s->n_proposed = MAX_DRAFT;
    s->n_draft = best_length(s, cost, max);
}

void speculator_learn(struct speculator *s, const int32_t *picked, size_t n)
{
    if (!s->n_proposed) return;
    size_t c = class_of(s->match), looked = s->n_draft ? s->n_draft : 1;
    for (size_t i = 0; i < n && i < looked; i++) {
        bool hit = picked[i] == s->draft[i];
        s->hits[c] = s->hits[c] * KEEP + hit;
        s->tries[c] = s->tries[c] * KEEP + 1;
        if (!hit) break;
    }
    s->n_proposed = s->n_draft = 0;
}
