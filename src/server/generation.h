/* A prompt run through the scheduler for an exchange: what comes is handed on as it comes, on the
 * handler's thread; the exchange's cancel flag ends it. */
#ifndef SERVER_GENERATION_H
#define SERVER_GENERATION_H

#include "grammar/json_schema.h"
#include "engine/scheduler.h"
#include "server/exchange.h"

struct generation {
    const struct tokens *prompt;
    const struct json_schema *schema; /* of what is generated; NULL: any text */
    bool thinks;                      /* the prompt has opened a think block, which stays free */
    struct generate_options options;  /* cancel and constraint are set by it */
    void (*accepted)(void *context);  /* the prompt is fit and in the queue; NULL: none */
    /* A run of output; false ends the generation. */
    bool (*output)(void *context, const struct request_output *out);
    void *context;
};

/* An exchange that was cancelled is an error (ERROR_CANCELLED). */
bool generation_run(struct exchange *x, const struct generation *g, struct generate_result *result,
                    struct error *err);

#endif
