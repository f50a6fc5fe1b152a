/* Generates JSON by a schema, byte by byte: tells which byte may come next. What it accepts so far
 * can always be brought to an end, so that whoever takes bytes that it accepts until it is complete
 * has valid JSON that fits the schema. A pushdown automaton that follows all readings of the text
 * at once; each is a stack of frames, of which those below the top are shared.
 *
 * White space: none or one space where JSON has room for it, or a new line with at most 24 spaces
 * or tabs, so that it cannot go on for ever. */
#ifndef GRAMMAR_JSON_MACHINE_H
#define GRAMMAR_JSON_MACHINE_H

#include "grammar/json_schema.h"

enum { MACHINE_MAX_READINGS = 32 };

struct machine_frame {
    const struct machine_frame *below; /* NULL: the bottom */
    uint32_t node;                     /* of the schema */
    uint8_t phase, sub;
    uint16_t nesting; /* objects and arrays around */
    uint32_t a, b, at, space;
};

/* The tops of the stacks; n is 0 when nothing may follow. Any further readings would be left out,
 * each of those that stay can be brought to an end. */
struct machine_state {
    struct machine_frame tops[MACHINE_MAX_READINGS];
    size_t n;
};

struct machine {
    const struct json_schema *schema;
    const struct machine_frame **table; /* (cap) of frames below others, each once */
    size_t n, cap;
    struct arena arena;
    bool failed; /* out of memory: nothing more is accepted */
};

/* The schema is borrowed. */
bool machine_init(struct machine *m, const struct json_schema *schema, struct machine_state *first,
                  struct error *err);
void machine_free(struct machine *m);

/* The state after a byte. */
void machine_step(struct machine *m, const struct machine_state *from, unsigned char byte,
                  struct machine_state *to);

/* A whole value has come, and the text may end. */
bool machine_complete(const struct machine_state *s);

/* Nothing may follow. */
bool machine_ended(const struct machine_state *s);

/* Tells the readings of which a string or a name is open and whole letters may follow, whatever
 * they are, from the others: up to *room letters (SCHEMA_NONE: any number) may. */
void machine_split(const struct machine *m, const struct machine_state *s,
                   struct machine_state *in_text, uint32_t *room, struct machine_state *others);

/* Adds readings to *to, as far as there is room. */
void machine_join(struct machine_state *to, const struct machine_state *more);

/* Same readings in the same order. */
bool machine_same(const struct machine_state *a, const struct machine_state *b);
uint64_t machine_hash(const struct machine_state *s);

/* Frees frames that *s does not stand on, once they are many; other states are then void. True when
 * it did. */
bool machine_collect(struct machine *m, struct machine_state *s);

#endif
