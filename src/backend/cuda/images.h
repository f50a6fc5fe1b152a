/* The compiled kernels that are part of the program: what nvcc made of each .cu file, for all the
 * GPUs that the Makefile lists. scripts/cuda_images.sh writes the assembler file that holds them;
 * there are none where the build did not find nvcc. */
#ifndef BACKEND_CUDA_IMAGES_H
#define BACKEND_CUDA_IMAGES_H

#include <stdint.h>

extern const uint64_t cuda_n_images __attribute__((visibility("hidden")));
extern const void *const cuda_images[] __attribute__((visibility("hidden")));

#endif
