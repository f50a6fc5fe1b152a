/* The work that autospec bench times, as an engine does it for a user: prompts, decoding, several
 * sequences at once, texts played back. Every function gives what was measured once; repeating is
 * bench.c's. Prompts are random token ids, new ones each time, so that no prefix is known unless
 * that is what is measured. */
#ifndef MEASURE_WORK_H
#define MEASURE_WORK_H

#include "measure/trace.h"
#include "engine/engine.h"

#include <stdint.h>

struct work {
    struct engine *engine;
    uint64_t random;
    struct tokens prompt, known; /* the last prompt; one whose pages are filled (work_fill) */
};
void work_free(struct work *w);

/* A new random prompt; the last one is gone. */
bool work_make_prompt(struct work *w, size_t n, struct error *err);

/* Seconds from a new prompt of n tokens to its first token. */
bool work_prefill(struct work *w, size_t n, double *seconds, struct error *err);

/* Makes w->known a prompt of n tokens whose keys and values are in the cache, in pages of their
 * own: one page is computed and copied to the others. */
bool work_fill(struct work *w, size_t n, struct error *err);

/* Seconds of a token, over n tokens decoded without drafts behind a prompt of `context` tokens; of
 * w->known when it is that long. */
bool work_decode(struct work *w, size_t context, size_t n, double *seconds, struct error *err);

/* Tokens a second of `sequences` prompts of `context` tokens decoded at once, n tokens each, all of
 * them together; from when each has its first token. */
bool work_decode_many(struct work *w, size_t sequences, size_t context, size_t n, double *rate,
                      struct error *err);

/* Tokens a second of a trace's answer, its prompt being known, without drafts and with: both at
 * once, a step of each by turns, so that what the machine does meanwhile falls on both. `accepted`:
 * the share of the drafts that were right. */
bool work_play(struct work *w, const struct trace *trace, double rates[2], double *accepted,
               struct error *err);

/* Seconds to the first token of a question of `own` tokens behind `shared` tokens of passages: the
 * first about them, and the next. */
bool work_second_question(struct work *w, size_t shared, size_t own, double *first, double *second,
                          struct error *err);

#endif
