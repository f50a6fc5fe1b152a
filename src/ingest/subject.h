/* Which vehicle a cell, a heading or a file's name speaks of: years, the manufacturer, the rest of the
 * name; and the title under which answers name a record.
 *
 *   subject_read(&s, arena, "2025 Brellmark Tarn: technical data", len, SUBJECT_HEADING);
 *   // year 2025, model "Brellmark Tarn", make ""
 */
#ifndef INGEST_SUBJECT_H
#define INGEST_SUBJECT_H

#include "base/arena.h"
#include "vehicle/token.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    YEAR_FIRST_EVER = 1885,
    YEAR_LAST_EVER = 2045,
    YEAR_OPEN = 9999, /* year_last of "from 2019", "2020-present" */
};

struct year_reading {
    int first, last; /* last YEAR_OPEN: still made; first 0: "until 2019" */
    bool whole;      /* nothing but the years stands there */
};

/* Model years or years of production in a cell: "2019", "2019.0", "2019-2022", "2019/20", "'22",
 * "MY24", "2023款", "1970-01-01", "05/2018", "from 2019", "2020-present". False: there is none. */
bool year_read(struct year_reading *out, const char *text, size_t len);

/* "70", "05": a year of two digits, in a column of years. */
bool short_year_read(const char *text, size_t len, int *year);

struct subject {
    const char *make, *model, *trim; /* as written; "" */
    int make_number;                 /* index into MAKES; -1: none known */
    int year_first, year_last;       /* 0: not known */
    bool year_in_name;               /* the year is part of model or trim ("MY24") */
};

enum subject_source {
    SUBJECT_CELL,    /* the cell is a name and nothing else */
    SUBJECT_HEADING, /* words like "technical data" stand beside the name */
    SUBJECT_FILE,    /* as a heading, '_' and '-' for spaces; only a known make or a year counts */
};

/* Takes a vehicle's name apart. Strings are parts of `text`, which must outlive *out, or copies in the
 * arena (NULL: memory is out, false). What is not known of it is "" or 0. */
bool subject_read(struct subject *out, struct arena *arena, const char *text, size_t len,
                  enum subject_source source);

/* The known make at the start of tokens t[0, n): how many of them (0: none), its index in *make. */
size_t make_match(const struct token *t, size_t n, int *make);

/* Where token i begins with the bracket that opens before it. */
size_t subject_begin_with_bracket(const char *text, const struct token *t, size_t i);

/* Words that say what a document or section is ("specifications", "Technische Daten", "overview"),
 * and those that hold others together ("and", "der"). */
bool is_document_word(const char *key);
bool is_small_word(const char *key);

/* subject_dates.c. Where the date begins whose year is t[k] of n, with the words before it ("effective 10/01/",
 * "Stand Oktober", "valid from"); k: the year stands for itself, or with the word year or model. */
size_t subject_date_begin(const struct token *t, size_t n, size_t k);
/* The end of a name t[begin, end) without the date in one token behind it: "Talo, Stand 01.03.2025". */
size_t subject_without_date(const struct token *t, size_t begin, size_t end);
/* Words before the date from which a list holds: "effective". */
bool subject_date_word(const char *key);

/* subject_phrase.c. Whether the words t[0, n) of a title are a phrase that names no vehicle, by their grammar:
 * "cuatro SUV híbridos para familias", "Twelve-car shoot-out", "The best small vans compared". */
bool subject_is_phrase(const struct token *t, size_t n);

/* Whether a heading gives a model year and nothing else ("Model year 2024"): it says more of the vehicle
 * above it, and is no name of its own. */
bool is_year_heading(const char *text, size_t len, int *first, int *last);

/* Whether a heading names a part of the data ("Engine and performance", "Dimensions (mm)"), not a
 * vehicle: every word is one of the registry's or a document word. */
bool is_section_heading(const char *text, size_t len);

/* "2022 Honda Pilot AWD TrailSport", "BMW 740i (1996-1998)": year, make (in the registry's
 * spelling where the source has one case alone), model, trim, no word of it twice. NULL: memory. */
struct buffer;
const char *subject_title(const struct subject *s, struct arena *arena, struct buffer *scratch);

#endif
