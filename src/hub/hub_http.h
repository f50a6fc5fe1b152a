/* One HTTP request over libcurl's multi interface: what is sent (the token only to the Hub itself,
 * never to where it redirects), what the reply's header said, where it was redirected, and whether
 * a failure is worth another try. Waiting is the caller's. */
#ifndef HUB_HUB_HTTP_H
#define HUB_HUB_HTTP_H

#include "base/buffer.h"
#include "base/error.h"
#include "hub/hub_settings.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stddef.h>

/* What the header of the last reply said. Texts are "" and sizes HUB_HTTP_NONE where it said
 * nothing, or nothing usable. */
#define HUB_HTTP_NONE SIZE_MAX
struct hub_reply {
    long status;
    char etag[192], linked_etag[192]; /* as sent, quotes and all */
    char commit[64];                  /* X-Repo-Commit */
    char error_code[64];              /* X-Error-Code: GatedRepo, RepoNotFound, ... */
    char error_message[192];          /* X-Error-Message */
    size_t linked_size, length;       /* X-Linked-Size, Content-Length */
    size_t range_start, range_total;  /* Content-Range */
};

/* Takes a part of the body of a reply with status 200 or 206; false ends the transfer with *err. */
typedef bool hub_body(void *context, const struct hub_reply *reply, const char *data, size_t len,
                      struct error *err);

struct hub_request {
    const char *url; /* at the endpoint */
    bool head;       /* the header only; redirects that answer already are not followed */
    size_t from;     /* not 0: bytes from there on */
    const char
        *if_range; /* with `from`: only if the contents' ETag is still this; NULL: in any case */
    hub_body *body;
    void *context;
};

/* Zero-initialise; keeps its connection from one request to the next. */
struct hub_exchange {
    const struct hub_settings *settings;
    CURL *easy;
    struct curl_slist *headers;
    struct hub_request request; /* url and if_range are copies */
    char *url;                  /* where it went after redirects */
    unsigned redirects;
    bool foreign;  /* url is not at the endpoint */
    bool answered; /* a header has come */
    struct hub_reply reply;
    struct error error; /* of the body's taker */
    char detail[CURL_ERROR_SIZE];
};

enum hub_outcome {
    HUB_DONE,      /* a reply with status 200 or 206 has come whole, or with another status that the
                      caller has to judge */
    HUB_CONTINUES, /* redirected: the exchange runs on */
    HUB_TRANSIENT, /* worth another try: *err says why */
    HUB_FAILED,    /* not worth one: *err says why */
};

/* Once in a process, before anything else here. */
bool hub_http_init(struct error *err);

bool hub_exchange_begin(struct hub_exchange *x, const struct hub_settings *settings, CURLM *multi,
                        const struct hub_request *request, struct error *err);

/* To be called with the result that multi reports for x->easy. *wait is how many seconds the server
 * asked to be left alone for, 0 when it did not. */
enum hub_outcome hub_exchange_end(struct hub_exchange *x, CURLM *multi, CURLcode result,
                                  double *wait, struct error *err);

/* Takes it out of multi, also in the middle. */
void hub_exchange_free(struct hub_exchange *x, CURLM *multi);

/* Seconds to wait before try number `failures` + 1: exponential, with jitter, at least `asked`. */
double hub_backoff(size_t failures, double asked);

/* "https://host" of an address, for messages: the rest of it may hold a signature. */
enum { HUB_ORIGIN = 300 };
void hub_origin(const char *url, char out[HUB_ORIGIN]);

/* Whether two addresses have the same scheme, host and port. */
bool hub_same_origin(const char *a, const char *b);

/* GETs a text of at most `limit` bytes, with retries, and waits for it. False with *err for what
 * makes no reply; the caller judges reply->status. */
bool hub_http_get(const struct hub_settings *settings, const char *url, size_t limit,
                  const atomic_bool *cancel, struct buffer *text, struct hub_reply *reply,
                  struct error *err);

#endif
