#include "answer/render.h"
#include "answer/render_parts.h"

#include <stdio.h>
#include <string.h>

/* ---- parts ---- */

const char *render_keep(struct renderer *r, struct buffer *b)
{
    const char *kept = b->failed ? NULL : arena_strndup(r->arena, buffer_text(b), b->len);
    buffer_free(b);
    *b = (struct buffer){0};
    if (!kept) r->failed = true;
    return kept ? kept : "";
}

const char *render_phrase(struct renderer *r, enum phrase p, const struct phrase_slots *slots)
{
    struct buffer b = {0};
    phrase_write(&b, p, r->l, slots);
    return render_keep(r, &b);
}

void render_sentence(struct renderer *r, enum phrase p, const struct phrase_slots *slots)
{
    struct buffer *t = &r->text;
    if (t->len && t->data[t->len - 1] != '\n' && r->l != LANGUAGE_ZH) buffer_putc(t, ' ');
    phrase_write(t, p, r->l, slots);
}

/* Makes room for one more; false: memory is out. */
static bool grow(struct renderer *r, void *items, size_t n, size_t *cap, size_t size)
{
    void **list = items;
    if (n < *cap) return true;
    size_t more = *cap ? *cap * 2 : 16;
    void *bigger = arena_array(r->arena, more, size);
    if (!bigger) {
        r->failed = true;
        return false;
    }
    if (n) memcpy(bigger, *list, n * size);
    *list = bigger;
    *cap = more;
    return true;
}

static const char *without_marks(struct renderer *r, const char *text)
{
    struct buffer b = {0};
    for (; *text; text++) {
        if (*text == '\1' || *text == '\3')
            text += 6;
        else if (*text != '\2')
            buffer_putc(&b, *text);
    }
    return render_keep(r, &b);
}

void render_note(struct renderer *r, enum phrase p, const struct phrase_slots *slots)
{
    const char *text = without_marks(r, render_phrase(r, p, slots));
    if (!grow(r, &r->out->notes, r->out->n_notes, &r->cap_notes, sizeof *r->out->notes)) return;
    r->out->notes[r->out->n_notes++] = text;
}

static size_t add_figure(struct renderer *r, double low, double high, const struct unit *unit,
                         size_t row)
{
    if (!grow(r, &r->figures, r->n_figures, &r->cap_figures, sizeof *r->figures)) return SIZE_MAX;
    r->figures[r->n_figures] = (struct figure){low, high, unit, row};
    return r->n_figures++;
}

const char *render_quantity(struct renderer *r, double low, double high, int decimals,
                            const struct unit *unit, size_t row)
{
    struct buffer b = {0};
    char open[8] = "";
    size_t figure = add_figure(r, low, high, unit, row);
    bool marked = figure <= 0xffffff;
    if (marked) snprintf(open, sizeof open, "\1%06x", (unsigned)(figure & 0xffffff));
    quantity_write(&b, low, high, decimals, unit, r->l, open, marked ? "\2" : "");
    return render_keep(r, &b);
}

const char *render_count(struct renderer *r, size_t n)
{
    return render_quantity(r, (double)n, (double)n, 0, NULL, SIZE_MAX);
}

static bool same_cell(const struct result_row *a, const struct result_row *b)
{
    return a->record == b->record && a->column == b->column &&
           strcmp(a->fact.quote, b->fact.quote) == 0;
}

void render_cite(struct renderer *r, struct buffer *out, size_t row)
{
    size_t i = r->cell_of_row[row];
    for (size_t k = 0; i == 0 && k < r->n_cells; k++)
        if (same_cell(&r->r->rows[r->cells[k].row], &r->r->rows[row])) i = k + 1;
    if (i == 0) {
        if (r->n_cells >= 0xffffff ||
            !grow(r, &r->cells, r->n_cells, &r->cap_cells, sizeof *r->cells))
            return;
        r->cells[r->n_cells++] = (struct cell){row, 0};
        i = r->n_cells;
    }
    r->cell_of_row[row] = i;
    buffer_printf(out, "\3%06x", (unsigned)(i - 1));
}

const struct catalog_record *row_record(const struct renderer *r, size_t row)
{
    return &r->c->records[r->r->rows[row].record];
}

