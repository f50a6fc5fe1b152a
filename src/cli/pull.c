/* autospec pull: a model from the Hugging Face Hub, into the cache that Python's tools use too. */
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "hub/hub.h"

#include <stdio.h>

static bool print_json(const char *name, const struct hub_result *r, struct error *err)
{
    return output_json(json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:f}", "model", name,
                                 "commit", r->commit, "folder", r->folder, "files",
                                 (json_int_t)r->files, "bytes", (json_int_t)r->bytes,
                                 "fetched_files", (json_int_t)r->fetched_files, "fetched_bytes",
                                 (json_int_t)r->fetched_bytes, "seconds", r->seconds),
                       err);
}

static int run(struct command_line *line, struct error *err)
{
    struct hub_settings settings = {0};
    struct hub_result result = {0};
    bool ok = false;
    if (line->n_arguments != 1) {
        error_set(err, ERROR_USAGE, "pull takes one argument: ORG/NAME or ORG/NAME@REVISION");
        return EXIT_USAGE;
    }
    const char *name = line->arguments[0];
    if (!hub_settings_read(&settings, settings_lookup, &line->settings, err)) goto done;
    if (line->retries > 0) settings.retries = line->retries;
    ok = hub_pull(&settings, name, interrupt_watch(), &result, err);
    if (!ok) goto done;
    if (line->json) {
        ok = print_json(name, &result, err);
        goto done;
    }
    if (!line->quiet)
        fprintf(stderr, "%s: %zu files fetched (%.1f MB), commit %s\n", name, result.fetched_files,
                (double)result.fetched_bytes / 1e6, result.commit);
    output_printf("%s\n", result.folder);
done:
    hub_result_free(&result);
    hub_settings_free(&settings);
    return ok ? EXIT_OK : EXIT_FAILED;
}

const struct command command_pull = {
    .name = "pull",
    .bit = COMMAND_PULL,
    .arguments = "ORG/NAME[@REVISION]",
    .summary = "Download a model from the Hugging Face Hub",
    .description =
        "Fetches what autospec needs of a model (configuration, tokenizer, safetensors\n"
        "files) into the cache of Python's Hugging Face tools and prints the folder it is\n"
        "in. What is there already is used as it is, an interrupted download goes on where\n"
        "it was, and every file is checked against the Hub's checksum.\n"
        "Reads HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE, also from .env,\n"
        "and the proxy variables https_proxy, http_proxy, no_proxy of the environment.\n",
    .run = run,
};
