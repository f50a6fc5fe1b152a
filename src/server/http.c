#include "server/http.h"
#include "base/clock.h"
#include "base/log.h"
#include "server/connections.h"
#include "server/listen.h"

#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    CONNECTION_MEMORY = 128 << 10, /* MHD's, of one connection: more than our own limits together */
    FORM_BUFFER = 64 << 10,
    MAX_SWALLOWED = 1 << 20, /* of a refused body: the client may not see the refusal else */
    MORE_CONNECTIONS = 128,  /* room for health checks while all others are at work */
    MIN_CONNECTIONS = 64,
    OTHER_FILES = 128,       /* of stores, models, the log */
    TRIM_BYTES = 1 << 20,    /* a request that took more has its memory given back to the system */
    WATCH_MS = 500,
    PING_SECONDS = 15,
};

struct http {
    struct http_options options;
    struct MHD_Daemon *daemon;
    char url[128];
    char *upload_folder;
    int watch; /* an epoll of the sockets whose requests are at work */
    pthread_t watcher;
    bool watching;
    atomic_bool stop, draining, trim;
    struct budget budget;

    pthread_mutex_t lock; /* before an exchange's, where both are held */
    struct guard *guard;
    size_t max_connections;
    struct connections *connections; /* has a lock of its own, below all others */
    double deadline;
    struct exchange *exchanges;
    size_t n_exchanges, n_working; /* all; those whose request is all there, or answered */
    uint64_t last_serial;
};

/* ---- the life of an exchange ---- */

static void exchange_release(struct exchange *x)
{
    if (atomic_fetch_sub(&x->holders, 1) != 1) return;
    if (x->response) MHD_destroy_response(x->response);
    upload_free(x->upload);
    buffer_free(&x->body);
    buffer_free(&x->out);
    arena_free(&x->arena);
    if (x->share.taken[BUDGET_BYTES] > TRIM_BYTES) atomic_store(&x->http->trim, true);
    budget_share_free(&x->share);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

static struct exchange *exchange_create(struct http *h, struct MHD_Connection *connection)
{
    struct exchange *x = calloc(1, sizeof *x);
    if (!x) return NULL;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    x->server = h->options.context;
    x->http = h;
    x->share.budget = &h->budget;
    for (size_t i = 0; i < ROUTE_MAX_ARGUMENTS; i++) x->arguments[i] = "";
    x->connection = connection;
    x->socket = info ? info->connect_fd : -1;
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    x->peer = info ? info->socket_context : NULL;
    x->began = clock_seconds();
    atomic_init(&x->holders, 1);
    pthread_mutex_init(&x->lock, NULL);
    pthread_mutex_lock(&h->lock);
    x->serial = ++h->last_serial;
    x->next = h->exchanges;
    if (x->next) x->next->previous = x;
    h->exchanges = x;
    h->n_exchanges++;
    pthread_mutex_unlock(&h->lock);
    return x;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)connection;
    struct http *h = context;
    struct exchange *x = *state;
    if (!x) return;
    *state = NULL;
    if (x->form) MHD_destroy_post_processor(x->form);
    x->form = NULL;
    pthread_mutex_lock(&h->lock);
    if (x->next) x->next->previous = x->previous;
    *(x->previous ? &x->previous->next : &h->exchanges) = x->next;
    h->n_exchanges--;
    h->n_working -= x->working;
    pthread_mutex_unlock(&h->lock);
    if (x->started && x->socket >= 0) epoll_ctl(h->watch, EPOLL_CTL_DEL, x->socket, NULL);
    connections_set_phase(h->connections, x->peer, CONNECTION_WAITING, clock_seconds());

    bool complete = code == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    pthread_mutex_lock(&x->lock);
    x->connection = NULL;
    x->gone = true;
    complete &= !x->streaming || x->ended;
    unsigned status = x->answered ? x->status : 499; /* nginx's: the client closed first */
    pthread_mutex_unlock(&x->lock);
    atomic_store(&x->cancel, true);
    if (h->options.done) h->options.done(x, status, clock_seconds() - x->began, complete);
    exchange_release(x);
}

