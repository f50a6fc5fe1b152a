#include "ingest/header.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "ingest/subject.h"
#include "vehicle/number.h"
#include "vehicle/registry.h"
#include "vehicle/unit.h"

#include <string.h>

enum {
    HEADER_SEARCH_ROWS = 24, /* a header that stands lower is not looked for */
    LABEL_SAMPLE = 80,       /* cells of a column that are looked at for names of attributes */
    MAX_YEAR_COLUMNS = 64,
    MAX_BESIDE_YEARS = 16,
    LONG_TEXT = 80,          /* bytes: a longer single cell is a note, no band */
};

/* ---- cells ---- */

static bool is_unit_cell(const struct cell *c)
{
    return c->len > 0 && c->len <= 40 && unit_parse_all(c->text, c->len) != NULL;
}

static bool is_year_name(const struct cell *c, int *year)
{
    struct year_reading r;
    if (c->len == 0 || c->len > 12 || !year_read(&r, c->text, c->len) || !r.whole ||
        r.first != r.last)
        return false;
    *year = r.first;
    return true;
}

static enum attribute_role role_of_name(const char *name, size_t len)
{
    struct column_meaning m;
    if (len == 0 || len > 200) return ROLE_NONE;
    registry_read_column(&m, name, name_without_footnote(name, len), DIMENSION_NONE);
    return m.attribute >= 0 ? REGISTRY[m.attribute].role : ROLE_NONE;
}

/* ---- rows ---- */

struct row_shape {
    size_t filled, first;       /* non-empty cells; the first of them */
    size_t numbers, years, units, known, dates;
    size_t text_bytes;
};

static size_t count_filled(const struct table *t, size_t row, size_t *first)
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
static size_t usual_width(const struct table *t)
{
    enum { SAMPLE = 200 };
    size_t counts[SAMPLE], n = 0, first;
    size_t step = t->n_rows > SAMPLE ? t->n_rows / SAMPLE : 1;
    for (size_t r = 0; r < t->n_rows && n < SAMPLE; r += step)
        counts[n++] = count_filled(t, r, &first);
    size_t width = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at_least = 0;
        for (size_t k = 0; k < n; k++) at_least += counts[k] >= counts[i];
        if (at_least * 5 >= n && counts[i] > width) width = counts[i];
    }
    return width;
}

/* The row that looks most like column names; SIZE_MAX: none does. */
static size_t find_header(const struct table *t, size_t width)
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
static bool is_type_row(const struct table *t, size_t row)
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
static bool is_unit_row(const struct table *t, size_t row)
{
    struct row_shape s = shape_row(t, row);
    size_t real = 0;
    for (size_t j = 0; j < t->n_columns; j++) real += is_unit_cell(table_cell(t, row, j));
    if (real == 0 || s.numbers || s.years) return false;
    return s.units == s.filled || (real >= 3 && s.units + 1 >= s.filled);
}

/* Whether row h + 1 goes on with the header of row h: text alone where the rows below have numbers,
 * names that the registry knows, under cells that span several columns. */
static bool is_second_header(const struct table *t, size_t h)
{
    size_t r = h + 1;
    if (r + 1 >= t->n_rows) return false;
    struct row_shape s = shape_row(t, r), below = shape_row(t, r + 1);
    if (s.filled < 2 || s.numbers || s.years) return false;
    size_t spans = 0, gaps = 0;
    for (size_t j = 0; j < t->n_columns; j++) {
        bool above = table_cell(t, h, j)->len > 0;
        bool same = j > 0 && above && table_cell(t, h, j - 1)->len == table_cell(t, h, j)->len &&
                    strcmp(table_cell(t, h, j - 1)->text, table_cell(t, h, j)->text) == 0;
        if (table_cell(t, r, j)->len && (!above || same)) spans++;
        if (!table_cell(t, r, j)->len && above) gaps++;
    }
    if (spans == 0) return false;
    return below.numbers > 0 && (s.known * 2 >= s.filled || (gaps > 0 && s.filled > 1));
}

