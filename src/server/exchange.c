#include "server/exchange.h"
#include "base/clock.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_UNREAD = 8 << 20, BLOCK = 16 << 10 };

const char *exchange_query(const struct exchange *x, const char *name)
{
    for (size_t i = 0; i < x->n_query; i++)
        if (strcmp(x->query[i].name, name) == 0) return x->query[i].value;
    return NULL;
}

bool exchange_is_async(const struct exchange *x)
{
    const char *value = exchange_query(x, "async");
    if (!value && x->upload) value = x->upload->async;
    return value && x->upload && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

void reply_header(struct exchange *x, const char *name, const char *value)
{
    char *copy = arena_strdup(&x->arena, value);
    if (copy && x->n_headers < sizeof x->headers / sizeof *x->headers)
        x->headers[x->n_headers++] = (struct exchange_field){name, copy};
}

/* ---- handing the reply over ---- */

/* Called with the lock held. */
static void resume(struct exchange *x)
{
    if (!x->suspended || !x->connection) return;
    x->suspended = false;
    MHD_resume_connection(x->connection);
}

static void hand_over(struct exchange *x, unsigned status, struct MHD_Response *response,
                      const char *type)
{
    if (response) {
        MHD_add_response_header(response, "Content-Type", type);
        MHD_add_response_header(response, "X-Request-Id", x->id);
        MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
        for (size_t i = 0; i < x->n_headers; i++)
            MHD_add_response_header(response, x->headers[i].name, x->headers[i].value);
    }
    pthread_mutex_lock(&x->lock);
    if (x->answered) { /* never: a handler replies once */
        if (response) MHD_destroy_response(response);
    } else {
        x->answered = true;
        x->response = response; /* NULL: no memory; the connection is closed */
        x->status = status;
        resume(x);
    }
    pthread_mutex_unlock(&x->lock);
}

void reply_buffer(struct exchange *x, unsigned status, const char *type, struct buffer *body)
{
    if (body->len > BUDGET_FREE_BYTES && !budget_share_add(&x->share, BUDGET_BYTES, body->cap)) {
        buffer_free(body);
        reply_busy(x);
        return;
    }
    if (body->failed) {
        buffer_free(body);
        hand_over(x, 500, NULL, type);
        return;
    }
    struct MHD_Response *r =
        body->data ? MHD_create_response_from_buffer(body->len, body->data, MHD_RESPMEM_MUST_FREE)
                   : MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    x->written = body->len;
    if (r)
        *body = (struct buffer){0};
    else
        buffer_free(body);
    hand_over(x, status, r, type);
}

void reply_bytes(struct exchange *x, unsigned status, const char *type, const void *data,
                 size_t len)
{
    x->written = len;
    hand_over(x, status,
              MHD_create_response_from_buffer(len, (void *)(uintptr_t)data, MHD_RESPMEM_PERSISTENT),
              type);
}

static int append_json(const char *text, size_t len, void *context)
{
    struct buffer *b = context;
    buffer_append(b, text, len);
    return b->failed ? -1 : 0;
}

static void json_text(json_t *value, struct buffer *out)
{
    if (!value || json_dump_callback(value, append_json, out,
                                     JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9)) != 0)
        out->failed = true;
    json_decref(value);
}

void reply_json(struct exchange *x, unsigned status, json_t *value)
{
    struct buffer body = {0};
    json_text(value, &body);
    buffer_putc(&body, '\n');
    reply_buffer(x, status, "application/json", &body);
}

/* ---- errors ---- */

static const char *error_type(unsigned status)
{
    switch (status) {
    case 401:
        return "authentication_error";
    case 403:
    case 421:
        return "permission_error";
    case 404:
        return "not_found_error";
    case 429:
        return "rate_limit_error";
    default:
        return status >= 500 ? "server_error" : "invalid_request_error";
    }
}

json_t *error_json(const struct exchange *x, unsigned status, const char *code, const char *param,
                   const char *message)
{
    char clean[sizeof((struct error *)0)->text];
    snprintf(clean, sizeof clean, "%s", message);
    /* A message that was cut inside a letter, or quotes a broken one. */
    json_t *text = json_string(clean);
    if (!text) {
        for (char *p = clean; *p; p++)
            if ((unsigned char)*p >= 0x80) *p = '?';
        text = json_string(clean);
    }
    return json_pack("{s:{s:o, s:s, s:s, s:s?, s:s}}", "error", "message", text, "type",
                     error_type(status), "code", code, "param", param, "request_id", x->id);
}

void reply_error(struct exchange *x, unsigned status, const char *code, const char *param,
                 const char *fmt, ...)
{
    char message[sizeof((struct error *)0)->text];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    reply_json(x, status, error_json(x, status, code, param, message));
}

struct failure {
    unsigned status;
    const char *code, *text;
    const char *retry_after; /* NULL: trying again will not help */
};

/* Errors begin with the file that they are about: "/var/lib/autospec/store.db: ...". Where it lies is none of
 * the client's business; its name is enough. */
