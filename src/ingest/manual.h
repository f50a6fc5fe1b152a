/* What the headings of a document with pages say of a vehicle. Layout finds headings by their type, so that
 * chapters, parts ("Sump"), warnings, dates and running heads are among them; in a manual none of those is a
 * vehicle's name.
 */
#ifndef INGEST_MANUAL_H
#define INGEST_MANUAL_H

#include "document/document.h"

#include <stdbool.h>
#include <stddef.h>

enum { MANUAL_NAME_MAX = 64 };

/* Whether the document is long enough that its headings name parts of it: in a sheet or brochure of a few
 * pages they name vehicles. */
bool manual_is_long(const struct document *d);

/* The engine or vehicle that all of the document is about, by its first pages ("FITTED WITH THE K12 ENGINE")
 * or by its file's name where they have it too; "" where nothing or several say so. */
void manual_subject(const struct document *d, char out[MANUAL_NAME_MAX]);

/* The engine, series or model that a text names by its code: "K12 engine" gives "K12". False: none, or several. */
bool manual_code(const char *text, size_t len, size_t *begin, size_t *end);

/* Whether a word of the text is a code of letters and digits, as models and engines have: "M998", "F-150". */
bool manual_has_code(const char *text, size_t len);

/* "Table 1-1. Tabulated data (6.2 L)": what stands in brackets at the end, a code or an engine's volume. False: no
 * such thing. */
bool manual_caption_name(const char *text, size_t len, size_t *begin, size_t *end);

/* Whether a heading is a part of the document or of the page ("CHAPTER 1", "WARNING", "Table 2-1", "25 August
 * 1988") or running text, whatever it is about. */
bool manual_is_structure(const char *text, size_t len);

#endif
