#include "hub/hub.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "hub/hub_refusal.h"
#include "hub/hub_transfer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { AT_ONCE = 4, POLL_MS = 50 };
static const size_t SPARE_ROOM = 32u << 20; /* left free: others write to the disk too */

void hub_result_free(struct hub_result *result)
{
    free(result->folder);
    *result = (struct hub_result){0};
}

/* ---- the listing ---- */

static bool get_listing(const struct hub_settings *s, const struct hub_name *name,
                        const atomic_bool *cancel, struct hub_listing *l, struct error *err)
{
    struct buffer url = {0}, text = {0};
    struct hub_reply reply;
    bool ok = false;
    buffer_printf(&url, "%s/api/models/%s/revision/", s->endpoint, name->repo);
    hub_url_escape(&url, name->revision, false);
    buffer_puts(&url, "?blobs=true");
    if (url.failed) {
        error_memory(err, name->repo);
        goto done;
    }
    if (!hub_http_get(s, url.data, HUB_MAX_LISTING_SIZE, cancel, &text, &reply, err)) goto done;
    if (reply.status != 200) {
        hub_refusal(s, name, NULL, &reply, err);
        goto done;
    }
    ok = hub_listing_parse(l, buffer_text(&text), text.len, name->repo, err) &&
         hub_listing_select(l, name->repo, err);
    if (ok && hub_is_commit(name->revision) && strcmp(name->revision, l->commit) != 0)
        ok = error_set(err, ERROR_IO, "%s: asked for commit %s, the Hub answers with %s",
                       name->repo, name->revision, l->commit);
done:
    buffer_free(&url);
    buffer_free(&text);
    return ok;
}

/* Keeps in l the files that the cache lacks. */
static void drop_present(struct hub_listing *l, const char *repo_dir)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_files; i++)
        if (!hub_cache_has_file(repo_dir, l->commit, l->files[i].path, l->files[i].size))
            l->files[n++] = l->files[i];
    l->n_files = n;
}

/* Bytes of a blob, finished or not, that an earlier run or another snapshot left. */
static size_t bytes_present(const char *repo_dir, const struct hub_file *f)
{
    static const char *const SUFFIXES[] = {"", ".incomplete"};
    for (size_t i = 0; f->kind != HUB_HASH_NONE && i < 2; i++) {
        struct stat st;
        char *path = hub_cache_blob(repo_dir, f->sum, SUFFIXES[i]);
        bool there = path && stat(path, &st) == 0 && S_ISREG(st.st_mode);
        free(path);
        if (there) return (size_t)st.st_size < f->size ? (size_t)st.st_size : f->size;
    }
    return 0;
}

static bool check_room(const struct hub_listing *l, const char *name, const char *repo_dir,
                       struct error *err)
{
    size_t needed = 0, room = hub_cache_free_space(repo_dir);
    for (size_t i = 0; i < l->n_files; i++)
        if (l->files[i].size != HUB_SIZE_UNKNOWN)
            needed += l->files[i].size - bytes_present(repo_dir, &l->files[i]);
    if (needed == 0 || (room > SPARE_ROOM && room - SPARE_ROOM >= needed)) return true;
    return error_set(err, ERROR_IO,
                     "%s needs %.2f GB more in %s, where %.2f GB are free: free some, or name "
                     "another place with HF_HOME",
                     name, (double)needed / 1e9, repo_dir, (double)room / 1e9);
}

/* ---- the files ---- */

struct pool {
    struct hub_transfer transfers[AT_ONCE];
    bool used[AT_ONCE];
    const struct hub_file *next, *end;
};

/* Gives each free transfer the next file and takes each one as far as it goes. *active is how many
 * are at work, *busy whether one could go on at once. */
static bool advance(struct pool *p, struct hub_download *d, size_t *active, bool *busy,
                    struct error *err)
{
    *active = 0;
    *busy = false;
    for (size_t i = 0; i < AT_ONCE; i++) {
        struct hub_transfer *t = &p->transfers[i];
        if (!p->used[i] && p->next < p->end) {
            hub_transfer_begin(t, d, p->next++);
            p->used[i] = true;
        }
        if (!p->used[i]) continue;
        if (!hub_transfer_advance(t, busy, err)) return false;
        if (t->step == HUB_STEP_DONE) {
            p->used[i] = false;
            *busy = *busy || p->next < p->end;
        }
        *active += p->used[i];
    }
    return true;
}

