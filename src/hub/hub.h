/* Models from the Hugging Face Hub, kept in the cache that Python's huggingface_hub keeps
 * (models--ORG--NAME/blobs, refs, snapshots): what one has downloaded, the other uses. A model is
 * named "ORG/NAME" or "ORG/NAME@REVISION"; the revision is a branch, a tag or a commit, and "main"
 * when none is given. */
#ifndef HUB_HUB_H
#define HUB_HUB_H

#include "base/error.h"
#include "hub/hub_settings.h"

#include <stdatomic.h>
#include <stddef.h>

struct hub_result {
    char *folder;         /* the snapshot: a model folder whose files are links to blobs */
    char commit[41];      /* what the revision stood for */
    size_t files;         /* of the model, as far as it is needed here */
    size_t bytes;         /* of all of them */
    size_t fetched_files; /* of these, by this call */
    size_t fetched_bytes; /* received by this call, which may have gone on from an earlier one */
    double seconds;
};

/* Asks the Hub what the revision is now and downloads what the cache lacks, with one progress
 * display. Offline, it is what the cache has. Stops within a tenth of a second when *cancel (may be
 * NULL) becomes true; what has arrived stays, and the next call goes on from there. Fills *out,
 * which the caller frees, also after a failure. Errors: ERROR_USAGE for a name that is none,
 * ERROR_NOT_FOUND, ERROR_UNSUPPORTED for a model without safetensors files, ERROR_CANCELLED,
 * ERROR_IO for the rest. */
bool hub_pull(const struct hub_settings *settings, const char *name, const atomic_bool *cancel,
              struct hub_result *out, struct error *err);
void hub_result_free(struct hub_result *result);

/* The folder of a model: from the cache without asking the Hub when a complete snapshot of the
 * revision is there, else by hub_pull. The caller frees it; NULL on error. */
char *hub_model_path(const struct hub_settings *settings, const char *name,
                     const atomic_bool *cancel, struct error *err);

/* A folder that has the model's config.json, whether its other files are there or not: from the
 * cache, or with that one file downloaded. The caller frees it; NULL on error. */
char *hub_config_path(const struct hub_settings *settings, const char *name,
                      const atomic_bool *cancel, struct error *err);

#endif
