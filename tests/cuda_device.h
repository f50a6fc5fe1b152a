/* Emulated GPUs behind src/backend/cuda/device.h, for tests: kernels compiled for the host
 * (cuda_host.h), as many devices as wanted, of as much memory. What is queued runs as late as the
 * interface allows, when somebody waits, so that a missing wait shows; each allocation is one of
 * malloc's, so that the address sanitizer sees a kernel that leaves it. */
#ifndef TESTS_CUDA_DEVICE_H
#define TESTS_CUDA_DEVICE_H

#include "backend/cuda/device.h"

enum { MAX_EMULATED = 8 };

struct emulated_gpu {
    size_t memory, used, peak; /* bytes; memory 0: there is none */
    size_t n_allocations;      /* of device and host memory, since the start */
    size_t n_launches, n_graph_runs, n_copies_in, n_copies_from;
    size_t fails_after; /* the device is lost after so many more launches run; 0: never */
    bool open;
};

struct emulated_gpus {
    struct device_source source; /* what a backend takes */
    size_t n;                    /* 0: "no driver" */
    struct emulated_gpu gpus[MAX_EMULATED];
};

/* n devices of so many bytes each. */
void emulated_gpus_init(struct emulated_gpus *e, size_t n, size_t memory);

#endif