/* ---- clients that go, deadlines, keep-alives ---- */

/* A request that waits for its lane gives its place up. True when it did: its job, which would have
 * released the exchange, will not run. */
static bool leave_queue(struct http *h, struct exchange *x)
{
    struct lane *lane = x->route ? h->options.lanes[x->route->lane] : NULL;
    return lane && lane_withdraw(lane, x);
}

/* Called with h->lock held. */
static void client_is_gone(struct http *h, uint64_t serial)
{
    struct exchange *x = h->exchanges;
    while (x && x->serial != serial) x = x->next;
    if (!x) return;
    atomic_store(&x->cancel, true);
    bool left = leave_queue(h, x);
    pthread_mutex_lock(&x->lock);
    x->gone = true;
    if (x->suspended && x->connection) {
        x->suspended = false;
        MHD_resume_connection(x->connection);
    }
    pthread_mutex_unlock(&x->lock);
    if (left) exchange_release(x);
}

static void deadline_is_over(struct http *h, struct exchange *x)
{
    struct error err = {0};
    if (atomic_exchange(&x->late, true)) return;
    atomic_store(&x->cancel, true);
    if (!leave_queue(h, x)) return;
    error_set(&err, ERROR_CANCELLED, "cancelled");
    reply_failure(x, &err);
    exchange_release(x);
}

/* Called with h->lock held. */
static void look_around(struct http *h)
{
    static const char PING[] = ":\n\n"; /* a comment: keeps proxies from closing a quiet stream */
    double now = clock_seconds();
    for (struct exchange *x = h->exchanges; x; x = x->next) {
        if (x->deadline > 0 && now > x->deadline) deadline_is_over(h, x);
        pthread_mutex_lock(&x->lock);
        bool quiet = x->streaming && !x->ended && now - x->last_write > PING_SECONDS;
        pthread_mutex_unlock(&x->lock);
        if (quiet) reply_write(x, PING, sizeof PING - 1);
    }
}

static void *watch_main(void *context)
{
    struct http *h = context;
    struct epoll_event events[64];
    double looked = 0;
    while (!atomic_load(&h->stop)) {
        int n = epoll_wait(h->watch, events, 64, WATCH_MS);
        pthread_mutex_lock(&h->lock);
        for (int i = 0; i < n; i++) client_is_gone(h, events[i].data.u64);
        double now = clock_seconds();
        if (now - looked >= WATCH_MS * 1e-3) {
            look_around(h);
            connections_expire(h->connections, now);
            looked = now;
        }
        pthread_mutex_unlock(&h->lock);
        if (atomic_exchange(&h->trim, false)) malloc_trim(0);
    }
    return NULL;
}

/* ---- the beginning of a request ---- */

static const char *header(const struct exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

/* The client's own id where it is harmless, else a new one. */
static void name_request(struct exchange *x)
{
    const char *given = header(x, "X-Request-Id");
    size_t len = given ? strlen(given) : 0;
    static const char FINE[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (len > 0 && len < sizeof x->id && strspn(given, FINE) == len) {
        memcpy(x->id, given, len + 1);
        return;
    }
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random) random = x->serial;
    snprintf(x->id, sizeof x->id, "%016llx", (unsigned long long)random);
}

struct header_count {
    struct exchange *x;
    size_t bytes, hosts, lengths, codings; /* of Host, Content-Length, Transfer-Encoding */
    bool failed;
};

static enum MHD_Result count_header(void *context, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind;
    struct header_count *c = context;
    c->bytes += strlen(name) + (value ? strlen(value) : 0) + 4;
    c->hosts += strcasecmp(name, "Host") == 0;
    c->lengths += strcasecmp(name, "Content-Length") == 0;
    c->codings += strcasecmp(name, "Transfer-Encoding") == 0;
    return MHD_YES;
}

static enum MHD_Result take_parameter(void *context, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    (void)kind;
    struct header_count *c = context;
    struct exchange *x = c->x;
    char *n = arena_strdup(&x->arena, name), *v = arena_strdup(&x->arena, value ? value : "");
    c->failed |= !n || !v;
    if (!c->failed) x->query[x->n_query++] = (struct exchange_field){n, v};
    return c->failed ? MHD_NO : MHD_YES;
}

static bool take_query(struct exchange *x)
{
    struct header_count c = {.x = x};
    int n = MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, NULL, NULL);
    if (n <= 0) return true;
    x->query = arena_array(&x->arena, (size_t)n, sizeof *x->query);
    if (!x->query) return false;
    MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, take_parameter, &c);
    return !c.failed;
}

