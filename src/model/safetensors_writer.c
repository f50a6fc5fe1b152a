#include "base/arena.h"
#include "base/buffer.h"
#include "base/file.h"
#include "model/safetensors.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ALIGN = 64 };

struct entry {
    const char *name;
    enum tensor_type type;
    size_t n_dims, shape[TENSOR_MAX_DIMS];
    size_t offset, size; /* bytes, in the data section */
};

struct meta {
    const char *key, *value;
    size_t place; /* offset in the file of the value's first byte, once the header is written */
};

struct tensor_writer {
    struct arena arena;
    char *path, *tmp;
    int fd; /* -1 once committed */
    struct entry *entries;
    size_t n_entries, cap_entries;
    struct entry **by_name; /* (n_entries), sorted; made by begin */
    struct meta *metas;
    size_t n_metas, cap_metas;
    size_t data_begin; /* offset in the file; 0 before begin */
};

/* Opens a new file beside path. The name is this process's own, so that two writers of the same
 * path do not meet; one that a dead process left behind is passed over. */
static bool open_temporary(struct tensor_writer *w, struct error *err)
{
    static atomic_uint counter;
    for (int attempt = 0; attempt < 100; attempt++) {
        unsigned n = atomic_fetch_add(&counter, 1);
        if (asprintf(&w->tmp, "%s.%ld.%u.tmp", w->path, (long)getpid(), n) < 0) {
            w->tmp = NULL;
            return error_memory(err, w->path);
        }
        w->fd = open(w->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (w->fd >= 0) return true;
        bool taken = errno == EEXIST;
        if (!taken) error_errno(err, ERROR_IO, "%s", w->tmp);
        free(w->tmp);
        w->tmp = NULL;
        if (!taken) return false;
    }
    return error_set(err, ERROR_IO, "%s: its temporary names are all taken", w->path);
}

struct tensor_writer *tensor_writer_open(const char *path, struct error *err)
{
    struct tensor_writer *w = calloc(1, sizeof *w);
    if (!w) {
        error_memory(err, path);
        return NULL;
    }
    w->fd = -1;
    w->path = strdup(path);
    if (!w->path) error_memory(err, path);
    if (!w->path || !open_temporary(w, err)) {
        tensor_writer_free(w);
        return NULL;
    }
    return w;
}

void tensor_writer_clean(const char *path)
{
    const char *base = path_base(path);
    char *dir = strndup(path, (size_t)(base - path));
    DIR *d = dir ? opendir(*dir ? dir : ".") : NULL;
    size_t n = strlen(base);
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t len = strlen(e->d_name);
        if (len < n + 6 || strncmp(e->d_name, base, n) != 0 || e->d_name[n] != '.' ||
            strcmp(e->d_name + len - 4, ".tmp") != 0)
            continue;
        unlinkat(dirfd(d), e->d_name, 0);
    }
    if (d) closedir(d);
    free(dir);
}

bool tensor_writer_private(struct tensor_writer *w, struct error *err)
{
    return fchmod(w->fd, 0600) == 0 || error_errno(err, ERROR_IO, "%s", w->tmp);
}

void tensor_writer_free(struct tensor_writer *w)
{
    if (!w) return;
    if (w->fd >= 0) close(w->fd);
    if (w->tmp) unlink(w->tmp);
    free(w->tmp);
    free(w->path);
    free(w->entries);
    free(w->by_name);
    free(w->metas);
    arena_free(&w->arena);
    free(w);
}

/* The list with room for one more item, doubled when it is full; NULL when memory is out. */
static void *with_room(void *list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) return list;
    size_t want = *cap ? 2 * *cap : 64;
    void *grown = realloc(list, want * size);
    if (grown) *cap = want;
    return grown;
}

