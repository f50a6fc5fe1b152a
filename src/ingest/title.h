/* The title that is given with a document: a trail of headings ("Geely Monjaro > Engine"), of which
 * some say where the text is from ("cars.csv row 52", "brochure.pdf p. 3") and name nothing.
 */
#ifndef INGEST_TITLE_H
#define INGEST_TITLE_H

#include <stdbool.h>
#include <stddef.h>

struct title_part {
    const char *text; /* in the title; no white space at either end */
    size_t len;
};

enum { TITLE_MAX_PARTS = 6 };

/* The parts that are headings, outermost first, at most TITLE_MAX_PARTS; their number. */
size_t title_split(const char *title, struct title_part *out);

/* "cars.csv row 525", "p. 79 of brochure.pdf": the name of a file, with at most where in it. */
bool title_is_place(const char *text, size_t len);

#endif
