/* autospec verify: the figures of any text, checked against the documents in the store. */
#include "answer/claims.h"
#include "answer/knowledge.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/text_input.h"

#include <stdlib.h>

enum { VERIFY_MAX_BYTES = 1 << 20 };

static int print_claims(const struct command_line *line, const struct claims *claims,
                        struct error *err)
{
    int status = claims->counts[CLAIM_CONTRADICTED] ? EXIT_FAILED : EXIT_OK;
    if (line->json) return output_json(claims_to_json(claims), err) ? status : EXIT_FAILED;
    struct buffer text = {0};
    claims_write(&text, claims);
    if (text.failed) {
        error_memory(err, "claims");
        status = EXIT_FAILED;
    } else {
        output_text(buffer_text(&text), text.len);
    }
    buffer_free(&text);
    return status;
}

/* The store, which must hold something to check against. */
static struct store *open_store(const struct command_line *line, struct error *err)
{
    static const char HOW[] = "there are no documents yet; `autospec ingest FILE...` reads them in";
    char *path = place_store(&line->settings, err);
    if (!path) return NULL;
    struct error failure = {0};
    struct store_counts counts;
    struct store *store = store_open(path, STORE_READ, &failure);
    free(path);
    if (!store && failure.code == ERROR_NOT_FOUND)
        error_set(err, ERROR_NOT_FOUND, "%s", HOW);
    else if (!store)
        *err = failure;
    else if (!store_count(store, &counts, err) ||
             (counts.documents == 0 && !error_set(err, ERROR_NOT_FOUND, "%s", HOW))) {
        store_close(store);
        store = NULL;
    }
    return store;
}

static int run(struct command_line *line, struct error *err)
{
    int status = EXIT_FAILED;
    struct buffer text = {0};
    struct store *store = NULL;
    struct knowledge *knowledge = NULL;
    struct claims claims;
    if (!text_input(line, "the text", VERIFY_MAX_BYTES, &text, err)) goto done;
    store = open_store(line, err);
    if (!store) goto done;
    knowledge = knowledge_acquire(NULL, store, err);
    if (!knowledge ||
        !claims_check(&claims, buffer_text(&text), text.len, knowledge->words, store, err))
        goto done;
    status = print_claims(line, &claims, err);
    claims_free(&claims);
done:
    knowledge_release(knowledge);
    store_close(store);
    buffer_free(&text);
    return status;
}

const struct command command_verify = {
    .name = "verify",
    .bit = COMMAND_VERIFY,
    .arguments = "TEXT",
    .summary = "Check the figures of any text against the documents in the store",
    .description = "Each figure is read with its vehicle, attribute, unit and year, and bound to\n"
                   "the cell that says the same (+) or something else (!). Marked ~ is what\n"
                   "holds for some versions only, ? what the documents do not give or what is\n"
                   "not clear. Without TEXT, or with -, the text is read from standard input.\n"
                   "The exit status is 1 where a figure is contradicted.\n",
    .run = run,
};
