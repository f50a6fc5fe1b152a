/* What the rows of a table are: names of its columns and their groups, units, bands, data, notes. */
#include "ingest/header.h"

#include "ingest/subject.h"
#include "vehicle/registry.h"

#include <string.h>

enum {
    HEADER_SEARCH_ROWS = 24, /* a header that stands lower is not looked for */
    LONG_TEXT = 80,          /* bytes: a longer single cell is a note, no band */
    MAX_COMPARED = 64,       /* columns whose names are compared with one another */
};

/* ---- the header ---- */

struct row_shape {
    size_t filled, first;       /* non-empty cells; the first of them */
    size_t numbers, years, units, known, dates;
    size_t text_bytes;
};

size_t frame_count_filled(const struct table *t, size_t row, size_t *first)
{
    size_t n = 0;
    const struct cell *c = table_cell(t, row, 0);
    for (size_t j = 0; j < t->n_columns; j++)
        if (c[j].len) {
            if (n == 0) *first = j;
            n++;
        }
    return n;
}

static struct row_shape shape_row(const struct table *t, size_t row)
{
    struct row_shape s = {0};
    for (size_t j = 0; j < t->n_columns; j++) {
        const struct cell *c = table_cell(t, row, j);
        int year;
        if (!c->len) continue;
        if (s.filled++ == 0) s.first = j;
        s.text_bytes += c->len;
        if (is_year_name(c, &year))
            s.years++;
        else if (is_numeric_cell(c->text, c->len))
            s.numbers++;
        else if (is_unit_cell(c) || is_dash_cell(c))
            s.units++;
        if (is_measure_name(c->text, c->len)) s.known++;
    }
    return s;
}

/* How many cells the rows of the table usually have: the largest count that a fifth of them reach. */
size_t frame_usual_width(const struct table *t)
{
    enum { SAMPLE = 200 };
    size_t counts[SAMPLE], n = 0, first;
    size_t step = t->n_rows > SAMPLE ? t->n_rows / SAMPLE : 1;
    for (size_t r = 0; r < t->n_rows && n < SAMPLE; r += step)
        counts[n++] = frame_count_filled(t, r, &first);
    size_t width = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at_least = 0;
        for (size_t k = 0; k < n; k++) at_least += counts[k] >= counts[i];
        if (at_least * 5 >= n && counts[i] > width) width = counts[i];
    }
    return width;
}

/* The row that looks most like column names; SIZE_MAX: none does. */
size_t frame_find_header(const struct table *t, size_t width)
{
    size_t best = SIZE_MAX, limit = t->n_rows < HEADER_SEARCH_ROWS ? t->n_rows : HEADER_SEARCH_ROWS;
    double best_score = 0;
    struct row_shape first = {0};
    size_t first_row = SIZE_MAX;
    for (size_t r = 0; r < limit; r++) {
        struct row_shape s = shape_row(t, r);
        if (s.filled == 0) continue;
        if (s.filled * 10 < width * 3 || (width > 1 && s.filled < 2)) continue;
        if (first_row == SIZE_MAX) {
            first_row = r;
            first = s;
        }
        double score = (3.0 * (double)s.known + 0.5 * (double)(s.filled - s.numbers - s.units) -
                        2.0 * (double)s.numbers - 1.0 * (double)s.units) /
                       (double)width;
        if (s.known == 0) score *= 0.5;
        /* Rows further down have to be much better. */
        if (best == SIZE_MAX ? score > 0 : score > best_score * 1.25 + 0.2) {
            best = r;
            best_score = score;
        }
        if (s.numbers && best != SIZE_MAX && best < r && best_score > 1) break; /* data began */
    }
    if (best == SIZE_MAX) return SIZE_MAX;
    /* Nothing known and numbers of its own: data. */
    struct row_shape s = best == first_row ? first : shape_row(t, best);
    if (s.known == 0 && s.numbers > 0) return SIZE_MAX;
    if (s.known == 0 && best + 1 < t->n_rows) {
        /* Names of makes or a year among it: a row of vehicles. */
        for (size_t j = 0; j < t->n_columns; j++) {
            const struct cell *c = table_cell(t, best, j);
            struct token k[8];
            int make, year;
            size_t n = c->len ? tokens_split(c->text, c->len, TOKENS_TEXT, k, 8) : 0;
            if (n && make_match(k, n, &make) == n) {
                const struct cell *below = table_cell(t, best + 1, j);
                n = tokens_split(below->text, below->len, TOKENS_TEXT, k, 8);
                if (n && make_match(k, n, &make)) return SIZE_MAX;
            }
            if (c->len && s.years == 1 && is_year_name(c, &year) &&
                is_year_name(table_cell(t, best + 1, j), &year))
                return SIZE_MAX;
        }
    }
    return best;
}

