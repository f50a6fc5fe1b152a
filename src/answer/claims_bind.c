/* Looks a claim up in the store, and says how it stands to the cells that are found. */
#include "answer/claims_parts.h"
#include "answer/wording.h"

#include <math.h>
#include <string.h>

static const char *keep(struct claim_reader *r, struct buffer *b)
{
    const char *kept = b->failed ? NULL : arena_strndup(&r->out->arena, buffer_text(b), b->len);
    buffer_free(b);
    if (!kept) r->failed = true;
    return kept ? kept : "";
}

static const char *cleaned(struct claim_reader *r, const char *text, size_t max)
{
    struct buffer b = {0};
    clean_write(&b, text, max);
    return keep(r, &b);
}

static struct claim *add_claim(struct claim_reader *r, const struct claim_draft *d)
{
    struct claims *out = r->out;
    const struct value_part *p = &r->parts[d->part];
    if (out->n == CLAIMS_MAX) {
        out->more = true;
        return NULL;
    }
    if ((out->n & (out->n - 1)) == 0) {
        struct claim *bigger = arena_array(&out->arena, out->n ? out->n * 2 : 1, sizeof *bigger);
        if (!bigger) {
            r->failed = true;
            return NULL;
        }
        if (out->n) memcpy(bigger, out->items, out->n * sizeof *bigger);
        out->items = bigger;
    }
    struct claim *claim = &out->items[out->n++];
    char *text = arena_strndup(&out->arena, r->sentence + p->begin, p->end - p->begin);
    if (!text) r->failed = true;
    *claim = (struct claim){.begin = r->offset + p->begin,
                            .end = r->offset + p->end,
                            .sentence_begin = r->offset,
                            .sentence_end = r->offset + r->len,
                            .text = text ? cleaned(r, text, WORDING_MAX_NAME) : "",
                            .vehicle = "",
                            .attribute = "",
                            .other = "",
                            .low = p->low,
                            .high = p->high,
                            .unit = p->unit,
                            .comparator = d->comparator};
    return claim;
}

static void set_status(struct claim *claim, enum claim_status status, enum claim_missing missing)
{
    claim->status = status;
    claim->missing = missing;
}

/* The records that a subject of the draft means; false: the claim says why not. */
static bool subject_records(struct claim_reader *r, size_t mention, struct claim *claim,
                            struct query_subject *out)
{
    if (mention == SIZE_MAX) {
        if (r->n_carried == 0) {
            set_status(claim, CLAIM_NOT_UNDERSTOOD, CLAIM_NO_VEHICLE);
            return false;
        }
        *out = (struct query_subject){.name = r->carried_name,
                                      .label = r->carried_name,
                                      .records = r->carried,
                                      .n_records = r->n_carried,
                                      .year = r->carried_year};
        claim->year = r->carried_year;
        return true;
    }
    claim->year = r->mentions[mention].year;
    size_t subject = r->mentions[mention].subject;
    if (subject == SIZE_MAX) {
        claim->vehicle = cleaned(r, r->mentions[mention].name, WORDING_MAX_NAME);
        set_status(claim, r->mentions[mention].status, r->mentions[mention].missing);
        return false;
    }
    *out = r->q->subjects[subject];
    return true;
}

/* ---- agreement ---- */

/* Decimals that the text writes: "203.0" has one, "1,341" none. */
static int written_decimals(const char *text, size_t len, double value)
{
    double digits = 0, fraction = 1;
    int decimals = 0, behind = 0;
    bool sign = false;
    for (size_t i = 0; i < len && digits < 1e15; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            digits = digits * 10 + (text[i] - '0');
            if (sign) behind++;
        } else if (text[i] == '.' || text[i] == ',') {
            sign = true;
            behind = 0;
        } else if (digits > 0 || sign) {
            break;
        }
    }
    for (int i = 0; i < behind; i++) fraction *= 10;
    if (behind && fabs(digits / fraction - fabs(value)) <= 1e-9 * (fabs(value) + 1))
        decimals = behind;
    return decimals;
}

