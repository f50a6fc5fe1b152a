/* From one prompt to text, on the caller's thread: a batch of one (batch.h), or through the
 * scheduler where one runs the engine. */
#include "engine/batch.h"
#include "engine/engine_internal.h"
#include "engine/scheduler.h"

bool engine_generate(struct engine *e, const struct tokens *prompt,
                     const struct generate_options *options, generate_sink *sink, void *context,
                     struct generate_result *result, struct error *err)
{
    if (e->scheduler)
        return scheduler_generate(e->scheduler, prompt, options, sink, context, result, err);
    *result = (struct generate_result){.prompt_tokens = prompt->len};
    kv_release(e->kv, &e->forward_chain, NULL, 0);
    struct sequence s;
    struct sequence_output out = {.context = context, .text = sink};
    if (!sequence_create(&s, e, prompt, options, &out, err)) return false;
    batch_add(e->batch, &s);
    while (!s.done) batch_step(e->batch);
    *result = s.result;
    bool ok = s.error.code == ERROR_NONE;
    if (!ok) error_set(err, s.error.code, "%s", s.error.text);
    sequence_free(&s);
    return ok;
}
