/* autospec quantize: a model packed into a folder that opens anywhere, without its source. */
#include "base/thread_pool.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/places.h"
#include "quant/packed_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_type(const char *text, enum quant_type *type, struct error *err)
{
    static const enum quant_type TYPES[] = {QUANT_Q4, QUANT_Q8};
    if (!text) return error_set(err, ERROR_USAGE, "quantize needs --to q4 or --to q8");
    for (size_t i = 0; i < 2; i++)
        if (strcmp(text, quant_type_name(TYPES[i])) == 0) {
            *type = TYPES[i];
            return true;
        }
    return error_set(err, ERROR_USAGE, "--to: \"%s\" is not one of q4 or q8", text);
}

static int run(struct command_line *line, struct error *err)
{
    struct packed_export_result result = {0};
    struct thread_pool *pool = NULL;
    enum quant_type type = QUANT_Q4;
    bool ok = false;
    char *dir = NULL;
    if (line->n_arguments != 1) {
        error_set(err, ERROR_USAGE, "quantize takes one argument: the model");
        return EXIT_USAGE;
    }
    if (!line->output) {
        error_set(err, ERROR_USAGE, "quantize needs --output DIR, the folder to write");
        return EXIT_USAGE;
    }
    if (!read_type(line->to, &type, err)) return EXIT_USAGE;
    if (!settings_set(&line->settings, SETTING_MODEL, line->arguments[0], SOURCE_COMMAND_LINE, 0,
                      "the model", err))
        goto done;
    dir = place_model(&line->settings, err);
    pool = dir ? thread_pool_create(settings_count(&line->settings, SETTING_THREADS), err) : NULL;
    if (!pool || !packed_export(dir, line->output, type, pool, &result, err)) goto done;
    ok = true;
    if (line->json)
        ok = output_json(json_pack("{s:s, s:s, s:s, s:I, s:I, s:f}", "model", dir, "folder",
                                   line->output, "quantization", quant_type_name(type),
                                   "source_bytes", (json_int_t)result.source_bytes, "bytes",
                                   (json_int_t)result.bytes, "seconds", result.seconds),
                         err);
    else
        output_printf("%s: %s, %.1f MB from %.1f MB, in %.1f s\n", line->output,
                      quant_type_name(type), (double)result.bytes / 1e6,
                      (double)result.source_bytes / 1e6, result.seconds);
done:
    thread_pool_free(pool);
    free(dir);
    return ok ? EXIT_OK : EXIT_FAILED;
}

const struct command command_quantize = {
    .name = "quantize",
    .bit = COMMAND_QUANTIZE,
    .arguments = "MODEL",
    .summary = "Write a model with 4-bit or 8-bit weights as a folder",
    .description =
        "Reads a model (a folder, a GGUF file, or what --model of other commands takes)\n"
        "and writes a folder with its configuration, its tokenizer and the quantized\n"
        "weights. Give that folder as --model here or on another machine: it opens at once\n"
        "and does not need the model that it was made from.\n",
    .run = run,
};
