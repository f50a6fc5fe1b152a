/* The memory that this process has had at most, as the kernel counts it (proc(5)). */
#ifndef MEASURE_PEAK_MEMORY_H
#define MEASURE_PEAK_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct peak_memory { /* bytes */
    size_t peak;     /* resident at most, files that are mapped included */
    size_t mapping;  /* resident now of the mapping that holds an address */
};

/* From now on the peak counts anew, where the kernel can do that. */
void peak_memory_reset(void);

/* False where /proc does not tell. */
bool peak_memory_read(struct peak_memory *out, const void *address);

/* The same from the texts of /proc/self/status and /proc/self/smaps, which are NUL-terminated. */
bool peak_memory_parse(struct peak_memory *out, const char *status, const char *smaps,
                       size_t address);

#endif
