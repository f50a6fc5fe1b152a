/* What the vehicle of a record is called: its make, model, version and years, from the cells that name
 * it, the band above them and the headings. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"

#include <string.h>

/* ---- texts ---- */

const char *record_join_names(struct interpreter *p, const char *a, const char *b)
{
    if (!*a) return b;
    if (!*b) return a;
    buffer_clear(&p->scratch);
    buffer_printf(&p->scratch, "%s %s", a, b);
    char *text = p->scratch.failed ? NULL
                                   : arena_strndup(&p->out->arena, p->scratch.data, p->scratch.len);
    if (!text) p->failed = true;
    return text ? text : "";
}

/* "n/a" and dashes name nothing. */
static const char *name_text(const struct cell *c)
{
    static const char *const NONE[] = {"-", "--", "n/a", "na", "none", "null", "nan", "k.a.", "?"};
    if (c->len > 4) return c->text;
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        if (strcasecmp(c->text, NONE[i]) == 0) return "";
    if (c->len == 3 && memcmp(c->text, "\xe2\x80\x93", 3) == 0) return "";
    return c->text;
}

static int known_make(struct interpreter *p, const char *make)
{
    /* Rows of one make follow one another. */
    if (p->last_make && (p->last_make == make || strcmp(p->last_make, make) == 0))
        return p->last_make_number;
    struct token t[8];
    size_t len = strlen(make);
    int number = -1;
    size_t n = len < 80 ? tokens_split(make, len, TOKENS_TEXT, t, 8) : 0;
    if (!n || make_match(t, n, &number) != n) number = -1;
    p->last_make = make;
    p->last_make_number = number;
    return number;
}

static void take_years(struct subject *s, const struct subject *from)
{
    if (!from->year_first && !from->year_last) return;
    s->year_first = from->year_first;
    s->year_last = from->year_last;
    s->year_in_name = from->year_in_name;
}

/* Puts a name under what the headings say: "740i" under "BMW 7 Series (E38)". */
static void take_name(struct interpreter *p, struct subject *s, const struct subject *name)
{
    if (name->make_number >= 0) {
        s->make = name->make;
        s->make_number = name->make_number;
        s->model = name->model;
        s->trim = "";
    } else if (p->context->paged && *s->model && manual_has_code(name->model, strlen(name->model))) {
        s->model = name->model; /* "K14" in a manual of the K12 */
        s->trim = "";
    } else if (*s->model) {
        s->trim = record_join_names(p, s->trim, name->model);
    } else {
        s->model = name->model;
    }
    take_years(s, name);
}

/* "MY24" and "2023MY" inside names. */
static void take_tagged_year(struct interpreter *p, struct subject *s, const char *text)
{
    struct subject found;
    if (s->year_first || !strstr(text, "MY")) return;
    if (!subject_read(&found, &p->out->arena, text, strlen(text), SUBJECT_CELL)) p->failed = true;
    if (found.year_in_name) take_years(s, &found);
}

/* ---- of a row ---- */

/* Whether a band is the model of the rows below it ("Sandero" above its trims, "Ranger 150" above its
 * engines): they are versions, by no column of names, and the band is a name, no kind of fuel or gearbox. */
static bool is_model_band(const struct interpreter *p, const char *band)
{
    const struct table_roles *r = &p->roles;
    const struct subject *s = &p->out->subject;
    struct token t[8];
    size_t len = strlen(band), n = tokens_split(band, len, TOKENS_TEXT, t, 8);
    if (!*s->make && !r->not_vehicles) return false;
    if (*s->model || r->make != NO_COLUMN || !is_name_of_one(band, len)) return false;
    if ((r->model != NO_COLUMN || r->name != NO_COLUMN) && !r->name_by_cells) return false;
    for (size_t i = 0; i < n; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0;
        registry_match(t + i, n - i, &terms, &n_terms);
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind == TERM_CATEGORY && !terms[k].code) return false;
    }
    return true;
}