struct tolerance {
    double step;  /* half of the last digit that the text writes */
    double share; /* at most this part of the value */
};

static bool near(double claimed, double stated, struct tolerance t)
{
    double off = fabs(claimed - stated), size = fabs(stated);
    return off <= 1e-9 * (size + 1) || (off <= t.step * (1 + 1e-9) && off <= t.share * size);
}

/* How the claim stands to one value, which is in the claim's unit. */
static bool agrees(const struct claim *claim, double low, double high, struct tolerance t)
{
    bool single = fabs(high - low) <= 1e-9 * (fabs(low) + 1);
    switch (claim->comparator) {
    case COMPARE_BETWEEN:
        return near(claim->low, low, t) && near(claim->high, high, t);
    case COMPARE_LESS:
        return high < claim->low;
    case COMPARE_AT_MOST:
        return high <= claim->low || near(claim->low, high, t);
    case COMPARE_MORE:
        return low > claim->low;
    case COMPARE_AT_LEAST:
        return low >= claim->low || near(claim->low, low, t);
    case COMPARE_NOT_EQUAL:
        return claim->low < low - t.step || claim->low > high + t.step;
    case COMPARE_ABOUT:
    case COMPARE_EQUAL:
        break;
    }
    return single && near(claim->low, low, t);
}

enum relation { AGREES, PARTLY, DISAGREES, NO_UNIT };

static struct tolerance tolerance_of(const struct claim *claim, const char *text, size_t len,
                                     bool converted)
{
    struct tolerance t = {.step = 0.5, .share = converted ? 0.01 : 0.005};
    for (int i = written_decimals(text, len, claim->low); i > 0; i--) t.step /= 10;
    if (claim->comparator == COMPARE_ABOUT) {
        t.share = 0.02;
        t.step = fmax(t.step, fabs(claim->low) * 0.02);
    } else if (!converted && fabs(claim->low) < 100 * 2 * t.step) {
        t.step = 0; /* "11" is no rounded 11.3: fewer than three digits */
    }
    return t;
}

static enum relation relate(const struct claim_reader *r, const struct claim_draft *d,
                            const struct claim *claim, const struct result_row *row)
{
    const struct value_part *p = &r->parts[d->part];
    const struct fact_row *f = &row->fact;
    double low = f->low, high = f->high;
    bool converted = false;
    if (f->kind != VALUE_NUMBER) return DISAGREES;
    /* What a unit that no source names makes likely can contradict, never support. */
    const struct unit *unit = f->unit ? f->unit : f->likely_unit;
    if (claim->unit && !unit) return NO_UNIT;
    if (claim->unit && claim->unit != unit) {
        double a, b;
        if (!unit_convert(low, unit, claim->unit, &a) || !unit_convert(high, unit, claim->unit, &b))
            return DISAGREES;
        low = fmin(a, b);
        high = fmax(a, b);
        converted = true;
    }
    struct tolerance t = tolerance_of(claim, r->sentence + p->begin, p->end - p->begin, converted);
    if (claim->unit && !f->unit) return agrees(claim, low, high, t) ? NO_UNIT : DISAGREES;
    if (agrees(claim, low, high, t)) {
        bool limit = claim->comparator == COMPARE_AT_MOST || claim->comparator == COMPARE_AT_LEAST;
        return f->bound && !limit ? PARTLY : AGREES;
    }
    /* One figure of a range that the document gives. */
    if (low < high && claim->low >= low && claim->low <= high) return PARTLY;
    return DISAGREES;
}

