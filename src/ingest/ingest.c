/* Ingesting files and folders: what kind they are, whether they are sound, one transaction each. */
#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "ingest/reader.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

/* Part of every document's hash: raise it when the same contents would be read into other chunks,
 * so that documents are read again. */
enum { READER_VERSION = 1, PROGRESS_EVERY = 256 /* chunks */ };

const char *ingest_kind_name(enum document_kind kind)
{
    static const char *const NAMES[] = {"csv", "json", "markdown", "text"};
    return NAMES[kind];
}

static bool is_cancelled(const struct ingest_options *o)
{
    return o->cancel && atomic_load_explicit(o->cancel, memory_order_relaxed);
}

bool reader_emit(struct reader *r, const struct chunk *chunk, struct error *err)
{
    if (!store_add_chunk(r->store, chunk, err)) return false;
    if (r->totals->chunks++ % PROGRESS_EVERY == 0) {
        if (is_cancelled(r->options))
            return error_set(err, ERROR_CANCELLED, "%s: cancelled", r->path);
        if (r->options->progress)
            r->options->progress(r->options->context, r->path, chunk->byte_end, r->len);
    }
    return true;
}

struct lookup {
    struct reader *reader;
};

static const char *store_spelling(void *context, const char *key)
{
    struct lookup *l = context;
    const char *name = NULL;
    if (manufacturer_known(key)) return NULL; /* the built-in spelling will do */
    if (!store_find_manufacturer(l->reader->store, key, &l->reader->arena, &name, NULL))
        return NULL;
    return name;
}

bool reader_parse_heading(struct reader *r, struct vehicle *out, const char *text, size_t len)
{
    struct lookup l = {r};
    return vehicle_parse_heading(out, text, len, store_spelling, &l, &r->arena);
}

struct vehicle reader_vehicle(const struct reader *r)
{
    return r->options->vehicle ? *r->options->vehicle : vehicle_none();
}

static size_t line_of(const char *data, size_t offset)
{
    size_t line = 1;
    const char *p = data, *end = data + offset;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        line++;
        p++;
    }
    return line;
}

/* What no reader can take: nothing at all, NUL bytes, invalid UTF-8. */
static bool check_text(const char *path, const char *data, size_t len, struct error *err)
{
    size_t i = 0;
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) i = 3;
    while (i < len && strchr(" \t\r\n", data[i]) && data[i]) i++;
    if (len == 0) return error_set(err, ERROR_INPUT, "%s: is empty", path);
    if (len >= 5 && memcmp(data, "%PDF-", 5) == 0)
        return error_set(err, ERROR_UNSUPPORTED, "%s: is a PDF, which cannot be read yet", path);
    const char *nul = memchr(data, '\0', len);
    if (nul)
        return error_set(err, ERROR_INPUT,
                         "%s: line %zu: a NUL byte at offset %zu: not a text file in UTF-8", path,
                         line_of(data, (size_t)(nul - data)), (size_t)(nul - data));
    size_t valid = utf8_valid_prefix(data, len);
    if (valid < len)
        return error_set(err, ERROR_INPUT,
                         "%s: line %zu: invalid UTF-8 at offset %zu (byte 0x%02x); text "
                         "has to be saved as UTF-8",
                         path, line_of(data, valid), valid, (unsigned char)data[valid]);
    if (i == len) return error_set(err, ERROR_INPUT, "%s: holds only white space", path);
    return true;
}

bool ingest_text(struct store *store, const char *path, enum document_kind kind, const char *data,
                 size_t len, const struct ingest_options *options, struct ingest_totals *totals,
                 struct error *err)
{
    static const struct ingest_options NO_OPTIONS = {0};
    static bool (*const READERS[])(struct reader *, struct error *) = {
        read_csv, read_json, read_markdown, read_plain_text};
    if (!options) options = &NO_OPTIONS;
    double start = clock_seconds();
    if (options->progress) options->progress(options->context, path, 0, len);
    if (is_cancelled(options)) return error_set(err, ERROR_CANCELLED, "%s: cancelled", path);
    if (!check_text(path, data, len, err)) return false;
    uint64_t seed = READER_VERSION * 16 + (uint64_t)kind;
    enum store_outcome outcome;
    if (!store_begin_document(store, path, ingest_kind_name(kind),
                              XXH3_64bits_withSeed(data, len, seed), len, &outcome, err))
        return false;
    if (outcome == STORE_UNCHANGED) {
        totals->unchanged++;
        totals->seconds += clock_seconds() - start;
        return true;
    }
    struct ingest_totals counted = {0};
    struct reader r = {.store = store,
                       .path = path,
                       .name = options->title ? options->title : path_base(path),
                       .data = data,
                       .len = len,
                       .options = options,
                       .totals = &counted};
    bool ok = READERS[kind](&r, err);
    if (ok && counted.chunks == 0)
        ok = error_set(err, ERROR_INPUT, "%s: holds %s", path,
                       kind == DOCUMENT_CSV || kind == DOCUMENT_JSON ? "no rows"
                                                                     : "a title and no text");
    arena_free(&r.arena);
    buffer_free(&r.title);
    buffer_free(&r.text);
    buffer_free(&r.location);
    struct store_written written;
    if (!ok)
        store_rollback(store);
    else
        ok = store_commit(store, &written, err);
    if (ok) {
        totals->documents++;
        if (outcome == STORE_REPLACED) totals->replaced++;
        totals->chunks += written.chunks;
        totals->facts += written.facts;
        totals->vehicles += written.vehicles;
        if (kind == DOCUMENT_CSV || kind == DOCUMENT_JSON) totals->rows += counted.rows;
        totals->bytes += len;
        if (options->progress) options->progress(options->context, path, len, len);
    }
    totals->seconds += clock_seconds() - start;
    return ok;
}