/* Whether row h - 1 is a row of merged headers over h. */
static bool is_group_row(const struct table *t, size_t h, size_t width)
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
    /* Something has to span: an empty or an equal neighbour over a filled name. */
    size_t spans = 0;
    for (size_t j = 1; j < t->n_columns; j++) {
        const struct cell *c = table_cell(t, h - 1, j), *left = table_cell(t, h - 1, j - 1);
        if (table_cell(t, h, j)->len &&
            ((!c->len && j > s.first) ||
             (c->len && c->len == left->len && strcmp(c->text, left->text) == 0)))
            spans++;
    }
    return spans > 0 && (s.filled > 1 || s.first > 0);
}

/* ---- the orientation ---- */

static bool is_make(const struct cell *c) /* "Seat" is no number of seats in a column of makes */
{
    struct token t[6];
    int make;
    size_t n = c->len < 60 ? tokens_split(c->text, c->len, TOKENS_TEXT, t, 6) : 0;
    return n > 0 && n < 6 && make_match(t, n, &make) == n;
}

/* The share of a column's cells that are names of attributes; *distinct of them are different from the
 * one above. */
static double label_share(const struct table_frame *f, size_t column, size_t *n, size_t *distinct)
{
    const struct table *t = f->table;
    size_t seen = 0, known = 0;
    const char *texts[LABEL_SAMPLE];
    *distinct = 0;
    for (size_t r = f->first_data; r < t->n_rows && seen < LABEL_SAMPLE; r++) {
        const struct cell *c = table_cell(t, r, column);
        if ((f->rows[r] != FRAME_DATA && f->rows[r] != FRAME_BAND) || !c->len) continue;
        if (f->rows[r] == FRAME_DATA) known += is_measure_name(c->text, c->len) && !is_make(c);
        bool before = false;
        for (size_t i = 0; i < seen && !before; i++) before = strcmp(texts[i], c->text) == 0;
        *distinct += !before;
        texts[seen++] = c->text;
    }
    size_t bands = 0;
    for (size_t r = f->first_data; r < t->n_rows && r < f->first_data + LABEL_SAMPLE; r++)
        bands += f->rows[r] == FRAME_BAND;
    *n = seen;
    return seen > bands ? (double)known / (double)(seen - bands) : 0;
}

/* The column right of `column` that holds units alone; NO_COLUMN. */
static int find_unit_column(const struct table_frame *f, size_t column)
{
    const struct table *t = f->table;
    for (size_t j = column + 1; j < t->n_columns; j++) {
        size_t units = 0, others = 0;
        if (role_of_name(f->names[j], strlen(f->names[j])) == ROLE_UNIT) return (int)j;
        for (size_t r = f->first_data; r < t->n_rows && units + others < LABEL_SAMPLE; r++) {
            const struct cell *c = table_cell(t, r, j);
            if (f->rows[r] != FRAME_DATA || !c->len || is_dash_cell(c)) continue;
            *(is_unit_cell(c) ? &units : &others) += 1;
        }
        if (units >= 2 && others * 10 <= units) return (int)j;
    }
    return NO_COLUMN;
}

/* Whether the cells of a column are parts of the data ("Brakes", "Dimensions") or mostly empty. */
static bool is_band_column(const struct table_frame *f, size_t column)
{
    const struct table *t = f->table;
    size_t sections = 0, others = 0, empty = 0;
    for (size_t r = f->first_data; r < t->n_rows && sections + others + empty < LABEL_SAMPLE; r++) {
        const struct cell *c = table_cell(t, r, column);
        if (f->rows[r] != FRAME_DATA) continue;
        if (!c->len)
            empty++;
        else
            *(is_section_heading(c->text, c->len) ? &sections : &others) += 1;
    }
    return sections >= others || empty > sections + others;
}

