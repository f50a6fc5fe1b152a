/* Look-up speculation: an answer from documents copies from them, so what followed the last few
 * tokens where they stood before (in the prompt or in the text so far) is likely to follow again.
 * Such a draft is run together with the next token, and as many of its tokens are kept as are
 * picked anyway: the output is that of plain decoding, greedy or sampled. (Prompt lookup decoding,
 * Saxena 2023; the acceptance by equality is ours to keep outputs the same to the bit.)
 *
 * How far to draft is decided from what was right before, which is learned without drafting too,
 * and from what a step of so many tokens costs on this machine. An account of what drafts cost and
 * what they won bounds the loss on a text that seems to copy and does not. */
#ifndef ENGINE_SPECULATE_H
#define ENGINE_SPECULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_DRAFT = 15, SPECULATE_CLASSES = 6 };

/* Seconds of a decoding step with 1 + i tokens, of any number of sequences; shared by all of an
 * engine. Zero-initialise it. */
struct speculate_cost {
    struct {
        double seconds;
        uint64_t when, times; /* the last measurement's number; how many there were */
    } of[MAX_DRAFT + 1];
    uint64_t measured; /* in all */
};
void speculate_measure(struct speculate_cost *c, size_t n_tokens, double seconds);

/* What the step under way has so far. Begin with the number of sequences that decode, in all three:
 * each runs one token and gets one. */
struct speculate_step {
    size_t sequences, tokens;
    double expected; /* tokens that it will bring */
};

/* Of one sequence; zero-initialise it. */
struct speculator {
    int32_t *head; /* last position of a pair of tokens, by hash */
    int32_t *prev; /* (n_indexed): the position before of the same hash */
    size_t n_indexed, cap;
    double hits[SPECULATE_CLASSES]; /* by length of the match, older ones counting less */
    double tries[SPECULATE_CLASSES];
    double account; /* tokens won, and a few granted, less those that might have come meanwhile */
    bool started;
    /* The proposal for the next step. */
    int32_t draft[MAX_DRAFT];
    size_t n_proposed; /* tokens in draft */
    size_t n_draft;    /* those worth running */
    size_t match;      /* tokens that matched */
    double price;      /* of running n_draft, in tokens */
};
void speculator_free(struct speculator *s);

/* Looks for what may follow tokens[0..n) and decides how much of it to run, at most `max`; sets
 * draft, n_proposed and n_draft, and adds the latter to *step. Calls come with ever longer texts.
 * Out of memory: no draft. */
void speculator_propose(struct speculator *s, const struct speculate_cost *cost,
                        struct speculate_step *step, const int32_t *tokens, size_t n, size_t max);

/* Tells what came: the n tokens picked in this step, at most 1 + n_draft. */
void speculator_learn(struct speculator *s, const int32_t *picked, size_t n);

#endif
