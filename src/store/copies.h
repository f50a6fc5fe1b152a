/* Files with the same contents: one of them is the document, the others are kept as copies of it by
 * their paths alone, so that nothing is read or counted twice. Contents stay as long as one of their
 * files is wanted: when the document's own file changes or goes, a copy takes its place, with the id
 * and all that was read. store_delete_document takes a document away with its copies. */
#ifndef STORE_COPIES_H
#define STORE_COPIES_H

#include "store/store.h"

/* The document with these contents, read as documents are read now; *found false where there is
 * none. Strings live in the arena. */
bool store_find_contents(struct store *s, uint64_t hash, size_t bytes, struct arena *arena,
                         struct store_document *out, bool *found, struct error *err);

/* The document that path is a copy of; *found false where it is none. */
bool store_find_copy(struct store *s, const char *path, struct arena *arena,
                     struct store_document *out, bool *found, struct error *err);

/* Makes path a copy of the document. Where it was a document itself, that is released first. */
bool store_add_copy(struct store *s, const char *path, int64_t document, struct error *err);

/* The document is now called by this path; whatever was there is released first. */
bool store_rename_document(struct store *s, int64_t document, const char *path, struct error *err);

/* The copies of a document, in the order of their paths; array and strings live in the arena. */
bool store_list_copies(struct store *s, int64_t document, struct arena *arena, const char ***out,
                       size_t *n, struct error *err);

enum store_release {
    RELEASE_NOTHING, /* the store knows nothing of this path */
    RELEASE_COPY,    /* it was a copy */
    RELEASE_RENAMED, /* it was a document, which goes by the path of one of its copies now */
    RELEASE_DELETED, /* it was a document */
};

/* The file at path is gone. */
bool store_release_path(struct store *s, const char *path, enum store_release *what,
                        struct error *err);

/* The documents and copies below a folder (its path without a slash at the end), in the order of
 * their paths. */
bool store_list_below(struct store *s, const char *folder, struct arena *arena, const char ***out,
                      size_t *n, struct error *err);

/* The hashes of all documents that were read as they would be now. The caller frees *out. */
bool store_list_hashes(struct store *s, uint64_t **out, size_t *n, struct error *err);

#endif
