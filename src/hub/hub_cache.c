#include "hub/hub_cache.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "hub/hub_listing.h"
#include "hub/hub_name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const size_t MAX_INDEX = 64u << 20;

/* "models--ORG--NAME", appended. */
static void append_folder(struct buffer *out, const char *repo)
{
    buffer_puts(out, "models--");
    for (const char *p = repo; *p; p++)
        if (*p == '/')
            buffer_puts(out, "--");
        else
            buffer_putc(out, *p);
}

/* The buffer's text as memory of the caller's; NULL when memory is out. */
static char *finish(struct buffer *b)
{
    if (!b->failed) return b->data;
    buffer_free(b);
    return NULL;
}

char *hub_cache_repo(const char *cache, const char *repo)
{
    struct buffer b = {0};
    buffer_printf(&b, "%s/", cache);
    append_folder(&b, repo);
    return finish(&b);
}

char *hub_cache_snapshot(const char *repo_dir, const char *commit)
{
    struct buffer b = {0};
    buffer_printf(&b, "%s/snapshots/%s", repo_dir, commit);
    return finish(&b);
}

char *hub_cache_blob(const char *repo_dir, const char *etag, const char *suffix)
{
    struct buffer b = {0};
    buffer_printf(&b, "%s/blobs/%s%s", repo_dir, etag, suffix);
    return finish(&b);
}

bool hub_cache_commit(const char *repo_dir, const char *revision, char commit[41])
{
    if (hub_is_commit(revision)) {
        memcpy(commit, revision, 41);
        return true;
    }
    struct buffer path = {0};
    struct error ignored = {0};
    char *text = NULL;
    buffer_printf(&path, "%s/refs/%s", repo_dir, revision);
    bool ok =
        !path.failed && file_exists(path.data) && file_read(path.data, 4096, &text, NULL, &ignored);
    if (ok) {
        text[strcspn(text, " \t\r\n")] = '\0';
        ok = hub_is_commit(text);
    }
    if (ok) memcpy(commit, text, 41);
    free(text);
    buffer_free(&path);
    return ok;
}

/* Makes the folder that `path` is in. */
static bool make_parent(const char *path, struct error *err)
{
    char *dir = strdup(path);
    if (!dir) return error_memory(err, path);
    char *slash = strrchr(dir, '/');
    if (slash) *slash = '\0';
    bool ok = file_make_directories(dir, err);
    free(dir);
    return ok;
}

bool hub_cache_write_ref(const char *repo_dir, const char *revision, const char *commit,
                         struct error *err)
{
    char known[41];
    if (hub_cache_commit(repo_dir, revision, known) && strcmp(known, commit) == 0) return true;
    struct buffer path = {0}, part = {0};
    /* Not below refs/, where whatever is left behind would look like a revision. */
    buffer_printf(&path, "%s/refs/%s", repo_dir, revision);
    buffer_printf(&part, "%s/.ref-%ld", repo_dir, (long)getpid());
    bool ok = !path.failed && !part.failed;
    if (!ok) error_memory(err, "refs");
    ok = ok && make_parent(path.data, err) && file_write(part.data, commit, strlen(commit), err);
    if (ok && rename(part.data, path.data) != 0) {
        ok = error_errno(err, ERROR_IO, "%s", path.data);
        unlink(part.data);
    }
    buffer_free(&path);
    buffer_free(&part);
    return ok;
}

/* ---- snapshots ---- */

/* A regular file, through whatever links lead to it. */
static bool is_there(const char *dir, const char *name)
{
    char *path = path_join(dir, name);
    bool there = path && file_exists(path);
    free(path);
    return there;
}

static bool any_matching(const char *dir, const char *pattern)
{
    DIR *d = opendir(dir);
    bool found = false;
    for (struct dirent *e; d && !found && (e = readdir(d));)
        found = fnmatch(pattern, e->d_name, FNM_PERIOD) == 0 && is_there(dir, e->d_name);
    if (d) closedir(d);
    return found;
}

/* Every shard that the index names is there. */
static bool shards_are_there(const char *dir, char *missing, size_t size)
{
    struct error ignored = {0};
    char *path = path_join(dir, "model.safetensors.index.json");
    json_t *root = path ? json_read_file(path, MAX_INDEX, &ignored) : NULL;
    json_t *map = json_object_get(root, "weight_map");
    bool ok = json_is_object(map) && json_object_size(map) > 0;
    if (!ok) snprintf(missing, size, "a readable model.safetensors.index.json");
    const char *tensor, *last = "";
    json_t *file;
    if (ok) json_object_foreach(map, tensor, file)
        {
            const char *name = json_string_value(file);
            if (name && strcmp(name, last) == 0) continue; /* tensors of one shard come in a row */
            ok = name && hub_path_is_valid(name) && is_there(dir, name);
            if (!ok) snprintf(missing, size, "%.200s", name ? name : "a file of weights");
            if (!ok) break;
            last = name;
        }
    json_decref(root);
    free(path);
    return ok;
}

