/* autospec ingest: documents into the store; the list of them; deleting them. */
#include "ingest/explain.h"
#include "ingest/ingest.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/progress.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/places.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- reading documents in ---- */

enum { MAX_NOTES = 12 };

struct reading {
    struct ingest_totals totals, before; /* before: when the file at hand was begun */
    struct progress progress;
    char *path; /* the file at hand; NULL: none */
    bool json, verbose;
    size_t failed;
    char *notes[MAX_NOTES]; /* of the file at hand, printed behind its line */
    size_t n_notes, n_more_notes;
};

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* A path below the working directory without that directory's name. */
static const char *shorten(const char *path)
{
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here)) return path;
    size_t n = strlen(here);
    return strncmp(path, here, n) == 0 && path[n] == '/' && path[n + 1] ? path + n + 1 : path;
}

/* Prints the line of the file that was read last, from how the totals grew. */
static void end_file(struct reading *r)
{
    if (!r->path) return;
    progress_end(&r->progress);
    const struct ingest_totals *now = &r->totals, *before = &r->before;
    size_t chunks = now->chunks - before->chunks, rows = now->rows - before->rows;
    bool read = now->documents > before->documents;
    if (!r->json && (read || now->unchanged > before->unchanged)) {
        output_text(shorten(r->path), strlen(shorten(r->path)));
        if (!read)
            output_puts(": unchanged\n");
        else {
            output_printf(": %zu passage%s", chunks, plural(chunks));
            if (rows) output_printf(" from %zu row%s", rows, plural(rows));
            output_printf("%s\n",
                          now->replaced > before->replaced ? ", in place of the old ones" : "");
        }
        for (size_t i = 0; read && i < r->n_notes; i++) {
            output_puts("  ");
            output_text(r->notes[i], strlen(r->notes[i]));
            output_puts("\n");
        }
        if (read && r->n_more_notes)
            output_printf("  and %zu more; `autospec ingest --explain FILE` shows all\n", r->n_more_notes);
        output_flush(NULL);
    }
    for (size_t i = 0; i < r->n_notes; i++) free(r->notes[i]);
    r->n_notes = r->n_more_notes = 0;
    free(r->path);
    r->path = NULL;
}

/* What is odd or was left out is told with the file that it is about. */
static void on_report(void *context, enum ingest_event event, const char *path, const char *text)
{
    struct reading *r = context;
    if (event == INGEST_NOTE) {
        char *copy = r->n_notes < (r->verbose ? MAX_NOTES : MAX_NOTES / 2) ? strdup(text) : NULL;
        if (copy)
            r->notes[r->n_notes++] = copy;
        else
            r->n_more_notes++;
        return;
    }
    end_file(r);
    output_flush(NULL);
    if (event == INGEST_FAILED) {
        /* Readers' errors begin with the path themselves. */
        bool named = strncmp(text, path, strlen(path)) == 0;
        fprintf(stderr, "autospec: %s%s%s\n", named ? "" : path, named ? "" : ": ", text);
    } else if (r->verbose) {
        fprintf(stderr, "autospec: %s: skipped: %s\n", path, text);
    }
}

static void on_progress(void *context, const char *path, size_t done, size_t total)
{
    struct reading *r = context;
    if (!r->path || strcmp(r->path, path) != 0) {
        end_file(r);
        r->before = r->totals;
        r->path = strdup(path);
        progress_start(&r->progress, path_base(r->path ? r->path : path), "bytes", total);
    }
    progress_update(&r->progress, done);
}

static bool print_totals(const struct reading *r, struct error *err)
{
    const struct ingest_totals *t = &r->totals;
    if (r->json)
        return output_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "documents",
                                     (json_int_t)t->documents, "unchanged",
                                     (json_int_t)t->unchanged, "replaced", (json_int_t)t->replaced,
                                     "failed", (json_int_t)(r->failed + t->failed), "passages",
                                     (json_int_t)t->chunks, "facts", (json_int_t)t->facts,
                                     "vehicles", (json_int_t)t->vehicles, "bytes",
                                     (json_int_t)t->bytes, "seconds", t->seconds),
                           err);
    output_printf("%zu document%s read: %zu passage%s, %zu fact%s, %zu new vehicle%s", t->documents,
                  plural(t->documents), t->chunks, plural(t->chunks), t->facts, plural(t->facts),
                  t->vehicles, plural(t->vehicles));
    if (t->unchanged) output_printf("; %zu unchanged", t->unchanged);
    if (t->skipped) output_printf("; %zu other file%s skipped", t->skipped, plural(t->skipped));
    if (t->failed) output_printf("; %zu file%s could not be read", t->failed, plural(t->failed));
    output_printf(" (%.2f s)\n", t->seconds);
    return true;
}

/* Reads all arguments; a bad one is reported and the others are still read. */
static int read_all(struct command_line *line, struct store *store, struct error *err)
{
    struct reading r = {.json = line->json, .verbose = line->verbose};
    const struct ingest_options options = {.progress = on_progress,
                                           .report = on_report,
                                           .context = &r,
                                           .keep_original = strcmp(settings_choice(&line->settings, SETTING_ORIGINALS), "copy") == 0,
                                           .password = line->password,
                                           .ocr_languages = settings_text(&line->settings, SETTING_OCR_LANGUAGES),
                                           .cancel = interrupt_watch()};
    bool cancelled = false;
    for (size_t i = 0; i < line->n_arguments && !cancelled && output_flush(err); i++) {
        struct error failure = {0};
        bool ok = ingest_path(store, line->arguments[i], &options, &r.totals, &failure);
        end_file(&r);
        if (ok) continue;
        cancelled = failure.code == ERROR_CANCELLED;
        r.failed++;
        output_flush(NULL); /* so that the lines before it stand before the message */
        if (!cancelled) fprintf(stderr, "autospec: %s\n", failure.text);
    }
    if (cancelled) return EXIT_INTERRUPTED;
    /* One bad file alone: its message has said it all. */
    if ((r.failed < line->n_arguments || r.totals.documents || line->json) &&
        !print_totals(&r, err))
        return EXIT_FAILED;
    return r.failed ? EXIT_FAILED : EXIT_OK;
}

