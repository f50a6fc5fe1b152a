#include "ingest/watch.h"

#include "base/clock.h"
#include "base/file.h"
#include "store/copies.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 32, MAX_PENDING = 100000, MAX_RETRIES = 3, WAIT_MS = 1000, EVENT_BYTES = 64 << 10 };
static const double STILL = 1, CLOSED = 0.05, GONE = 0.3, RETRY = 5; /* seconds until it is looked at */

struct folder {
    int wd;
    char *path;
};

struct watcher {
    struct store *store;
    char *root; /* without links */
    const struct ingest_options *options;
    struct ingest_totals *totals;
    int fd, root_wd;
    struct folder *folders; /* (n_folders) by wd, which only rise */
    size_t n_folders, cap_folders;
    json_t *pending; /* path: when to look at it, clock_seconds */
    json_t *retries; /* path: how often that has failed for a reason that may pass */
    bool rescan, root_gone;
};

static bool is_cancelled(const struct ingest_options *o)
{
    return o->cancel && atomic_load_explicit(o->cancel, memory_order_relaxed);
}

static void report(struct watcher *w, enum ingest_event event, const char *path, const char *text)
{
    if (w->options->report) w->options->report(w->options->context, event, path, text);
}

/* ---- what is to be looked at ---- */

static void touch(struct watcher *w, const char *path, double delay)
{
    if (!ingest_takes_name(path)) return;
    if (json_object_size(w->pending) >= MAX_PENDING ||
        json_object_set_new_nocheck(w->pending, path, json_real(clock_seconds() + delay)) != 0) {
        json_object_clear(w->pending);
        w->rescan = true; /* the folder is looked at as a whole instead */
    }
}

/* ---- the folders that are watched ---- */

static struct folder *find_folder(struct watcher *w, int wd)
{
    size_t low = 0, high = w->n_folders;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->folders[middle].wd < wd)
            low = middle + 1;
        else
            high = middle;
    }
    return low < w->n_folders && w->folders[low].wd == wd ? &w->folders[low] : NULL;
}

static bool add_folder(struct watcher *w, const char *path, struct error *err)
{
    int wd = inotify_add_watch(w->fd, path,
                               IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO |
                                   IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                                   IN_DONT_FOLLOW | IN_EXCL_UNLINK);
    if (wd < 0 && errno == ENOSPC)
        return error_set(err, ERROR_IO, "%s: more folders than can be watched: raise "
                         "fs.inotify.max_user_watches with sysctl", path);
    if (wd < 0) return strcmp(path, w->root) != 0 || error_errno(err, ERROR_IO, "%s: watching it", path);
    char *copy = strdup(path);
    struct folder *known = find_folder(w, wd);
    if (known && copy) { /* it was moved here */
        free(known->path);
        known->path = copy;
        return true;
    }
    if (w->n_folders == w->cap_folders) {
        size_t cap = w->cap_folders ? 2 * w->cap_folders : 64;
        struct folder *grown = realloc(w->folders, cap * sizeof *grown);
        if (grown) {
            w->folders = grown;
            w->cap_folders = cap;
        }
    }
    if (!copy || w->n_folders == w->cap_folders) {
        free(copy);
        return error_memory(err, path);
    }
    w->folders[w->n_folders++] = (struct folder){wd, copy};
    if (strcmp(path, w->root) == 0) w->root_wd = wd;
    return true;
}

/* Forgets folders that are not watched any more. */
static void drop_folder(struct watcher *w, int wd)
{
    struct folder *f = find_folder(w, wd);
    if (!f) return;
    free(f->path);
    size_t i = (size_t)(f - w->folders);
    memmove(f, f + 1, (--w->n_folders - i) * sizeof *f);
}

static bool is_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* A subfolder that was moved away must not tell of changes where it is now. */
static void unwatch_tree(struct watcher *w, const char *path)
{
    for (size_t i = 0; i < w->n_folders; i++)
        if (is_below(w->folders[i].path, path)) inotify_rm_watch(w->fd, w->folders[i].wd);
}

/* Watches a folder and those below it; its files are looked at when they are still. */
static bool add_tree(struct watcher *w, const char *path, int depth, bool files, struct error *err)
{
    if (depth > MAX_DEPTH || !add_folder(w, path, err)) return depth > MAX_DEPTH;
    DIR *dir = opendir(path);
    bool ok = true;
    struct dirent *entry;
    while (ok && dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.' || ingest_is_page_folder(path, entry->d_name)) continue;
        char *full = path_join(path, entry->d_name);
        struct stat info;
        ok = full || error_memory(err, path);
        if (ok && lstat(full, &info) == 0) {
            if (S_ISDIR(info.st_mode))
                ok = add_tree(w, full, depth + 1, files, err);
            else if (files)
                touch(w, full, STILL);
        }
        free(full);
    }
    if (dir) closedir(dir);
    return ok;
}