static const char *without_folder(const char *text)
{
    size_t len = text[0] == '/' ? strcspn(text, ":") : 0;
    for (const char *end = text + len; len && end > text; end--)
        if (*end == '/') return end + 1;
    return text;
}

static struct failure failure_find(const struct exchange *x, const struct error *err)
{
    static const struct {
        unsigned status;
        const char *code, *retry_after;
    } KINDS[] = {
        [ERROR_NONE] = {500, "internal_error", NULL},
        [ERROR_USAGE] = {400, "invalid_request", NULL},
        [ERROR_INPUT] = {422, "unusable_input", NULL},
        [ERROR_IO] = {500, "io_error", NULL},
        [ERROR_MEMORY] = {507, "out_of_memory", NULL},
        [ERROR_UNSUPPORTED] = {415, "unsupported", NULL},
        [ERROR_CANCELLED] = {503, "shutting_down", "5"}, /* or nobody reads it */
        [ERROR_NOT_FOUND] = {404, "not_found", NULL},
        [ERROR_BUSY] = {503, "server_busy", "1"},
    };
    if (err->code == ERROR_CANCELLED && atomic_load(&x->late))
        return (struct failure){504, "deadline_exceeded",
                                "the request took longer than the server's deadline", NULL};
    if (err->code == ERROR_CANCELLED)
        return (struct failure){KINDS[err->code].status, KINDS[err->code].code,
                                "the server is shutting down", KINDS[err->code].retry_after};
    return (struct failure){KINDS[err->code].status, KINDS[err->code].code, without_folder(err->text),
                            KINDS[err->code].retry_after};
}

json_t *failure_json(const struct exchange *x, const struct error *err)
{
    struct failure f = failure_find(x, err);
    return error_json(x, f.status, f.code, NULL, f.text);
}

void reply_failure(struct exchange *x, const struct error *err)
{
    struct failure f = failure_find(x, err);
    if (f.retry_after) reply_header(x, "Retry-After", f.retry_after);
    reply_json(x, f.status, error_json(x, f.status, f.code, NULL, f.text));
}

void reply_busy(struct exchange *x)
{
    struct error err = {0};
    error_set(&err, ERROR_BUSY, "the requests at work take all the memory that they may; try again later");
    reply_failure(x, &err);
}

/* ---- streams ---- */

/* An MHD_ContentReaderCallback: on the network's thread. */
static ssize_t read_stream(void *context, uint64_t position, char *out, size_t max)
{
    (void)position;
    struct exchange *x = context;
    ssize_t n = 0;
    pthread_mutex_lock(&x->lock);
    size_t unread = x->out.len - x->out_at;
    if (x->gone) {
        n = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (unread) {
        n = (ssize_t)(unread < max ? unread : max);
        memcpy(out, x->out.data + x->out_at, (size_t)n);
        x->out_at += (size_t)n;
        if (x->out_at == x->out.len) {
            buffer_clear(&x->out);
            x->out_at = 0;
        }
    } else if (x->ended) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        x->suspended = true;
        MHD_suspend_connection(x->connection);
    }
    pthread_mutex_unlock(&x->lock);
    return n;
}

void reply_stream(struct exchange *x, const char *type)
{
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, x, NULL);
    pthread_mutex_lock(&x->lock);
    x->streaming = true;
    x->last_write = clock_seconds();
    pthread_mutex_unlock(&x->lock);
    reply_header(x, "Cache-Control", "no-cache");
    reply_header(x, "X-Accel-Buffering", "no"); /* nginx: pass each event on at once */
    hand_over(x, 200, r, type);
}

bool reply_write(struct exchange *x, const void *data, size_t len)
{
    pthread_mutex_lock(&x->lock);
    if (x->out_at > MAX_UNREAD / 2) { /* what was read makes room */
        memmove(x->out.data, x->out.data + x->out_at, x->out.len - x->out_at);
        x->out.len -= x->out_at;
        x->out_at = 0;
    }
    bool ok = !x->gone && !x->ended && x->connection;
    if (ok) {
        buffer_append(&x->out, data, len);
        bool fits = x->out.cap <= BUDGET_FREE_BYTES || budget_share_grow(&x->share, BUDGET_BYTES, x->body.cap + x->out.cap);
        x->written += len;
        x->last_write = clock_seconds();
        if (x->out.failed || !fits || x->out.len - x->out_at > MAX_UNREAD) {
            x->gone = true;
            atomic_store(&x->cancel, true);
            ok = false;
        }
        resume(x);
    }
    pthread_mutex_unlock(&x->lock);
    return ok;
}

void reply_end(struct exchange *x)
{
    pthread_mutex_lock(&x->lock);
    x->ended = true;
    resume(x);
    pthread_mutex_unlock(&x->lock);
}

bool reply_event(struct exchange *x, const char *name, json_t *data)
{
    struct buffer b = {0};
    if (name) buffer_printf(&b, "event: %s\n", name);
    buffer_puts(&b, "data: ");
    json_text(data, &b); /* one line: JSON has no newline outside its strings, nor inside */
    buffer_puts(&b, "\n\n");
    bool ok = !b.failed && reply_write(x, b.data, b.len);
    buffer_free(&b);
    return ok;
}
