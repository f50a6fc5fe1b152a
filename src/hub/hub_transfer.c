#include "hub/hub_transfer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "hub/hub_refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASH_PIECE = 4 << 20, WRITE_BEHIND = 32 << 20, MOST_WRONG = 2 };
static const double LOCK_EVERY = 0.25;

void hub_transfer_begin(struct hub_transfer *t, struct hub_download *d, const struct hub_file *f)
{
    struct hub_exchange kept = t->exchange; /* and its connection */
    *t = (struct hub_transfer){.download = d, .file = f, .size = f->size, .lock = -1, .fd = -1};
    t->exchange = kept;
}

void hub_transfer_end(struct hub_transfer *t)
{
    if (t->fd >= 0) close(t->fd);
    if (t->lock >= 0) close(t->lock);
    t->fd = t->lock = -1;
    hub_hash_free(&t->hash);
}

/* The address of the file in this commit; the caller frees it. */
static char *file_url(const struct hub_transfer *t)
{
    const struct hub_download *d = t->download;
    struct buffer url = {0};
    buffer_printf(&url, "%s/%s/resolve/%s/", d->settings->endpoint, d->name->repo, d->commit);
    hub_url_escape(&url, t->file->path, true);
    if (!url.failed) return url.data;
    buffer_free(&url);
    return NULL;
}

static bool begin_request(struct hub_transfer *t, struct hub_request *request, struct error *err)
{
    char *url = file_url(t);
    if (!url) return error_memory(err, t->file->path);
    request->url = url;
    bool ok =
        hub_exchange_begin(&t->exchange, t->download->settings, t->download->multi, request, err);
    free(url);
    return ok;
}

/* Another try of `step` later, unless there were enough. */
static bool try_again(struct hub_transfer *t, enum hub_step step, double asked,
                      const struct error *why, struct error *err)
{
    const struct hub_settings *s = t->download->settings;
    if (t->have > t->furthest) t->failures = 0;
    if (t->have > t->furthest) t->furthest = t->have;
    t->failures++;
    size_t most = t->download->reached || s->retries < 2 ? s->retries : 2;
    if (t->failures > most)
        return error_set(err, why->code, "%s: %s (tried %zu times; what has arrived is kept)",
                         t->file->path, why->text, t->failures);
    double wait = hub_backoff(t->failures, asked);
    log_info("%s: %s; trying again in %.1f s", t->file->path, why->text, wait);
    t->step = step;
    t->wake = clock_seconds() + wait;
    return true;
}

/* ---- what the Hub says about the file ---- */

static bool ask(struct hub_transfer *t, struct error *err)
{
    struct hub_request request = {.head = true};
    t->step = HUB_STEP_ASKING;
    return begin_request(t, &request, err);
}

/* The header against the listing: both are the Hub's word on the same commit. */
static bool take_header(struct hub_transfer *t, struct error *err)
{
    const struct hub_reply *r = &t->exchange.reply;
    const struct hub_file *f = t->file;
    const struct hub_download *d = t->download;
    if (*r->commit && strcmp(r->commit, d->commit) != 0)
        return error_set(err, ERROR_IO, "%s: the Hub answers with commit %s, asked for %s", f->path,
                         r->commit, d->commit);
    const char *header = *r->linked_etag ? r->linked_etag : r->etag;
    if (!*header && f->kind != HUB_HASH_NONE) {
        memcpy(t->etag, f->sum, sizeof f->sum);
    } else if (!hub_etag_normalize(header, t->etag)) {
        return error_set(err, ERROR_IO, "%s: the server sends %s ETag; is %s a Hub?", f->path,
                         *header ? "an unusable" : "no", d->settings->endpoint);
    }
    /* Names of the same form are checksums of the same kind. */
    size_t len = strlen(t->etag), sum = strlen(f->sum);
    if (sum && len == sum && strspn(t->etag, "0123456789abcdef") == len &&
        strcmp(t->etag, f->sum) != 0)
        return error_set(
            err, ERROR_IO,
            "%s: has changed on the Hub: its checksum was %.12s..., now it is %.12s...; "
            "try again",
            f->path, f->sum, t->etag);
    size_t size = *r->linked_etag ? r->linked_size : r->length;
    if (size != HUB_HTTP_NONE && f->size != HUB_SIZE_UNKNOWN && size != f->size)
        return error_set(err, ERROR_IO, "%s: the Hub lists %zu bytes and then offers %zu", f->path,
                         f->size, size);
    if (t->size == HUB_SIZE_UNKNOWN) {
        if (size == HUB_HTTP_NONE || size > HUB_MAX_FILE_SIZE)
            return error_set(err, ERROR_IO, "%s: the server does not say how large it is", f->path);
        t->size = size;
        t->download->expected += size;
    }
    snprintf(t->hub_etag, sizeof t->hub_etag, "%s", r->status == 200 ? r->etag : "");
    t->step = HUB_STEP_LOCK;
    return true;
}

