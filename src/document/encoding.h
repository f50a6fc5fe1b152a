/* Bytes of a file as UTF-8 text without NUL.
 *
 * A byte order mark decides; else the bytes do: valid UTF-8, UTF-16 by its zero bytes, text that is
 * UTF-8 but for some bytes (each becomes U+FFFD), GB18030 where the bytes outside ASCII come in
 * pairs as Chinese does, else Windows-1252 (told as ISO-8859-1 where both read the same). UTF-16
 * and the single-byte tables are a few lines here; GB18030 is iconv's of the C library. A
 * statistical detector (ICU's ucsdet) knows a hundred encodings, but is unsure of files that hold
 * ten letters outside ASCII, as vehicle tables do, and tells nothing about single bytes.
 */
#ifndef DOCUMENT_ENCODING_H
#define DOCUMENT_ENCODING_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { ENCODING_MAX_LINES = 8, ENCODING_MAX_NAME = 40 };

struct decoded_text {
    const char *data; /* valid UTF-8 without NUL, behind the byte order mark */
    size_t len;
    size_t mark;          /* bytes of the mark in UTF-8: 3 where the file has one, else 0 */
    char *owned;          /* freed by decoded_text_free; NULL: data is the caller's */
    const char *encoding; /* "UTF-8", "UTF-16LE", "windows-1252", ...; static */
    size_t n_replaced;    /* places that became U+FFFD */
    size_t lines[ENCODING_MAX_LINES]; /* of the first of them, each once, from 1 */
    size_t n_lines;
};

/* False: empty, white space alone, or no text at all (a PDF, an archive, an image, a Git LFS
 * pointer, other bytes): one line says what it is. Linear in len; takes at most 3
 * bytes for each. */
bool text_decode(struct decoded_text *out, const char *path, const char *data, size_t len,
                 struct error *err);
/* The same of text whose encoding is stated ("windows-1251"): by it unless a byte order mark tells
 * another one, or it is unknown here; then as text_decode. */
bool text_decode_as(struct decoded_text *out, const char *path, const char *data, size_t len,
                    const char *charset, struct error *err);
void decoded_text_free(struct decoded_text *t);

/* What the first bytes tell about a file that is no text: "a PDF", "a ZIP archive"; NULL: nothing.
 */
const char *binary_kind(const char *data, size_t len);

/* Markup that stands in place of a text: "an HTML page" (*html), "an XML document"; NULL: none. `text`
 * is UTF-8. */
const char *markup_kind(const char *text, size_t len, bool *html);

#endif
