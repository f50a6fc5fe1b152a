/* Weights from the packed file into a GPU's memory, by way of two page-locked buffers: while one
 * is copied to the GPU, all threads fill the other from the file's mapping. */
#ifndef BACKEND_CUDA_UPLOAD_H
#define BACKEND_CUDA_UPLOAD_H

#include "backend/cuda/stage.h"

enum { UPLOAD_BUFFER = 32 << 20 };

struct upload {
    struct device *device;
    struct thread_pool *pool;
    uint8_t *buffer[2];
    struct device_event *done[2]; /* the buffer's copies */
    bool pending[2];
    size_t turn, fill; /* the buffer being filled, bytes in it */
};

/* upload_end has to follow, also after a failure: it waits until all is there, unless ok is false,
 * and frees the buffers. Returns whether all is well. */
bool upload_begin(struct upload *u, struct device *device, struct thread_pool *pool,
                  struct error *err);
bool upload_end(struct upload *u, bool ok, struct error *err);

/* `from` may be gone as soon as these return. */
bool upload_bytes(struct upload *u, const void *to, const void *from, size_t bytes,
                  struct error *err);
/* n numbers and the zeros behind them; both may be NULL. */
bool upload_vector(struct upload *u, const float *to, const float *from, size_t n,
                   struct error *err);
/* An f32 matrix may be planned as bf16, and is rounded. */
bool upload_matrix(struct upload *u, const struct device_matrix *to,
                   const struct packed_matrix *from, struct error *err);
/* The first n rows, as plain f32 without padding. */
bool upload_rows(struct upload *u, const float *to, const struct packed_matrix *from, size_t n,
                 struct error *err);

/* Waits until all is there. Errors: ERROR_MEMORY, ERROR_IO; ERROR_USAGE when the model is not what
 * the stage was planned for. */
bool stage_upload(struct stage *s, const struct packed_model *model, struct thread_pool *pool,
                  struct error *err);

#endif
