/* The way through a document's prose: what prose.c, prose_values.c and prose_own.c share. */
#ifndef INGEST_PROSE_READER_H
#define INGEST_PROSE_READER_H

#include "base/buffer.h"
#include "ingest/prose.h"
#include "ingest/prose_frames.h"
#include "ingest/prose_measures.h"
#include "ingest/prose_quantities.h"
#include "ingest/prose_subject.h"

enum {
    MAX_LEVELS = 12,
    MAX_BEARERS = 64,     /* records of one heading that are looked up by name; more get new ones */
    SEARCH_WINDOW = 8192, /* bytes in which a figure is looked for in the file's text */
};

enum bearer_kind { BEARER_OWN, BEARER_VARIANT, BEARER_OTHER, BEARER_NONE };

/* Whose figures a sentence gives. */
struct bearer {
    enum bearer_kind kind;
    struct subject s; /* VARIANT: the whole subject with its trim; OTHER: of its own name */
    char key[3 * TOKEN_KEY_MAX];
};

struct level {
    int level;
    struct prose_subject subject;
};

struct array {
    void *items;
    size_t n, cap;
};

struct prose_reader {
    struct prose *out;
    const struct document *d;
    const char *data;
    size_t len;
    struct prose_lexicon *lex;
    struct prose_names names;
    struct prose_sentence *sentence;
    enum number_style style;
    struct level levels[MAX_LEVELS];
    size_t n_levels;
    const char *caption;
    struct array sources, columns, records, values;
    struct {
        char key[3 * TOKEN_KEY_MAX];
        size_t record;
    } bearers[MAX_BEARERS];
    size_t n_bearers;
    bool open; /* a source is being filled */
    bool sections; /* headings name vehicles */
    bool opened; /* the first paragraph has been looked at for a name */
    unsigned group;
    /* where the last figure of the block was found */
    size_t block, at, line;
    struct buffer scratch;
    bool failed;
};


/* Room for one more element; NULL: out of memory. */
void *prose_array_add(struct prose_reader *r, struct array *a, size_t size);

/* A copy in the prose's arena; "" and r->failed where memory is out. */
const char *prose_string(struct prose_reader *r, const char *text, size_t len);

/* The subject of the section at hand. */
struct prose_subject *prose_section(struct prose_reader *r);

void prose_source_open(struct prose_reader *r);
void prose_source_close(struct prose_reader *r);

/* Where in the file a sentence of a block begins: the figures of it are looked for from there. */
void prose_locate_sentence(struct prose_reader *r, size_t block, const char *text, size_t len);

/* Adds the figure m of the sentence as a value of the bearer. */
void prose_add_values(struct prose_reader *r, const struct prose_sentence *s,
                      const struct prose_measure *m, const struct bearer *b, bool in_remark,
                      size_t block, const char *quote);

/* Adds a named quantity of a part. */
void prose_add_quantity(struct prose_reader *r, const struct prose_sentence *s, const struct prose_quantity *q,
                        const struct bearer *b, size_t block, const char *quote);

/* Adds what a sentence names outright. */
void prose_add_frame(struct prose_reader *r, const struct prose_sentence *s, const struct prose_frame *f,
                     const struct prose_frame_fact *fact, const struct bearer *b, size_t block, const char *quote);

#endif
