#include "answer/result_table.h"
#include "answer/wording.h"
#include "base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <utf8proc.h>

enum { VEHICLES_MAP = 1024, CELL_MAX_PARTS = 6 };

/* A column of the table: one attribute as it is measured. */
struct field {
    size_t column;           /* of the catalog: the first one with this meaning */
    const struct unit *unit; /* of all numbers; NULL: none or several */
    bool numbers, mixed;     /* numbers alone; of several units */
    bool any;
};

/* A line of the table: a vehicle. */
struct line {
    size_t record, first_row;
};

struct table_maker {
    struct result_table *out;
    const struct query *q;
    const struct result *r;
    const struct catalog *c;
    enum language l;
    struct arena *arena;
    struct field fields[RESULT_TABLE_MAX_COLUMNS];
    size_t n_fields;
    struct line *lines;
    size_t n_lines;
    size_t map[VEHICLES_MAP]; /* hash of a record: line + 1 */
    bool failed;
};

static const char *keep(struct table_maker *m, struct buffer *b)
{
    const char *kept = b->failed ? NULL : arena_strndup(m->arena, buffer_text(b), b->len);
    buffer_free(b);
    if (!kept) m->failed = true;
    return kept ? kept : "";
}

static bool usable(const struct result_row *row)
{
    return row->fact.kind != VALUE_NONE && !row->fact.missing_mark;
}

/* Whether two columns of the catalog say the same of a vehicle. */
static bool same_meaning(const struct catalog *c, size_t a, size_t b)
{
    const struct catalog_column *x = &c->columns[a], *y = &c->columns[b];
    if (a == b) return true;
    if (x->attribute != y->attribute || x->qualifiers != y->qualifiers) return false;
    return x->attribute >= 0 || strcmp(x->key, y->key) == 0;
}

static size_t field_of(struct table_maker *m, size_t column, bool add)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (same_meaning(m->c, m->fields[i].column, column)) return i;
    if (!add || m->n_fields == RESULT_TABLE_MAX_COLUMNS - 3) return SIZE_MAX;
    m->fields[m->n_fields] = (struct field){.column = column, .numbers = true};
    return m->n_fields++;
}

/* Units of a field: one for all its numbers is written in the heading. */
static void field_take(struct field *f, const struct result_row *row)
{
    if (row->fact.kind != VALUE_NUMBER) {
        f->numbers = false;
        return;
    }
    if (f->any && f->unit != row->unit) f->mixed = true;
    f->unit = row->unit;
    f->any = true;
}

static size_t line_of(struct table_maker *m, size_t record, bool add, size_t row)
{
    size_t at = record * 2654435761u % VEHICLES_MAP;
    for (; m->map[at]; at = (at + 1) % VEHICLES_MAP)
        if (m->lines[m->map[at] - 1].record == record) return m->map[at] - 1;
    if (!add || m->n_lines == RESULT_TABLE_MAX_ROWS) return SIZE_MAX;
    m->lines[m->n_lines] = (struct line){record, row};
    m->map[at] = ++m->n_lines;
    return m->n_lines - 1;
}

/* ---- cells ---- */

static void raw_number(struct buffer *out, double low, double high)
{
    buffer_printf(out, "%.12g", low);
    if (low < high || low > high) buffer_printf(out, "-%.12g", high);
}

static void append_value(struct table_maker *m, const struct result_row *row, const struct field *f,
                         struct buffer *shown, struct buffer *raw)
{
    const struct fact_row *fact = &row->fact;
    bool number = fact->kind == VALUE_NUMBER && isfinite(row->low) && isfinite(row->high);
    if (shown->len) buffer_puts(shown, "; ");
    if (raw->len) buffer_puts(raw, "; ");
    if (number) {
        int low = row->converted ? computed_decimals(row->low) : stated_decimals(row->low);
        int high = row->converted ? computed_decimals(row->high) : stated_decimals(row->high);
        const struct unit *unit = f && f->numbers && !f->mixed ? NULL : row->unit;
        double scale = pow(10, low > high ? low : high);
        number = quantity_write(shown, row->low, row->high, low > high ? low : high, unit, m->l,
                                NULL, NULL);
        if (number)
            raw_number(raw, round(row->low * scale) / scale, round(row->high * scale) / scale);
        if (number && unit) buffer_printf(raw, " %s", unit->symbol);
    } else if (fact->kind == VALUE_YES || fact->kind == VALUE_NO) {
        const char *word = phrase_text(fact->kind == VALUE_YES ? PHRASE_YES : PHRASE_NO, m->l);
        buffer_puts(shown, word);
        buffer_puts(raw, word);
        number = true;
    }
    if (!number) {
        clean_write(shown, fact->text, WORDING_MAX_VALUE);
        clean_write(raw, fact->text, WORDING_MAX_VALUE);
    }
    if (!fact->remark[0]) return;
    struct buffer remark = {0};
    clean_write(&remark, fact->remark, WORDING_MAX_VALUE);
    buffer_printf(shown, " (%s)", buffer_text(&remark));
    buffer_printf(raw, " (%s)", buffer_text(&remark));
    buffer_free(&remark);
}