/* Hands the requests that have ended to their transfers. */
static bool collect(struct pool *p, CURLM *multi, bool *busy, struct error *err)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(multi, &left));) {
        CURLcode result = m->data.result;
        if (m->msg != CURLMSG_DONE) continue;
        for (size_t i = 0; i < AT_ONCE; i++) {
            struct hub_transfer *t = &p->transfers[i];
            if (!p->used[i] || t->exchange.easy != m->easy_handle) continue;
            if (!hub_transfer_answered(t, result, err)) return false;
            if (t->step == HUB_STEP_DONE) p->used[i] = false;
            *busy = true;
            break;
        }
    }
    return true;
}

static bool run_pool(struct pool *p, struct hub_download *d, struct progress *shown,
                     const atomic_bool *cancel, struct error *err)
{
    for (;;) {
        size_t active;
        bool busy;
        int running;
        if (cancel && atomic_load(cancel))
            return error_set(err, ERROR_CANCELLED,
                             "interrupted; the same command goes on from here");
        if (!advance(p, d, &active, &busy, err)) return false;
        if (active == 0 && p->next == p->end) return true;
        CURLMcode code = curl_multi_perform(d->multi, &running);
        if (!collect(p, d->multi, &busy, err)) return false;
        /* The clock starts with the first byte, so that the rate is the download's. */
        if (d->received == 0) progress_start(shown, shown->label, shown->unit, d->expected);
        shown->total = d->expected;
        progress_update(shown, d->received);
        if (code == CURLM_OK && !busy) code = curl_multi_poll(d->multi, NULL, 0, POLL_MS, NULL);
        if (code != CURLM_OK)
            return error_set(err, ERROR_IO, "libcurl: %s", curl_multi_strerror(code));
    }
}

static bool fetch_files(const struct hub_settings *s, const struct hub_name *name,
                        const struct hub_listing *l, const char *repo_dir,
                        const atomic_bool *cancel, struct hub_result *out, struct error *err)
{
    struct pool pool = {.next = l->files, .end = l->files + l->n_files};
    struct hub_download d = {.settings = s,
                             .name = name,
                             .commit = l->commit,
                             .repo_dir = repo_dir,
                             .expected = hub_listing_bytes(l)};
    struct progress shown;
    bool ok = false;
    d.multi = curl_multi_init();
    if (!d.multi) return error_memory(err, "libcurl");
    progress_start(&shown, name->repo, "bytes", d.expected);
    ok = run_pool(&pool, &d, &shown, cancel, err);
    progress_end(&shown);
    for (size_t i = 0; i < AT_ONCE; i++) {
        if (pool.used[i]) hub_transfer_end(&pool.transfers[i]);
        hub_exchange_free(&pool.transfers[i].exchange, d.multi);
    }
    curl_multi_cleanup(d.multi);
    out->fetched_files = d.fetched_files;
    out->fetched_bytes = d.received;
    return ok;
}

/* ---- the whole ---- */

/* The complete snapshot of a revision in the cache, or NULL; then `missing` says why. */
static char *find_cached(const struct hub_settings *s, const struct hub_name *name, char commit[41],
                         char *missing, size_t size)
{
    char *repo_dir = hub_cache_repo(s->cache, name->repo);
    char *folder = NULL;
    missing[0] = '\0';
    if (repo_dir && hub_cache_commit(repo_dir, name->revision, commit))
        folder = hub_cache_snapshot(repo_dir, commit);
    free(repo_dir);
    if (folder && hub_snapshot_is_complete(folder, missing, size)) return folder;
    free(folder);
    return NULL;
}

static bool not_cached(const struct hub_settings *s, const struct hub_name *name,
                       const char *missing, struct error *err)
{
    return error_set(
        err, ERROR_NOT_FOUND, "%s (%s) is not in %s%s%s, and HF_HUB_OFFLINE forbids to download it",
        name->repo, name->revision, s->cache, *missing ? " as a whole: it lacks " : "", missing);
}

/* Keeps config.json alone, if there is one. */
static void keep_config(struct hub_listing *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_files; i++)
        if (strcmp(l->files[i].path, "config.json") == 0) l->files[n++] = l->files[i];
    l->n_files = n;
}