static size_t count_years(struct table_frame *f, struct arena *arena, bool *ok)
{
    size_t n = 0;
    for (size_t j = 0; j < f->table->n_columns; j++) {
        int year;
        struct cell c = {.text = f->names[j], .len = (uint32_t)strlen(f->names[j])};
        n += is_year_name(&c, &year);
    }
    /* Each year repeats the other columns: many of both would make much of little. */
    if (n < 2 || n > MAX_YEAR_COLUMNS || f->table->n_columns - n > MAX_BESIDE_YEARS) return 0;
    f->column_years = arena_array(arena, f->table->n_columns, sizeof *f->column_years);
    if (!f->column_years) {
        *ok = false;
        return 0;
    }
    for (size_t j = 0; j < f->table->n_columns; j++) {
        struct cell c = {.text = f->names[j], .len = (uint32_t)strlen(f->names[j])};
        int year;
        f->column_years[j] = is_year_name(&c, &year) ? year : 0;
    }
    return n;
}

static void find_layout(struct table_frame *f, struct arena *arena, bool *ok)
{
    const struct table *t = f->table;
    f->attribute_column = f->unit_column = f->band_column = f->value_column = NO_COLUMN;
    if (t->key_value) {
        f->layout = t->n_columns == 2 ? FRAME_LONG : FRAME_COLUMNS;
        f->pairs = t->n_columns == 2;
        f->attribute_column = 0;
        f->value_column = f->pairs ? 1 : NO_COLUMN;
        return;
    }
    if (t->n_columns < 2) return;

    size_t known = 0, named = 0, subjects = 0;
    int attribute = NO_COLUMN, value = NO_COLUMN;
    for (size_t j = 0; j < t->n_columns; j++) {
        size_t len = strlen(f->names[j]);
        enum attribute_role role = role_of_name(f->names[j], len);
        if (role == ROLE_ATTRIBUTE && attribute == NO_COLUMN) attribute = (int)j;
        if (role == ROLE_VALUE && value == NO_COLUMN) value = (int)j;
        if (role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_NAME || role == ROLE_TRIM ||
            role == ROLE_YEAR)
            subjects++;
        if (j > 0 && role != ROLE_VALUE) {
            named += len > 0;
            known += is_measure_name(f->names[j], len);
        }
    }
    size_t years = count_years(f, arena, ok);

    /* The column of attributes' names: told by its header, or by its cells. */
    size_t n, distinct;
    if (attribute != NO_COLUMN && value == NO_COLUMN && !years &&
        label_share(f, (size_t)attribute, &n, &distinct) < 0.3)
        attribute = NO_COLUMN; /* "Feature" of something else */
    double share = 0;
    int by_cells = NO_COLUMN;
    size_t cells_distinct = 0, cells_n = 0;
    for (size_t j = 0; j < t->n_columns && j < 4; j++) {
        double s = label_share(f, j, &n, &distinct);
        if (s > share + 0.1) {
            share = s;
            by_cells = (int)j;
            cells_distinct = distinct;
            cells_n = n;
        }
    }
    double header_share = named ? (double)known / (double)named : 0;
    bool cells_name = share >= 0.35 && (header_share < 0.35 || share > 2 * header_share + 0.2);
    if (attribute == NO_COLUMN && (!cells_name || subjects >= 2)) return;
    if (attribute == NO_COLUMN) {
        attribute = by_cells;
    } else if (by_cells == attribute) {
        cells_distinct = cells_distinct ? cells_distinct : 1;
    }
    label_share(f, (size_t)attribute, &cells_n, &cells_distinct);

    f->attribute_column = attribute;
    f->unit_column = find_unit_column(f, (size_t)attribute);
    if (value != NO_COLUMN && role_of_name(f->names[value], strlen(f->names[value])) == ROLE_VALUE &&
        value == f->unit_column)
        f->unit_column = NO_COLUMN;
    size_t before = 0, behind = 0; /* columns of subjects; of values */
    for (size_t j = 0; j < t->n_columns; j++) {
        if ((int)j == attribute || (int)j == f->unit_column || (int)j == value) continue;
        if (f->column_years && f->column_years[j]) continue;
        *((int)j < attribute ? &before : &behind) += 1;
    }
    bool repeated = cells_distinct * 10 < cells_n * 9;
    size_t all_others = before + behind;
    bool band_before = before == 1 && attribute == 1 && is_band_column(f, 0);
    bool has_subject = subjects > 0 && role_of_name(f->names[attribute],
                                                    strlen(f->names[attribute])) != ROLE_NAME;
    if ((value != NO_COLUMN || years) && all_others > 0 && (repeated || has_subject) &&
        !(band_before && !repeated && !has_subject)) {
        f->layout = FRAME_LONG;
        f->value_column = years && value == NO_COLUMN ? NO_COLUMN : value;
        return;
    }
    if (value == NO_COLUMN && !years && before >= 1 && !band_before && behind == 1 && repeated) {
        f->layout = FRAME_LONG; /* vehicle, attribute, and one column of values without a name */
        for (size_t j = (size_t)attribute + 1; j < t->n_columns; j++)
            if ((int)j != f->unit_column) f->value_column = (int)j;
        return;
    }
    if (attribute > 1 || (attribute == 1 && !band_before && before && repeated)) {
        f->attribute_column = f->unit_column = NO_COLUMN; /* neither shape */
        return;
    }
    f->layout = FRAME_COLUMNS;
    f->band_column = band_before ? 0 : NO_COLUMN;
    f->column_years = NULL;
}

