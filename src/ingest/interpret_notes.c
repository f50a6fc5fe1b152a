/* What the reading of a table notes for its user: which rows and columns were taken as what, and what was
 * left out. */
#include "ingest/interpret_parts.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    MAX_NOTES = 60,
    NAMES_IN_NOTE = 8, /* columns that one note lists by name */
};

void interpret_note(struct interpreter *p, const char *fmt, ...)
{
    struct interpretation *in = p->out;
    if (in->n_notes >= MAX_NOTES || p->failed) return;
    if (!p->notes) {
        p->notes = arena_array(&in->arena, MAX_NOTES, sizeof *p->notes);
        in->notes = p->notes;
        if (!p->notes) {
            p->failed = true;
            return;
        }
    }
    char text[400];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    len = utf8_complete_prefix(text, len);
    char *copy = arena_strndup(&in->arena, text, len);
    if (copy)
        p->notes[in->n_notes++] = copy;
    else
        p->failed = true;
}

void interpret_note_rows(struct interpreter *p)
{
    const struct table_frame *f = &p->out->frame;
    if (f->n_title_rows)
        interpret_note(p, "%zu line%s above the header %s a title", f->n_title_rows,
                       f->n_title_rows == 1 ? "" : "s", f->n_title_rows == 1 ? "is" : "are");
    if (!f->has_header && !p->out->table->key_value && f->layout == FRAME_ROWS)
        interpret_note(p, "no header was found: columns are called by their position");
    if (f->n_header_rows > 1) interpret_note(p, "the header has %zu rows", f->n_header_rows);
    for (size_t r = 0; r < f->first_data; r++)
        if (f->rows[r] == FRAME_UNITS) interpret_note(p, "the row below the header holds units");
    if (f->layout == FRAME_COLUMNS && !p->out->table->key_value)
        interpret_note(p, "rows are attributes, columns are vehicles");
    if (f->layout == FRAME_LONG && !f->pairs)
        interpret_note(p, "each row is one value: column '%s' names the attribute",
                       f->names[f->attribute_column]);
    if (f->column_years) interpret_note(p, "columns named by a year hold the values of that year");
    if (f->n_summaries)
        interpret_note(p, "%zu row%s with a total or an average left out", f->n_summaries,
                       f->n_summaries == 1 ? " is" : "s are");
    if (f->n_repeated)
        interpret_note(p, "the header is repeated %zu time%s further down", f->n_repeated,
                       f->n_repeated == 1 ? "" : "s");
}

static const char *role_words(enum attribute_role role)
{
    switch (role) {
    case ROLE_MAKE: return "the manufacturer";
    case ROLE_MODEL: return "the model";
    case ROLE_TRIM: return "the version";
    case ROLE_YEAR: return "the year";
    case ROLE_YEAR_LAST: return "the last year";
    case ROLE_NAME: return "the vehicle's name";
    case ROLE_QUANTITY: return "the number of vehicles";
    default: return NULL;
    }
}

void interpret_note_roles(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct subject *s = &in->subject;
    for (size_t j = 0; j < in->n_columns && in->frame.layout != FRAME_COLUMNS; j++) {
        enum attribute_role role = in->columns[j].role;
        bool version = role == ROLE_MODEL && p->roles.make == NO_COLUMN && *s->model;
        const char *words = role_words(version ? ROLE_TRIM : role);
        if (words && p->roles.not_vehicles && in->columns[j].role == ROLE_NAME)
            interpret_note(p, "column '%s' names the rows; no column names a vehicle",
                           in->columns[j].fact.name);
        else if (words)
            interpret_note(p, "column '%s' was taken as %s", in->columns[j].fact.name, words);
    }
    if (p->make_from && *s->make && p->roles.make == NO_COLUMN)
        interpret_note(p, "manufacturer '%s' was taken from the %s", s->make, p->make_from);
    if (p->year_from && p->roles.year == NO_COLUMN && s->year_first)
        interpret_note(p, "model year %d was taken from the %s", s->year_first, p->year_from);
}

static void append_name(struct buffer *b, const struct interpreted_column *c, size_t n)
{
    if (n) buffer_puts(b, ", ");
    buffer_puts(b, c->fact.name);
}

/* Columns in which 0 or -1 is written for no value. */
static void note_missing(struct interpreter *p)
{
    struct interpretation *in = p->out;
    for (int zero = 1; zero >= 0; zero--) {
        size_t n = 0;
        buffer_clear(&p->scratch);
        for (size_t j = 0; j < in->n_columns; j++) {
            const struct interpreted_column *c = &in->columns[j];
            if (c->text || !c->n_filled || c->n_missing * 50 <= c->n_filled ||
                c->zero_missing != (zero == 1))
                continue;
            if (n < NAMES_IN_NOTE) append_name(&p->scratch, c, n);
            n++;
        }
        if (n)
            interpret_note(p, "%s stands for no value in %zu %s%s: %s%s", zero ? "0" : "-1", n,
                           in->frame.layout == FRAME_ROWS ? "column" : "attribute",
                           n == 1 ? "" : "s", buffer_text(&p->scratch),
                           n > NAMES_IN_NOTE ? ", ..." : "");
    }
}

void interpret_note_columns(struct interpreter *p)
{
    struct interpretation *in = p->out;
    size_t own = 0, commas = 0;
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct interpreted_column *c = &in->columns[j];
        own += c->fact.attribute < 0 && c->role == ROLE_NONE;
        commas += !c->text && c->style == NUMBER_COMMA && (c->evidence.comma || c->evidence.ambiguous);
    }
    if (commas && in->style == NUMBER_COMMA)
        interpret_note(p, "numbers use a decimal comma%s",
                       in->style_sure ? "" : " (by the language and the delimiter)");
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct interpreted_column *c = &in->columns[j];
        if (c->text || !c->n_filled) continue;
        if (c->style_by_range || (c->style != in->style && (c->evidence.point || c->evidence.comma)))
            interpret_note(p, "column '%s': numbers use a decimal %s%s", c->fact.name,
                           c->style == NUMBER_COMMA ? "comma" : "point",
                           c->style_by_range ? ", as their size shows" : "");
        if (c->nines > 0) interpret_note(p, "column '%s': %.0f stands for no value", c->fact.name, c->nines);
        if (c->n_implausible * 2 > c->n_numbers && c->n_numbers >= 2 && c->fact.attribute >= 0)
            interpret_note(p, "column '%s': most values are implausible%s%s", c->fact.name,
                           c->fact.unit ? " in " : "", c->fact.unit ? c->fact.unit->symbol : "");
    }
    note_missing(p);
    if (!own) return;
    buffer_clear(&p->scratch);
    size_t listed = 0;
    for (size_t j = 0; j < in->n_columns && listed < NAMES_IN_NOTE; j++)
        if (in->columns[j].fact.attribute < 0 && in->columns[j].role == ROLE_NONE)
            append_name(&p->scratch, &in->columns[j], listed++);
    interpret_note(p, "%zu %s%s kept as %s: %s%s", own,
                   in->frame.layout == FRAME_ROWS ? "column" : "attribute",
                   own == 1 ? " was" : "s were", own == 1 ? "it is" : "they are",
                   buffer_text(&p->scratch), own > listed ? ", ..." : "");
}
