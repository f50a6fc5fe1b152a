/* Many files: the list of them, and reading them several at a time.
 *
 * Threads take the files in their order, map, hash and parse them; the caller's thread stores them in
 * the same order. A thread that is further ahead than there are threads waits, so that a slow file
 * does not let the others fill memory. */
#include "ingest/ingest.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/thread_pool.h"
#include "ingest/intake.h"
#include "store/copies.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { MAX_DEPTH = 32, MAX_FILES = 1000000, MAX_THREADS = 64, LOOK_MS = 100 };

static const struct ingest_options NO_OPTIONS = {0};

static void report(const struct ingest_options *o, enum ingest_event event, const char *path,
                   const char *text)
{
    if (o->report) o->report(o->context, event, path, text);
}

/* ---- the list ---- */

bool ingest_list_add_file(struct ingest_list *l, const char *path, struct error *err)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        struct ingest_item *grown = realloc(l->items, cap * sizeof *grown);
        if (!grown) return error_memory(err, path);
        l->items = grown;
        l->cap = cap;
    }
    char *copy = strdup(path);
    if (!copy) return error_memory(err, path);
    l->items[l->n++] = (struct ingest_item){.path = copy};
    return true;
}

void ingest_list_free(struct ingest_list *l)
{
    for (size_t i = 0; i < l->n; i++) free(l->items[i].path);
    free(l->items);
    *l = (struct ingest_list){0};
}

bool ingest_takes_name(const char *path)
{
    const char *name = path_base(path);
    enum document_kind kind;
    return name[0] != '.' && strncasecmp(name, "README", 6) != 0 && document_kind_of_name(path, &kind);
}

bool ingest_is_page_folder(const char *folder, const char *name)
{
    static const char *const TAILS[] = {"_files", ".files", "_fichiers", "-Dateien", "_archivos"};
    static const char *const PAGES[] = {".html", ".htm", ".xhtml"};
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof TAILS / sizeof *TAILS; i++) {
        size_t tail = strlen(TAILS[i]);
        if (n <= tail || strcmp(name + n - tail, TAILS[i]) != 0) continue;
        for (size_t k = 0; k < sizeof PAGES / sizeof *PAGES; k++) {
            struct buffer page = {0};
            buffer_printf(&page, "%s/%.*s%s", folder, (int)(n - tail), name, PAGES[k]);
            bool there = file_exists(buffer_text(&page));
            buffer_free(&page);
            if (there) return true;
        }
    }
    return false;
}

static bool list_folder(struct ingest_list *l, const char *path, int depth, const struct ingest_options *o,
                        struct ingest_totals *totals, struct error *err)
{
    DIR *dir = opendir(path);
    if (!dir) {
        if (depth == 0) return error_errno(err, ERROR_IO, "%s", path);
        report(o, INGEST_FAILED, path, "cannot be opened");
        totals->failed++;
        return true;
    }
    bool ok = true;
    struct dirent *entry;
    while (ok && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.' || ingest_is_page_folder(path, entry->d_name)) continue;
        char *full = path_join(path, entry->d_name);
        struct stat info;
        if (!full) {
            ok = error_memory(err, path);
            break;
        }
        bool link = lstat(full, &info) == 0 && S_ISLNK(info.st_mode);
        if (file_is_directory(full)) {
            if (!link && depth < MAX_DEPTH) ok = list_folder(l, full, depth + 1, o, totals, err);
        } else if (strncasecmp(entry->d_name, "README", 6) == 0) {
            totals->skipped++;
        } else if (!ingest_takes_name(full)) {
            totals->skipped++;
            report(o, INGEST_SKIPPED, full, "this kind of file cannot be read");
        } else if (l->n == MAX_FILES) {
            ok = error_set(err, ERROR_UNSUPPORTED, "%s: more than %d files", path, MAX_FILES);
        } else {
            ok = ingest_list_add_file(l, full, err);
        }
        free(full);
    }
    closedir(dir);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct ingest_item *)a)->path, ((const struct ingest_item *)b)->path);
}

bool ingest_list_add_folder(struct ingest_list *l, const char *path,
                            const struct ingest_options *options, struct ingest_totals *totals,
                            struct error *err)
{
    size_t before = l->n;
    if (!list_folder(l, path, 0, options ? options : &NO_OPTIONS, totals, err)) return false;
    if (l->n > before) qsort(l->items + before, l->n - before, sizeof *l->items, compare_names);
    return true;
}

static bool add_folder(struct ingest_list *l, const char *path, const struct ingest_options *o,
                       struct ingest_totals *totals, struct error *err)
{
    size_t before = l->n;
    return ingest_list_add_folder(l, path, o, totals, err) &&
           (l->n > before ||
            error_set(err, ERROR_INPUT, "%s: the folder holds no files that can be read (" DOCUMENT_KINDS_READ ")", path));
}