/* ---- the whole ---- */

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
static void classify_rows(struct table_frame *f, size_t width)
{
    const struct table *t = f->table;
    size_t last_data = f->first_data;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        size_t first = 0, filled = count_filled(t, r, &first);
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
static void classify_attribute_rows(struct table_frame *f)
{
    const struct table *t = f->table;
    f->n_bands = 0;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        if (f->rows[r] == FRAME_NOTE && !is_note_text(table_cell(t, r, 0))) f->rows[r] = FRAME_BAND;
        size_t first = 0, filled = count_filled(t, r, &first);
        size_t label = (size_t)f->attribute_column;
        if ((f->rows[r] == FRAME_DATA || f->rows[r] == FRAME_BAND) && filled == 1 &&
            (first == label || (f->band_column != NO_COLUMN && first == (size_t)f->band_column))) {
            const struct cell *c = table_cell(t, r, first);
            struct column_meaning m;
            registry_read_column(&m, c->text, name_without_footnote(c->text, c->len),
                                 DIMENSION_NONE);
            size_t next = r + 1;
            while (next < t->n_rows && f->rows[next] == FRAME_BLANK) next++;
            bool follows = next < t->n_rows && count_filled(t, next, &first) > 1;
            bool own = m.unit && m.attribute >= 0;
            f->rows[r] = follows && (!own || is_part_of(table_cell(t, next, label), c, &m))
                             ? FRAME_BAND
                             : FRAME_DATA;
        }
        f->n_bands += f->rows[r] == FRAME_BAND;
    }
}

static bool join_titles(struct table_frame *f, struct arena *arena, size_t end)
{
    struct buffer title = {0};
    for (size_t r = 0; r < end; r++) {
        if (f->rows[r] != FRAME_TITLE) continue;
        for (size_t j = 0; j < f->table->n_columns; j++) {
            const struct cell *c = table_cell(f->table, r, j);
            if (!c->len || title.len + c->len > 400) continue;
            if (title.len) buffer_puts(&title, "; ");
            buffer_append(&title, c->text, c->len);
        }
    }
    bool ok = !title.failed;
    if (ok && title.len) {
        f->title = arena_strndup(arena, title.data, title.len);
        ok = f->title != NULL;
    }
    buffer_free(&title);
    return ok;
}

static bool drop_footnote(const char **name, struct arena *arena)
{
    size_t len = strlen(*name), without = name_without_footnote(*name, len);
    if (without < len) *name = arena_strndup(arena, *name, without);
    return *name != NULL;
}

