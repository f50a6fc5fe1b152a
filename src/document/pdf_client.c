#include "document/pdf_client.h"
#include "base/clock.h"
#include "document/pdf_helper.h"
#include "document/pdf_protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MOST_CRASHED = 3, /* pages that end the helper, until the document is given up */
    MOST_HOURS = 3,   /* for a document */
};

/* A helper and the page that it has been asked for. */
struct reader {
    struct pdf_helper helper;
    bool ocr;
    size_t asked; /* 0: nothing */
};

struct pdf_client {
    char *name, *program, *password, *languages;
    int document;
    size_t memory;
    double page_seconds, ocr_seconds, deadline;
    const atomic_bool *cancel;
    struct reader text, ocr;
    struct pdf_facts facts;
    struct arena arena; /* of the facts */
    struct buffer body;
    size_t next;        /* the page that comes next, from 1 */
    bool no_ocr;        /* it cannot be started, which has been told once */
    size_t n_crashed;   /* pages that were lost because the helper ended */
};

/* --- what is no PDF --- */

static bool begins(const char *data, size_t len, const char *word)
{
    return len >= strlen(word) && strncasecmp(data, word, strlen(word)) == 0;
}

static bool is_picture(const char *data, size_t len)
{
    return (len >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0) || (len >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0) ||
           (len >= 4 && (memcmp(data, "II*\0", 4) == 0 || memcmp(data, "MM\0*", 4) == 0));
}

/* data: the file's beginning. */
static bool check_kind(const char *data, size_t len, struct error *err)
{
    size_t head = len < 1024 ? len : 1024;
    if (len == 0) return error_set(err, ERROR_INPUT, "the file is empty");
    if (memmem(data, head, "%PDF-", 5) || is_picture(data, len)) return true;
    if (begins(data, len, "version https://git-lfs.github.com/spec/"))
        return error_set(err, ERROR_INPUT, "this is a Git LFS pointer, not the file; `git lfs pull` fetches it");
    size_t i = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < len && strchr(" \t\r\n", data[i]) && data[i]) i++;
    if (begins(data + i, len - i, "<!doctype html") || begins(data + i, len - i, "<html") ||
        begins(data + i, len - i, "<head"))
        return error_set(err, ERROR_INPUT, "this is a web page, not a PDF");
    if (begins(data + i, len - i, "<?xml")) return error_set(err, ERROR_INPUT, "this is XML, not a PDF");
    if (!memchr(data, 0, len)) return error_set(err, ERROR_INPUT, "this is text, not a PDF");
    return error_set(err, ERROR_INPUT, "this is not a PDF: it does not begin with %%PDF-");
}

/* --- errors name the document --- */

/* Moves the text of `from` to err, with the document's name and the page (0: none) before it. */
static bool failed(const struct pdf_client *c, size_t page, const struct error *from, struct error *err)
{
    enum error_code code = from->code ? from->code : ERROR_INPUT;
    if (page) return error_set(err, code, "%s: page %zu: %s", c->name, page, from->text);
    return error_set(err, code, "%s: %s", c->name, from->text);
}

/* --- one question to a helper --- */

/* ENDED: by itself, so that a second try may do better; USED_UP: its time or memory, where none would. */
enum asked { ASKED_ANSWERED, ASKED_REFUSED, ASKED_ENDED, ASKED_USED_UP, ASKED_CANCELLED };

static double seconds_for(const struct pdf_client *c, const struct reader *r)
{
    return r->ocr ? c->ocr_seconds : c->page_seconds;
}

static bool cancelled(const struct pdf_client *c)
{
    return c->cancel && atomic_load(c->cancel);
}

static void end_reader(struct reader *r)
{
    pdf_helper_end(&r->helper, NULL, 0);
    r->asked = 0;
}

/* Waits for the answer to what was sent. Whatever is not the expected record fills err and, but for
 * an error that the helper itself tells, ends the helper. */