bool row_usable(const struct renderer *r, size_t row)
{
    const struct fact_row *f = &r->r->rows[row].fact;
    return f->kind != VALUE_NONE && !f->missing_mark;
}

bool row_is_repeat(const struct renderer *r, size_t row)
{
    const struct result_row *b = &r->r->rows[row];
    for (size_t i = row; i-- > 0;) {
        const struct result_row *a = &r->r->rows[i];
        if (a->record != b->record || a->column != b->column || a->attribute != b->attribute ||
            row - i > VALUE_MAX_PARTS)
            return false;
        if (a->fact.group == b->fact.group && a->fact.kind == VALUE_NUMBER &&
            b->fact.kind == VALUE_NUMBER && a->fact.part != b->fact.part)
            return true;
    }
    return false;
}

struct rows rows_of(struct renderer *r, size_t subject, bool any_subject, size_t attribute,
                    bool any_attribute)
{
    struct rows rows = {arena_array(r->arena, r->r->n_rows ? r->r->n_rows : 1, sizeof(size_t)), 0};
    if (!rows.items) {
        r->failed = true;
        return rows;
    }
    for (size_t i = 0; i < r->r->n_rows; i++)
        if ((any_subject || r->r->rows[i].subject == subject) &&
            (any_attribute || r->r->rows[i].attribute == attribute) && row_usable(r, i))
            rows.items[rows.n++] = i;
    return rows;
}

/* ---- names ---- */

const char *record_text(struct renderer *r, size_t record)
{
    const struct catalog_record *rec = &r->c->records[record];
    int year = rec->year_first == rec->year_last ? rec->year_first : 0;
    struct buffer b = {0};
    vehicle_name_write(&b, rec->title, year, r->l);
    if (b.len == 0) buffer_puts(&b, phrase_text(PHRASE_THE_VEHICLE, r->l));
    return render_keep(r, &b);
}

const char *subject_text(struct renderer *r, size_t subject)
{
    struct buffer b = {0};
    if (subject < r->q->n_subjects) {
        const struct query_subject *s = &r->q->subjects[subject];
        if (s->n_records == 1 && s->records[0] < r->c->n_records)
            return record_text(r, s->records[0]);
        vehicle_name_write(&b,
                           s->label && s->label[0] ? s->label
                           : s->name               ? s->name
                                                   : "",
                           s->year, r->l);
    }
    if (b.len == 0) buffer_puts(&b, phrase_text(PHRASE_THE_VEHICLE, r->l));
    return render_keep(r, &b);
}

/* What narrows the vehicle down beside its name: "2018 Mazda CX-9 (4WD)". Without it a figure would
 * be said of all versions. */
static const char *narrowed(struct renderer *r, const char *name)
{
    struct buffer b = {0}, folded = {0};
    text_fold(name, strlen(name), &folded);
    for (size_t i = 0; i < r->q->n_where; i++) {
        const struct query_condition *w = &r->q->where[i];
        struct buffer one = {0}, key = {0};
        if (w->year || !w->text || !w->text[0]) continue;
        condition_write(&one, w, r->l);
        text_fold(buffer_text(&one), one.len, &key);
        if (key.len && !strstr(buffer_text(&folded), buffer_text(&key))) {
            if (b.len) buffer_puts(&b, phrase_text(PHRASE_SEMICOLON, r->l));
            buffer_puts(&b, buffer_text(&one));
        }
        buffer_free(&one);
        buffer_free(&key);
    }
    buffer_free(&folded);
    if (b.len == 0) {
        buffer_free(&b);
        return name;
    }
    struct buffer out = {0};
    buffer_puts(&out, name);
    phrase_write(&out, PHRASE_BRACKETS, r->l, &(struct phrase_slots){.text = buffer_text(&b)});
    buffer_free(&b);
    return render_keep(r, &out);
}

