/* Tables of manuals: parts with one quantity each, codes of vehicles as columns, columns of two systems of units;
 * and those that hold no data, such as tables of contents and lists of tools. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"

#include <string.h>

enum { QUANTITY_BYTES = 120, CONTENTS_ROWS = 3, SEEN_ROWS = 60 };

/* ---- one quantity of many parts ---- */

/* "Tightening torques (in daN.m)": a quantity with its unit. */
static bool is_quantity(struct interpreter *p, const char *text)
{
    struct section_reading r;
    size_t len = strlen(text);
    if (len == 0 || len > QUANTITY_BYTES || manual_is_structure(text, len)) return false;
    if (!section_read(&r, text, false, &p->out->arena)) {
        p->failed = true;
        return false;
    }
    return r.unit && *r.text && !is_numeric_cell(text, len);
}

/* Whether rows from `from` on have a figure in the second column, most of them. */
static bool has_figures(const struct table *t, size_t from)
{
    size_t n = 0, figures = 0;
    for (size_t r = from; r < t->n_rows && n < SEEN_ROWS; r++) {
        const struct cell *c = table_cell(t, r, 1);
        if (!c->len) continue;
        n++;
        figures += c->text[0] >= '0' && c->text[0] <= '9';
    }
    return n && figures * 10 >= n * 6;
}

/* Where the figure behind a part's name begins that shares its cell: "Pulley nuts 3 + 84°"; 0: none does. */
static size_t joined_figure(const struct cell *c)
{
    struct adjusted_cell adjusted;
    for (size_t i = 3; i < c->len; i++) {
        if (c->text[i - 1] != ' ' || c->text[i] < '0' || c->text[i] > '9') continue;
        const char *figure = c->text + i;
        size_t len = c->len - i, name = i;
        while (name && c->text[name - 1] == ' ') name--;
        bool word = name > 2 && !strchr("0123456789.,-/(", c->text[name - 1]);
        if (word && (adjusted_cell_read(&adjusted, figure, len, NUMBER_POINT) ||
                     strspn(figure, "0123456789.,") == len))
            return i;
    }
    return 0;
}

/* Gives the figures that stand in the cell of their part a cell of their own, in a copy of the table. */
static bool part_joined_figures(struct interpreter *p, size_t from)
{
    const struct table *t = p->out->table;
    struct cell *cells = NULL;
    for (size_t r = from; r < t->n_rows; r++) {
        const struct cell *c = table_cell(t, r, 0);
        size_t at = table_cell(t, r, 1)->len ? 0 : joined_figure(c), end = at;
        if (!at) continue;
        if (!cells) {
            struct table *copy = arena_alloc(&p->out->arena, sizeof *copy);
            cells = arena_array(&p->out->arena, t->n_rows * t->n_columns, sizeof *cells);
            if (!copy || !cells) return false;
            memcpy(cells, t->cells, t->n_rows * t->n_columns * sizeof *cells);
            *copy = *t;
            copy->cells = cells;
            p->out->table = p->out->frame.table = copy;
        }
        while (c->text[end - 1] == ' ') end--;
        const char *name = arena_strndup(&p->out->arena, c->text, end);
        if (!name) return false;
        struct cell *out = cells + r * t->n_columns;
        out[1] = (struct cell){c->text + at, c->len - (uint32_t)at, c->line, c->begin + at};
        out[0].text = name;
        out[0].len = (uint32_t)end;
    }
    return true;
}

static void be_quantity(struct table_frame *f, const char *quantity, size_t first_data)
{
    f->layout = FRAME_ROWS;
    f->pairs = false;
    f->attribute_column = f->unit_column = f->band_column = f->value_column = NO_COLUMN;
    f->column_years = NULL;
    f->names[0] = f->groups[0] = f->groups[1] = "";
    f->names[1] = quantity;
    f->has_header = true;
    for (size_t r = 0; r < f->table->n_rows; r++) {
        size_t first;
        bool filled = frame_count_filled(f->table, r, &first) > 0;
        f->rows[r] = r < first_data ? FRAME_HEADER : filled ? FRAME_DATA : FRAME_BLANK;
    }
    f->first_data = first_data;
}

