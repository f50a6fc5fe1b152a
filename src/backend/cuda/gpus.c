#include "backend/cuda/gpus.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

enum wanted { WANTED_NONE, WANTED_AUTO, WANTED_ALL, WANTED_ONE };

static enum wanted wanted_of(const char *device, size_t *index)
{
    *index = 0;
    if (!device || strcmp(device, "auto") == 0) return WANTED_AUTO;
    if (strcmp(device, "cuda") == 0) return WANTED_ALL;
    if (strncmp(device, "cuda:", 5) != 0) return WANTED_NONE;
    *index = strtoul(device + 5, NULL, 10);
    return WANTED_ONE;
}

/* *n: how many there are. */
static bool check(const char *device, struct device_source *source, size_t *n, struct error *err)
{
    size_t index;
    struct error why = {0};
    enum wanted wanted = wanted_of(device, &index);
    *n = 0;
    if (wanted == WANTED_NONE) return true;
    if (!source->count(source, n, &why)) {
        if (wanted == WANTED_AUTO && why.code == ERROR_UNSUPPORTED) return true;
        return error_set(err, why.code,
                         "device \"%s\": there is no GPU: %s; DEVICE=auto would compute on the CPU",
                         device ? device : "auto", why.text);
    }
    if (wanted == WANTED_ONE && index >= *n)
        return error_set(err, ERROR_UNSUPPORTED,
                         "device \"%s\": there is no GPU %zu, the driver finds %zu (from 0); "
                         "DEVICE=auto would use %s",
                         device, index, *n, *n == 1 ? "that one" : "those");
    return true;
}

bool gpus_check(const char *device, struct device_source *source, struct error *err)
{
    size_t n;
    return check(device, source ? source : device_driver(), &n, err);
}

static bool add(struct gpus *g, struct device_source *source, size_t index, struct error *err)
{
    struct device *d = source->open(source, index, err);
    if (d) g->devices[g->n++] = d;
    return d != NULL;
}

bool gpus_open(struct gpus *g, const char *device, struct device_source *source, struct error *err)
{
    size_t index, n;
    *g = (struct gpus){0};
    if (!source) source = device_driver();
    if (!check(device, source, &n, err)) return false;
    enum wanted wanted = wanted_of(device, &index);
    if (wanted == WANTED_ONE) return add(g, source, index, err);
    g->with_cpu = wanted == WANTED_AUTO;
    for (size_t i = 0; i < n && g->n < MAX_GPUS; i++) {
        struct error why = {0};
        if (add(g, source, i, &why)) continue;
        if (wanted == WANTED_ALL) return error_set(err, why.code, "%s", why.text);
        log_warn("%s: it is left out", why.text);
    }
    return true;
}

void gpus_close(struct gpus *g)
{
    while (g->n) {
        struct device *d = g->devices[--g->n];
        d->ops->close(d);
    }
}

void device_gpu(struct device *d, struct backend_gpu *out)
{
    struct error ignored = {0};
    *out = (struct backend_gpu){.index = d->index, .name = d->info.name, .total = d->info.total};
    if (!d->ops->free_memory(d, &out->free, &ignored)) out->free = 0;
}
