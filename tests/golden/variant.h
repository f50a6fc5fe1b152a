/* The instruction set and the number of threads that a golden test computes with where it does not
 * say so itself: those of the environment, by the program's own names, so that tests/run.sh goes
 * through all of them. */
#ifndef GOLDEN_VARIANT_H
#define GOLDEN_VARIANT_H

#include <stdlib.h>

/* NULL: none is asked for, the best is taken. */
static inline const char *variant_isa(void)
{
    const char *isa = getenv("AUTOSPEC_ISA");
    return isa && *isa ? isa : NULL;
}

static inline size_t variant_threads(size_t otherwise)
{
    const char *threads = getenv("LLM_THREADS");
    return threads && *threads ? strtoul(threads, NULL, 10) : otherwise;
}

#endif
