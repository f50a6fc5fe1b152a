/* autospec ingest: documents into the store; the list of them; deleting them. */
#include "ingest/explain.h"
#include "ingest/explain_html.h"
#include "ingest/ingest.h"
#include "ingest/watch.h"
#include "ingest/web_page.h"
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
    const char *word; /* what the progress counts; NULL: none yet */
    bool json, verbose;
    char *same;   /* the document whose contents the file at hand has; NULL: none */
    bool renamed; /* that one's file is gone */
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
    if (!r->json && r->same) {
        output_text(shorten(r->path), strlen(shorten(r->path)));
        output_puts(r->renamed ? ": takes the place of " : ": the same contents as ");
        output_text(shorten(r->same), strlen(shorten(r->same)));
        output_puts(r->renamed ? ", which is not there any more\n" : ": not read again\n");
        output_flush(NULL);
    } else if (!r->json && (read || now->unchanged > before->unchanged)) {
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
    free(r->same);
    free(r->path);
    r->path = r->same = NULL;
}

/* What is odd or was left out is told with the file that it is about. */
/* Readers' errors begin with the path themselves, as it was given or whole. */
static const char *without_path(const char *text, const char *path)
{
    char *whole = realpath(path, NULL);
    const char *names[] = {path, whole};
    for (size_t i = 0; i < 2; i++) {
        size_t n = names[i] ? strlen(names[i]) : 0;
        if (n && strncmp(text, names[i], n) == 0 && text[n] == ':' && text[n + 1] == ' ') {
            text += n + 2;
            break;
        }
    }
    free(whole);
    return text;
}

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
    if (event == INGEST_DUPLICATE || event == INGEST_RENAMED) {
        free(r->same);
        r->same = strdup(text);
        r->renamed = event == INGEST_RENAMED;
        return;
    }
    end_file(r);
    if (event == INGEST_DELETED) {
        output_text(shorten(path), strlen(shorten(path)));
        output_printf(": deleted%s%s\n", text ? "; " : "", text ? text : "");
    }
    output_flush(NULL);
    if (event == INGEST_DELETED) return;
    if (event == INGEST_FAILED) {
        fprintf(stderr, "autospec: %s: %s\n", path, without_path(text, path));
    } else if (r->verbose) {
        fprintf(stderr, "autospec: %s: skipped: %s\n", path, text);
    }
}

static void on_progress(void *context, const char *path, size_t done, size_t total, const char *word)
{
    struct reading *r = context;
    if (!r->path || strcmp(r->path, path) != 0) {
        end_file(r);
        r->before = r->totals;
        r->path = strdup(path);
        r->word = NULL;
    }
    if (!r->word || strcmp(r->word, word) != 0 || r->progress.total != total) {
        /* First its pages are read, then it is stored. */
        progress_end(&r->progress);
        r->word = word;
        progress_start(&r->progress, path_base(r->path ? r->path : path), word, total);
    }
    progress_update(&r->progress, done);
}

static bool print_totals(const struct reading *r, struct error *err)
{
    const struct ingest_totals *t = &r->totals;
    if (r->json)
        return output_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "documents",
                                     (json_int_t)t->documents, "unchanged",
                                     (json_int_t)t->unchanged, "replaced", (json_int_t)t->replaced,
                                     "duplicates", (json_int_t)t->duplicates,
                                     "failed", (json_int_t)(t->arguments_failed + t->failed), "passages",
                                     (json_int_t)t->chunks, "facts", (json_int_t)t->facts,
                                     "vehicles", (json_int_t)t->vehicles, "bytes",
                                     (json_int_t)t->bytes, "seconds", t->seconds),
                           err);
    output_printf("%zu document%s read: %zu passage%s, %zu fact%s, %zu new vehicle%s", t->documents,
                  plural(t->documents), t->chunks, plural(t->chunks), t->facts, plural(t->facts),
                  t->vehicles, plural(t->vehicles));
    if (t->unchanged) output_printf("; %zu unchanged", t->unchanged);
    if (t->duplicates)
        output_printf("; %zu duplicate%s", t->duplicates, plural(t->duplicates));
    if (t->skipped) output_printf("; %zu other file%s skipped", t->skipped, plural(t->skipped));
    if (t->failed) output_printf("; %zu file%s could not be read", t->failed, plural(t->failed));
    output_printf(" (%.2f s)\n", t->seconds);
    return true;
}

static void reading_options(struct ingest_options *o, struct reading *r, const struct command_line *line)
{
    const struct settings *s = &line->settings;
    *r = (struct reading){.json = line->json, .verbose = line->verbose};
    *o = (struct ingest_options){.progress = on_progress,
                                 .report = on_report,
                                 .context = r,
                                 .keep_original = strcmp(settings_choice(s, SETTING_ORIGINALS), "copy") == 0,
                                 .password = line->password,
                                 .ocr_languages = settings_text(s, SETTING_OCR_LANGUAGES),
                                 .threads = settings_count(s, SETTING_THREADS),
                                 .skip_duplicates = true,
                                 .cancel = interrupt_watch()};
}

