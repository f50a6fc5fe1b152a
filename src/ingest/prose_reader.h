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

/* prose_bearer.c: whose figures those of a sentence are. */

/* The bearer that the section is of, and the one that a mention names. */
struct bearer prose_bearer_own(const struct prose_subject *own);
struct bearer prose_bearer_of_mention(struct prose_reader *r, const struct prose_sentence *s, const struct prose_mention *m);

/* The two versions that the sentence before has named, for "the latter" and "the smaller engine". */
struct prose_pair {
    struct bearer first, second;
    double sizes[2]; /* litres of their engines, as their names begin; 0: not so */
    bool known;
};
void prose_pair_find(struct prose_reader *r, const struct prose_sentence *s, const struct prose_mention *mentions, size_t n,
                     struct prose_pair *out);

struct prose_search {
    const struct prose_mention *mentions; /* of the sentence, n in their order */
    size_t n;
    const struct bearer *sentence; /* that the sentence is about */
    const struct prose_pair *pair; /* of the sentence before */
    /* out: the name stands in the figure's remark; the mentions that the figure is of as well */
    bool in_remark;
    size_t also_from, also_end;
};
struct bearer prose_bearer_find(struct prose_reader *r, const struct prose_sentence *s, const struct prose_measure *m,
                                struct prose_search *search);

/* Makes the bearer the version that the figure's "in the hybrid" speaks of, if one alone is called so. */
void prose_bearer_by_drive(struct prose_reader *r, const struct prose_sentence *s, const struct prose_measure *m,
                           struct bearer *whose);

/* The text of tokens [first, end), in the prose's arena. */
const char *prose_text_of(struct prose_reader *r, const struct prose_sentence *s, size_t first, size_t end);

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
