/* The functions of the NVIDIA driver (libcuda.so.1) that are used, as its documentation declares
 * them (docs.nvidia.com/cuda/cuda-driver-api), so that no file of NVIDIA's is needed to build.
 * Internal to device_driver.c. */
#ifndef BACKEND_CUDA_DRIVER_API_H
#define BACKEND_CUDA_DRIVER_API_H

#include <stddef.h>

typedef int cu_result;
typedef int cu_device;
typedef unsigned long long cu_address;
typedef struct cu_context *cu_context;
typedef struct cu_module *cu_module;
typedef struct cu_function *cu_function;
typedef struct cu_stream *cu_stream;
typedef struct cu_event *cu_event;
typedef struct cu_graph *cu_graph;
typedef struct cu_graph_exec *cu_graph_exec;

enum {
    CU_SUCCESS = 0,
    CU_OUT_OF_MEMORY = 2,
    CU_NO_DEVICE = 100,
    CU_INVALID_IMAGE = 200,
    CU_NO_BINARY_FOR_GPU = 209,
    CU_UNSUPPORTED_PTX = 222,
    CU_NOT_FOUND = 500,
    CU_NOT_READY = 600,

    CU_PROCESSORS = 16, /* device attributes */
    CU_CAPABILITY_MAJOR = 75,
    CU_CAPABILITY_MINOR = 76,
    CU_SHARED_PER_BLOCK = 97,

    CU_FUNCTION_DYNAMIC_SHARED = 8,

    CU_STREAM_NON_BLOCKING_FLAG = 1,
    CU_EVENT_NO_TIMING = 2,
    CU_CAPTURE_THREAD_LOCAL = 1,
    CU_LAUNCH_EARLY = 6, /* "programmatic stream serialization" */
};

struct cu_launch_attribute {
    int id;
    char pad[4];
    union {
        char pad[64];
        int flag;
    } value;
};

struct cu_launch_config {
    unsigned grid[3], block[3];
    unsigned shared; /* bytes */
    cu_stream stream;
    struct cu_launch_attribute *attributes;
    unsigned n_attributes;
};

/* X(result, name of ours, symbol, arguments) */
#define DRIVER_FUNCTIONS(X)                                                                        \
    X(init, "cuInit", (unsigned flags))                                                            \
    X(driver_version, "cuDriverGetVersion", (int *version))                                        \
    X(error_name, "cuGetErrorName", (cu_result code, const char **out))                            \
    X(error_string, "cuGetErrorString", (cu_result code, const char **out))                        \
    X(device_count, "cuDeviceGetCount", (int *n))                                                  \
    X(device_get, "cuDeviceGet", (cu_device * out, int index))                                     \
    X(device_name, "cuDeviceGetName", (char *out, int size, cu_device device))                     \
    X(device_attribute, "cuDeviceGetAttribute", (int *out, int attribute, cu_device device))       \
    X(context_retain, "cuDevicePrimaryCtxRetain", (cu_context * out, cu_device device))            \
    X(context_release, "cuDevicePrimaryCtxRelease_v2", (cu_device device))                         \
    X(context_set, "cuCtxSetCurrent", (cu_context context))                                        \
    X(memory_info, "cuMemGetInfo_v2", (size_t * free, size_t * total))                             \
    X(alloc, "cuMemAlloc_v2", (cu_address * out, size_t bytes))                                    \
    X(free, "cuMemFree_v2", (cu_address at))                                                       \
    X(alloc_host, "cuMemAllocHost_v2", (void **out, size_t bytes))                                 \
    X(free_host, "cuMemFreeHost", (void *at))                                                      \
    X(copy_in, "cuMemcpyHtoDAsync_v2",                                                             \
      (cu_address to, const void *from, size_t bytes, cu_stream stream))                           \
    X(copy_out, "cuMemcpyDtoHAsync_v2",                                                            \
      (void *to, cu_address from, size_t bytes, cu_stream stream))                                 \
    X(copy, "cuMemcpyDtoDAsync_v2",                                                                \
      (cu_address to, cu_address from, size_t bytes, cu_stream stream))                            \
    X(copy_peer, "cuMemcpyPeerAsync",                                                              \
      (cu_address to, cu_context to_context, cu_address from, cu_context from_context,             \
       size_t bytes, cu_stream stream))                                                            \
    X(set_bytes, "cuMemsetD8Async",                                                                \
      (cu_address at, unsigned char value, size_t n, cu_stream stream))                            \
    X(stream_create, "cuStreamCreate", (cu_stream * out, unsigned flags))                          \
    X(stream_destroy, "cuStreamDestroy_v2", (cu_stream stream))                                    \
    X(stream_wait, "cuStreamWaitEvent", (cu_stream stream, cu_event event, unsigned flags))        \
    X(event_create, "cuEventCreate", (cu_event * out, unsigned flags))                             \
    X(event_destroy, "cuEventDestroy_v2", (cu_event event))                                        \
    X(event_record, "cuEventRecord", (cu_event event, cu_stream stream))                           \
    X(event_query, "cuEventQuery", (cu_event event))                                               \
    X(module_load, "cuModuleLoadData", (cu_module * out, const void *image))                       \
    X(module_unload, "cuModuleUnload", (cu_module module))                                         \
    X(function_get, "cuModuleGetFunction",                                                         \
      (cu_function * out, cu_module module, const char *name))                                     \
    X(function_set, "cuFuncSetAttribute", (cu_function function, int attribute, int value))        \
    X(occupancy, "cuOccupancyMaxActiveBlocksPerMultiprocessor",                                    \
      (int *blocks, cu_function function, int threads, size_t shared))                             \
    X(launch, "cuLaunchKernelEx",                                                                  \
      (const struct cu_launch_config *config, cu_function function, void **arguments,              \
       void **extra))                                                                              \
    X(capture_begin, "cuStreamBeginCapture_v2", (cu_stream stream, int mode))                      \
    X(capture_end, "cuStreamEndCapture", (cu_stream stream, cu_graph * out))                       \
    X(graph_instantiate, "cuGraphInstantiateWithFlags",                                            \
      (cu_graph_exec * out, cu_graph graph, unsigned long long flags))                             \
    X(graph_launch, "cuGraphLaunch", (cu_graph_exec graph, cu_stream stream))                      \
    X(graph_destroy, "cuGraphDestroy", (cu_graph graph))                                           \
    X(graph_exec_destroy, "cuGraphExecDestroy", (cu_graph_exec graph))

struct driver_api {
#define DRIVER_MEMBER(name, symbol, arguments) cu_result(*name) arguments;
    DRIVER_FUNCTIONS(DRIVER_MEMBER)
#undef DRIVER_MEMBER
};

#endif
