/* Ingesting one document: one transaction. */
#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/file.h"
#include "ingest/intake.h"
#include "ingest/store_document.h"
#include "ingest/subject.h"
#include "store/copies.h"
#include "store/pages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <xxhash.h>

/* Part of every document's hash: raise it when the same contents would be read into other facts or
 * passages, so that documents are read again. */
_Static_assert(N_DOCUMENT_KINDS <= 16, "a kind has 4 bits of the hash's seed");
enum { READER_VERSION = 4 };

uint64_t ingest_hash(enum document_kind kind, const void *data, size_t len)
{
    return XXH3_64bits_withSeed(data, len, READER_VERSION * 16 + (uint64_t)kind);
}

/* The same of a file, of which no more than a piece is in memory at a time. */
static uint64_t hash_file(enum document_kind kind, const struct mapping *file)
{
    const size_t piece = (size_t)8 << 20;
    XXH3_state_t *state = file->size > piece ? XXH3_createState() : NULL;
    if (!state) return ingest_hash(kind, file->data, file->size);
    XXH3_64bits_reset_withSeed(state, READER_VERSION * 16 + (uint64_t)kind);
    for (size_t at = 0; at < file->size; at += piece) {
        XXH3_64bits_update(state, file->data + at, file->size - at < piece ? file->size - at : piece);
        mapping_drop(file);
    }
    uint64_t hash = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return hash;
}

/* What is known beside the text makes other facts of the same contents. */
void intake_hash(struct intake *in, const struct ingest_options *o)
{
    in->hash = in->file ? hash_file(in->kind, in->file) : ingest_hash(in->kind, in->data, in->len);
    if (o->title) in->hash = XXH3_64bits_withSeed(o->title, strlen(o->title), in->hash);
    if (!o->vehicle || !vehicle_is_known(o->vehicle)) return;
    const struct vehicle *v = o->vehicle;
    const char *fields[] = {v->manufacturer, v->model,       v->trim,
                            v->category,     v->engine_type, v->transmission};
    in->hash = XXH3_64bits_withSeed(&v->year, sizeof v->year, in->hash);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        in->hash = XXH3_64bits_withSeed(fields[i], strlen(fields[i]), in->hash);
}

bool intake_parse(struct intake *in, const struct ingest_options *o, const atomic_bool *cancel,
                  void (*progress)(void *context, size_t done, size_t total, const char *word),
                  void *context, struct error *err)
{
    const struct document_options read = {.path = in->path,
                                          .cancel = cancel,
                                          .password = o->password,
                                          .ocr_languages = o->ocr_languages,
                                          .charset = o->charset,
                                          .file = in->file,
                                          .progress = progress,
                                          .context = context};
    in->parsed = document_read(&in->document, in->kind, in->data, in->len, &read, err);
    return in->parsed;
}

void intake_free(struct intake *in)
{
    if (in->parsed) document_free(&in->document);
    in->parsed = false;
}

/* ---- duplicates ---- */

static bool subject_of_name(struct subject *s, struct arena *arena, const char *path)
{
    const char *base = path_base(path), *dot = strrchr(base, '.');
    size_t len = dot && dot != base ? (size_t)(dot - base) : strlen(base);
    char *name = arena_strndup(arena, base, len);
    for (char *p = name; p && *p; p++)
        if (*p == '_' || *p == '-') *p = ' ';
    return name && subject_read(s, arena, name, len, SUBJECT_FILE);
}

/* Whether two files' names speak of the same vehicle, or of none: what they hold is the same then. */
static bool same_by_name(const char *a, const char *b, bool *same, struct error *err)
{
    struct arena arena = {0};
    struct subject x, y;
    bool ok = (subject_of_name(&x, &arena, a) && subject_of_name(&y, &arena, b)) ||
              error_memory(err, "the name of a file");
    *same = ok && x.make_number == y.make_number && x.year_first == y.year_first &&
            x.year_last == y.year_last &&
            (x.make_number < 0 || (strcasecmp(x.model, y.model) == 0 && strcasecmp(x.trim, y.trim) == 0));
    arena_free(&arena);
    return ok;
}

