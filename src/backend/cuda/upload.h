/* Weights from the packed model into a stage's memory, by way of two page-locked buffers: while one
 * is copied to the GPU, all threads fill the other from the file's mapping. */
#ifndef BACKEND_CUDA_UPLOAD_H
#define BACKEND_CUDA_UPLOAD_H

#include "backend/cuda/stage.h"

/* Waits until all is there. Errors: ERROR_MEMORY, ERROR_IO; ERROR_USAGE when the model is not what
 * the stage was planned for. */
bool stage_upload(struct stage *s, const struct packed_model *model, struct thread_pool *pool,
                  struct error *err);

#endif
