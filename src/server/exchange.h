/* One request and its reply, as the handlers of routes see it. A handler runs on a thread of its
 * route's lane and replies exactly once: with a whole body, or by beginning a stream that it writes
 * to and ends. What a stream holds unread lies in memory (at most 8 MiB, then the reader is given
 * up), so that a slow reader holds up nobody. */
#ifndef SERVER_EXCHANGE_H
#define SERVER_EXCHANGE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "server/budget.h"
#include "server/route.h"
#include "server/upload.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct MHD_Connection;
struct connection;
struct MHD_Response;

struct exchange_field {
    const char *name, *value;
};

struct exchange {
    void *server; /* http_options.context */
    const struct route *route;
    char id[65];          /* X-Request-Id */
    const char *arguments[ROUTE_MAX_ARGUMENTS]; /* what stands for {id} in the path; "" */
    struct exchange_field *query;
    size_t n_query;
    struct buffer body;        /* of BODY_JSON */
    struct upload *upload;     /* of BODY_FORM */
    bool wants_events;         /* Accept names text/event-stream */
    atomic_bool cancel;        /* the client is gone, the deadline is over, the server stops: end */
    atomic_bool late;          /* it was the deadline */
    struct budget_share share; /* what it has taken of all requests' memory and files */
    double began;
    _Atomic double first_token; /* clock_seconds(), as began; 0: none yet */
    struct arena arena;        /* as long as the exchange; the handler's while it runs */

    /* Private to http.c and exchange.c from here on. */
    struct http *http;
    uint64_t serial;
    int socket;
    struct connection *peer; /* NULL: not known */
    double deadline; /* 0: none */
    struct exchange *next, *previous;
    atomic_int holders;
    bool ambiguous;          /* two readings of where it ends: the connection ends with the reply */
    bool started;            /* given to its lane */
    bool working;            /* counted in n_working */
    size_t swallowed, limit; /* bytes of body passed over; that may come */
    struct MHD_PostProcessor *form;
    struct exchange_field headers[12]; /* of the reply */
    size_t n_headers;

    pthread_mutex_t lock;              /* over what follows */
    struct MHD_Connection *connection; /* NULL: MHD is done with it */
    bool suspended, answered, gone;
    struct MHD_Response *response;
    unsigned status;
    bool streaming, ended;
    struct buffer out; /* of a stream, from out_at on unread */
    size_t out_at;
    atomic_size_t written; /* bytes of body in all; read when the client has gone, too */
    double last_write;
};

/* The value of a parameter behind the '?'; NULL: not given. */
const char *exchange_query(const struct exchange *x, const char *name);

/* Whether a form asks that its files are read in the background: async=1 behind the '?' or as a field. */
bool exchange_is_async(const struct exchange *x);

/* Adds a header to the reply that follows; the name is borrowed, the value copied. */
void reply_header(struct exchange *x, const char *name, const char *value);

/* Each ends the exchange's handling. The JSON value's reference is taken; NULL is "out of memory".
 * reply_buffer takes the buffer's memory; reply_bytes borrows for ever. */
void reply_json(struct exchange *x, unsigned status, json_t *body);
void reply_buffer(struct exchange *x, unsigned status, const char *type, struct buffer *body);
void reply_bytes(struct exchange *x, unsigned status, const char *type, const void *data,
                 size_t len);

/* Errors all have one form, which is OpenAI's: {"error": {message, type, code, param, request_id}}.
 * `param` names the field that is wrong; NULL: none. */
void reply_error(struct exchange *x, unsigned status, const char *code, const char *param,
                 const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The same from what a lower layer said: ERROR_USAGE and ERROR_INPUT are the client's (400, 422).
 */
void reply_failure(struct exchange *x, const struct error *err);

/* The objects that the same errors are sent as in the middle of a stream. */
json_t *error_json(const struct exchange *x, unsigned status, const char *code, const char *param,
                   const char *message);
/* 503: what all requests together may take is taken. */
void reply_busy(struct exchange *x);

json_t *failure_json(const struct exchange *x, const struct error *err);

void reply_stream(struct exchange *x, const char *type);
/* False when nobody reads any more. */
bool reply_write(struct exchange *x, const void *data, size_t len);
void reply_end(struct exchange *x);

/* Server-sent events (html.spec.whatwg.org/multipage/server-sent-events.html): one event with JSON
 * data; name NULL: a data line alone, as OpenAI's streams have it. Takes the reference. */
bool reply_event(struct exchange *x, const char *name, json_t *data);

#endif