/* "STRING;DOUBLE;INT": the types of the columns, as some data sets have them below the names. */
bool frame_is_type_row(const struct table *t, size_t row)
{
    static const char *const TYPES[] = {"string", "str",    "text",    "varchar", "char",  "int",
                                        "integer", "int64", "float",   "float64", "double", "number",
                                        "numeric", "real",  "decimal", "bool",    "boolean", "date",
                                        "datetime", "cat",  "category", "categorical", "object"};
    size_t filled = 0;
    for (size_t j = 0; j < t->n_columns; j++) {
        const struct cell *c = table_cell(t, row, j);
        bool type = false;
        if (!c->len) continue;
        for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES && !type; i++)
            type = strcasecmp(TYPES[i], c->text) == 0;
        if (!type) return false;
        filled++;
    }
    return filled >= 2;
}

/* A row of units below the header: nothing but units, dashes and empty cells. */
bool frame_is_unit_row(const struct table *t, size_t row)
{
    struct row_shape s = shape_row(t, row);
    size_t real = 0;
    for (size_t j = 0; j < t->n_columns; j++) real += is_unit_cell(table_cell(t, row, j));
    if (real == 0 || s.numbers || s.years) return false;
    return s.units == s.filled || (real >= 3 && s.units + 1 >= s.filled);
}

/* Whether row r names every column, each otherwise, and has words where two columns or more of the rows
 * below have figures alone. */
static bool names_all_columns(const struct table *t, size_t r)
{
    size_t figures = 0;
    for (size_t j = 0; j < t->n_columns; j++) {
        const struct cell *c = table_cell(t, r, j);
        size_t n = 0, numbers = 0;
        if (!c->len || c->len > LONG_TEXT || is_dash_cell(c)) return false;
        for (size_t k = 0; k < j; k++)
            if (strcmp(table_cell(t, r, k)->text, c->text) == 0) return false;
        for (size_t k = r + 1; k < t->n_rows && k <= r + HEADER_SEARCH_ROWS; k++) {
            const struct cell *below = table_cell(t, k, j);
            n += below->len > 0 && !is_dash_cell(below);
            numbers += below->len > 0 && is_numeric_cell(below->text, below->len);
        }
        figures += n > 0 && numbers == n;
    }
    return figures >= 2;
}

/* Whether row h + 1 goes on with the header of row h: text alone where the rows below have numbers,
 * names that the registry knows, under cells that span several columns. */
bool frame_is_second_header(const struct table *t, size_t h)
{
    size_t r = h + 1;
    if (r + 1 >= t->n_rows) return false;
    struct row_shape s = shape_row(t, r), below = shape_row(t, r + 1);
    if (r + 2 < t->n_rows && frame_is_unit_row(t, r + 1)) below = shape_row(t, r + 2);
    if (s.filled < 2 || s.numbers || s.years) return false;
    size_t spans = 0, gaps = 0, blanks = 0;
    for (size_t j = 0; j < t->n_columns; j++) {
        bool above = table_cell(t, h, j)->len > 0;
        bool same = j > 0 && above && table_cell(t, h, j - 1)->len == table_cell(t, h, j)->len &&
                    strcmp(table_cell(t, h, j - 1)->text, table_cell(t, h, j)->text) == 0;
        if (table_cell(t, r, j)->len && (!above || same)) spans++;
        if (!table_cell(t, r, j)->len && above) gaps++;
        blanks += !above;
    }
    if (spans == 0) return false;
    if (blanks >= 2 && names_all_columns(t, r)) return true;
    return below.numbers > 0 && (s.known * 2 >= s.filled || (gaps > 0 && s.filled > 1));
}