static const char *source_cell(struct table_maker *m, size_t row)
{
    const struct result_row *at = &m->r->rows[row];
    const struct catalog_source *source = &m->c->sources[m->c->columns[at->column].source];
    struct buffer b = {0};
    clean_write(&b, m->c->documents[source->document].name, WORDING_MAX_NAME);
    if (at->fact.place && at->fact.place[0]) {
        buffer_puts(&b, ", ");
        clean_write(&b, at->fact.place, WORDING_MAX_NAME);
    }
    return keep(m, &b);
}

static const char *field_heading(struct table_maker *m, const struct field *f)
{
    struct buffer b = {0};
    struct attribute_name name = column_attribute_name(m->c, f->column);
    bool one_unit = f->numbers && !f->mixed && f->unit;
    name.economy = name.attribute >= 0 && one_unit && unit_is_economy(f->unit);
    attribute_name_write(&b, &name, m->l);
    if (one_unit) buffer_printf(&b, ", %s", unit_word(f->unit->symbol, false, m->l));
    return keep(m, &b);
}

static const char *vehicle_cell(struct table_maker *m, size_t record)
{
    const struct catalog_record *rec = &m->c->records[record];
    struct buffer b = {0};
    vehicle_name_write(&b, rec->title, rec->year_first == rec->year_last ? rec->year_first : 0,
                       m->l);
    return keep(m, &b);
}

static const char *text_cell(struct table_maker *m, const char *text)
{
    struct buffer b = {0};
    clean_write(&b, text, WORDING_MAX_NAME);
    return keep(m, &b);
}

static bool table_alloc(struct table_maker *m, size_t n_columns, size_t n_rows)
{
    struct result_table *t = m->out;
    size_t n = n_columns * (n_rows + 1);
    t->cells = arena_array(m->arena, n, sizeof *t->cells);
    t->raw = arena_array(m->arena, n, sizeof *t->raw);
    t->right = arena_array(m->arena, n_columns, sizeof *t->right);
    if (!t->cells || !t->raw || !t->right) {
        m->failed = true;
        return false;
    }
    for (size_t i = 0; i < n; i++) t->cells[i] = t->raw[i] = "";
    t->n_columns = n_columns;
    t->n_rows = n_rows;
    return true;
}

static void set_cell(struct result_table *t, size_t row, size_t column, const char *shown,
                     const char *raw)
{
    t->cells[row * t->n_columns + column] = shown;
    t->raw[row * t->n_columns + column] = raw;
}

/* ---- one line a vehicle ---- */

