/* The pieces that a document is read into. A chunk is what the search finds and the model reads: a
 * title that names the vehicle and lines of text. A fact is one "name: value" line of it in parts.
 */
#ifndef VEHICLE_CHUNK_H
#define VEHICLE_CHUNK_H

#include "vehicle/vehicle.h"

#include <stdbool.h>
#include <stddef.h>

struct chunk {
    const char *title;    /* "2023 Toyota Camry LE"; a section's: "2022 Rivian R1T - Dimensions" */
    const char *text;     /* lines, LF between them, none at the end */
    const char *location; /* "row 12", "item 3", "2022 Rivian R1T > Dimensions", "lines 10-24" */
    size_t line_first, line_last; /* in the document, from 1 */
    size_t byte_begin, byte_end;  /* in the document: [begin, end) */
    struct vehicle vehicle;
};

/* The strings are slices of the text that the fact was read from. */
struct fact {
    const char *name; /* "Engine HP", "Curb weight": without the unit in parentheses */
    size_t name_len;
    const char *value; /* "203 hp @ 6,600 rpm": as written */
    size_t value_len;
    const char *unit; /* canonical: "hp", "lb", "mpg"; "" where none is known. Static */
    bool numeric;     /* the value begins with a number */
    double number;    /* that number, in `unit` */
    size_t line;      /* of the text, from 0 */
};

/* Reads the fact in one line of text ("name: value", the name at most 60 characters). False when
 * the line is not one. */
bool fact_parse(struct fact *out, const char *line, size_t len);

/* Walks the facts of a text: *offset starts at 0; false at the end. *line_no counts lines. */
bool fact_next(struct fact *out, const char *text, size_t *offset, size_t *line_no);

#endif
