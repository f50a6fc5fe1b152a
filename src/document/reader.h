/* What the readers of the document kinds share: the text at hand, blocks and tables on their way
 * into the document's arena, notes on what was odd.
 *
 *   struct table_builder t;
 *   table_builder_init(&t, r);
 *   table_builder_add_row(&t, 1);
 *   table_builder_add_cell(&t, text, len, line, begin);   // as often as there are cells
 *   struct table *table = table_builder_end(&t, caption, caption_len, ROW_ROW, 0, line_first, ...);
 *
 * An allocation that fails sets reader.failed; later calls do nothing, so that a reader checks now
 * and then, with reader_check, and document_read at the end. Lines count from 1. Byte offsets are
 * those in reader.data: the functions below add what was skipped in front of it.
 */
#ifndef DOCUMENT_READER_H
#define DOCUMENT_READER_H

#include "base/buffer.h"
#include "base/error.h"
#include "document/document.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory outside the arena that a document owns. */
struct document_memory {
    struct document_memory *next;
    void *data; /* from malloc */
};

struct document_reader {
    struct document *out;
    const char *path; /* for errors; never NULL */
    const char *data; /* valid UTF-8 without NUL or byte order mark; line ends as they come */
    size_t len;
    uint64_t base; /* offset of data[0] in the decoded text: 3 behind a byte order mark */
    const atomic_bool *cancel; /* NULL: never */
    const struct document_options *options; /* as document_read was given them; never NULL */
    bool failed;               /* memory is out */
    bool too_large;            /* with `failed`: made would pass its limit */
    struct buffer made;        /* document.text to be, of a kind whose file is not text */
    size_t made_limit;         /* one text that all cells share must not become a million copies */
    /* Private to document.c: */
    struct block *blocks; /* (n_blocks), on the heap until the end */
    size_t n_blocks, cap_blocks;
    char *pool; /* room for texts, in the arena */
    size_t pool_left;
    size_t n_tables;
    uint64_t *point_numbers; /* on the heap until the end */
    size_t n_point_numbers, cap_point_numbers;
    size_t spare_cells; /* empty cells that tables may still have beyond what their text allows */
};

/* One for each kind. False with *err filled ends the document: cancelled, memory, not what it
 * claims to be. Odd lines are notes. */
bool read_csv_document(struct document_reader *r, struct error *err);
bool read_json_document(struct document_reader *r, struct error *err);
bool read_json_lines_document(struct document_reader *r, struct error *err);
bool read_markdown_document(struct document_reader *r, struct error *err);
bool read_text_document(struct document_reader *r, struct error *err);
bool read_pdf_document(struct document_reader *r, struct error *err); /* data: any bytes */
bool read_html_document(struct document_reader *r, struct error *err);
bool read_subtitles_document(struct document_reader *r, struct error *err);
/* Their data is the file's bytes, and offsets count in the text that they make: see reader_make. */
bool read_xlsx_document(struct document_reader *r, struct error *err);
bool read_ods_document(struct document_reader *r, struct error *err);
bool read_xls_document(struct document_reader *r, struct error *err);
bool read_docx_document(struct document_reader *r, struct error *err);
bool read_odt_document(struct document_reader *r, struct error *err);

/* Whether this program has a reader for the kind; what that needs may still be missing. */
bool document_kind_is_built(enum document_kind kind);

/* False, with *err filled, when the user cancelled or memory is out. To be called every some
 * hundred lines. */
bool reader_check(struct document_reader *r, struct error *err);

/* Tells who waits how far the reader is: see document_options. */
void reader_progress(const struct document_reader *r, size_t done, size_t total, const char *word);

/* A copy in the arena with a NUL behind it, packed without padding; never NULL. */
const char *reader_keep(struct document_reader *r, const char *text, size_t len);

/* A cell of text[0, len): white space around it is left out, it is copied, and cut at
 * DOCUMENT_MAX_CELL with a note. */
struct cell reader_cell(struct document_reader *r, const char *text, size_t len, size_t line,
                        size_t begin);

/* Appends to the text of a kind whose file is not text; where it begins there, the `begin` of its
 * cell or block. */
size_t reader_make(struct document_reader *r, const char *text, size_t len);

/* The cell is a number that the reader wrote with a decimal point: see document.point_numbers. */
void reader_point_number(struct document_reader *r, const struct cell *cell);

/* Adds a note, one line: "line 3: ...". Beyond DOCUMENT_MAX_NOTES they are only counted. */
void reader_note(struct document_reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a heading, paragraph, list item or code block; text is copied. An empty one is left out. */
void reader_add_block(struct document_reader *r, enum block_kind kind, int level, const char *text,
                      size_t len, size_t line_first, size_t line_last, size_t begin, size_t end);

/* A table that grows row by row; rows may differ in length. */
struct table_builder {
    struct document_reader *reader;
    struct cell *cells; /* (n_cells), rows one after another */
    bool given;         /* cells are the document's now */
    bool *header;       /* (n_cells), once a cell was one; NULL */
    size_t n_cells, cap_cells, cap_header;
    struct table_builder_row {
        size_t first;  /* its first cell */
        size_t width;  /* up to its last cell that is not empty */
        size_t filled; /* cells that are not empty */
        size_t number; /* as cited */
    } * rows;
    size_t n_rows, cap_rows;
    size_t n_too_long, too_long_row; /* rows beyond DOCUMENT_MAX_COLUMNS; the last of them */
};

void table_builder_init(struct table_builder *t, struct document_reader *r);

/* Begins a row; `number` is how it is cited (0 for a header row that has no number of its own). */
void table_builder_add_row(struct table_builder *t, size_t number);

/* Appends a cell (see reader_cell) to the last row. Cells beyond DOCUMENT_MAX_COLUMNS are left out
 * with a note. */
void table_builder_add_cell(struct table_builder *t, const char *text, size_t len, size_t line,
                            size_t begin);

/* The same for a cell that the format itself calls a header (<th>). */
void table_builder_add_header_cell(struct table_builder *t, const char *text, size_t len,
                                   size_t line, size_t begin);

/* Appends a cell that reader_cell made, or one whose text is a literal. */
void table_builder_add_made(struct table_builder *t, const struct cell *cell);

/* Makes the table, with empty cells where rows are short, appends it to the document as a
 * BLOCK_TABLE, and empties the builder. Columns at the right that are empty in all rows are left
 * out. `caption` is copied; `line_*`, `begin`, `end`: where it stands in the file. The caller may
 * set key_value and n_keys in what is returned. NULL: no rows, no cell that is filled, or memory is
 * out.
 *
 * Rows of very different lengths must not make a table that is much larger than the document: one
 * that would be is cut before the row that is too long or too short, into several tables in
 * sequence, with a note; the first of them is returned. */
struct table *table_builder_end(struct table_builder *t, const char *caption, size_t caption_len,
                                enum row_word row_word, size_t n_header_rows, size_t line_first,
                                size_t line_last, size_t begin, size_t end);

/* The same for rows [first, first + n) alone; the builder keeps them. */
struct table *table_builder_emit(struct table_builder *t, size_t first, size_t n,
                                 const char *caption, size_t caption_len, enum row_word row_word,
                                 size_t n_header_rows, size_t line_first, size_t line_last,
                                 size_t begin, size_t end);

/* Frees what is not ended. */
void table_builder_free(struct table_builder *t);

/* text[*begin, *end) without the white space around it (also no-break and other Unicode spaces). */
void span_trim(const char *text, size_t *begin, size_t *end);

#endif
