/* The GPUs that a DEVICE setting means: "auto" all there are, and the CPU for what does not fit;
 * "cuda" all there are; "cuda:N" that one; "cpu" none. */
#ifndef BACKEND_CUDA_GPUS_H
#define BACKEND_CUDA_GPUS_H

#include "backend/backend.h"
#include "backend/cuda/device.h"

enum { MAX_GPUS = 16 };

struct gpus {
    struct device *devices[MAX_GPUS];
    size_t n; /* 0: the CPU computes all of it */
    bool with_cpu;
};

/* Whether that can be had, without opening any. ERROR_UNSUPPORTED with the reason, and what "auto"
 * would do, when it cannot. source NULL: the driver's. */
bool gpus_check(const char *device, struct device_source *source, struct error *err);

/* Opens them, in the order of their numbers. With "auto" one that cannot be used is warned of and
 * left out. Close with gpus_close, also after a failure. */
bool gpus_open(struct gpus *g, const char *device, struct device_source *source, struct error *err);
void gpus_close(struct gpus *g);

/* What is known of a device, and what is free on it now; nothing of what is ours there. */
void device_gpu(struct device *d, struct backend_gpu *out);

#endif
