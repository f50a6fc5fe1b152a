/* Checksums of the store's pages. Each page of the file ends with 8 bytes that SQLite leaves alone (its reserved
 * bytes); they hold a hash of the rest of the page and of where it stands, written with the page and compared
 * whenever it is read from the file, so that a byte that has changed on the disk is an error and never an answer.
 * SQLite reaches the file through a VFS of ours for that. A file without reserved bytes is read unchecked. Other
 * programs may read and copy (.backup) a store; what they write has no checksum and counts as damaged. */
#ifndef STORE_PAGE_SUMS_H
#define STORE_PAGE_SUMS_H

#include "base/error.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

enum { PAGE_SUM_BYTES = 8 };

/* The name of the VFS for sqlite3_open_v2, registered; NULL where that failed. */
const char *page_sums_vfs(void);

/* A file that is made, or made anew by VACUUM, on this connection gets checksums. */
void page_sums_reserve(sqlite3 *db);

/* Whether the pages of an open database are checked. */
bool page_sums_active(sqlite3 *db);

/* Stops or starts comparing on one connection: for repairing. */
void page_sums_set_checked(sqlite3 *db, bool checked);

/* Page numbers (from 1) whose checksum is wrong, of the file as it is on the disk, which nobody may be writing:
 * at most max into pages, *n in all. *n_pages: that there are. ERROR_INPUT for a file that has no checksums. */
bool page_sums_scan(const char *path, uint32_t *pages, size_t max, size_t *n, size_t *n_pages, struct error *err);

#endif