/* Two columns, parts and figures: the quantity stands over both, in the first row, or above the table. */
static bool find_quantity(struct interpreter *p)
{
    struct table_frame *f = &p->out->frame;
    const struct table *t = p->out->table;
    if (t->n_columns != 2 || t->n_rows == 0) return false;
    const struct cell *a = table_cell(t, 0, 0), *b = table_cell(t, 0, 1);
    const char *top = a->len && (!b->len || strcmp(a->text, b->text) == 0) ? a->text : !a->len ? b->text : "";
    if (!t->key_value && is_quantity(p, top) && has_figures(t, 1)) {
        be_quantity(f, top, 1);
        return true;
    }
    const char *above = *f->title ? f->title : t->caption && *t->caption ? t->caption : p->caption;
    if (!is_quantity(p, above)) above = p->caption;
    bool named = f->has_header && !is_numeric_cell(b->text, b->len) && b->len;
    if (named || !is_quantity(p, above) || !has_figures(t, 0)) return false;
    be_quantity(f, above, 0);
    return true;
}

/* ---- vehicles as columns ---- */

static void be_attributes(struct table_frame *f)
{
    f->layout = FRAME_COLUMNS;
    f->attribute_column = 0;
    f->unit_column = f->band_column = f->value_column = NO_COLUMN;
    f->column_years = NULL;
    frame_classify_attribute_rows(f);
}

/* Codes over all columns but the first: what the rows name are attributes. */
static bool find_code_columns(struct interpreter *p)
{
    struct table_frame *f = &p->out->frame;
    const struct table *t = p->out->table;
    size_t figures = 0, cells = 0, codes = 0, labels = 0;
    if (f->layout != FRAME_ROWS || !f->has_header || t->n_columns < 2 || *f->names[0]) return false;
    for (size_t j = 1; j < t->n_columns; j++)
        if (!*f->names[j] || !manual_has_code(f->names[j], strlen(f->names[j])) ||
            is_measure_name(f->names[j], strlen(f->names[j])))
            return false;
    for (size_t r = f->first_data; r < t->n_rows && r < f->first_data + SEEN_ROWS; r++) {
        const struct cell *label = table_cell(t, r, 0);
        if (f->rows[r] != FRAME_DATA || !label->len) continue;
        labels++;
        codes += manual_has_code(label->text, label->len);
        for (size_t j = 1; j < t->n_columns; j++) {
            const struct cell *c = table_cell(t, r, j);
            cells += c->len > 0;
            figures += c->len > 0 && (is_numeric_cell(c->text, c->len) || is_dash_cell(c));
        }
    }
    if (!labels || codes * 2 > labels || figures * 2 < cells) return false;
    be_attributes(f);
    return true;
}

static int unit_system(const char *name)
{
    static const char *const METRIC[] = {"metric", "si", "metrisch", "metrique"};
    static const char *const OTHERS[] = {"standard", "us", "u.s.", "imperial", "english", "inch", "us customary"};
    for (size_t i = 0; i < sizeof METRIC / sizeof *METRIC; i++)
        if (strcasecmp(name, METRIC[i]) == 0) return 1;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (strcasecmp(name, OTHERS[i]) == 0) return 2;
    return 0;
}

bool is_unit_system(const struct interpreter *p, const char *name)
{
    return p->unit_systems && unit_system(name) != 0;
}

/* "STANDARD | METRIC": two columns of the same values. */
static bool find_unit_systems(struct interpreter *p)
{
    struct table_frame *f = &p->out->frame;
    const struct table *t = p->out->table;
    unsigned seen = 0;
    if (t->key_value) { /* the two names as a pair: the header of the others */
        for (size_t r = 0; r < t->n_rows && f->pairs; r++) {
            int a = unit_system(table_cell(t, r, 0)->text), b = unit_system(table_cell(t, r, 1)->text);
            if (a && b && a != b) f->rows[r] = FRAME_HEADER;
        }
        return false;
    }
    if (!f->has_header || t->n_columns < 3 || f->layout == FRAME_LONG) return false;
    for (size_t j = 1; j < t->n_columns; j++) {
        int system = unit_system(f->names[j]);
        if (!system) return false;
        seen |= 1u << system;
    }
    if (seen != 6) return false;
    be_attributes(f);
    p->unit_systems = true;
    return true;
}

void manual_find_shape(struct interpreter *p)
{
    if (!p->context->paged || p->out->table->n_columns < 2) return;
    if (find_unit_systems(p)) return;
    if (!find_quantity(p))
        find_code_columns(p);
    else if (!part_joined_figures(p, p->out->frame.first_data))
        p->failed = true;
}

