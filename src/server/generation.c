#include "server/generation.h"
#include "base/clock.h"
#include "engine/vocabulary.h"
#include "grammar/constraint.h"
#include "server/server.h"

static bool run(struct exchange *x, const struct generation *g,
                const struct generate_options *options, struct generate_result *result,
                struct error *err)
{
    struct server *s = x->server;
    struct request *r = scheduler_submit(s->scheduler, g->prompt, options, NULL, NULL, err);
    if (!r) return false;
    if (g->accepted) g->accepted(g->context);
    struct request_output out = {0};
    enum request_state state;
    bool refused = false;
    do {
        while (!request_wait(r, 1)) continue;
        state = request_state(r, result, NULL);
        while (request_read(r, &out)) {
            if (x->first_token == 0) x->first_token = clock_seconds();
            if (!refused && !g->output(g->context, &out)) {
                refused = true;
                request_cancel(r);
            }
        }
    } while (state < REQUEST_DONE);
    request_state(r, result, err);
    request_output_free(&out);
    request_release(r);
    if (state != REQUEST_DONE) return false;
    if (atomic_load(&x->cancel)) return error_set(err, ERROR_CANCELLED, "cancelled");
    return true;
}

bool generation_run(struct exchange *x, const struct generation *g, struct generate_result *result,
                    struct error *err)
{
    struct generate_options options = g->options;
    struct constraint *constraint = NULL;
    options.cancel = &x->cancel;
    if (g->schema) {
        struct server *s = x->server;
        const struct vocabulary *v = engine_vocabulary(s->engine, err);
        if (v) constraint = constraint_create(v, g->schema, g->thinks, err);
        if (!constraint) return false;
        options.constraint = constraint_token(constraint);
    }
    bool ok = run(x, g, &options, result, err);
    if (ok && constraint && constraint_failed(constraint))
        ok = error_memory(err, "generating by a schema");
    constraint_free(constraint);
    return ok;
}
