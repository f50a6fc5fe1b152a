/* HTML as a page of its own or inside of other documents: its tables with their spans and header
 * cells, and the text around them. Parsed by libxml2 without network, entities or document type; only what a reader would see
 * is taken.
 */
#ifndef DOCUMENT_HTML_TABLE_H
#define DOCUMENT_HTML_TABLE_H

#include "base/buffer.h"
#include "document/reader.h"
#include "document/text_pairs.h"

#include <stdbool.h>
#include <stddef.h>

struct html_source {
    const char *text; /* valid UTF-8 */
    size_t len;
    const struct text_piece *pieces; /* (n_pieces) where it stands in the document */
    size_t n_pieces;
    const size_t *lines; /* (n_lines) where the lines of the document begin */
    size_t n_lines;
    bool page; /* all of a web page: its title is read, and what is no part of its contents left out */
};

/* Adds its blocks and tables; pairs outside of tables go to `pairs`. Linear: tags that are nested
 * deeper than HTML_MAX_DEPTH end the parse with a note, and the rest is added as text. False:
 * cancelled. */
bool html_read(struct document_reader *r, const struct html_source *source, struct pair_list *pairs,
               struct error *err);

enum { HTML_MAX_DEPTH = 256, HTML_MAX_TABLES = 8 /* inside of one another */ };

/* The encoding that a page states in its first bytes ("windows-1251"), in at most ENCODING_MAX_NAME
 * bytes. False: none. */
bool html_charset(const char *data, size_t len, char *charset);

/* Appends the text of an entity, "&amp;" or "&#8211;"; what is none is appended as it is. */
void html_entity(struct buffer *out, const char *text, size_t len);

/* What has been appended to `text` from `from` on was raised: figures become superscript ones
 * ("cm³"), a footnote's letter gets brackets, so that neither is read as a part of the number
 * before it. */
void html_superscript(struct buffer *text, size_t from);

/* Appends a cell's lines: values are parted by "; ", words of one text (and all of a header) by a
 * space. */
void html_join_lines(struct buffer *out, const char *text, size_t len, bool header);

#endif
