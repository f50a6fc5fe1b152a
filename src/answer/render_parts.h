/* What the files of the renderer share: the text as it grows, values as text, citations. */
#ifndef ANSWER_RENDER_PARTS_H
#define ANSWER_RENDER_PARTS_H

#include "answer/render.h"
#include "answer/wording.h"

enum {
    RENDER_MAX_ITEMS = 24, /* values or vehicles named in a text; the table has more */
    RENDER_MAX_DESCRIBED = 40,
    RENDER_MAX_MARKS = 5,  /* citations behind one value */
    RENDER_MAX_LABELS = 4, /* versions named behind one value */
    RENDER_MAX_QUALITIES = 4,
};

/* While the text is put together, a figure stands between \1 and \2, a citation is \3; six
 * hexadecimal digits behind \1 and \3 are an index. clean_write lets none of these through, so that
 * they are the renderer's alone. At the end cells are numbered by their first mention. */
struct renderer {
    const struct query *q;
    const struct result *r;
    const struct catalog *c;
    enum language l;
    struct rendered *out;
    struct arena *arena; /* out's */
    struct buffer text;
    struct cell {
        size_t row, n;
    } * cells;
    size_t n_cells, cap_cells;
    size_t *cell_of_row; /* (r->n_rows) index + 1; 0: none yet */
    struct figure {
        double low, high;
        const struct unit *unit;
        size_t row; /* SIZE_MAX: computed */
    } * figures;
    size_t n_figures, cap_figures;
    size_t cap_notes;
    size_t n_marks_left_out; /* rows that mark a missing value */
    bool failed;             /* memory is out */
};

/* A list of row indices. */
struct rows {
    size_t *items;
    size_t n;
};

/* One value, as it is named in a text: rows that say the same are one item. */
struct item {
    const char *value;   /* figure and unit, or text */
    const char *remarks; /* what stands behind it in brackets: "12,100 lb in the document"; "" */
    const char *key;     /* value and remarks without marks: what makes items equal */
    const char *labels[RENDER_MAX_LABELS]; /* versions */
    size_t n_labels;
    bool more_labels;
    size_t rows[RENDER_MAX_MARKS];
    size_t n_rows;  /* in `rows` */
    size_t n_total; /* rows in all */
    enum value_kind kind;
    double low, high;
    bool computed; /* they and the unit are not those of its rows */
    const struct unit *unit;
    size_t order;
};

/* Owned text of the arena; empties and frees the buffer. Never NULL. */
const char *render_keep(struct renderer *r, struct buffer *b);
const char *render_phrase(struct renderer *r, enum phrase p, const struct phrase_slots *slots);
void render_sentence(struct renderer *r, enum phrase p, const struct phrase_slots *slots);
void render_note(struct renderer *r, enum phrase p, const struct phrase_slots *slots);
const char *render_count(struct renderer *r, size_t n); /* a plain number, as a figure */
/* "12.4 %" */
const char *percent_text(struct renderer *r, double percent);
const char *render_quantity(struct renderer *r, double low, double high, int decimals,
                            const struct unit *unit, size_t row);
void render_cite(struct renderer *r, struct buffer *out, size_t row);

/* Whether the row says anything. */
bool row_usable(const struct renderer *r, size_t row);
/* Whether the row is the quantity of the row before it in another unit ("2,205 lb (1,000 kg)"). */
bool row_is_repeat(const struct renderer *r, size_t row);
const struct catalog_record *row_record(const struct renderer *r, size_t row);

/* All usable rows of a subject (SIZE_MAX: of none) and an attribute; any: whichever. */
struct rows rows_of(struct renderer *r, size_t subject, bool any_subject, size_t attribute,
                    bool any_attribute);

/* The rows as items, equal ones merged: numbers from least to most where all are numbers of one
 * dimension (*numbers), else by first mention. */
struct item *items_make(struct renderer *r, struct rows rows, size_t *n, bool *numbers);
/* "9.5 L/100 km (Manual 6-spd) [1]" */
const char *item_text(struct renderer *r, const struct item *item, bool with_labels);
/* The same to stand inside brackets: what would be in brackets of its own follows a comma. */
const char *item_text_inside(struct renderer *r, const struct item *item, bool with_labels,
                             bool inside);
const char *items_list(struct renderer *r, const struct item *items, size_t n, size_t max);
/* "9.5–10.5 L/100 km [1][2]": least to most of items that are numbers. */
const char *items_span(struct renderer *r, const struct item *items, size_t n);

/* What the rows' attribute is called, and what the vehicle. */
const char *rows_attribute(struct renderer *r, struct rows rows);
const char *query_attribute_text(struct renderer *r, size_t attribute);
const char *rows_vehicle(struct renderer *r, struct rows rows, size_t subject);
const char *subject_text(struct renderer *r, size_t subject);
const char *record_text(struct renderer *r, size_t record);
/* "2022 Volvo; under 9 L/100 km": what vehicles have to meet; "" nothing. */
const char *conditions_text(struct renderer *r);

/* Slots with the English words that go with the attribute. */
struct phrase_slots slots_of(struct renderer *r, const char *attribute, struct rows rows);

/* The sentences of one attribute of one vehicle; of several. */
void render_value(struct renderer *r, struct rows rows, size_t subject);
void render_values(struct renderer *r);
void render_describe(struct renderer *r);
void render_check(struct renderer *r);
bool render_compare(struct renderer *r); /* false: there is nothing to compare */
void render_rank(struct renderer *r);
void render_list(struct renderer *r);
void render_count_result(struct renderer *r);
void render_aggregate(struct renderer *r);
void render_groups(struct renderer *r);

/* Cells that were found by words. */
void render_cells(struct renderer *r);

/* render_missing.c */
void render_not_found(struct renderer *r);
void render_no_unit(struct renderer *r);
void render_not_understood(struct renderer *r);
/* Before an answer: what words were taken to mean that nothing explains. */
void render_assumed(struct renderer *r);
void render_notes(struct renderer *r);

#endif
