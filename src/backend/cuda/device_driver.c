/* The NVIDIA driver's devices. The driver is a library that is looked for when a GPU is first asked
 * for and stays loaded; each device has one stream and, of each image of kernels, one module. */
#include "backend/cuda/device.h"
#include "backend/cuda/driver_api.h"
#include "backend/cuda/images.h"
#include "backend/cuda/kernels.h"
#include "base/clock.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_IMAGES = 32 };

static const double SPIN_SECONDS = 0.02;
static const double HUNG_SECONDS = 60;

static struct driver_api cu;

struct driver_device {
    struct device base;
    cu_device device;
    cu_context context; /* NULL: not there any more */
    cu_stream stream;
    cu_event waiting; /* of wait */
    cu_module modules[MAX_IMAGES];
    size_t n_modules;
    cu_function functions[CUDA_N_KERNELS];
    size_t shared[CUDA_N_KERNELS];     /* bytes that the function has leave for */
    unsigned resident[CUDA_N_KERNELS]; /* blocks of it that the device holds */
};

static struct driver_device *from_base(struct device *d)
{
    return (struct driver_device *)d;
}

/* ---- errors ---- */

static const char *code_text(cu_result code)
{
    const char *text = NULL;
    if (!cu.error_string || cu.error_string(code, &text) != CU_SUCCESS || !text)
        return "an unknown error";
    return text;
}

static bool fail(struct device *d, cu_result code, const char *what, struct error *err)
{
    if (code == CU_OUT_OF_MEMORY)
        return error_set(err, ERROR_MEMORY, "GPU %zu (%s): %s: out of memory", d->index,
                         d->info.name, what);
    d->lost = true;
    return error_set(err, ERROR_IO, "GPU %zu (%s) is lost: %s: %s (CUDA error %d)", d->index,
                     d->info.name, what, code_text(code), code);
}

/* The device's context becomes the thread's; false when the device is lost. */
static bool enter(struct device *d, struct error *err)
{
    if (d->lost)
        return error_set(err, ERROR_IO, "GPU %zu (%s) is lost since an earlier error", d->index,
                         d->info.name);
    cu_result code = cu.context_set(from_base(d)->context);
    return code == CU_SUCCESS || fail(d, code, "its context", err);
}

static bool check(struct device *d, cu_result code, const char *what, struct error *err)
{
    return code == CU_SUCCESS || fail(d, code, what, err);
}

/* ---- memory and copies ---- */

static cu_address address(const void *p)
{
    return (cu_address)(uintptr_t)p;
}

static bool driver_alloc(struct device *d, size_t bytes, void **out, struct error *err)
{
    cu_address at = 0;
    *out = NULL;
    if (!enter(d, err)) return false;
    cu_result code = cu.alloc(&at, bytes ? bytes : 1);
    if (code == CU_OUT_OF_MEMORY)
        return error_set(err, ERROR_MEMORY, "GPU %zu (%s): no %zu MB of memory are free", d->index,
                         d->info.name, bytes / 1000000);
    *out = (void *)(uintptr_t)at;
    return check(d, code, "memory", err);
}

static void driver_free(struct device *d, void *memory)
{
    if (memory && cu.context_set(from_base(d)->context) == CU_SUCCESS) cu.free(address(memory));
}

static bool driver_alloc_host(struct device *d, size_t bytes, void **out, struct error *err)
{
    *out = NULL;
    if (!enter(d, err)) return false;
    cu_result code = cu.alloc_host(out, bytes ? bytes : 1);
    if (code == CU_OUT_OF_MEMORY)
        return error_set(err, ERROR_MEMORY, "no %zu MB of page-locked memory", bytes / 1000000);
    return check(d, code, "page-locked memory", err);
}

static void driver_free_host(struct device *d, void *memory)
{
    if (memory && cu.context_set(from_base(d)->context) == CU_SUCCESS) cu.free_host(memory);
}

static bool driver_copy_in(struct device *d, void *to, const void *from, size_t bytes,
                           struct error *err)
{
    return enter(d, err) && check(d, cu.copy_in(address(to), from, bytes, from_base(d)->stream),
                                  "a copy to it", err);
}

static bool driver_copy_out(struct device *d, void *to, const void *from, size_t bytes,
                            struct error *err)
{
    return enter(d, err) && check(d, cu.copy_out(to, address(from), bytes, from_base(d)->stream),
                                  "a copy from it", err);
}

