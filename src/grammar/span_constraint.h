/* Generation that copies: the output is either a fixed text ("not given"), or a span of one of the
 * sources and behind it that source's suffix (" [2]"). One space may come before either.
 *
 * A span begins and ends at the edge of a word or number, has no space at its ends, at most
 * `max_bytes` bytes, no line break or other control character (a tab is none), and whole UTF-8
 * sequences. What belongs together is not cut: "1,000", "2.0-liter", "8-speed", "km/h", the sign of
 * "-5", a range "10-15", and behind a digit a unit's sign or letters ("34%", "34°C", 19", "240€").
 * A currency's sign before a number may be left out. Between two Chinese or Japanese characters
 * there is an edge.
 *
 * Whatever the model prefers, each token that is let pass can be gone on from to a whole output. */
#ifndef GRAMMAR_SPAN_CONSTRAINT_H
#define GRAMMAR_SPAN_CONSTRAINT_H

#include "engine/engine.h"
#include "engine/vocabulary.h"

enum {
    SPAN_MAX_BYTES = 1024,   /* of a span, and of the fixed text */
    SPAN_MAX_SUFFIX = 64,    /* bytes */
    SPAN_MAX_SOURCES = 1024, /* of one constraint */
    SPAN_MAX_TEXT = 4 << 20, /* bytes of all sources together */
};

struct span_source {
    const char *text; /* (len), any bytes */
    size_t len;
    const char *suffix; /* "": none */
};

struct span_constraint;

/* For one generation, which begins behind the think block. The vocabulary is borrowed; the texts
 * are copied. `fixed` may be NULL: then there must be something to copy. ERROR_USAGE when that is
 * not so, for sizes above the limits, and for a fixed text that is empty or begins with a space;
 * ERROR_UNSUPPORTED when the vocabulary cannot spell a suffix or the fixed text. (Where it cannot
 * spell a source, spans end.) */
struct span_constraint *span_constraint_create(const struct vocabulary *v,
                                               const struct span_source *sources, size_t n,
                                               const char *fixed, size_t max_bytes,
                                               struct error *err);
void span_constraint_free(struct span_constraint *c);

/* To be put into generate_options; as long as the constraint. */
const struct token_constraint *span_constraint_token(const struct span_constraint *c);

/* What was accepted is a whole output. */
bool span_constraint_complete(const struct span_constraint *c);

/* It ended for want of memory, or because a token was picked that it had ruled out. */
bool span_constraint_failed(const struct span_constraint *c);

/* After generation: which source, and which of its bytes. A span that stands in several sources
 * with the same suffix is the first one's; in several places of a source, the first place's. False
 * for the fixed text and for what is not whole. */
bool span_constraint_span(const struct span_constraint *c, size_t *source, size_t *begin,
                          size_t *len);

/* In how many places of that source the span stands, edges and all; 0 where there is no span. */
size_t span_constraint_places(const struct span_constraint *c);

#endif
