/* What a passage or a question is about: a vehicle, as far as it is known. The names are kept as
 * their source writes them; two spellings are the same name when their keys are equal. */
#ifndef VEHICLE_VEHICLE_H
#define VEHICLE_VEHICLE_H

#include "base/arena.h"
#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* Strings are "" where nothing is known, never NULL; they belong to whoever made the struct. */
struct vehicle {
    const char *manufacturer; /* "Toyota" */
    const char *model;        /* "Camry" */
    int year;                 /* model year; 0: not known */
    const char *trim;         /* "LE" */
    const char *category;     /* "Sedan" */
    const char *engine_type;  /* "Gasoline", "Electric", "2.5 L I4" */
    const char *transmission; /* "8-speed automatic" */
};

/* A vehicle of which nothing is known. */
struct vehicle vehicle_none(void);
bool vehicle_is_known(const struct vehicle *v); /* has a manufacturer or a model */

/* A copy whose strings live in the arena; false when memory is out. */
bool vehicle_copy(struct vehicle *out, const struct vehicle *v, struct arena *arena);

/* "2023 Toyota Camry LE": the parts that are known, with single spaces. */
void vehicle_title(const struct vehicle *v, struct buffer *out);

/* The key of a name: letters and digits only, ASCII letters in lower case, so that "F-150", "F 150"
 * and "f150" are one. Letters outside ASCII stay as they are but for common accents ("Citroën" is
 * "citroen"). Appends to *out. */
void vehicle_key(const char *name, size_t len, struct buffer *out);

/* The key of the manufacturer that this key stands for ("chevy" is "chevrolet", "vw" is
 * "volkswagen"); the key itself when it is no known alias. */
const char *manufacturer_alias(const char *key);

/* The built-in manufacturers' usual spelling for a key ("landrover" is "Land Rover"), aliases
 * included; NULL for one that is not in the list. */
const char *manufacturer_known(const char *key);

/* Whether these words are a usual trim name ("LE", "Touring", "EX-L"); takes a key. */
bool trim_known(const char *key);

/* Finds the vehicle that a heading names: "2022 Rivian R1T", "Toyota Camry 2023 specifications",
 * "Ford F-150 (2021): dimensions". Needs a manufacturer: one of the built-in list, or one for which
 * `known` (which may be NULL) gives a spelling. False, with *out = none, when there is none. */
typedef const char *manufacturer_lookup(void *context, const char *key);
bool vehicle_parse_heading(struct vehicle *out, const char *text, size_t len,
                           manufacturer_lookup *known, void *context, struct arena *arena);

/* A model year written as four digits, 1900 to 2099; 0 for anything else. */
int year_parse(const char *text, size_t len);

#endif