static bool is_gone(const char *path)
{
    return path[0] == '/' && access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* Whether a document with these contents is there under another name, so that nothing is to be read:
 * the file is its copy from now on, or takes its name where its own file is gone. */
static bool find_duplicate(const struct intake *in, struct store *store,
                           const struct ingest_options *o, struct ingest_totals *totals, bool *done,
                           struct error *err)
{
    struct arena arena = {0};
    struct store_document d, of;
    bool found = false, noted = false, same = false;
    bool ok = store_find_contents(store, in->hash, in->len, &arena, &d, &found, err);
    found = found && strcmp(d.path, in->path) != 0 && strcmp(d.kind, document_kind_name(in->kind)) == 0;
    ok = ok && (!found || same_by_name(in->path, d.path, &same, err));
    *done = ok && found && same;
    if (*done) ok = store_find_copy(store, in->path, &arena, &of, &noted, err);
    if (ok && *done && is_gone(d.path)) {
        ok = store_rename_document(store, d.id, in->path, err);
        totals->duplicates += ok;
        if (ok && o->report) o->report(o->context, INGEST_RENAMED, in->path, d.path);
    } else if (ok && *done && noted && of.id == d.id) {
        totals->unchanged++;
    } else if (ok && *done) {
        ok = store_add_copy(store, in->path, d.id, err);
        totals->duplicates += ok;
        if (ok && o->report) o->report(o->context, INGEST_DUPLICATE, in->path, d.path);
    }
    arena_free(&arena);
    return ok;
}

/* ---- storing ---- */

struct reading {
    const struct ingest_options *options;
    const char *path;
};

static void on_read(void *context, size_t done, size_t total, const char *word)
{
    const struct reading *r = context;
    r->options->progress(r->options->context, r->path, done, total, word);
}

static bool is_cancelled(const struct ingest_options *o)
{
    return o->cancel && atomic_load_explicit(o->cancel, memory_order_relaxed);
}

bool intake_store(struct intake *in, struct store *store, const struct ingest_options *o,
                  struct ingest_totals *totals, struct error *err)
{
    if (o->progress) o->progress(o->context, in->path, 0, in->len, "bytes");
    if (is_cancelled(o)) return error_set(err, ERROR_CANCELLED, "%s: cancelled", in->path);
    bool done = false;
    if (!store_document_is_current(store, in->path, in->hash, &done, err)) return false;
    if (done) {
        totals->unchanged++;
        return true;
    }
    if (o->skip_duplicates && !find_duplicate(in, store, o, totals, &done, err)) return false;
    if (done) return true;
    /* Read before the transaction: a bad file leaves what is stored at its path as it was, and a slow
     * one keeps no other writer waiting. */
    struct reading r = {o, in->path};
    if (!in->parsed && !intake_parse(in, o, o->cancel, o->progress ? on_read : NULL, &r, err)) return false;
    enum store_outcome outcome;
    if (!store_begin_document(store, in->path, document_kind_name(in->kind), in->hash, in->len, &outcome,
                              err))
        return false;
    if (outcome == STORE_UNCHANGED) {
        totals->unchanged++;
        return true;
    }
    struct ingest_totals counted = {0};
    bool ok = store_document_contents(store, &in->document, in->data, in->len, o, &counted, err);
    if (ok && in->document.n_pages && o->keep_original)
        ok = store_keep_original(store, in->data, in->len, err);
    if (in->file) mapping_drop(in->file);
    if (ok && counted.chunks == 0 && counted.facts == 0)
        ok = error_set(err, ERROR_INPUT, "%s: holds %s", in->path,
                       document_is_text(in->kind) ? "a title and no text" : "no rows");
    struct store_written written;
    if (!ok)
        store_rollback(store);
    else
        ok = store_commit(store, &written, err);
    if (!ok) return false;
    totals->documents++;
    if (outcome == STORE_REPLACED) totals->replaced++;
    totals->chunks += counted.chunks;
    totals->facts += counted.facts;
    totals->vehicles += written.vehicles;
    totals->rows += counted.rows;
    totals->bytes += in->len;
    if (o->progress) o->progress(o->context, in->path, in->len, in->len, "bytes");
    return true;
}

static bool ingest_intake(struct intake *in, struct store *store, const struct ingest_options *options,
                          struct ingest_totals *totals, struct error *err)
{
    static const struct ingest_options NO_OPTIONS = {0};
    if (!options) options = &NO_OPTIONS;
    double start = clock_seconds();
    intake_hash(in, options);
    bool ok = intake_store(in, store, options, totals, err);
    intake_free(in);
    totals->seconds += clock_seconds() - start;
    return ok;
}

bool ingest_text(struct store *store, const char *path, enum document_kind kind, const char *data,
                 size_t len, const struct ingest_options *options, struct ingest_totals *totals,
                 struct error *err)
{
    struct intake in = {.path = path, .kind = kind, .data = data, .len = len};
    return ingest_intake(&in, store, options, totals, err);
}

bool ingest_mapping(struct store *store, const char *path, enum document_kind kind, const struct mapping *file,
                    const struct ingest_options *options, struct ingest_totals *totals, struct error *err)
{
    struct intake in = {
        .path = path, .kind = kind, .data = (const char *)file->data, .len = file->size, .file = file};
    return ingest_intake(&in, store, options, totals, err);
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
        ok = ingest_mapping(store, whole ? whole : path, kind, &m, options, totals, err);
        free(whole);
    }
    mapping_close(&m);
    return ok;
}
