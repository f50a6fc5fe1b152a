#include "hub/hub_http.h"
#include "base/clock.h"
#include "base/log.h"

#include <ctype.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

enum { MAX_REDIRECTS = 10, MAX_URL = 8192, CONNECT_SECONDS = 20, RECEIVE_BUFFER = 512 * 1024 };
static const double FIRST_WAIT = 0.5, LONGEST_WAIT = 30, LONGEST_ASKED = 600;

static pthread_once_t init_once = PTHREAD_ONCE_INIT;
static CURLcode init_result;

static void init(void)
{
    init_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool hub_http_init(struct error *err)
{
    pthread_once(&init_once, init);
    return init_result == CURLE_OK ||
           error_set(err, ERROR_UNSUPPORTED, "libcurl: %s", curl_easy_strerror(init_result));
}

/* ---- addresses ---- */

struct origin {
    char scheme[8], host[256], port[8];
};

/* False when it is no address that we would follow. */
static bool split_url(const char *url, struct origin *o)
{
    CURLU *u = curl_url();
    char *s = NULL, *h = NULL, *p = NULL;
    bool ok = u && strlen(url) <= MAX_URL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_SCHEME, &s, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_HOST, &h, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_PORT, &p, CURLU_DEFAULT_PORT) == CURLUE_OK &&
              (strcmp(s, "http") == 0 || strcmp(s, "https") == 0) && strlen(h) < sizeof o->host &&
              strlen(p) < sizeof o->port;
    if (ok) {
        snprintf(o->scheme, sizeof o->scheme, "%s", s);
        snprintf(o->host, sizeof o->host, "%s", h);
        snprintf(o->port, sizeof o->port, "%s", p);
    }
    curl_free(s);
    curl_free(h);
    curl_free(p);
    curl_url_cleanup(u);
    return ok;
}

bool hub_same_origin(const char *a, const char *b)
{
    struct origin x, y;
    return split_url(a, &x) && split_url(b, &y) && strcmp(x.scheme, y.scheme) == 0 &&
           strcasecmp(x.host, y.host) == 0 && strcmp(x.port, y.port) == 0;
}

void hub_origin(const char *url, char out[HUB_ORIGIN])
{
    struct origin o;
    if (!split_url(url, &o)) {
        snprintf(out, HUB_ORIGIN, "an address that cannot be used");
        return;
    }
    bool usual = strcmp(o.port, strcmp(o.scheme, "https") == 0 ? "443" : "80") == 0;
    snprintf(out, HUB_ORIGIN, "%s://%s%s%s", o.scheme, o.host, usual ? "" : ":",
             usual ? "" : o.port);
}

/* ---- the reply ---- */

/* The value of header `name` in a line that may be it, without blanks around; NULL when it is not.
 */
static const char *header_value(const char *line, size_t len, const char *name, size_t *value_len)
{
    size_t n = strlen(name);
    if (len <= n || line[n] != ':' || strncasecmp(line, name, n) != 0) return NULL;
    const char *v = line + n + 1, *end = line + len;
    while (v < end && isspace((unsigned char)*v)) v++;
    while (end > v && isspace((unsigned char)end[-1])) end--;
    *value_len = (size_t)(end - v);
    return v;
}

/* A value that is too long, or is no text, counts as not sent. */
static void take_text(const char *line, size_t len, const char *name, char *out, size_t size)
{
    size_t n;
    const char *v = header_value(line, len, name, &n);
    if (!v || n >= size) return;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)v[i] < 0x20 || v[i] == 0x7f) return;
    memcpy(out, v, n);
    out[n] = '\0';
}

static bool parse_size(const char **text, const char *end, size_t *out)
{
    const char *p = *text;
    size_t v = 0;
    for (; p < end && isdigit((unsigned char)*p); p++)
        if (__builtin_mul_overflow(v, (size_t)10, &v) ||
            __builtin_add_overflow(v, (size_t)(*p - '0'), &v))
            return false;
    if (p == *text) return false;
    *text = p;
    *out = v;
    return true;
}

static void take_size(const char *line, size_t len, const char *name, size_t *out)
{
    size_t n, size;
    const char *v = header_value(line, len, name, &n), *end = v ? v + n : NULL;
    if (v && parse_size(&v, end, &size) && v == end) *out = size;
}