/* Names and groups of the columns from rows [from, to) of the header. */
static bool name_columns(struct table_frame *f, struct arena *arena, size_t from, size_t to)
{
    const struct table *t = f->table;
    struct buffer b = {0};
    bool ok = true;
    for (size_t r = from; r + 1 < to && ok; r++) { /* all but the last row: groups, filled right */
        const char *span = "";
        for (size_t j = 0; j < t->n_columns && ok; j++) {
            const struct cell *c = table_cell(t, r, j), *below = table_cell(t, r + 1, j);
            if (c->len) span = c->text;
            if (!below->len && c->len) { /* the name stands in the upper row */
                f->names[j] = c->text;
                span = "";
                continue;
            }
            if (!*span) continue;
            if (strcmp(f->groups[j], "") == 0) {
                f->groups[j] = span;
                continue;
            }
            buffer_clear(&b);
            buffer_printf(&b, "%s > %s", f->groups[j], span);
            f->groups[j] = b.failed ? NULL : arena_strndup(arena, b.data, b.len);
            ok = f->groups[j] != NULL;
        }
    }
    for (size_t j = 0; j < t->n_columns && ok && to > from; j++) {
        const struct cell *c = table_cell(t, to - 1, j);
        if (c->len) f->names[j] = c->text;
        if (strcmp(f->groups[j], f->names[j]) == 0) f->groups[j] = "";
        ok = drop_footnote(&f->names[j], arena) && drop_footnote(&f->groups[j], arena);
    }
    buffer_free(&b);
    /* A name stands in every passage of its table. */
    for (size_t j = 0; j < t->n_columns && ok; j++) {
        const char **names[] = {&f->names[j], &f->groups[j]};
        for (size_t k = 0; k < 2 && ok; k++) {
            size_t len = strlen(*names[k]);
            if (len <= DOCUMENT_MAX_NAME) continue;
            *names[k] = arena_strndup(arena, *names[k], utf8_complete_prefix(*names[k], DOCUMENT_MAX_NAME));
            ok = *names[k] != NULL;
        }
    }
    return ok;
}

/* The row's label is an attribute, and there are values behind it. */
static bool is_attribute_row(const struct table_frame *f, size_t row)
{
    const struct cell *label = table_cell(f->table, row, (size_t)f->attribute_column);
    size_t first = 0;
    if (!label->len || role_of_name(label->text, label->len) != ROLE_NONE) return false;
    return is_measure_name(label->text, label->len) && count_filled(f->table, row, &first) > 1;
}

/* Two cells or more behind the labels' column, most of them no figures. */
static bool names_vehicles(const struct table_frame *f, size_t row)
{
    size_t filled = 0, numbers = 0;
    for (size_t j = (size_t)f->attribute_column + 1; j < f->table->n_columns; j++) {
        const struct cell *c = table_cell(f->table, row, j);
        filled += c->len > 0;
        numbers += c->len > 0 && is_numeric_cell(c->text, c->len);
    }
    return filled >= 2 && numbers * 2 <= filled;
}

/* A header whose corner is an attribute is a row of data of a sheet whose rows are attributes; what
 * stands above it may be the header: ",SE,SEL,Limited". */
static void corner_is_data(struct table_frame *f, size_t from)
{
    const struct table *t = f->table;
    const char *corner = f->names[f->attribute_column];
    enum attribute_role role = role_of_name(corner, strlen(corner));
    struct column_meaning m;
    registry_read_column(&m, corner, strlen(corner), DIMENSION_NONE);
    if (!*corner || m.attribute < 0 || role == ROLE_ATTRIBUTE || role == ROLE_VALUE ||
        f->header_row + 1 != f->first_data)
        return;
    f->rows[f->header_row] = FRAME_DATA;
    f->first_data = f->header_row;
    f->header_row = SIZE_MAX;
    f->has_header = false;
    f->n_header_rows = 0;
    for (size_t j = 0; j < t->n_columns; j++) f->names[j] = "";
    /* Rows above that are attributes too are data, up to the row that names the vehicles. */
    while (from > 0 && f->rows[from - 1] == FRAME_TITLE && is_attribute_row(f, from - 1)) {
        f->rows[--from] = FRAME_DATA;
        f->first_data = from;
        f->n_title_rows--;
    }
    if (from == 0 || f->rows[from - 1] != FRAME_TITLE || !names_vehicles(f, from - 1)) return;
    f->rows[from - 1] = FRAME_HEADER;
    f->header_row = from - 1;
    f->has_header = true;
    f->n_header_rows = 1;
    f->n_title_rows--;
    for (size_t j = 0; j < t->n_columns; j++) f->names[j] = table_cell(t, from - 1, j)->text;
}

