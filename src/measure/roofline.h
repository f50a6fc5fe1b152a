/* What this machine can do at most, measured in the same run and on the same threads as the model:
 * reads from memory that no cache holds, and 8-bit integer multiply-adds from registers. Both are
 * the best of a few short passes (Williams, Waterman and Patterson 2009,
 * doi:10.1145/1498765.1498785). */
#ifndef MEASURE_ROOFLINE_H
#define MEASURE_ROOFLINE_H

#include "base/thread_pool.h"

struct roofline;

/* Takes memory several times the size of the last cache. The pool is borrowed. */
struct roofline *roofline_create(struct thread_pool *pool, struct error *err);
void roofline_free(struct roofline *r);

double roofline_read(struct roofline *r);     /* bytes a second, all threads together */
double roofline_integers(struct roofline *r); /* operations a second: an addition, a multiplication
                                                 are one each */

/* The instructions that the integers were measured with: "AVX-512 VNNI", "AVX2", "portable". */
const char *roofline_instructions(const struct roofline *r);

#endif