/* "bytes 100-199/200" or "bytes 100-199/" with an asterisk. */
static void take_range(const char *line, size_t len, struct hub_reply *r)
{
    size_t n, start, last, total = HUB_HTTP_NONE;
    const char *v = header_value(line, len, "Content-Range", &n);
    if (!v || n < 6 || strncasecmp(v, "bytes ", 6) != 0) return;
    const char *end = v + n;
    v += 6;
    if (!parse_size(&v, end, &start) || v == end || *v++ != '-' || !parse_size(&v, end, &last) ||
        v == end || *v++ != '/')
        return;
    if (!(end - v == 1 && *v == '*') && (!parse_size(&v, end, &total) || v != end)) return;
    r->range_start = start;
    r->range_total = total;
}

static void reply_clear(struct hub_reply *r)
{
    *r = (struct hub_reply){.linked_size = HUB_HTTP_NONE,
                            .length = HUB_HTTP_NONE,
                            .range_start = HUB_HTTP_NONE,
                            .range_total = HUB_HTTP_NONE};
}

static size_t on_header(char *line, size_t unit, size_t count, void *context)
{
    struct hub_exchange *x = context;
    struct hub_reply *r = &x->reply;
    size_t len = unit * count;
    /* A new status line: what came before was of an interim reply. */
    if (len >= 5 && strncmp(line, "HTTP/", 5) == 0) reply_clear(r);
    x->answered = true;
    take_text(line, len, "ETag", r->etag, sizeof r->etag);
    take_text(line, len, "X-Linked-ETag", r->linked_etag, sizeof r->linked_etag);
    take_text(line, len, "X-Repo-Commit", r->commit, sizeof r->commit);
    take_text(line, len, "X-Error-Code", r->error_code, sizeof r->error_code);
    take_text(line, len, "X-Error-Message", r->error_message, sizeof r->error_message);
    take_size(line, len, "X-Linked-Size", &r->linked_size);
    take_size(line, len, "Content-Length", &r->length);
    take_range(line, len, r);
    return len;
}

static size_t on_body(char *data, size_t unit, size_t count, void *context)
{
    struct hub_exchange *x = context;
    size_t len = unit * count;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &x->reply.status);
    if (x->reply.status != 200 && x->reply.status != 206) return len; /* an error's page */
    if (!x->request.body) return len;
    bool ok = x->request.body(x->request.context, &x->reply, data, len, &x->error);
    return ok ? len : 0; /* 0: curl ends the transfer with CURLE_WRITE_ERROR */
}

/* ---- one request ---- */

static bool add_header(struct hub_exchange *x, const char *fmt, const char *value)
{
    char *line = NULL;
    if (asprintf(&line, fmt, value) < 0) return false;
    struct curl_slist *more = curl_slist_append(x->headers, line);
    free(line);
    if (more) x->headers = more;
    return more != NULL;
}

/* Sets up x->easy for x->url and hands it to multi. */
static bool send_request(struct hub_exchange *x, CURLM *multi, struct error *err)
{
    const struct hub_settings *s = x->settings;
    const struct hub_request *q = &x->request;
    char range[64] = "";
    curl_slist_free_all(x->headers);
    x->headers = NULL;
    x->foreign = !hub_same_origin(x->url, s->endpoint);
    x->answered = false;
    x->detail[0] = '\0';
    reply_clear(&x->reply);
    error_clear(&x->error);
    /* The sizes and checksums are those of the file, not of a compressed form. */
    bool ok = add_header(x, "%s", "Accept-Encoding: identity");
    if (s->token && !x->foreign) ok = ok && add_header(x, "Authorization: Bearer %s", s->token);
    if (q->from > 0) {
        snprintf(range, sizeof range, "%zu-", q->from);
        if (q->if_range) ok = ok && add_header(x, "If-Range: %s", q->if_range);
    }
    if (!ok) return error_memory(err, "request");

    CURL *e = x->easy;
    curl_easy_reset(e); /* keeps connections and names that were looked up */
    curl_easy_setopt(e, CURLOPT_URL, x->url);
    curl_easy_setopt(e, CURLOPT_PRIVATE, x);
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, x->headers);
    curl_easy_setopt(e, CURLOPT_USERAGENT, "autospec/" AUTOSPEC_VERSION);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_NOBODY, q->head ? 1L : 0L);
    if (*range) curl_easy_setopt(e, CURLOPT_RANGE, range);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, x->detail);
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    /* A connection a file: over HTTP/2 the four would share one, and its speed. */
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, (long)s->stall_seconds);
    if (s->ca_file) curl_easy_setopt(e, CURLOPT_CAINFO, s->ca_file);
    CURLMcode added = curl_multi_add_handle(multi, e);
    return added == CURLM_OK || error_set(err, ERROR_IO, "libcurl: %s", curl_multi_strerror(added));
}

