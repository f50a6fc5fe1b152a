/* What the files of the page layout share: words and rows of words, in a frame in which the page's
 * main text runs from left to right; the grids of tables. Private to page_*.c.
 */
#ifndef DOCUMENT_PAGE_PARTS_H
#define DOCUMENT_PAGE_PARTS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "document/page_layout.h"

#define NO_TABLE   0u
#define ANY_ZONE   UINT32_MAX
#define IN_MARGIN  (UINT32_MAX - 1) /* a running head or foot */
#define IN_DRAWING UINT32_MAX /* a diagram's label: not looked at for tables */

struct layout_glyph {
    struct page_box box;
    uint32_t code, order; /* order: in the file */
    float size;
    uint16_t font;
    uint8_t confidence;
    bool space; /* a blank stands before it */
};

struct layout_word {
    struct page_box box;
    float size;
    uint32_t first, n; /* of page_words.glyphs */
    uint16_t font;
    uint8_t confidence;
    bool bold, glued, raised, turned; /* glued: no blank before it; raised: a superscript;
                                         turned: runs up or down beside the main text */
    uint32_t table; /* that it belongs to, from 1; NO_TABLE, IN_... */
    uint32_t zone;
};

struct layout_row { /* words whose baselines are one, over the whole width of the page */
    uint32_t first, n;
    struct page_box box;
    float size; /* of most of its characters */
};

struct page_words {
    const struct page *page;
    struct arena *arena;
    float width, height; /* of the frame */
    int turn;            /* of the page's main text: 0, 90, 180, 270 */
    struct layout_glyph *glyphs;
    struct layout_word *words; /* by row, then x */
    size_t n_words;
    struct layout_row *rows; /* by y */
    size_t n_rows;
    struct page_rule *rules; /* in the frame */
    size_t n_rules;
    float body_size;
};

/* False: memory is out. */
bool page_words_make(struct page_words *out, const struct page *page, struct arena *arena);

/* Appends the word's text: ligatures taken apart, figures that are raised as superscripts. */
void page_word_text(const struct page_words *w, const struct layout_word *word, struct buffer *out);

struct page_box page_box_union(struct page_box a, struct page_box b);

/* The box in the frame as a box of the page. */
struct page_box page_box_back(const struct page_words *w, struct page_box box);

/* A box of a page of w by h, turned so that text at angle `turn` runs from left to right. */
struct page_box page_box_turn(struct page_box b, int turn, float w, float h);

/* Fills in w->rules: what is seen of the page's, in the frame. False: memory is out. */
bool page_rules_make(struct page_words *w);

/* ---- tables ---- */

struct table_grid {
    float *xs, *ys; /* (n_columns + 1), (n_rows + 1): where they begin and end */
    size_t n_rows, n_columns;
    bool *right_open; /* (n_rows, n_columns) no edge to the cell at the right */
    bool *below_open; /* (n_rows, n_columns) no edge to the cell below */
    bool ruled;
};

struct found_table {
    struct page_box box; /* in the frame */
    uint32_t zone;
    struct layout_table table;
};

struct table_list {
    struct found_table *tables;
    size_t n, cap;
};

/* A run of words without a wide gap: one cell's part of one row. */
struct row_piece {
    float x0, x1;
    uint32_t first, n; /* words */
};

/* Tables drawn with rules; words inside get their number. False: memory is out. */
bool page_tables_ruled(struct page_words *w, struct table_list *out);

/* Tables of one zone that are told by white space, with horizontal rules and without. */
bool page_tables_unruled(struct page_words *w, uint32_t zone, struct table_list *out);

/* Parts the page into columns of text and what goes over them: word.zone and table.zone are numbers
 * in reading order, from 0. Tables so far are those drawn with rules. */
bool page_zones_make(struct page_words *w, struct table_list *tables, uint32_t *n_zones);

/* The headings, paragraphs, list items and tables of the zones, in order. */
bool page_blocks_make(struct page_words *w, const struct table_list *tables, uint32_t n_zones,
                      const struct layout_options *options, struct page_layout *out);

/* Appends the table that `grid` makes of the words with `mark` in word.table. A grid without two
 * rows and two columns of text makes none, and the marks are taken off. */
bool table_from_grid(struct page_words *w, const struct table_grid *grid, uint32_t mark,
                     struct table_list *out, bool *made);

/* The numbers of words that are values: figures with signs, marks of absence. */
bool word_is_value(const struct page_words *w, const struct layout_word *word);

/* ---- columns and rows of an area without rules ---- */

struct area_line { /* a row's words inside of the area */
    uint32_t *words; /* (n) */
    size_t n;
    struct page_box box;
    float size;
};

struct area {
    struct area_line *lines; /* (n_lines), by y */
    size_t n_lines;
};

/* The words with `mark` whose middle is in the box, by rows; words that run up or down are left
 * out. zone: ANY_ZONE, or one of them. */
bool area_make(struct page_words *w, uint32_t mark, uint32_t zone, struct page_box box,
               struct area *out);

/* The pieces of a line: words up to a gap of `gap` times the type size. At most `max` are written;
 * returns how many there are. piece.first and n count words of the line. */
size_t area_pieces(const struct page_words *w, const struct area_line *line, float gap,
                   struct row_piece *out, size_t max);

#define AREA_WORD_GAP  0.45f /* words nearer than this, times the type size, are one piece */
#define AREA_CLEAR_GAP 0.9f  /* white space that surely parts two columns */
#define AREA_GUTTER    0.45f /* the least white space between two columns */

/* The x at which columns are parted, by white space that goes through most of the lines: *n of
 * them, ascending, in the arena. */
bool area_columns(struct page_words *w, const struct area *area, float **cuts, size_t *n);

/* Which line begins a new row: (n_lines). `cuts`: between columns. */
bool area_rows(struct page_words *w, const struct area *area, const float *cuts, size_t n_cuts,
               bool *begins);

#endif
