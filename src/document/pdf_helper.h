/* The process of autospec-pdf: started, asked, waited for until a deadline, ended. For pdf_client.c. */
#ifndef DOCUMENT_PDF_HELPER_H
#define DOCUMENT_PDF_HELPER_H

#include "base/buffer.h"
#include "base/error.h"
#include "document/pdf_protocol.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pdf_helper {
    pid_t pid;  /* 0: none runs */
    int socket; /* to its standard input and output */
};

struct pdf_helper_options {
    const char *program;
    const char *ocr_languages; /* NULL: none */
    size_t memory_bytes;
    double seconds; /* for one request */
};

/* document: its descriptor, which the helper gets a copy of. */
bool pdf_helper_start(struct pdf_helper *h, int document, const struct pdf_helper_options *options,
                      struct error *err);

/* false: it has ended (pdf_helper_why tells how). body may be NULL when its length is 0. */
bool pdf_helper_send(struct pdf_helper *h, enum pdf_record_type type, const void *head, size_t head_len,
                     const void *body, size_t body_len);

enum pdf_wait { PDF_WAIT_RECORD, PDF_WAIT_ENDED, PDF_WAIT_TIMEOUT, PDF_WAIT_MALFORMED, PDF_WAIT_CANCELLED, PDF_WAIT_MEMORY };

/* The next record, its body in *body. */
enum pdf_wait pdf_helper_receive(struct pdf_helper *h, double seconds, const atomic_bool *cancel, uint32_t *type,
                                 struct buffer *body);

enum pdf_end { PDF_END_TIME, PDF_END_MEMORY, PDF_END_OTHER };

/* Ends it, if it still runs. How it had ended by itself is told, also in words where `how` is not
 * NULL: "crashed (signal 11)". */
enum pdf_end pdf_helper_end(struct pdf_helper *h, char *how, size_t size);

#endif
