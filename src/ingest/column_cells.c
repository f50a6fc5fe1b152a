/* What a column's cells look like, how their numbers are written, and which stand for "no value". */
#include "ingest/columns.h"

#include "vehicle/registry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* ---- what the cells look like ---- */

bool cell_number(const struct cell *c, enum number_style style, double *value,
                 const struct unit **unit)
{
    size_t len = without_footnote(c->text, c->len), at = 0, used = 0;
    const char *text = c->text;
    *unit = NULL;
    while (at < len && (text[at] == '~' || text[at] == '<' || text[at] == '>' || text[at] == ' '))
        at++;
    if (at < len && !(text[at] >= '0' && text[at] <= '9')) {
        const struct unit *before = unit_parse(text + at, len - at, &used);
        if (before && before->dimension == DIMENSION_MONEY) {
            *unit = before;
            at += used;
            while (at < len && text[at] == ' ') at++;
        }
    }
    if (at >= len || !number_parse(text + at, len - at, style, value, &used) || used == 0)
        return false;
    at += used;
    while (at < len && (text[at] == ' ' || text[at] == '-' || (unsigned char)text[at] == 0xa0)) at++;
    if (at + 2 < len && (unsigned char)text[at] == 0xc2 && (unsigned char)text[at + 1] == 0xa0)
        at += 2;
    if (!*unit && at < len) *unit = unit_parse(text + at, len - at, &used);
    return isfinite(*value);
}

static bool is_hex_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = (char)(text[i] | 0x20);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || text[i] == '-')) return false;
    }
    return true;
}

/* UUIDs, addresses, VINs: codes that name a row and nothing of a vehicle. */
static bool is_identifier(const char *text, size_t len)
{
    if (len == 36 && text[8] == '-' && is_hex_digits(text, len)) return true;
    if (len > 8 && (strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0))
        return true;
    if (len < 10 || len > 40) return false;
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c >= '0' && c <= '9')
            digits++;
        else if ((c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-')
            letters++;
        else
            return false;
    }
    return digits >= 3 && letters >= 2;
}

static bool is_yes_no(const struct cell *c)
{
    static const char *const WORDS[] = {"yes", "no", "true", "false", "ja", "nein", "oui", "non",
                                        "si",  "s\u00ed", "是", "否", "y", "n", "\u2713", "\u25cf"};
    if (c->len > 5) return false;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(c->text, WORDS[i]) == 0) return true;
    return false;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void study_makes(struct column_study *s, const struct cell *c)
{
    struct token t[8];
    size_t len = c->len < 64 ? c->len : 64;
    size_t n = tokens_split(c->text, len, TOKENS_TEXT, t, 8), from = 0;
    int make;
    struct year_reading y;
    if (n > 1 && t[0].kind == TOKEN_NUMBER && year_read(&y, t[0].key, strlen(t[0].key))) from = 1;
    size_t used = make_match(t + from, n - from, &make);
    if (used == 0) return;
    if (from == 0 && used == n && n < 8)
        s->whole_make++;
    else
        s->starts_make++;
}

void cells_study(struct column_study *out, const struct cell *const *cells, size_t n, bool makes,
                 uint64_t *scratch)
{
    struct column_study *s = out;
    *s = (struct column_study){0};
    size_t step = n > STUDY_SAMPLE ? n / STUDY_SAMPLE : 1, sampled = 0;
    size_t dimensions[N_DIMENSIONS] = {0};
    const struct unit *units[8];
    size_t unit_counts[8] = {0}, n_units = 0;
    for (size_t i = 0; i < n; i += step) {
        const struct cell *c = cells[i];
        if (sampled == STUDY_SAMPLE) break;
        s->n++;
        if (!c->len) continue;
        s->filled++;
        s->text_bytes += c->len;
        scratch[sampled++] = XXH3_64bits(c->text, c->len);
        struct year_reading y;
        int short_year;
        if (short_year_read(c->text, c->len, &short_year) && short_year < 2000) s->short_years++;
        if (c->len <= 40 && year_read(&y, c->text, c->len) && y.whole) s->years++;
        if (is_yes_no(c)) s->yes_no++;
        if (is_numeric_cell(c->text, c->len)) {
            s->numeric++;
            double value;
            const struct unit *unit;
            if (cell_number(c, NUMBER_POINT, &value, &unit) && unit) {
                s->with_unit++;
                dimensions[unit->dimension]++;
                size_t k = 0;
                while (k < n_units && units[k] != unit) k++;
                if (k == n_units && n_units < 8) units[n_units++] = unit;
                if (k < n_units) unit_counts[k]++;
            }
            continue;
        }
        if (c->len <= 24) {
            const struct unit *unit = unit_parse_all(c->text, c->len);
            s->units += unit != NULL;
            s->currencies += unit && unit->dimension == DIMENSION_MONEY;
        }
        if (is_identifier(c->text, c->len)) s->identifiers++;
        if (makes) study_makes(s, c);
    }
    qsort(scratch, sampled, sizeof *scratch, compare_hashes);
    for (size_t i = 0; i < sampled; i++) s->distinct += i == 0 || scratch[i] != scratch[i - 1];
    size_t most = 0;
    for (int d = 0; d < N_DIMENSIONS; d++)
        if (dimensions[d] > most && dimensions[d] * 2 > s->numeric) {
            most = dimensions[d];
            s->dimension = (enum dimension)d;
        }
    most = 0;
    for (size_t k = 0; k < n_units; k++)
        if (unit_counts[k] > most) {
            most = unit_counts[k];
            s->unit = units[k];
        }
    if (s->numeric * 10 >= s->filled)
        for (size_t i = 0; i < n; i++)
            if (cells[i]->len)
                number_evidence_add(&s->evidence, cells[i]->text,
                                    without_footnote(cells[i]->text, cells[i]->len));
}