/* A page elsewhere asks what it may send. */
static void reply_options(struct exchange *x, enum guard_origin origin, const char *allow)
{
    if (origin == ORIGIN_FRIEND) {
        reply_header(x, "Access-Control-Allow-Methods", allow);
        reply_header(x, "Access-Control-Allow-Headers",
                     "Authorization, Content-Type, X-Token, X-Request-Id");
        reply_header(x, "Access-Control-Max-Age", "600");
    }
    reply_header(x, "Allow", allow);
    reply_bytes(x, 204, "text/plain", "", 0);
}

/* What holds before anything is looked at: who asks, from where. True when it was answered. */
static bool refuse_stranger(struct http *h, struct exchange *x, enum guard_origin *origin)
{
    const char *host = header(x, "Host");
    pthread_mutex_lock(&h->lock);
    bool host_ok = guard_host(h->guard, host);
    *origin = guard_origin(h->guard, header(x, "Origin"), host);
    pthread_mutex_unlock(&h->lock);
    if (!host_ok) {
        reply_error(x, 421, "host_not_allowed", NULL,
                    "the server does not go by this name; AUTOSPEC_HOSTS lists names that it does");
        return true;
    }
    if (*origin == ORIGIN_FOREIGN) {
        reply_error(x, 403, "origin_not_allowed", NULL,
                    "pages of other origins may not ask; AUTOSPEC_ORIGINS lists those that may");
        return true;
    }
    if (*origin == ORIGIN_FRIEND) {
        reply_header(x, "Access-Control-Allow-Origin", header(x, "Origin"));
        reply_header(x, "Access-Control-Expose-Headers", "X-Request-Id, Retry-After");
        reply_header(x, "Vary", "Origin");
    }
    return false;
}

static bool refuse_without_key(struct http *h, struct exchange *x)
{
    pthread_mutex_lock(&h->lock);
    bool ok =
        x->route->open || guard_admits(h->guard, header(x, "Authorization"), header(x, "x-token"));
    pthread_mutex_unlock(&h->lock);
    if (ok) return false;
    bool any = header(x, "Authorization") || header(x, "x-token");
    reply_header(x, "WWW-Authenticate", "Bearer");
    reply_error(x, 401, "invalid_api_key", NULL,
                any ? "the key is not the right one"
                    : "a key is needed: Authorization: Bearer KEY, or x-token: KEY");
    return true;
}

static bool refuse_drained(struct http *h, struct exchange *x)
{
    if (!atomic_load(&h->draining)) return false;
    reply_header(x, "Retry-After", "5");
    reply_header(x, "Connection", "close");
    reply_error(x, 503, "shutting_down", NULL, "the server is shutting down");
    return true;
}

static bool is_json_type(const char *type)
{
    size_t len = type ? strcspn(type, "; \t") : 0;
    return (len == 16 && strncasecmp(type, "application/json", 16) == 0) ||
           (len > 5 && strncasecmp(type + len - 5, "+json", 5) == 0);
}

static bool has_room(const struct http *h, uint64_t bytes)
{
    return bytes <= BUDGET_FREE_BYTES || bytes <= budget_left(&h->budget, BUDGET_BYTES);
}