/* Whether row h - 1 is a row of merged headers over h. */
bool frame_is_group_row(const struct table *t, size_t h, size_t width)
{
    if (h == 0) return false;
    struct row_shape s = shape_row(t, h - 1);
    if (s.filled == 0 || s.numbers || s.years || s.units) return false;
    if (s.filled == 1 && s.first == 0 && width > 2) return false; /* a title */
    for (size_t j = 0; j < t->n_columns; j++) {
        const struct cell *c = table_cell(t, h - 1, j);
        struct year_reading y;
        if (c->len > 60 || (c->len && year_read(&y, c->text, c->len) && c->len > 12)) return false;
    }
    /* Something has to span: an empty or an equal neighbour over a filled name, or different cells over one
     * name ("Crew Cab" and "Super Cab", each over "4x2"). */
    size_t spans = 0;
    for (size_t j = 1; j < t->n_columns; j++) {
        const struct cell *c = table_cell(t, h - 1, j), *left = table_cell(t, h - 1, j - 1);
        if (table_cell(t, h, j)->len &&
            ((!c->len && j > s.first) ||
             (c->len && c->len == left->len && strcmp(c->text, left->text) == 0)))
            spans++;
        for (size_t k = 1; s.first > 0 && k < j && j < MAX_COMPARED; k++) {
            const struct cell *a = table_cell(t, h, j), *b = table_cell(t, h, k), *other = table_cell(t, h - 1, k);
            if (c->len && other->len && a->len && strcmp(a->text, b->text) == 0 && strcmp(c->text, other->text) != 0)
                spans++;
        }
    }
    return spans > 0 && (s.filled > 1 || s.first > 0);
}

/* ---- the rows below it ---- */

static bool row_equals_names(const struct table_frame *f, size_t row)
{
    const struct table *t = f->table;
    size_t same = 0, filled = 0;
    for (size_t j = 0; j < t->n_columns; j++) {
        const struct cell *c = table_cell(t, row, j);
        if (!c->len) continue;
        filled++;
        same += strcmp(c->text, f->names[j]) == 0;
        if (filled > 1 && same == 0) return false;
    }
    return same >= 2 && same * 10 >= filled * 8;
}

static bool is_note_text(const struct cell *c)
{
    static const char *const STARTS[] = {"*",      "source", "quelle", "note",   "text:", "hinweis",
                                         "remark", "fuente", "来源",   "\u2020", "all figures"};
    if (c->len > LONG_TEXT) return true;
    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS; i++)
        if (strncasecmp(c->text, STARTS[i], strlen(STARTS[i])) == 0) return true;
    return false;
}

/* "Total", "Average": a row that sums up the others. */
static bool is_summary_text(const struct cell *c)
{
    static const char *const WORDS[] = {"total", "totals", "sum", "summe", "gesamt", "insgesamt",
                                        "average", "avg", "mean", "median", "durchschnitt",
                                        "mittelwert", "moyenne", "somme", "total g\u00e9n\u00e9ral",
                                        "media", "promedio", "suma", "grand total", "\u5408\u8ba1",
                                        "\u603b\u8ba1", "\u5e73\u5747", "subtotal"};
    size_t len = c->len;
    if (len && c->text[len - 1] == ':') len--;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strlen(WORDS[i]) == len && strncasecmp(c->text, WORDS[i], len) == 0) return true;
    return false;
}