static void by_vehicle(struct table_maker *m)
{
    const struct result *r = m->r;
    bool versions = false;
    size_t previous = SIZE_MAX;
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct result_row *row = &r->rows[i];
        if (!usable(row)) continue;
        size_t line = line_of(m, row->record, true, i);
        if (line == SIZE_MAX && row->record != previous) m->out->n_left_out++;
        previous = row->record;
        if (line == SIZE_MAX || row->name_only) continue;
        size_t f = field_of(m, row->column, true);
        if (f != SIZE_MAX) field_take(&m->fields[f], row);
        versions = versions || (row->variant && row->variant[0]);
    }
    size_t first = versions ? 2 : 1, n_columns = first + m->n_fields + 1;
    if (m->n_lines == 0 || !table_alloc(m, n_columns, m->n_lines)) return;
    struct buffer *cells = arena_array(m->arena, 2 * m->n_fields + 1, sizeof *cells);
    /* Rows of one line may lie apart: they are found by the next one of the same line. */
    size_t *next = arena_array(m->arena, r->n_rows + 1, sizeof *next),
           *last = arena_array(m->arena, m->n_lines, sizeof *last);
    if (!cells || !next || !last) {
        m->failed = true;
        return;
    }
    for (size_t i = 0; i < r->n_rows; i++) {
        if (!usable(&r->rows[i])) continue;
        size_t line = line_of(m, r->rows[i].record, false, 0);
        if (line == SIZE_MAX) continue;
        if (last[line]) next[last[line] - 1] = i + 1;
        last[line] = i + 1;
    }
    struct result_table *t = m->out;
    set_cell(t, 0, 0, phrase_text(PHRASE_HEAD_VEHICLE, m->l),
             phrase_text(PHRASE_HEAD_VEHICLE, m->l));
    if (versions)
        set_cell(t, 0, 1, phrase_text(PHRASE_HEAD_VERSION, m->l),
                 phrase_text(PHRASE_HEAD_VERSION, m->l));
    for (size_t f = 0; f < m->n_fields; f++) {
        const char *heading = field_heading(m, &m->fields[f]);
        set_cell(t, 0, first + f, heading, heading);
        t->right[first + f] = m->fields[f].numbers && m->fields[f].any;
    }
    set_cell(t, 0, n_columns - 1, phrase_text(PHRASE_HEAD_SOURCE, m->l),
             phrase_text(PHRASE_HEAD_SOURCE, m->l));
    for (size_t i = 0; i < m->n_lines; i++) {
        const char *vehicle = vehicle_cell(m, m->lines[i].record);
        size_t n_parts[RESULT_TABLE_MAX_COLUMNS] = {0};
        set_cell(t, i + 1, 0, vehicle, vehicle);
        for (size_t k = m->lines[i].first_row + 1; k; k = next[k - 1]) {
            const struct result_row *row = &r->rows[k - 1];
            if (versions && row->variant && row->variant[0] &&
                !t->cells[(i + 1) * n_columns + 1][0]) {
                const char *version = text_cell(m, row->variant);
                set_cell(t, i + 1, 1, version, version);
            }
            size_t f = row->name_only ? SIZE_MAX : field_of(m, row->column, false);
            if (f == SIZE_MAX || n_parts[f] == CELL_MAX_PARTS) continue;
            n_parts[f]++;
            append_value(m, row, &m->fields[f], &cells[2 * f], &cells[2 * f + 1]);
        }
        for (size_t f = 0; f < m->n_fields; f++) {
            const char *shown = keep(m, &cells[2 * f]), *raw = keep(m, &cells[2 * f + 1]);
            cells[2 * f] = cells[2 * f + 1] = (struct buffer){0};
            set_cell(t, i + 1, first + f, shown, raw);
        }
        const char *source = source_cell(m, m->lines[i].first_row);
        set_cell(t, i + 1, n_columns - 1, source, source);
    }
}

/* ---- one line an attribute ---- */

static const char *subject_cell(struct table_maker *m, size_t subject)
{
    if (subject >= m->q->n_subjects) return phrase_text(PHRASE_HEAD_VALUE, m->l);
    const struct query_subject *s = &m->q->subjects[subject];
    struct buffer b = {0};
    vehicle_name_write(&b,
                       s->label && s->label[0] ? s->label
                       : s->name               ? s->name
                                               : "",
                       s->year, m->l);
    return keep(m, &b);
}

static void by_attribute(struct table_maker *m)
{
    const struct result *r = m->r;
    size_t n_sides = m->q->n_subjects ? m->q->n_subjects : 1, n_columns = n_sides + 2, n = 0;
    struct attribute_line {
        size_t column, first_row;
        struct buffer cells[2 * QUERY_MAX_SUBJECTS];
        size_t n_parts[QUERY_MAX_SUBJECTS];
    } *lines = arena_array(m->arena, RESULT_TABLE_MAX_ROWS, sizeof *lines);
    if (!lines) {
        m->failed = true;
        return;
    }
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct result_row *row = &r->rows[i];
        size_t at = 0, side = row->subject < n_sides ? row->subject : 0;
        if (!usable(row)) continue;
        while (at < n && !same_meaning(m->c, lines[at].column, row->column)) at++;
        if (at == RESULT_TABLE_MAX_ROWS) {
            m->out->n_left_out++;
            continue;
        }
        if (at == n) {
            lines[n].column = row->column;
            lines[n++].first_row = i;
        }
        struct attribute_line *line = &lines[at];
        if (line->n_parts[side]++ < CELL_MAX_PARTS)
            append_value(m, row, NULL, &line->cells[2 * side], &line->cells[2 * side + 1]);
    }
    if (n == 0 || !table_alloc(m, n_columns, n)) {
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < 2 * QUERY_MAX_SUBJECTS; k++) buffer_free(&lines[i].cells[k]);
        return;
    }
    struct result_table *t = m->out;
    set_cell(t, 0, 0, phrase_text(PHRASE_HEAD_ATTRIBUTE, m->l),
             phrase_text(PHRASE_HEAD_ATTRIBUTE, m->l));
    for (size_t s = 0; s < n_sides; s++) {
        const char *name = subject_cell(m, s);
        set_cell(t, 0, s + 1, name, name);
    }
    set_cell(t, 0, n_columns - 1, phrase_text(PHRASE_HEAD_SOURCE, m->l),
             phrase_text(PHRASE_HEAD_SOURCE, m->l));
    for (size_t i = 0; i < n; i++) {
        struct buffer b = {0};
        struct attribute_name name = column_attribute_name(m->c, lines[i].column);
        attribute_name_write(&b, &name, m->l);
        const char *heading = keep(m, &b), *source = source_cell(m, lines[i].first_row);
        set_cell(t, i + 1, 0, heading, heading);
        for (size_t s = 0; s < n_sides; s++) {
            const char *shown = keep(m, &lines[i].cells[2 * s]),
                       *raw = keep(m, &lines[i].cells[2 * s + 1]);
            set_cell(t, i + 1, s + 1, shown, raw);
        }
        set_cell(t, i + 1, n_columns - 1, source, source);
    }
}

