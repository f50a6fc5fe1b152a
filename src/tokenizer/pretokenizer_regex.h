/* The library's patterns are written for Oniguruma with Unicode 16; we run them with PCRE2, whose
 * tables are older and whose escapes differ in places. This translates a pattern so that it means
 * the same, and refuses what cannot be translated. */
#ifndef TOKENIZER_PRETOKENIZER_REGEX_H
#define TOKENIZER_PRETOKENIZER_REGEX_H

#include "base/buffer.h"
#include "base/error.h"

#include <stddef.h>

/* Appends the PCRE2 (UTF, UCP) form of an Oniguruma pattern. `where` names the place in errors. */
bool regex_translate(const char *pattern, size_t len, const char *where, struct buffer *out,
                     struct error *err);

#endif