/* ---- how cells are read ---- */

void column_decide_kind(struct interpreted_column *c, const struct column_study *study)
{
    enum attribute_type type = ATTRIBUTE_NUMBER;
    c->n_filled = study->filled;
    c->n_numbers = study->numeric;
    c->cell_unit = study->unit;
    c->evidence = study->evidence;
    if (c->fact.attribute >= 0) {
        type = REGISTRY[c->fact.attribute].type;
        enum attribute_role role = REGISTRY[c->fact.attribute].role;
        c->category = type == ATTRIBUTE_CATEGORY;
        c->text = type == ATTRIBUTE_TEXT || type == ATTRIBUTE_CATEGORY;
        if (role == ROLE_YEAR || role == ROLE_YEAR_LAST || role == ROLE_QUANTITY) c->text = false;
        if (type == ATTRIBUTE_TEXT && study->numeric * 10 >= study->filled * 9 && role == ROLE_NONE)
            c->text = study->identifiers > 0;
    } else {
        /* An attribute of its own: numbers when nearly all cells are. */
        c->text = study->numeric * 2 < study->filled && study->yes_no * 2 < study->filled;
        if (study->identifiers * 2 > study->filled) c->text = true;
    }
    c->bare = !c->fact.unit && study->with_unit == 0;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool to_canonical(const struct interpreted_column *c, double value, const struct unit *unit,
                  double *out)
{
    if (c->fact.attribute < 0) return false;
    const struct attribute *a = &REGISTRY[c->fact.attribute];
    if (a->low >= a->high) return false;
    const struct unit *canonical = c->canonical;
    if (!unit) unit = c->fact.unit;
    if (!canonical) {
        if (unit && a->dimension != DIMENSION_MONEY && a->dimension != unit->dimension) return false;
        if (unit && unit->dimension == DIMENSION_MONEY) return false;
        *out = value;
        return true;
    }
    return unit && unit_convert(value, unit, canonical, out);
}

static bool is_plausible(const struct interpreted_column *c, double value, const struct unit *unit,
                         bool *judged)
{
    double v;
    *judged = to_canonical(c, value, unit, &v);
    return *judged && v >= REGISTRY[c->fact.attribute].low && v <= REGISTRY[c->fact.attribute].high;
}

static bool has_separator(const struct cell *c)
{
    return memchr(c->text, ',', c->len) || memchr(c->text, '.', c->len);
}

void column_decide_style(struct interpreted_column *c, const struct cell *const *cells, size_t n,
                         enum number_style fallback)
{
    bool sure = false;
    const struct number_evidence *e = &c->evidence;
    c->style = number_style_decide(e, fallback, &sure);
    if (e->ambiguous == 0 || c->text || c->n_parts) return;
    /* Prices have two places or none: "28.195" groups. */
    bool money = c->dimension == DIMENSION_MONEY && !(c->fact.unit && c->fact.unit->factor != 1);
    if (money && !e->point && !e->comma && !e->leading_zero_ambiguous &&
        (e->ambiguous_point == e->ambiguous || e->ambiguous_point == 0)) {
        c->style = e->ambiguous_point ? NUMBER_COMMA : NUMBER_POINT;
        return;
    }
    if (sure) return;
    /* "4,016 cc" beside "400 cc": which of the two readings is plausible, which fits the others? */
    size_t plausible[2] = {0}, judged_cells = 0, taken = 0;
    double distance[2] = {0}, plain_log = 0;
    size_t n_plain = 0, n_ambiguous = 0;
    size_t step = n > STUDY_SAMPLE ? n / STUDY_SAMPLE : 1;
    for (size_t i = 0; i < n && taken < STUDY_SAMPLE; i += step) {
        double value;
        const struct unit *unit;
        if (!cells[i]->len || has_separator(cells[i]) ||
            !cell_number(cells[i], NUMBER_POINT, &value, &unit) || value <= 0)
            continue;
        plain_log += log(value);
        n_plain++;
        taken++;
    }
    taken = 0;
    for (size_t i = 0; i < n && taken < STUDY_SAMPLE; i += step) {
        if (!cells[i]->len || !has_separator(cells[i])) continue;
        double value[2];
        const struct unit *unit[2];
        bool read = true, judged[2] = {false, false}, fits[2];
        for (int s = 0; s < 2; s++)
            read = read && cell_number(cells[i], (enum number_style)s, &value[s], &unit[s]);
        if (!read || value[0] == value[1]) continue;
        taken++;
        for (int s = 0; s < 2; s++) {
            fits[s] = is_plausible(c, value[s], unit[s], &judged[s]);
            plausible[s] += fits[s];
            if (n_plain && value[s] > 0) distance[s] += fabs(log(value[s]) - plain_log / (double)n_plain);
        }
        judged_cells += judged[0] && judged[1];
        n_ambiguous++;
    }
    if (n_ambiguous == 0) return;
    enum number_style other = c->style == NUMBER_POINT ? NUMBER_COMMA : NUMBER_POINT;
    if (judged_cells * 2 > n_ambiguous && plausible[0] != plausible[1]) {
        enum number_style better = plausible[0] > plausible[1] ? NUMBER_POINT : NUMBER_COMMA;
        size_t more = plausible[better], less = plausible[1 - (int)better];
        if (more >= 4 * less && more * 2 > n_ambiguous) {
            c->style_by_range = better != c->style;
            c->style = better;
            return;
        }
    }
    /* Three orders of magnitude lie between the two: the nearer one, when it is nearer by far. */
    if (n_plain >= 2 && distance[other] + 3.0 * (double)n_ambiguous < distance[c->style]) {
        c->style = other;
        c->style_by_range = true;
    }
}

void column_decide_missing(struct interpreted_column *c, const struct cell *const *cells, size_t n)
{
    double values[STUDY_SAMPLE];
    size_t count = 0, zeros = 0, minus_ones = 0, negatives = 0;
    double nines = 0;
    size_t step = n > STUDY_SAMPLE ? n / STUDY_SAMPLE : 1;
    if (c->text || c->n_parts) return;
    for (size_t i = 0; i < n && count < STUDY_SAMPLE; i += step) {
        double value;
        const struct unit *unit;
        if (!cells[i]->len || !cell_number(cells[i], c->style, &value, &unit)) continue;
        bool judged;
        if (value == 0) {
            zeros++;
            continue;
        }
        if (value < 0) {
            negatives++;
            minus_ones += value == -1 || value == -9 || value == -99 || value == -999 ||
                          value == -9999;
            continue;
        }
        if (value == 999 || value == 9999 || value == 99999 || value == 999999) {
            if (nines == 0 || value == nines) nines = value;
            bool plausible = is_plausible(c, value, unit, &judged);
            if (plausible) nines = -1;
            continue;
        }
        values[count++] = value;
        if (!is_plausible(c, value, unit, &judged) && judged) c->n_implausible++;
    }
    qsort(values, count, sizeof *values, compare_doubles);
    double least = count ? values[0] : 0, most = count ? values[count - 1] : 0;
    const struct attribute *a = c->fact.attribute >= 0 ? &REGISTRY[c->fact.attribute] : NULL;
    bool number = a && a->type == ATTRIBUTE_NUMBER && a->role == ROLE_NONE;
    if (number && !a->zero_is_value)
        c->zero_missing = true;
    else if (!a && zeros >= 2 && zeros * 20 >= count + zeros && least >= 20 && c->fact.unit) {
        /* No length, mass or power is 0 where all others are far from it. */
        enum dimension d = c->fact.unit->dimension;
        c->zero_missing = d == DIMENSION_LENGTH || d == DIMENSION_MASS || d == DIMENSION_POWER ||
                          d == DIMENSION_SPEED || d == DIMENSION_VOLUME;
    }
    if (number && a->dimension != DIMENSION_TEMPERATURE && a->dimension != DIMENSION_ANGLE)
        c->minus_missing = a->low >= 0;
    else if (!a && minus_ones && minus_ones == negatives)
        c->minus_missing = true;
    if (nines > 0 && (!a || number) && count >= 3 && nines > 3 * most) c->nines = nines;
    c->n_missing = (c->zero_missing ? zeros : 0) + (c->minus_missing ? minus_ones : 0);
}
