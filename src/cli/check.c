/* autospec check: whether the store's file is whole. */
#include "cli/command.h"
#include "cli/output.h"
#include "cli/places.h"
#include "store/store_check.h"

#include <stdlib.h>

static bool print_json(const struct store_check *c, const char *path, struct error *err)
{
    return output_json(json_pack("{s:s, s:b, s:I, s:I, s:I, s:b, s:b}", "store", path, "whole", store_check_passed(c),
                                 "pages", (json_int_t)c->pages, "bad_pages", (json_int_t)c->bad_pages, "lost_pages",
                                 (json_int_t)c->lost_pages, "index_bad", c->index_bad, "repaired", c->repaired),
                       err);
}

static void print_text(const struct store_check *c, const char *path, bool repair)
{
    if (c->repaired)
        output_printf("%s: repaired: the search index was made anew; %zu pages are whole\n", path, c->pages);
    else if (store_check_passed(c))
        output_printf("%s: %zu pages are whole\n", path, c->pages);
    else if (c->lost_pages)
        output_printf("%s: damaged: %zu of %zu pages, %zu with what documents said (%s); delete the store and ingest "
                      "the documents again\n",
                      path, c->bad_pages, c->pages, c->lost_pages, c->where[0] ? c->where : "not readable");
    else
        output_printf("%s: damaged: the search index, %zu of %zu pages%s\n", path, c->bad_pages, c->pages,
                      repair ? "" : "; autospec check --repair makes it anew");
}

static int run(struct command_line *line, struct error *err)
{
    struct store_check c;
    int status = EXIT_FAILED;
    if (line->n_arguments) {
        error_set(err, ERROR_USAGE, "check takes no argument");
        return EXIT_USAGE;
    }
    char *path = place_store(&line->settings, err);
    /* To be read only: a store that is not there is not made. */
    struct store *store = path ? store_open(path, STORE_READ, err) : NULL;
    if (store && store_check(store, line->repair, &c, err)) {
        if (!line->json)
            print_text(&c, path, line->repair);
        else if (!print_json(&c, path, err))
            goto done;
        status = output_flush(err) && store_check_passed(&c) ? EXIT_OK : EXIT_FAILED;
    }
done:
    store_close(store);
    free(path);
    return status;
}

const struct command command_check = {
    .name = "check",
    .bit = COMMAND_CHECK,
    .arguments = "",
    .summary = "Check that the store's file is as it was written",
    .description = "Each page is compared with its checksum, and the indexes with what they are\n"
                   "of. With --repair, a damaged search index is made anew from the passages; what\n"
                   "documents said cannot be. The exit status is 1 where damage is left.\n",
    .run = run,
};
