/* What all requests together may take: bytes of memory for bodies, for the values that are made of them and
 * for replies that are not read yet; files for uploads. Beyond it a request is told to come again (503), so
 * that the server's memory and descriptors are bounded whatever its clients do. Requests without a key take
 * nothing of it. May be used by several threads at once. */
#ifndef SERVER_BUDGET_H
#define SERVER_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum budget_kind { BUDGET_BYTES, BUDGET_FILES, N_BUDGETS };

enum {
    BUDGET_MAX_BYTES = 128 << 20,
    BUDGET_MAX_FILES = 256,
    BUDGET_FREE_BYTES = 16 << 10, /* not counted: questions are answered though the rest is taken */
};

struct budget {
    size_t limits[N_BUDGETS];
    atomic_size_t taken[N_BUDGETS];
};

/* False, and nothing taken, when not so much is left. */
bool budget_take(struct budget *b, enum budget_kind kind, size_t n);
void budget_give(struct budget *b, enum budget_kind kind, size_t n);
size_t budget_left(const struct budget *b, enum budget_kind kind);

/* What one request has taken. */
struct budget_share {
    struct budget *budget; /* NULL: unlimited */
    size_t taken[N_BUDGETS];
};

/* Takes what is missing until the share is n of this kind; false, and nothing taken, as above. */
bool budget_share_grow(struct budget_share *s, enum budget_kind kind, size_t n);
bool budget_share_add(struct budget_share *s, enum budget_kind kind, size_t n);
void budget_share_free(struct budget_share *s);

#endif