/* Reads a page from its address. False: cancelled; what else fails is told, and the others go on. */
static bool read_page(const struct command_line *line, const char *url, struct store *store,
                      const struct ingest_options *options, struct reading *r, struct error *err)
{
    struct error failure = {0};
    bool ok = ingest_url(store, url, line->allow_private, options, &r->totals, &failure);
    end_file(r);
    if (ok) return true;
    if (failure.code == ERROR_CANCELLED) return error_set(err, failure.code, "%s", failure.text);
    r->totals.arguments_failed++;
    output_flush(NULL); /* so that the lines before it stand before the message */
    fprintf(stderr, "autospec: %s\n", failure.text);
    return true;
}

/* Reads all arguments; a bad one is reported and the others are still read. */
static int read_all(struct command_line *line, struct store *store, struct error *err)
{
    struct reading r;
    struct ingest_options options;
    reading_options(&options, &r, line);
    struct ingest_list list = {0};
    struct error failure = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < line->n_arguments; i++)
        ok = web_is_url(line->arguments[i]) ? read_page(line, line->arguments[i], store, &options, &r, &failure)
                                            : ingest_list_add(&list, line->arguments[i], &options, &r.totals, &failure);
    ok = ok && ingest_list_read(&list, store, &options, &r.totals, &failure);
    end_file(&r);
    ingest_list_free(&list);
    if (!ok && failure.code == ERROR_CANCELLED) return EXIT_INTERRUPTED;
    if (!ok) {
        error_set(err, failure.code, "%s", failure.text);
        return EXIT_FAILED;
    }
    /* One bad file alone: its message has said it all. */
    size_t failed = r.totals.arguments_failed;
    if ((failed < line->n_arguments || r.totals.documents || line->json) && !print_totals(&r, err))
        return EXIT_FAILED;
    return failed ? EXIT_FAILED : EXIT_OK;
}

/* ---- keeping up with a folder ---- */

struct watching {
    struct reading reading; /* first: what on_progress and on_report are given */
    const char *folder;
    bool told;
};

static void on_idle(void *context)
{
    struct watching *w = context;
    end_file(&w->reading);
    if (!w->told && !w->reading.json) {
        print_totals(&w->reading, NULL);
        output_text(w->folder, strlen(w->folder));
        output_puts(": watching for changes; Ctrl-C ends it\n");
    }
    w->told = true;
    output_flush(NULL);
}

static int watch(struct command_line *line, struct store *store, struct error *err)
{
    struct watching w = {.folder = line->arguments[0]};
    struct ingest_options options;
    reading_options(&options, &w.reading, line);
    bool ok = ingest_watch(store, w.folder, &options, &w.reading.totals, on_idle, err);
    end_file(&w.reading);
    return ok && print_totals(&w.reading, err) ? EXIT_OK : EXIT_FAILED;
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
    if (line->html && !line->explain)
        return error_set(err, ERROR_USAGE, "--html goes with --explain");
    if (line->watch && line->n_arguments != 1)
        return error_set(err, ERROR_USAGE, "--watch takes one folder");
    if (line->watch && line->explain)
        return error_set(err, ERROR_USAGE, "--watch and --explain do not go together");
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

/* The bytes as they are: they are for a browser. */
static bool write_html(void *context, const char *data, size_t len)
{
    (void)context;
    output_bytes(data, len);
    return output_flush(NULL);
}

static int run(struct command_line *line, struct error *err)
{
    if (!check_use(line, err)) return EXIT_USAGE;
    if (line->explain) {
        struct buffer text = {0};
        const struct explain_options options = {
            .password = line->password, .ocr_languages = settings_text(&line->settings, SETTING_OCR_LANGUAGES)};
        bool ok = line->html ? explain_html(write_html, NULL, line->arguments[0], &options, interrupt_watch(), err)
                             : explain_file(&text, line->arguments[0], &options, interrupt_watch(), err);
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
        status = line->watch ? watch(line, store, err) : read_all(line, store, err);
    else if ((store || absent) && manage(line, store, err))
        status = EXIT_OK;
    store_close(store);
    free(path);
    return status;
}

const struct command command_ingest = {
    .name = "ingest",
    .bit = COMMAND_INGEST,
    .arguments = "FILE|FOLDER|URL...",
    .summary = "Read documents into the store, list or delete them",
    .description =
        "Reads CSV and TSV, JSON, JSON Lines, Markdown and text files, web pages (.html),\n"
        "workbooks (.xlsx, .xls, .ods), Word and OpenDocument texts (.docx, .odt) and subtitles\n"
        "(.srt, .vtt), of a folder those in it and in its subfolders, and one page at an address\n"
        "that begins with https:// or http://. What is there already is not read again; a file that has\n"
        "changed replaces what it held before. A file with an error is left out as a whole\n"
        "and named; the others of its folder are read. --explain shows how a file would be\n"
        "read (header, columns, units, number style, first facts) and stores nothing; with --html as\n"
        "one HTML file: `autospec ingest --explain --html manual.pdf >report.html`.\n"
        "Several files are read at once, and stored in the order of their names. A file with\n"
        "the contents of another is not read again. --watch goes on after a folder was read:\n"
        "what is new or changed is read, the documents of files that are gone are deleted.\n"
        "Ctrl-C ends at once; the same command goes on with what is missing.\n",
    .run = run,
};