/* ---- one line a group ---- */

static void by_group(struct table_maker *m)
{
    const struct result *r = m->r;
    bool count = m->q->op == QUERY_COUNT;
    size_t n = r->n_groups < RESULT_TABLE_MAX_ROWS ? r->n_groups : RESULT_TABLE_MAX_ROWS;
    size_t n_columns = count ? 2 : 3;
    if (n == 0 || !table_alloc(m, n_columns, n)) return;
    struct result_table *t = m->out;
    struct attribute_name by = query_attribute_name(&m->q->group);
    struct buffer b = {0}, v = {0};
    m->out->n_left_out = r->n_groups - n;
    attribute_name_write(&b, &by, m->l);
    const char *heading = keep(m, &b);
    set_cell(t, 0, 0, heading, heading);
    if (!count) {
        if (m->q->n_attributes) {
            struct attribute_name what = query_attribute_name(&m->q->attributes[0]);
            attribute_name_write(&v, &what, m->l);
        }
        if (r->number_unit)
            buffer_printf(&v, "%s%s", v.len ? ", " : "",
                          unit_word(r->number_unit->symbol, false, m->l));
        heading = keep(m, &v);
        set_cell(t, 0, 1, heading, heading);
        t->right[1] = true;
    }
    set_cell(t, 0, n_columns - 1, phrase_text(PHRASE_HEAD_NUMBER, m->l),
             phrase_text(PHRASE_HEAD_NUMBER, m->l));
    t->right[n_columns - 1] = true;
    for (size_t i = 0; i < n; i++) {
        const struct result_group *g = &r->groups[i];
        struct buffer shown = {0}, raw = {0}, number = {0};
        const char *name = text_cell(m, g->name ? g->name : "");
        set_cell(t, i + 1, 0, name, name);
        if (!count && isfinite(g->number)) {
            quantity_write(&shown, g->number, g->number, computed_decimals(g->number), NULL, m->l,
                           NULL, NULL);
            raw_number(&raw, g->number, g->number);
            const char *a = keep(m, &shown), *z = keep(m, &raw);
            set_cell(t, i + 1, 1, a, z);
        }
        buffer_printf(&number, "%zu", g->n);
        const char *counted = keep(m, &number);
        set_cell(t, i + 1, n_columns - 1, counted, counted);
    }
}

bool result_table_make(struct result_table *out, const struct query *q, const struct result *r,
                       const struct catalog *c, enum language l, struct arena *arena,
                       struct error *err)
{
    *out = (struct result_table){0};
    struct table_maker m = {.out = out, .q = q, .r = r, .c = c, .l = l, .arena = arena};
    m.lines = arena_array(arena, RESULT_TABLE_MAX_ROWS, sizeof *m.lines);
    if (!m.lines) return error_memory(err, "table");
    if (q->grouped && r->n_groups)
        by_group(&m);
    else if (q->op == QUERY_DESCRIBE ||
             ((q->op == QUERY_COMPARE || q->op == QUERY_VALUE) &&
              (q->n_attributes > 3 || (q->op == QUERY_COMPARE && q->n_attributes == 0))))
        by_attribute(&m);
    else
        by_vehicle(&m);
    return !m.failed || error_memory(err, "table");
}

/* ---- writing ---- */

