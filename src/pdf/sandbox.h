/* Takes away from the process all that reading a document does not need. */
#ifndef PDF_SANDBOX_H
#define PDF_SANDBOX_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct sandbox_limits {
    size_t memory;    /* bytes of address space */
    int page_seconds; /* of processor time for one request */
};

/* No new privileges, no new files (but fonts and poppler's tables, for reading, where the kernel has
 * Landlock), no network, no programs, no other processes; memory and descriptors limited. From now
 * on. */
bool sandbox_enter(const struct sandbox_limits *limits, struct error *err);

/* Starts the time of a request: the process ends by SIGPROF when it is over. */
void sandbox_start_timer(int seconds);

#endif
