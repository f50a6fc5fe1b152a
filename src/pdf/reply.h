/* The helper's answers, as document/pdf_protocol.h has them. */
#ifndef PDF_REPLY_H
#define PDF_REPLY_H

#include "base/buffer.h"
#include "pdf/source.h"

void reply_document(struct buffer *out, const struct source *s);
void reply_page(struct buffer *out, const struct page *page, bool needs_ocr);
void reply_error(struct buffer *out, const struct error *err);

#endif
