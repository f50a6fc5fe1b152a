/* The values of a record's cells. */
#include "ingest/compound.h"
#include "ingest/interpret_parts.h"
#include "ingest/marks.h"
#include "ingest/peak_speed.h"

#include "vehicle/registry.h"
#include "vehicle/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_NONE_MAX = 16 }; /* bytes: a longer text is no "n/a" */

struct emitter {
    const struct interpretation *in;
    struct record_values *out;
    bool failed;
};

static struct fact_value *add_value(struct emitter *e, size_t column)
{
    struct record_values *v = e->out;
    if (v->n == v->cap) {
        size_t cap = v->cap ? 2 * v->cap : 64;
        struct fact_value *values = realloc(v->values, cap * sizeof *values);
        if (values) v->values = values;
        size_t *columns = realloc(v->columns, cap * sizeof *columns);
        if (columns) v->columns = columns;
        if (!values || !columns) {
            e->failed = true;
            return NULL;
        }
        v->cap = cap;
    }
    struct fact_value *f = &v->values[v->n];
    v->columns[v->n++] = column;
    *f = (struct fact_value){.category = -1, .remark = ""};
    return f;
}

/* Places and remarks are written one after another; pointers are set when all of them are there. */
static void fix_later(struct emitter *e, size_t value, size_t place, size_t remark)
{
    struct record_values *v = e->out;
    if (v->n_fixes == v->cap_fixes) {
        size_t cap = v->cap_fixes ? 2 * v->cap_fixes : 64;
        struct record_fix *fixes = realloc(v->fixes, cap * sizeof *fixes);
        if (!fixes) {
            e->failed = true;
            return;
        }
        v->fixes = fixes;
        v->cap_fixes = cap;
    }
    v->fixes[v->n_fixes++] = (struct record_fix){value, place, remark};
}

static size_t keep_text(struct emitter *e, const char *text, size_t len)
{
    size_t at = e->out->text.len;
    buffer_append(&e->out->text, text, len);
    buffer_putc(&e->out->text, '\0');
    return at;
}

/* What the header calls a column; on a page also what the row does that names its version. */
static const char *column_label(const struct interpretation *in, size_t column)
{
    const struct table_frame *f = &in->frame;
    if (*f->names[column] || f->layout != FRAME_COLUMNS || !in->row_labels) return f->names[column];
    for (size_t j = 0; j < in->n_columns && j < 8; j++) {
        enum attribute_role role = in->columns[j].role;
        if ((role == ROLE_TRIM || role == ROLE_MODEL || role == ROLE_NAME) && in->columns[j].index != SIZE_MAX)
            return table_cell(in->table, in->columns[j].index, column)->text;
    }
    return "";
}

/* Where a cell stands, when that is another place than its record's. */
static size_t write_place(struct emitter *e, const struct interpreted_record *r,
                          const struct interpreted_cell *c)
{
    const struct interpretation *in = e->in;
    const struct table_frame *f = &in->frame;
    bool by_column = f->layout == FRAME_COLUMNS || f->column_years || f->column_variants ||
                     (f->layout == FRAME_ROWS && in->row_labels);
    if (f->layout == FRAME_ROWS && !by_column) return SIZE_MAX;
    if (f->layout == FRAME_LONG && r->n_cells == 1) return SIZE_MAX;
    struct buffer *b = &e->out->text;
    size_t at = b->len;
    append_place(b, in, c->row);
    const char *column = by_column ? column_label(in, c->column) : "";
    if (*column) buffer_printf(b, ", column '%s'", column);
    buffer_putc(b, '\0');
    return at;
}

static bool is_minus_mark(double v)
{
    return v == -1 || v == -9 || v == -99 || v == -999 || v == -9999;
}

/* Whether another column of the same attribute has a number above 0 in this row: the combined CO2 of a
 * petrol car beside a weighted one of 0. */