const char *rows_vehicle(struct renderer *r, struct rows rows, size_t subject)
{
    bool same = rows.n > 0;
    for (size_t i = 1; same && i < rows.n; i++)
        same =
            strcmp(row_record(r, rows.items[i])->title, row_record(r, rows.items[0])->title) == 0;
    bool narrow = r->q->op == QUERY_VALUE && r->q->n_subjects;
    const char *name = same ? record_text(r, r->r->rows[rows.items[0]].record)
                       : subject < r->q->n_subjects ? subject_text(r, subject)
                                                    : NULL;
    /* A vehicle that was asked for by its code keeps it. */
    if (name && subject < r->q->n_subjects && r->q->subjects[subject].only && same) {
        struct buffer b = {0};
        buffer_puts(&b, name);
        phrase_write(&b, PHRASE_BRACKETS, r->l, &(struct phrase_slots){.text = r->q->subjects[subject].label});
        name = render_keep(r, &b);
    }
    if (name) return narrow ? narrowed(r, name) : name;
    const char *conditions = conditions_text(r);
    return conditions[0] ? conditions : phrase_text(PHRASE_THE_VEHICLE, r->l);
}

const char *query_attribute_text(struct renderer *r, size_t attribute)
{
    struct buffer b = {0};
    if (attribute < r->q->n_attributes) {
        struct attribute_name a = query_attribute_name(&r->q->attributes[attribute]);
        attribute_name_write(&b, &a, r->l);
    }
    return render_keep(r, &b);
}

const char *rows_attribute(struct renderer *r, struct rows rows)
{
    struct buffer b = {0};
    if (rows.n == 0) return "";
    struct attribute_name name = column_attribute_name(r->c, r->r->rows[rows.items[0]].column);
    name.economy = name.attribute >= 0;
    for (size_t i = 0; i < rows.n; i++) {
        const struct result_row *row = &r->r->rows[rows.items[i]];
        name.qualifiers &= r->c->columns[row->column].qualifiers;
        if (row->fact.kind == VALUE_NUMBER && !unit_is_economy(row->unit)) name.economy = false;
        if (row->fact.kind != VALUE_NUMBER) name.economy = false;
    }
    attribute_name_write(&b, &name, r->l);
    return render_keep(r, &b);
}

const char *conditions_text(struct renderer *r)
{
    struct buffer b = {0};
    for (size_t i = 0; i < r->q->n_subjects; i++) {
        if (b.len) buffer_puts(&b, phrase_text(PHRASE_SEMICOLON, r->l));
        const struct query_subject *s = &r->q->subjects[i];
        vehicle_name_write(&b,
                           s->label && s->label[0] ? s->label
                           : s->name               ? s->name
                                                   : "",
                           s->year, r->l);
    }
    for (size_t i = 0; i < r->q->n_where; i++) {
        struct buffer one = {0};
        condition_write(&one, &r->q->where[i], r->l);
        if (b.len && one.len) buffer_puts(&b, phrase_text(PHRASE_SEMICOLON, r->l));
        buffer_puts(&b, buffer_text(&one));
        buffer_free(&one);
    }
    return render_keep(r, &b);
}

/* Lengths, masses and the like are "greater" and "smaller" in English, rates "higher" and "lower".
 */
struct phrase_slots slots_of(struct renderer *r, const char *attribute, struct rows rows)
{
    enum dimension d = DIMENSION_NONE;
    if (rows.n) {
        const struct result_row *row = &r->r->rows[rows.items[0]];
        int known = r->c->columns[row->column].attribute;
        if (row->unit)
            d = row->unit->dimension;
        else if (known >= 0)
            d = REGISTRY[known].dimension;
    }
    bool size = d == DIMENSION_LENGTH || d == DIMENSION_AREA || d == DIMENSION_VOLUME;
    return (struct phrase_slots){
        .attribute = attribute,
        .is = name_is_plural(attribute) ? "are" : "is",
        .ranges = name_is_plural(attribute) ? "range" : "ranges",
        .higher = size ? "greater" : "higher",
        .lower = size ? "smaller" : "lower",
        .highest = size ? "greatest" : "highest",
        .lowest = size ? "smallest" : "lowest",
    };
}

/* ---- what is not there ---- */

/* ---- the whole ---- */

/* Whether each subject has a value: a comparison of texts is no refusal. */
static bool all_have_rows(struct renderer *r)
{
    for (size_t s = 0; s < r->q->n_subjects; s++)
        if (rows_of(r, s, false, 0, true).n == 0) return false;
    return r->q->n_subjects > 0;
}