/* ---- the documents that are there ---- */

static json_t *document_json(const struct store_document *d)
{
    return json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I}", "id", (json_int_t)d->id, "path",
                     d->path, "kind", d->kind, "bytes", (json_int_t)d->bytes, "passages",
                     (json_int_t)d->chunks, "facts", (json_int_t)d->facts, "added",
                     (json_int_t)d->added);
}

static bool list(const struct command_line *line, struct store *store, struct error *err)
{
    struct arena arena = {0};
    struct store_document *documents = NULL;
    size_t n = 0;
    bool ok = !store || store_list_documents(store, &arena, &documents, &n, err);
    if (ok && line->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < n; i++)
            if (json_array_append_new(array, document_json(&documents[i])) != 0) {
                json_decref(array);
                array = NULL;
                break;
            }
        ok = output_json(array, err);
    } else if (ok && n == 0) {
        output_puts("no documents\n");
    } else if (ok) {
        output_puts("  ID  KIND      PASSAGES     FACTS  ADDED             PATH\n");
        for (size_t i = 0; i < n; i++) {
            const struct store_document *d = &documents[i];
            time_t added = (time_t)d->added;
            struct tm tm;
            char when[32] = "";
            if (localtime_r(&added, &tm)) strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
            output_printf("%4lld  %-8s  %8zu  %8zu  %-16s  ", (long long)d->id, d->kind, d->chunks,
                          d->facts, when);
            output_text(d->path, strlen(d->path));
            output_puts("\n");
        }
    }
    arena_free(&arena);
    return ok;
}

static bool delete_all(struct store *store, struct error *err)
{
    size_t n = 0;
    if (store && !store_delete_all(store, &n, err)) return false;
    output_printf("deleted %zu document%s\n", n, plural(n));
    return true;
}

static bool check_use(const struct command_line *line, struct error *err)
{
    int actions = line->list + line->reset + (line->delete_id != 0) + (line->n_arguments > 0);
    if (actions == 0)
        return error_set(err, ERROR_USAGE,
                         "a file or folder is missing; see autospec ingest --help");
    if (actions > 1)
        return error_set(err, ERROR_USAGE,
                         "files, --list, --delete and --reset do not go together: one at a time");
    if (line->explain && line->n_arguments != 1)
        return error_set(err, ERROR_USAGE, "--explain takes one file");
    if (line->reset && !line->yes)
        return error_set(err, ERROR_USAGE, "--reset deletes all documents; add --yes to do it");
    return true;
}

/* What is asked of a store that is there, or of none (NULL), which is as good as an empty one. */
static bool manage(const struct command_line *line, struct store *store, struct error *err)
{
    if (line->list) return list(line, store, err);
    if (line->reset) return delete_all(store, err);
    if (!store)
        return error_set(err, ERROR_NOT_FOUND, "there is no document %zu: the store is empty",
                         line->delete_id);
    if (!store_delete_document(store, (int64_t)line->delete_id, err)) return false;
    output_printf("deleted document %zu\n", line->delete_id);
    return true;
}

static int run(struct command_line *line, struct error *err)
{
    if (!check_use(line, err)) return EXIT_USAGE;
    if (line->explain) {
        struct buffer text = {0};
        const struct explain_options options = {
            .password = line->password, .ocr_languages = settings_text(&line->settings, SETTING_OCR_LANGUAGES)};
        bool ok = explain_file(&text, line->arguments[0], &options, interrupt_watch(), err);
        if (ok) output_text(buffer_text(&text), text.len);
        buffer_free(&text);
        return ok ? EXIT_OK : EXIT_FAILED;
    }
    char *path = place_store(&line->settings, err);
    if (!path) return EXIT_FAILED;
    /* Only reading documents in makes a store. */
    bool absent = line->n_arguments == 0 && access(path, F_OK) != 0;
    enum store_mode mode = line->list ? STORE_READ : STORE_WRITE;
    struct store *store = absent ? NULL : store_open(path, mode, err);
    int status = EXIT_FAILED;
    if (store && line->n_arguments)
        status = read_all(line, store, err);
    else if ((store || absent) && manage(line, store, err))
        status = EXIT_OK;
    store_close(store);
    free(path);
    return status;
}

const struct command command_ingest = {
    .name = "ingest",
    .bit = COMMAND_INGEST,
    .arguments = "FILE|FOLDER...",
    .summary = "Read documents into the store, list or delete them",
    .description =
        "Reads CSV and TSV, JSON, JSON Lines, Markdown and text files, of a folder those in\n"
        "it and in its subfolders. What is there already is not read again; a file that has\n"
        "changed replaces what it held before. A file with an error is left out as a whole\n"
        "and named; the others of its folder are read. --explain shows how a file would be\n"
        "read (header, columns, units, number style, first facts) and stores nothing.\n",
    .run = run,
};