static bool pull(const struct hub_settings *s, const struct hub_name *name, bool config_only,
                 const atomic_bool *cancel, struct hub_result *out, struct error *err)
{
    struct hub_listing l = {0};
    char *repo_dir = NULL;
    bool ok = false;
    char missing[256];
    if (s->offline) {
        out->folder = find_cached(s, name, out->commit, missing, sizeof missing);
        return out->folder || not_cached(s, name, missing, err);
    }
    if (!hub_http_init(err) || !get_listing(s, name, cancel, &l, err)) goto done;
    if (config_only) keep_config(&l);
    memcpy(out->commit, l.commit, sizeof out->commit);
    out->files = l.n_files;
    out->bytes = hub_listing_bytes(&l);
    repo_dir = hub_cache_repo(s->cache, name->repo);
    char *blobs = repo_dir ? path_join(repo_dir, "blobs") : NULL;
    ok = blobs ? file_make_directories(blobs, err) : error_memory(err, name->repo);
    free(blobs);
    if (!ok) goto done;

    drop_present(&l, repo_dir);
    ok = check_room(&l, name->repo, repo_dir, err) &&
         fetch_files(s, name, &l, repo_dir, cancel, out, err);
    if (!ok) goto done;
    out->folder = hub_cache_snapshot(repo_dir, l.commit);
    ok = out->folder || error_memory(err, name->repo);
    if (ok && !config_only && !hub_snapshot_is_complete(out->folder, missing, sizeof missing))
        ok = error_set(err, ERROR_UNSUPPORTED, "%s: its files do not make a whole model: no %s",
                       name->repo, missing);
    /* Last, so that a revision leads to half a model only where it led to none. */
    ok = ok && hub_cache_write_ref(repo_dir, name->revision, l.commit, err);
done:
    free(repo_dir);
    hub_listing_free(&l);
    return ok;
}

/* A peer that goes away while TLS writes raises SIGPIPE, and what libcurl does about that is not
 * for programs with threads. */
static bool pull_without_sigpipe(const struct hub_settings *s, const struct hub_name *name,
                                 bool config_only, const atomic_bool *cancel,
                                 struct hub_result *out, struct error *err)
{
    sigset_t pipe, before, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    bool ok = pull(s, name, config_only, cancel, out, err);
    struct timespec at_once = {0};
    if (!was_pending) sigtimedwait(&pipe, NULL, &at_once);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

bool hub_pull(const struct hub_settings *settings, const char *name, const atomic_bool *cancel,
              struct hub_result *out, struct error *err)
{
    struct hub_name parsed;
    *out = (struct hub_result){0};
    double start = clock_seconds();
    bool ok = hub_name_parse(name, &parsed, err) &&
              pull_without_sigpipe(settings, &parsed, false, cancel, out, err);
    out->seconds = clock_seconds() - start;
    return ok;
}

char *hub_model_path(const struct hub_settings *settings, const char *name,
                     const atomic_bool *cancel, struct error *err)
{
    struct hub_name parsed;
    struct hub_result result = {0};
    char missing[256], commit[41];
    if (!hub_name_parse(name, &parsed, err)) return NULL;
    char *folder = find_cached(settings, &parsed, commit, missing, sizeof missing);
    if (folder) return folder;
    if (pull_without_sigpipe(settings, &parsed, false, cancel, &result, err)) return result.folder;
    hub_result_free(&result);
    return NULL;
}

/* The folder of a revision in the cache, if config.json is in it. */
static char *find_config(const struct hub_settings *s, const struct hub_name *name)
{
    char commit[41];
    char *repo_dir = hub_cache_repo(s->cache, name->repo);
    char *folder = repo_dir && hub_cache_commit(repo_dir, name->revision, commit)
                       ? hub_cache_snapshot(repo_dir, commit)
                       : NULL;
    char *config = folder ? path_join(folder, "config.json") : NULL;
    if (!config || !file_exists(config)) {
        free(folder);
        folder = NULL;
    }
    free(config);
    free(repo_dir);
    return folder;
}

char *hub_config_path(const struct hub_settings *settings, const char *name,
                      const atomic_bool *cancel, struct error *err)
{
    struct hub_name parsed;
    struct hub_result result = {0};
    if (!hub_name_parse(name, &parsed, err)) return NULL;
    char *folder = find_config(settings, &parsed);
    if (folder) return folder;
    bool fetched =
        !settings->offline && pull_without_sigpipe(settings, &parsed, true, cancel, &result, err);
    hub_result_free(&result);
    if (fetched) folder = find_config(settings, &parsed);
    if (fetched && !folder)
        error_set(err, ERROR_UNSUPPORTED, "%s has no config.json", parsed.repo);
    else if (settings->offline)
        not_cached(settings, &parsed, "", err);
    return folder;
}
