#include "quant/packed_cache.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/log.h"
#include "quant/packed_build.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* Raise the version when the layout, the names or the way of packing change. */
static const char FORMAT_VERSION[] = "1";
static const char KEY_VERSION[] = "packed_version", KEY_FINGERPRINT[] = "fingerprint",
                  KEY_SUM[] = "checksum", KEY_TYPE[] = "quantization", SUMS[] = "checksums";
const char PACKED_EXPORT_NAME[] = "model.packed.safetensors";

enum { CONFIG_LIMIT = 1 << 20, SUM_DIGITS = 16 };

/* ---- fingerprint and name ---- */

static bool is_weight_file(const char *name)
{
    static const char TAIL[] = ".safetensors";
    size_t n = strlen(name), tail = sizeof TAIL - 1;
    return (n > tail && strcmp(name + n - tail, TAIL) == 0) ||
           strcmp(name, "model.safetensors.index.json") == 0;
}

/* Appends "name size time" of DIR/name, links followed. */
static bool describe_file(struct buffer *b, const char *dir, const char *name, struct error *err)
{
    char *path = path_join(dir, name);
    if (!path) return error_memory(err, dir);
    struct stat st;
    bool ok = stat(path, &st) == 0;
    if (ok)
        buffer_printf(b, "%s %jd %jd.%09ld\n", name, (intmax_t)st.st_size,
                      (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    else
        error_errno(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "%s", path);
    free(path);
    return ok;
}

static int keep_weight_files(const struct dirent *entry)
{
    return is_weight_file(entry->d_name);
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* not alphasort: that depends on the locale */
}

/* The text of DIR/config.json. */
static bool describe_config(struct buffer *b, const char *dir, struct error *err)
{
    char *path = path_join(dir, "config.json"), *config = NULL;
    size_t len;
    bool ok = path ? file_read(path, CONFIG_LIMIT, &config, &len, err) : error_memory(err, dir);
    if (ok) buffer_printf(b, "config %016" PRIx64 "\n", XXH3_64bits(config, len));
    free(config);
    free(path);
    return ok;
}

/* A folder: its config.json and its weight files. */
static bool describe_folder(struct buffer *b, const char *dir, struct error *err)
{
    if (!describe_config(b, dir, err)) return false;
    struct dirent **entries = NULL;
    int n = scandir(dir, &entries, keep_weight_files, compare_entries);
    if (n < 0) return error_errno(err, ERROR_IO, "%s", dir);
    bool ok = describe_file(b, dir, "config.json", err);
    for (int i = 0; ok && i < n; i++) ok = describe_file(b, dir, entries[i]->d_name, err);
    for (int i = 0; i < n; i++) free(entries[i]);
    free(entries);
    return ok;
}

/* A GGUF file and its other shards. */
static bool describe_gguf(struct buffer *b, const char *path, struct error *err)
{
    struct gguf *g = gguf_open(path, err);
    bool ok = g != NULL;
    for (size_t i = 0; ok && i < gguf_n_files(g); i++) {
        const char *file = gguf_file(g, i), *base = path_base(file);
        char *dir = base == file ? strdup(".") : strndup(file, (size_t)(base - file));
        ok = dir ? describe_file(b, dir, base, err) : error_memory(err, path);
        free(dir);
    }
    gguf_free(g);
    return ok;
}

typedef bool describe(struct buffer *b, const char *path, struct error *err);

static bool make_fingerprint(describe *what, const char *path, char out[PACKED_FINGERPRINT_SIZE],
                             struct error *err)
{
    struct buffer b = {0};
    buffer_printf(&b, "version %s\n", FORMAT_VERSION);
    buffer_append(&b, Q4_CODEBOOK, sizeof Q4_CODEBOOK);
    bool ok = what(&b, path, err);
    if (ok && b.failed) ok = error_memory(err, path);
    if (ok) {
        XXH128_hash_t h = XXH3_128bits(b.data, b.len);
        snprintf(out, PACKED_FINGERPRINT_SIZE, "%016" PRIx64 "%016" PRIx64, h.high64, h.low64);
    }
    buffer_free(&b);
    return ok;
}

bool packed_fingerprint(const char *path, char out[PACKED_FINGERPRINT_SIZE], struct error *err)
{
    return make_fingerprint(gguf_is_path(path) ? describe_gguf : describe_folder, path, out, err);
}

bool packed_export_fingerprint(const char *dir, char out[PACKED_FINGERPRINT_SIZE],
                               struct error *err)
{
    return make_fingerprint(describe_config, dir, out, err);
}

char *packed_cache_path(const char *cache_dir, const char *dir, enum quant_type type,
                        struct error *err)
{
    char *real = realpath(dir, NULL), *name = NULL, *path = NULL;
    if (!real) {
        error_errno(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "%s", dir);
        return NULL;
    }
    /* The name is for people; the hash tells folders of one name apart. */
    if (asprintf(&name, "%.100s-%016" PRIx64 "-%s.packed.safetensors", path_base(real),
                 XXH3_64bits(real, strlen(real)), quant_type_name(type)) < 0)
        name = NULL;
    if (name) path = path_join(cache_dir, name);
    if (!path) error_memory(err, dir);
    free(name);
    free(real);
    return path;
}

/* ---- lock ---- */

int packed_cache_lock(const char *path, struct error *err)
{
    char *lock = NULL;
    if (asprintf(&lock, "%s.lock", path) < 0) {
        error_memory(err, path);
        return -1;
    }
    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) log_info("%s: another process is at work on it, waiting", path);
        int rc;
        do rc = flock(fd, LOCK_EX);
        while (rc != 0 && errno == EINTR);
        if (rc != 0) {
            error_errno(err, ERROR_IO, "%s: lock", lock);
            close(fd);
            free(lock);
            return -1;
        }
    }
    if (fd < 0) error_errno(err, ERROR_IO, "%s", lock);
    free(lock);
    return fd;
}

