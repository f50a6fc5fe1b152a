/* One file on its way from the Hub into a blob of the cache: asked about, locked, gone on with from
 * where an earlier run was cut, received, checked and linked. A transfer never waits: whoever runs
 * it calls it again and again, together with others over one libcurl multi handle. */
#ifndef HUB_HUB_TRANSFER_H
#define HUB_HUB_TRANSFER_H

#include "hub/hub_cache.h"
#include "hub/hub_hash.h"
#include "hub/hub_http.h"
#include "hub/hub_listing.h"
#include "hub/hub_name.h"

/* What the transfers of one download have in common. */
struct hub_download {
    const struct hub_settings *settings;
    const struct hub_name *name;
    const char *commit;
    const char *repo_dir; /* of the cache */
    CURLM *multi;
    /* Bytes. `expected` is what will have been received when all is done; it grows when something
     * has to be received again. */
    size_t received, expected;
    size_t fetched_files;
    bool reached; /* some server has answered */
};

enum hub_step {
    HUB_STEP_ASK,     /* the file's header is to be asked for */
    HUB_STEP_ASKING,  /* on its way */
    HUB_STEP_LOCK,    /* the blob is to be locked, and looked for */
    HUB_STEP_HASHING, /* what an earlier run left is being hashed */
    HUB_STEP_GET,     /* the contents are to be asked for */
    HUB_STEP_GETTING, /* on their way */
    HUB_STEP_DONE,
};

struct hub_transfer {
    struct hub_download *download;
    const struct hub_file *file;
    enum hub_step step;
    double wake; /* clock_seconds() before which nothing is to be done */
    size_t size; /* bytes of the whole file */
    char etag[HUB_MAX_ETAG + 1];
    char hub_etag[192];  /* the Hub's own validator, when it serves the contents itself; else "" */
    char validator[192]; /* that of the server whose bytes are in the file; "" when not known */
    int lock, fd;        /* -1: none */
    size_t have, hashed; /* bytes in the unfinished file, and how many of them are in `hash` */
    struct hub_hash hash;
    size_t failures; /* in a row, without getting further than ever before: */
    size_t furthest; /* bytes */
    bool began;      /* the body has */
    bool useless;    /* what is there cannot be gone on with */
    bool again;      /* it did not match its checksum once */
    bool waiting_told;
    struct hub_exchange exchange;
};

void hub_transfer_begin(struct hub_transfer *t, struct hub_download *d, const struct hub_file *f);

/* Does what can be done now without waiting. *busy is set when there is more of that. */
bool hub_transfer_advance(struct hub_transfer *t, bool *busy, struct error *err);

/* Takes the end of its request, as the multi handle reports it. */
bool hub_transfer_answered(struct hub_transfer *t, CURLcode result, struct error *err);

/* Lets go of everything but what has arrived. */
void hub_transfer_end(struct hub_transfer *t);

#endif
