#include "server/budget.h"

bool budget_take(struct budget *b, enum budget_kind kind, size_t n)
{
    size_t taken = atomic_load(&b->taken[kind]);
    do
        if (n > b->limits[kind] - taken) return false;
    while (!atomic_compare_exchange_weak(&b->taken[kind], &taken, taken + n));
    return true;
}

void budget_give(struct budget *b, enum budget_kind kind, size_t n)
{
    atomic_fetch_sub(&b->taken[kind], n);
}

size_t budget_left(const struct budget *b, enum budget_kind kind)
{
    return b->limits[kind] - atomic_load(&b->taken[kind]);
}

bool budget_share_add(struct budget_share *s, enum budget_kind kind, size_t n)
{
    if (s->budget && !budget_take(s->budget, kind, n)) return false;
    s->taken[kind] += n;
    return true;
}

bool budget_share_grow(struct budget_share *s, enum budget_kind kind, size_t n)
{
    return n <= s->taken[kind] || budget_share_add(s, kind, n - s->taken[kind]);
}

void budget_share_free(struct budget_share *s)
{
    for (enum budget_kind kind = 0; s->budget && kind < N_BUDGETS; kind++)
        budget_give(s->budget, kind, s->taken[kind]);
    *s = (struct budget_share){.budget = s->budget};
}
