/* The attribute registry: what vehicles have, under which names, in which unit. Made from
 * registry/ by scripts/make_registry.py; registry_table.c is generated, this interface is not.
 *
 * Everything is looked up by runs of token keys (vehicle/token.h): the longest run that is a term. A
 * term may have several meanings ("range": electric range, or from least to most).
 */
#ifndef VEHICLE_REGISTRY_H
#define VEHICLE_REGISTRY_H

#include "vehicle/token.h"
#include "vehicle/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum direction { DIRECTION_NONE, DIRECTION_MORE, DIRECTION_LESS }; /* which is better */

/* How an attribute's values are written. */
enum attribute_type { ATTRIBUTE_NUMBER, ATTRIBUTE_CATEGORY, ATTRIBUTE_TEXT, ATTRIBUTE_YES_NO };

/* What a column of this attribute says of the vehicle itself. */
enum attribute_role {
    ROLE_NONE,
    ROLE_MAKE,
    ROLE_MODEL,
    ROLE_TRIM,
    ROLE_YEAR,      /* model year; "2019-2022" */
    ROLE_YEAR_LAST, /* end of production */
    ROLE_NAME,      /* the whole vehicle in one: "2023 Toyota Camry LE" */
    ROLE_ATTRIBUTE, /* long form: the attribute's name */
    ROLE_VALUE,
    ROLE_UNIT,
    ROLE_QUANTITY,  /* how many vehicles a row stands for */
    ROLE_GROUP,     /* importer, holding: not the make */
};

struct attribute {
    const char *id;    /* "engine_power" */
    const char *group; /* "engine", "dimensions", "economy", "price", ... */
    enum attribute_type type;
    enum attribute_role role;
    enum dimension dimension;
    const char *unit; /* symbol of the canonical unit (unit_by_symbol); NULL: none */
    enum direction direction;
    double low, high;    /* plausible, in the canonical unit; equal: no bounds */
    bool zero_is_value;  /* 0 may be meant (CO2 of an electric car); else 0 is "not given" */
    const char *names[5]; /* display names: en, de, fr, es, zh */
};

extern const struct attribute REGISTRY[]; /* by number, from 0 */
extern const size_t REGISTRY_COUNT;
int registry_find(const char *id); /* -1: none */

/* Qualifiers: bits of one 64-bit set, in families of which at most one holds (city / highway). */
struct qualifier {
    const char *id;     /* "city" */
    int family;         /* 0: cycle part, 1: axle, ... */
    const char *names[5];
};
extern const struct qualifier QUALIFIERS[];
extern const size_t QUALIFIER_COUNT; /* at most 64 */
int qualifier_find(const char *id);
/* Whether the qualifier says something of the attribute: "including tax" of a price, not of emissions. */
bool registry_qualifier_fits(int attribute, size_t qualifier);

/* Categories: values of attributes of type CATEGORY that mean the same however they are written:
 * "Diesel", "GAZOLE", "柴油" and, as a code of that column, "D". */
struct category {
    const char *id;       /* "diesel" */
    int attribute;        /* index into REGISTRY: fuel_type */
    const char *names[5]; /* display */
    int parent;           /* that it is a kind of: premium petrol of petrol; -1: none */
};
extern const struct category CATEGORIES[];
extern const size_t CATEGORY_COUNT;


enum term_kind {
    TERM_ATTRIBUTE, /* id: index into REGISTRY; qualifiers: those that the name itself carries */
    TERM_QUALIFIER, /* id: index into QUALIFIERS */
    TERM_CATEGORY,  /* id: index into CATEGORIES */
    TERM_MAKE,      /* id: index into MAKES: a manufacturer's name, alias or nickname */
};

struct term {
    enum term_kind kind;
    int id;
    uint64_t qualifiers; /* of an attribute's name: "city mileage" is consumption, city */
    const char *unit;    /* that the name implies, a symbol: "mpg" of "cty"; NULL: none */
    uint8_t languages;   /* bits: 1 en, 2 de, 4 fr, 8 es, 16 zh */
    bool asking;         /* only questions say so ("thirsty", "how heavy"), no column name does */
    bool code;           /* only a cell of its own column means it ("D", "Z", "AM8") */
    bool weak;           /* means it only where a unit or the cells agree ("capacity") */
    bool inverse;        /* more of it is less of the attribute: "economy", "mpg" of consumption */
    int8_t superlative;  /* "heaviest" +1, "lightest" -1: most or least of the attribute's value */
    int8_t comparative;  /* "heavier" +1, "cheaper" -1 */
};

/* The longest run of tokens at t[0, n) that is a term; returns its length in tokens (0: none), and
 * the terms that it may mean in *out (a slice of the static table), *n_out of them: those that need
 * nothing to agree first, codes last. Names that only columns have ("displ", "L") are left out. A
 * plural s may be missing or too much. */
size_t registry_match(const struct token *t, size_t n, const struct term **out, size_t *n_out);

/* A column's name with its unit: "Leistung [kW]", "battery.pack_capacity_gross_kwh", "最大功率(kW)",
 * "Comb Unrd Adj FE - Conventional Fuel", "WLTP Metric Combined", "Conso vitesse mixte Min". All of
 * its words must be explained by one attribute's name, qualifiers, a unit and words that say nothing
 * (of, the, in, max is a qualifier). */
struct column_meaning {
    int attribute;           /* -1: none known: it is an attribute of its own */
    uint64_t qualifiers;
    const struct unit *unit; /* stated in the name, or implied by it ("cty"); NULL: none */
    const struct unit *second_unit; /* "kW/PS", "mm (in)": cells may hold both, in this order */
    bool inverse;            /* by its name or unit: mpg */
    size_t name_len;         /* bytes of the name without the unit and its brackets */
    size_t n_alternatives;   /* meanings that fit as well, by the name alone */
    int alternatives[4];
};
/* `dimension_hint`: what the cells' own units say (NONE: nothing). */
void registry_read_column(struct column_meaning *out, const char *name, size_t len,
                          enum dimension dimension_hint);

/* The attribute of the engine speed at which `attribute` has its value: power_rpm of power; -1: none. */
int registry_speed_of(int attribute);

/* The category that a cell of this attribute means ("ELEC+ESSENC HR": plug-in hybrid; "Auto(AM-S8)":
 * automated manual; "premium and electricity": plug-in hybrid); -1: none, or several. Attributes may
 * share categories (a powertrain's are those of the fuel): the category names its own. */
int registry_read_category(int attribute, const char *text, size_t len);

/* Whether `category` is `of`, or a kind of it: premium petrol is petrol. */
bool registry_category_is(int category, int of);

/* Whether any term has the word in it ("charging" of "charging power"), and the word of a term that the
 * key misspells (one edit, two from eight letters on; at least four letters, the same first one);
 * NULL: none, or several equally near. Not codes. */
bool registry_has_word(const char *key);
const char *registry_similar(const char *key);

/* Manufacturers. */
struct make {
    const char *name; /* "Mercedes-Benz" */
    const char *country; /* ISO 3166: "DE" */
};
extern const struct make MAKES[];
extern const size_t MAKE_COUNT;

#endif
