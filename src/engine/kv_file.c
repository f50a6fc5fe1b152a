#include "engine/kv_file.h"
#include "base/file.h"
#include "base/log.h"
#include "engine/batch.h"
#include "engine/engine_internal.h"
#include "model/safetensors.h"
#include "quant/packed_model.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>

/* Raise it when the meaning of the tensors changes; what pages hold, the layout tells. */
static const char VERSION[] = "1";
static const char KEY_VERSION[] = "kv_version", KEY_PROGRAM[] = "program", KEY_MODEL[] = "model",
                  KEY_LAYOUT[] = "layout";
static const char TOKENS[] = "tokens", PARENTS[] = "parents", LENGTHS[] = "lengths",
                  SUMS[] = "checksums", PAGES[] = "pages";
enum { NONE = -1 };

struct kv_file {
    struct engine *engine;
    char *path;
    size_t limit;
    int lock; /* -1: another process has it */
    char model[PACKED_IDENTITY_SIZE];
    struct backend_page page;
    uint8_t *bytes; /* (page.bytes) */
    uint64_t steps; /* of the engine, when the file was last as the cache */
};

/* What a page is, but for its bytes; in the order and form of the checksum. */
struct record {
    int32_t tokens[KV_PAGE], parent, length;
};

static uint64_t page_sum(const struct record *r, const uint8_t *bytes, size_t n)
{
    return XXH3_64bits_withSeed(bytes, n, XXH3_64bits(r, sizeof *r));
}

/* ---- reading ---- */

/* The file's tensors, checked; borrowed from the set. */
struct contents {
    size_t n;
    const uint8_t *tokens, *parents, *lengths, *sums, *pages; /* may be unaligned */
};

static bool find(const struct kv_file *f, const struct tensor_set *set, const char *name,
                 enum tensor_type type, size_t width, struct contents *c, const uint8_t **data,
                 struct error *err)
{
    const struct tensor *t = tensor_set_find(set, name);
    if (!t || t->type != type || t->n_dims != 2 || t->shape[0] == 0 || t->shape[1] != width ||
        (c->n && t->shape[0] != c->n))
        return error_set(err, ERROR_INPUT, "%s: tensor \"%s\" is missing or of another shape",
                         f->path, name);
    c->n = t->shape[0];
    *data = t->data;
    return true;
}

static bool belongs(const struct kv_file *f, const struct tensor_set *set, struct error *err)
{
    const struct {
        const char *key, *ours, *words;
    } NAMES[] = {{KEY_VERSION, VERSION, "format"},
                 {KEY_PROGRAM, AUTOSPEC_VERSION, "version of autospec"},
                 {KEY_MODEL, f->model, "model"},
                 {KEY_LAYOUT, f->page.layout, "KV cache or instruction set"}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *theirs = tensor_set_metadata(set, NAMES[i].key);
        if (!theirs) return error_set(err, ERROR_INPUT, "%s: not a file of KV pages", f->path);
        if (strcmp(theirs, NAMES[i].ours) != 0)
            return error_set(err, ERROR_INPUT, "%s: it belongs to another %s", f->path,
                             NAMES[i].words);
    }
    return true;
}

static void record_at(const struct contents *c, size_t i, struct record *r)
{
    memcpy(r->tokens, c->tokens + i * sizeof r->tokens, sizeof r->tokens);
    memcpy(&r->parent, c->parents + i * sizeof r->parent, sizeof r->parent);
    memcpy(&r->length, c->lengths + i * sizeof r->length, sizeof r->length);
}

/* Every page stands behind a full one that comes before it, and is what was written. */
static bool check_pages(const struct kv_file *f, const struct contents *c, struct error *err)
{
    size_t vocab = f->engine->model->config.vocab;
    for (size_t i = 0; i < c->n; i++) {
        struct record r, parent;
        uint64_t sum;
        record_at(c, i, &r);
        memcpy(&sum, c->sums + i * sizeof sum, sizeof sum);
        if (page_sum(&r, c->pages + i * f->page.bytes, f->page.bytes) != sum)
            return error_set(err, ERROR_INPUT, "%s: checksum of page %zu differs", f->path, i);
        bool right = r.length >= 1 && r.length <= KV_PAGE && r.parent >= NONE &&
                     (r.parent == NONE || (size_t)r.parent < i);
        for (int32_t t = 0; right && t < r.length; t++)
            right = r.tokens[t] >= 0 && (size_t)r.tokens[t] < vocab;
        if (right && r.parent != NONE) {
            record_at(c, (size_t)r.parent, &parent);
            right = parent.length == KV_PAGE;
        }
        if (!right) return error_set(err, ERROR_INPUT, "%s: page %zu is not one", f->path, i);
    }
    return true;
}

/* Computes the first full page of a text again and compares. A file without one has nothing that
 * is worth reading. */
