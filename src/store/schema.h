/* The tables of a store's file and their version: made in an empty file, brought up to date in an
 * older one, refused in a newer one. Not for anyone outside the store. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/store_internal.h"

enum {
    STORE_SCHEMA_VERSION = 4, /* PRAGMA user_version */
    /* How documents are read into facts. Documents that were read by another version are listed and
     * searched as before, and are read again when they are ingested, changed or not. */
    STORE_READING_VERSION = 1,
};

/* Checks what the file is, and makes or migrates the tables where that is due. A reader migrates
 * too, where the file lets it. */
bool schema_prepare(struct store *s, struct error *err);

#endif
