/* Rows of tables: which column says what about the vehicle, and the chunk that a row becomes. */
#include "ingest/reader.h"

#include <stdlib.h>
#include <string.h>

/* By role, surest name first. Keys as vehicle_key makes them. */
static const char *const ROLE_NAMES[N_COLUMN_ROLES][24] = {
    [COLUMN_MANUFACTURER] = {"manufacturer", "make", "brand", "marque", "automaker", "carmaker",
                             "vehiclemake", "carmake", "makename", "manufacturername", "brandname",
                             "carbrand", "oem", "mfr", "mfrname", "division", "company"},
    [COLUMN_MODEL] = {"model", "modelname", "vehiclemodel", "carmodel", "nameplate", "carline",
                      "basemodel", "modelfamily"},
    [COLUMN_YEAR] = {"year", "modelyear", "yearmodel", "my", "yr", "vehicleyear", "productionyear",
                     "yearofmanufacture", "manufactureyear", "yearofproduction", "modelyr",
                     "releaseyear"},
    [COLUMN_TRIM] = {"trim", "trimlevel", "trimname", "variant", "version", "grade", "submodel",
                     "edition", "trims", "modelvariant", "derivative"},
    [COLUMN_CATEGORY] = {"category", "vehiclecategory", "bodystyle", "bodytype", "vehicleclass",
                         "class", "segment", "vehiclestyle", "vehicletype", "body", "cartype",
                         "vehiclesegment", "sizeclass", "carclass", "marketcategory", "bodyclass",
                         "vclass", "carbody"},
    [COLUMN_ENGINE_TYPE] = {"enginetype", "powertrain", "fueltype", "enginefueltype", "fuel",
                            "propulsion", "powertraintype", "enginefuel", "fueltypeprimary",
                            "drivesystem", "motortype", "engine"},
    [COLUMN_TRANSMISSION] = {"transmission", "transmissiontype", "gearbox", "gearboxtype", "trans",
                             "transmissiondescription", "trany"},
    [COLUMN_NAME] = {"vehicle", "vehiclename", "car", "carname", "name", "fullname", "title",
                     "makemodel", "makeandmodel", "modelfullname"},
};

enum column_role column_role(const char *name, size_t *rank)
{
    struct buffer key = {0};
    vehicle_key(name, strlen(name), &key);
    enum column_role role = COLUMN_PLAIN;
    for (int r = 1; r < N_COLUMN_ROLES && role == COLUMN_PLAIN; r++)
        for (size_t i = 0; i < 24 && ROLE_NAMES[r][i]; i++) {
            if (strcmp(ROLE_NAMES[r][i], buffer_text(&key)) != 0) continue;
            role = (enum column_role)r;
            if (rank) *rank = i;
            break;
        }
    buffer_free(&key);
    return role;
}

/* Text on one line: runs of spaces, line ends and control characters become one space. '_' becomes
 * a space too in names: "city_mpg" reads as "city mpg". */
static void append_one_line(struct buffer *out, const char *text, size_t len, bool is_name)
{
    bool space = false, any = false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= ' ' || c == 0x7f || (is_name && c == '_')) {
            space = any;
            continue;
        }
        if (space) buffer_putc(out, ' ');
        buffer_putc(out, (char)c);
        space = false;
        any = true;
    }
}

bool columns_init(struct column *columns, const char *const *names, size_t n, struct arena *arena)
{
    size_t best_rank[N_COLUMN_ROLES], owner[N_COLUMN_ROLES];
    for (size_t i = 0; i < N_COLUMN_ROLES; i++) best_rank[i] = SIZE_MAX;
    struct buffer name = {0};
    for (size_t i = 0; i < n; i++) {
        buffer_clear(&name);
        append_one_line(&name, names[i], strlen(names[i]), true);
        /* "Price:" and "Price: " are names that carry their own colon. */
        while (name.len && (name.data[name.len - 1] == ':' || name.data[name.len - 1] == ' '))
            name.data[--name.len] = '\0';
        if (name.len == 0) buffer_printf(&name, "Column %zu", i + 1);
        columns[i] = (struct column){arena_strdup(arena, buffer_text(&name)), COLUMN_PLAIN};
        if (!columns[i].name || name.failed) {
            buffer_free(&name);
            return false;
        }
        size_t rank = 0;
        enum column_role role = column_role(columns[i].name, &rank);
        if (role == COLUMN_PLAIN || rank >= best_rank[role]) continue;
        if (best_rank[role] != SIZE_MAX) columns[owner[role]].role = COLUMN_PLAIN;
        best_rank[role] = rank;
        owner[role] = i;
        columns[i].role = role;
    }
    buffer_free(&name);
    return true;
}