static enum asked wait_answer(struct pdf_client *c, struct reader *r, enum pdf_record_type expected, struct error *err)
{
    uint32_t type = 0;
    double seconds = seconds_for(c, r);
    enum pdf_wait got = pdf_helper_receive(&r->helper, seconds, c->cancel, &type, &c->body);
    r->asked = 0;
    if (got == PDF_WAIT_RECORD && type == (uint32_t)expected) return ASKED_ANSWERED;
    struct pdf_error refusal;
    if (got == PDF_WAIT_RECORD && type == PDF_RECORD_ERROR && c->body.len >= sizeof refusal) {
        memcpy(&refusal, c->body.data, sizeof refusal);
        char text[400];
        snprintf(text, sizeof text, "%.*s", (int)(c->body.len - sizeof refusal < 399 ? c->body.len - sizeof refusal : 399),
                 c->body.data + sizeof refusal);
        for (char *p = text; *p; p++)
            if ((unsigned char)*p < 0x20) *p = ' ';
        bool known = refusal.code > ERROR_NONE && refusal.code <= ERROR_BUSY;
        error_set(err, known ? (enum error_code)refusal.code : ERROR_INPUT, "%s", text);
        return ASKED_REFUSED;
    }
    char how[128];
    enum pdf_end end = pdf_helper_end(&r->helper, how, sizeof how);
    if (got == PDF_WAIT_CANCELLED || cancelled(c)) {
        error_set(err, ERROR_CANCELLED, "cancelled");
        return ASKED_CANCELLED;
    }
    if (got == PDF_WAIT_TIMEOUT || (got == PDF_WAIT_ENDED && end == PDF_END_TIME)) {
        error_set(err, ERROR_INPUT, "the PDF reader took more than %.0f s", seconds);
        return ASKED_USED_UP;
    }
    if (got == PDF_WAIT_MEMORY) error_memory(err, "the PDF reader's answer");
    else if (got == PDF_WAIT_ENDED) error_set(err, ERROR_INPUT, "the PDF reader %s", how);
    else error_set(err, ERROR_INPUT, "the PDF reader's answer is malformed");
    return got == PDF_WAIT_ENDED && end == PDF_END_MEMORY ? ASKED_USED_UP : ASKED_ENDED;
}

/* Starts a helper and has it open the document; c->body then holds what it says of it. */
static enum asked start_reader(struct pdf_client *c, struct reader *r, struct error *err)
{
    struct pdf_helper_options options = {.program = c->program,
                                         .ocr_languages = r->ocr ? c->languages : NULL,
                                         .memory_bytes = c->memory,
                                         .seconds = seconds_for(c, r)};
    if (!pdf_helper_start(&r->helper, c->document, &options, err)) return ASKED_REFUSED;
    const char *password = c->password ? c->password : "";
    pdf_helper_send(&r->helper, PDF_RECORD_OPEN, password, strlen(password), NULL, 0);
    return wait_answer(c, r, PDF_RECORD_DOCUMENT, err);
}

/* Has a reader that runs; a helper that ends while it opens the document gets a second chance. */
static enum asked ready_reader(struct pdf_client *c, struct reader *r, struct error *err)
{
    if (r->helper.pid) return ASKED_ANSWERED;
    struct error first = {0};
    enum asked got = start_reader(c, r, &first);
    if (got == ASKED_ENDED) {
        error_clear(&first);
        got = start_reader(c, r, &first);
    }
    if (got != ASKED_ANSWERED) {
        end_reader(r);
        error_set(err, first.code, "%s", first.text);
    }
    return got;
}

static void send_page(struct reader *r, size_t number)
{
    struct pdf_request request = {.page = (uint32_t)number};
    pdf_helper_send(&r->helper, PDF_RECORD_PAGE, &request, sizeof request, NULL, 0);
    r->asked = number;
}

/* Asks for a page, unless that has been done, and reads it. */
static enum asked ask_page_once(struct pdf_client *c, struct reader *r, size_t number, struct page *page,
                                bool *needs_ocr, struct arena *arena, struct error *err)
{
    if (r->helper.pid && r->asked && r->asked != number) end_reader(r); /* never happens when pages come in turn */
    enum asked got = ready_reader(c, r, err);
    if (got != ASKED_ANSWERED) return got;
    if (r->asked != number) send_page(r, number);
    got = wait_answer(c, r, PDF_RECORD_PAGE, err);
    if (got != ASKED_ANSWERED) return got;
    if (pdf_page_decode(c->body.data, c->body.len, page, needs_ocr, arena, err) && page->number == number)
        return ASKED_ANSWERED;
    error_set(err, ERROR_INPUT, "the PDF reader's answer is malformed");
    end_reader(r);
    return ASKED_ENDED;
}

static enum asked ask_page(struct pdf_client *c, struct reader *r, size_t number, struct page *page, bool *needs_ocr,
                           struct arena *arena, struct error *err)
{
    struct error first = {0};
    enum asked got = ask_page_once(c, r, number, page, needs_ocr, arena, &first);
    if (got == ASKED_ENDED) {
        error_clear(&first);
        got = ask_page_once(c, r, number, page, needs_ocr, arena, &first);
    }
    if (got != ASKED_ANSWERED) error_set(err, first.code, "%s", first.text);
    return got;
}

