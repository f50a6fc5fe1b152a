/* The container of old Office files (OLE, compound file): finds a stream and gives its bytes. Every
 * number of the file is checked; chains of sectors that go round end.
 */
#ifndef DOCUMENT_OLE_H
#define DOCUMENT_OLE_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends the stream of that name to `out`. *why: what is wrong, where false is returned; memory is
 * out where out->failed. Linear in len. */
bool ole_read_stream(const char *data, size_t len, const char *name, struct buffer *out, const char **why);

#endif