/* "2023", "2023.0", "MY2023" as a year; 0 for anything else. */
static int cell_year(const char *text)
{
    size_t len = strlen(text);
    while (len && (text[0] == ' ' || text[0] == 'M' || text[0] == 'Y')) {
        text++;
        len--;
    }
    while (len && text[len - 1] == ' ') len--;
    if (len > 4 && strspn(text + 4, ".0") == len - 4) len = 4;
    return year_parse(text, len);
}

/* "Camry" of the model "Toyota Camry" beside the manufacturer "Toyota". */
static const char *model_alone(const char *model, const char *manufacturer)
{
    size_t n = strlen(manufacturer);
    if (n && strncasecmp(model, manufacturer, n) == 0 && model[n] == ' ' && model[n + 1])
        return model + n + 1;
    return model;
}

/* Cells of the same meaning as nothing. */
static bool is_empty_cell(const char *text)
{
    text += strspn(text, " \t\r\n");
    static const char *const EMPTY[] = {"",     "-", "--",           "n/a",         "nan",
                                        "null", "?", "\xe2\x80\x93", "\xe2\x80\x94"};
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n", text[len - 1])) len--;
    for (size_t i = 0; i < sizeof EMPTY / sizeof *EMPTY; i++)
        if (strlen(EMPTY[i]) == len && strncasecmp(text, EMPTY[i], len) == 0) return true;
    return false;
}

bool emit_row(struct reader *r, const struct column *columns, const char *const *values, size_t n,
              const struct vehicle *base, const struct place *place, struct error *err)
{
    struct arena arena = {0};
    struct vehicle v = base ? *base : reader_vehicle(r);
    const char *name = NULL;
    bool year_used = false, name_used = false, ok = true;
    struct buffer cell = {0};
    for (size_t i = 0; i < n; i++) {
        if (columns[i].role == COLUMN_PLAIN || is_empty_cell(values[i])) continue;
        buffer_clear(&cell);
        append_one_line(&cell, values[i], strlen(values[i]), false);
        const char *value = arena_strdup(&arena, buffer_text(&cell));
        if (!value) goto memory;
        switch (columns[i].role) {
        case COLUMN_MANUFACTURER:
            v.manufacturer = value;
            break;
        case COLUMN_MODEL:
            v.model = value;
            break;
        case COLUMN_TRIM:
            v.trim = value;
            break;
        case COLUMN_CATEGORY:
            v.category = value;
            break;
        case COLUMN_ENGINE_TYPE:
            v.engine_type = value;
            break;
        case COLUMN_TRANSMISSION:
            v.transmission = value;
            break;
        case COLUMN_NAME:
            name = value;
            break;
        case COLUMN_YEAR:
            year_used = cell_year(value) != 0;
            if (year_used) v.year = cell_year(value);
            break;
        default:
            break;
        }
    }
    v.model = model_alone(v.model, v.manufacturer);
    if (name && !v.model[0]) {
        struct vehicle named;
        if (reader_parse_heading(r, &named, name, strlen(name))) {
            if (!v.manufacturer[0]) v.manufacturer = named.manufacturer;
            v.model = named.model;
            if (!v.trim[0]) v.trim = named.trim;
            if (!v.year) v.year = named.year;
        } else if (v.manufacturer[0]) {
            v.model = model_alone(name, v.manufacturer);
        }
        name_used = true;
    }

    buffer_clear(&r->title);
    buffer_clear(&r->text);
    if (vehicle_is_known(&v))
        vehicle_title(&v, &r->title);
    else if (name)
        buffer_puts(&r->title, name);
    else
        buffer_printf(&r->title, "%s, %s", r->name, place->location);
    size_t cells = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_empty_cell(values[i])) continue;
        cells++;
        enum column_role role = columns[i].role;
        if (role == COLUMN_MANUFACTURER || role == COLUMN_MODEL || role == COLUMN_TRIM ||
            (role == COLUMN_YEAR && year_used) || (role == COLUMN_NAME && name_used))
            continue;
        if (r->text.len) buffer_putc(&r->text, '\n');
        buffer_puts(&r->text, columns[i].name);
        buffer_puts(&r->text, ": ");
        append_one_line(&r->text, values[i], strlen(values[i]), false);
    }
    if (r->title.failed || r->text.failed || cell.failed) goto memory;
    if (cells) {
        struct chunk chunk = {.title = buffer_text(&r->title),
                              .text = buffer_text(&r->text),
                              .location = place->location,
                              .line_first = place->line_first,
                              .line_last = place->line_last,
                              .byte_begin = place->byte_begin,
                              .byte_end = place->byte_end,
                              .vehicle = v};
        ok = reader_emit(r, &chunk, err);
        r->totals->rows++;
    }
    goto done;
memory:
    ok = error_memory(err, "a row");
done:
    buffer_free(&cell);
    arena_free(&arena);
    return ok;
}
