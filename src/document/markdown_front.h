#ifndef DOCUMENT_MARKDOWN_FRONT_H
#define DOCUMENT_MARKDOWN_FRONT_H

#include "document/reader.h"

#include <stddef.h>

/* Adds the front matter, the first len bytes of the document with its "---" lines, as a table of
 * names and values. Names inside of others have a path: "engine.power"; the items of a list are one
 * value. */
void markdown_front_read(struct document_reader *r, size_t len);

#endif
