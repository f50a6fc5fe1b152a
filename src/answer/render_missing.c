/* What the documents do not give, what was not understood, and notes. */
#include "answer/render_parts.h"

#include <string.h>

static const char *missing_vehicle(struct renderer *r)
{
    const char *name = r->r->missing_name ? r->r->missing_name : r->q->missing_name;
    struct buffer b = {0};
    clean_write(&b, name ? name : "", WORDING_MAX_NAME);
    if (b.len == 0 && r->q->n_subjects) {
        buffer_free(&b);
        return subject_text(r, 0);
    }
    return render_keep(r, &b);
}

/* The vehicle's name may come with the year that it does have: the asked one takes its place. */
static void render_missing_year(struct renderer *r)
{
    struct buffer years = {0}, name = {0};
    const char *known = r->r->missing_name ? r->r->missing_name : r->q->missing_name;
    int year = 0;
    for (size_t i = 0; i < r->q->n_subjects && !year; i++) year = r->q->subjects[i].year;
    if (!known) known = "";
    if (strspn(known, "0123456789") == 4 && known[4] == ' ') known += 5;
    if (year && r->l == LANGUAGE_EN) buffer_printf(&name, "%d ", year);
    clean_write(&name, known, WORDING_MAX_NAME);
    if (year && r->l != LANGUAGE_EN) buffer_printf(&name, " (%d)", year);
    for (size_t i = 0; i < 2; i++)
        if (r->q->years_near[i])
            buffer_printf(&years, "%s%d", years.len ? phrase_text(PHRASE_COMMA, r->l) : "",
                          r->q->years_near[i]);
    size_t n = (r->q->years_near[0] ? 1u : 0u) + (r->q->years_near[1] ? 1u : 0u);
    static const enum phrase NAMED[] = {PHRASE_NO_YEAR, PHRASE_NO_YEAR_ONE, PHRASE_NO_YEAR_NEAREST},
                             UNNAMED[] = {PHRASE_NO_THAT_YEAR, PHRASE_NO_THAT_YEAR_ONE,
                                          PHRASE_NO_THAT_YEAR_NEAREST};
    struct phrase_slots slots = {.vehicle = render_keep(r, &name), .list = render_keep(r, &years)};
    render_sentence(r, year ? NAMED[n] : UNNAMED[n], &slots);
}

/* Each attribute that a subject has no row of. */
static void render_missing_attributes(struct renderer *r)
{
    const struct query *q = r->q;
    const char *conditions = conditions_text(r);
    bool any = false;
    for (size_t s = 0; s < (q->n_subjects ? q->n_subjects : 1); s++) {
        for (size_t a = 0; a < q->n_attributes; a++) {
            if (rows_of(r, s, q->n_subjects == 0, a, false).n) continue;
            any = true;
            const char *attribute = query_attribute_text(r, a);
            render_sentence(
                r, q->n_subjects ? PHRASE_NO_ATTRIBUTE : conditions[0] ? PHRASE_NO_ATTRIBUTE_OF_THOSE : PHRASE_NO_ATTRIBUTE_AT_ALL,
                &(struct phrase_slots){.attribute = attribute, .vehicle = subject_text(r, s), .text = conditions});
        }
    }
    const char *name = r->r->missing_name ? r->r->missing_name : q->missing_name;
    if (any) return;
    if (!name || !name[0]) {
        render_sentence(r, PHRASE_NO_TABLE, &(struct phrase_slots){0});
        return;
    }
    struct buffer b = {0};
    clean_write(&b, name, WORDING_MAX_NAME);
    render_sentence(
        r, q->n_subjects ? PHRASE_NO_ATTRIBUTE : PHRASE_NO_ATTRIBUTE_AT_ALL,
        &(struct phrase_slots){.attribute = render_keep(r, &b), .vehicle = subject_text(r, 0)});
}

void render_no_unit(struct renderer *r)
{
    struct rows rows = rows_of(r, 0, true, 0, true);
    size_t n;
    bool numbers;
    struct item *items = items_make(r, rows, &n, &numbers);
    struct phrase_slots slots =
        slots_of(r, n ? rows_attribute(r, rows) : query_attribute_text(r, 0), rows);
    slots.unit = r->q->unit ? unit_word(r->q->unit->symbol, false, r->l) : "";
    if (n == 0) {
        render_sentence(r, PHRASE_OTHER_UNIT, &slots);
        return;
    }
    slots.vehicle = rows_vehicle(r, rows, r->q->n_subjects ? 0 : SIZE_MAX);
    slots.list = items_list(r, items, n, RENDER_MAX_ITEMS);
    render_sentence(r, PHRASE_NO_UNIT, &slots);
}

void render_not_found(struct renderer *r)
{
    enum query_missing missing = r->r->missing ? r->r->missing : r->q->missing;
    const char *conditions;
    switch (missing) {
    case MISSING_VEHICLE:
        render_sentence(r, PHRASE_NO_VEHICLE,
                        &(struct phrase_slots){.vehicle = missing_vehicle(r)});
        return;
    case MISSING_YEAR:
        render_missing_year(r);
        return;
    case MISSING_MATCH:
        conditions = conditions_text(r);
        if (r->q->op == QUERY_CHECK)
            render_sentence(r, PHRASE_CHECK_NONE, &(struct phrase_slots){.text = conditions});
        else
            render_sentence(r, conditions[0] ? PHRASE_NO_MATCH : PHRASE_NO_MATCH_AT_ALL,
                            &(struct phrase_slots){.text = conditions});
        return;
    case MISSING_UNIT:
        render_no_unit(r);
        return;
    case MISSING_NOTHING:
    case MISSING_ATTRIBUTE:
        break;
    }
    render_missing_attributes(r);
}