static void render_found(struct renderer *r)
{
    switch (r->q->op) {
    case QUERY_VALUE:
        render_values(r);
        return;
    case QUERY_DESCRIBE:
        render_describe(r);
        return;
    case QUERY_COMPARE:
        if (!render_compare(r)) render_values(r);
        return;
    case QUERY_RANK:
        if (r->q->grouped)
            render_groups(r);
        else
            render_rank(r);
        return;
    case QUERY_LIST:
        render_list(r);
        return;
    case QUERY_COUNT:
        if (r->q->grouped)
            render_groups(r);
        else
            render_count_result(r);
        return;
    case QUERY_AGGREGATE:
        if (r->q->grouped)
            render_groups(r);
        else
            render_aggregate(r);
        return;
    case QUERY_CHECK:
        render_check(r);
        return;
    case QUERY_NONE:
    case QUERY_OPEN:
        break;
    }
}

static unsigned read_index(const char *hex)
{
    unsigned v = 0;
    for (size_t i = 0; i < 6; i++)
        v = v << 4 | (unsigned)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
    return v;
}

/* The text with its citations numbered by first mention, and the figures with their places. */
static void finish_text(struct renderer *r)
{
    struct rendered *out = r->out;
    struct buffer text = {0};
    struct rendered_number *number = NULL;
    out->citations = arena_array(r->arena, r->n_cells ? r->n_cells : 1, sizeof *out->citations);
    size_t marks = 0, mark_end = 0;
    for (size_t i = 0; i < r->text.len; i++) marks += r->text.data[i] == '\1';
    out->numbers = arena_array(r->arena, marks ? marks : 1, sizeof *out->numbers);
    if (!out->citations || !out->numbers) {
        r->failed = true;
        return;
    }
    for (size_t i = 0; i < r->text.len; i++) {
        const char *at = r->text.data + i;
        if (*at == '\1') {
            const struct figure *f = &r->figures[read_index(at + 1)];
            number = &out->numbers[out->n_numbers++];
            *number = (struct rendered_number){.offset = text.len,
                                               .low = f->low,
                                               .high = f->high,
                                               .unit = f->unit ? f->unit->symbol : "",
                                               .citation = f->row}; /* a row until below */
            i += 6;
        } else if (*at == '\2') {
            if (number) number->len = text.len - number->offset;
            number = NULL;
        } else if (*at == '\3') {
            struct cell *cell = &r->cells[read_index(at + 1)];
            if (cell->n == 0) {
                cell->n = ++out->n_citations;
                out->citations[cell->n - 1] =
                    (struct rendered_citation){.n = cell->n, .row = cell->row};
            }
            bool follows = mark_end > 0 && mark_end == text.len;
            buffer_printf(&text, follows ? "[%zu]" : " [%zu]", cell->n);
            mark_end = text.len;
            i += 6;
        } else {
            buffer_putc(&text, *at);
        }
    }
    for (size_t i = 0; i < out->n_numbers; i++) {
        size_t row = out->numbers[i].citation;
        size_t cell = row < r->r->n_rows ? r->cell_of_row[row] : 0;
        out->numbers[i].citation = cell ? r->cells[cell - 1].n : 0;
    }
    out->text = render_keep(r, &text);
}

static void finish_citations(struct renderer *r)
{
    for (size_t i = 0; i < r->out->n_citations; i++) {
        struct rendered_citation *cited = &r->out->citations[i];
        const struct result_row *row = &r->r->rows[cited->row];
        const struct catalog_column *column = &r->c->columns[row->column];
        const struct catalog_source *source = &r->c->sources[column->source];
        struct buffer quote = {0};
        if (row->fact.quote[0]) {
            clean_write(&quote, row->fact.quote, WORDING_MAX_QUOTE);
        } else {
            clean_write(&quote, column->name, WORDING_MAX_NAME);
            buffer_puts(&quote, ": ");
            clean_write(&quote, row->fact.text, WORDING_MAX_QUOTE);
        }
        cited->record = row->record;
        cited->column = row->column;
        cited->document = arena_strdup(r->arena, r->c->documents[source->document].path);
        cited->location = arena_strdup(r->arena, row->fact.place ? row->fact.place : "");
        cited->title = arena_strdup(r->arena, r->c->records[row->record].title);
        cited->attribute = arena_strdup(r->arena, column->name);
        cited->quote = render_keep(r, &quote);
        cited->line = row->fact.line;
        cited->begin = row->fact.begin;
        cited->end = row->fact.end;
        if (!cited->document || !cited->location || !cited->title || !cited->attribute)
            r->failed = true;
    }
}

