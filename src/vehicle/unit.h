/* Units that vehicles are measured in. Each has a dimension, and a factor to the dimension's base
 * unit, exact where its definition is; units of one dimension convert, money only within a currency.
 * Metric horsepower (PS, ch, cv) and mechanical horsepower (hp, bhp), US and imperial gallons are
 * different units. Spellings that experts keep apart have units of their own with equal factors
 * (PS, ch, CV; hp, bhp; cc, cm³), so that answers can write a value as its source does.
 *
 * What a spelling alone does not tell is taken as its most frequent meaning, and may be replaced by
 * who knows more: "mpg", "gal", "qt", "ton" are the US ones ("mpg (US)", "mpg (imperial)", "US gal",
 * "imp gal", "short ton", "long ton", "t" are units of their own), "$" is USD, "¥" JPY, "万" 万元, "lakh"
 * rupees. Units of DIMENSION_NONE (km/kg, PS/L, GB) convert to nothing.
 */
#ifndef VEHICLE_UNIT_H
#define VEHICLE_UNIT_H

#include <stdbool.h>
#include <stddef.h>

enum dimension {
    DIMENSION_NONE, /* a plain number: a score, a rating */
    DIMENSION_COUNT, /* cylinders, seats, doors, gears */
    DIMENSION_POWER,            /* base: kW */
    DIMENSION_TORQUE,           /* Nm */
    DIMENSION_MASS,             /* kg */
    DIMENSION_LENGTH,           /* mm */
    DIMENSION_AREA,             /* m2 */
    DIMENSION_VOLUME,           /* L */
    DIMENSION_SPEED,            /* km/h */
    DIMENSION_TIME,             /* s; years and months for warranties are in it */
    DIMENSION_CONSUMPTION,      /* L/100 km; mpg and km/L are its reciprocals */
    DIMENSION_ELECTRIC_CONSUMPTION, /* kWh/100 km; mi/kWh, km/kWh and MPGe are reciprocals */
    DIMENSION_ENERGY,           /* kWh */
    DIMENSION_EMISSION,         /* g/km */
    DIMENSION_PRESSURE,         /* kPa */
    DIMENSION_ROTATION,         /* rpm */
    DIMENSION_ANGLE,            /* degree */
    DIMENSION_TEMPERATURE,      /* degree Celsius */
    DIMENSION_VOLTAGE,          /* V */
    DIMENSION_CURRENT,          /* A */
    DIMENSION_CHARGE,           /* Ah */
    DIMENSION_SOUND,            /* dB(A) */
    DIMENSION_RATIO,            /* 1; percent */
    DIMENSION_SPECIFIC_POWER,   /* kW/t; hp/ton, PS/L are text */
    DIMENSION_MONEY,            /* one currency unit; see currency */
    N_DIMENSIONS
};

struct unit {
    int id;              /* stable: it is stored; above 0 */
    const char *symbol;  /* as answers write it: "kW", "L/100 km", "lb-ft", "mpg (imperial)", "€" */
    enum dimension dimension;
    double factor;       /* value in base = value * factor + offset; or factor / value */
    double offset;       /* temperatures alone */
    bool reciprocal;     /* value in base = factor / value: mpg */
    const char *currency; /* ISO 4217 for DIMENSION_MONEY, NULL else */
    bool before;         /* written before its number: "$" */
};

const struct unit *unit_by_id(int id);         /* NULL: none */
const struct unit *unit_by_symbol(const char *symbol); /* exactly as in `symbol` */
const struct unit *dimension_base(enum dimension d);   /* NULL for NONE, COUNT and MONEY */
const char *dimension_name(enum dimension d);  /* "power", "fuel consumption" */

/* The unit at the start of text[0, len), the longest spelling that ends at a word boundary:
 * "lb-ft", "lb ft", "pound-feet", "l/100km", "Litre auf 100 km", "km / h", "kmpl", "kgf·m", "万元",
 * "cm³", "\"" (inches). *used is its length in bytes. NULL: none. Spellings in English, German,
 * French, Spanish and Chinese, singular and plural, any case where case does not decide (MW, mW). */
const struct unit *unit_parse(const char *text, size_t len, size_t *used);

/* The unit that all of text names, white space and one pair of any brackets around it aside. */
const struct unit *unit_parse_all(const char *text, size_t len);

/* Whether `from` converts to `to`, and the value in it. */
bool unit_convert(double value, const struct unit *from, const struct unit *to, double *out);

/* value in the base of the unit's dimension (money: in the currency's own unit). */
double unit_to_base(double value, const struct unit *u);

#endif
