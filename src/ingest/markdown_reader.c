/* Markdown: a passage for each section, titled by the vehicle that its headings name; rows of
 * tables become "name: value" lines, or passages of their own where the columns name vehicles. */
#include "ingest/markdown.h"
#include "ingest/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 6, MAX_COLUMNS = 64 };

struct heading {
    const char *text;       /* NULL: none at this level */
    struct vehicle vehicle; /* named here or above */
};

struct line {
    const char *text; /* without the line end and what surrounds it in spaces */
    size_t len, indent;
    size_t number, begin, end; /* bytes of the document, line end included */
};

struct markdown {
    struct reader *r;
    size_t at, number;
    struct heading headings[LEVELS + 1]; /* by level, 1..6; [0] is the document */
    size_t level;
    struct section section;
    /* A paragraph on its way: lines joined by spaces. */
    struct buffer paragraph;
    size_t first, last, begin, end;
    size_t rows;
};

static bool next_line(struct markdown *m, struct line *l)
{
    struct reader *r = m->r;
    if (m->at >= r->len) return false;
    l->begin = m->at;
    l->text = r->data + m->at;
    const char *end = memchr(l->text, '\n', r->len - m->at);
    l->len = end ? (size_t)(end - l->text) : r->len - m->at;
    m->at += l->len + (end ? 1 : 0);
    l->end = m->at;
    l->number = ++m->number;
    while (l->len && strchr(" \t\r", l->text[l->len - 1])) l->len--;
    l->indent = 0;
    while (l->len && (l->text[0] == ' ' || l->text[0] == '\t')) {
        l->text++;
        l->len--;
        l->indent++;
    }
    return true;
}

static bool peek_line(struct markdown *m, struct line *l)
{
    size_t at = m->at, number = m->number;
    bool got = next_line(m, l);
    m->at = at;
    m->number = number;
    return got;
}

static bool end_paragraph(struct markdown *m, struct error *err)
{
    if (m->paragraph.failed) return error_memory(err, "a paragraph");
    bool ok = m->paragraph.len == 0 ||
              section_add(&m->section, buffer_text(&m->paragraph), m->paragraph.len, m->first,
                          m->last, m->begin, m->end, err);
    buffer_clear(&m->paragraph);
    return ok;
}

static void add_to_paragraph(struct markdown *m, const struct line *l, const char *text, size_t len)
{
    if (m->paragraph.len == 0) {
        m->first = l->number;
        m->begin = l->begin;
    } else {
        buffer_putc(&m->paragraph, ' ');
    }
    markdown_inline(text, len, &m->paragraph);
    m->last = l->number;
    m->end = l->end;
}

/* ---- headings ---- */

/* Title and location of what follows, from the headings above it. */
static bool name_section(struct markdown *m, struct error *err)
{
    struct buffer path = {0}, title = {0};
    const char *last = NULL;
    for (size_t i = 1; i <= m->level; i++) {
        if (!m->headings[i].text) continue;
        if (path.len) buffer_puts(&path, " > ");
        buffer_puts(&path, m->headings[i].text);
        last = m->headings[i].text;
    }
    struct vehicle v = m->headings[m->level].vehicle;
    if (vehicle_is_known(&v)) {
        vehicle_title(&v, &title);
        /* The vehicle's own heading adds nothing to its name; one below it does. */
        struct vehicle own;
        if (last && !reader_parse_heading(m->r, &own, last, strlen(last)))
            buffer_printf(&title, " - %s", last);
    } else {
        buffer_puts(&title, path.len ? buffer_text(&path) : m->r->name);
    }
    m->section.vehicle = v;
    m->section.heading = arena_strdup(&m->r->arena, buffer_text(&path));
    m->section.title = arena_strdup(&m->r->arena, buffer_text(&title));
    bool ok = m->section.heading && m->section.title && !path.failed && !title.failed;
    buffer_free(&path);
    buffer_free(&title);
    return ok || error_memory(err, "a heading");
}