/* What a client that does not go on has taken is given back. */
static void refuse_busy(struct exchange *x)
{
    connections_relieve(x->http->connections, clock_seconds());
    reply_busy(x);
}

/* Makes ready for a body, or refuses it. */
static bool refuse_body(struct http *h, struct exchange *x)
{
    const char *type = header(x, "Content-Type"), *length = header(x, "Content-Length");
    bool form = x->route->body == BODY_FORM;
    x->limit = form ? HTTP_MAX_UPLOAD : HTTP_MAX_JSON;
    if (x->route->body == BODY_NONE) return false;
    if (length && strtoull(length, NULL, 10) > x->limit) {
        reply_error(x, 413, "body_too_large", NULL, "the body has %s bytes; at most %zu are taken",
                    length, x->limit);
        return true;
    }
    if (!form && length && !has_room(h, strtoull(length, NULL, 10))) {
        refuse_busy(x);
        return true;
    }
    if (!form && !is_json_type(type)) {
        reply_error(x, 415, "not_json", NULL,
                    "the body must be JSON: Content-Type: "
                    "application/json");
        return true;
    }
    if (!form) return false;
    struct error err = {0};
    bool multipart = type && strncasecmp(type, "multipart/form-data", 19) == 0;
    x->upload = multipart ? upload_create(h->upload_folder, &x->share, &err) : NULL;
    return false;
}

static enum MHD_Result on_part(void *context, enum MHD_ValueKind kind, const char *key,
                               const char *filename, const char *type, const char *encoding,
                               const char *data, uint64_t offset, size_t size)
{
    (void)kind, (void)type, (void)encoding;
    struct exchange *x = context;
    return upload_piece(x->upload, key, filename, offset, data, size) ? MHD_YES : MHD_NO;
}

static bool refuse_form(struct exchange *x)
{
    if (x->route->body != BODY_FORM) return false;
    if (x->upload) x->form = MHD_create_post_processor(x->connection, FORM_BUFFER, on_part, x);
    if (x->form) return false;
    reply_error(x, 415, "not_a_form", NULL,
                "files come as Content-Type: multipart/form-data with a boundary of two letters or more");
    return true;
}

/* Looks at line and headers; the exchange is answered when something is wrong with them. */
static void begin(struct http *h, struct exchange *x, const char *url, const char *method)
{
    struct header_count count = {0};
    enum guard_origin origin;
    char allow[64];
    struct route_arguments arguments = {0};
    const char *accept = header(x, "Accept");
    name_request(x);
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, count_header, &count);
    if (count.bytes > HTTP_MAX_HEADERS) {
        reply_error(x, 431, "headers_too_large", NULL,
                    "the headers have %zu bytes; at most %d are taken", count.bytes,
                    HTTP_MAX_HEADERS);
        return;
    }
    if (count.hosts > 1 || count.lengths > 1 || (count.lengths && count.codings)) {
        x->ambiguous = true;
        reply_header(x, "Connection", "close");
        reply_error(x, 400, "ambiguous_request", NULL,
                    "the request has two Host or Content-Length headers, or Content-Length with Transfer-Encoding");
        return;
    }
    if (strlen(url) > HTTP_MAX_URL) {
        reply_error(x, 414, "url_too_long", NULL, "the address has %zu bytes; at most %d are taken",
                    strlen(url), HTTP_MAX_URL);
        return;
    }
    if (refuse_stranger(h, x, &origin)) return;
    enum route_result found = route_find(h->options.routes, h->options.n_routes, method, url,
                                         &x->route, &arguments, allow, sizeof allow);
    if (found == ROUTE_NO_PATH) {
        reply_error(x, 404, "no_such_path", NULL, "there is nothing at this path");
        return;
    }
    if (found == ROUTE_NO_METHOD && strcmp(method, "OPTIONS") == 0) {
        reply_options(x, origin, allow);
        return;
    }
    if (found == ROUTE_NO_METHOD) {
        reply_header(x, "Allow", allow);
        reply_error(x, 405, "method_not_allowed", NULL, "the methods of this path are %s", allow);
        return;
    }
    if (refuse_without_key(h, x)) return;
    if (x->route->lane != LANE_DIRECT && refuse_drained(h, x)) return;
    bool ok = true;
    for (size_t i = 0; i < arguments.n; i++) {
        x->arguments[i] = arena_strndup(&x->arena, arguments.at[i], arguments.len[i]);
        ok = ok && x->arguments[i];
    }
    x->wants_events = accept && strcasestr(accept, "text/event-stream");
    if (!ok || !take_query(x)) {
        reply_error(x, 500, "out_of_memory", NULL, "out of memory");
        return;
    }
    if (refuse_body(h, x) || refuse_form(x)) return;
}