/* Blank rows, bands, notes below the data, headers that are repeated. */
void frame_classify_rows(struct table_frame *f, size_t width)
{
    const struct table *t = f->table;
    size_t last_data = f->first_data;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        size_t first = 0, filled = frame_count_filled(t, r, &first);
        f->rows[r] = FRAME_DATA;
        if (filled == 0)
            f->rows[r] = FRAME_BLANK;
        else if (f->has_header && row_equals_names(f, r)) {
            f->rows[r] = FRAME_HEADER;
            f->n_repeated++;
        } else if (filled == 1 && first == 0 && t->n_columns > 1) {
            const struct cell *c = table_cell(t, r, 0);
            if (width > 2 || is_note_text(c)) f->rows[r] = is_note_text(c) ? FRAME_NOTE : FRAME_BAND;
        }
        if (f->rows[r] == FRAME_DATA && filled > 1 && filled < width && t->n_columns > 2 &&
            is_summary_text(table_cell(t, r, first))) {
            f->rows[r] = FRAME_SUMMARY;
            f->n_summaries++;
        }
        if (f->rows[r] == FRAME_DATA) last_data = r;
    }
    for (size_t r = last_data + 1; r < t->n_rows; r++)
        if (f->rows[r] == FRAME_BAND) f->rows[r] = FRAME_NOTE;
    for (size_t r = f->first_data; r < t->n_rows; r++) f->n_bands += f->rows[r] == FRAME_BAND;
}

/* Whether the row of `label` takes what it means or its unit from the name above it: "City" below "Fuel
 * economy (mpg)", "Length" below "Exterior dimensions (in)". */
static bool is_part_of(const struct cell *label, const struct cell *group,
                       const struct column_meaning *m)
{
    struct column_meaning own, both;
    char text[400];
    if (!label->len || label->len + m->name_len + 2 > sizeof text) return false;
    registry_read_column(&own, label->text, name_without_footnote(label->text, label->len),
                         DIMENSION_NONE);
    if (own.attribute >= 0)
        return !own.unit && REGISTRY[own.attribute].dimension == m->unit->dimension;
    memcpy(text, group->text, m->name_len);
    text[m->name_len] = ' ';
    memcpy(text + m->name_len + 1, label->text, label->len);
    registry_read_column(&both, text, m->name_len + 1 + label->len, m->unit->dimension);
    return both.attribute >= 0;
}

/* In a sheet whose rows are attributes a row without values is a band when rows follow it; where its
 * name is an attribute with a unit only when the next row is a part of it. */
void frame_classify_attribute_rows(struct table_frame *f)
{
    const struct table *t = f->table;
    f->n_bands = 0;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        if (f->rows[r] == FRAME_NOTE && !is_note_text(table_cell(t, r, 0))) f->rows[r] = FRAME_BAND;
        size_t first = 0, filled = frame_count_filled(t, r, &first);
        size_t label = (size_t)f->attribute_column;
        if ((f->rows[r] == FRAME_DATA || f->rows[r] == FRAME_BAND) && filled == 1 &&
            (first == label || (f->band_column != NO_COLUMN && first == (size_t)f->band_column))) {
            const struct cell *c = table_cell(t, r, first);
            struct column_meaning m;
            registry_read_column(&m, c->text, name_without_footnote(c->text, c->len),
                                 DIMENSION_NONE);
            size_t next = r + 1;
            while (next < t->n_rows && f->rows[next] == FRAME_BLANK) next++;
            bool follows = next < t->n_rows && frame_count_filled(t, next, &first) > 1;
            bool own = m.unit && m.attribute >= 0;
            f->rows[r] = follows && (!own || is_part_of(table_cell(t, next, label), c, &m))
                             ? FRAME_BAND
                             : FRAME_DATA;
        }
        f->n_bands += f->rows[r] == FRAME_BAND;
    }
}