static bool sibling_has_value(const struct interpretation *in, size_t row, size_t column)
{
    if (in->frame.layout != FRAME_ROWS || in->columns[column].sibling == SIZE_MAX) return false;
    size_t steps = 0;
    for (size_t k = in->columns[column].sibling; k != column && k != SIZE_MAX && steps < 64;
         k = in->columns[k].sibling, steps++) {
        const struct unit *unit;
        double v;
        if (in->columns[k].index == SIZE_MAX) continue;
        const struct cell *c = table_cell(in->table, row, in->columns[k].index);
        if (c->len && cell_number(c, in->columns[k].style, &v, &unit) && v > 0) return true;
    }
    return false;
}

static void judge(const struct interpretation *in, const struct interpreted_cell *cell,
                  struct fact_value *f)
{
    const struct interpreted_column *c = &in->columns[cell->attribute];
    double low, high;
    if (f->low == 0 && f->high == 0)
        f->missing_mark = c->zero_missing || sibling_has_value(in, cell->row, cell->attribute);
    else if (c->minus_missing && f->low == f->high && is_minus_mark(f->low))
        f->missing_mark = true;
    else if (c->nines > 0 && f->low == c->nines && f->high == c->nines)
        f->missing_mark = true;
    if (f->missing_mark || c->fact.attribute < 0 ||
        (f->low == 0 && REGISTRY[c->fact.attribute].zero_is_value))
        return;
    if (to_canonical(c, f->low, f->unit, &low) && to_canonical(c, f->high, f->unit, &high)) {
        const struct attribute *a = &REGISTRY[c->fact.attribute];
        double least = fmin(low, high), most = fmax(low, high);
        f->implausible = least < a->low || most > a->high;
    }
}

/* Texts of short categories come again and again. */
static int category_of(struct emitter *e, int attribute, const char *text, size_t len)
{
    enum { SLOTS = sizeof e->out->cache / sizeof *e->out->cache };
    if (len > 200) return -1;
    uint64_t h = (uint64_t)(unsigned)attribute * 0x9e3779b97f4a7c15u + len;
    for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
    struct category_slot *s = &e->out->cache[(h >> 20) % SLOTS];
    if (s->text && s->attribute == attribute && s->len == len && memcmp(s->text, text, len) == 0)
        return s->category;
    *s = (struct category_slot){text, len, attribute, registry_read_category(attribute, text, len)};
    return s->category;
}

static void emit_text(struct emitter *e, const struct interpreted_cell *cell, const struct cell *c,
                      enum value_kind kind, size_t place)
{
    const struct interpreted_column *column = &e->in->columns[cell->attribute];
    struct fact_value *f = add_value(e, cell->attribute);
    if (!f) return;
    f->kind = kind;
    f->text = c->text;
    f->len = c->len;
    f->line = c->line;
    f->begin = c->begin;
    f->end = c->begin + c->len;
    if (column->category && kind == VALUE_TEXT)
        f->category = category_of(e, column->fact.attribute, c->text,
                                  without_footnote(c->text, c->len));
    if (place != SIZE_MAX) fix_later(e, e->out->n - 1, place, SIZE_MAX);
}

static const struct unit *unit_of_cell(const struct interpretation *in,
                                       const struct interpreted_cell *cell)
{
    const struct interpreted_column *c = &in->columns[cell->attribute];
    if (c->unit_column == NO_COLUMN) return c->fact.unit;
    size_t row = in->frame.layout == FRAME_COLUMNS ? c->index : cell->row;
    const struct cell *u = table_cell(in->table, row, (size_t)c->unit_column);
    return u->len ? unit_parse_all(u->text, u->len) : c->fact.unit;
}

/* A plain number, as most cells are: digits, with the style's decimal sign among them. */
static bool plain_number(const char *text, size_t len, enum number_style style, double *out)
{
    static const double POWERS[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7};
    char point = style == NUMBER_POINT ? '.' : ',';
    uint64_t n = 0;
    size_t at = 0, decimals = 0;
    if (len == 0 || len > 15 || (text[0] == '0' && len > 1 && text[1] != point)) return false;
    for (; at < len && text[at] >= '0' && text[at] <= '9'; at++) n = n * 10 + (uint64_t)(text[at] - '0');
    if (at == 0) return false;
    if (at < len) {
        if (text[at] != point || len - at - 1 < 1 || len - at - 1 > 7) return false;
        for (at++; at < len && text[at] >= '0' && text[at] <= '9'; at++, decimals++)
            n = n * 10 + (uint64_t)(text[at] - '0');
    }
    *out = (double)n / POWERS[decimals]; /* exact to the last bit: both are exact */
    return at == len;
}