static void add_cell(struct claim_reader *r, struct claim *claim, const struct result_row *row,
                     bool agrees_with)
{
    const struct catalog_column *column = &r->c->columns[row->column];
    const struct catalog_document *document =
        &r->c->documents[r->c->sources[column->source].document];
    if (claim->n_cells == CLAIM_MAX_CELLS) return;
    for (size_t i = 0; i < claim->n_cells; i++)
        if (claim->cells[i].begin == row->fact.begin && claim->cells[i].end == row->fact.end &&
            strcmp(claim->cells[i].document, document->path) == 0)
            return;
    struct buffer quote = {0};
    if (row->fact.quote[0]) {
        clean_write(&quote, row->fact.quote, WORDING_MAX_QUOTE);
    } else {
        clean_write(&quote, column->name, WORDING_MAX_NAME);
        buffer_puts(&quote, ": ");
        clean_write(&quote, row->fact.text, WORDING_MAX_QUOTE);
    }
    struct arena *arena = &r->out->arena;
    struct claim_cell *cell = &claim->cells[claim->n_cells++];
    *cell = (struct claim_cell){.document = arena_strdup(arena, document->path),
                                .location = arena_strdup(arena, row->fact.place),
                                .title = arena_strdup(arena, r->c->records[row->record].title),
                                .column = arena_strdup(arena, column->name),
                                .text = arena_strdup(arena, row->fact.text),
                                .quote = keep(r, &quote),
                                .line = row->fact.line,
                                .begin = row->fact.begin,
                                .end = row->fact.end,
                                .document_id = document->id,
                                .agrees = agrees_with};
    if (!store_seen_copy(&cell->seen, &row->fact.seen, arena) || !cell->document || !cell->location ||
        !cell->title || !cell->column || !cell->text) {
        r->failed = true;
        claim->n_cells--;
    }
}

/* ---- looking up ---- */

static bool look_up(struct claim_reader *r, const struct query_subject *subjects, size_t n,
                    const struct query_attribute *attribute, const struct unit *unit,
                    struct result *out)
{
    struct query q = {.text = "", .language = "en", .op = QUERY_VALUE, .understood = ""};
    for (size_t i = 0; i < n; i++) q.subjects[q.n_subjects++] = subjects[i];
    q.attributes[q.n_attributes++] = *attribute;
    q.unit = unit; /* of columns in several units the claimed one */
    if (!query_execute(out, &q, r->c, r->store, r->err)) return false;
    if (result_locate(out, r->c, r->store, r->err)) return true;
    result_free(out);
    return false;
}

static const char *attribute_text(struct claim_reader *r, const struct query_attribute *a,
                                  const struct unit *unit)
{
    struct attribute_name name = query_attribute_name(a);
    struct buffer b = {0};
    name.economy = name.attribute >= 0 && unit_is_economy(unit);
    attribute_name_write(&b, &name, language_find(r->q->language));
    return keep(r, &b);
}

/* Whether the record's years hold the claimed one; a record that names none does not say so. */
static bool year_known(const struct claim_reader *r, const struct result_row *row, int year)
{
    const struct catalog_record *rec = &r->c->records[row->record];
    if (!year) return true;
    return rec->year_first && year >= rec->year_first &&
           (rec->year_last == 0 || year <= rec->year_last);
}

/* "Between 9.5 and 10.5": the least and the most of all versions. */
static bool spans_versions(const struct claim_reader *r, const struct claim_draft *d,
                           const struct claim *claim, const struct result *found, bool *named)
{
    double least = INFINITY, most = -INFINITY;
    const struct value_part *p = &r->parts[d->part];
    bool converted = false;
    *named = true;
    for (size_t i = 0; i < found->n_rows; i++) {
        const struct fact_row *f = &found->rows[i].fact;
        double low = f->low, high = f->high;
        if (f->missing_mark) continue;
        const struct unit *unit = f->unit ? f->unit : f->likely_unit;
        if (f->kind != VALUE_NUMBER || (claim->unit != NULL) != (unit != NULL)) return false;
        if (!f->unit && claim->unit) *named = false;
        if (claim->unit && unit != claim->unit) {
            double a, b;
            if (!unit_convert(low, unit, claim->unit, &a) ||
                !unit_convert(high, unit, claim->unit, &b))
                return false;
            low = fmin(a, b);
            high = fmax(a, b);
            converted = true;
        }
        least = fmin(least, low);
        most = fmax(most, high);
    }
    struct tolerance t = tolerance_of(claim, r->sentence + p->begin, p->end - p->begin, converted);
    return near(claim->low, least, t) && near(claim->high, most, t);
}