/* ---- its body, and giving it to its lane ---- */

/* False: close the connection. */
static bool take_body(struct exchange *x, const char *data, size_t len)
{
    connections_add_bytes(x->http->connections, x->peer, len, clock_seconds());
    x->swallowed += len;
    if (x->answered) return x->swallowed <= MAX_SWALLOWED;
    if (!x->route || x->route->body == BODY_NONE) return x->swallowed <= MAX_SWALLOWED;
    if (x->swallowed > x->limit) {
        x->swallowed = 0;
        reply_error(x, 413, "body_too_large", NULL, "the body is larger than %zu bytes", x->limit);
        buffer_free(&x->body);
        return true;
    }
    if (!x->form) {
        buffer_append(&x->body, data, len);
        if (x->body.cap <= BUDGET_FREE_BYTES || budget_share_grow(&x->share, BUDGET_BYTES, x->body.cap))
            return !x->body.failed;
        buffer_free(&x->body);
        x->swallowed = 0;
        refuse_busy(x);
        return true;
    }
    if (MHD_post_process(x->form, data, len) == MHD_YES) return true;
    x->swallowed = 0;
    if (x->upload->error.code == ERROR_BUSY) connections_relieve(x->http->connections, clock_seconds());
    if (x->upload->error.code)
        reply_failure(x, &x->upload->error);
    else
        reply_error(x, 400, "bad_form", NULL, "the body is no multipart/form-data");
    return true;
}

static void run_job(void *context)
{
    struct exchange *x = context;
    x->route->handle(x);
    if (!x->answered) reply_error(x, 500, "internal_error", NULL, "the request was not answered");
    if (x->streaming) reply_end(x);
    exchange_release(x);
}

/* A server that stops waits for this one. */
static void set_working(struct http *h, struct exchange *x)
{
    x->working = true;
    pthread_mutex_lock(&h->lock);
    h->n_working++;
    pthread_mutex_unlock(&h->lock);
}

/* All of the request is there. */
static void start(struct http *h, struct exchange *x)
{
    x->started = true;
    if (x->form && MHD_destroy_post_processor(x->form) != MHD_YES && !x->upload->error.code)
        error_set(&x->upload->error, ERROR_USAGE, "the form ends in the middle of a part");
    x->form = NULL;
    /* What is only put into a queue does not wait for what is being read. */
    enum lane_kind kind = exchange_is_async(x) ? LANE_READ : x->route->lane;
    struct lane *lane = h->options.lanes[kind];
    if (!lane) {
        x->route->handle(x);
        return;
    }
    if (refuse_drained(h, x)) return;
    if (kind != LANE_WRITE) {
        pthread_mutex_lock(&h->lock);
        if (h->deadline > 0) x->deadline = clock_seconds() + h->deadline;
        pthread_mutex_unlock(&h->lock);
    }
    double retry_after;
    pthread_mutex_lock(&x->lock); /* the job cannot reply before the connection is suspended */
    atomic_fetch_add(&x->holders, 1);
    bool ok = lane_submit(lane, run_job, x, &retry_after);
    if (ok) {
        x->suspended = true;
        connections_set_phase(h->connections, x->peer, CONNECTION_WORKING, x->began);
        MHD_suspend_connection(x->connection);
        struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.u64 = x->serial};
        if (x->socket >= 0) epoll_ctl(h->watch, EPOLL_CTL_ADD, x->socket, &event);
    }
    pthread_mutex_unlock(&x->lock);
    if (ok) return;
    exchange_release(x);
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%.0f", ceil(retry_after));
    reply_header(x, "Retry-After", seconds);
    reply_error(x, 429, "queue_full", NULL,
                "as many requests as the server takes are waiting already; try again later");
}

