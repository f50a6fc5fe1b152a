#include "pdf/serve.h"
#include "document/pdf_protocol.h"
#include "pdf/reply.h"
#include "pdf/sandbox.h"
#include "pdf/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_all(void *to, size_t len)
{
    for (size_t got = 0; got < len;) {
        ssize_t n = read(STDIN_FILENO, (char *)to + got, len - got);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        got += (size_t)n;
    }
    return true;
}

static bool write_all(const void *from, size_t len)
{
    for (size_t put = 0; put < len;) {
        ssize_t n = write(STDOUT_FILENO, (const char *)from + put, len - put);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        put += (size_t)n;
    }
    return true;
}

static bool send_record(uint32_t type, const struct buffer *body)
{
    struct pdf_record record = {type, (uint32_t)body->len};
    return write_all(&record, sizeof record) && write_all(body->data, body->len);
}

/* A request's own part, behind the record's head. */
struct request {
    uint32_t type;
    struct pdf_request ask;
    struct page_box *boxes;
    char password[PDF_MAX_PASSWORD + 1];
};

static bool read_request(struct request *r)
{
    struct pdf_record record;
    if (!read_all(&record, sizeof record)) return false;
    r->type = record.type;
    if (record.type == PDF_RECORD_OPEN) {
        if (record.len > PDF_MAX_PASSWORD || !read_all(r->password, record.len)) return false;
        r->password[record.len] = 0;
        return true;
    }
    if (record.len < sizeof r->ask || !read_all(&r->ask, sizeof r->ask)) return false;
    size_t boxes = record.len - sizeof r->ask;
    if (r->ask.n_boxes > PDF_MAX_BOXES || boxes != r->ask.n_boxes * sizeof *r->boxes) return false;
    return read_all(r->boxes, boxes);
}

static uint32_t answer(struct source *s, const uint8_t *data, size_t len, const struct request *r, struct ocr *ocr,
                       struct buffer *body)
{
    struct error err = {0};
    uint32_t type = PDF_RECORD_ERROR;
    if (r->type == PDF_RECORD_OPEN) {
        if (source_open(s, data, len, r->password, ocr, &err)) {
            reply_document(body, s);
            type = PDF_RECORD_DOCUMENT;
        }
    } else if (r->type == PDF_RECORD_PAGE) {
        struct arena arena = {0};
        struct page page;
        bool needs_ocr;
        if (source_page(s, r->ask.page, &page, &needs_ocr, &arena, &err)) {
            reply_page(body, &page, needs_ocr);
            type = PDF_RECORD_PAGE;
        }
        arena_free(&arena);
    } else if (r->type == PDF_RECORD_RENDER) {
        if (source_render(s, r->ask.page, r->ask.dpi, r->boxes, r->ask.n_boxes, body, &err)) type = PDF_RECORD_PNG;
    } else {
        error_set(&err, ERROR_USAGE, "a request that is not known");
    }
    if (body->failed) error_memory(&err, "the answer");
    if (type == PDF_RECORD_ERROR || body->failed) {
        buffer_free(body);
        *body = (struct buffer){0};
        reply_error(body, &err);
        type = PDF_RECORD_ERROR;
    }
    return type;
}

void serve_error(const struct error *err)
{
    struct buffer body = {0};
    reply_error(&body, err);
    if (!body.failed) send_record(PDF_RECORD_ERROR, &body);
    buffer_free(&body);
}

int serve(const uint8_t *data, size_t len, struct ocr *ocr, int page_seconds)
{
    struct source s = {0};
    struct request r = {.boxes = calloc(PDF_MAX_BOXES, sizeof *r.boxes)};
    if (!r.boxes) return 1;
    while (read_request(&r)) {
        struct buffer body = {0};
        sandbox_start_timer(page_seconds);
        uint32_t type = answer(&s, data, len, &r, ocr, &body);
        sandbox_start_timer(0);
        bool ok = !body.failed && send_record(type, &body);
        buffer_free(&body);
        if (!ok) break;
    }
    return 0;
}