static void finish_table(struct renderer *r)
{
    struct rendered *out = r->out;
    if (!result_table_make(&out->table, r->q, r->r, r->c, r->l, r->arena, NULL)) {
        r->failed = true;
        return;
    }
    struct buffer b = {0};
    if (out->table.n_rows > 1) result_table_write_markdown(&b, &out->table);
    out->markdown_table = render_keep(r, &b);
    if (out->table.n_left_out)
        render_note(r, PHRASE_NOTE_SHOWN,
                    &(struct phrase_slots){
                        .number = render_count(r, out->table.n_rows),
                        .other = render_count(r, out->table.n_rows + out->table.n_left_out)});
}

/* Everything that is indexed later lies in the catalog. */
static bool rows_valid(const struct result *r, const struct catalog *c, struct error *err)
{
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct result_row *row = &r->rows[i];
        if (row->record >= c->n_records || row->column >= c->n_columns || !row->fact.text ||
            !row->fact.quote || !row->fact.remark)
            return error_set(err, ERROR_INPUT, "row %zu of the result is not in the catalog", i);
        const struct catalog_column *col = &c->columns[row->column];
        if (col->source >= c->n_sources || c->sources[col->source].document >= c->n_documents ||
            col->attribute >= (int)REGISTRY_COUNT)
            return error_set(err, ERROR_INPUT, "column %zu of the catalog is damaged", row->column);
    }
    return true;
}

bool answer_render(struct rendered *out, const struct query *q, const struct result *r,
                   const struct catalog *c, struct error *err)
{
    *out = (struct rendered){.language = language_find(q->language), .text = ""};
    if (!rows_valid(r, c, err)) return false;
    struct renderer state = {
        .q = q, .r = r, .c = c, .l = out->language, .out = out, .arena = &out->arena};
    state.cell_of_row = arena_array(&out->arena, r->n_rows ? r->n_rows : 1, sizeof(size_t));
    if (!state.cell_of_row) goto fail;
    for (size_t i = 0; i < r->n_rows; i++)
        state.n_marks_left_out += r->rows[i].fact.missing_mark ? 1 : 0;

    size_t assumed;
    switch (r->status) {
    case STATUS_FOUND:
    case STATUS_SEVERAL:
    case STATUS_CONTRADICTION:
        render_assumed(&state);
        assumed = state.text.len;
        if (r->by_words)
            render_cells(&state);
        else
            render_found(&state);
        if (state.text.len == assumed) {
            state.text.len = 0;
            out->refused = true;
            render_not_found(&state);
        }
        break;
    case STATUS_NOT_FOUND:
        /* What a comparison or a question for several attributes does find is said as well. */
        out->refused = true;
        if (r->missing == MISSING_ATTRIBUTE && r->n_rows && q->op == QUERY_COMPARE)
            out->refused = !(render_compare(&state) && all_have_rows(&state));
        else if (r->missing == MISSING_ATTRIBUTE && r->n_rows && q->op == QUERY_VALUE)
            render_values(&state);
        if (state.text.len == 0) render_not_found(&state);
        break;
    case STATUS_NOT_UNDERSTOOD:
        out->refused = true;
        if (r->missing == MISSING_UNIT && r->n_rows) render_compare(&state);
        if (state.text.len == 0) render_not_understood(&state);
        break;
    case STATUS_OPEN:
        out->refused = true;
        render_sentence(&state, PHRASE_NO_TABLE, &(struct phrase_slots){0});
        break;
    }
    while (state.text.len && state.text.data[state.text.len - 1] == '\n') state.text.len--;
    finish_text(&state);
    finish_citations(&state);
    finish_table(&state);
    render_notes(&state);
    struct buffer understood = {0};
    understood_write(&understood, q, c, out->language);
    out->understood = render_keep(&state, &understood);
    if (state.text.failed || state.failed) goto fail;
    buffer_free(&state.text);
    return true;
fail:
    buffer_free(&state.text);
    rendered_free(out);
    return error_memory(err, "answer");
}

void rendered_free(struct rendered *a)
{
    arena_free(&a->arena);
    *a = (struct rendered){0};
}
