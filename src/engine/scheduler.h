/* Many requests on one engine: a bounded queue in front, one thread that runs the engine,
 * continuous batching with chunked prefill (engine/batch.h) behind. What a request generates lies
 * in its own bounded buffer until it is read: a slow reader pauses its own request and nobody
 * else's.
 *
 * All functions may be called from any thread, except where it says otherwise. A result does not
 * depend on what else runs. */
#ifndef ENGINE_SCHEDULER_H
#define ENGINE_SCHEDULER_H

#include "engine/engine.h"

#include <stdint.h>

struct scheduler;
struct request; /* one submitted request: a handle for its submitter */

struct scheduler_options {
    size_t max_running; /* sequences computed at once; 0, or more than the engine's: the engine's */
    size_t max_waiting; /* requests that wait behind those; 0: 64 */
    size_t max_unread;  /* bytes of one request's output not yet read that pause it; 0: 1 MiB */
    /* Where the KV pages are kept from one scheduler to the next (engine/kv_file.h); NULL: nowhere.
     * Written at the end, and while nothing is to be done, but not sooner than kv_file_seconds (0:
     * 300) after the last time: a request that comes ends that at once. */
    const char *kv_file;
    size_t kv_file_limit; /* bytes that it may take; 0: 1 GiB */
    double kv_file_seconds;
};

/* Starts the engine's thread. The engine is borrowed, outlives the scheduler, and has at most one;
 * engine_generate may then be called from any thread and goes through it, engine_forward may not be
 * called. */
struct scheduler *scheduler_create(struct engine *e, const struct scheduler_options *options,
                                   struct error *err);

/* Cancels what is left, ends the thread, writes kv_file. Requests must have been released before.
 */
void scheduler_free(struct scheduler *s);

/* Called on the scheduler's thread when there is something new for a reader that had read all, and
 * when the request has ended. It must return at once (resume a connection, write to an eventfd) and
 * may call request_read and request_state, not request_release. */
typedef void request_wake(void *context);

/* Puts a request into the queue. Prompt, stop strings and options are copied; what options->cancel
 * and options->constraint point to is borrowed until request_release. `wake` may be NULL.
 * Errors: ERROR_BUSY when the queue is full, the scheduler drains, or what computes is lost (429 or
 * 503); ERROR_USAGE for an empty prompt, one longer than the context, options out of range;
 * ERROR_INPUT for a token id that the model does not have. */
struct request *scheduler_submit(struct scheduler *s, const struct tokens *prompt,
                                 const struct generate_options *options, request_wake *wake,
                                 void *context, struct error *err);

/* Ends a request within one step, waiting or running: it is then done with FINISH_CANCELLED. */
void request_cancel(struct request *r);

/* A run of output of one kind. Zero-initialise it; request_output_free frees it. */
struct request_output {
    struct buffer text; /* valid UTF-8; may be empty where there are only tokens */
    bool reasoning;     /* it stood between <think> and </think> */
    struct token_logprob
        *tokens; /* with options.logprobs: its tokens; one may come before its text */
    size_t n_tokens, cap_tokens;
};
void request_output_free(struct request_output *out);

/* Takes the oldest unread run of output: `out` is emptied, then filled. False when nothing is
 * unread. One reader a request. */
bool request_read(struct request *r, struct request_output *out);

enum request_state {
    REQUEST_WAITING, /* in the queue */
    REQUEST_RUNNING,
    REQUEST_DONE,   /* all output is there (some may be unread); *result is filled */
    REQUEST_FAILED, /* *err is filled; what was generated before may be read */
};

/* result and err may be NULL. *result is filled in every state, with what is known so far. */
enum request_state request_state(struct request *r, struct generate_result *result,
                                 struct error *err);

/* Waits until something is unread or the request has ended (true), at most `seconds`. For clients
 * that have a thread of their own. */
bool request_wait(struct request *r, double seconds);

/* Cancels the request if it is not done, and gives the handle up. When it returns, wake is not
 * running and is not called again: do not hold a lock here that wake takes. */
void request_release(struct request *r);

/* engine_generate through the scheduler: blocks, and calls the sink on the caller's thread. */
bool scheduler_generate(struct scheduler *s, const struct tokens *prompt,
                        const struct generate_options *options, generate_sink *sink, void *context,
                        struct generate_result *result, struct error *err);

/* Refuses new requests from now on and waits until all are done; after `seconds` cancels the rest
 * and waits for that. True when none had to be cancelled. */
bool scheduler_drain(struct scheduler *s, double seconds);

struct scheduler_stats {
    size_t waiting, running, max_waiting, max_running;
    size_t kv_pages, kv_pages_used, kv_pages_cached; /* all; held by running requests; idle but
                                                        known, taken back when they are needed */
    double prefill_rate,
        decode_rate; /* tokens a second of the last seconds of work; all requests */
    /* Since the start. */
    uint64_t submitted, refused, done, failed, cancelled, preempted, steps;
    uint64_t prompt_tokens, cached_tokens, generated_tokens, drafted_tokens, accepted_tokens;
    bool lost;          /* what computes (a GPU) is gone for good: every request fails */
    double retry_after; /* seconds until a place in the queue is likely free: for Retry-After */
};
void scheduler_stats(struct scheduler *s, struct scheduler_stats *out);

#endif