static int depth_of(const struct watcher *w, const char *path)
{
    int depth = 0;
    for (const char *p = path + strlen(w->root); *p; p++) depth += *p == '/';
    return depth;
}

/* ---- events ---- */

static bool is_gone(const char *path)
{
    struct stat info;
    return lstat(path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* The documents below a folder whose files are gone are looked at. */
static bool touch_below(struct watcher *w, const char *folder, bool *any, struct error *err)
{
    struct arena arena = {0};
    const char **paths;
    size_t n;
    bool ok = store_list_below(w->store, folder, &arena, &paths, &n, err);
    for (size_t i = 0; ok && i < n; i++)
        if (is_gone(paths[i])) {
            touch(w, paths[i], GONE);
            if (any) *any = true;
        }
    arena_free(&arena);
    return ok;
}

static bool take_event(struct watcher *w, const struct inotify_event *e, struct error *err)
{
    if (e->mask & IN_Q_OVERFLOW) w->rescan = true;
    if (e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT) && e->wd == w->root_wd) w->root_gone = true;
    const struct folder *f = find_folder(w, e->wd);
    if (e->mask & IN_IGNORED) drop_folder(w, e->wd);
    if (!f || e->mask & IN_IGNORED || e->len == 0 || e->name[0] == '.') return true;
    char *path = path_join(f->path, e->name);
    bool ok = path || error_memory(err, "a watched folder");
    if (ok && e->mask & IN_ISDIR) {
        if (e->mask & (IN_DELETE | IN_MOVED_FROM)) {
            unwatch_tree(w, path);
            ok = touch_below(w, path, NULL, err);
        }
        if (e->mask & (IN_CREATE | IN_MOVED_TO)) ok = add_tree(w, path, depth_of(w, path), true, err);
    } else if (ok) {
        if (e->mask & (IN_CREATE | IN_MODIFY)) touch(w, path, STILL);
        if (e->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) touch(w, path, CLOSED);
        if (e->mask & (IN_DELETE | IN_MOVED_FROM)) touch(w, path, GONE);
    }
    free(path);
    return ok;
}

static bool take_events(struct watcher *w, struct error *err)
{
    static _Thread_local union {
        struct inotify_event align;
        char bytes[EVENT_BYTES];
    } buffer;
    ssize_t got = read(w->fd, buffer.bytes, sizeof buffer.bytes);
    if (got < 0) return errno == EAGAIN || errno == EINTR || error_errno(err, ERROR_IO, "%s", w->root);
    bool ok = true;
    for (size_t at = 0; ok && at < (size_t)got;) {
        const struct inotify_event *e = (const void *)(buffer.bytes + at);
        ok = take_event(w, e, err);
        at += sizeof *e + e->len;
    }
    return ok;
}

/* ---- reading and deleting ---- */

static bool release(struct watcher *w, const char *path, struct error *err)
{
    enum store_release what;
    if (!store_release_path(w->store, path, &what, err)) return false;
    if (what == RELEASE_DELETED || what == RELEASE_COPY) report(w, INGEST_DELETED, path, NULL);
    if (what == RELEASE_RENAMED)
        report(w, INGEST_DELETED, path, "another file has the same contents, which stay");
    return true;
}

/* What failed for a reason that may pass, another program that writes or a full disk, is tried again. */
static void try_again(struct watcher *w, const struct ingest_item *item)
{
    json_int_t n = json_integer_value(json_object_get(w->retries, item->path));
    if ((item->outcome == ERROR_IO || item->outcome == ERROR_MEMORY) && n < MAX_RETRIES) {
        json_object_set_new_nocheck(w->retries, item->path, json_integer(n + 1));
        touch(w, item->path, RETRY);
    } else if (n) {
        json_object_del(w->retries, item->path);
    }
}

static int compare_items(const void *a, const void *b)
{
    return strcmp(((const struct ingest_item *)a)->path, ((const struct ingest_item *)b)->path);
}

/* Takes what is due from the list of what is pending: files that are there, and paths of those that
 * are gone. */
static bool take_due(struct watcher *w, struct ingest_list *files, struct ingest_list *gone, struct error *err)
{
    const char *path;
    json_t *when;
    double now = clock_seconds();
    bool ok = true;
    json_object_foreach(w->pending, path, when)
        if (ok && json_real_value(when) <= now && (is_gone(path) || !file_is_directory(path)))
            ok = ingest_list_add_file(is_gone(path) ? gone : files, path, err);
    for (size_t i = 0; i < files->n; i++) json_object_del(w->pending, files->items[i].path);
    for (size_t i = 0; i < gone->n; i++) json_object_del(w->pending, gone->items[i].path);
    if (files->n) qsort(files->items, files->n, sizeof *files->items, compare_items);
    if (gone->n) qsort(gone->items, gone->n, sizeof *gone->items, compare_items);
    return ok;
}

/* First what is new, so that a file that was renamed is known again by its contents. */
static bool read_due(struct watcher *w, struct error *err)
{
    struct ingest_list files = {0}, gone = {0};
    bool ok = take_due(w, &files, &gone, err);
    if (ok && files.n) ok = ingest_list_read(&files, w->store, w->options, w->totals, err);
    for (size_t i = 0; ok && i < files.n; i++) try_again(w, &files.items[i]);
    for (size_t i = 0; ok && i < gone.n; i++) {
        struct error failure = {0};
        if (!is_gone(gone.items[i].path)) {
            touch(w, gone.items[i].path, CLOSED); /* it has come back meanwhile */
        } else if (!release(w, gone.items[i].path, &failure)) {
            report(w, INGEST_FAILED, gone.items[i].path, failure.text);
            gone.items[i].outcome = failure.code;
            try_again(w, &gone.items[i]);
        }
    }
    ingest_list_free(&files);
    ingest_list_free(&gone);
    return ok;
}

/* The folder as a whole: at the start, and when events were lost. */
static bool read_whole(struct watcher *w, struct error *err)
{
    struct ingest_list files = {0};
    w->rescan = false;
    bool any_gone = false;
    bool ok = add_tree(w, w->root, 0, false, err) &&
              ingest_list_add_folder(&files, w->root, w->options, w->totals, err);
    bool empty = files.n == 0;
    ok = ok && (empty || ingest_list_read(&files, w->store, w->options, w->totals, err));
    for (size_t i = 0; ok && i < files.n; i++) try_again(w, &files.items[i]);
    ingest_list_free(&files);
    if (!ok || is_cancelled(w->options)) return ok;
    if (!empty) return touch_below(w, w->root, NULL, err);
    /* A disk that is not mounted looks like this. */
    struct arena arena = {0};
    const char **paths;
    size_t n;
    ok = store_list_below(w->store, w->root, &arena, &paths, &n, err);
    any_gone = ok && n > 0;
    arena_free(&arena);
    if (any_gone)
        report(w, INGEST_FAILED, w->root, "the folder is empty: the documents that were read from it stay");
    return ok;
}

/* ---- waiting ---- */

static int next_due(const struct watcher *w)
{
    const char *path;
    json_t *when;
    double wait = WAIT_MS / 1000.0, now = clock_seconds();
    json_object_foreach(w->pending, path, when)
        if (json_real_value(when) - now < wait) wait = json_real_value(when) - now;
    return wait > 0 ? (int)(wait * 1000) + 1 : 0;
}

static bool watch(struct watcher *w, void (*idle)(void *context), struct error *err)
{
    if (!read_whole(w, err)) return false;
    while (!is_cancelled(w->options)) {
        if (idle) idle(w->options->context);
        struct pollfd fd = {.fd = w->fd, .events = POLLIN};
        int got = poll(&fd, 1, next_due(w));
        if (got < 0 && errno != EINTR) return error_errno(err, ERROR_IO, "%s", w->root);
        if (got > 0 && !take_events(w, err)) return false;
        if (w->root_gone)
            return error_set(err, ERROR_NOT_FOUND, "%s: the folder is gone; what was read from it stays",
                             w->root);
        if (w->rescan ? !read_whole(w, err) : !read_due(w, err)) return false;
    }
    return true;
}

bool ingest_watch(struct store *store, const char *folder, const struct ingest_options *options,
                  struct ingest_totals *totals, void (*idle)(void *context), struct error *err)
{
    struct watcher w = {.store = store, .options = options, .totals = totals, .fd = -1, .root_wd = -1};
    struct error failure = {0};
    if (!file_is_directory(folder))
        return error_set(err, ERROR_USAGE, "%s: not a folder that could be watched", folder);
    w.root = realpath(folder, NULL);
    w.pending = json_object();
    w.retries = json_object();
    bool ok = (w.root && w.pending && w.retries) || error_memory(&failure, folder);
    if (ok) w.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (ok && w.fd < 0) ok = error_errno(&failure, ERROR_IO, "%s: watching it", folder);
    ok = ok && watch(&w, idle, &failure);
    if (!ok && failure.code == ERROR_CANCELLED) ok = true; /* in the middle of a file */
    if (!ok) error_set(err, failure.code, "%s", failure.text);
    if (w.fd >= 0) close(w.fd);
    for (size_t i = 0; i < w.n_folders; i++) free(w.folders[i].path);
    free(w.folders);
    json_decref(w.pending);
    json_decref(w.retries);
    free(w.root);
    return ok;
}
