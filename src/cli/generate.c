/* autospec generate: text from the model alone, without documents. */
#include "base/utf8.h"
#include "cli/interrupt.h"
#include "cli/model_open.h"
#include "cli/output.h"
#include "cli/stream.h"
#include "cli/text_input.h"
#include "engine/chat_prompt.h"

enum { MAX_PROMPT = 16 << 20 };

static bool render_raw(const struct engine *e, const struct buffer *text, struct tokens *prompt,
                       struct error *err)
{
    int32_t bos = engine_config(e)->bos;
    if (bos >= 0 && !tokens_push(prompt, bos, err)) return false;
    return tokenizer_encode(engine_tokenizer(e), buffer_text(text), text->len, TOKENIZE_TEXT,
                            prompt, err);
}

static bool render_chat(const struct command_line *line, const struct engine *e,
                        const struct buffer *text, struct tokens *prompt, struct error *err)
{
    return chat_prompt_render(e, line->system, buffer_text(text), text->len,
                              model_thinking(line, chat_prompt_thinking(e)), prompt, err);
}

static int run(struct command_line *line, struct error *err)
{
    int status = EXIT_FAILED;
    struct buffer text = {0};
    struct tokens prompt = {0};
    struct model model = {0};
    struct stream stream = {0};
    struct generate_options options = {
        .max_tokens = settings_count(&line->settings, SETTING_MAX_TOKENS),
        .stop = line->stop.items,
        .n_stop = line->stop.n,
        .ignore_end = line->ignore_end,
    };
    if (line->raw && line->system) {
        error_set(err, ERROR_USAGE, "--system is part of the chat format, which --raw leaves out");
        goto done;
    }
    if (!model_sampler(line, &options.sampler, err) ||
        !text_input(line, "the prompt", MAX_PROMPT, &text, err))
        goto done;
    if (!line->raw) text_trim(&text);
    if (text.len == 0) {
        error_set(err, ERROR_USAGE, "the prompt is empty");
        goto done;
    }
    if (!model_open(&model, line, err)) goto done;
    if (!(line->raw ? render_raw(model.engine, &text, &prompt, err)
                    : render_chat(line, model.engine, &text, &prompt, err)))
        goto done;

    options.cancel = interrupt_watch();
    struct generate_result result;
    if (!engine_generate(model.engine, &prompt, &options, stream_piece, &stream, &result, err))
        goto done;
    stream_end(&stream);
    if (line->stats || line->verbose) model_print_stats(&result);
    status = atomic_load(options.cancel) ? EXIT_INTERRUPTED : EXIT_OK;
done:
    model_close(&model);
    tokens_free(&prompt);
    buffer_free(&text);
    return status;
}

const struct command command_generate = {
    .name = "generate",
    .bit = COMMAND_GENERATE,
    .arguments = "PROMPT",
    .summary = "Generate text from the model, without documents",
    .description =
        "The prompt is put into the model's chat format, or with --raw continued as it\n"
        "is. Without PROMPT, or with -, it is read from standard input. The text goes to\n"
        "standard output as it comes, the model's reasoning to standard error.\n",
    .run = run,
};
