#include "quant/packed_export.h"
#include "base/clock.h"
#include "base/file.h"
#include "tokenizer/tokenizer.h"
#include "quant/packed_cache.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT = 64 << 20 };

struct export_job {
    const char *from;
    char *out, *partial; /* folders */
    struct packed_model m;
    struct packed_plan plan;
    struct weight_source *source;
};

/* ---- the small files ---- */

/* Copies FROM/name when it is there. */
static bool copy_file(const struct export_job *e, const char *name, struct error *err)
{
    char *from = path_join(e->from, name), *to = path_join(e->partial, name), *data = NULL;
    size_t len;
    bool ok = (from && to) || error_memory(err, e->from);
    if (ok && file_exists(from))
        ok = file_read(from, FILE_LIMIT, &data, &len, err) && file_write(to, data, len, err);
    free(data);
    free(from);
    free(to);
    return ok;
}

/* Takes over root. */
static bool write_json(const struct export_job *e, const char *name, json_t *root, size_t flags,
                       struct error *err)
{
    if (!root) return false;
    char *text = json_dumps(root, flags), *to = path_join(e->partial, name);
    bool ok = text && to ? file_write(to, text, strlen(text), err) : error_memory(err, name);
    json_decref(root);
    free(text);
    free(to);
    return ok;
}

static bool write_small_files(const struct export_job *e, struct error *err)
{
    static const char *const NAMES[] = {"config.json", "generation_config.json", "tokenizer.json",
                                        "tokenizer_config.json"};
    if (gguf_is_path(e->from)) {
        struct gguf *g = gguf_open(e->from, err);
        bool ok = g &&
                  write_json(e, "config.json", gguf_config_json(g, err), JSON_INDENT(1), err) &&
                  write_json(e, "tokenizer.json", gguf_tokenizer_json(g, err), JSON_COMPACT, err);
        gguf_free(g);
        return ok;
    }
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (!copy_file(e, NAMES[i], err)) return false;
    return true;
}

/* ---- the folder ---- */

static bool is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    size_t n = 0;
    for (struct dirent *entry; d && (entry = readdir(d));)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (d) closedir(d);
    return d && n == 0;
}

static bool make_partial(struct export_job *e, const char *out, struct error *err)
{
    size_t len = strlen(out);
    while (len > 1 && out[len - 1] == '/') len--;
    e->out = strndup(out, len);
    if (!e->out || asprintf(&e->partial, "%s.partial-%d", e->out, (int)getpid()) < 0) {
        e->partial = NULL;
        return error_memory(err, out);
    }
    struct stat st;
    if (lstat(e->out, &st) == 0 && !(S_ISDIR(st.st_mode) && is_empty(e->out)))
        return error_set(err, ERROR_USAGE, "%s: is there already, and is no empty folder", e->out);
    return file_make_directories(e->partial, err);
}

/* Only what we have written ourselves; nothing when there is no such folder. */
static void remove_partial(const struct export_job *e)
{
    DIR *d = e->partial ? opendir(e->partial) : NULL;
    if (!d) return;
    for (struct dirent *entry; (entry = readdir(d));) unlinkat(dirfd(d), entry->d_name, 0);
    closedir(d);
    rmdir(e->partial);
}

/* ---- the weights ---- */

static bool plan_export(struct export_job *e, enum quant_type type, struct error *err)
{
    char *packed = path_join(e->from, PACKED_EXPORT_NAME);
    bool again = packed && file_exists(packed);
    free(packed);
    if (again)
        return error_set(err, ERROR_USAGE,
                         "%s: is quantized already; quantize the model that it was made from",
                         e->from);
    /* The tokenizer first: it is quick to refuse. */
    struct tokenizer *t = tokenizer_read(e->from, err);
    tokenizer_free(t);
    e->m.type = type;
    if (!t || !model_config_read(&e->m.config, e->from, err)) return false;
    e->m.layers = calloc(e->m.config.n_layers, sizeof *e->m.layers);
    if (!e->m.layers) return error_memory(err, e->from);
    if (!packed_plan_make(&e->plan, &e->m, err)) return false;
    e->source = weight_source_open(e->from, e->m.config.head_dim, err);
    return e->source && packed_plan_find_sources(&e->plan, e->from, e->source, err);
}

static bool write_weights(const struct export_job *e, struct thread_pool *pool, struct error *err)
{
    char fingerprint[PACKED_FINGERPRINT_SIZE];
    bool target_failed;
    char *path = path_join(e->partial, PACKED_EXPORT_NAME);
    bool ok = path ? packed_export_fingerprint(e->partial, fingerprint, err) &&
                         packed_cache_write(path, &e->plan, fingerprint, pool, &target_failed, err)
                   : error_memory(err, e->out);
    free(path);
    return ok;
}

bool packed_export(const char *path, const char *out, enum quant_type type,
                   struct thread_pool *pool, struct packed_export_result *result, struct error *err)
{
    double started = clock_seconds();
    struct export_job e = {.from = path};
    bool ok = plan_export(&e, type, err) && make_partial(&e, out, err);
    if (ok) {
        ok = write_small_files(&e, err) && write_weights(&e, pool, err) &&
             (rename(e.partial, e.out) == 0 || error_errno(err, ERROR_IO, "%s", e.out));
        if (!ok) remove_partial(&e);
    }
    *result = (struct packed_export_result){.source_bytes = e.plan.source_bytes};
    for (size_t i = 0; i < e.plan.n_items; i++) result->bytes += e.plan.items[i].bytes;
    result->seconds = clock_seconds() - started;
    weight_source_free(e.source);
    packed_plan_free(&e.plan);
    free(e.m.layers);
    free(e.out);
    free(e.partial);
    return ok;
}
