/* What a file holds, whatever its kind: headings, paragraphs and tables in their order, each with its
 * place. Readers know nothing of vehicles; what tables mean is found in ingest/.
 *
 * JSON, JSON Lines and key-value text come as tables too: one row a record, columns by flattened path
 * ("engine.power"), the key of a keyed object in a first column of its own.
 */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H

#include "base/arena.h"
#include "base/error.h"
#include "document/page.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum document_kind {
    DOCUMENT_CSV, /* and TSV, semicolons, pipes */
    DOCUMENT_JSON,
    DOCUMENT_JSON_LINES,
    DOCUMENT_MARKDOWN,
    DOCUMENT_TEXT,
    DOCUMENT_HTML,
    DOCUMENT_XLSX,
    DOCUMENT_ODS,
    DOCUMENT_XLS,
    DOCUMENT_DOCX,
    DOCUMENT_ODT,
    DOCUMENT_SUBTITLES, /* .srt, .vtt */
    DOCUMENT_PDF,
    DOCUMENT_IMAGE, /* a scanned page: PNG, JPEG, TIFF */
    N_DOCUMENT_KINDS
};
/* What messages call them all. */
#define DOCUMENT_KINDS_READ                                                                        \
    "CSV, JSON, Markdown, text, HTML, Excel, Word, OpenDocument, subtitles, PDF and images"
const char *document_kind_name(enum document_kind kind); /* "csv", "json", "json lines", ... */
struct mapping;

bool document_is_text(enum document_kind kind); /* paragraphs and tables; else rows alone */

struct cell {
    const char *text; /* UTF-8, NUL-terminated, trimmed; "" for an empty or missing one; never NULL */
    uint32_t len;
    uint32_t line;  /* from 1, of the file */
    uint64_t begin; /* byte offset of the cell in the file (in its decoded text) */
};

/* How a table's rows are cited. */
enum row_word { ROW_ROW, ROW_ITEM, ROW_LINE };

struct table {
    const char *caption; /* title line above it, or name of the JSON list; "" */
    size_t n_rows, n_columns;
    struct cell *cells;    /* (n_rows, n_columns) */
    size_t *row_numbers;   /* (n_rows) as cited: line of a CSV file counted by records from 1 (the header is 1),
                              item of a JSON array from 1, line of a JSON Lines file */
    enum row_word row_word;
    size_t n_header_rows;  /* that the format itself tells (JSON: 1, Markdown: 1); 0: to be found */
    bool key_value;        /* two columns, name and value, from "name: value" lines */
    size_t n_keys;         /* JSON: so many first columns are keys, the outermost first, of the objects around a row */
    bool *header_cells;    /* (n_rows, n_columns) from <th>; NULL: the format does not say */
    size_t number;         /* of the tables of the document, from 1 */
    const char *place;     /* said before the row where it is cited: "page 12, table 2",
                              "sheet 'Trucks'"; NULL: nothing */
};

enum block_kind { BLOCK_HEADING, BLOCK_PARAGRAPH, BLOCK_LIST_ITEM, BLOCK_TABLE, BLOCK_CODE };

struct block {
    enum block_kind kind;
    int level;         /* of a heading, from 1; of a list item, from 1 */
    const char *text;  /* inline markup taken out, lines joined; "" for a table */
    size_t len;
    size_t line_first, line_last; /* from 1 */
    uint64_t begin, end;          /* bytes of the decoded text */
    struct table *table;          /* BLOCK_TABLE */
    const char *place;            /* where lines do not tell it: "at 00:12:31", "sheet 'Notes', row 3";
                                     NULL */
};

/* Kinds with pages (PDF, scans): byte offsets of blocks and cells refer to document.text, which the
 * layout made; what stands where on a page is found by them. */
struct document_page {
    size_t number;       /* from 1 */
    const char *label;   /* "iv", "A-12"; "" */
    float width, height; /* points */
    uint64_t begin, end; /* its bytes of document.text; pages follow each other */
};
struct document_note {
    const char *text; /* "line 3: 6 fields, but the header has 4: the rest is in 'Column 5'" */
};

struct document {
    struct arena arena; /* owns everything */
    enum document_kind kind;
    const char *path;
    const char *encoding; /* "UTF-8", "UTF-16LE", "windows-1252", "GB18030" */
    char delimiter;       /* of a CSV file; 0 else */
    struct block *blocks;
    size_t n_blocks;
    struct document_note *notes; /* what was odd and how it was taken */
    size_t n_notes;
    size_t n_notes_left_out; /* beyond DOCUMENT_MAX_NOTES */
    const char *text; /* (text_len) of a kind whose file is not text (PDF, office files), as the reader
                         made it; NULL: offsets are those of the file's decoded text */
    size_t text_len;
    struct document_page *pages;
    size_t n_pages;
    struct document_place *places; /* by begin, not overlapping */
    size_t n_places;
    /* Cells, by their begin, rising: numbers that the file holds as such and the reader wrote. Their
     * '.' is a decimal point and their ',' groups, however the document's texts write numbers. */
    const uint64_t *point_numbers;
    size_t n_point_numbers;
    struct document_memory *memory; /* private: cells of large tables */
};

enum {
    DOCUMENT_MAX_NOTES = 100,
    DOCUMENT_MAX_COLUMNS = 4096,
    DOCUMENT_MAX_CELL = 65536, /* bytes; a longer cell is cut, and told */
    DOCUMENT_MAX_NAME = 512,   /* of a JSON path, a heading */
};

struct document_options {
    const char *path;          /* for errors and the kind by extension */
    const atomic_bool *cancel; /* NULL: never; ends with ERROR_CANCELLED */
    const char *password;      /* of a locked PDF; NULL: none */
    const char *ocr_languages; /* "eng+deu": pages that are pictures are read; NULL, "", "off": they are not */
    /* How far a reader that takes long is: `done` of `total` of what `word` counts ("pages",
     * "bytes"). On the thread that reads. NULL: nobody asks. */
    void (*progress)(void *context, size_t done, size_t total, const char *word);
    void *context;
    const char *charset;       /* that a server stated with the file; NULL */
    const struct mapping *file; /* whose contents data is: large ones are then not copied; NULL: of none */
};

/* The kind by extension, else by contents. ERROR_UNSUPPORTED for known kinds that cannot be read. */
bool document_kind_find(const char *path, const char *data, size_t len, enum document_kind *kind,
                        struct error *err);
bool document_kind_of_name(const char *path, enum document_kind *kind); /* false: not by its name */

/* Reads data[0, len): any bytes. Errors name file and line: empty, binary, not JSON. Odd rows are
 * notes, never errors. Linear in len; memory is bounded by a constant times len. */
bool document_read(struct document *out, enum document_kind kind, const char *data, size_t len,
                   const struct document_options *options, struct error *err);
void document_free(struct document *d);

#endif