bool ingest_list_add(struct ingest_list *l, const char *path, const struct ingest_options *options,
                     struct ingest_totals *totals, struct error *err)
{
    if (!options) options = &NO_OPTIONS;
    if (!file_is_directory(path)) {
        if (!ingest_list_add_file(l, path, err)) return false;
        l->items[l->n - 1].argument = true;
        return true;
    }
    struct error failure = {0};
    if (add_folder(l, path, options, totals, &failure)) return true;
    if (failure.code == ERROR_MEMORY) return error_set(err, failure.code, "%s", failure.text);
    report(options, INGEST_FAILED, path, failure.text);
    totals->arguments_failed++;
    return true;
}

/* ---- reading ahead ---- */

/* A file between its being taken and its being stored. */
struct slot {
    size_t number; /* of the list */
    bool ready;
    bool ok;
    char *whole; /* its path without "." and links; NULL: as it was given */
    struct mapping map;
    struct intake intake;
    struct error error;
    /* How far its reading is, for who waits for it. */
    size_t done, total;
    const char *word; /* NULL: not told */
};

struct pipeline {
    const struct ingest_list *list;
    const struct ingest_options *options;
    size_t n_slots; /* threads + 1; file i has slot i % n_slots */
    struct slot *slots;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* one is ready, or there is room */
    size_t next;            /* to be taken */
    size_t stored;          /* this many are done with */
    bool stop;
    bool alone; /* no threads: files are parsed when they are stored */
    atomic_bool cancel; /* what readers look at: the caller's flag, or an end for another reason */
    uint64_t *known;    /* hashes of what is stored or being read: an open-addressed set, 0 free */
    size_t known_cap, n_known;
};

static void set_put(uint64_t *set, size_t cap, uint64_t hash)
{
    size_t i = (size_t)hash & (cap - 1);
    while (set[i] && set[i] != hash) i = (i + 1) & (cap - 1);
    set[i] = hash;
}

/* Adds a hash; *there: it was in the set. A set that cannot grow forgets: files are then parsed that
 * need not be. Called with the lock held. */
static bool know(struct pipeline *p, uint64_t hash)
{
    if (!hash) hash = 1;
    size_t mask = p->known_cap - 1, i = (size_t)hash & mask;
    while (p->known_cap && p->known[i] && p->known[i] != hash) i = (i + 1) & mask;
    if (p->known_cap && p->known[i]) return true;
    if (2 * (p->n_known + 1) > p->known_cap) {
        size_t cap = p->known_cap ? 2 * p->known_cap : 1024;
        uint64_t *grown = calloc(cap, sizeof *grown);
        if (!grown) return false;
        for (size_t k = 0; k < p->known_cap; k++)
            if (p->known[k]) set_put(grown, cap, p->known[k]);
        free(p->known);
        p->known = grown;
        p->known_cap = cap;
    }
    set_put(p->known, p->known_cap, hash);
    p->n_known++;
    return false;
}

static bool is_cancelled(const struct ingest_options *o)
{
    return o->cancel && atomic_load_explicit(o->cancel, memory_order_relaxed);
}

struct slot_progress {
    struct pipeline *pipeline;
    struct slot *slot;
};

static void on_progress(void *context, size_t done, size_t total, const char *word)
{
    struct slot_progress *at = context;
    if (is_cancelled(at->pipeline->options)) atomic_store(&at->pipeline->cancel, true);
    pthread_mutex_lock(&at->pipeline->lock);
    at->slot->done = done;
    at->slot->total = total;
    at->slot->word = word;
    pthread_mutex_unlock(&at->pipeline->lock);
}

/* Maps, hashes and parses a file, as far as that is of use. */
static bool read_ahead(struct pipeline *p, struct slot *s, const char *path)
{
    struct intake *in = &s->intake;
    if (!mapping_open(&s->map, path, &s->error)) return false;
    in->data = (const char *)s->map.data;
    in->len = s->map.size;
    in->file = &s->map;
    if (!document_kind_find(path, in->data, in->len, &in->kind, &s->error)) return false;
    s->whole = realpath(path, NULL); /* so that "./a.csv" and "a.csv" are one document */
    in->path = s->whole ? s->whole : path;
    intake_hash(in, p->options);
    pthread_mutex_lock(&p->lock);
    bool known = know(p, in->hash);
    pthread_mutex_unlock(&p->lock);
    /* What is there already is not read again; the store says what becomes of it. */
    struct slot_progress at = {p, s};
    return known || p->alone || intake_parse(in, p->options, &p->cancel, on_progress, &at, &s->error);
}

/* Takes the next file that there is room for; NULL: there are no more. With the lock held. */
static struct slot *take_slot(struct pipeline *p, bool wait)
{
    while (!p->stop && p->next < p->list->n && p->next >= p->stored + p->n_slots) {
        if (!wait) return NULL;
        pthread_cond_wait(&p->changed, &p->lock);
    }
    if (p->stop || p->next == p->list->n) return NULL;
    struct slot *s = &p->slots[p->next % p->n_slots];
    *s = (struct slot){.number = p->next++};
    return s;
}

