/* Reads documents into the store: from a file to blocks and tables (document/), from these to typed
 * facts and passages. A document goes in as a whole or not at all; the same contents at the same path
 * are not read twice; changed contents replace what was there.
 *
 *   struct ingest_totals totals = {0};
 *   if (!ingest_path(store, "data", NULL, &totals, &err)) ... err.text names file and line
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "base/error.h"
#include "document/document.h"
#include "store/store.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum ingest_event {
    INGEST_NOTE,    /* what was odd in a document and how it was taken */
    INGEST_SKIPPED, /* a file of a folder that is of no kind that can be read */
    INGEST_FAILED,  /* a file or folder that could not be read; the others go on */
    /* A file that was not read, its contents being those of a document that is there: `text` is the
     * path of that. Renamed: its own file is gone, and it goes by this one's path from now on. */
    INGEST_DUPLICATE,
    INGEST_RENAMED,
    INGEST_DELETED, /* of a watched folder: the file is gone, and its document was deleted */
};

struct ingest_options {
    /* Called before a file is stored (done 0) and while it is read and stored: `done` of `total` of
     * what `word` counts, "bytes" or "pages". NULL: never. */
    void (*progress)(void *context, const char *path, size_t done, size_t total, const char *word);
    /* Called with what there is to tell about a file, a line each. NULL: never. Both are called on
     * the thread that ingests, file by file in their order. */
    void (*report)(void *context, enum ingest_event event, const char *path, const char *text);
    void *context;
    const atomic_bool *cancel; /* ends with ERROR_CANCELLED, the file at hand not stored */
    /* What is known of the document beside its text, which may say more; NULL: nothing. The title
     * stands above everything in it, as a heading. */
    const char *title;
    const struct vehicle *vehicle;
    const char *password;      /* of a locked PDF; NULL: none */
    const char *ocr_languages; /* of scanned pages: "eng+deu"; NULL, "", "off": they are not read */
    bool keep_original; /* documents with pages: their file is copied into the store */
    size_t threads;     /* that read files of a folder at once; 0: the cores that there are */
    /* A file with the contents of another document is noted as its copy (store/copies.h), not read,
     * unless their names speak of different vehicles. */
    bool skip_duplicates;
    const char *charset; /* that a server stated with the text; NULL */
};

struct ingest_totals {
    size_t documents; /* read: new and replaced ones */
    size_t unchanged; /* skipped because they are there already */
    size_t replaced;  /* of documents: those that took the place of older contents */
    size_t skipped;   /* files of folders that are of no supported kind, or README */
    size_t failed;    /* files of folders that could not be read */
    size_t duplicates; /* not read: copies of other documents, and files that were renamed */
    size_t arguments_failed; /* of ingest_list_add: those that are no folder, or hold nothing */
    size_t chunks, facts, bytes;
    size_t rows;     /* records of tables */
    size_t vehicles; /* distinct ones that were not in the store before */
    double seconds;
};

/* Ingests a file, or the files of a folder and its subfolders in the order of their names (hidden ones
 * and README* left out, symbolic links to folders not followed). Adds to *totals, also for what was done
 * before an error. A bad file of a folder is reported and counted, and never keeps others out; false
 * where a single file fails, where a folder holds no file that can be read, or when cancelled. */
bool ingest_path(struct store *store, const char *path, const struct ingest_options *options,
                 struct ingest_totals *totals, struct error *err);

/* One file. The extension decides the kind; contents decide where it says nothing. */
bool ingest_file(struct store *store, const char *path, const struct ingest_options *options,
                 struct ingest_totals *totals, struct error *err);

/* The same from memory: `path` is the name that the document gets. */
bool ingest_text(struct store *store, const char *path, enum document_kind kind, const char *data,
                 size_t len, const struct ingest_options *options, struct ingest_totals *totals,
                 struct error *err);

/* The same from a file that is mapped: a large one is not copied. */
bool ingest_mapping(struct store *store, const char *path, enum document_kind kind, const struct mapping *file,
                    const struct ingest_options *options, struct ingest_totals *totals, struct error *err);

/* Files and folders as a command names them, read in together: several files at once, each stored in
 * its turn, so that ids and what is told are the same whatever the number of threads. At most
 * threads + 1 documents are in memory. */
struct ingest_list {
    struct ingest_item {
        char *path;
        bool argument;            /* named by the caller, not found in a folder */
        enum error_code outcome;  /* why it was not read; ERROR_NONE: it was */
    } *items;
    size_t n, cap;
};

/* Adds a file, or the files of a folder in the order of their names. A folder that cannot be opened or
 * holds nothing is reported and counted as an argument that failed; false when memory is out. */
bool ingest_list_add(struct ingest_list *l, const char *path, const struct ingest_options *options,
                     struct ingest_totals *totals, struct error *err);
/* The same of a folder that may hold nothing; false with *err when it cannot be read. */
bool ingest_list_add_folder(struct ingest_list *l, const char *path,
                            const struct ingest_options *options, struct ingest_totals *totals,
                            struct error *err);
/* A file that is not looked for: it may be gone by now. */
bool ingest_list_add_file(struct ingest_list *l, const char *path, struct error *err);
void ingest_list_free(struct ingest_list *l);

/* Reads them all; what fails is reported and counted, and the others go on. False when cancelled, or
 * when there can be no threads. */
bool ingest_list_read(struct ingest_list *l, struct store *store,
                      const struct ingest_options *options, struct ingest_totals *totals,
                      struct error *err);

/* Whether a file of a folder is one that would be read: by its name. */
bool ingest_takes_name(const char *path);

/* What tells one file's contents from another's: of the bytes, their kind and how they are read. */
uint64_t ingest_hash(enum document_kind kind, const void *data, size_t len);

/* "page_files" beside "page.html": what a browser saved with the page, which folders leave out. */
bool ingest_is_page_folder(const char *folder, const char *name);

#endif