bool tensor_writer_declare(struct tensor_writer *w, const char *name, enum tensor_type type,
                           size_t n_dims, const size_t *shape, struct error *err)
{
    if (w->data_begin)
        return error_set(err, ERROR_USAGE, "%s: tensor \"%s\" declared after the first write",
                         w->path, name);
    if (!tensor_type_size(type) || n_dims > TENSOR_MAX_DIMS || strncmp(name, "__", 2) == 0)
        return error_set(err, ERROR_USAGE,
                         "%s: tensor \"%s\": its type, rank or name is not one "
                         "that is written",
                         w->path, name);
    struct entry *entries =
        with_room(w->entries, w->n_entries, &w->cap_entries, sizeof *w->entries);
    if (!entries) return error_memory(err, w->path);
    w->entries = entries;
    struct entry *e = &w->entries[w->n_entries];
    *e = (struct entry){.type = type, .n_dims = n_dims, .size = tensor_type_size(type)};
    for (size_t i = 0; i < n_dims; i++) {
        e->shape[i] = shape[i];
        if (__builtin_mul_overflow(e->size, shape[i], &e->size) || e->size > INT64_MAX / 4)
            return error_set(err, ERROR_USAGE, "%s: tensor \"%s\": its shape overflows", w->path,
                             name);
    }
    if (w->n_entries) {
        const struct entry *last = e - 1;
        e->offset = (last->offset + last->size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
        if (e->offset > INT64_MAX / 4)
            return error_set(err, ERROR_USAGE, "%s: the file would pass 2^61 bytes", w->path);
    }
    e->name = arena_strdup(&w->arena, name);
    if (!e->name) return error_memory(err, w->path);
    w->n_entries++;
    return true;
}

bool tensor_writer_metadata(struct tensor_writer *w, const char *key, const char *value,
                            struct error *err)
{
    if (w->data_begin)
        return error_set(err, ERROR_USAGE, "%s: metadata \"%s\" added after the first write",
                         w->path, key);
    for (size_t i = 0; i < w->n_metas; i++)
        if (strcmp(w->metas[i].key, key) == 0)
            return error_set(err, ERROR_USAGE, "%s: metadata \"%s\" added twice", w->path, key);
    struct meta *metas = with_room(w->metas, w->n_metas, &w->cap_metas, sizeof *w->metas);
    if (!metas) return error_memory(err, w->path);
    w->metas = metas;
    struct meta *m = &w->metas[w->n_metas];
    *m = (struct meta){arena_strdup(&w->arena, key), arena_strdup(&w->arena, value), 0};
    if (!m->key || !m->value) return error_memory(err, w->path);
    w->n_metas++;
    return true;
}

/* Appends text as a JSON string. Fails on text that is not UTF-8. */
static bool append_string(struct buffer *b, const char *text)
{
    json_t *s = json_string(text);
    char *quoted = s ? json_dumps(s, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    bool ok = quoted != NULL;
    if (ok) buffer_puts(b, quoted);
    free(quoted);
    json_decref(s);
    return ok;
}

static bool append_entry(struct buffer *b, const struct entry *e)
{
    buffer_puts(b, b->len > 1 ? "," : "");
    if (!append_string(b, e->name)) return false;
    buffer_printf(b, ":{\"dtype\":\"%s\",\"shape\":[", tensor_type_name(e->type));
    for (size_t i = 0; i < e->n_dims; i++) buffer_printf(b, "%s%zu", i ? "," : "", e->shape[i]);
    buffer_printf(b, "],\"data_offsets\":[%zu,%zu]}", e->offset, e->offset + e->size);
    return true;
}

/* The header, padded so that the data behind it is aligned. Notes where metadata values stand. */
static bool build_header(struct tensor_writer *w, struct buffer *b, struct error *err)
{
    bool ok = true;
    buffer_putc(b, '{');
    if (w->n_metas) {
        buffer_puts(b, "\"__metadata__\":{");
        for (size_t i = 0; i < w->n_metas && ok; i++) {
            if (i) buffer_putc(b, ',');
            ok = append_string(b, w->metas[i].key);
            buffer_putc(b, ':');
            w->metas[i].place = 8 + b->len + 1;
            ok = ok && append_string(b, w->metas[i].value);
        }
        buffer_putc(b, '}');
    }
    for (size_t i = 0; i < w->n_entries && ok; i++) {
        const struct entry *e = &w->entries[i];
        ok = append_entry(b, e);
        size_t end = e->offset + e->size;
        if (i + 1 == w->n_entries || w->entries[i + 1].offset == end) continue;
        char name[32];
        snprintf(name, sizeof name, "__pad.%zu", i);
        struct entry pad = {.name = name, .type = TENSOR_U8, .n_dims = 1, .offset = end};
        pad.shape[0] = pad.size = w->entries[i + 1].offset - end;
        ok = ok && append_entry(b, &pad);
    }
    buffer_putc(b, '}');
    while ((8 + b->len) % ALIGN && !b->failed) buffer_putc(b, ' ');
    if (b->failed) return error_memory(err, w->path);
    return ok || error_set(err, ERROR_USAGE, "%s: a name or metadata value is not UTF-8", w->path);
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static bool sort_names(struct tensor_writer *w, struct error *err)
{
    w->by_name = malloc((w->n_entries + 1) * sizeof(struct entry *));
    if (!w->by_name) return error_memory(err, w->path);
    for (size_t i = 0; i < w->n_entries; i++) w->by_name[i] = &w->entries[i];
    if (w->n_entries) qsort(w->by_name, w->n_entries, sizeof(struct entry *), compare_entries);
    for (size_t i = 1; i < w->n_entries; i++)
        if (strcmp(w->by_name[i - 1]->name, w->by_name[i]->name) == 0)
            return error_set(err, ERROR_USAGE, "%s: tensor \"%s\" declared twice", w->path,
                             w->by_name[i]->name);
    return true;
}

static bool write_at(struct tensor_writer *w, size_t place, const void *data, size_t len,
                     struct error *err)
{
    const char *p = data;
    while (len) {
        ssize_t n = pwrite(w->fd, p, len, (off_t)place);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return error_errno(err, ERROR_IO, "%s: write at offset %zu", w->tmp, place);
        p += n;
        len -= (size_t)n;
        place += (size_t)n;
    }
    return true;
}

bool tensor_writer_begin(struct tensor_writer *w, struct error *err)
{
    struct buffer header = {0};
    if (w->data_begin) return error_set(err, ERROR_USAGE, "%s: begun twice", w->path);
    bool ok = sort_names(w, err) && build_header(w, &header, err);
    if (ok) {
        size_t begin = 8 + header.len, total = begin;
        if (w->n_entries)
            total += w->entries[w->n_entries - 1].offset + w->entries[w->n_entries - 1].size;
        uint8_t length[8];
        for (int i = 0; i < 8; i++) length[i] = (uint8_t)((uint64_t)header.len >> 8 * i);
        /* Room for all of it now, so that a full disk is told before an hour of work. */
        int rc = fallocate(w->fd, 0, 0, (off_t)total) == 0 ? 0 : errno;
        if (rc == EOPNOTSUPP || rc == ENOSYS) rc = ftruncate(w->fd, (off_t)total) == 0 ? 0 : errno;
        errno = rc;
        ok = rc == 0 || error_errno(err, ERROR_IO, "%s: %zu bytes", w->tmp, total);
        ok = ok && write_at(w, 0, length, 8, err) && write_at(w, 8, header.data, header.len, err);
        if (ok) w->data_begin = begin;
    }
    buffer_free(&header);
    return ok;
}

bool tensor_writer_write(struct tensor_writer *w, const char *name, size_t offset, const void *data,
                         size_t len, struct error *err)
{
    if (!w->data_begin || w->fd < 0)
        return error_set(err, ERROR_USAGE, "%s: write before begin or after commit", w->path);
    struct entry wanted = {.name = name}, *key = &wanted;
    struct entry **found = w->n_entries ? bsearch(&key, w->by_name, w->n_entries,
                                                  sizeof(struct entry *), compare_entries)
                                        : NULL;
    if (!found)
        return error_set(err, ERROR_USAGE, "%s: tensor \"%s\" was not declared", w->path, name);
    const struct entry *e = *found;
    if (offset > e->size || len > e->size - offset)
        return error_set(err, ERROR_USAGE,
                         "%s: tensor \"%s\": bytes %zu and %zu more are past its %zu", w->path,
                         name, offset, len, e->size);
    return write_at(w, w->data_begin + e->offset + offset, data, len, err);
}

/* True when text stands in JSON as it is. */
static bool is_plain(const char *text)
{
    for (const char *p = text; *p; p++)
        if (*p < 0x20 || *p > 0x7e || *p == '"' || *p == '\\') return false;
    return true;
}

bool tensor_writer_patch_metadata(struct tensor_writer *w, const char *key, const char *value,
                                  struct error *err)
{
    if (!w->data_begin || w->fd < 0)
        return error_set(err, ERROR_USAGE, "%s: patch before begin or after commit", w->path);
    for (size_t i = 0; i < w->n_metas; i++) {
        const struct meta *m = &w->metas[i];
        if (strcmp(m->key, key) != 0) continue;
        if (strlen(m->value) != strlen(value) || !is_plain(m->value) || !is_plain(value))
            return error_set(err, ERROR_USAGE,
                             "%s: metadata \"%s\": not plain text of the declared length", w->path,
                             key);
        return write_at(w, m->place, value, strlen(value), err);
    }
    return error_set(err, ERROR_USAGE, "%s: metadata \"%s\" was not declared", w->path, key);
}

bool tensor_writer_commit(struct tensor_writer *w, struct error *err)
{
    if (!w->data_begin || w->fd < 0)
        return error_set(err, ERROR_USAGE, "%s: commit before begin or twice", w->path);
    if (fsync(w->fd) != 0) return error_errno(err, ERROR_IO, "%s: fsync", w->tmp);
    int rc = close(w->fd);
    w->fd = -1;
    if (rc != 0) return error_errno(err, ERROR_IO, "%s: close", w->tmp);
    if (rename(w->tmp, w->path) != 0) return error_errno(err, ERROR_IO, "%s: rename", w->path);
    free(w->tmp);
    w->tmp = NULL;
    return true;
}