/* ---- tables that hold no data ---- */

/* "12", "4-5", "A-1", "iv": where an entry of a table of contents is found; *number of its last part. */
static bool is_page_number(const char *text, size_t len, bool *compound, long *number)
{
    size_t digits = 0, letters = 0, dashes = 0;
    *number = 0;
    *compound = false;
    if (len == 0 || len > 9) return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c >= '0' && c <= '9') {
            digits++;
            *number = *number * 10 + (c - '0');
        } else if (c == '-' && i > 0 && i + 1 < len) {
            dashes++;
            *number = 0;
        } else if (strchr("ivxlcIVXLC", c) || (i == 0 && c >= 'A' && c <= 'Z')) {
            letters++;
        } else {
            return false;
        }
    }
    *compound = dashes == 1 && digits > 0;
    return dashes <= 1 && (digits ? letters <= 1 || dashes : letters == len && len <= 5);
}

/* "Torque limits .... F-1" */
static bool is_entry(const char *text)
{
    const char *dots = strstr(text, " .... ");
    bool compound;
    long number;
    return dots && is_page_number(dots + 6, strlen(dots + 6), &compound, &number);
}

static bool says_contents(const char *text)
{
    static const char *const WORDS[] = {"contents", "index", "page", "pages", "illustrations", "inhalt", "seite",
                                        "inhaltsverzeichnis", "sommaire", "indice", "pagina", "paragraph", "para"};
    struct token t[16];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, 16);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
            if (strcmp(t[i].key, WORDS[k]) == 0) return true;
    return false;
}

/* Whether the rows are entries with the pages they are found on. */
static bool is_contents(const struct interpreter *p)
{
    const struct table *t = p->out->table;
    const struct interpret_context *c = p->context;
    size_t rows = 0, pages = 0, compounds = 0, steps = 0, known = 0;
    long before = 0;
    bool said = (t->caption && says_contents(t->caption)) ||
                (c->n_headings && says_contents(c->headings[c->n_headings - 1]));
    for (size_t r = 0; r < t->n_rows && rows < SEEN_ROWS; r++) {
        size_t j = t->n_columns, first = 0, filled = frame_count_filled(t, r, &first);
        while (j > 0 && !table_cell(t, r, j - 1)->len) j--;
        bool entry = false; /* name, dots and page in one cell */
        for (size_t k = 0; k < j && !entry; k++) entry = is_entry(table_cell(t, r, k)->text);
        if (entry) {
            rows++;
            pages++;
            compounds++;
            steps++;
        }
        if (filled < 2 || entry) continue;
        const struct cell *cell = table_cell(t, r, j - 1), *label = table_cell(t, r, first);
        const char *space = strrchr(cell->text, ' '), *text = space ? space + 1 : cell->text;
        bool compound;
        long number;
        if (r == 0) said |= says_contents(cell->text);
        rows++;
        if (!is_page_number(text, strlen(text), &compound, &number)) continue;
        /* "1-12  1-4": paragraph and page; "12 V" is none. */
        if (space && !is_page_number(cell->text, strcspn(cell->text, " "), &(bool){false}, &(long){0})) continue;
        pages++;
        compounds += compound;
        known += is_measure_name(label->text, label->len);
        steps += pages == 1 || number >= before || compound;
        before = number;
    }
    if (rows < (said ? 1 : CONTENTS_ROWS) || pages * 10 < rows * 7 || steps * 10 < pages * 8) return false;
    if (compounds * 2 > pages) return true;
    /* Figures that rise from row to row may be data, where a column is called after some. */
    for (size_t j = 0; j < p->out->n_columns && !said; j++)
        if (p->out->columns[j].fact.attribute >= 0 && *p->out->frame.names[0]) return false;
    return said || (pages >= 6 && known * 5 <= pages);
}

/* "Item", "Part number", "NSN": figures below it count or name things. */
static bool is_numbering(const char *name)
{
    static const char *const WORDS[] = {"item", "no", "nr", "number", "index", "figure", "fig", "page", "paragraph",
                                        "para", "code", "part", "nsn", "key", "step", "ref", "reference", "callout",
                                        "cage", "cagec", "smr", "qty", "quantity", "chapter", "section", "lin"};
    struct token t[16];
    size_t n = tokens_split(name, strlen(name), TOKENS_TEXT, t, 16);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
            if (strcmp(t[i].key, WORDS[k]) == 0) return true;
    return false;
}

