/* Behind include/autospec.h: what its files share. An API call takes its turn on the handle, has
 * the log and progress of its thread go to the handle's callbacks, works with the layers below, and
 * copies the result into memory that is the caller's. */
#ifndef API_API_H
#define API_API_H

#include "autospec.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "base/progress.h"
#include "engine/engine.h"

#include <pthread.h>
#include <stdatomic.h>

/* A call that runs or waits. */
struct api_turn {
    struct api_turn *next;
    atomic_bool cancel;
    struct autospec *llm;
    const struct autospec_call *call; /* as long as the library's struct; never NULL */
    struct autospec_call copy;
    const struct log_sink *log_before;
    const struct progress_sink *progress_before;
};

struct autospec {
    pthread_mutex_t engine_lock; /* held by the call that runs; checks for its own thread */
    pthread_mutex_t turns_lock;
    struct api_turn *turns;
    struct engine *engine;
    struct autospec_options options; /* its strings live in the arena */
    struct sampler_options sampler;
    struct autospec_info info;
    struct arena arena;
    struct log_sink log;
    struct progress_sink progress;
    atomic_bool stop_download;
    char *json; /* of info */
};

/* Waits for the handle. False with *err filled, and nothing to end, when the call was cancelled
 * while it waited or comes from a callback of this handle. */
bool api_turn_begin(struct api_turn *turn, struct autospec *llm, const struct autospec_call *call,
                    struct error *err);
void api_turn_end(struct api_turn *turn);

/* A generate_sink whose context is a struct api_turn: hands the text on, NUL-terminated. */
bool api_turn_text(void *turn, const char *text, size_t len, bool reasoning);

/* Fills the caller's struct, which may be NULL. Returns NULL. */
void *api_fail(struct autospec_error *out, const struct error *err);

/* How a generation ended, told to the caller: a callback's no is a cancellation. */
int api_finish(const struct api_turn *turn, enum finish_reason reason);

/* The shape of a model as JSON, indented; malloc'ed, NULL when memory is out. */
char *api_info_json(const struct autospec_info *info);

#endif