/* --- opening --- */

static char *copy_of(const char *text, bool *ok)
{
    char *copy = text && *text ? strdup(text) : NULL;
    if (text && *text && !copy) *ok = false;
    return copy;
}

static struct pdf_client *new_client(const char *name, const struct pdf_options *o, struct error *err)
{
    struct pdf_client *c = calloc(1, sizeof *c);
    bool ok = c;
    if (c) {
        const double seconds = 30, ocr_seconds = 120;
        *c = (struct pdf_client){.document = -1, .next = 1, .cancel = o->cancel, .ocr = {.ocr = true}};
        c->text.helper.socket = c->ocr.helper.socket = -1;
        c->name = copy_of(name && *name ? name : "the document", &ok);
        c->password = copy_of(o->password, &ok);
        c->languages = copy_of(o->ocr_languages, &ok);
        c->memory = o->memory_bytes ? o->memory_bytes : PDF_DEFAULT_MEMORY;
        c->page_seconds = o->page_seconds > 0 ? o->page_seconds : seconds;
        c->ocr_seconds = o->page_seconds > 0 ? o->page_seconds : ocr_seconds;
        c->deadline = clock_seconds() + MOST_HOURS * 3600.0;
    }
    if (ok) return c;
    error_memory(err, "the PDF reader");
    pdf_close(c);
    return NULL;
}

/* Takes over c. */
static struct pdf_client *open_document(struct pdf_client *c, const struct pdf_options *o, struct error *err)
{
    struct error why = {0};
    char head[4096];
    ssize_t got = pread(c->document, head, sizeof head, 0);
    bool ok = got >= 0 ? check_kind(head, (size_t)got, &why) : error_errno(&why, ERROR_IO, "cannot be read");
    if (ok && strlen(c->password ? c->password : "") > PDF_MAX_PASSWORD)
        ok = error_set(&why, ERROR_INPUT, PDF_WRONG_PASSWORD);
    if (ok) {
        c->program = o->helper ? strdup(o->helper) : pdf_helper_find(&why);
        ok = c->program && ready_reader(c, &c->text, &why) == ASKED_ANSWERED &&
             pdf_document_decode(c->body.data, c->body.len, &c->facts, &c->arena, &why);
    }
    if (ok) {
        send_page(&c->text, 1);
        return c;
    }
    if (!why.code) error_memory(&why, "the PDF reader");
    failed(c, 0, &why, err);
    pdf_close(c);
    return NULL;
}

static int memory_file(const void *data, size_t len, struct error *err)
{
    int fd = memfd_create("document", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    for (size_t put = 0; fd >= 0 && put < len;) {
        ssize_t n = write(fd, (const char *)data + put, len - put);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            close(fd);
            fd = -1;
        } else {
            put += (size_t)n;
        }
    }
    if (fd < 0) error_errno(err, ERROR_MEMORY, "a copy for the PDF reader");
    else fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
    return fd;
}

struct pdf_client *pdf_open(const char *name, const void *data, size_t len, const struct pdf_options *options,
                            struct error *err)
{
    struct pdf_client *c = new_client(name, options, err);
    struct error why = {0};
    if (!c) return NULL;
    c->document = memory_file(data, len, &why);
    if (c->document >= 0) return open_document(c, options, err);
    failed(c, 0, &why, err);
    pdf_close(c);
    return NULL;
}

struct pdf_client *pdf_open_fd(const char *name, int fd, const struct pdf_options *options, struct error *err)
{
    struct pdf_client *c = new_client(name, options, err);
    if (!c) return NULL;
    struct stat st;
    struct error why = {0};
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) error_set(&why, ERROR_INPUT, "not a file");
    else if ((c->document = fcntl(fd, F_DUPFD_CLOEXEC, 10)) < 0) error_errno(&why, ERROR_IO, "cannot be read");
    else return open_document(c, options, err);
    failed(c, 0, &why, err);
    pdf_close(c);
    return NULL;
}

void pdf_close(struct pdf_client *c)
{
    if (!c) return;
    /* Nothing that it still does is wanted. */
    pdf_helper_end(&c->text.helper, NULL, 0);
    pdf_helper_end(&c->ocr.helper, NULL, 0);
    if (c->document >= 0) close(c->document);
    arena_free(&c->arena);
    buffer_free(&c->body);
    free(c->name);
    free(c->program);
    free(c->password);
    free(c->languages);
    free(c);
}

