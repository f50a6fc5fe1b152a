/* A GPU as the CUDA backend wants it: memory, one queue of work in order, kernels by number, graphs
 * of work that is launched again and again. Two implementations: the NVIDIA driver, which is loaded
 * when a GPU is first asked for, so that the program runs where there is none; and an emulation in
 * tests/, on which the whole backend runs without a GPU.
 *
 * What is queued runs in the order it was queued, later than the call; device_wait waits for it.
 * Memory addresses of a device are of use to its own kernels and copies alone. A device that has
 * failed is lost: every later call fails. Not thread-safe, but a device may be used from another
 * thread than before. */
#ifndef BACKEND_CUDA_DEVICE_H
#define BACKEND_CUDA_DEVICE_H

#include "base/error.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct device_info {
    char name[96];       /* "NVIDIA H200" */
    size_t total, free;  /* bytes of memory */
    unsigned capability; /* 90 for 9.0 */
    unsigned processors; /* that blocks are spread over */
    size_t shared_bytes; /* of a block, at most */
};

/* A kernel's launch; `args` is its one argument, a struct of kernels.h, copied by the call. */
struct device_launch {
    unsigned kernel;  /* enum cuda_kernel of kernels.h */
    unsigned grid[3]; /* blocks */
    unsigned threads; /* of a block */
    size_t shared;    /* bytes of shared memory of a block, beside the kernel's own */
    const void *args;
    size_t args_size;
};

struct device {
    const struct device_ops *ops;
    struct device_source *source;
    size_t index; /* among the source's */
    struct device_info info;
    atomic_bool lost;
};

struct device_event; /* a point in a device's queue */
struct device_graph;

struct device_ops {
    void (*close)(struct device *d); /* frees nothing that was allocated on it */

    /* Memory of the device, aligned to 256 bytes. ERROR_MEMORY when there is not as much. */
    bool (*alloc)(struct device *d, size_t bytes, void **out, struct error *err);
    void (*free)(struct device *d, void *memory);
    /* Memory of the host that copies go to and from while other work runs. */
    bool (*alloc_host)(struct device *d, size_t bytes, void **out, struct error *err);
    void (*free_host)(struct device *d, void *memory);

    /* Queued. Host memory of the copies is of alloc_host and stays as it is until they are done. */
    bool (*copy_in)(struct device *d, void *to, const void *from, size_t bytes, struct error *err);
    bool (*copy_out)(struct device *d, void *to, const void *from, size_t bytes, struct error *err);
    bool (*copy)(struct device *d, void *to, const void *from, size_t bytes, struct error *err);
    /* From the memory of `other` (of the same source), in d's queue. */
    bool (*copy_from)(struct device *d, void *to, struct device *other, const void *from,
                      size_t bytes, struct error *err);
    bool (*clear)(struct device *d, void *memory, size_t bytes, struct error *err);
    /* On GPUs that can (9.0 and later) a kernel begins before the one in front of it has ended, and
     * waits for it itself (kernels.h). */
    bool (*launch)(struct device *d, const struct device_launch *launch, struct error *err);
    /* Blocks of a kernel, without dynamic shared memory, that the device holds at once. */
    unsigned (*resident)(struct device *d, unsigned kernel);

    bool (*event_create)(struct device *d, struct device_event **out, struct error *err);
    void (*event_free)(struct device *d, struct device_event *e);
    bool (*event_record)(struct device *d, struct device_event *e, struct error *err);
    /* What is queued on d from now on waits for an event of `other`'s, which may be d. */
    bool (*event_wait)(struct device *d, struct device *other, struct device_event *e,
                       struct error *err);
    /* The host waits for the event. */
    bool (*event_sync)(struct device *d, struct device_event *e, struct error *err);

    /* Between begin and end what is queued is kept in the graph instead of run. Copies to and from
     * other devices and events cannot be. */
    bool (*graph_begin)(struct device *d, struct error *err);
    bool (*graph_end)(struct device *d, struct device_graph **out, struct error *err);
    bool (*graph_run)(struct device *d, struct device_graph *g, struct error *err); /* queued */
    void (*graph_free)(struct device *d, struct device_graph *g);

    /* Waits for all that is queued. A device that does not answer for a minute is lost. */
    bool (*wait)(struct device *d, struct error *err);
    /* Bytes of memory free now. From any thread. */
    bool (*free_memory)(struct device *d, size_t *bytes, struct error *err);
};

/* Where devices come from. */
struct device_source {
    /* ERROR_UNSUPPORTED with the reason when there are none and cannot be any: no driver, no GPU,
     * a build without kernels, none that the kernels run on. Else *n is at least 1. */
    bool (*count)(struct device_source *s, size_t *n, struct error *err);
    struct device *(*open)(struct device_source *s, size_t index, struct error *err);
};

/* The GPUs that the NVIDIA driver has; never fails, its `count` does. */
struct device_source *device_driver(void);

#endif