/* ---- files ---- */

enum extension { EXTENSION_KNOWN, EXTENSION_REFUSED, EXTENSION_OTHER };

static enum extension kind_of_name(const char *path, enum document_kind *kind)
{
    static const struct {
        const char *extension;
        enum document_kind kind;
    } KINDS[] = {{"csv", DOCUMENT_CSV},     {"tsv", DOCUMENT_CSV},
                 {"tab", DOCUMENT_CSV},     {"json", DOCUMENT_JSON},
                 {"md", DOCUMENT_MARKDOWN}, {"markdown", DOCUMENT_MARKDOWN},
                 {"txt", DOCUMENT_TEXT},    {"text", DOCUMENT_TEXT}};
    static const char *const REFUSED[] = {"pdf", "doc", "docx", "xls",  "xlsx",  "ppt",  "pptx",
                                          "odt", "ods", "html", "htm",  "xml",   "rtf",  "zip",
                                          "gz",  "png", "jpg",  "jpeg", "jsonl", "epub", "parquet"};
    const char *dot = strrchr(path_base(path), '.');
    if (!dot || dot == path_base(path)) return EXTENSION_OTHER;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcasecmp(dot + 1, KINDS[i].extension) == 0) {
            *kind = KINDS[i].kind;
            return EXTENSION_KNOWN;
        }
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        if (strcasecmp(dot + 1, REFUSED[i]) == 0) return EXTENSION_REFUSED;
    return EXTENSION_OTHER;
}

enum document_kind ingest_kind_guess(const char *data, size_t len)
{
    size_t i = 0;
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) i = 3;
    while (i < len && (data[i] == ' ' || data[i] == '\t' || data[i] == '\r' || data[i] == '\n'))
        i++;
    if (i < len && (data[i] == '[' || data[i] == '{')) return DOCUMENT_JSON;
    if (i < len && data[i] == '#') return DOCUMENT_MARKDOWN;
    for (const char *d = ",;\t|"; *d; d++) {
        size_t counts[3] = {0}, line = 0, at = i;
        for (; at < len && line < 3; at++) {
            if (data[at] == *d) counts[line]++;
            if (data[at] == '\n') line++;
        }
        if (line >= 2 && counts[0] >= 2 && counts[0] == counts[1] &&
            (line < 3 || counts[1] == counts[2]))
            return DOCUMENT_CSV;
    }
    return DOCUMENT_TEXT;
}

bool ingest_kind_find(const char *name, const char *data, size_t len, enum document_kind *kind,
                        struct error *err)
{
    enum extension extension = kind_of_name(name, kind);
    if (extension == EXTENSION_REFUSED)
        return error_set(
            err, ERROR_UNSUPPORTED,
            "%s: this kind of file cannot be read yet (CSV, JSON, Markdown and text can)", name);
    if (len == 0) return error_set(err, ERROR_INPUT, "%s: is empty", name);
    if (extension == EXTENSION_OTHER) *kind = ingest_kind_guess(data, len);
    return true;
}

bool ingest_file(struct store *store, const char *path, const struct ingest_options *options,
                 struct ingest_totals *totals, struct error *err)
{
    enum document_kind kind;
    struct mapping m;
    if (!mapping_open(&m, path, err)) return false;
    const char *data = (const char *)m.data;
    bool ok = ingest_kind_find(path, data, m.size, &kind, err);
    if (ok) {
        char *whole = realpath(path, NULL); /* so that "./a.csv" and "a.csv" are one document */
        ok = ingest_text(store, whole ? whole : path, kind, data, m.size, options, totals, err);
        free(whole);
    }
    mapping_close(&m);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool ingest_path(struct store *store, const char *path, const struct ingest_options *options,
                 struct ingest_totals *totals, struct error *err)
{
    if (!file_is_directory(path)) return ingest_file(store, path, options, totals, err);
    DIR *dir = opendir(path);
    if (!dir) return error_errno(err, ERROR_IO, "%s", path);
    char **names = NULL;
    size_t n = 0, cap = 0;
    bool ok = true;
    struct dirent *entry;
    while (ok && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.') continue;
        char *full = path_join(path, entry->d_name);
        enum document_kind kind;
        if (!full) {
            ok = error_memory(err, path);
        } else if (file_is_directory(full)) {
            free(full);
        } else if (strncasecmp(entry->d_name, "README", 6) == 0 ||
                   kind_of_name(full, &kind) != EXTENSION_KNOWN) {
            totals->skipped++;
            free(full);
        } else {
            if (n == cap) {
                cap = cap ? cap * 2 : 64;
                char **grown = realloc(names, cap * sizeof *grown);
                if (!grown) {
                    free(full);
                    ok = error_memory(err, path);
                    break;
                }
                names = grown;
            }
            names[n++] = full;
        }
    }
    closedir(dir);
    if (n) qsort(names, n, sizeof *names, compare_names);
    if (ok && n == 0)
        ok = error_set(err, ERROR_INPUT,
                       "%s: the folder holds no CSV, JSON, Markdown or text files", path);
    for (size_t i = 0; i < n; i++) {
        ok = ok && ingest_file(store, names[i], options, totals, err);
        free(names[i]);
    }
    free(names);
    return ok;
}
