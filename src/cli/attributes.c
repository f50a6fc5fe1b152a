/* autospec attributes: the attribute registry, and what the store has of each. */
#include "cli/command.h"
#include "cli/output.h"
#include "cli/places.h"
#include "store/facts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many values and which columns the store has of each attribute. */
struct use {
    size_t values, columns;
    const char *name; /* of one of its columns */
};

static bool count_uses(const struct command_line *line, struct catalog *catalog, struct use *uses,
                       struct error *err)
{
    char *path = place_store(&line->settings, err);
    if (!path) return false;
    bool ok = true;
    if (access(path, F_OK) == 0) {
        struct store *store = store_open(path, STORE_READ, err);
        ok = store && catalog_read(catalog, store, err);
        store_close(store);
    }
    free(path);
    for (size_t i = 0; ok && i < catalog->n_columns; i++) {
        const struct catalog_column *c = &catalog->columns[i];
        if (c->attribute < 0) continue;
        struct use *u = &uses[c->attribute];
        u->values += c->n_values;
        u->columns++;
        if (!u->name) u->name = c->name;
    }
    return ok;
}

static json_t *attribute_json(size_t i, const struct use *u)
{
    static const char *const TYPES[] = {"number", "category", "text", "yes_no"};
    static const char *const LANGUAGES[] = {"en", "de", "fr", "es", "zh"};
    const struct attribute *a = &REGISTRY[i];
    json_t *names = json_object();
    for (size_t l = 0; l < 5; l++) json_object_set_new(names, LANGUAGES[l], json_string(a->names[l]));
    return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:o, s:I, s:I}", "id", a->id, "group", a->group, "type",
                     TYPES[a->type], "dimension", dimension_name(a->dimension), "unit", a->unit, "names",
                     names, "values", (json_int_t)u->values, "columns", (json_int_t)u->columns);
}

static void print_csv_cell(const char *text)
{
    output_puts("\"");
    for (; *text; text++) {
        if (*text == '"') output_puts("\"");
        output_text(text, 1);
    }
    output_puts("\"");
}

static int run(struct command_line *line, struct error *err)
{
    struct catalog catalog = {0};
    struct use *uses = calloc(REGISTRY_COUNT + 1, sizeof *uses);
    int status = EXIT_FAILED;
    if (!uses) {
        error_memory(err, "the attributes");
        return status;
    }
    if (line->n_arguments) {
        error_set(err, ERROR_USAGE, "attributes takes no arguments");
        free(uses);
        return EXIT_USAGE;
    }
    if (!count_uses(line, &catalog, uses, err)) goto done;
    status = EXIT_OK;
    if (line->json) {
        json_t *list = json_array();
        for (size_t i = 0; i < REGISTRY_COUNT; i++)
            json_array_append_new(list, attribute_json(i, &uses[i]));
        if (!output_json(list, err)) status = EXIT_FAILED;
    } else if (line->csv) {
        output_puts("id,group,unit,name,values,column\n");
        for (size_t i = 0; i < REGISTRY_COUNT; i++) {
            const struct attribute *a = &REGISTRY[i];
            output_printf("%s,%s,", a->id, a->group);
            print_csv_cell(a->unit ? a->unit : "");
            output_puts(",");
            print_csv_cell(a->names[0]);
            output_printf(",%zu,", uses[i].values);
            print_csv_cell(uses[i].name ? uses[i].name : "");
            output_puts("\n");
        }
    } else {
        const char *group = "";
        for (size_t i = 0; i < REGISTRY_COUNT; i++) {
            const struct attribute *a = &REGISTRY[i];
            if (strcmp(group, a->group) != 0) output_printf("%s%s\n", i ? "\n" : "", a->group);
            group = a->group;
            output_printf("  %-30s %-12s %9zu  ", a->id, a->unit ? a->unit : "", uses[i].values);
            output_text(uses[i].name ? uses[i].name : "", uses[i].name ? strlen(uses[i].name) : 0);
            output_puts("\n");
        }
    }
done:
    catalog_free(&catalog);
    free(uses);
    return status;
}

const struct command command_attributes = {
    .name = "attributes",
    .bit = COMMAND_ATTRIBUTES,
    .arguments = "",
    .summary = "List the attributes that are known, and what the store has of each",
    .description = "By group: the attribute's id, its unit, how many values the store has of it, and the\n"
                   "name of a column that was taken for it. Columns of other names are kept as\n"
                   "attributes of their own; `autospec ingest --explain FILE` shows them.\n",
    .run = run,
};
