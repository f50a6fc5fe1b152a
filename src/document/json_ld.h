/* What a page tells machines about its vehicles: schema.org's Product, Vehicle and Car in
 * <script type="application/ld+json">, as tables of one row. Private to html_reader.c.
 */
#ifndef DOCUMENT_JSON_LD_H
#define DOCUMENT_JSON_LD_H

#include "document/reader.h"

#include <stddef.h>

/* Adds the tables of r->data, whose lines begin at lines[0, n_lines). What is no JSON is a note. */
void json_ld_read(struct document_reader *r, const size_t *lines, size_t n_lines);

#endif
