/* Texts as word processors keep them: paragraphs, headings, lists and tables on their way into the
 * document. The readers of DOCX and ODT tell what they find; here are the rules for what it means.
 * Private to them.
 */
#ifndef DOCUMENT_WORD_H
#define DOCUMENT_WORD_H

#include "base/buffer.h"
#include "document/reader.h"
#include "document/sheet.h"
#include "document/text_pairs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORD_TABLES = 8 /* inside of one another */, WORD_CAPTION = 300 /* bytes */ };

struct word_paragraph {
    enum block_kind kind; /* BLOCK_HEADING, BLOCK_PARAGRAPH, BLOCK_LIST_ITEM */
    int level;
    bool caption; /* of the table that follows */
    bool bold;    /* all of it: a heading when it is short */
};

struct word {
    struct document_reader *reader;
    struct pair_list pairs;
    size_t n_paragraphs;
    int heading_level; /* of the last heading that was one by its style */
    struct buffer caption;
    struct word_table {
        struct sheet sheet;
        uint32_t rows, column; /* begun so far; of the next cell */
        size_t n_header;       /* rows at the top that the file calls headers */
        struct buffer text;    /* of the cell at hand */
        bool in_cell;
    } tables[WORD_TABLES];
    size_t n_tables; /* open */
    size_t n_ended;
};

void word_init(struct word *w, struct document_reader *r);
void word_free(struct word *w);

/* A paragraph, whose lines are parted by '\n'; in a cell it is a line of that. */
void word_add(struct word *w, const struct word_paragraph *p, const char *text, size_t len);

/* Tables. False: too many inside of one another: its text goes to the cell around it. */
bool word_begin_table(struct word *w);
void word_begin_row(struct word *w, bool header);
void word_begin_cell(struct word *w);
/* It takes that many columns, and rows down from its own. */
void word_end_cell(struct word *w, uint32_t columns, uint32_t rows);
void word_skip_cells(struct word *w, uint32_t columns); /* covered by others, or none */
void word_end_table(struct word *w);

void word_end(struct word *w);

#endif
