/* What the files of the Markdown reader share: the block and the table at hand, and where they
 * stand. */
#ifndef DOCUMENT_MARKDOWN_PARTS_H
#define DOCUMENT_MARKDOWN_PARTS_H

#include "document/markdown_source.h"
#include "document/text_lines.h"

enum {
    MARKDOWN_LISTS = 8, /* inside one another, whose captions are remembered */
    MARKDOWN_CAPTION_BYTES = 80,
};

struct markdown_caption {
    char text[MARKDOWN_CAPTION_BYTES + 1];
    size_t len;
};

struct markdown {
    struct document_reader *r;
    struct error *err;
    struct markdown_source source;
    struct pair_list pairs;
    bool stopped;
    size_t blocks;

    /* The block at hand. */
    bool open;
    enum block_kind kind;
    bool html;                 /* a block of raw HTML */
    bool program;              /* code in some language: never a table */
    int level;                 /* of a heading */
    struct buffer text;        /* with line ends where its lines end */
    struct text_piece *pieces; /* by place in the text */
    size_t n_pieces, cap_pieces;
    size_t first, last;   /* bytes of the document that it takes */
    size_t strong, plain; /* bytes of it that are bold, and that are not */
    size_t strong_end;    /* of the bold text that it begins with */
    size_t raised;        /* where raised text begins, plus 1; 0: none */
    int bold, struck;
    int html_heading; /* level of the <h2> that is open; 0: none */
    size_t mark;      /* the mark that the heading ends with, plus 1; 0: none */
    size_t next_mark;
    size_t struck_line; /* the first with struck out text; 0: none */

    /* Where it stands. */
    int heading_level;  /* of the last heading */
    bool below_heading; /* the block before is a heading */
    bool titles;        /* the file has titles right above their texts */
    int lists, quotes;
    size_t items[MARKDOWN_LISTS];                /* of the lists that are open: how many so far */
    /* Of pairs in lists: text of the item above; [0]: of the paragraph above. */
    struct markdown_caption captions[MARKDOWN_LISTS + 1];
    bool item_begins;                         /* nothing of the item has come yet */

    /* The cells of the table at hand. */
    bool in_table;
    struct markdown_caption caption;
    size_t table;        /* index into source.tables */
    struct buffer cells; /* their texts, one after another */
    struct cell_text {
        size_t mark, begin; /* byte of the document at which its text begins */
        size_t end;         /* behind its text in `cells` */
    } * cell_texts;
    size_t n_cell_texts, cap_cell_texts;
};

static inline size_t markdown_line_of(const struct markdown *m, size_t place)
{
    return markdown_source_line(&m->source, place);
}

/* markdown_cells.c. The table whose cells have come: its rows are split once more, for the empty
 * ones. Does nothing outside of one. */
void markdown_end_table(struct markdown *m);
/* The heading at hand stands for a cell: keeps its text. */
void markdown_add_cell(struct markdown *m, size_t mark);

/* markdown_blocks.c. The text at hand, which is not empty, as a block of its kind, or as the pairs,
 * the table or the heading that it is. */
void markdown_end_paragraph(struct markdown *m);
void markdown_end_item(struct markdown *m);
void markdown_end_heading(struct markdown *m);
void markdown_end_code(struct markdown *m);

#endif
