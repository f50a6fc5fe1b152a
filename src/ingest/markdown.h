/* Pieces of the Markdown reader. */
#ifndef INGEST_MARKDOWN_H
#define INGEST_MARKDOWN_H

#include "base/buffer.h"

#include <stddef.h>

/* Appends one line's text without its marks: emphasis, code, links (their label stays), HTML tags,
 * escapes and the common entities. */
void markdown_inline(const char *text, size_t len, struct buffer *out);

#endif
