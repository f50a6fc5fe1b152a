/* Keeps the store as a folder is: what is there is read, then what is new, changed, renamed or
 * deleted, as inotify tells it. */
#ifndef INGEST_WATCH_H
#define INGEST_WATCH_H

#include "ingest/ingest.h"

/* Reads the folder and its subfolders, then waits for changes until options->cancel is set, which is
 * no error. A file that is being written is read when it is closed or has been still for a second.
 * The document of a file that is gone is deleted (INGEST_DELETED), of this folder alone; a folder
 * that looks empty when it is read as a whole deletes nothing. `idle` is called before each wait.
 * False when the folder cannot be watched, or is gone: what was read stays then. */
bool ingest_watch(struct store *store, const char *folder, const struct ingest_options *options,
                  struct ingest_totals *totals, void (*idle)(void *context), struct error *err);

#endif