static bool start_heading(struct markdown *m, size_t level, const char *text, size_t len,
                          struct error *err)
{
    while (len && (text[len - 1] == '#' || text[len - 1] == ' ')) len--;
    if (!end_paragraph(m, err) || !section_flush(&m->section, err)) return false;
    /* What the section's lines told of its vehicle holds for the sections beside it. */
    struct heading *above = &m->headings[m->level];
    struct vehicle learned = m->section.vehicle;
    bool same =
        vehicle_is_known(&above->vehicle) && strcmp(above->vehicle.model, learned.model) == 0;
    for (size_t i = 0; i <= m->level && same; i++) {
        struct vehicle *v = &m->headings[i].vehicle;
        if (strcmp(v->model, learned.model) != 0 || !vehicle_is_known(v)) continue;
        v->category = learned.category;
        v->engine_type = learned.engine_type;
        v->transmission = learned.transmission;
    }
    struct buffer b = {0};
    markdown_inline(text, len, &b);
    struct heading *h = &m->headings[level];
    h->text = b.len ? arena_strdup(&m->r->arena, buffer_text(&b)) : NULL;
    bool ok = (h->text || !b.len) && !b.failed;
    struct vehicle parent = m->headings[0].vehicle;
    for (size_t i = 1; i < level; i++)
        if (m->headings[i].text) parent = m->headings[i].vehicle;
    struct vehicle v;
    h->vehicle = ok && b.len && reader_parse_heading(m->r, &v, b.data, b.len) ? v : parent;
    for (size_t i = level + 1; i <= LEVELS; i++) m->headings[i].text = NULL;
    m->level = level;
    buffer_free(&b);
    return ok ? name_section(m, err) : error_memory(err, "a heading");
}

/* ---- tables ---- */

static bool is_table_rule(const struct line *l)
{
    bool dash = false, bar = false;
    for (size_t i = 0; i < l->len; i++) {
        if (!strchr("|-: ", l->text[i])) return false;
        dash = dash || l->text[i] == '-';
        bar = bar || l->text[i] == '|';
    }
    return dash && bar;
}

/* Cells of a row, cleaned, in the arena; what is past MAX_COLUMNS is left out. */
static bool split_row(const struct line *l, const char **cells, size_t *n, struct arena *arena)
{
    size_t i = 0, len = l->len;
    *n = 0;
    if (len && l->text[0] == '|') i = 1;
    if (len > i && l->text[len - 1] == '|' && !(len > 1 && l->text[len - 2] == '\\')) len--;
    while (i <= len && *n < MAX_COLUMNS) {
        size_t begin = i;
        while (i < len && l->text[i] != '|') i += l->text[i] == '\\' && i + 1 < len ? 2 : 1;
        if (i > len) i = len;
        struct buffer b = {0};
        size_t from = begin, to = i;
        while (from < to && l->text[from] == ' ') from++;
        while (to > from && l->text[to - 1] == ' ') to--;
        markdown_inline(l->text + from, to - from, &b);
        cells[*n] = arena_strdup(arena, buffer_text(&b));
        bool ok = cells[*n] && !b.failed;
        buffer_free(&b);
        if (!ok) return false;
        ++*n;
        i++;
    }
    return true;
}

/* A first column that says nothing by its own name: its cells are the names of values. */
static bool is_generic(const char *name)
{
    static const char *const GENERIC[] = {
        "",         "specification", "specifications", "spec",
        "specs",    "attribute",     "feature",        "item",
        "property", "parameter",     "category",       "name",
        "detail",   "measure",       "metric",         "characteristic",
        "data",     "field",         "measurement",    "dimension"};
    struct buffer key = {0};
    vehicle_key(name, strlen(name), &key);
    bool found = false;
    for (size_t i = 0; i < sizeof GENERIC / sizeof *GENERIC && !found; i++)
        found = strcmp(buffer_text(&key), GENERIC[i]) == 0;
    buffer_free(&key);
    return found;
}

static bool is_value_header(const char *name)
{
    return is_generic(name) || strcasecmp(name, "value") == 0 || strcasecmp(name, "values") == 0 ||
           strcasecmp(name, "figure") == 0;
}