/* "‘A’, ‘B’ and ‘C’" */
static void quoted_list(struct renderer *r, struct buffer *list, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buffer word = {0};
        clean_write(&word, texts[i], WORDING_MAX_NAME);
        if (list->len) buffer_puts(list, phrase_text(i + 1 == n ? PHRASE_AND : PHRASE_COMMA, r->l));
        phrase_write(list, PHRASE_QUOTED, r->l, &(struct phrase_slots){.text = render_keep(r, &word)});
    }
}

void render_not_understood(struct renderer *r)
{
    const struct query *q = r->q;
    struct buffer list = {0};
    quoted_list(r, &list, q->unresolved, q->n_unresolved);
    bool vehicle = q->n_attributes > 0 && q->n_subjects == 0 && q->n_where == 0,
         attribute = q->op == QUERY_COMPARE && q->n_attributes == 0;
    enum phrase p = list.len    ? PHRASE_NOT_UNDERSTOOD
                    : vehicle   ? PHRASE_WHICH_VEHICLE
                    : attribute ? PHRASE_WHICH_ATTRIBUTE
                                : PHRASE_NOT_UNDERSTOOD_AT_ALL;
    render_sentence(r, p, &(struct phrase_slots){.list = render_keep(r, &list)});
}

void render_assumed(struct renderer *r)
{
    for (size_t i = 0; i < r->q->n_assumed; i++) {
        struct buffer words = {0}, name = {0};
        assumed_write(&words, &name, &r->q->assumed[i], r->l);
        render_sentence(r, PHRASE_ASSUMED,
                        &(struct phrase_slots){.text = render_keep(r, &words), .attribute = render_keep(r, &name)});
    }
}

/* ---- notes ---- */

static const char *document_names(struct renderer *r, bool stale)
{
    struct buffer b = {0};
    size_t n = 0;
    for (size_t i = 0; i < (stale ? r->c->n_documents : r->q->n_documents); i++) {
        size_t d = stale ? i : r->q->documents[i];
        if (d >= r->c->n_documents || (stale && !r->c->documents[d].stale)) continue;
        if (n) buffer_puts(&b, phrase_text(PHRASE_COMMA, r->l));
        if (n++ == RENDER_MAX_ITEMS) {
            buffer_puts(&b, "…");
            break;
        }
        clean_write(&b, r->c->documents[d].name, WORDING_MAX_NAME);
    }
    return render_keep(r, &b);
}

/* What those lack that were left out: of a list it is what a condition asks for. */
static const char *left_out_attribute(struct renderer *r)
{
    bool set = r->q->op == QUERY_LIST || r->q->op == QUERY_COUNT;
    for (size_t i = 0; i < r->q->n_where && set; i++) {
        const struct query_condition *w = &r->q->where[i];
        if (w->base || w->year || (!w->number && !r->q->share)) continue;
        struct attribute_name name = query_attribute_name(&w->attribute);
        struct buffer b = {0};
        attribute_name_write(&b, &name, r->l);
        return render_keep(r, &b);
    }
    return query_attribute_text(r, 0);
}

void render_notes(struct renderer *r)
{
    const struct result *res = r->r;
    bool stated = res->status == STATUS_FOUND || res->status == STATUS_SEVERAL;
    if (r->q->carried) render_note(r, PHRASE_NOTE_CARRIED, &(struct phrase_slots){0});
    if (r->q->n_documents)
        render_note(r, PHRASE_NOTE_DOCUMENTS,
                    &(struct phrase_slots){.list = document_names(r, false)});
    if (r->q->n_unused) {
        struct buffer unused = {0};
        quoted_list(r, &unused, r->q->unused, r->q->n_unused);
        render_note(r, PHRASE_NOTE_UNUSED, &(struct phrase_slots){.list = render_keep(r, &unused)});
    }
    bool read = false;
    for (size_t i = 0; i < res->n_rows; i++) read = read || row_record(r, i)->id < 0;
    if (stated && read) render_note(r, PHRASE_NOTE_READ, &(struct phrase_slots){0});
    if (stated && res->n_left_out && r->q->op != QUERY_DESCRIBE)
        render_note(r, res->n_left_out == 1 ? PHRASE_NOTE_LEFT_OUT_ONE : PHRASE_NOTE_LEFT_OUT,
                    &(struct phrase_slots){.number = render_count(r, res->n_left_out),
                                           .attribute = left_out_attribute(r)});
    if (stated && r->n_marks_left_out && r->q->op != QUERY_DESCRIBE)
        render_note(r, PHRASE_NOTE_MARKS,
                    &(struct phrase_slots){.number = render_count(r, r->n_marks_left_out)});
    if (r->out->refused) {
        const char *stale = document_names(r, true);
        if (stale[0]) render_note(r, PHRASE_NOTE_STALE, &(struct phrase_slots){.list = stale});
    }
}