/* What a band row says of the rows below it ("Toyota" above its models); whether it says anything. */
static bool band_subject(struct interpreter *p, const char *band, struct subject *s)
{
    struct subject found;
    if (!*band || strlen(band) > 80) return false;
    if (!subject_read(&found, &p->out->arena, band, strlen(band), SUBJECT_HEADING)) {
        p->failed = true;
        return false;
    }
    if (found.make_number < 0) {
        struct year_reading y;
        const struct table_roles *r = &p->roles;
        bool named = r->model != NO_COLUMN || r->name != NO_COLUMN;
        if (is_model_band(p, band))
            s->model = found.model;
        else if (p->dealer && named && !*s->make && !p->leading_makes && is_make_band(band))
            s->make = band;
        else if (r->year == NO_COLUMN && year_read(&y, band, strlen(band)) && y.whole)
            s->year_first = y.first, s->year_last = y.last;
        else
            return false;
        return true;
    }
    s->make = found.make;
    s->make_number = found.make_number;
    if (p->roles.model == NO_COLUMN && p->roles.name == NO_COLUMN) s->model = found.model;
    take_years(s, &found);
    return true;
}

void record_row_subject(struct interpreter *p, size_t row, const char *band, struct subject *s,
                        double *quantity)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_roles *r = &p->roles;
    bool headings = r->make == NO_COLUMN;
    *s = in->subject;
    if (!headings) { /* its own columns say it; of the headings the year alone counts */
        s->make = s->model = s->trim = "";
        s->make_number = -1;
        s->year_in_name = false;
    }
    bool band_used = band_subject(p, band, s);
    if (r->make != NO_COLUMN) {
        const char *make = name_text(table_cell(t, row, (size_t)r->make));
        if (*make) {
            s->make = make;
            s->make_number = known_make(p, make);
        }
    }
    if (r->name != NO_COLUMN) {
        const struct cell *c = table_cell(t, row, (size_t)r->name);
        struct subject name;
        if (*name_text(c)) {
            if (!subject_read(&name, &in->arena, c->text, c->len, SUBJECT_CELL)) p->failed = true;
            take_name(p, s, &name);
        }
    } else if (r->model != NO_COLUMN) {
        const char *model = name_text(table_cell(t, row, (size_t)r->model));
        struct subject dated;
        if (p->dated_models && *model) {
            if (!subject_read(&dated, &in->arena, model, strlen(model), SUBJECT_CELL)) p->failed = true;
            if (dated.year_first && *dated.model && dated.make_number < 0) {
                model = dated.model;
                take_years(s, &dated);
            }
        }
        if (headings && *s->model && *model)
            s->trim = record_join_names(p, s->trim, model);
        else if (*model)
            s->model = model;
        take_tagged_year(p, s, model);
    }
    if (p->leading_makes && !*s->make) {
        size_t make = leading_make(s->model);
        const char *text = make ? arena_strndup(&in->arena, s->model, make) : "";
        p->failed |= !text;
        if (make && text) {
            s->make = text;
            s->model += make + strspn(s->model + make, " ");
        }
    }
    int named = r->name != NO_COLUMN ? r->name : r->model;
    if (named != NO_COLUMN && *band && !band_used)
        s->trim = record_join_names(p, s->trim, band_version(p, band, table_cell(t, row, (size_t)named)->text));
    for (size_t i = 0; i < r->n_trims; i++) {
        const char *trim = name_text(table_cell(t, row, (size_t)r->trims[i]));
        if (!*trim) continue;
        take_tagged_year(p, s, trim);
        s->trim = record_join_names(p, s->trim, trim);
    }
    if (r->year != NO_COLUMN) {
        const struct cell *c = table_cell(t, row, (size_t)r->year);
        struct year_reading y;
        if (year_read(&y, c->text, c->len)) {
            s->year_first = y.first;
            s->year_last = y.last;
            s->year_in_name = false;
            if (r->year_last != NO_COLUMN && y.first == y.last) {
                const struct cell *end = table_cell(t, row, (size_t)r->year_last);
                if (year_read(&y, end->text, end->len))
                    s->year_last = y.last;
                else
                    s->year_last = YEAR_OPEN;
            }
        } else if (short_year_read(c->text, c->len, &y.first)) {
            s->year_first = s->year_last = y.first;
            s->year_in_name = false;
        } else if (c->len) { /* "unknown": the headings' year is not this row's */
            s->year_first = s->year_last = 0;
        }
    }
    *quantity = 1;
    if (r->quantity != NO_COLUMN) {
        const struct interpreted_column *c = &in->columns[p->column_of[r->quantity]];
        const struct unit *unit;
        double n;
        if (cell_number(table_cell(t, row, (size_t)r->quantity), c->style, &n, &unit) && n >= 1 &&
            n <= 1e9)
            *quantity = n;
    }
}

