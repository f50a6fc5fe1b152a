/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length in bytes (1 to 4) of the code point at text[0..len) and its value in *cp (which may be
 * NULL); 0 when the bytes there are not valid or cut short. */
size_t utf8_decode(const char *text, size_t len, uint32_t *cp);

/* Writes cp to out (room for 4 bytes) and returns the bytes used; 0 when cp is not encodable. */
size_t utf8_encode(uint32_t cp, char *out);

/* Offset of the first invalid byte, or len when all is valid. */
size_t utf8_valid_prefix(const char *text, size_t len);
bool utf8_is_valid(const char *text, size_t len);

/* Code points of valid text. */
size_t utf8_count(const char *text, size_t len);

/* How many bytes at the start of text can be shown now: all but a sequence at the end that is a
 * true prefix of a valid one and may still be completed. */
size_t utf8_complete_prefix(const char *text, size_t len);

#endif
