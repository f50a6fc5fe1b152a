/* What rows of one cell say of the rows below them, and lists of who sells several makes. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

enum { BAND_BYTES = 80, BAND_TOKENS = 12, MAX_LEADS = 64 };

bool names_dealer(const char *text)
{
    static const char *const WORDS[] = {
        "dealer",     "dealers",    "dealership", "dealerships", "autohaus", "autohandel",     "handler",
        "retail",     "sales",      "leasing",    "rental",      "rentals",  "hire",           "fleet",
        "fuhrpark",   "garage",     "garages",    "vermietung",  "group",    "gruppe",         "groupe",
        "grupo",      "flotte",     "flota",      "location",    "alquiler", "concessionnaire", "concesionario",
        "autovermietung", "vertragshandler", "autocenter", "automarkt", "carsales", "supermarket"};
    struct token t[24];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, 24);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
            if (strcmp(t[i].key, WORDS[k]) == 0) return true;
    return false;
}

bool is_make_band(const char *text)
{
    struct token t[4];
    size_t len = strlen(text), n = tokens_split(text, len, TOKENS_TEXT, t, 4);
    if (n == 0 || n > 2 || len > 40 || !is_name_of_one(text, len)) return false;
    for (size_t i = 0; i < n; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0;
        if (t[i].kind == TOKEN_NUMBER || !t[i].upper) return false;
        if (registry_match(t + i, n - i, &terms, &n_terms))
            for (size_t k = 0; k < n_terms; k++)
                if (terms[k].kind != TERM_MAKE && !terms[k].code) return false;
    }
    return true;
}

size_t leading_make(const char *name)
{
    struct token t[3];
    size_t n = tokens_split(name, strlen(name), TOKENS_TEXT, t, 3);
    return n > 1 && t[0].kind == TOKEN_WORD && t[0].upper && t[1].gap == GAP_SPACE && t[0].end - t[0].begin > 2
               ? t[0].end
               : 0;
}

/* ---- of the whole table ---- */

/* Whether the names begin with few words that come again and again: the makes that a dealer sells. */
static bool have_leading_makes(const struct table *t, const struct table_frame *f, size_t column)
{
    struct { uint64_t hash; size_t n; } leads[MAX_LEADS];
    size_t n_leads = 0, rows = 0, repeated = 0;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        const struct cell *c = table_cell(t, r, column);
        if (f->rows[r] != FRAME_DATA || !c->len) continue;
        size_t make = leading_make(c->text), i = 0;
        rows++;
        if (!make) continue;
        uint64_t h = XXH3_64bits(c->text, make);
        while (i < n_leads && leads[i].hash != h) i++;
        if (i == MAX_LEADS) return false;
        if (i == n_leads) {
            leads[n_leads].hash = h;
            leads[n_leads++].n = 0;
        }
        leads[i].n++;
    }
    for (size_t i = 0; i < n_leads; i++)
        if (leads[i].n > 1) repeated += leads[i].n;
    return n_leads > 0 && repeated * 10 >= rows * 7;
}

struct banded_name {
    uint64_t name;
    size_t band;
};

static int compare_banded(const void *a, const void *b)
{
    const struct banded_name *x = a, *y = b;
    if (x->name != y->name) return x->name < y->name ? -1 : 1;
    return (x->band > y->band) - (x->band < y->band);
}

/* Whether at least half of the rows have a name that stands under another band as well. */
static bool have_versions_by_band(struct interpreter *p, size_t column, bool *found)
{
    const struct table *t = p->out->table;
    const struct table_frame *f = &p->out->frame;
    struct banded_name *names = calloc(t->n_rows + 1, sizeof *names);
    size_t n = 0, band = 0, shared = 0;
    if (!names) return false;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        const struct cell *c = table_cell(t, r, column);
        if (f->rows[r] == FRAME_BAND) band = r;
        if (f->rows[r] != FRAME_DATA || !c->len || !band) continue;
        names[n].name = XXH3_64bits(c->text, c->len);
        names[n++].band = band;
    }
    qsort(names, n, sizeof *names, compare_banded);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && names[end].name == names[i].name;) end++;
        if (names[end - 1].band != names[i].band) shared += end - i;
    }
    free(names);
    *found = n > 0 && shared * 2 >= n;
    return true;
}

/* Whether the cells of a column begin with a year before a name, nearly all of them. */
static bool have_leading_years(const struct table *t, const struct table_frame *f, size_t column)
{
    enum { YEAR_DIGITS = 4 };
    size_t rows = 0, dated = 0;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        const struct cell *c = table_cell(t, r, column);
        struct token name[2];
        struct year_reading y;
        if (f->rows[r] != FRAME_DATA || !c->len) continue;
        rows++;
        if (c->len < YEAR_DIGITS + 2 || c->text[YEAR_DIGITS] != ' ' || !year_read(&y, c->text, YEAR_DIGITS)) continue;
        dated += tokens_split(c->text + YEAR_DIGITS, c->len - YEAR_DIGITS, TOKENS_TEXT, name, 2) && name[0].upper;
    }
    return rows > 1 && dated * 10 >= rows * 9;
}

bool study_bands(struct interpreter *p)
{
    const struct table_roles *r = &p->roles;
    const struct subject *s = &p->out->subject;
    int column = r->name != NO_COLUMN ? r->name : r->model;
    if (column == NO_COLUMN) return true;
    if (r->name == NO_COLUMN && r->year == NO_COLUMN)
        p->dated_models = have_leading_years(p->out->table, &p->out->frame, (size_t)column);
    if (p->dealer && r->make == NO_COLUMN && !*s->make && !*s->model)
        p->leading_makes = have_leading_makes(p->out->table, &p->out->frame, (size_t)column);
    return !p->out->frame.n_bands || have_versions_by_band(p, (size_t)column, &p->versions_by_band);
}

/* ---- of a row ---- */

const char *band_version(const struct interpreter *p, const char *band, const char *name)
{
    size_t len = strlen(name), whole = strlen(band);
    if (whole > BAND_BYTES) return "";
    if (len && whole > len && strncasecmp(band, name, len) == 0 && strchr(" ,-:/(", band[len])) {
        const char *rest = band + len + strspn(band + len, " ,-:/");
        struct token t[BAND_TOKENS];
        size_t n = tokens_split(rest, strlen(rest), TOKENS_TEXT, t, BAND_TOKENS);
        return n && n < BAND_TOKENS ? rest : "";
    }
    struct year_reading y;
    bool year = year_read(&y, band, whole) && y.whole;
    return p->versions_by_band && !year && is_no_list(band, whole) ? band : "";
}
