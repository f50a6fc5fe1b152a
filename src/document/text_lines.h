/* Plain text by its form: headings, paragraphs, bullets, "name: value" runs and laid out tables, in
 * a run of lines without a blank one. The text reader gives it all runs of a file; the Markdown
 * reader those that are laid out with spaces.
 */
#ifndef DOCUMENT_TEXT_LINES_H
#define DOCUMENT_TEXT_LINES_H

#include "base/buffer.h"
#include "document/text_layout.h"
#include "document/text_pairs.h"

#include <stdbool.h>
#include <stddef.h>

struct text_run {
    struct document_reader *reader;
    struct pair_list pairs;
    struct buffer text;        /* of the paragraph or item at hand */
    struct text_piece *pieces; /* where its lines stand */
    size_t n_pieces, cap_pieces;
    bool below_heading; /* the block before is a heading */
    bool sole;          /* the line at hand is all of the document */
    int heading_level;  /* of headings that are short lines alone */
    bool headings;      /* short lines may be headings; else they are paragraphs */
    bool titles;        /* lines right above their text may be titles: the file has several */
};

void text_run_init(struct text_run *run, struct document_reader *r);

/* Adds the blocks of lines[0, n), none of which is blank. `more`: other lines follow behind a blank
 * one. */
void text_run_add(struct text_run *run, const struct text_line *lines, size_t n, bool more);

/* Ends what goes on over blank lines: a run of pairs. */
void text_run_end(struct text_run *run);
void text_run_free(struct text_run *run);

/* Whether the line has the form of a heading: short, no sentence, no pair, no bullet. */
bool text_is_heading(const struct text_line *line);

/* Whether lines[at] of lines[0, n) is the title of the text right below it: a short line of a name's
 * form that was not wrapped there, since the next line's first word would have fit on it. Not the
 * first of its run, it has to stand behind the end of a sentence. */
bool text_is_title_line(const struct text_line *lines, size_t n, size_t at);

/* Whether the text has such titles: one below a blank line, or two behind sentences. */
bool text_has_titles(const char *data, size_t len);

/* Length of the bullet or number at the beginning of the line with the white space behind it,
 * without the indentation; 0: none. */
size_t text_bullet_length(const char *text, size_t len);

/* Whether a table or a run of dotted leaders is among the lines. */
bool text_is_laid_out(const struct text_line *lines, size_t n);

#endif