/* "110/150" under "kW/PS": the second figure is the same quantity in the second unit. */
static void split_units(const struct interpreted_column *c, struct value *v)
{
    double converted;
    struct value_part *a = &v->parts[0], *b = &v->parts[1];
    if (!c->second_unit || v->n_parts != 2 || a->unit != c->fact.unit || b->unit != c->fact.unit ||
        !unit_convert(a->low, c->fact.unit, c->second_unit, &converted))
        return;
    if (fabs(converted - b->low) > 0.05 * fabs(b->low)) return;
    b->unit = c->second_unit;
    b->group = a->group;
}

static bool has_word(const char *text, size_t len)
{
    struct token t;
    return len > 0 && tokens_split(text, len, TOKENS_TEXT, &t, 1) > 0;
}

/* The note of a mark in brackets behind a figure, "4.75 (1)"; NULL: there is none. */
static const char *footnote_of(const struct interpretation *in, const char *mark, size_t len)
{
    if (len == 0 || len > 2 || strspn(mark, "0123456789") < len) return NULL;
    for (size_t i = 0; i < in->n_footnotes; i++) {
        const char *note = in->footnotes[i];
        if (strncmp(note + 1, mark, len) != 0 || note[len + 1] != ')') continue;
        note += len + 2;
        while (*note == ' ' || *note == ':') note++;
        return *note ? note : NULL;
    }
    return NULL;
}

/* The remark of a value: what its cell says beside it, and what the row below says of it, "at 5500 rpm".
 * SIZE_MAX: nothing. */
static size_t write_remark(struct emitter *e, const struct interpreted_cell *cell, const char *own,
                           size_t len)
{
    const struct interpretation *in = e->in;
    size_t row = in->remark_rows ? in->remark_rows[cell->row] : 0;
    const struct cell *c = row ? table_cell(in->table, row, cell->column) : NULL;
    if (!has_word(own, len)) len = 0;
    const char *note = footnote_of(in, own, len);
    if (note) {
        own = note;
        len = strlen(note);
    }
    if (!c || !c->len || is_dash_cell(c)) return len ? keep_text(e, own, len) : SIZE_MAX;
    const struct cell *label = table_cell(in->table, row, (size_t)in->frame.attribute_column);
    size_t word = strcspn(label->text, " (["), unit = word + strspn(label->text + word, " ([:"), at = e->out->text.len;
    size_t end = unit + strcspn(label->text + unit, ")]:");
    buffer_printf(&e->out->text, "%.*s%s%.*s %s", (int)len, own, len ? "; " : "", (int)word, label->text, c->text);
    if (end > unit) buffer_printf(&e->out->text, " %.*s", (int)(end - unit), label->text + unit);
    buffer_putc(&e->out->text, '\0');
    return at;
}

/* What a description of an engine says of this part. */
static void emit_engine_part(struct emitter *e, const struct interpreted_record *r,
                             const struct interpreted_cell *cell, const struct cell *c, size_t len)
{
    const struct interpreted_column *column = &e->in->columns[cell->attribute];
    double value = 0;
    const struct unit *unit = NULL;
    int category = column->engine == ENGINE_FUEL ? engine_fuel(c->text, len) : -1;
    if (category < 0 && !engine_number(c->text, len, column->engine, &value, &unit)) return;
    emit_text(e, cell, c, category >= 0 ? VALUE_TEXT : VALUE_NUMBER, write_place(e, r, cell));
    if (e->failed) return;
    struct fact_value *f = &e->out->values[e->out->n - 1];
    if (category >= 0) {
        f->category = category;
    } else {
        f->low = f->high = value;
        f->unit = unit;
        judge(e->in, cell, f);
    }
}

