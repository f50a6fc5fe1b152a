/* What OpenDocument texts and spreadsheets share: the styles that matter, and the text of a
 * paragraph. Private to their readers.
 */
#ifndef DOCUMENT_ODF_H
#define DOCUMENT_ODF_H

#include "base/buffer.h"
#include "document/package.h"
#include "document/reader.h"

#include <stdbool.h>
#include <stddef.h>

struct odf_style {
    char *name, *parent;
    bool raised, struck, hidden; /* hidden: of a table */
    int outline;                 /* level of a heading; 0: none */
};

struct odf {
    struct document_reader *r;
    struct package package;
    struct odf_style *styles; /* (n_styles) by name once odf_styles_end was called */
    size_t n_styles, cap_styles;
    /* At the opening of a text box inside of a paragraph: goes on behind its close. NULL: boxes are
     * left out. */
    void (*read_box)(void *context, struct xml_part *x);
    void *context;
};

/* False: damaged or encrypted. */
bool odf_open(struct odf *o, struct document_reader *r, struct error *err);
void odf_close(struct odf *o);

/* How often a cell is repeated, or how many it covers: the attribute, from 1 to `most`; 1 without it. */
uint32_t odf_count(const struct xml_part *x, const char *name, uint32_t most);

/* At the opening of <office:styles> or <office:automatic-styles>: reads them. */
void odf_read_styles(struct odf *o, struct xml_part *x);
void odf_sort_styles(struct odf *o);
const struct odf_style *odf_find_style(const struct odf *o, const char *name); /* NULL: none */

/* At the opening of <text:p> or <text:h>: goes on behind its close; appends its text, lines parted by
 * '\n'. Notes, annotations and deleted text are left out. */
void odf_read_text(struct odf *o, struct xml_part *x, struct buffer *out);

#endif
