/* Whether a text is fit to be a question. */
#ifndef QUERY_QUESTION_H
#define QUERY_QUESTION_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { QUESTION_MAX_BYTES = 1 << 16 };

/* Not empty, not too long, UTF-8 without NUL bytes. */
bool question_check(const char *text, size_t len, struct error *err);

#endif
