/* The network's side of the server: libmicrohttpd's one thread, the life of each request from its
 * first header to its last byte, the limits that hold for all of them, and what notices that a
 * client has gone or a deadline is over. What is answered stands in routes; their handlers run on
 * lanes (lane.h). */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include "server/exchange.h"
#include "server/guard.h"
#include "server/lane.h"

struct http;

enum {
    HTTP_MAX_HEADERS = 32 << 10, /* bytes of a request's line and headers: 431 */
    HTTP_MAX_URL = 8 << 10,      /* 414 */
    HTTP_MAX_JSON = 16 << 20,    /* bytes of a JSON body: 413 */
    HTTP_IDLE_SECONDS = 60,      /* without a byte: closed */
    HTTP_MAX_CONNECTIONS = 1024,
};
#define HTTP_MAX_UPLOAD ((uint64_t)4 << 30) /* bytes of a multipart body: 413 */

struct http_options {
    const char *host;           /* to listen on */
    unsigned port;              /* 0: any that is free */
    const struct route *routes; /* borrowed */
    size_t n_routes;
    struct lane *lanes[N_LANES]; /* borrowed; NULL for LANE_DIRECT */
    struct guard *guard;         /* taken over */
    const char *upload_folder;   /* copied */
    double deadline;             /* seconds for a request that reads or generates; 0: none */
    void *context;               /* exchange.server */
    /* Called when a request is over, on the network's thread: for metrics and the log. */
    void (*done)(struct exchange *x, unsigned status, double seconds, bool complete);
};

/* Listens, and answers from then on. Errors name address and port. */
struct http *http_start(const struct http_options *options, struct error *err);

/* "http://127.0.0.1:8000" */
const char *http_address(const struct http *h);

/* New access rules, taken over. */
void http_set_guard(struct http *h, struct guard *guard);
void http_set_deadline(struct http *h, double seconds);

/* Listens no more and answers new requests with 503; what is at work goes on. */
void http_drain(struct http *h);

/* Waits at most `seconds` until nothing is at work; a request that has not come whole is not. */
bool http_wait_idle(struct http *h, double seconds);

/* Tells all that is at work to end. */
void http_cancel(struct http *h);

/* Ends; the lanes must have been stopped (lane_stop), and are freed after it. */
void http_free(struct http *h);

struct http_stats {
    size_t connections, active; /* open; requests between first header and last byte */
};
void http_stats(struct http *h, struct http_stats *out);

#endif
