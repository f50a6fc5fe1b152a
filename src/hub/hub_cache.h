/* The cache on disk, in huggingface_hub's layout:
 *
 *   CACHE/models--ORG--NAME/blobs/ETAG                  contents, once however many snapshots use
 * it CACHE/models--ORG--NAME/blobs/ETAG.incomplete       what has arrived of it
 *   CACHE/models--ORG--NAME/snapshots/COMMIT/PATH       relative links to blobs
 *   CACHE/models--ORG--NAME/refs/REVISION               the commit that a branch or tag stood for
 *   CACHE/.locks/models--ORG--NAME/ETAG.lock            flock()ed while the blob is written
 */
#ifndef HUB_HUB_CACHE_H
#define HUB_HUB_CACHE_H

#include "base/error.h"

#include <stddef.h>

/* The folder of a repository; the caller frees it. */
char *hub_cache_repo(const char *cache, const char *repo);

/* The commit that the cache knows for a revision (a commit stands for itself). False when none. */
bool hub_cache_commit(const char *repo_dir, const char *revision, char commit[41]);

/* Remembers it; nothing to do when the revision is the commit. */
bool hub_cache_write_ref(const char *repo_dir, const char *revision, const char *commit,
                         struct error *err);

/* REPO_DIR/snapshots/COMMIT; the caller frees it. */
char *hub_cache_snapshot(const char *repo_dir, const char *commit);

/* Whether a snapshot has all that a model needs: config, tokenizer, and every file of weights. When
 * not, `missing` (may be NULL) says what. */
bool hub_snapshot_is_complete(const char *snapshot, char *missing, size_t size);

/* Whether the snapshot has a file whose contents are there and `size` bytes long (HUB_SIZE_UNKNOWN:
 * of any length). */
bool hub_cache_has_file(const char *repo_dir, const char *commit, const char *path, size_t size);

/* blobs/ETAG and, with suffix ".incomplete", its unfinished form; the caller frees it. */
char *hub_cache_blob(const char *repo_dir, const char *etag, const char *suffix);

/* Makes snapshots/COMMIT/PATH a relative link to blobs/ETAG, in place of what may be there. On a
 * file system without links the blob itself moves there, as huggingface_hub does it. */
bool hub_cache_link(const char *repo_dir, const char *commit, const char *path, const char *etag,
                    struct error *err);

/* Locks a blob against other downloads, of this program or of Python's. *fd becomes the lock, to be
 * closed by the caller, or -1 when another holds it. False only when that cannot be told. */
bool hub_cache_lock(const char *cache, const char *repo, const char *etag, int *fd,
                    struct error *err);

/* Bytes that can still be written below a folder, or SIZE_MAX when that cannot be told. */
size_t hub_cache_free_space(const char *dir);

#endif