bool hub_snapshot_is_complete(const char *snapshot, char *missing, size_t size)
{
    static const char *const TOKENIZERS[] = {"tokenizer.json", "vocab.txt", "tokenizer.model",
                                             "vocab.json"};
    char unused[256];
    if (!missing) missing = unused, size = sizeof unused;
    if (!is_there(snapshot, "config.json")) {
        snprintf(missing, size, "config.json");
        return false;
    }
    bool tokenizer = false;
    for (size_t i = 0; i < sizeof TOKENIZERS / sizeof *TOKENIZERS; i++)
        tokenizer = tokenizer || is_there(snapshot, TOKENIZERS[i]);
    if (!tokenizer) {
        snprintf(missing, size, "tokenizer.json");
        return false;
    }
    if (is_there(snapshot, "model.safetensors")) return true;
    if (is_there(snapshot, "model.safetensors.index.json"))
        return shards_are_there(snapshot, missing, size);
    /* Shards whose index has not arrived yet are no whole model. */
    if (any_matching(snapshot, "*.safetensors") && !any_matching(snapshot, "*-of-*.safetensors"))
        return true;
    snprintf(missing, size, "model.safetensors");
    return false;
}

bool hub_cache_has_file(const char *repo_dir, const char *commit, const char *path, size_t size)
{
    struct buffer full = {0};
    struct stat st;
    buffer_printf(&full, "%s/snapshots/%s/%s", repo_dir, commit, path);
    bool there = !full.failed && stat(full.data, &st) == 0 && S_ISREG(st.st_mode) &&
                 (size == HUB_SIZE_UNKNOWN || (size_t)st.st_size == size);
    buffer_free(&full);
    return there;
}

bool hub_cache_link(const char *repo_dir, const char *commit, const char *path, const char *etag,
                    struct error *err)
{
    struct buffer full = {0}, target = {0}, part = {0};
    bool ok = false;
    buffer_printf(&full, "%s/snapshots/%s/%s", repo_dir, commit, path);
    buffer_printf(&part, "%s/.link-%ld-%.40s", repo_dir, (long)getpid(), etag);
    buffer_puts(&target, "../../");
    for (const char *p = path; *p; p++)
        if (*p == '/') buffer_puts(&target, "../");
    buffer_printf(&target, "blobs/%s", etag);
    if (full.failed || target.failed || part.failed) {
        error_memory(err, path);
        goto done;
    }
    if (!make_parent(full.data, err)) goto done;
    unlink(part.data);
    if (symlink(target.data, part.data) == 0) {
        /* Over an older link in one step, so that a reader finds one or the other. */
        ok = rename(part.data, full.data) == 0;
        if (!ok) error_errno(err, ERROR_IO, "%s", full.data);
        if (!ok) unlink(part.data);
        goto done;
    }
    if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) {
        char *blob = hub_cache_blob(repo_dir, etag, "");
        ok = blob ? rename(blob, full.data) == 0 || error_errno(err, ERROR_IO, "%s", full.data)
                  : error_memory(err, path);
        free(blob);
        goto done;
    }
    error_errno(err, ERROR_IO, "%s", part.data);
done:
    buffer_free(&full);
    buffer_free(&target);
    buffer_free(&part);
    return ok;
}

/* ---- locks and space ---- */

bool hub_cache_lock(const char *cache, const char *repo, const char *etag, int *fd,
                    struct error *err)
{
    struct buffer path = {0};
    bool ok = false;
    *fd = -1;
    buffer_printf(&path, "%s/.locks/", cache);
    append_folder(&path, repo);
    buffer_printf(&path, "/%s.lock", etag);
    if (path.failed) {
        error_memory(err, "lock");
        goto done;
    }
    for (;;) {
        if (!make_parent(path.data, err)) goto done;
        int lock = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (lock < 0) {
            error_errno(err, ERROR_IO, "%s", path.data);
            goto done;
        }
        ok = true;
        if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK || errno == EINTR) {
                close(lock);
                goto done;
            }
            /* A file system without locks: then one download at a time is the user's care. */
            log_info("%s: no lock can be had: %s", path.data, strerror(errno));
            *fd = lock;
            goto done;
        }
        /* Whoever held it before may have removed the file; then this lock is on nothing. */
        struct stat mine, there;
        if (fstat(lock, &mine) == 0 && stat(path.data, &there) == 0 &&
            mine.st_ino == there.st_ino && mine.st_dev == there.st_dev) {
            *fd = lock;
            goto done;
        }
        close(lock);
        ok = false;
    }
done:
    buffer_free(&path);
    return ok;
}

size_t hub_cache_free_space(const char *dir)
{
    struct statvfs v;
    size_t bytes;
    if (statvfs(dir, &v) != 0) return SIZE_MAX;
    /* Some file systems of the network count nothing. */
    if (v.f_blocks == 0) return SIZE_MAX;
    if (__builtin_mul_overflow((size_t)v.f_bavail, (size_t)v.f_frsize, &bytes)) return SIZE_MAX;
    return bytes;
}