/* The engine speed beside the cell's own figure. */
static void emit_peak_speed(struct emitter *e, const struct interpreted_record *r, const struct interpreted_cell *cell,
                            const struct cell *c, size_t len)
{
    const struct interpreted_column *column = &e->in->columns[cell->attribute];
    const struct interpreted_column *host = &e->in->columns[column->speed_of - 1];
    struct value v;
    double low, high;
    value_parse(&v, c->text, len, host->style, host->fact.unit, host->dimension);
    if (v.kind != VALUE_NUMBER || !v.n_parts ||
        !peak_speed_read(c->text + v.parts[0].remark_begin, v.parts[0].remark_end - v.parts[0].remark_begin, &low, &high))
        return;
    emit_text(e, cell, c, VALUE_NUMBER, write_place(e, r, cell));
    if (e->failed) return;
    struct fact_value *f = &e->out->values[e->out->n - 1];
    f->low = low;
    f->high = high;
    f->unit = column->fact.unit;
    judge(e->in, cell, f);
}

/* "260 lb-ft @ 2000 rpm  353 Nm @ 2000 rpm": with a gap between, the same quantity twice. False: it is not. */
static bool parse_twice(struct value *v, const char *text, size_t len, const struct interpreted_column *column)
{
    const char *gap = len > 2 ? memmem(text, len, "  ", 2) : NULL;
    struct value second;
    if (!gap || gap == text) return false;
    size_t first = (size_t)(gap - text), from = first;
    while (from < len && text[from] == ' ') from++;
    value_parse(v, text, first, column->style, NULL, column->dimension);
    value_parse(&second, text + from, len - from, column->style, NULL, column->dimension);
    if (v->kind != VALUE_NUMBER || second.kind != VALUE_NUMBER || v->n_parts != 1 || second.n_parts != 1) return false;
    const struct value_part *a = &v->parts[0];
    struct value_part b = second.parts[0];
    double low;
    if (!a->unit || !b.unit || a->unit == b.unit || !unit_convert(a->low, a->unit, b.unit, &low) ||
        fabs(low - b.low) > 0.05 * fabs(b.low))
        return false;
    b.group = a->group;
    b.begin += from;
    b.end += from;
    b.remark_begin += from;
    b.remark_end += from;
    v->parts[v->n_parts++] = b;
    return true;
}

/* Whether equipment is standard, optional, or not to be had. */
static void emit_mark(struct emitter *e, const struct interpreted_record *r, const struct interpreted_cell *cell,
                      const struct cell *c)
{
    static const char OPTIONAL[] = "optional";
    bool letter;
    enum equipment_mark mark = mark_read(c, &letter);
    if (mark == MARK_NONE) return;
    emit_text(e, cell, c, mark == MARK_STANDARD ? VALUE_YES : mark == MARK_ABSENT ? VALUE_NO : VALUE_TEXT,
              write_place(e, r, cell));
    if (e->failed || mark != MARK_OPTIONAL) return;
    struct fact_value *f = &e->out->values[e->out->n - 1];
    f->text = OPTIONAL;
    f->len = sizeof OPTIONAL - 1;
}