/* Status from the rows of one vehicle; cells that agree first. */
static void judge(struct claim_reader *r, const struct claim_draft *d, struct claim *claim,
                  const struct result *found)
{
    size_t counts[NO_UNIT + 1] = {0}, undated = 0, n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < found->n_rows; i++) {
            const struct result_row *row = &found->rows[i];
            if (row->fact.missing_mark || row->fact.kind == VALUE_NONE) continue;
            enum relation relation = relate(r, d, claim, row);
            bool good = relation == AGREES;
            if (pass == 0) {
                counts[relation]++;
                n++;
                if (!year_known(r, row, claim->year)) undated++;
            }
            if ((pass == 0) == good) add_cell(r, claim, row, good);
        }
    }
    bool named;
    if (n > 1 && claim->comparator == COMPARE_BETWEEN && counts[AGREES] < n &&
        spans_versions(r, d, claim, found, &named)) {
        enum claim_missing missing = undated ? CLAIM_NO_YEAR
                                     : named ? CLAIM_COMPLETE
                                             : CLAIM_NO_UNIT;
        for (size_t i = 0; i < claim->n_cells; i++) claim->cells[i].agrees = !missing;
        set_status(claim, missing ? CLAIM_NOT_FOUND : CLAIM_SUPPORTED, missing);
        return;
    }
    if (n == 0) {
        set_status(claim, CLAIM_NOT_FOUND, CLAIM_NO_ATTRIBUTE);
    } else if (counts[AGREES] == n) {
        set_status(claim, undated ? CLAIM_NOT_FOUND : CLAIM_SUPPORTED,
                   undated ? CLAIM_NO_YEAR : CLAIM_COMPLETE);
    } else if (counts[AGREES] || counts[PARTLY]) {
        set_status(claim, CLAIM_DEPENDS, CLAIM_COMPLETE);
    } else if (counts[NO_UNIT]) {
        set_status(claim, CLAIM_NOT_FOUND, CLAIM_NO_UNIT);
    } else {
        set_status(claim, CLAIM_CONTRADICTED, CLAIM_COMPLETE);
    }
}

/* A claim that says neither city nor highway is not wrong where it is true of one of them. */
static bool judge_other_qualifiers(struct claim_reader *r, const struct claim_draft *d,
                                   struct claim *claim, const struct query_subject *s)
{
    if (claim->status != CLAIM_CONTRADICTED || d->attribute.attribute < 0) return true;
    uint64_t seen = d->attribute.qualifiers;
    for (size_t k = 0; k < s->n_records && k < 8; k++) {
        const struct catalog_source *source = &r->c->sources[r->c->records[s->records[k]].source];
        for (size_t i = source->first_column; i < source->first_column + source->n_columns; i++) {
            const struct catalog_column *column = &r->c->columns[i];
            if (column->attribute != d->attribute.attribute || column->qualifiers == seen ||
                (column->qualifiers & d->attribute.qualifiers) != d->attribute.qualifiers)
                continue;
            struct query_attribute other = d->attribute;
            other.qualifiers = column->qualifiers;
            struct result found;
            if (!look_up(r, s, 1, &other, claim->unit, &found)) return false;
            bool agreed = false;
            for (size_t m = 0; m < found.n_rows; m++)
                if (relate(r, d, claim, &found.rows[m]) == AGREES) {
                    add_cell(r, claim, &found.rows[m], true);
                    agreed = true;
                }
            result_free(&found);
            if (agreed) {
                set_status(claim, CLAIM_DEPENDS, CLAIM_COMPLETE);
                return true;
            }
        }
    }
    return true;
}

