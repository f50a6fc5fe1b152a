#include "answer/generator.h"

#include "engine/vocabulary.h"

static bool render(void *context, const struct chat_message *messages, size_t n,
                   enum thinking thinking, struct tokens *out, struct error *err)
{
    const struct engine *e = context;
    return chat_render(engine_tokenizer(e), engine_chat_format(e), messages, n, thinking, out, err);
}

static bool generate(void *context, const struct tokens *prompt,
                     const struct generate_options *options, generate_sink *sink,
                     void *sink_context, struct generate_result *result, struct error *err)
{
    return engine_generate(context, prompt, options, sink, sink_context, result, err);
}

static bool begin(void *context, const char *text, size_t len, struct tokens *out, struct error *err)
{
    return tokenizer_encode(engine_tokenizer(context), text, len, TOKENIZE_TEXT, out, err);
}

static const struct vocabulary *vocabulary(void *context, struct error *err)
{
    return engine_vocabulary(context, err);
}

void usage_add(struct generate_result *sum, const struct generate_result *one)
{
    struct generate_result all = *one;
    all.prompt_tokens += sum->prompt_tokens;
    all.cached_tokens += sum->cached_tokens;
    all.generated_tokens += sum->generated_tokens;
    all.prefill_seconds += sum->prefill_seconds;
    all.decode_seconds += sum->decode_seconds;
    *sum = all;
}

struct generator generator_from_engine(struct engine *e)
{
    struct engine_info info;
    engine_info(e, &info);
    return (struct generator){e, info.context, render, generate, engine_config(e)->one_vehicle,
                              begin, vocabulary};
}