bool frame_find(struct table_frame *out, const struct table *table, bool objects,
                struct arena *arena)
{
    struct table_frame *f = out;
    *f = (struct table_frame){.table = table, .title = "", .header_row = SIZE_MAX};
    size_t columns = table->n_columns;
    f->attribute_column = f->unit_column = f->band_column = f->value_column = NO_COLUMN;
    f->rows = arena_array(arena, table->n_rows + 1, 1);
    f->names = arena_array(arena, columns + 1, sizeof *f->names);
    f->groups = arena_array(arena, columns + 1, sizeof *f->groups);
    f->units = arena_array(arena, columns + 1, sizeof *f->units);
    if (!f->rows || !f->names || !f->groups || !f->units) return false;
    for (size_t j = 0; j < columns; j++) f->names[j] = f->groups[j] = f->units[j] = "";
    if (table->n_rows == 0 || columns == 0) return true;

    size_t width = usual_width(table), from = 0, to = 0; /* header rows [from, to) */
    if (table->key_value) {
        to = 0;
    } else if (table->n_header_rows) {
        to = table->n_header_rows < table->n_rows ? table->n_header_rows : table->n_rows;
        if (!objects && to == 1 && is_second_header(table, 0)) to = 2;
    } else {
        size_t h = find_header(table, width);
        if (h != SIZE_MAX) {
            from = h;
            to = h + 1;
            if (is_second_header(table, h)) to++;
            while (from > 0 && to - from < 3 && is_group_row(table, from, width)) from--;
        }
    }
    f->has_header = to > from;
    for (size_t r = 0; r < from; r++) {
        size_t first;
        f->rows[r] = count_filled(table, r, &first) ? FRAME_TITLE : FRAME_BLANK;
        f->n_title_rows += f->rows[r] == FRAME_TITLE;
    }
    for (size_t r = from; r < to; r++) f->rows[r] = FRAME_HEADER;
    f->n_header_rows = to - from;
    if (f->has_header) f->header_row = to - 1;
    if (!name_columns(f, arena, from, to)) return false;

    size_t next = to, first;
    while (next < table->n_rows && f->has_header && count_filled(table, next, &first) == 0)
        f->rows[next++] = FRAME_BLANK;
    if (f->has_header && next < table->n_rows && !objects &&
        is_unit_row(table, next)) {
        for (size_t j = 0; j < columns; j++) {
            const struct cell *c = table_cell(table, next, j);
            if (is_unit_cell(c)) f->units[j] = c->text;
        }
        f->rows[next++] = FRAME_UNITS;
    }
    if (f->has_header && next < table->n_rows && !objects && is_type_row(table, next))
        f->rows[next++] = FRAME_HEADER;
    f->first_data = next;
    classify_rows(f, width);
    bool ok = true;
    find_layout(f, arena, &ok);
    if (objects && f->layout == FRAME_COLUMNS && !table->key_value &&
        !table->keyed) {
        f->layout = FRAME_ROWS;
        f->attribute_column = f->unit_column = f->band_column = NO_COLUMN;
    }

    if (f->layout == FRAME_COLUMNS && f->has_header && f->n_header_rows == 1)
        corner_is_data(f, from);
    if (f->layout == FRAME_COLUMNS) classify_attribute_rows(f);
    ok = ok && join_titles(f, arena, from);
    return ok;
}