static size_t width_of(const char *text)
{
    size_t width = 0, len = strlen(text);
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = utf8_decode(text + i, len - i, &cp);
        if (n == 0) {
            i++;
            continue;
        }
        int w = utf8proc_charwidth((utf8proc_int32_t)cp);
        width += w > 0 ? (size_t)w : 0;
        i += n;
    }
    return width;
}

/* The text cut to `max` columns ("…" at the end), filled up to `width` with spaces. */
static void write_cell(struct buffer *out, const char *text, size_t max, size_t width, bool right,
                       bool last)
{
    size_t whole = width_of(text), shown = 0, len = strlen(text), end = len;
    bool cut = max && whole > max;
    for (size_t i = 0; cut && i < len;) {
        uint32_t cp = 0;
        size_t n = utf8_decode(text + i, len - i, &cp);
        int w = n ? utf8proc_charwidth((utf8proc_int32_t)cp) : 0;
        if (w > 0 && shown + (size_t)w + 1 > max) {
            end = i;
            break;
        }
        shown += w > 0 ? (size_t)w : 0;
        i += n ? n : 1;
    }
    if (!cut) shown = whole;
    size_t used = shown + (cut ? 1 : 0);
    for (size_t i = used; right && i < width; i++) buffer_putc(out, ' ');
    buffer_append(out, text, end);
    if (cut) buffer_puts(out, "…");
    for (size_t i = used; !right && !last && i < width; i++) buffer_putc(out, ' ');
}

void result_table_write_text(struct buffer *out, const struct result_table *t, size_t max_width)
{
    size_t widths[RESULT_TABLE_MAX_COLUMNS] = {0};
    if (t->n_columns > RESULT_TABLE_MAX_COLUMNS) return;
    for (size_t i = 0; i < (t->n_rows + 1) * t->n_columns; i++) {
        size_t w = width_of(t->cells[i]);
        if (max_width && w > max_width) w = max_width;
        if (w > widths[i % t->n_columns]) widths[i % t->n_columns] = w;
    }
    for (size_t i = 0; t->n_rows && i <= t->n_rows; i++) {
        for (size_t k = 0; k < t->n_columns; k++) {
            if (k) buffer_puts(out, "  ");
            write_cell(out, t->cells[i * t->n_columns + k], max_width, widths[k], t->right[k],
                       k + 1 == t->n_columns);
        }
        buffer_putc(out, '\n');
        for (size_t k = 0; i == 0 && k < t->n_columns; k++) {
            if (k) buffer_puts(out, "  ");
            for (size_t w = 0; w < widths[k]; w++) buffer_putc(out, '-');
        }
        if (i == 0) buffer_putc(out, '\n');
    }
}

static void write_escaped(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("|\\`*_<[]", *text)) buffer_putc(out, '\\');
        buffer_putc(out, *text);
    }
}

void result_table_write_markdown(struct buffer *out, const struct result_table *t)
{
    for (size_t i = 0; t->n_rows && i <= t->n_rows; i++) {
        buffer_putc(out, '|');
        for (size_t k = 0; k < t->n_columns; k++) {
            buffer_putc(out, ' ');
            write_escaped(out, t->cells[i * t->n_columns + k]);
            buffer_puts(out, " |");
        }
        buffer_putc(out, '\n');
        if (i) continue;
        buffer_putc(out, '|');
        for (size_t k = 0; k < t->n_columns; k++)
            buffer_puts(out, t->right[k] ? " ---: |" : " --- |");
        buffer_putc(out, '\n');
    }
}

static bool is_number(const char *text)
{
    size_t digits = strspn(text, "0123456789+-.eE");
    return digits > 0 && text[digits] == '\0' && strpbrk(text, "0123456789");
}

static void write_csv_cell(struct buffer *out, const char *text)
{
    bool formula = text[0] && strchr("=+-@", text[0]) && !is_number(text);
    bool quote = strpbrk(text, ",\"\r\n") || formula;
    if (quote) buffer_putc(out, '"');
    if (formula) buffer_putc(out, '\'');
    for (; *text; text++) {
        if (*text == '"') buffer_putc(out, '"');
        buffer_putc(out, *text);
    }
    if (quote) buffer_putc(out, '"');
}

void result_table_write_csv(struct buffer *out, const struct result_table *t)
{
    for (size_t i = 0; t->n_rows && i <= t->n_rows; i++) {
        for (size_t k = 0; k < t->n_columns; k++) {
            if (k) buffer_putc(out, ',');
            write_csv_cell(out, t->raw[i * t->n_columns + k]);
        }
        buffer_puts(out, "\r\n");
    }
}