static bool driver_copy(struct device *d, void *to, const void *from, size_t bytes,
                        struct error *err)
{
    return enter(d, err) &&
           check(d, cu.copy(address(to), address(from), bytes, from_base(d)->stream), "a copy",
                 err);
}

static bool driver_copy_from(struct device *d, void *to, struct device *other, const void *from,
                             size_t bytes, struct error *err)
{
    return enter(d, err) &&
           check(d,
                 cu.copy_peer(address(to), from_base(d)->context, address(from),
                              from_base(other)->context, bytes, from_base(d)->stream),
                 "a copy from another GPU", err);
}

static bool driver_clear(struct device *d, void *memory, size_t bytes, struct error *err)
{
    return enter(d, err) && check(d, cu.set_bytes(address(memory), 0, bytes, from_base(d)->stream),
                                  "clearing memory", err);
}

/* ---- work ---- */

static bool driver_launch(struct device *d, const struct device_launch *l, struct error *err)
{
    struct driver_device *v = from_base(d);
    if (!enter(d, err)) return false;
    struct cuda_kernel_info kernel = cuda_kernel_info((enum cuda_kernel)l->kernel);
    const char *name = kernel.name;
    if (l->args_size != kernel.args)
        return error_set(err, ERROR_USAGE, "kernel %s: arguments of %zu bytes, not %zu", name,
                         l->args_size, kernel.args);
    cu_function function = v->functions[l->kernel];
    if (l->shared > v->shared[l->kernel]) { /* more than 48 KB have to be asked for, once */
        if (!check(d, cu.function_set(function, CU_FUNCTION_DYNAMIC_SHARED, (int)l->shared), name,
                   err))
            return false;
        v->shared[l->kernel] = l->shared;
    }
    void *arguments[] = {(void *)(uintptr_t)l->args};
    struct cu_launch_attribute early = {.id = CU_LAUNCH_EARLY, .value = {.flag = 1}};
    struct cu_launch_config config = {
        .grid = {l->grid[0], l->grid[1], l->grid[2]},
        .block = {l->threads, 1, 1},
        .shared = (unsigned)l->shared,
        .stream = v->stream,
        .attributes = &early,
        .n_attributes = d->info.capability >= 90,
    };
    return check(d, cu.launch(&config, function, arguments, NULL), name, err);
}

static unsigned driver_resident(struct device *d, unsigned kernel)
{
    return from_base(d)->resident[kernel];
}

static bool driver_event_create(struct device *d, struct device_event **out, struct error *err)
{
    cu_event event = NULL;
    *out = NULL;
    if (!enter(d, err) || !check(d, cu.event_create(&event, CU_EVENT_NO_TIMING), "an event", err))
        return false;
    *out = (struct device_event *)event;
    return true;
}

static void driver_event_free(struct device *d, struct device_event *e)
{
    if (e && cu.context_set(from_base(d)->context) == CU_SUCCESS) cu.event_destroy((cu_event)e);
}

static bool driver_event_record(struct device *d, struct device_event *e, struct error *err)
{
    return enter(d, err) &&
           check(d, cu.event_record((cu_event)e, from_base(d)->stream), "an event", err);
}

static bool driver_event_wait(struct device *d, struct device *other, struct device_event *e,
                              struct error *err)
{
    (void)other;
    return enter(d, err) &&
           check(d, cu.stream_wait(from_base(d)->stream, (cu_event)e, 0), "an event", err);
}

