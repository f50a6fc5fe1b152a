/* Names that come from the user or from a server, and what is allowed in them before they become
 * part of a path or an address. */
#ifndef HUB_HUB_NAME_H
#define HUB_HUB_NAME_H

#include "base/buffer.h"
#include "base/error.h"

#include <stddef.h>

enum {
    HUB_MAX_REPO = 194, /* two names of 96 and a slash, rounded up */
    HUB_MAX_REVISION = 255,
    HUB_MAX_PATH = 512,
    HUB_MAX_ETAG = 128, /* so that "ETAG.incomplete" is a file name anywhere */
};

struct hub_name {
    char repo[HUB_MAX_REPO + 1]; /* "ORG/NAME", or "NAME" for the Hub's oldest models */
    char revision[HUB_MAX_REVISION + 1];
};

/* Splits "ORG/NAME[@REVISION]". */
bool hub_name_parse(const char *text, struct hub_name *out, struct error *err);

bool hub_repo_is_valid(const char *repo);

/* A branch, tag or commit by git's rules for them, which is also safe below refs/. */
bool hub_revision_is_valid(const char *revision);

/* 40 lower-case hexadecimal digits. */
bool hub_is_commit(const char *text);

/* A relative path below a snapshot: no "..", no empty part, no control character, no invalid UTF-8,
 * nothing too long for a file name. */
bool hub_path_is_valid(const char *path);

/* An ETag header's value without W/ and quotes, written to out[HUB_MAX_ETAG + 1]; false when what
 * is left is not fit to be a file's name. */
bool hub_etag_normalize(const char *header, char *out);

/* Appends text for use in an address: all but A-Z a-z 0-9 - . _ ~ as %XX; '/' stays if `slashes`.
 */
void hub_url_escape(struct buffer *out, const char *text, bool slashes);

#endif
