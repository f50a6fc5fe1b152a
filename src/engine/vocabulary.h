/* A tokenizer's tokens by their bytes, made once for an engine, so that a constraint finds out
 * quickly which of them may come next (constraint.h). */
#ifndef ENGINE_VOCABULARY_H
#define ENGINE_VOCABULARY_H

#include "engine/engine.h"

enum { VOCABULARY_MAX_TOKEN = 128 }; /* bytes; longer tokens are never generated */

/* Tokens that begin alike share their first nodes. A node's descendants stand behind it, up to
 * `next`. */
struct vocabulary_node {
    int32_t id;    /* of the token that ends here, -1: none does */
    uint32_t next; /* the node behind its descendants */
    uint8_t byte, depth;
};

struct vocabulary_tree {
    struct vocabulary_node *nodes; /* (n) */
    size_t n;
};

struct vocabulary {
    const struct tokenizer *tokenizer; /* borrowed from the engine */
    size_t n, words;                   /* ids, 64-bit words of a set of them */
    struct vocabulary_tree all;        /* all tokens that are text */
    struct vocabulary_tree rest;       /* those that are not in `letters` */
    uint64_t *letters;  /* set of those of whole letters, none of which is one of '"', '\\'
                           or a control character: inside a JSON string they are text */
    uint8_t *n_letters; /* (n): how many, of those; 0: others */
    uint8_t most_letters;
    int32_t *ends; /* (n_ends): end the assistant's turn */
    size_t n_ends;
    int32_t think_close; /* -1: there is none */
};

/* The engine outlives it. ERROR_UNSUPPORTED without a tokenizer, or with one that cannot spell all
 * of JSON. */
struct vocabulary *vocabulary_create(const struct engine *e, struct error *err);
void vocabulary_free(struct vocabulary *v);

/* The engine's own, made at the first call and freed with the engine. Any thread may call. */
const struct vocabulary *engine_vocabulary(struct engine *e, struct error *err);

static inline void token_set_add(uint64_t *set, int32_t id)
{
    set[(size_t)id / 64] |= (uint64_t)1 << ((size_t)id % 64);
}

static inline bool token_set_has(const uint64_t *set, size_t id)
{
    return set[id / 64] >> (id % 64) & 1;
}

#endif