static bool add_table_row(struct markdown *m, const struct column *columns, size_t n_columns,
                          const char *const *cells, size_t n, const struct line *l,
                          struct error *err)
{
    struct buffer b = {0};
    bool ok = true;
    bool pair = n_columns == 2 && (is_value_header(columns[1].name) || is_generic(columns[0].name));
    bool unit_column = n_columns == 3 && strcasecmp(columns[2].name, "unit") == 0;
    if (unit_column) n = n > 2 ? 2 : n;
    for (size_t i = 1; ok && i < n && i < n_columns; i++) {
        if (!cells[i][0]) continue;
        buffer_clear(&b);
        buffer_puts(&b, cells[0]);
        if (!pair && !unit_column) {
            if (b.len) buffer_putc(&b, ' ');
            buffer_puts(&b, columns[i].name);
        }
        if (b.len) buffer_puts(&b, ": ");
        buffer_puts(&b, cells[i]);
        if (unit_column && cells[2] && cells[2][0]) buffer_printf(&b, " %s", cells[2]);
        ok = b.failed ? error_memory(err, "a table")
                      : section_add(&m->section, buffer_text(&b), b.len, l->number, l->number,
                                    l->begin, l->end, err);
    }
    if (n == 1 && cells[0][0])
        ok = section_add(&m->section, cells[0], strlen(cells[0]), l->number, l->number, l->begin,
                         l->end, err);
    buffer_free(&b);
    return ok;
}

/* Reads the table whose header line is `header`; the rule below it is the next line. */
static bool read_table(struct markdown *m, const struct line *header, struct error *err)
{
    struct arena arena = {0};
    const char *names[MAX_COLUMNS], *cells[MAX_COLUMNS];
    struct column columns[MAX_COLUMNS];
    size_t n_columns, n;
    struct line l;
    bool ok = split_row(header, names, &n_columns, &arena) &&
              columns_init(columns, names, n_columns, &arena);
    if (!ok) {
        error_memory(err, "a table");
        goto done;
    }
    /* columns_init gives names to the nameless; here they must stay so. */
    bool vehicles = false, maker = false;
    for (size_t i = 0; i < n_columns; i++) {
        if (!names[i][0]) columns[i].name = "";
        maker = maker || columns[i].role == COLUMN_MANUFACTURER;
        vehicles = vehicles || columns[i].role == COLUMN_MODEL ||
                   (columns[i].role == COLUMN_NAME && !is_generic(names[i]));
    }
    vehicles = n_columns > 2 && (vehicles || maker);
    next_line(m, &l); /* the rule */
    while (ok && peek_line(m, &l) && l.len && memchr(l.text, '|', l.len)) {
        next_line(m, &l);
        struct arena row = {0};
        memset(cells, 0, sizeof cells);
        ok = split_row(&l, cells, &n, &row) || error_memory(err, "a table");
        if (ok && vehicles) {
            for (size_t i = n; i < n_columns; i++) cells[i] = "";
            struct buffer location = {0};
            buffer_printf(&location, "%s%stable row %zu", m->section.heading,
                          m->section.heading[0] ? " > " : "", ++m->rows);
            struct place place = {buffer_text(&location), l.number, l.number, l.begin, l.end};
            ok = location.failed ? error_memory(err, "a table")
                                 : emit_row(m->r, columns, cells, n_columns,
                                            &m->headings[m->level].vehicle, &place, err);
            buffer_free(&location);
        } else if (ok) {
            ok = add_table_row(m, columns, n_columns, cells, n, &l, err);
        }
        arena_free(&row);
    }
done:
    arena_free(&arena);
    return ok;
}

/* ---- lines ---- */

/* The bytes of a list mark at the start of text: "- ", "* ", "+ ", "12. ", "3) "; 0 for none. */
static size_t list_mark(const char *text, size_t len)
{
    size_t i = 0;
    if (len > 1 && strchr("-*+", text[0]))
        i = 1;
    else {
        while (i < len && i < 9 && text[i] >= '0' && text[i] <= '9') i++;
        if (i == 0 || i >= len || (text[i] != '.' && text[i] != ')')) return 0;
        i++;
    }
    if (i >= len || text[i] != ' ') return 0;
    while (i < len && text[i] == ' ') i++;
    return i;
}

/* The level of an ATX heading, 0 for none. */
static size_t heading_level(const struct line *l)
{
    size_t n = 0;
    while (n < l->len && l->text[n] == '#') n++;
    if (n == 0 || n > LEVELS || l->indent > 3) return 0;
    return n == l->len || l->text[n] == ' ' ? n : 0;
}

static bool is_run_of(const struct line *l, const char *set, size_t least)
{
    size_t n = 0;
    for (size_t i = 0; i < l->len; i++) {
        if (l->text[i] == ' ') continue;
        if (!strchr(set, l->text[i]) || l->text[i] != l->text[0]) return false;
        n++;
    }
    return n >= least;
}

