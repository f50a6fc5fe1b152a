/* How much memory a process may still take: what the machine has available, and what the control
 * group that it runs in (a container, a service) leaves, where that is less. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct memory_available {
    size_t bytes;  /* SIZE_MAX: not known */
    size_t total;  /* of the machine, or the control group's limit when that is what bounds */
    bool by_group; /* the control group is what bounds */
};

/* root: "" for this machine; a folder with proc/ and sys/ of another for tests. Pages of files that
 * the kernel can drop count as available. Control groups: versions 1 and 2, all levels
 * (docs.kernel.org/admin-guide/cgroup-v2.html, .../cgroup-v1/memory.html). */
struct memory_available memory_available(const char *root);

#endif
