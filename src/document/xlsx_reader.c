/* Excel workbooks: the list of sheets, the strings that they share, the formats of numbers, then each
 * sheet's cells (sheet.h makes tables of them). Formulas are read by the value that was saved with
 * them; macros are never looked at. */
#include "document/html_table.h"
#include "document/number_format.h"
#include "document/package.h"
#include "document/reader.h"
#include "document/sheet.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SHEETS = 4096, MAX_RELATIONS = 16384 };

struct listed_sheet {
    char *name, *id, *path; /* path: its part; NULL until the relationships are read */
    bool hidden;
};

struct workbook {
    struct document_reader *r;
    struct package package;
    struct error *err;
    struct listed_sheet *sheets;
    size_t n_sheets, cap_sheets;
    char *strings_path, *styles_path;
    bool epoch_1904;
    struct buffer strings;  /* one behind the other */
    size_t *string_ends;    /* (n_strings) */
    size_t n_strings, cap_strings;
    struct format {         /* codes of the file's own */
        unsigned id;
        char *code;
    } * formats;
    size_t n_formats, cap_formats;
    bool *struck_fonts;
    size_t n_fonts, cap_fonts;
    struct cell_style {
        unsigned format, font;
    } * styles;
    size_t n_styles, cap_styles;
    struct buffer text; /* scratch */
};

static bool grow(struct workbook *w, void **items, size_t n, size_t *cap, size_t size)
{
    if (w->r->failed) return false;
    if (n < *cap) return true;
    size_t want = *cap ? *cap * 2 : 64;
    void *grown = want > SIZE_MAX / 2 / size ? NULL : realloc(*items, want * size);
    if (!grown) {
        w->r->failed = true;
        return false;
    }
    *items = grown;
    *cap = want;
    return true;
}

static char *copy(struct workbook *w, const char *text)
{
    char *s = strdup(text ? text : "");
    if (!s) w->r->failed = true;
    return s;
}

static bool is_true(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0);
}

static void free_workbook(struct workbook *w)
{
    for (size_t i = 0; i < w->n_sheets; i++) {
        free(w->sheets[i].name);
        free(w->sheets[i].id);
        free(w->sheets[i].path);
    }
    for (size_t i = 0; i < w->n_formats; i++) free(w->formats[i].code);
    free(w->sheets);
    free(w->formats);
    free(w->styles);
    free(w->struck_fonts);
    free(w->string_ends);
    free(w->strings_path);
    free(w->styles_path);
    buffer_free(&w->strings);
    buffer_free(&w->text);
    package_close(&w->package);
}

/* ---- the workbook ---- */

static void add_sheet(struct workbook *w, const struct xml_part *x)
{
    void *items = w->sheets;
    const char *state = xml_attribute(x, "state");
    if (w->n_sheets == MAX_SHEETS || !grow(w, &items, w->n_sheets, &w->cap_sheets, sizeof *w->sheets)) return;
    w->sheets = items;
    struct listed_sheet s = {.name = copy(w, xml_attribute(x, "name")),
                             .id = copy(w, xml_attribute(x, "id")),
                             .hidden = state && strcmp(state, "visible") != 0};
    w->sheets[w->n_sheets++] = s;
}

static bool read_workbook(struct workbook *w)
{
    struct xml_part x;
    if (!xml_part_open(&x, &w->package, "xl/workbook.xml", w->err)) return false;
    for (enum xml_event e; (e = xml_part_next(&x)) != XML_END;) {
        if (e != XML_OPEN) continue;
        if (strcmp(x.tag, "sheet") == 0)
            add_sheet(w, &x);
        else if (strcmp(x.tag, "workbookPr") == 0)
            w->epoch_1904 = is_true(xml_attribute(&x, "date1904"));
    }
    return xml_part_close(&x, w->err);
}