static bool prove(struct kv_file *f, const struct contents *c, struct error *err)
{
    struct engine *e = f->engine;
    struct kv_chain chain = {0};
    struct record r;
    size_t i = 0;
    do {
        if (i == c->n) return error_set(err, ERROR_INPUT, "%s: it has no whole page", f->path);
        record_at(c, i, &r);
    } while (r.parent != NONE || r.length != KV_PAGE ? ++i : 0);
    bool ok = kv_extend(e->kv, &chain, KV_PAGE);
    if (!ok) error_memory(err, "KV pages");
    for (size_t done = 0; ok && done < KV_PAGE;) {
        size_t n = KV_PAGE - done < e->chunk ? KV_PAGE - done : e->chunk;
        struct step_sequence step = {
            .tokens = r.tokens + done, .n_tokens = n, .position = done, .pages = chain.pages};
        ok = e->backend->ops->step(e->backend, &step, 1, err);
        done += n;
    }
    if (ok) {
        e->backend->ops->page_read(e->backend, chain.pages[0], f->bytes);
        ok = memcmp(f->bytes, c->pages + i * f->page.bytes, f->page.bytes) == 0 ||
             error_set(err, ERROR_INPUT, "%s: its pages are not what this model computes", f->path);
    }
    kv_release(e->kv, &chain, NULL, 0);
    return ok;
}

/* As many pages as there is room for; their number. */
static size_t restore(struct kv_file *f, const struct contents *c)
{
    struct backend *backend = f->engine->backend;
    int32_t *pages = malloc(c->n * sizeof *pages);
    size_t restored = 0;
    for (size_t i = 0; pages && i < c->n; i++) {
        struct record r;
        record_at(c, i, &r);
        pages[i] = NONE;
        if (r.parent != NONE && pages[r.parent] == NONE) continue;
        pages[i] = kv_restore(f->engine->kv, r.parent == NONE ? NONE : pages[r.parent], r.tokens,
                              (size_t)r.length);
        if (pages[i] == NONE) continue;
        backend->ops->page_write(backend, pages[i], c->pages + i * f->page.bytes);
        restored++;
    }
    free(pages);
    return restored;
}

static bool read_file(struct kv_file *f, size_t *restored, struct error *err)
{
    struct contents c = {0};
    struct tensor_set *set = tensor_set_open_file(f->path, err);
    if (!set) return false;
    bool ok = belongs(f, set, err) &&
              find(f, set, TOKENS, TENSOR_I32, KV_PAGE, &c, &c.tokens, err) &&
              find(f, set, PARENTS, TENSOR_I32, 1, &c, &c.parents, err) &&
              find(f, set, LENGTHS, TENSOR_I32, 1, &c, &c.lengths, err) &&
              find(f, set, SUMS, TENSOR_I64, 1, &c, &c.sums, err) &&
              find(f, set, PAGES, TENSOR_U8, f->page.bytes, &c, &c.pages, err) &&
              check_pages(f, &c, err) && prove(f, &c, err);
    if (ok) *restored = restore(f, &c);
    tensor_set_free(set);
    return ok;
}

/* Whether the file says in its first bytes that it keeps KV pages, or is empty: what else there may be is
 * somebody's, and not to be written over. */
static bool is_ours(const char *path)
{
    char head[4097];
    FILE *file = fopen(path, "re");
    if (!file) return false;
    size_t n = fread(head, 1, sizeof head - 1, file);
    bool whole = ferror(file) == 0;
    fclose(file);
    return whole && (n == 0 || memmem(head, n, KEY_VERSION, strlen(KEY_VERSION)) != NULL);
}

static void read_if_there(struct kv_file *f)
{
    struct error err = {0};
    size_t restored = 0;
    if (!file_exists(f->path)) return;
    if (read_file(f, &restored, &err))
        log_info("%s: %zu KV pages of %d tokens are known again", f->path, restored, KV_PAGE);
    else
        log_warn("%s: the kept KV pages are not used", err.text);
}

/* ---- writing ---- */

/* -1 when another process has it, or it cannot be made; the log says which. */
static int take_lock(const char *path)
{
    struct error err = {0};
    const char *base = path_base(path);
    char *name = NULL, *dir = strndup(path, (size_t)(base - path));
    int fd = -1;
    if (!dir || asprintf(&name, "%s.lock", path) < 0) {
        name = NULL;
        error_memory(&err, path);
    } else if (!*dir || file_make_directories(dir, &err)) {
        fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0) error_errno(&err, ERROR_IO, "%s", name);
    }
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        error_set(&err, ERROR_BUSY, "%s: another process keeps its KV pages there", path);
        close(fd);
        fd = -1;
    }
    if (fd < 0) log_warn("%s: what is computed now will not be kept", err.text);
    free(name);
    free(dir);
    return fd;
}