/* The driver's own waiting has no end where a GPU hangs. */
static bool driver_event_sync(struct device *d, struct device_event *e, struct error *err)
{
    if (!enter(d, err)) return false;
    double started = clock_seconds(), waited = 0;
    cu_result code;
    while ((code = cu.event_query((cu_event)e)) == CU_NOT_READY) {
        waited = clock_seconds() - started;
        if (waited > HUNG_SECONDS) {
            d->lost = true;
            return error_set(err, ERROR_IO, "GPU %zu (%s) is lost: no answer for %.0f seconds",
                             d->index, d->info.name, HUNG_SECONDS);
        }
        if (waited > SPIN_SECONDS) nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
    return check(d, code, "its work", err);
}

static bool driver_wait(struct device *d, struct error *err)
{
    struct device_event *e = (struct device_event *)from_base(d)->waiting;
    return driver_event_record(d, e, err) && driver_event_sync(d, e, err);
}

static bool driver_graph_begin(struct device *d, struct error *err)
{
    return enter(d, err) &&
           check(d, cu.capture_begin(from_base(d)->stream, CU_CAPTURE_THREAD_LOCAL), "a graph",
                 err);
}

static bool driver_graph_end(struct device *d, struct device_graph **out, struct error *err)
{
    cu_graph graph = NULL;
    cu_graph_exec exec = NULL;
    *out = NULL;
    if (!enter(d, err) || !check(d, cu.capture_end(from_base(d)->stream, &graph), "a graph", err))
        return false;
    bool ok = check(d, cu.graph_instantiate(&exec, graph, 0), "a graph", err);
    cu.graph_destroy(graph);
    *out = (struct device_graph *)exec;
    return ok;
}

static bool driver_graph_run(struct device *d, struct device_graph *g, struct error *err)
{
    return enter(d, err) &&
           check(d, cu.graph_launch((cu_graph_exec)g, from_base(d)->stream), "a graph", err);
}

static void driver_graph_free(struct device *d, struct device_graph *g)
{
    if (g && cu.context_set(from_base(d)->context) == CU_SUCCESS)
        cu.graph_exec_destroy((cu_graph_exec)g);
}

static bool driver_free_memory(struct device *d, size_t *bytes, struct error *err)
{
    size_t total;
    return enter(d, err) && check(d, cu.memory_info(bytes, &total), "its amount of memory", err);
}

/* ---- opening ---- */

static void driver_close(struct device *d)
{
    if (!d) return;
    struct driver_device *v = from_base(d);
    if (v->context && cu.context_set(v->context) == CU_SUCCESS) {
        for (size_t i = 0; i < v->n_modules; i++) cu.module_unload(v->modules[i]);
        if (v->waiting) cu.event_destroy(v->waiting);
        if (v->stream) cu.stream_destroy(v->stream);
        cu.context_set(NULL);
    }
    if (v->context) cu.context_release(v->device);
    free(v);
}

static const struct device_ops driver_ops = {
    .close = driver_close,
    .alloc = driver_alloc,
    .free = driver_free,
    .alloc_host = driver_alloc_host,
    .free_host = driver_free_host,
    .copy_in = driver_copy_in,
    .copy_out = driver_copy_out,
    .copy = driver_copy,
    .copy_from = driver_copy_from,
    .clear = driver_clear,
    .launch = driver_launch,
    .resident = driver_resident,
    .event_create = driver_event_create,
    .event_free = driver_event_free,
    .event_record = driver_event_record,
    .event_wait = driver_event_wait,
    .event_sync = driver_event_sync,
    .graph_begin = driver_graph_begin,
    .graph_end = driver_graph_end,
    .graph_run = driver_graph_run,
    .graph_free = driver_graph_free,
    .wait = driver_wait,
    .free_memory = driver_free_memory,
};

/* Looks for the library once; *why says why there is no driver. */
static pthread_mutex_t load_lock = PTHREAD_MUTEX_INITIALIZER;
static bool tried;
static char why[200]; /* "": the driver is loaded and started */

static void load_driver(void)
{
    void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(why, sizeof why, "no NVIDIA driver is installed (libcuda.so.1 is not found)");
        return;
    }
#define DRIVER_FIND(member, symbol, arguments)                                                     \
    *(void **)&cu.member = dlsym(library, symbol);                                                 \
    if (!cu.member) snprintf(why, sizeof why, "the NVIDIA driver is too old: it has no " symbol);
    DRIVER_FUNCTIONS(DRIVER_FIND)
#undef DRIVER_FIND
    if (*why) return;
    cu_result code = cu.init(0);
    int n = 0;
    if (code == CU_SUCCESS) code = cu.device_count(&n);
    if (code == CU_NO_DEVICE || (code == CU_SUCCESS && n == 0))
        snprintf(why, sizeof why, "the NVIDIA driver finds no GPU");
    else if (code != CU_SUCCESS)
        snprintf(why, sizeof why, "the NVIDIA driver does not start: %s", code_text(code));
}

static bool driver_count(struct device_source *s, size_t *n, struct error *err)
{
    (void)s;
    *n = 0;
    if (cuda_n_images == 0)
        return error_set(err, ERROR_UNSUPPORTED,
                         "this build of autospec has no GPU kernels (nvcc was not found when it "
                         "was built)");
    pthread_mutex_lock(&load_lock);
    if (!tried) load_driver();
    tried = true;
    pthread_mutex_unlock(&load_lock);
    if (*why) return error_set(err, ERROR_UNSUPPORTED, "%s", why);
    int found = 0;
    if (cu.device_count(&found) == CU_SUCCESS && found > 0) *n = (size_t)found;
    return *n > 0 || error_set(err, ERROR_UNSUPPORTED, "the NVIDIA driver finds no GPU");
}

