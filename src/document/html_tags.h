/* What the tags of HTML are: blocks, headings, things that are not shown, and those that a page has
 * beside its contents. Private to html_table.c.
 */
#ifndef DOCUMENT_HTML_TAGS_H
#define DOCUMENT_HTML_TAGS_H

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stddef.h>

/* attributes: names and values by turns, as libxml2 gives them; may be NULL. */
const char *html_attribute(const xmlChar **attributes, const char *name); /* NULL: none */
size_t html_span_of(const xmlChar **attributes, const char *name);        /* from 1 */
bool html_is_hidden(const char *tag, const xmlChar **attributes);
bool html_is_block(const char *tag);
bool html_is_heading(const char *tag);

/* What a page has beside its contents: ways to other pages, questions about cookies, what is not
 * shown. in_content: inside of <main> or <article>, whose footers are theirs. */
bool html_is_boilerplate(const char *tag, const xmlChar **attributes, bool in_content);

#endif