/* The part that a target names, as seen from xl/. */
static char *part_path(struct workbook *w, const char *target)
{
    struct buffer b = {0};
    if (target[0] == '/')
        buffer_puts(&b, target + 1);
    else if (strncmp(target, "../", 3) == 0)
        buffer_puts(&b, target + 3);
    else
        buffer_printf(&b, "xl/%s", strncmp(target, "./", 2) == 0 ? target + 2 : target);
    if (b.failed) w->r->failed = true;
    if (b.failed || !b.data) buffer_free(&b);
    return b.data;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = text ? strlen(text) : 0, m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static void take_path(struct workbook *w, char **to, const char *target)
{
    if (*to || !target) return;
    *to = part_path(w, target);
}

static bool read_relations(struct workbook *w)
{
    struct xml_part x;
    bool macros = package_has(&w->package, "xl/vbaProject.bin");
    if (!xml_part_open(&x, &w->package, "xl/_rels/workbook.xml.rels", w->err)) return false;
    size_t n = 0;
    for (enum xml_event e; (e = xml_part_next(&x)) != XML_END && n < MAX_RELATIONS;) {
        if (e != XML_OPEN || strcmp(x.tag, "Relationship") != 0) continue;
        n++;
        const char *id = xml_attribute(&x, "Id"), *type = xml_attribute(&x, "Type");
        const char *target = xml_attribute(&x, "Target");
        if (ends_with(type, "/sharedStrings")) take_path(w, &w->strings_path, target);
        if (ends_with(type, "/styles")) take_path(w, &w->styles_path, target);
        if (ends_with(type, "/vbaProject")) macros = true;
        if (!id || !ends_with(type, "/worksheet")) continue;
        for (size_t i = 0; i < w->n_sheets; i++)
            if (w->sheets[i].id && strcmp(w->sheets[i].id, id) == 0) take_path(w, &w->sheets[i].path, target);
    }
    if (macros) reader_note(w->r, "holds macros: they were not looked at");
    return xml_part_close(&x, w->err);
}

/* ---- shared strings ---- */

/* Text with runs of its own: <si>, <is>. Raised runs are written so, struck out ones left out, and how
 * a text is pronounced is no part of it. */
static void read_rich_text(struct workbook *w, struct xml_part *x, struct buffer *out)
{
    int depth = x->depth;
    size_t from = out->len;
    bool raised = false, struck = false;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e == XML_CLOSE && strcmp(x->tag, "r") == 0) {
            if (struck && !out->failed && out->len > from) {
                out->len = from;
                out->data[from] = '\0';
            }
            if (raised) html_superscript(out, from);
            raised = struck = false;
        }
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "r") == 0) {
            from = out->len;
        } else if (strcmp(x->tag, "rPh") == 0) {
            xml_part_skip(x);
        } else if (strcmp(x->tag, "vertAlign") == 0) {
            const char *value = xml_attribute(x, "val");
            raised = value && strcmp(value, "superscript") == 0;
        } else if (strcmp(x->tag, "strike") == 0) {
            const char *value = xml_attribute(x, "val");
            struck = !value || is_true(value);
        } else if (strcmp(x->tag, "t") == 0) {
            xml_part_text(x, out);
        }
    }
    if (out->failed) w->r->failed = true;
}

static bool read_strings(struct workbook *w)
{
    struct xml_part x;
    if (!w->strings_path || !package_has(&w->package, w->strings_path)) return true;
    if (!xml_part_open(&x, &w->package, w->strings_path, w->err)) return false;
    for (enum xml_event e; (e = xml_part_next(&x)) != XML_END && !w->r->failed;) {
        if (e != XML_OPEN || strcmp(x.tag, "si") != 0) continue;
        read_rich_text(w, &x, &w->strings);
        void *items = w->string_ends;
        if (!grow(w, &items, w->n_strings, &w->cap_strings, sizeof *w->string_ends)) break;
        w->string_ends = items;
        w->string_ends[w->n_strings++] = w->strings.len;
    }
    return xml_part_close(&x, w->err);
}

/* ---- styles ---- */

static unsigned number_of(const char *text)
{
    unsigned long n = text ? strtoul(text, NULL, 10) : 0;
    return n > 1u << 30 ? 1u << 30 : (unsigned)n;
}

static void read_fonts(struct workbook *w, struct xml_part *x)
{
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !w->r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "font") == 0) {
            void *items = w->struck_fonts;
            if (!grow(w, &items, w->n_fonts, &w->cap_fonts, sizeof *w->struck_fonts)) return;
            w->struck_fonts = items;
            w->struck_fonts[w->n_fonts++] = false;
        } else if (strcmp(x->tag, "strike") == 0 && w->n_fonts) {
            const char *value = xml_attribute(x, "val");
            w->struck_fonts[w->n_fonts - 1] = !value || is_true(value);
        }
    }
}