/* ---- the blob ---- */

static enum hub_hash_kind hash_kind(const struct hub_transfer *t)
{
    if (t->file->kind != HUB_HASH_NONE) return t->file->kind;
    /* A listing without checksums: the Hub's ETags are checksums too. */
    if (strspn(t->etag, "0123456789abcdef") != strlen(t->etag)) return HUB_HASH_NONE;
    return strlen(t->etag) == 64   ? HUB_HASH_SHA256
           : strlen(t->etag) == 40 ? HUB_HASH_GIT
                                   : HUB_HASH_NONE;
}

/* Forgets the bytes that are there. */
static bool start_over(struct hub_transfer *t, struct error *err)
{
    t->download->expected += t->have;
    t->have = t->hashed = 0;
    t->validator[0] = '\0';
    t->useless = false;
    if (ftruncate(t->fd, 0) != 0) return error_errno(err, ERROR_IO, "%s: truncate", t->file->path);
    return hub_hash_start(&t->hash, hash_kind(t), t->size, err);
}

static bool link_and_finish(struct hub_transfer *t, struct error *err)
{
    const struct hub_download *d = t->download;
    if (!hub_cache_link(d->repo_dir, d->commit, t->file->path, t->etag, err)) return false;
    hub_transfer_end(t);
    t->step = HUB_STEP_DONE;
    return true;
}

static bool open_unfinished(struct hub_transfer *t, struct error *err)
{
    struct hub_download *d = t->download;
    char *path = hub_cache_blob(d->repo_dir, t->etag, ".incomplete");
    struct stat st;
    bool ok = false;
    if (!path) return error_memory(err, t->file->path);
    t->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (t->fd < 0 || fstat(t->fd, &st) != 0) {
        error_errno(err, ERROR_IO, "%s", path);
        goto done;
    }
    if (!S_ISREG(st.st_mode)) {
        error_set(err, ERROR_IO, "%s: is not a regular file", path);
        goto done;
    }
    t->have = (size_t)st.st_size;
    if (t->have > t->size) {
        t->have = 0;
        if (!start_over(t, err)) goto done;
    }
    d->expected -= t->have;
    t->furthest = t->have;
    if (t->have > 0) log_info("%s: going on from byte %zu", t->file->path, t->have);
    size_t room = hub_cache_free_space(d->repo_dir);
    if (room < t->size - t->have) {
        error_set(err, ERROR_IO, "%s: %.2f GB are to come, and %s has room for %.2f GB",
                  t->file->path, (double)(t->size - t->have) / 1e9, d->repo_dir,
                  (double)room / 1e9);
        goto done;
    }
    ok = hub_hash_start(&t->hash, hash_kind(t), t->size, err);
    t->step = HUB_STEP_HASHING;
done:
    free(path);
    return ok;
}