/* ---- of a column, of pairs ---- */

static bool is_generic_header(const char *text)
{
    static const char *const WORDS[] = {"value", "values", "wert", "werte", "valeur", "valeurs",
                                        "valor", "valores", "data", "daten", "specification",
                                        "specifications", "spec", "details", "detail", "\u503c",
                                        "\u6570\u503c", "\u53c2\u6570", "description", "info"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(text, WORDS[i]) == 0) return true;
    return false;
}

/* What a vehicle's column is called, under what the headings say. */
void record_take_header(struct interpreter *p, struct subject *s, const char *text)
{
    struct subject name;
    struct year_reading y;
    size_t len = strlen(text);
    if (!len || len > DOCUMENT_MAX_NAME || is_generic_header(text) || is_unit_system(p, text))
        return;
    if (year_read(&y, text, len) && y.whole) {
        s->year_first = y.first;
        s->year_last = y.last;
        return;
    }
    if (!subject_read(&name, &p->out->arena, text, len, SUBJECT_CELL)) p->failed = true;
    take_name(p, s, &name);
}

/* A cell of a row that says what the vehicle is. */
void record_take_role(struct interpreter *p, struct subject *s, enum attribute_role role,
                      const struct cell *c)
{
    const char *text = name_text(c);
    struct subject name;
    struct year_reading y;
    if (!*text) return;
    switch (role) {
    case ROLE_MAKE: {
        /* A name that begins with it gives it up. */
        struct token a[8], b[64];
        size_t n = tokens_split(text, c->len, TOKENS_TEXT, a, 8);
        size_t m = tokens_split(s->model, strlen(s->model), TOKENS_TEXT, b, 64), i = 0;
        while (i < n && i < m && strcmp(a[i].key, b[i].key) == 0) i++;
        if (s->make_number < 0 && n && i == n && m > n) s->model += b[n].begin;
        s->make = text;
        s->make_number = known_make(p, text);
        break;
    }
    case ROLE_MODEL:
    case ROLE_NAME:
        if (!subject_read(&name, &p->out->arena, text, c->len, SUBJECT_CELL)) p->failed = true;
        if (role == ROLE_NAME && !name.year_first) {
            struct subject whole; /* "Quenby Heron 2019 Sport": the year inside */
            if (!subject_read(&whole, &p->out->arena, text, c->len, SUBJECT_HEADING)) p->failed = true;
            if (whole.year_first && *whole.model) name = whole;
        }
        if (role == ROLE_NAME && name.make_number >= 0) {
            take_name(p, s, &name);
        } else {
            bool dated = role == ROLE_NAME && name.year_first && *name.model; /* "2026 Quenby Heron" */
            bool made = role == ROLE_NAME && name.make_number >= 0 && *name.model;
            s->model = made || dated ? name.model : text;
            if (dated)
                take_years(s, &name);
            else
                take_tagged_year(p, s, text);
        }
        break;
    case ROLE_TRIM:
        s->trim = record_join_names(p, s->trim, text);
        break;
    case ROLE_YEAR:
        if (!year_read(&y, text, c->len)) break;
        s->year_first = y.first;
        s->year_last = y.last;
        s->year_in_name = false;
        break;
    case ROLE_YEAR_LAST:
        if (s->year_first && year_read(&y, text, c->len)) s->year_last = y.last;
        break;
    default: break;
    }
}

/* A make may be split from a name. */
enum attribute_role record_role(size_t i)
{
    static const enum attribute_role ROLE_ORDER[N_ROLE_ORDER] = {ROLE_NAME, ROLE_MODEL, ROLE_MAKE,
                                                                 ROLE_TRIM, ROLE_YEAR,  ROLE_YEAR_LAST};
    return ROLE_ORDER[i];
}