static void emit_cell(struct emitter *e, const struct interpreted_record *r,
                      const struct interpreted_cell *cell)
{
    const struct interpretation *in = e->in;
    const struct interpreted_column *column = &in->columns[cell->attribute];
    const struct cell *c = table_cell(in->table, cell->row, cell->column);
    if (!c->len) return;
    size_t len = without_footnote(c->text, c->len);
    struct value v;
    if (column->marks) {
        emit_mark(e, r, cell, c);
        return;
    }
    if (column->engine) {
        emit_engine_part(e, r, cell, c, len);
        return;
    }
    if (column->speed_of) {
        emit_peak_speed(e, r, cell, c, len);
        return;
    }
    if (column->text) {
        if (len <= TEXT_NONE_MAX && column->role == ROLE_NONE) {
            value_parse(&v, c->text, len, column->style, NULL, DIMENSION_NONE);
            if (v.kind == VALUE_NONE) return;
        }
        emit_text(e, cell, c, VALUE_TEXT, write_place(e, r, cell));
        return;
    }
    double plain;
    struct adjusted_cell adjusted;
    if (column->n_parts) {
        value_parse(&v, c->text, len, column->style, NULL, DIMENSION_NONE);
        if (v.kind == VALUE_NUMBER) compound_take(column, &v);
        /* A cell that is read otherwise is told once. */
        if (column->part > 0 && (v.kind != VALUE_NUMBER || !v.n_parts)) return;
        if (v.kind == VALUE_NUMBER && !v.n_parts) v.kind = VALUE_TEXT;
    } else if (plain_number(c->text, len, column->style, &plain)) {
        v.kind = VALUE_NUMBER;
        v.n_parts = 1;
        v.parts[0] = (struct value_part){.low = plain, .high = plain, .unit = unit_of_cell(in, cell)};
    } else if (adjusted_cell_read(&adjusted, c->text, len, column->style)) {
        v.kind = VALUE_NUMBER;
        v.n_parts = 1;
        v.parts[0] = (struct value_part){.low = adjusted.value, .high = adjusted.value,
                                         .unit = adjusted.unit ? adjusted.unit : unit_of_cell(in, cell),
                                         .remark_begin = adjusted.remark, .remark_end = len};
    } else if (!parse_twice(&v, c->text, len, column)) {
        value_parse(&v, c->text, len, column->style, unit_of_cell(in, cell), column->dimension);
    }
    if (v.kind == VALUE_NONE) return;
    split_units(column, &v);
    take_bracket_unit(column, c->text, len, &v);
    size_t place = write_place(e, r, cell);
    if (v.kind != VALUE_NUMBER || v.n_parts == 0) {
        emit_text(e, cell, c, v.kind == VALUE_NUMBER ? VALUE_TEXT : v.kind, place);
        return;
    }
    for (size_t i = 0; i < v.n_parts; i++) {
        const struct value_part *part = &v.parts[i];
        struct fact_value *f = add_value(e, cell->attribute);
        if (!f) return;
        f->kind = VALUE_NUMBER;
        f->low = part->low;
        f->high = part->high;
        f->unit = part->unit;
        f->text = c->text;
        f->len = c->len;
        f->group = part->group;
        f->bound = part->at_most || part->at_least;
        f->line = c->line;
        f->begin = c->begin;
        f->end = c->begin + c->len;
        judge(in, cell, f);
        size_t remark = write_remark(e, cell, c->text + part->remark_begin,
                                     part->remark_end - part->remark_begin);
        if (place != SIZE_MAX || remark != SIZE_MAX) fix_later(e, e->out->n - 1, place, remark);
    }
}

bool interpretation_values(const struct interpretation *in, size_t record,
                           struct record_values *out)
{
    struct emitter e = {in, out, false};
    const struct interpreted_record *r = &in->records[record];
    out->n = out->n_fixes = 0;
    buffer_clear(&out->text);
    if (r->n_cells) {
        for (size_t i = 0; i < r->n_cells && !e.failed; i++)
            emit_cell(&e, r, &in->cells[r->first_cell + i]);
    } else {
        for (size_t j = 0; j < in->n_columns && !e.failed; j++) {
            if (in->columns[j].index == SIZE_MAX) continue;
            const struct interpreted_cell cell = {r->row, (uint32_t)in->columns[j].index,
                                                  (uint32_t)j};
            emit_cell(&e, r, &cell);
        }
    }
    if (e.failed || out->text.failed) return false;
    for (size_t i = 0; i < out->n_fixes; i++) {
        const struct record_fix *fix = &out->fixes[i];
        if (fix->place != SIZE_MAX) out->values[fix->value].place = out->text.data + fix->place;
        if (fix->remark != SIZE_MAX) out->values[fix->value].remark = out->text.data + fix->remark;
    }
    return true;
}

void record_values_free(struct record_values *v)
{
    free(v->values);
    free(v->columns);
    free(v->fixes);
    buffer_free(&v->text);
    *v = (struct record_values){0};
}