static void read_cell_styles(struct workbook *w, struct xml_part *x)
{
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e != XML_OPEN || strcmp(x->tag, "xf") != 0) continue;
        void *items = w->styles;
        if (!grow(w, &items, w->n_styles, &w->cap_styles, sizeof *w->styles)) return;
        w->styles = items;
        w->styles[w->n_styles++] = (struct cell_style){number_of(xml_attribute(x, "numFmtId")),
                                                       number_of(xml_attribute(x, "fontId"))};
    }
}

static bool read_styles(struct workbook *w)
{
    struct xml_part x;
    if (!w->styles_path || !package_has(&w->package, w->styles_path)) return true;
    if (!xml_part_open(&x, &w->package, w->styles_path, w->err)) return false;
    for (enum xml_event e; (e = xml_part_next(&x)) != XML_END && !w->r->failed;) {
        if (e != XML_OPEN) continue;
        if (strcmp(x.tag, "numFmt") == 0) {
            void *items = w->formats;
            if (!grow(w, &items, w->n_formats, &w->cap_formats, sizeof *w->formats)) break;
            w->formats = items;
            w->formats[w->n_formats++] = (struct format){number_of(xml_attribute(&x, "numFmtId")),
                                                         copy(w, xml_attribute(&x, "formatCode"))};
        } else if (strcmp(x.tag, "fonts") == 0) {
            read_fonts(w, &x);
        } else if (strcmp(x.tag, "cellXfs") == 0) {
            read_cell_styles(w, &x);
        } else if (strcmp(x.tag, "dxfs") == 0) { /* formats of conditions */
            xml_part_skip(&x);
        }
    }
    return xml_part_close(&x, w->err);
}

static int compare_formats(const void *a, const void *b)
{
    const struct format *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static const char *format_code(const struct workbook *w, unsigned id)
{
    const struct format key = {.id = id}, *own = NULL;
    if (w->n_formats) own = bsearch(&key, w->formats, w->n_formats, sizeof key, compare_formats);
    return own ? own->code : number_format_builtin(id);
}

/* ---- cells ---- */

struct sheet_cells {
    struct workbook *w;
    struct sheet sheet;
    uint32_t row, column; /* of the next row and cell that do not tell theirs */
    struct buffer value, inline_text;
};

static void add_value(struct sheet_cells *c, struct xml_part *x, uint32_t row, uint32_t column,
                      const char *type, unsigned style, bool has_value)
{
    struct workbook *w = c->w;
    const struct cell_style *s = style < w->n_styles ? &w->styles[style] : NULL;
    const char *value = buffer_text(&c->value);
    if (s && s->font < w->n_fonts && w->struck_fonts[s->font] && (has_value || c->inline_text.len)) {
        c->sheet.n_struck++;
        return;
    }
    if (strcmp(type, "inlineStr") == 0) {
        sheet_add(&c->sheet, row, column, buffer_text(&c->inline_text), c->inline_text.len, false);
    } else if (!has_value || c->value.len == 0) {
        return;
    } else if (strcmp(type, "s") == 0) {
        char *end;
        unsigned long i = strtoul(value, &end, 10);
        if (end == value || i >= w->n_strings) {
            xml_part_fail(x, "shared string %.20s of %zu", value, w->n_strings);
            return;
        }
        size_t from = i ? w->string_ends[i - 1] : 0;
        sheet_add(&c->sheet, row, column, buffer_text(&w->strings) + from, w->string_ends[i] - from, false);
    } else if (strcmp(type, "b") == 0) {
        bool yes = is_true(value);
        sheet_add(&c->sheet, row, column, yes ? "TRUE" : "FALSE", yes ? 4 : 5, false);
    } else if (strcmp(type, "e") == 0) {
        c->sheet.n_errors++;
    } else if (strcmp(type, "n") == 0) {
        char *end;
        double v = strtod(value, &end);
        if (end == value || *end || v - v != 0) { /* as it is written */
            sheet_add(&c->sheet, row, column, value, c->value.len, false);
            return;
        }
        buffer_clear(&w->text);
        bool number =
            number_format_write(&w->text, v, s ? format_code(w, s->format) : NULL, w->epoch_1904);
        sheet_add(&c->sheet, row, column, buffer_text(&w->text), w->text.len, number);
    } else { /* "str", "d" */
        sheet_add(&c->sheet, row, column, value, c->value.len, false);
    }
}

static void read_cell(struct sheet_cells *c, struct xml_part *x)
{
    const char *place = xml_attribute(x, "r"), *given = xml_attribute(x, "t");
    unsigned style = number_of(xml_attribute(x, "s"));
    char type[12] = "n";
    uint32_t row = c->row, column = c->column;
    if (given && strlen(given) < sizeof type) strcpy(type, given);
    if (place && !sheet_read_reference(place, &row, &column, NULL)) {
        xml_part_fail(x, "'%.20s' is no cell", place);
        return;
    }
    c->row = row;
    c->column = column + 1;
    buffer_clear(&c->value);
    buffer_clear(&c->inline_text);
    bool has_value = false;
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "v") == 0) {
            has_value = true;
            xml_part_text(x, &c->value);
        } else if (strcmp(x->tag, "is") == 0) {
            read_rich_text(c->w, x, &c->inline_text);
        } else {
            xml_part_skip(x);
        }
    }
    if (c->value.failed || c->inline_text.failed) c->w->r->failed = true;
    if (!x->error.code) add_value(c, x, row, column, type, style, has_value);
}

