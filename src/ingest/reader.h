/* What the readers of the document kinds share: the document at hand, chunks on their way to the
 * store, the roles of columns, sections of text that grow until they are a chunk. */
#ifndef INGEST_READER_H
#define INGEST_READER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "ingest/ingest.h"

#include <stdbool.h>
#include <stddef.h>

struct reader {
    struct store *store;
    const char *path; /* for errors */
    const char *name; /* the title of what has no other: as given, or the last part of path */
    const char *data; /* valid UTF-8 without NUL */
    size_t len;
    const struct ingest_options *options; /* never NULL */
    struct ingest_totals *totals;
    struct arena arena;                  /* for the document's lifetime: headings, column names */
    struct buffer title, text, location; /* scratch for the chunk at hand */
};

/* Stores a chunk and reports progress; false also when the user cancelled. */
bool reader_emit(struct reader *r, const struct chunk *chunk, struct error *err);

/* One for each kind; false with *err filled stops the document. */
bool read_csv(struct reader *r, struct error *err);
bool read_json(struct reader *r, struct error *err);
bool read_markdown(struct reader *r, struct error *err);
bool read_plain_text(struct reader *r, struct error *err);

/* What the document is about, as far as its reader was told. */
struct vehicle reader_vehicle(const struct reader *r);

/* vehicle_parse_heading with the manufacturers of the store beside the built-in ones. */
bool reader_parse_heading(struct reader *r, struct vehicle *out, const char *text, size_t len);

/* ---- rows: pairs of name and value ---- */

enum column_role {
    COLUMN_PLAIN,
    COLUMN_MANUFACTURER,
    COLUMN_MODEL,
    COLUMN_YEAR,
    COLUMN_TRIM,
    COLUMN_CATEGORY,
    COLUMN_ENGINE_TYPE,
    COLUMN_TRANSMISSION,
    COLUMN_NAME, /* the whole vehicle in one: "2023 Toyota Camry LE" */
    N_COLUMN_ROLES
};

/* The role that a column's name tells; *rank (may be NULL) is lower for the surer names. */
enum column_role column_role(const char *name, size_t *rank);

struct column {
    const char *name; /* as it stands in the text: "Engine HP" */
    enum column_role role;
};

/* Names made readable, roles given to at most one column each. `columns` has room for n. */
bool columns_init(struct column *columns, const char *const *names, size_t n, struct arena *arena);

/* Where a row stands. */
struct place {
    const char *location;
    size_t line_first, line_last, byte_begin, byte_end;
};

/* Makes and stores the chunk of one row; a row of empty cells gives none. `base` (may be NULL) is
 * the vehicle that the surroundings tell. */
bool emit_row(struct reader *r, const struct column *columns, const char *const *values, size_t n,
              const struct vehicle *base, const struct place *place, struct error *err);

/* ---- sections: lines that become chunks of about CHUNK_TOKENS ---- */

enum { CHUNK_TOKENS = 260 };

struct section {
    struct reader *reader;
    const char *heading; /* its path for the location: "2022 Rivian R1T > Dimensions"; "" */
    const char *title;   /* of its chunks */
    struct vehicle vehicle;
    struct buffer text;
    size_t tokens; /* estimated, of text */
    size_t line_first, line_last, byte_begin, byte_end;
};

/* Adds a line (or a paragraph joined to one); what is there is flushed first when it would grow too
 * long, and a line that is itself too long is cut between sentences or words. */
bool section_add(struct section *s, const char *line, size_t len, size_t line_no, size_t line_last,
                 size_t byte_begin, size_t byte_end, struct error *err);

/* Stores what is there as a chunk. Metadata lines in it ("Transmission: CVT") are added to
 * s->vehicle, for the sections that follow as well. */
bool section_flush(struct section *s, struct error *err);
void section_free(struct section *s);

/* About how many tokens the text is. */
size_t estimate_tokens(const char *text, size_t len);

#endif
