#include "engine/speculate.h"

#include <stdlib.h>
#include <string.h>

enum {
    HASH_BITS = 12,
    MAX_MATCH = 32,  /* longer matches are as good as this */
    MAX_VISITS = 64, /* places looked at */
    FEW = 8,         /* measurements that are soon forgotten */
    LASTS = 1024,    /* measurements of others after which one does not count any more */
};
static const double KEEP = 0.9;        /* what an older outcome counts beside a newer */
static const double PRIOR = 2;         /* outcomes that the first guess counts for */
static const double WORTH = 1.08;      /* expected gain below which no draft is run */
static const double COST_GUESS = 0.08; /* of a drafted token, in plain steps, before it is known */

/* The account, in tokens: granted at first and with each token, and the most that counts. A text of
 * which nothing is ever right takes less than 1.5 steps and 1.5 % longer. */
static const double GRANT = 1.5, GRANT_A_TOKEN = 0.015, MOST = 4;

/* ---- what steps cost ---- */

void speculate_measure(struct speculate_cost *c, size_t n_tokens, double seconds)
{
    if (n_tokens == 0 || n_tokens > MAX_DRAFT + 1) return;
    double *s = &c->of[n_tokens - 1].seconds, one = c->of[0].seconds;
    c->of[n_tokens - 1].when = ++c->measured;
    bool first = c->of[n_tokens - 1].times++ == 0, few = c->of[n_tokens - 1].times < FEW;
    /* What the system holds up is only ever longer: a step like that must not decide. */
    double most = first ? 2 * (one + COST_GUESS * one * (double)(n_tokens - 1)) : 2 * *s;
    if (most > 0 && seconds > most) seconds = most;
    *s = first ? seconds : *s + (few || seconds < *s ? 0.3 : 0.1) * (seconds - *s);
}

/* 0: not known, or too long ago: the machine may have become another. */
static double measured(const struct speculate_cost *c, size_t n_tokens)
{
    bool known = c->of[n_tokens - 1].times && c->measured - c->of[n_tokens - 1].when < LASTS;
    return known ? c->of[n_tokens - 1].seconds : 0;
}

/* Seconds of steps of up to `most` tokens, into out[1..most]; 1 for a plain one where none is
 * known. No step is dearer than a longer one. */
static void estimate(const struct speculate_cost *c, size_t most, double *out)
{
    double one = 0;
    for (size_t n = 1; n <= most && one == 0; n++) one = measured(c, n);
    if (one == 0) one = 1;
    double before = 0;
    for (size_t n = 1; n <= most; n++) {
        double known = measured(c, n);
        out[n] = known > 0 ? known : n == 1 ? one : before + COST_GUESS * one;
        before = out[n];
    }
    for (size_t n = most; n > 1; n--)
        if (out[n - 1] > out[n]) out[n - 1] = out[n];
}

/* ---- proposals ---- */

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
    static const double GUESS[SPECULATE_CLASSES] = {0.3, 0.4, 0.55, 0.7, 0.8, 0.85};
    size_t c = class_of(s->match);
    return (s->hits[c] + GUESS[c] * PRIOR) / (s->tries[c] + PRIOR);
}

/* The length with the most tokens a second for all sequences of the step, 0 unless that is clearly
 * more than without and the account bears it. */
static size_t best_length(struct speculator *s, const struct speculate_cost *cost,
                          struct speculate_step *step, size_t max)
{
    double seconds[MAX_DRAFT + 2], p = chance(s), power = 1, won = 0, best_won = 0;
    size_t length = 0, base = step->tokens;
    if (base == 0 || base > MAX_DRAFT) return 0;
    if (max > MAX_DRAFT + 1 - base) max = MAX_DRAFT + 1 - base;
    if (max > s->n_proposed) max = s->n_proposed;
    estimate(cost, base + max, seconds);
    double best = WORTH * step->expected / seconds[base];
    for (size_t k = 1; k <= max; k++) {
        power *= p;
        won += power;
        double price = (seconds[base + k] / seconds[base] - 1) * (double)step->sequences;
        double rate = (step->expected + won) / seconds[base + k];
        if (rate <= best || price > s->account) continue;
        best = rate;
        best_won = won;
        length = k;
        s->price = price;
    }
    step->tokens += length;
    step->expected += best_won;
    return length;
}

void speculator_propose(struct speculator *s, const struct speculate_cost *cost,
                        struct speculate_step *step, const int32_t *tokens, size_t n, size_t max)
{
    s->n_proposed = s->n_draft = s->match = 0;
    if (!s->started) s->account = GRANT;
    s->started = true;
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
    s->n_draft = best_length(s, cost, step, max);
}

void speculator_learn(struct speculator *s, const int32_t *picked, size_t n)
{
    s->account += GRANT_A_TOKEN * (double)n;
    if (s->n_draft && n > 0) s->account += (double)(n - 1) - s->price;
    if (s->account > MOST) s->account = MOST;
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