static void forget_request(struct hub_exchange *x)
{
    free((void *)(uintptr_t)x->request.url);
    free((void *)(uintptr_t)x->request.if_range);
    free(x->url);
    x->url = NULL;
    x->request = (struct hub_request){0};
}

bool hub_exchange_begin(struct hub_exchange *x, const struct hub_settings *settings, CURLM *multi,
                        const struct hub_request *request, struct error *err)
{
    forget_request(x);
    x->settings = settings;
    x->redirects = 0;
    if (!x->easy) x->easy = curl_easy_init();
    x->request = *request;
    x->request.url = strdup(request->url);
    x->request.if_range = request->if_range ? strdup(request->if_range) : NULL;
    x->url = strdup(request->url);
    if (!x->easy || !x->request.url || !x->url || (request->if_range && !x->request.if_range))
        return error_memory(err, "request");
    return send_request(x, multi, err);
}

void hub_exchange_free(struct hub_exchange *x, CURLM *multi)
{
    if (x->easy) {
        curl_multi_remove_handle(multi, x->easy);
        curl_easy_cleanup(x->easy);
    }
    curl_slist_free_all(x->headers);
    forget_request(x);
    *x = (struct hub_exchange){0};
}

static enum hub_outcome redirect(struct hub_exchange *x, CURLM *multi, struct error *err)
{
    char from[HUB_ORIGIN], to[HUB_ORIGIN];
    const char *target = NULL;
    curl_easy_getinfo(x->easy, CURLINFO_REDIRECT_URL, &target);
    hub_origin(x->url, from);
    if (!target || strlen(target) > MAX_URL) {
        error_set(err, ERROR_IO, "%s: redirects to nowhere (HTTP %ld)", from, x->reply.status);
        return HUB_FAILED;
    }
    hub_origin(target, to);
    if (++x->redirects > MAX_REDIRECTS) {
        error_set(err, ERROR_IO, "%s: redirects more than %d times", from, MAX_REDIRECTS);
        return HUB_FAILED;
    }
    if (strncmp(to, "http", 4) != 0 ||
        (strncmp(from, "https:", 6) == 0 && strncmp(to, "https:", 6) != 0)) {
        error_set(err, ERROR_IO, "%s: redirects to %s, which is not followed", from, to);
        return HUB_FAILED;
    }
    char *url = strdup(target);
    if (!url) {
        error_memory(err, "redirect");
        return HUB_FAILED;
    }
    free(x->url);
    x->url = url;
    return send_request(x, multi, err) ? HUB_CONTINUES : HUB_FAILED;
}

static bool is_transient(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return true;
    default:
        return false;
    }
}

/* Statuses that say "later". A place that files are redirected to says 403 when the signature in
 * its address has run out: the Hub then makes a new one. */
static bool is_transient_status(const struct hub_exchange *x)
{
    long s = x->reply.status;
    return s == 408 || s == 425 || s == 429 || (s >= 500 && s != 501 && s != 505) ||
           (s == 403 && x->foreign);
}

enum hub_outcome hub_exchange_end(struct hub_exchange *x, CURLM *multi, CURLcode result,
                                  double *wait, struct error *err)
{
    char origin[HUB_ORIGIN];
    *wait = 0;
    curl_multi_remove_handle(multi, x->easy);
    hub_origin(x->url, origin);
    if (x->error.code != ERROR_NONE) { /* the body's taker said no */
        error_set(err, x->error.code, "%s", x->error.text);
        return HUB_FAILED;
    }
    if (result != CURLE_OK) {
        error_set(err, ERROR_IO, "%s: %s", origin,
                  *x->detail ? x->detail : curl_easy_strerror(result));
        return is_transient(result) ? HUB_TRANSIENT : HUB_FAILED;
    }
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &x->reply.status);
    long status = x->reply.status;
    if (status >= 300 && status < 400 && status != 304) {
        bool answers = x->request.head && *x->reply.linked_etag;
        return answers ? HUB_DONE : redirect(x, multi, err);
    }
    if (!is_transient_status(x)) return HUB_DONE;
    curl_off_t asked = 0;
    curl_easy_getinfo(x->easy, CURLINFO_RETRY_AFTER, &asked);
    error_set(err, ERROR_IO, "%s: HTTP %ld%s%s", origin, status,
              *x->reply.error_message ? ": " : "", x->reply.error_message);
    if ((double)asked > LONGEST_ASKED) {
        error_clear(err);
        error_set(err, ERROR_IO, "%s: HTTP %ld, and it asks to be left alone for %ld seconds",
                  origin, status, (long)asked);
        return HUB_FAILED;
    }
    *wait = asked > 0 ? (double)asked : 0;
    return HUB_TRANSIENT;
}

