/* Ingesting files and folders: one transaction a document. */
#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/file.h"
#include "ingest/store_document.h"
#include "store/pages.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <xxhash.h>

/* Part of every document's hash: raise it when the same contents would be read into other facts or
 * passages, so that documents are read again. */
_Static_assert(N_DOCUMENT_KINDS <= 16, "a kind has 4 bits of the hash's seed");
enum { READER_VERSION = 2, MAX_DEPTH = 32, MAX_FILES = 1000000 };

static bool is_cancelled(const struct ingest_options *o)
{
    return o->cancel && atomic_load_explicit(o->cancel, memory_order_relaxed);
}

uint64_t ingest_hash(enum document_kind kind, const void *data, size_t len)
{
    return XXH3_64bits_withSeed(data, len, READER_VERSION * 16 + (uint64_t)kind);
}

bool ingest_text(struct store *store, const char *path, enum document_kind kind, const char *data,
                 size_t len, const struct ingest_options *options, struct ingest_totals *totals,
                 struct error *err)
{
    static const struct ingest_options NO_OPTIONS = {0};
    if (!options) options = &NO_OPTIONS;
    double start = clock_seconds();
    if (options->progress) options->progress(options->context, path, 0, len);
    if (is_cancelled(options)) return error_set(err, ERROR_CANCELLED, "%s: cancelled", path);
    /* Read before the transaction: a bad file leaves what is stored at its path as it was, and a slow
     * one keeps no other writer waiting. */
    uint64_t hash = ingest_hash(kind, data, len);
    bool unchanged = false;
    if (!store_document_is_current(store, path, hash, &unchanged, err)) return false;
    if (unchanged) {
        totals->unchanged++;
        totals->seconds += clock_seconds() - start;
        return true;
    }
    struct document d;
    const struct document_options read = {.path = path,
                                          .cancel = options->cancel,
                                          .password = options->password,
                                          .ocr_languages = options->ocr_languages};
    if (!document_read(&d, kind, data, len, &read, err)) return false;
    enum store_outcome outcome;
    if (!store_begin_document(store, path, document_kind_name(kind), hash, len, &outcome, err)) {
        document_free(&d);
        return false;
    }
    if (outcome == STORE_UNCHANGED) {
        totals->unchanged++;
        document_free(&d);
        return true;
    }
    struct ingest_totals counted = {0};
    bool ok = store_document_contents(store, &d, data, len, options, &counted, err);
    if (ok && d.n_pages && options->keep_original) ok = store_keep_original(store, data, len, err);
    if (ok && counted.chunks == 0 && counted.facts == 0)
        ok = error_set(err, ERROR_INPUT, "%s: holds %s", path,
                       kind == DOCUMENT_MARKDOWN || kind == DOCUMENT_TEXT ? "a title and no text"
                                                                          : "no rows");
    document_free(&d);
    struct store_written written;
    if (!ok)
        store_rollback(store);
    else
        ok = store_commit(store, &written, err);
    if (ok) {
        totals->documents++;
        if (outcome == STORE_REPLACED) totals->replaced++;
        totals->chunks += counted.chunks;
        totals->facts += counted.facts;
        totals->vehicles += written.vehicles;
        totals->rows += counted.rows;
        totals->bytes += len;
        if (options->progress) options->progress(options->context, path, len, len);
    }
    totals->seconds += clock_seconds() - start;
    return ok;
}

bool ingest_file(struct store *store, const char *path, const struct ingest_options *options,
                 struct ingest_totals *totals, struct error *err)
{
    enum document_kind kind;
    struct mapping m;
    if (!mapping_open(&m, path, err)) return false;
    const char *data = (const char *)m.data;
    bool ok = document_kind_find(path, data, m.size, &kind, err);
    if (ok) {
        char *whole = realpath(path, NULL); /* so that "./a.csv" and "a.csv" are one document */
        ok = ingest_text(store, whole ? whole : path, kind, data, m.size, options, totals, err);
        free(whole);
    }
    mapping_close(&m);
    return ok;
}

/* ---- folders ---- */

struct file_list {
    char **paths;
    size_t n, cap;
};

static void report(const struct ingest_options *o, enum ingest_event event, const char *path,
                   const char *text)
{
    if (o->report) o->report(o->context, event, path, text);
}

static bool list_folder(struct file_list *l, const char *path, int depth, const struct ingest_options *o,
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
        if (entry->d_name[0] == '.') continue;
        char *full = path_join(path, entry->d_name);
        struct stat info;
        if (!full) {
            ok = error_memory(err, path);
            break;
        }
        bool link = lstat(full, &info) == 0 && S_ISLNK(info.st_mode);
        enum document_kind kind;
        if (file_is_directory(full)) {
            if (!link && depth < MAX_DEPTH) ok = list_folder(l, full, depth + 1, o, totals, err);
        } else if (strncasecmp(entry->d_name, "README", 6) == 0) {
            totals->skipped++;
        } else if (!document_kind_of_name(full, &kind)) {
            totals->skipped++;
            report(o, INGEST_SKIPPED, full, "this kind of file cannot be read");
        } else if (l->n == MAX_FILES) {
            ok = error_set(err, ERROR_UNSUPPORTED, "%s: more than %d files", path, MAX_FILES);
        } else {
            if (l->n == l->cap) {
                size_t cap = l->cap ? l->cap * 2 : 64;
                char **grown = realloc(l->paths, cap * sizeof *grown);
                if (!grown) {
                    free(full);
                    ok = error_memory(err, path);
                    break;
                }
                l->paths = grown;
                l->cap = cap;
            }
            l->paths[l->n++] = full;
            full = NULL;
        }
        free(full);
    }
    closedir(dir);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool ingest_path(struct store *store, const char *path, const struct ingest_options *options,
                 struct ingest_totals *totals, struct error *err)
{
    static const struct ingest_options NO_OPTIONS = {0};
    if (!options) options = &NO_OPTIONS;
    if (!file_is_directory(path)) return ingest_file(store, path, options, totals, err);
    struct file_list l = {0};
    bool ok = list_folder(&l, path, 0, options, totals, err);
    if (l.n) qsort(l.paths, l.n, sizeof *l.paths, compare_names);
    if (ok && l.n == 0)
        ok = error_set(err, ERROR_INPUT,
                       "%s: the folder holds no CSV, JSON, Markdown or text files", path);
    for (size_t i = 0; i < l.n; i++) {
        struct error failure = {0};
        if (ok && !ingest_file(store, l.paths[i], options, totals, &failure)) {
            if (failure.code == ERROR_CANCELLED) {
                ok = error_set(err, failure.code, "%s", failure.text);
            } else {
                report(options, INGEST_FAILED, l.paths[i], failure.text);
                totals->failed++;
            }
        }
        free(l.paths[i]);
    }
    free(l.paths);
    return ok;
}
