/* autospec bench: what the machine can do, and how near the engine comes to it, one row for each
 * kind of work. Timings are repeated; measurements that are compared with each other (a limit of
 * the machine and the work, one thread and two) are taken by turns, so that whoever else uses the
 * machine is in both. */
#ifndef MEASURE_BENCH_H
#define MEASURE_BENCH_H

#include "measure/figures.h"
#include "engine/engine.h"

struct bench_options {
    struct engine_options engine; /* context, kv_tokens, max_sequences and no_speculation are set by
                                     bench_run; kv_bits 0: 8 */
    bool quick;                   /* fewer repetitions, shorter runs */
    const char *only;             /* names of rows, by commas; NULL: all */
};

/* One kind of work. */
struct bench_row {
    const char *name;       /* "decode" */
    const char *what;       /* "one sequence, short context" */
    const char *unit;       /* of the values: "tokens/s", "s", "MB" */
    struct samples values;  /* what was measured */
    const char *score_unit; /* "% of the read bandwidth", "x one sequence" */
    struct samples scores;  /* the same beside what it is compared with */
    double goal;            /* for the median of the scores */
    bool at_most;           /* the goal is an upper bound */
    char note[160];         /* what else was seen, or why there is nothing; may be empty */
};

enum { BENCH_ROWS = 11 };

struct bench_result {
    struct engine_info info; /* of an engine that is closed: the strings are copies */
    char name[256], device[64];
    unsigned kv_bits;
    size_t threads;
    const char *instructions;       /* that the integer peak was measured with */
    struct samples read;            /* bytes a second */
    struct samples integers;        /* operations a second */
    size_t token_bytes;             /* of weights, that a decoded token reads */
    double bits_a_weight;           /* over these */
    double load_before, load_after; /* runnable processes, mean of a minute */
    struct bench_row rows[BENCH_ROWS];
    size_t n_rows; /* those asked for, in order; the last may be under way */
};

/* Called when a row is complete; may be NULL. False ends the run, without an error. */
typedef bool bench_sink(void *context, const struct bench_result *result,
                        const struct bench_row *row);

/* The names of all rows, for help and errors; NULL-terminated. */
extern const char *const BENCH_NAMES[];

/* Runs it. False with *err filled when the model cannot be opened, a name is not a row's, or the
 * engine fails. A row that this model or machine cannot have has no values and a note. */
bool bench_run(const struct bench_options *options, bench_sink *sink, void *context,
               struct bench_result *result, struct error *err);

#endif