static bool lock(struct hub_transfer *t, struct error *err)
{
    struct hub_download *d = t->download;
    if (!hub_cache_lock(d->settings->cache, d->name->repo, t->etag, &t->lock, err)) return false;
    if (t->lock < 0) {
        if (!t->waiting_told)
            log_info("%s: another program is downloading it; waiting", t->file->path);
        t->waiting_told = true;
        t->wake = clock_seconds() + LOCK_EVERY;
        return true;
    }
    /* Another file or another program may have brought the same contents. */
    char *blob = hub_cache_blob(d->repo_dir, t->etag, "");
    struct stat st;
    if (!blob) return error_memory(err, t->file->path);
    bool there = lstat(blob, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size == t->size;
    free(blob);
    if (!there) return open_unfinished(t, err);
    d->expected -= t->size;
    return link_and_finish(t, err);
}

/* ---- the contents ---- */

/* The first bytes of a reply: are they those that were asked for? */
static bool begin_body(struct hub_transfer *t, const struct hub_reply *r, struct error *err)
{
    t->began = true;
    if (r->status == 206 && t->exchange.request.from == 0)
        return error_set(err, ERROR_IO, "sends a part, and was asked for the whole");
    if (r->status == 206) {
        bool right = r->range_start == t->have &&
                     (r->range_total == HUB_HTTP_NONE || r->range_total == t->size);
        if (!right) {
            t->useless = true;
            return error_set(err, ERROR_IO, "sends another part than was asked for");
        }
    } else if (t->have > 0) {
        /* It ignores ranges, or what it has now is not what it had (If-Range). */
        log_info("%s: the server starts over from the beginning", t->file->path);
        if (!start_over(t, err)) return false;
    }
    if (r->length != HUB_HTTP_NONE && r->length != t->size - t->have)
        return error_set(err, ERROR_IO, "sends %zu bytes, and %zu are missing", r->length,
                         t->size - t->have);
    bool strong = r->etag[0] == '"';
    snprintf(t->validator, sizeof t->validator, "%s", strong ? r->etag : "");
    return true;
}

static bool write_all(struct hub_transfer *t, const char *data, size_t len, struct error *err)
{
    size_t before = t->have;
    while (len > 0) {
        ssize_t n = pwrite(t->fd, data, len, (off_t)t->have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return error_errno(err, ERROR_IO, "%s/blobs: write at byte %zu of %s",
                               t->download->repo_dir, t->have, t->file->path);
        data += n;
        len -= (size_t)n;
        t->have += (size_t)n;
        t->download->received += (size_t)n;
    }
    /* Set the disk to work now, so that the last sync does not hold up the other files. */
    if (before / WRITE_BEHIND != t->have / WRITE_BEHIND)
        sync_file_range(t->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return true;
}

static bool take_body(void *context, const struct hub_reply *reply, const char *data, size_t len,
                      struct error *err)
{
    struct hub_transfer *t = context;
    struct error why = {0};
    /* A server that sends the wrong thing may do better at the next try, a full disk will not:
     * ERROR_INPUT stands for the first. */
    if (!t->began && !begin_body(t, reply, &why))
        return error_set(err, ERROR_INPUT, "%s", why.text);
    if (len > t->size - t->have)
        return error_set(err, ERROR_INPUT, "sends more than the %zu bytes that the file has",
                         t->size);
    if (!hub_hash_update(&t->hash, data, len, err) || !write_all(t, data, len, err)) return false;
    t->hashed = t->have;
    return true;
}

static bool get(struct hub_transfer *t, struct error *err)
{
    struct hub_request request = {.from = t->have, .body = take_body, .context = t};
    if (*t->validator)
        request.if_range = t->validator;
    else if (t->hub_etag[0] == '"')
        request.if_range = t->hub_etag;
    t->began = false;
    t->step = HUB_STEP_GETTING;
    return begin_request(t, &request, err);
}

/* All bytes are there: are they the right ones? */
static bool finish(struct hub_transfer *t, struct error *err)
{
    struct hub_download *d = t->download;
    enum hub_hash_kind kind = hash_kind(t);
    const char *expected = t->file->kind != HUB_HASH_NONE ? t->file->sum : t->etag;
    char sum[HUB_HASH_HEX];
    if (!hub_hash_end(&t->hash, sum, err)) return false;
    if (kind != HUB_HASH_NONE && strcmp(sum, expected) != 0) {
        if (!start_over(t, err)) return false;
        if (t->again)
            return error_set(err, ERROR_IO,
                             "%s: the bytes that arrived are not the file's: their %s is %s, the "
                             "Hub says %s; nothing of it was kept",
                             t->file->path, kind == HUB_HASH_SHA256 ? "SHA-256" : "git checksum",
                             sum, expected);
        log_warn("%s: what arrived does not match its checksum; downloading it again",
                 t->file->path);
        t->again = true;
        t->step = HUB_STEP_ASK;
        hub_transfer_end(t);
        return true;
    }
    char *unfinished = hub_cache_blob(d->repo_dir, t->etag, ".incomplete");
    char *blob = hub_cache_blob(d->repo_dir, t->etag, "");
    bool ok = unfinished && blob;
    if (!ok) error_memory(err, t->file->path);
    if (ok && fdatasync(t->fd) != 0) ok = error_errno(err, ERROR_IO, "%s: sync", unfinished);
    if (ok && rename(unfinished, blob) != 0) ok = error_errno(err, ERROR_IO, "%s", blob);
    free(unfinished);
    free(blob);
    d->fetched_files += ok;
    return ok && link_and_finish(t, err);
}

/* A piece of what an earlier run left goes into the checksum. */
static bool hash_piece(struct hub_transfer *t, struct error *err)
{
    if (t->hashed == t->have) {
        if (t->have == t->size) return finish(t, err);
        t->step = HUB_STEP_GET;
        return true;
    }
    size_t len = t->have - t->hashed < HASH_PIECE ? t->have - t->hashed : HASH_PIECE;
    char *piece = malloc(len);
    if (!piece) return error_memory(err, t->file->path);
    ssize_t n = pread(t->fd, piece, len, (off_t)t->hashed);
    bool ok = n > 0 ? hub_hash_update(&t->hash, piece, (size_t)n, err)
                    : error_errno(err, ERROR_IO, "%s/blobs: read at byte %zu of %s",
                                  t->download->repo_dir, t->hashed, t->file->path);
    if (ok) t->hashed += (size_t)n;
    free(piece);
    return ok;
}

bool hub_transfer_advance(struct hub_transfer *t, bool *busy, struct error *err)
{
    if (clock_seconds() < t->wake) return true;
    switch (t->step) {
    case HUB_STEP_ASK:
        return ask(t, err);
    case HUB_STEP_LOCK:
        if (!lock(t, err)) return false;
        *busy = *busy || t->lock >= 0;
        return true;
    case HUB_STEP_HASHING:
        *busy = true;
        return hash_piece(t, err);
    case HUB_STEP_GET:
        return get(t, err);
    case HUB_STEP_ASKING:
    case HUB_STEP_GETTING:
    case HUB_STEP_DONE:
        break;
    }
    return true;
}

static bool got(struct hub_transfer *t, enum hub_outcome outcome, double asked, struct error *why,
                struct error *err)
{
    long status = t->exchange.reply.status;
    char origin[HUB_ORIGIN];
    hub_origin(t->exchange.url, origin);
    if (t->useless || (outcome == HUB_DONE && status == 416)) {
        error_set(why, ERROR_IO, "%s: cannot go on from byte %zu", origin, t->have);
        return start_over(t, err) && try_again(t, HUB_STEP_GET, asked, why, err);
    }
    /* The wrong thing was sent (see take_body). */
    if (outcome == HUB_FAILED && t->exchange.error.code == ERROR_INPUT) {
        struct error wrong = {0};
        error_set(&wrong, ERROR_IO, "%s: %s", origin, t->exchange.error.text);
        if (t->failures >= MOST_WRONG)
            return error_set(err, ERROR_IO, "%s: %s", t->file->path, wrong.text);
        return try_again(t, HUB_STEP_GET, asked, &wrong, err);
    }
    if (outcome == HUB_FAILED) return error_set(err, why->code, "%s", why->text);
    if (outcome == HUB_TRANSIENT) return try_again(t, HUB_STEP_GET, asked, why, err);
    if (status != 200 && status != 206)
        return hub_refusal(t->download->settings, t->download->name, t->file->path,
                           &t->exchange.reply, err);
    if (t->have == t->size) return finish(t, err);
    error_set(why, ERROR_IO, "%s: ended after %zu of %zu bytes", origin, t->have, t->size);
    return try_again(t, HUB_STEP_GET, asked, why, err);
}

bool hub_transfer_answered(struct hub_transfer *t, CURLcode result, struct error *err)
{
    struct error why = {0};
    double asked;
    enum hub_outcome outcome =
        hub_exchange_end(&t->exchange, t->download->multi, result, &asked, &why);
    t->download->reached = t->download->reached || t->exchange.answered;
    if (outcome == HUB_CONTINUES) return true;
    if (t->step == HUB_STEP_GETTING) return got(t, outcome, asked, &why, err);

    if (outcome == HUB_FAILED) return error_set(err, why.code, "%s", why.text);
    if (outcome == HUB_TRANSIENT) return try_again(t, HUB_STEP_ASK, asked, &why, err);
    long status = t->exchange.reply.status;
    if (status != 200 && (status < 300 || status >= 400))
        return hub_refusal(t->download->settings, t->download->name, t->file->path,
                           &t->exchange.reply, err);
    return take_header(t, err);
}