static bool declare(const struct kv_file *f, struct tensor_writer *w, size_t n, struct error *err)
{
    return tensor_writer_private(w, err) && tensor_writer_metadata(w, KEY_VERSION, VERSION, err) &&
           tensor_writer_metadata(w, KEY_PROGRAM, AUTOSPEC_VERSION, err) &&
           tensor_writer_metadata(w, KEY_MODEL, f->model, err) &&
           tensor_writer_metadata(w, KEY_LAYOUT, f->page.layout, err) &&
           tensor_writer_declare(w, TOKENS, TENSOR_I32, 2, (size_t[]){n, KV_PAGE}, err) &&
           tensor_writer_declare(w, PARENTS, TENSOR_I32, 2, (size_t[]){n, 1}, err) &&
           tensor_writer_declare(w, LENGTHS, TENSOR_I32, 2, (size_t[]){n, 1}, err) &&
           tensor_writer_declare(w, SUMS, TENSOR_I64, 2, (size_t[]){n, 1}, err) &&
           tensor_writer_declare(w, PAGES, TENSOR_U8, 2, (size_t[]){n, f->page.bytes}, err) &&
           tensor_writer_begin(w, err);
}

static bool write_page(struct kv_file *f, struct tensor_writer *w, const struct kv_known *known,
                       size_t i, struct error *err)
{
    struct record r = {.parent = known->parent, .length = (int32_t)known->n_tokens};
    memcpy(r.tokens, known->tokens, known->n_tokens * sizeof *r.tokens);
    f->engine->backend->ops->page_read(f->engine->backend, known->page, f->bytes);
    uint64_t sum = page_sum(&r, f->bytes, f->page.bytes);
    return tensor_writer_write(w, TOKENS, i * sizeof r.tokens, r.tokens, sizeof r.tokens, err) &&
           tensor_writer_write(w, PARENTS, i * sizeof r.parent, &r.parent, sizeof r.parent, err) &&
           tensor_writer_write(w, LENGTHS, i * sizeof r.length, &r.length, sizeof r.length, err) &&
           tensor_writer_write(w, SUMS, i * sizeof sum, &sum, sizeof sum, err) &&
           tensor_writer_write(w, PAGES, i * f->page.bytes, f->bytes, f->page.bytes, err);
}

void kv_file_write(struct kv_file *f, const atomic_bool *stop)
{
    struct engine *e = f->engine;
    size_t max = f->limit / (f->page.bytes + sizeof(struct record) + sizeof(uint64_t)), n = 0;
    if (max > e->n_pages) max = e->n_pages;
    if (f->lock < 0 || max == 0 || f->steps == e->batch->counts.steps) return;
    struct error err = {0};
    struct tensor_writer *w = NULL;
    struct kv_known *known = malloc(max * sizeof *known);
    if (known) n = kv_list(e->kv, known, max);
    bool ok = n > 0 && (w = tensor_writer_open(f->path, &err)) && declare(f, w, n, &err),
         stopped = false;
    for (size_t i = 0; ok && !stopped && i < n; i++) {
        stopped = stop && atomic_load(stop);
        ok = stopped || write_page(f, w, &known[i], i, &err);
    }
    ok = ok && !stopped && tensor_writer_commit(w, &err);
    if (ok) log_info("%s: %zu KV pages of %d tokens are kept", f->path, n, KV_PAGE);
    if (err.code) log_warn("%s: the KV pages are not kept", err.text);
    /* A disk that is full now will be so the next time: once is enough to say. */
    if (!stopped) f->steps = e->batch->counts.steps;
    tensor_writer_free(w);
    free(known);
}

/* ---- */

struct kv_file *kv_file_open(struct engine *e, const char *path, size_t limit)
{
    struct error err = {0};
    struct kv_file *f = calloc(1, sizeof *f);
    if (!f) goto fail;
    *f = (struct kv_file){.engine = e, .limit = limit, .lock = -1};
    if (!e->backend->ops->page_info) {
        error_set(&err, ERROR_UNSUPPORTED, "the pages of %s cannot be kept in a file",
                  e->backend->ops->name);
        goto fail;
    }
    e->backend->ops->page_info(e->backend, &f->page);
    f->path = strdup(path);
    f->bytes = malloc(f->page.bytes);
    if (!f->path || !f->bytes || !packed_model_identity(e->dir, f->model, &err)) goto fail;
    f->lock = take_lock(path);
    if (file_exists(path) && !is_ours(path)) {
        error_set(&err, ERROR_USAGE, "it is no file of kept KV pages, and is left as it is");
        goto fail;
    }
    if (f->lock >= 0) tensor_writer_clean(path);
    read_if_there(f);
    f->steps = e->batch->counts.steps;
    return f;
fail:
    log_warn("%s: KV pages are not kept: %s", path, err.code ? err.text : "out of memory");
    kv_file_close(f);
    return NULL;
}

void kv_file_close(struct kv_file *f)
{
    if (!f) return;
    if (f->lock >= 0) close(f->lock);
    free(f->path);
    free(f->bytes);
    free(f);
}