size_t pdf_page_count(const struct pdf_client *c)
{
    return c->facts.n_pages;
}

const char *pdf_title(const struct pdf_client *c)
{
    return c->facts.title;
}

const struct page_outline *pdf_outline(const struct pdf_client *c, size_t *n)
{
    *n = c->facts.n_outline;
    return c->facts.outline;
}

bool pdf_is_damaged(const struct pdf_client *c)
{
    return c->facts.damaged;
}

/* --- pages --- */

/* A page was not read: what becomes of the document. */
static enum pdf_result lose_page(struct pdf_client *c, size_t number, enum asked got, const struct error *why,
                                 struct error *err)
{
    failed(c, number, why, err);
    if (got == ASKED_CANCELLED || why->code == ERROR_MEMORY) return PDF_FAILED;
    if (got == ASKED_REFUSED) return PDF_PAGE_LOST;
    return ++c->n_crashed >= MOST_CRASHED || c->n_crashed == c->facts.n_pages ? PDF_FAILED : PDF_PAGE_LOST;
}

enum pdf_result pdf_next_page(struct pdf_client *c, struct page *page, bool *needs_ocr, struct arena *arena,
                              struct error *err)
{
    struct error why = {0};
    bool wants_ocr = false;
    size_t number = c->next;
    if (number > c->facts.n_pages) return PDF_END;
    if (clock_seconds() > c->deadline) {
        error_set(&why, ERROR_INPUT, "the document takes more than %d hours", MOST_HOURS);
        failed(c, number, &why, err);
        return PDF_FAILED;
    }
    c->next++;
    enum asked got = ask_page(c, &c->text, number, page, &wants_ocr, arena, &why);
    /* The helper works on the next page while this one is made use of. */
    if (got == ASKED_ANSWERED && c->next <= c->facts.n_pages) send_page(&c->text, c->next);
    if (got == ASKED_ANSWERED && wants_ocr && c->languages && !c->no_ocr) {
        got = ask_page(c, &c->ocr, number, page, &wants_ocr, arena, &why);
        c->no_ocr = got == ASKED_REFUSED && !c->ocr.helper.pid; /* a language is not there: nor is it for the next page */
    }
    if (needs_ocr) *needs_ocr = wants_ocr;
    return got == ASKED_ANSWERED ? PDF_PAGE : lose_page(c, number, got, &why, err);
}

bool pdf_render(struct pdf_client *c, size_t number, float dpi, const struct page_box *boxes, size_t n_boxes,
                struct buffer *png, struct error *err)
{
    const float least = 36, most = 600;
    struct error why = {0};
    if (number < 1 || number > c->facts.n_pages)
        return error_set(err, ERROR_NOT_FOUND, "%s: there is no page %zu; it has %zu", c->name, number, c->facts.n_pages);
    if (n_boxes > PDF_MAX_BOXES) n_boxes = PDF_MAX_BOXES;
    struct pdf_request request = {.page = (uint32_t)number,
                                  .dpi = dpi >= least ? dpi <= most ? dpi : most : least,
                                  .n_boxes = (uint32_t)n_boxes};
    enum asked got = ASKED_ENDED;
    for (int tries = 0; got == ASKED_ENDED && tries < 2; tries++) {
        error_clear(&why);
        /* An answer to what was asked ahead comes first. */
        if (c->text.asked && wait_answer(c, &c->text, PDF_RECORD_PAGE, &why) != ASKED_ANSWERED) error_clear(&why);
        if ((got = ready_reader(c, &c->text, &why)) != ASKED_ANSWERED) continue;
        pdf_helper_send(&c->text.helper, PDF_RECORD_RENDER, &request, sizeof request, boxes, n_boxes * sizeof *boxes);
        got = wait_answer(c, &c->text, PDF_RECORD_PNG, &why);
    }
    if (got == ASKED_ANSWERED && (c->body.len < 8 || memcmp(c->body.data, "\x89PNG\r\n\x1a\n", 8) != 0 ||
                                  c->body.len > PDF_MAX_PNG)) {
        error_set(&why, ERROR_INPUT, "the PDF reader's answer is malformed");
        got = ASKED_ENDED;
    }
    if (got != ASKED_ANSWERED) return failed(c, number, &why, err);
    buffer_append(png, c->body.data, c->body.len);
    return !png->failed || error_memory(err, "a page's picture");
}