/* MHD does not see an end of file that came together with the request, and would keep the
 * connection until it had been idle for long enough. */
static bool sends_no_more(const struct exchange *x)
{
    struct pollfd fd = {.fd = x->socket, .events = POLLRDHUP};
    return x->socket >= 0 && poll(&fd, 1, 0) == 1;
}

/* MHD_YES when there is nothing to send yet. */
static enum MHD_Result send_reply(struct exchange *x)
{
    pthread_mutex_lock(&x->lock);
    struct MHD_Response *response = x->response;
    bool over = x->gone || (x->answered && !response);
    if (!over) x->response = NULL;
    pthread_mutex_unlock(&x->lock);
    if (over) return MHD_NO;
    if (!response) return MHD_YES;
    if (!x->streaming) {
        double now = clock_seconds();
        connections_set_phase(x->http->connections, x->peer, CONNECTION_SENDING, now);
        connections_add_bytes(x->http->connections, x->peer, x->written, now);
    }
    if (sends_no_more(x)) MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    /* Without the lock: MHD locks a response too, and holds that lock when it calls read_stream. */
    enum MHD_Result result = MHD_queue_response(x->connection, x->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    (void)version;
    struct http *h = context;
    struct exchange *x = *state;
    if (!x) {
        *state = x = exchange_create(h, connection);
        if (!x) return MHD_NO;
        connections_set_phase(h->connections, x->peer, CONNECTION_BODY, x->began);
        begin(h, x, url, method);
        const char *length = header(x, "Content-Length");
        bool large = length && strtoull(length, NULL, 10) > MAX_SWALLOWED;
        if (x->answered) set_working(h, x);
        return x->answered && (large || x->ambiguous) ? send_reply(x) : MHD_YES;
    }
    if (*size) {
        bool ok = take_body(x, data, *size);
        *size = 0;
        return ok ? MHD_YES : MHD_NO;
    }
    if (!x->working) set_working(h, x);
    if (!x->started && !x->answered) start(h, x);
    return send_reply(x);
}

/* ---- the daemon ---- */

static void log_mhd(void *context, const char *fmt, va_list args)
{
    (void)context;
    char line[256];
    vsnprintf(line, sizeof line, fmt, args);
    line[strcspn(line, "\n")] = '\0';
    log_debug("http: %s", line);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http *h = context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        connections_remove(h->connections, *socket_context);
        *socket_context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    int socket = fd ? fd->connect_fd : -1;
    const union MHD_ConnectionInfo *address =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (socket >= 0)
        *socket_context =
            connections_add(h->connections, socket, address ? address->client_addr : NULL, clock_seconds());
}

/* A path or parameter with a NUL in it stays as it is written: it would end there, and be another one. */
static size_t unescape(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context, (void)connection;
    return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

static bool start_daemon(struct http *h, struct error *err)
{
    int fd = listen_open(h->options.host, h->options.port, h->url, sizeof h->url, err);
    if (fd < 0) return false;
    h->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG,
        0, NULL, NULL, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, log_mhd, NULL,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
        MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)HTTP_IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)(h->max_connections + MORE_CONNECTIONS), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (h->daemon) return true;
    close(fd);
    return error_set(err, ERROR_IO, "starting the HTTP server on %s", h->url);
}