static void read_row(struct sheet_cells *c, struct xml_part *x)
{
    const char *number = xml_attribute(x, "r");
    unsigned given = number_of(number);
    int depth = x->depth;
    if (given && given <= 1u << 24) c->row = given - 1;
    c->column = 0;
    if (is_true(xml_attribute(x, "hidden"))) sheet_hide_rows(&c->sheet, c->row, c->row);
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !c->w->r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "c") == 0)
            read_cell(c, x);
        else
            xml_part_skip(x);
    }
    c->row++;
}

static void read_merge(struct sheet *s, const struct xml_part *x)
{
    const char *range = xml_attribute(x, "ref");
    struct sheet_range m;
    size_t used;
    if (!range || !sheet_read_reference(range, &m.row, &m.column, &used) || range[used] != ':' ||
        !sheet_read_reference(range + used + 1, &m.last_row, &m.last_column, NULL))
        return;
    sheet_merge(s, m);
}

static bool read_sheet(struct workbook *w, const struct listed_sheet *listed)
{
    struct sheet_cells c = {.w = w};
    struct xml_part x;
    /* A chart has a sheet of its own, and no cells. */
    if (!listed->path) return true;
    if (!xml_part_open(&x, &w->package, listed->path, w->err)) return false;
    sheet_init(&c.sheet, w->r, listed->name);
    c.sheet.hidden = listed->hidden;
    c.sheet.heading = true;
    for (enum xml_event e; (e = xml_part_next(&x)) != XML_END && !w->r->failed;) {
        if (e != XML_OPEN) continue;
        if (strcmp(x.tag, "row") == 0) {
            read_row(&c, &x);
        } else if (strcmp(x.tag, "mergeCell") == 0) {
            read_merge(&c.sheet, &x);
        } else if (strcmp(x.tag, "col") == 0 && is_true(xml_attribute(&x, "hidden"))) {
            unsigned first = number_of(xml_attribute(&x, "min")), last = number_of(xml_attribute(&x, "max"));
            if (first && last >= first) sheet_hide_columns(&c.sheet, first - 1, last - 1);
        }
    }
    bool ok = xml_part_close(&x, w->err) && sheet_end(&c.sheet, w->err);
    sheet_free(&c.sheet);
    buffer_free(&c.value);
    buffer_free(&c.inline_text);
    return ok;
}

bool read_xlsx_document(struct document_reader *r, struct error *err)
{
    struct workbook w = {.r = r, .err = err};
    if (!package_open(&w.package, r->path, r->data, r->len, err)) return false;
    w.package.cancel = r->cancel;
    bool ok = read_workbook(&w) && read_relations(&w) && read_strings(&w) && read_styles(&w);
    if (ok && w.n_formats) qsort(w.formats, w.n_formats, sizeof *w.formats, compare_formats);
    for (size_t i = 0; ok && !r->failed && i < w.n_sheets; i++) ok = read_sheet(&w, &w.sheets[i]);
    free_workbook(&w);
    return ok && reader_check(r, err);
}