/* ---- reading ---- */

static uint64_t sum_at(const uint8_t *table, size_t piece)
{
    uint64_t v;
    memcpy(&v, table + piece * sizeof v, sizeof v);
    return v;
}

/* 16 hex digits of the checksum table's own checksum. */
static void write_sum(char out[SUM_DIGITS + 1], const void *table, size_t n_pieces)
{
    snprintf(out, SUM_DIGITS + 1, "%016" PRIx64, XXH3_64bits(table, n_pieces * sizeof(uint64_t)));
}

/* The item's tensor in the file, if it is as large and lies as it should. */
static const struct tensor *find_item(const struct tensor_set *set, const char *name,
                                      enum tensor_type type, size_t bytes, const char *path,
                                      struct error *err)
{
    const struct tensor *t = tensor_set_find(set, name);
    const char *fault = !t                             ? "is missing"
                        : t->type != type              ? "has the wrong type"
                        : t->size != bytes             ? "has the wrong size"
                        : (uintptr_t)t->data % 64 != 0 ? "is not aligned"
                                                       : NULL;
    if (!fault) return t;
    error_set(err, ERROR_INPUT, "%s: tensor \"%s\" %s", path, name, fault);
    return NULL;
}

static enum tensor_type item_type(const struct packed_item *item)
{
    return item->kind == PACKED_MATRIX ? TENSOR_U8 : TENSOR_F32;
}

bool packed_cache_type(const char *path, enum quant_type *type, struct error *err)
{
    static const enum quant_type TYPES[] = {QUANT_Q4, QUANT_Q8, QUANT_BF16, QUANT_F32};
    struct tensor_set *set = tensor_set_open_file(path, err);
    if (!set) return false;
    const char *name = tensor_set_metadata(set, KEY_TYPE);
    bool found = false;
    for (size_t i = 0; name && !found && i < sizeof TYPES / sizeof *TYPES; i++) {
        found = strcmp(name, quant_type_name(TYPES[i])) == 0;
        if (found) *type = TYPES[i];
    }
    tensor_set_free(set);
    return found || error_set(err, ERROR_INPUT, "%s: not a packed model", path);
}

struct verify {
    const struct packed_plan *plan;
    const struct tensor *const *tensors; /* (n_items) */
    const uint8_t *sums;
    atomic_size_t next, bad; /* bad: first piece found to differ, or n_pieces */
};

static void verify_body(void *context, size_t thread, size_t count)
{
    (void)thread, (void)count;
    struct verify *v = context;
    for (;;) {
        size_t piece = atomic_fetch_add(&v->next, 1);
        if (piece >= v->plan->n_pieces || atomic_load(&v->bad) != v->plan->n_pieces) return;
        const struct packed_item *item = packed_plan_item_of(v->plan, piece);
        const uint8_t *data = v->tensors[item - v->plan->items]->data;
        size_t k = piece - item->first_piece;
        uint64_t sum = XXH3_64bits(data + k * item->piece, packed_piece_bytes(item, k));
        if (sum != sum_at(v->sums, piece)) atomic_store(&v->bad, piece);
    }
}

static bool check_pieces(const struct packed_plan *plan, const struct tensor *const *tensors,
                         const uint8_t *sums, const char *path, struct thread_pool *pool,
                         struct error *err)
{
    struct verify v = {.plan = plan, .tensors = tensors, .sums = sums, .bad = plan->n_pieces};
    thread_pool_run(pool, verify_body, &v);
    size_t bad = atomic_load(&v.bad);
    if (bad == plan->n_pieces) return true;
    const struct packed_item *item = packed_plan_item_of(plan, bad);
    return error_set(err, ERROR_INPUT,
                     "%s: tensor \"%s\": checksum of bytes from offset %zu on differs", path,
                     item->name, (bad - item->first_piece) * item->piece);
}

