/* Which columns say what a record is: manufacturer, model, trim, year, the whole name. Names decide
 * together with cells: the manufacturer's column is the one whose cells are known makes, and of two the
 * one of the brands, however many columns of groups, importers and holdings stand beside it.
 */
#ifndef INGEST_ROLES_H
#define INGEST_ROLES_H

#include "ingest/columns.h"
#include "vehicle/registry.h"

enum { ROLES_MAX_TRIMS = 3 };

/* Columns of the table; NO_COLUMN: none. */
struct table_roles {
    int make, model, name, year, year_last, quantity;
    int group; /* who builds the brands of `make`: "General Motors" beside "Chevrolet" */
    int trims[ROLES_MAX_TRIMS];
    size_t n_trims;
    bool trim_by_cells;   /* no name said so, the cells tell rows of one model apart */
    bool make_by_cells;
    bool name_by_cells;
    bool not_vehicles;    /* `name` is the first column of text and nothing else is known */
};

struct role_column {
    int column;               /* of the table */
    int attribute;   /* its name's meaning; -1 */
    enum attribute_role weak; /* that its name may have when the cells agree ("Typ") */
    bool has_unit; /* its name states one: figures, whatever they look like */
    struct column_study study;
};

/* `columns` are those that may name a record, left to right. `has_make`, `has_model`: the headings name
 * them. `n_keys`: so many first columns hold the keys of JSON objects, the outermost first. */
void roles_find(struct table_roles *out, const struct table_frame *frame,
                const struct role_column *columns, size_t n, bool has_make, bool has_model,
                size_t n_keys, uint64_t *scratch);

#endif
