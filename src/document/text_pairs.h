/* "Name: value" lines: found in lines, list items and short paragraphs, and gathered while they
 * follow one another, so that a run of them becomes one table of two columns.
 */
#ifndef DOCUMENT_TEXT_PAIRS_H
#define DOCUMENT_TEXT_PAIRS_H

#include "base/buffer.h"
#include "document/reader.h"

#include <stdbool.h>
#include <stddef.h>

enum pair_form {
    PAIR_COLON,  /* "Power: 203 hp" */
    PAIR_LEADER, /* "Power ......... 203 hp", also with '…', '·' and '_' */
    PAIR_GAP,    /* "Power        203 hp": two or more spaces, or a tab */
    PAIR_DASH,   /* "Power — 203 hp" */
};

struct pair {
    enum pair_form form;
    size_t name_begin, name_end, value_begin, value_end; /* bytes of the text */
};

enum { PAIRS_MAX = 40 }; /* that are told apart on one line: "Length: 4 m | Width: 2 m" */

/* The pairs that all of text[0, len) consists of; 0: it is something else, such as a sentence.
 * Linear. */
size_t pairs_find(const char *text, size_t len, struct pair *out, size_t max);

/* The run of leader characters at text[at]; 0: none there. */
size_t leader_length(const char *text, size_t len, size_t at);

/* Appends text[0, len) with each run of leader dots as " .... ", and without those at the end of it or of one of
 * its lines. True: there was a run with text on both sides of it. */
bool leaders_fold(const char *text, size_t len, struct buffer *out);

/* Where parts of a text that was joined from several places stand in the document. */
struct text_piece {
    size_t at;    /* in the text */
    size_t begin; /* in the document: bytes up to the next piece stand there one after another */
};
size_t text_piece_source(const struct text_piece *pieces, size_t n, size_t at);

/* A block that may be a pair. */
struct pair_block {
    enum block_kind kind; /* what it is when it makes no table: BLOCK_PARAGRAPH, BLOCK_LIST_ITEM */
    int level;
    const char *text;
    size_t len;
    const struct text_piece *pieces; /* (n_pieces), at least one */
    size_t n_pieces;
    size_t line_first, line_last, begin, end;
    bool alone; /* makes a table even alone: "**Price:** $30,000", the only item of a list */
    bool sole;  /* all of the document: a table whatever its value, where a colon or leaders part it */
};

struct pair_list {
    struct document_reader *reader;
    struct buffer text;    /* of the entries, one after another */
    struct buffer caption; /* of the table to be */
    struct pair_entry *entries;
    size_t n, cap;
};

void pair_list_init(struct pair_list *list, struct document_reader *r);

/* Keeps the block when it is one or more pairs, and returns true; false: it is none, and nothing
 * was done. Blocks of another kind or level than those before begin a new run. */
bool pair_list_add(struct pair_list *list, const struct pair_block *block);

/* Ends the run: a table when there are at least two, else the blocks as they were. */
void pair_list_flush(struct pair_list *list);

/* A pair that waits alone makes no table, whatever was said of it. */
void pair_list_not_alone(struct pair_list *list);

/* The caption of the runs that follow; ends the run when it is another. */
void pair_list_caption(struct pair_list *list, const char *caption, size_t len);
void pair_list_free(struct pair_list *list);

#endif