enum packed_found packed_cache_map(const char *path, const struct packed_plan *plan,
                                   const char *fingerprint, struct thread_pool *pool, bool verify,
                                   struct tensor_set **set, struct error *err)
{
    *set = NULL;
    if (!file_exists(path)) return PACKED_ABSENT;
    const struct tensor **tensors = NULL;
    enum packed_found found = PACKED_DAMAGED;
    struct tensor_set *s = tensor_set_open_file(path, err);
    if (!s) return PACKED_DAMAGED;
    const char *version = tensor_set_metadata(s, KEY_VERSION);
    const char *source = tensor_set_metadata(s, KEY_FINGERPRINT);
    const char *sum = tensor_set_metadata(s, KEY_SUM);
    if (!version || !source || !sum) {
        error_set(err, ERROR_INPUT, "%s: not a packed model", path);
        goto fail;
    }
    if (strcmp(version, FORMAT_VERSION) != 0 || strcmp(source, fingerprint) != 0) {
        found = PACKED_STALE;
        goto fail;
    }
    const struct tensor *table =
        find_item(s, SUMS, TENSOR_U8, plan->n_pieces * sizeof(uint64_t), path, err);
    if (!table) goto fail;
    char table_sum[SUM_DIGITS + 1];
    write_sum(table_sum, table->data, plan->n_pieces);
    if (strcmp(table_sum, sum) != 0) {
        error_set(err, ERROR_INPUT, "%s: checksum of \"%s\" differs", path, SUMS);
        goto fail;
    }
    tensors = malloc(plan->n_items * sizeof *tensors);
    if (!tensors) {
        error_memory(err, path);
        goto fail;
    }
    for (size_t i = 0; i < plan->n_items; i++) {
        const struct packed_item *item = &plan->items[i];
        tensors[i] = find_item(s, item->name, item_type(item), item->bytes, path, err);
        if (!tensors[i]) goto fail;
    }
    if (verify && !check_pieces(plan, tensors, table->data, path, pool, err)) goto fail;
    for (size_t i = 0; i < plan->n_items; i++)
        packed_item_attach(&plan->items[i], tensors[i]->data);
    free(tensors);
    *set = s;
    return PACKED_CURRENT;
fail:
    free(tensors);
    tensor_set_free(s);
    return found;
}

/* ---- writing ---- */

static bool declare(struct tensor_writer *w, const struct packed_plan *plan,
                    const char *fingerprint, struct error *err)
{
    if (!tensor_writer_metadata(w, KEY_VERSION, FORMAT_VERSION, err) ||
        !tensor_writer_metadata(w, KEY_FINGERPRINT, fingerprint, err) ||
        !tensor_writer_metadata(w, KEY_TYPE, quant_type_name(plan->type), err) ||
        !tensor_writer_metadata(w, KEY_SUM, "0000000000000000", err))
        return false;
    for (size_t i = 0; i < plan->n_items; i++) {
        const struct packed_item *item = &plan->items[i];
        size_t n = item->kind == PACKED_MATRIX ? item->bytes : item->bytes / sizeof(float);
        if (!tensor_writer_declare(w, item->name, item_type(item), 1, &n, err)) return false;
    }
    size_t n = plan->n_pieces * sizeof(uint64_t);
    return tensor_writer_declare(w, SUMS, TENSOR_U8, 1, &n, err) && tensor_writer_begin(w, err);
}

bool packed_cache_write(const char *path, const struct packed_plan *plan, const char *fingerprint,
                        struct thread_pool *pool, bool *target_failed, struct error *err)
{
    bool ok = false;
    *target_failed = true; /* unless packed_build finds that the source is at fault */
    uint64_t *sums = malloc(plan->n_pieces * sizeof *sums);
    struct tensor_writer *w = NULL;
    if (!sums) {
        error_memory(err, path);
        goto done;
    }
    tensor_writer_clean(path); /* we have the lock, so none is at work */
    w = tensor_writer_open(path, err);
    if (!w || !declare(w, plan, fingerprint, err)) goto done;
    struct packed_target target = {.writer = w};
    if (!packed_build(plan, &target, pool, sums, target_failed, err)) goto done;
    *target_failed = true;
    char sum[SUM_DIGITS + 1];
    write_sum(sum, sums, plan->n_pieces);
    ok = tensor_writer_write(w, SUMS, 0, sums, plan->n_pieces * sizeof *sums, err) &&
         tensor_writer_patch_metadata(w, KEY_SUM, sum, err) && tensor_writer_commit(w, err);
done:
    tensor_writer_free(w);
    free(sums);
    return ok;
}
