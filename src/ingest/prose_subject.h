/* Of which vehicle prose speaks: headings as subjects, and the names in a sentence. For prose.c. */
#ifndef INGEST_PROSE_SUBJECT_H
#define INGEST_PROSE_SUBJECT_H

#include "document/document.h"
#include "ingest/prose_facts.h"
#include "ingest/subject.h"

enum { PROSE_MAX_NAME = 12, PROSE_MAX_MENTIONS = 48 };

/* A vehicle as headings give it, with the keys by which sentences name it. */
struct prose_subject {
    struct subject s;
    bool known; /* there is a vehicle */
    struct token model[PROSE_MAX_NAME], trim[PROSE_MAX_NAME];
    size_t n_model, n_trim;
    const char *heading; /* that made it; "" */
    size_t line;
};

/* A name that stands for one vehicle of the document: of a row of its tables, or of a version that
 * its text has introduced. */
struct prose_known {
    struct subject s;
    const char *key; /* the words, folded */
    size_t n;        /* tokens of it */
    bool small;      /* the first begins with a small letter: "eKombo" */
    bool whole;      /* they name the model too */
    bool several;    /* it stands for more than one */
    uint16_t next;   /* + 1 in its bucket */
};
enum { PROSE_MAX_KNOWN = 1024, PROSE_KNOWN_BUCKETS = 512, PROSE_MAX_SECTIONS = 64 };

/* What is known of the document's names. */
struct prose_names {
    const struct prose_lexicon *lex;
    struct arena *arena;
    const struct document *document;
    const char *family;   /* a word that begins several headings: the make, where none is known */
    const char *language; /* "de": nouns have capitals */
    struct prose_known *known;
    uint16_t *known_buckets;
    size_t n_known;
    struct subject makes[PROSE_MAX_SECTIONS]; /* of the sections' headings: those of known makes */
    size_t n_makes;
    size_t joined;        /* the block of a title that names several models, + 1; 0: none */
    int year;             /* "The 2024 range": of all vehicles without years of their own; 0 */
};

/* Words of names: a capital or digits; the same keys at the start of both; the make at t[0, n),
 * written as a name. */
bool prose_is_name(const struct token *t);
size_t prose_same_tokens(const struct token *a, size_t n, const struct token *b, size_t m);
size_t prose_make(const struct token *t, size_t n, int *make);

/* Keys of the subject's names, after s was filled in. */
void prose_subject_tokens(struct prose_subject *subject);

enum heading_kind { HEADING_TOPIC, HEADING_VEHICLE, HEADING_VARIANT };

/* Reads a heading under `parent` into *out (parent's own copy where it is a topic). `block`: its
 * place in the document. False: memory is out. */
bool prose_heading_read(struct prose_subject *out, enum heading_kind *kind,
                        const struct prose_names *names, const struct prose_subject *parent,
                        const char *text, size_t len, size_t block);

/* prose_opening.c: the vehicle of a title that was given with the document ("2020 Quenby Heron 1.6 T"), and
 * of a text's first sentence ("The Quenby Heron 2020 1.6 T is ..."): a name with a model year. *found says
 * whether there is one. False: memory is out. */
bool prose_title_read(struct prose_subject *out, const struct prose_names *names, const char *text, size_t len,
                      bool *found);
bool prose_opening_read(struct prose_subject *out, const struct prose_names *names, const char *text, size_t len,
                        size_t line, bool *found);

/* prose_opening.c: the vehicle that the first sentences name by make and model, and that the text then goes on to
 * speak of more than of any other: a talk or an article without a heading that names it. */
bool prose_topic_read(struct prose_subject *out, const struct prose_names *names, const char *text, size_t len, size_t line,
                      bool *found);

/* Whether a paragraph is a heading in all but its markup. */
bool prose_looks_like_heading(const struct document *d, size_t block);

bool prose_names_init(struct prose_names *names, const struct document *d,
                      const struct prose_lexicon *lex, struct arena *a);

/* "Arvelle unveils the new Tessaro": how many tokens are the make's and the verb's; 0: it is none. */
size_t prose_headline(const struct prose_names *names, const struct token *t, size_t n);

/* Adds the names of a vehicle: its trim, and model and trim. False: memory is out. */
bool prose_known_add(struct prose_names *names, const struct subject *s);

/* Adds the vehicles s[0, n) that the document's headings name, where they are several: each section may speak
 * of the others. False: memory is out. */
bool prose_known_add_sections(struct prose_names *names, const struct subject *s, size_t n);

/* The one of them that is of this make; NULL: none, or more than one. */
const struct subject *prose_known_make(const struct prose_names *names, int make);

/* The known vehicle whose name t[0, n) begins with, in a section on `own`: a version's name alone is
 * of its model. NULL: none, or more than one. */
const struct prose_known *prose_known_find(const struct prose_names *names,
                                           const struct prose_subject *own, const struct token *t,
                                           size_t n);

enum mention_kind {
    MENTION_OWN,     /* the section's vehicle */
    MENTION_VARIANT, /* a version of it: trim says which */
    MENTION_OTHER,   /* another vehicle; its make and name */
    MENTION_KNOWN,   /* a vehicle of the document's own: `known` */
};

struct prose_mention {
    enum mention_kind kind;
    struct token_range at;   /* the name */
    struct token_range name; /* VARIANT: its words; OTHER: of make and model */
    const struct prose_known *known;
    const struct subject *of_make; /* OTHER, a make alone: the document's vehicle of it; NULL: none */
    struct token_range fuller; /* OWN: more of the model's name than the heading has; empty: none */
    size_t phrase;   /* first token of the noun phrase it ends ("6.4L V8-powered Rubicon 392") */
    size_t n_make;   /* OTHER: tokens of the make at name.first; 0: none */
    bool is_subject; /* at the head of its sentence or clause */
    bool included;   /* "include the Raptor with": what follows is its */
    bool joined;     /* "the Corolla and the Civic" */
};

/* The names in s, in their order. */
size_t prose_mentions_find(const struct prose_sentence *s, const struct prose_names *names,
                           const struct prose_subject *own, struct prose_mention *out, size_t max);

/* prose_joined.c: adds the models that the title names, and reads a heading that begins with one of them. False:
 * memory is out. */
bool prose_joined_find(struct prose_names *names);
bool prose_joined_heading(struct prose_subject *out, const struct prose_names *names, const char *text, size_t len,
                          bool *found);

/* Whether the sentence goes on speaking of the one before's subject: "It weighs", "The car has". */
bool prose_goes_on(const struct prose_sentence *s);

#endif