static bool bind_value(struct claim_reader *r, const struct claim_draft *d, size_t mention)
{
    struct claim *claim = add_claim(r, d);
    struct query_subject s;
    if (!claim) return !r->failed || error_memory(r->err, "claims");
    if (d->attribute_known) claim->attribute = attribute_text(r, &d->attribute, claim->unit);
    if (d->many) {
        set_status(claim, CLAIM_NOT_UNDERSTOOD, CLAIM_MANY_VEHICLES);
        return true;
    }
    if (!subject_records(r, mention, claim, &s)) return true;
    claim->vehicle = cleaned(r, s.label ? s.label : "", WORDING_MAX_NAME);
    if (!d->attribute_known) {
        set_status(claim, CLAIM_NOT_UNDERSTOOD, CLAIM_NO_ATTRIBUTE);
        return true;
    }
    struct result found;
    if (!look_up(r, &s, 1, &d->attribute, claim->unit, &found)) return false;
    judge(r, d, claim, &found);
    result_free(&found);
    return judge_other_qualifiers(r, d, claim, &s);
}

/* The one figure that all rows of a subject give, in the unit; false: there is none. */
static bool one_figure(const struct result *found, size_t subject, const struct unit *unit,
                       double *out, size_t *row)
{
    bool any = false;
    for (size_t i = 0; i < found->n_rows; i++) {
        const struct result_row *at = &found->rows[i];
        double low = at->fact.low;
        if (at->subject != subject || at->fact.kind != VALUE_NUMBER || at->fact.missing_mark)
            continue;
        if (at->fact.low < at->fact.high || (unit != NULL) != (at->fact.unit != NULL)) return false;
        if (unit && at->fact.unit != unit && !unit_convert(low, at->fact.unit, unit, &low))
            return false;
        if (any && fabs(low - *out) > 1e-9 * (fabs(low) + 1)) return false;
        *out = low;
        *row = i;
        any = true;
    }
    return any;
}

static bool bind_difference(struct claim_reader *r, const struct claim_draft *d)
{
    struct claim *claim = add_claim(r, d);
    struct query_subject s[2];
    if (!claim) return !r->failed || error_memory(r->err, "claims");
    const struct value_part *p = &r->parts[d->part];
    if (d->attribute_known) claim->attribute = attribute_text(r, &d->attribute, claim->unit);
    if (!subject_records(r, d->subjects[0], claim, &s[0])) return true;
    int year = claim->year;
    claim->vehicle = cleaned(r, s[0].label ? s[0].label : "", WORDING_MAX_NAME);
    if (!subject_records(r, d->other, claim, &s[1])) return true;
    claim->other = cleaned(r, s[1].label ? s[1].label : "", WORDING_MAX_NAME);
    claim->year = year;
    if (!d->attribute_known) {
        set_status(claim, CLAIM_NOT_UNDERSTOOD, CLAIM_NO_ATTRIBUTE);
        return true;
    }
    struct result found;
    double a, b;
    size_t row_a, row_b;
    if (!look_up(r, s, 2, &d->attribute, claim->unit, &found)) return false;
    if (one_figure(&found, 0, claim->unit, &a, &row_a) &&
        one_figure(&found, 1, claim->unit, &b, &row_b)) {
        struct tolerance t = tolerance_of(claim, r->sentence + p->begin, p->end - p->begin, false);
        bool good = near(claim->low, fabs(a - b), t);
        set_status(claim, good ? CLAIM_SUPPORTED : CLAIM_CONTRADICTED, CLAIM_COMPLETE);
        add_cell(r, claim, &found.rows[row_a], good);
        add_cell(r, claim, &found.rows[row_b], good);
    } else {
        set_status(claim, CLAIM_NOT_FOUND, CLAIM_NO_ATTRIBUTE);
    }
    result_free(&found);
    return true;
}

bool draft_bind(struct claim_reader *r, const struct claim_draft *d)
{
    if (d->other != SIZE_MAX) return bind_difference(r, d);
    bool ok = true;
    for (size_t i = 0; ok && i < d->n_subjects; i++) ok = bind_value(r, d, d->subjects[i]);
    return ok;
}
