/* Units as vehicle documents write them: one canonical spelling for each, found behind a number, in
 * a name's parentheses or in a name's words. */
#ifndef VEHICLE_UNITS_H
#define VEHICLE_UNITS_H

#include <stdbool.h>
#include <stddef.h>

/* The canonical spelling ("hp" for "bhp", "horsepower", "HP") of the unit at the start of text,
 * which may follow spaces or one hyphen; *used (may be NULL) gets the bytes it takes. NULL: no
 * known unit there. Static string. */
const char *unit_at(const char *text, size_t len, size_t *used);

/* The unit that a name implies: "Curb weight (lb)", "Engine HP", "City MPG", "horsepower". NULL
 * when it implies none. */
const char *unit_of_name(const char *name, size_t len);

/* A value in another unit (both canonical): 100 kW are 134.1 hp, 8 L/100 km are 29.4 mpg. False
 * where the two do not measure the same, or the value has no counterpart. */
bool unit_convert(double value, const char *from, const char *to, double *out);

/* Reads the number at text[0..len), which starts with a digit or with a point before one:
 * "3,310", "7.50", ".5", "7,5" (a decimal comma). Its digits without separators, without leading
 * zeros and zeros after the point go to canonical (cap bytes with the NUL). Returns the bytes read;
 * 0 when there is no number or it has more than cap - 1 digits. */
size_t number_read(const char *text, size_t len, char *canonical, size_t cap, double *value);

#endif