static void fill_slot(struct pipeline *p, struct slot *s)
{
    bool ok = read_ahead(p, s, p->list->items[s->number].path);
    pthread_mutex_lock(&p->lock);
    s->ok = ok;
    s->ready = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static void *read_main(void *context)
{
    struct pipeline *p = context;
    for (;;) {
        pthread_mutex_lock(&p->lock);
        struct slot *s = take_slot(p, true);
        pthread_mutex_unlock(&p->lock);
        if (!s) return NULL;
        fill_slot(p, s);
    }
}

static void slot_free(struct slot *s)
{
    intake_free(&s->intake);
    mapping_close(&s->map);
    free(s->whole);
    *s = (struct slot){0};
}

/* ---- storing in order ---- */

/* Waits for file i, and tells meanwhile how far it is. */
static struct slot *wait_slot(struct pipeline *p, size_t i)
{
    const struct ingest_options *o = p->options;
    struct slot *s = &p->slots[i % p->n_slots];
    pthread_mutex_lock(&p->lock);
    while (!(s->ready && s->number == i)) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) until.tv_nsec -= 1000000000L, until.tv_sec++;
        pthread_cond_timedwait(&p->changed, &p->lock, &until);
        if (is_cancelled(o)) atomic_store(&p->cancel, true);
        if (s->ready || s->number != i || !s->word || !o->progress) continue;
        size_t done = s->done, total = s->total;
        const char *word = s->word, *path = s->intake.path;
        pthread_mutex_unlock(&p->lock); /* its fields stay: only this thread ends a slot */
        o->progress(o->context, path, done, total, word);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return s;
}

static void end_slot(struct pipeline *p, struct slot *s)
{
    slot_free(s);
    pthread_mutex_lock(&p->lock);
    s->number = SIZE_MAX;
    p->stored++;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static bool store_all(struct pipeline *p, size_t n_threads, struct ingest_list *l, struct store *store,
                      struct ingest_totals *totals, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < l->n; i++) {
        if (n_threads == 0) {
            struct slot *own = take_slot(p, false);
            if (own) fill_slot(p, own);
        }
        struct slot *s = wait_slot(p, i);
        struct ingest_item *item = &l->items[i];
        struct error failure = s->error;
        if (s->ok) intake_store(&s->intake, store, p->options, totals, &failure);
        item->outcome = failure.code;
        end_slot(p, s);
        if (failure.code == ERROR_CANCELLED) {
            ok = error_set(err, failure.code, "%s", failure.text);
        } else if (failure.code) {
            report(p->options, INGEST_FAILED, item->path, failure.text);
            *(item->argument ? &totals->arguments_failed : &totals->failed) += 1;
        }
    }
    return ok;
}

static bool know_stored(struct pipeline *p, struct store *store, struct error *err)
{
    uint64_t *hashes;
    size_t n;
    bool ok = store_list_hashes(store, &hashes, &n, err);
    for (size_t i = 0; ok && i < n; i++) know(p, hashes[i]);
    free(hashes);
    return ok;
}

bool ingest_list_read(struct ingest_list *l, struct store *store, const struct ingest_options *options,
                      struct ingest_totals *totals, struct error *err)
{
    if (!options) options = &NO_OPTIONS;
    double start = clock_seconds();
    size_t want = options->threads ? options->threads : thread_pool_cores(), n_threads = 0;
    pthread_t threads[MAX_THREADS];
    if (want > MAX_THREADS) want = MAX_THREADS;
    if (want > l->n) want = l->n;
    if (want == 1) want = 0;
    struct pipeline p = {.list = l, .options = options, .n_slots = want + 1, .alone = want == 0};
    pthread_mutex_init(&p.lock, NULL);
    pthread_cond_init(&p.changed, NULL);
    p.slots = calloc(p.n_slots, sizeof *p.slots);
    bool ok = p.slots || error_memory(err, "files");
    for (size_t i = 0; ok && i < p.n_slots; i++) p.slots[i].number = SIZE_MAX;
    ok = ok && know_stored(&p, store, err);
    /* Fewer threads than were asked for are slower, and no reason to fail. */
    while (ok && n_threads < want && pthread_create(&threads[n_threads], NULL, read_main, &p) == 0)
        n_threads++;
    ok = ok && store_all(&p, n_threads, l, store, totals, err);
    pthread_mutex_lock(&p.lock);
    p.stop = true;
    atomic_store(&p.cancel, true);
    pthread_cond_broadcast(&p.changed);
    pthread_mutex_unlock(&p.lock);
    for (size_t i = 0; i < n_threads; i++) pthread_join(threads[i], NULL);
    for (size_t i = 0; p.slots && i < p.n_slots; i++) slot_free(&p.slots[i]);
    free(p.slots);
    free(p.known);
    pthread_cond_destroy(&p.changed);
    pthread_mutex_destroy(&p.lock);
    totals->seconds += clock_seconds() - start;
    return ok;
}

/* One path: the error of a single file is the caller's. */
bool ingest_path(struct store *store, const char *path, const struct ingest_options *options,
                 struct ingest_totals *totals, struct error *err)
{
    if (!options) options = &NO_OPTIONS;
    if (!file_is_directory(path)) return ingest_file(store, path, options, totals, err);
    struct ingest_list l = {0};
    bool ok = add_folder(&l, path, options, totals, err) &&
              ingest_list_read(&l, store, options, totals, err);
    ingest_list_free(&l);
    return ok;
}