/* What may be open at once is shared out: uploads, connections, and the rest for stores and files. */
static void set_limits(struct http *h)
{
    struct rlimit limit;
    size_t files = HTTP_MAX_CONNECTIONS + MORE_CONNECTIONS + BUDGET_MAX_FILES + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < files) files = (size_t)limit.rlim_cur;
    size_t uploads = files / 6;
    h->budget.limits[BUDGET_BYTES] = BUDGET_MAX_BYTES;
    h->budget.limits[BUDGET_FILES] = uploads < BUDGET_MAX_FILES ? uploads : BUDGET_MAX_FILES;
    size_t others = h->budget.limits[BUDGET_FILES] + MORE_CONNECTIONS + OTHER_FILES;
    h->max_connections = files > others + MIN_CONNECTIONS ? files - others : MIN_CONNECTIONS;
    if (h->max_connections > HTTP_MAX_CONNECTIONS) h->max_connections = HTTP_MAX_CONNECTIONS;
    if (h->max_connections < HTTP_MAX_CONNECTIONS)
        log_warn("at most %zu connections: the system lets the program open %zu files", h->max_connections, files);
}

struct http *http_start(const struct http_options *options, struct error *err)
{
    struct http *h = calloc(1, sizeof *h);
    if (!h || !(h->upload_folder = strdup(options->upload_folder))) {
        error_memory(err, "the HTTP server");
        free(h);
        guard_free(options->guard);
        return NULL;
    }
    h->options = *options;
    h->guard = options->guard;
    h->deadline = options->deadline;
    set_limits(h);
    pthread_mutex_init(&h->lock, NULL);
    h->watch = -1;
    if (!(h->connections = connections_create(h->max_connections))) {
        error_memory(err, "the HTTP server");
        goto fail;
    }
    h->watch = epoll_create1(EPOLL_CLOEXEC);
    if (h->watch < 0) {
        error_errno(err, ERROR_IO, "watching connections");
        goto fail;
    }
    if (pthread_create(&h->watcher, NULL, watch_main, h) != 0) {
        error_set(err, ERROR_MEMORY, "cannot start a thread of the server");
        goto fail;
    }
    h->watching = true;
    if (start_daemon(h, err)) return h;
fail:
    http_free(h);
    return NULL;
}

const char *http_address(const struct http *h)
{
    return h->url;
}

void http_set_guard(struct http *h, struct guard *guard)
{
    pthread_mutex_lock(&h->lock);
    struct guard *before = h->guard;
    h->guard = guard;
    pthread_mutex_unlock(&h->lock);
    guard_free(before);
}

void http_set_deadline(struct http *h, double seconds)
{
    pthread_mutex_lock(&h->lock);
    h->deadline = seconds;
    pthread_mutex_unlock(&h->lock);
}

void http_drain(struct http *h)
{
    if (atomic_exchange(&h->draining, true)) return;
    MHD_socket fd = MHD_quiesce_daemon(h->daemon);
    if (fd != MHD_INVALID_SOCKET) close(fd);
}

bool http_wait_idle(struct http *h, double seconds)
{
    double until = clock_seconds() + seconds;
    for (;;) {
        pthread_mutex_lock(&h->lock);
        bool idle = h->n_working == 0;
        pthread_mutex_unlock(&h->lock);
        if (idle || clock_seconds() >= until) return idle;
        usleep(20000);
    }
}

void http_cancel(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    for (struct exchange *x = h->exchanges; x; x = x->next) atomic_store(&x->cancel, true);
    pthread_mutex_unlock(&h->lock);
}

void http_free(struct http *h)
{
    if (!h) return;
    atomic_store(&h->stop, true);
    if (h->watching) pthread_join(h->watcher, NULL);
    if (h->daemon) MHD_stop_daemon(h->daemon);
    if (h->watch >= 0) close(h->watch);
    connections_free(h->connections);
    pthread_mutex_destroy(&h->lock);
    guard_free(h->guard);
    free(h->upload_folder);
    free(h);
}

void http_stats(struct http *h, struct http_stats *out)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    pthread_mutex_lock(&h->lock);
    out->active = h->n_exchanges;
    pthread_mutex_unlock(&h->lock);
    out->connections = info ? info->num_connections : 0;
}