double hub_backoff(size_t failures, double asked)
{
    double wait = FIRST_WAIT;
    for (size_t i = 1; i < failures && wait < LONGEST_WAIT; i++) wait *= 2;
    if (wait > LONGEST_WAIT) wait = LONGEST_WAIT;
    /* Many clients that failed together must not come back together. */
    uint32_t r = 0;
    if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r)
        r = (uint32_t)(clock_seconds() * 1e6);
    double jitter = (double)r / (double)UINT32_MAX;
    wait *= 0.5 + 0.5 * jitter;
    return wait > asked ? wait : asked + 0.25 * jitter;
}

/* ---- a text, waited for ---- */

struct text_sink {
    struct buffer *text;
    size_t limit;
    const char *url;
};

static bool take_part(void *context, const struct hub_reply *reply, const char *data, size_t len,
                      struct error *err)
{
    struct text_sink *sink = context;
    (void)reply;
    if (len > sink->limit - sink->text->len)
        return error_set(err, ERROR_INPUT, "%.300s: is larger than %zu bytes", sink->url,
                         sink->limit);
    buffer_append(sink->text, data, len);
    return !sink->text->failed || error_memory(err, sink->url);
}

/* Runs multi until x has ended or *cancel is set. */
static bool wait_for(CURLM *multi, const atomic_bool *cancel, CURLcode *result, struct error *err)
{
    for (;;) {
        int running, left;
        if (cancel && atomic_load(cancel)) return error_set(err, ERROR_CANCELLED, "interrupted");
        CURLMcode code = curl_multi_perform(multi, &running);
        for (CURLMsg *m; (m = curl_multi_info_read(multi, &left));)
            if (m->msg == CURLMSG_DONE) {
                *result = m->data.result;
                return true;
            }
        if (code == CURLM_OK) code = curl_multi_poll(multi, NULL, 0, 100, NULL);
        if (code != CURLM_OK)
            return error_set(err, ERROR_IO, "libcurl: %s", curl_multi_strerror(code));
    }
}

static bool sleep_for(double seconds, const atomic_bool *cancel, struct error *err)
{
    for (double end = clock_seconds() + seconds; clock_seconds() < end;) {
        if (cancel && atomic_load(cancel)) return error_set(err, ERROR_CANCELLED, "interrupted");
        double left = end - clock_seconds();
        struct timespec t = {0, left > 0.1 ? 100000000 : left > 0 ? (long)(left * 1e9) : 0};
        nanosleep(&t, NULL);
    }
    return true;
}

bool hub_http_get(const struct hub_settings *settings, const char *url, size_t limit,
                  const atomic_bool *cancel, struct buffer *text, struct hub_reply *reply,
                  struct error *err)
{
    struct hub_exchange x = {0};
    struct text_sink sink = {text, limit, url};
    struct hub_request request = {.url = url, .body = take_part, .context = &sink};
    bool ok = false, reached = false;
    if (!hub_http_init(err)) return false;
    CURLM *multi = curl_multi_init();
    if (!multi) return error_memory(err, "libcurl");
    for (size_t failures = 0;;) {
        struct error why = {0};
        CURLcode result = CURLE_OK;
        double asked;
        buffer_clear(text);
        if (!hub_exchange_begin(&x, settings, multi, &request, err)) goto done;
        enum hub_outcome outcome = HUB_CONTINUES;
        while (outcome == HUB_CONTINUES) {
            if (!wait_for(multi, cancel, &result, err)) goto done;
            outcome = hub_exchange_end(&x, multi, result, &asked, &why);
        }
        *reply = x.reply;
        reached = reached || x.answered;
        ok = outcome == HUB_DONE;
        if (ok) goto done;
        failures++;
        /* A machine without a network should say so soon. */
        size_t most = reached || settings->retries < 2 ? settings->retries : 2;
        if (outcome == HUB_FAILED || failures > most) {
            error_set(err, why.code, "%s%s", why.text,
                      outcome == HUB_FAILED || failures < 2 ? "" : " (tried again and again)");
            goto done;
        }
        double wait = hub_backoff(failures, asked);
        log_info("%s; trying again in %.1f s", why.text, wait);
        if (!sleep_for(wait, cancel, err)) goto done;
    }
done:
    hub_exchange_free(&x, multi);
    curl_multi_cleanup(multi);
    return ok;
}