static bool read_fence(struct markdown *m, const struct line *open, struct error *err)
{
    char mark = open->text[0];
    struct line l;
    while (next_line(m, &l)) {
        if (l.len >= 3 && l.text[0] == mark && l.text[1] == mark && l.text[2] == mark) return true;
        if (l.len &&
            !section_add(&m->section, l.text, l.len, l.number, l.number, l.begin, l.end, err))
            return false;
    }
    return true;
}

static bool read_line(struct markdown *m, struct line *l, struct error *err)
{
    struct line below;
    struct fact f;
    while (l->len && l->text[0] == '>') { /* a quotation's text is text */
        l->text++;
        l->len--;
        while (l->len && l->text[0] == ' ') {
            l->text++;
            l->len--;
        }
    }
    if (l->len == 0) return end_paragraph(m, err);
    size_t level = heading_level(l);
    if (level) {
        size_t skip = level;
        while (skip < l->len && l->text[skip] == ' ') skip++;
        return start_heading(m, level, l->text + skip, l->len - skip, err);
    }
    if (l->len >= 3 && (memcmp(l->text, "```", 3) == 0 || memcmp(l->text, "~~~", 3) == 0))
        return end_paragraph(m, err) && read_fence(m, l, err);
    if (l->len >= 4 && memcmp(l->text, "<!--", 4) == 0) { /* a comment, maybe of many lines */
        while (!memmem(l->text, l->len, "-->", 3) && next_line(m, l)) {
        }
        return end_paragraph(m, err);
    }
    bool peeked = peek_line(m, &below);
    if (memchr(l->text, '|', l->len) && peeked && is_table_rule(&below))
        return end_paragraph(m, err) && read_table(m, l, err);
    if (m->paragraph.len == 0 && peeked && below.len >= 2 && !list_mark(l->text, l->len) &&
        (is_run_of(&below, "=", 2) || is_run_of(&below, "-", 3)) && !is_run_of(l, "-", 3)) {
        next_line(m, &below); /* a heading with its underline */
        return start_heading(m, below.text[0] == '=' ? 1 : 2, l->text, l->len, err);
    }
    if (is_run_of(l, "-*_", 3)) return end_paragraph(m, err);
    size_t mark = list_mark(l->text, l->len);
    if (mark) {
        if (!end_paragraph(m, err)) return false;
        add_to_paragraph(m, l, l->text + mark, l->len - mark);
        return true;
    }
    /* A "name: value" line stays a line of its own. */
    struct buffer clean = {0};
    markdown_inline(l->text, l->len, &clean);
    bool fact = !clean.failed && fact_parse(&f, buffer_text(&clean), clean.len);
    buffer_free(&clean);
    if (fact && !end_paragraph(m, err)) return false;
    add_to_paragraph(m, l, l->text, l->len);
    return !fact || end_paragraph(m, err);
}

/* "---" lines of metadata at the very top: its "name: value" lines are kept as text. */
static bool skip_front_matter(struct markdown *m, struct error *err)
{
    struct line l;
    if (!peek_line(m, &l) || l.len != 3 || memcmp(l.text, "---", 3) != 0) return true;
    size_t at = m->at, number = m->number;
    next_line(m, &l);
    while (next_line(m, &l)) {
        if (l.len == 3 && memcmp(l.text, "---", 3) == 0) return section_flush(&m->section, err);
        struct fact f;
        if (fact_parse(&f, l.text, l.len) &&
            !section_add(&m->section, l.text, l.len, l.number, l.number, l.begin, l.end, err))
            return false;
    }
    m->at = at; /* never closed: it was a rule */
    m->number = number;
    buffer_clear(&m->section.text);
    m->section.tokens = 0;
    return true;
}

bool read_markdown(struct reader *r, struct error *err)
{
    struct markdown m = {.r = r};
    for (size_t i = 0; i <= LEVELS; i++) m.headings[i].vehicle = reader_vehicle(r);
    m.section.reader = r;
    if (r->len >= 3 && memcmp(r->data, "\xef\xbb\xbf", 3) == 0) m.at = 3;
    bool ok = name_section(&m, err) && skip_front_matter(&m, err);
    struct line l;
    while (ok && next_line(&m, &l)) ok = read_line(&m, &l, err);
    ok = ok && end_paragraph(&m, err) && section_flush(&m.section, err);
    section_free(&m.section);
    buffer_free(&m.paragraph);
    return ok;
}