/* "2 to 4 mm", "±0°30'": begins with a figure that a unit follows. */
static bool is_measure(const char *text, size_t len)
{
    size_t i = 0, used;
    if (memchr(text, '=', len)) return false; /* a conversion of units */
    while (i < len && (text[i] < '0' || text[i] > '9') && (text[i] & 0x80 || strchr(" <>+-~", text[i]))) i++;
    if (i == len || text[i] < '0' || text[i] > '9') return false;
    for (i++; i < len; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9', behind = text[i - 1] >= '0' && text[i - 1] <= '9';
        if (digit || !behind) continue;
        size_t at = i + (text[i] == ' ');
        const struct unit *u = at < len ? unit_parse(text + at, len - at, &used) : NULL;
        if (u && u->dimension != DIMENSION_NONE && u->dimension != DIMENSION_COUNT) return true;
    }
    return false;
}

/* Whether a column of text under a name has measures in most of its cells, of several kinds: millimetres in one
 * row, degrees in the next. */
static bool holds_measures(const struct interpretation *in, const struct interpreted_column *c)
{
    size_t n = 0, measures = 0;
    if (in->frame.layout != FRAME_ROWS || !in->frame.has_header || c->index == 0) return false;
    if (c->index >= in->table->n_columns || is_numbering(c->fact.name)) return false;
    for (size_t i = 0; i < in->n_records && n < SEEN_ROWS; i++) {
        const struct cell *cell = table_cell(in->table, in->records[i].row, c->index);
        n += cell->len > 0;
        measures += is_measure(cell->text, cell->len);
    }
    return measures >= 2 && measures * 2 >= n;
}

/* Whether a column holds figures that mean something by themselves: with a unit, of a known attribute, or
 * under a name. */
static bool holds_data(const struct interpretation *in, const struct interpreted_column *c)
{
    if (c->role == ROLE_QUANTITY || c->role == ROLE_YEAR) return false;
    if (holds_measures(in, c)) return true;
    if (c->role != ROLE_NONE || !c->n_filled) return false;
    if (c->fact.attribute >= 0 && c->category && REGISTRY[c->fact.attribute].role == ROLE_NONE) return true;
    if (!c->n_numbers || c->text || c->n_numbers * 3 < c->n_filled) return false;
    if (in->frame.layout == FRAME_ROWS && is_numbering(c->fact.name)) return false;
    if (c->fact.unit || c->cell_unit || c->unit_column != NO_COLUMN) return true;
    if (c->fact.attribute >= 0) return true;
    bool named = in->frame.layout != FRAME_ROWS || in->frame.has_header;
    return named && c->n_numbers >= 2 && c->n_numbers * 2 >= c->n_filled;
}

/* Steps and remarks in the column of names: "Put the vehicle on a two-post lift." */
static bool is_sentence(const char *text)
{
    enum { NAME_WORDS = 9 };
    size_t words = 0, len = strlen(text);
    for (size_t i = 0; i < len; i++) words += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
    return words > NAME_WORDS || (words > 6 && len && (text[len - 1] == '.' || text[len - 1] == ':'));
}

/* Leaves out the rows whose name is text; all of them where many are. */
static void drop_sentences(struct interpreter *p)
{
    struct interpretation *in = p->out;
    size_t kept = 0, n = in->n_records;
    if (in->frame.layout != FRAME_ROWS || p->roles.name == NO_COLUMN) return;
    for (size_t i = 0; i < n; i++) {
        const struct cell *c = table_cell(in->table, in->records[i].row, (size_t)p->roles.name);
        if (!is_sentence(c->text)) in->records[kept++] = in->records[i];
    }
    in->n_records = kept * 3 < n * 2 ? 0 : kept;
    if (!in->n_records) in->text_only = true;
}

void manual_drop_empty(struct interpreter *p)
{
    struct interpretation *in = p->out;
    if (!p->context->paged || !in->n_records) return;
    if (is_contents(p)) {
        interpret_note(p, "the table lists what is found on which page");
        in->n_records = 0;
        return;
    }
    for (size_t j = 0; j < in->n_columns; j++)
        if (holds_data(in, &in->columns[j])) {
            drop_sentences(p);
            return;
        }
    interpret_note(p, "the table has no figures with a unit or an attribute's name: its rows are kept as text");
    in->n_records = 0;
    in->text_only = true;
}