static bool load_modules(struct driver_device *v, struct error *err)
{
    for (size_t i = 0; i < cuda_n_images && i < MAX_IMAGES; i++) {
        cu_result code = cu.module_load(&v->modules[i], cuda_images[i]);
        int version = 0;
        cu.driver_version(&version);
        if (code == CU_NO_BINARY_FOR_GPU || code == CU_INVALID_IMAGE || code == CU_UNSUPPORTED_PTX)
            return error_set(err, ERROR_UNSUPPORTED,
                             "GPU %zu (%s, compute capability %u.%u): this build has no kernels "
                             "for it, or its driver (CUDA %d.%d) is older than the build",
                             v->base.index, v->base.info.name, v->base.info.capability / 10,
                             v->base.info.capability % 10, version / 1000, version % 1000 / 10);
        if (!check(&v->base, code, "the kernels", err)) return false;
        v->n_modules++;
    }
    for (size_t k = 0; k < CUDA_N_KERNELS; k++) {
        struct cuda_kernel_info kernel = cuda_kernel_info((enum cuda_kernel)k);
        cu_result code = CU_NOT_FOUND;
        for (size_t i = 0; i < v->n_modules && code == CU_NOT_FOUND; i++)
            code = cu.function_get(&v->functions[k], v->modules[i], kernel.name);
        if (!check(&v->base, code, kernel.name, err)) return false;
        v->shared[k] = 48 << 10; /* what every function has leave for */
        int blocks = 1;
        code = cu.occupancy(&blocks, v->functions[k], (int)kernel.threads, 0);
        if (!check(&v->base, code, kernel.name, err)) return false;
        v->resident[k] = (unsigned)(blocks > 0 ? blocks : 1) * v->base.info.processors;
    }
    return true;
}

static bool describe(struct driver_device *v, struct error *err)
{
    struct device *d = &v->base;
    int major = 0, minor = 0, processors = 0, shared = 0;
    if (!check(d, cu.device_name(d->info.name, sizeof d->info.name, v->device), "its name", err) ||
        !check(d, cu.device_attribute(&major, CU_CAPABILITY_MAJOR, v->device), "its kind", err) ||
        !check(d, cu.device_attribute(&minor, CU_CAPABILITY_MINOR, v->device), "its kind", err) ||
        !check(d, cu.device_attribute(&processors, CU_PROCESSORS, v->device), "its size", err) ||
        !check(d, cu.device_attribute(&shared, CU_SHARED_PER_BLOCK, v->device), "its size", err))
        return false;
    d->info.name[sizeof d->info.name - 1] = '\0';
    d->info.capability = (unsigned)(10 * major + minor);
    d->info.processors = (unsigned)processors;
    d->info.shared_bytes = (size_t)shared;
    return true;
}

static struct device *driver_open(struct device_source *s, size_t index, struct error *err)
{
    size_t n;
    if (!driver_count(s, &n, err)) return NULL;
    if (index >= n) {
        error_set(err, ERROR_UNSUPPORTED, "there is no GPU %zu: the driver finds %zu", index, n);
        return NULL;
    }
    struct driver_device *v = calloc(1, sizeof *v);
    if (!v) {
        error_memory(err, "a GPU");
        return NULL;
    }
    struct device *d = &v->base;
    *d = (struct device){.ops = &driver_ops, .source = s, .index = index};
    snprintf(d->info.name, sizeof d->info.name, "not known yet");
    bool ok =
        check(d, cu.device_get(&v->device, (int)index), "opening it", err) && describe(v, err) &&
        check(d, cu.context_retain(&v->context, v->device), "opening it", err) && enter(d, err) &&
        check(d, cu.stream_create(&v->stream, CU_STREAM_NON_BLOCKING_FLAG), "a stream", err) &&
        check(d, cu.event_create(&v->waiting, CU_EVENT_NO_TIMING), "an event", err) &&
        load_modules(v, err) &&
        check(d, cu.memory_info(&d->info.free, &d->info.total), "its memory", err);
    if (ok) return d;
    driver_close(d);
    return NULL;
}

struct device_source *device_driver(void)
{
    static struct device_source source = {.count = driver_count, .open = driver_open};
    return &source;
}
