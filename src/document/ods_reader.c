/* OpenDocument spreadsheets. Cells are read as they are shown, numbers written with a decimal point
 * whatever the author's country does. */
#include "document/odf.h"
#include "document/number_format.h"
#include "document/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    REPEATED_CELLS = 20000, /* that repetition may add, beside as many as are written */
    MAX_PLACE = 1 << 24,
};

struct ods {
    struct odf odf;
    struct error *err;
    struct sheet sheet;
    uint32_t row, column;
    struct buffer text, shown;
    size_t repeats_left;
};

/* ---- numbers as shown ---- */

/* The figures at text[0, n), read with `point` as the decimal sign. */
static double read_shown(const char *text, size_t n, char point)
{
    char digits[64];
    size_t k = 0;
    for (size_t i = 0; i < n && k + 1 < sizeof digits; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            digits[k++] = text[i];
        else if (text[i] == point)
            digits[k++] = '.';
    }
    digits[k] = '\0';
    return strtod(digits, NULL);
}

/* Whether the figures are the value, rounded to the places that are shown. */
static bool shows(const char *text, size_t n, char point, double value)
{
    size_t decimals = 0, points = 0;
    for (size_t i = 0; i < n; i++) {
        points += text[i] == point;
        decimals += points && text[i] >= '0' && text[i] <= '9';
    }
    return points <= 1 && fabs(read_shown(text, n, point) - fabs(value)) <= 0.5001 * pow(10, -(double)decimals);
}

/* Writes what is shown with a decimal point. False: the value is not among it. */
static bool write_shown(struct buffer *out, const char *text, size_t len, double value, bool percent)
{
    size_t from = 0, to;
    if (percent) value *= 100;
    while (from < len && (text[from] < '0' || text[from] > '9')) from++;
    for (to = from; to < len && ((text[to] >= '0' && text[to] <= '9') || strchr(".,'", text[to]) ||
                                 (unsigned char)text[to] >= 0x80 || text[to] == ' ');)
        to++;
    while (to > from && (text[to - 1] < '0' || text[to - 1] > '9')) to--;
    if (from == to) return false;
    bool point = shows(text + from, to - from, '.', value);
    if (!point && !shows(text + from, to - from, ',', value)) return false;
    buffer_append(out, text, from);
    for (size_t i = from; i < to; i++) {
        char c = text[i];
        if (!point && (c == ',' || c == '.')) c = c == ',' ? '.' : ',';
        buffer_putc(out, c);
    }
    buffer_append(out, text + to, len - to);
    return true;
}

/* ---- cells ---- */

static void read_cell_text(struct ods *d, struct xml_part *x)
{
    int depth = x->depth;
    buffer_clear(&d->text);
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "p") == 0 || strcmp(x->tag, "h") == 0) {
            if (d->text.len) buffer_putc(&d->text, '\n');
            odf_read_text(&d->odf, x, &d->text);
        } else {
            xml_part_skip(x);
        }
    }
}

static void read_cell(struct ods *d, struct xml_part *x)
{
    uint32_t repeated = odf_count(x, "number-columns-repeated", MAX_PLACE);
    uint32_t columns = odf_count(x, "number-columns-spanned", MAX_PLACE), rows = odf_count(x, "number-rows-spanned", MAX_PLACE);
    const char *type = xml_attribute(x, "value-type"), *value = xml_attribute(x, "value");
    const char *boolean = xml_attribute(x, "boolean-value");
    /* LibreOffice says it twice, the second time with what the first cannot say. */
    bool number = type && value &&
                  (strcmp(type, "float") == 0 || strcmp(type, "currency") == 0 || strcmp(type, "percentage") == 0);
    bool percent = type && strcmp(type, "percentage") == 0;
    bool yes = boolean && strcmp(boolean, "true") == 0, truth = boolean != NULL;
    double v = number ? strtod(value, NULL) : 0;
    read_cell_text(d, x);
    const char *text = buffer_text(&d->text);
    size_t len = d->text.len;
    if (truth) {
        text = yes ? "TRUE" : "FALSE";
        len = strlen(text);
    }
    if (len && (strncmp(text, "#N/A", 4) == 0 || strncmp(text, "#REF!", 5) == 0 ||
                strncmp(text, "#DIV/0!", 7) == 0 || strncmp(text, "#VALUE!", 7) == 0 ||
                strncmp(text, "#NAME?", 6) == 0 || strncmp(text, "Err:", 4) == 0)) {
        d->sheet.n_errors++;
        len = 0;
    }
    if (number) {
        buffer_clear(&d->shown);
        if (len == 0)
            number_format_general(&d->shown, v);
        else if (!write_shown(&d->shown, text, len, v, percent))
            number = false;
        if (number) {
            text = buffer_text(&d->shown);
            len = d->shown.len;
        }
    }
    if (d->text.failed || d->shown.failed) d->odf.r->failed = true;
    for (uint32_t i = 0; len && i < repeated && d->column + i < DOCUMENT_MAX_COLUMNS; i++) {
        if (i && d->repeats_left == 0) break;
        d->repeats_left -= i > 0;
        sheet_add(&d->sheet, d->row, d->column + i, text, len, number);
    }
    if (columns > 1 || rows > 1)
        sheet_merge(&d->sheet, (struct sheet_range){d->row, d->column, d->row + rows - 1, d->column + columns - 1});
    d->column = d->column + repeated < MAX_PLACE ? d->column + repeated : MAX_PLACE;
    d->repeats_left += len > 0;
}

/* Adds the cells of the row, which are [from, n), once more for each row that repeats it. */
static void repeat_row(struct ods *d, size_t from, uint32_t rows)
{
    struct sheet *s = &d->sheet;
    size_t n = s->n - from;
    for (uint32_t i = 1; i < rows && n && !d->odf.r->failed; i++) {
        if (d->repeats_left < n) {
            reader_note(d->odf.r, "sheet '%s': row %u is repeated %u times: the rest is left out", s->name,
                        (unsigned)d->row + 1, (unsigned)rows);
            return;
        }
        d->repeats_left -= n;
        for (size_t k = 0; k < n; k++) {
            const struct sheet_cell c = s->cells[from + k];
            sheet_add(s, d->row + i, c.column, c.cell.text, c.cell.len, c.number);
        }
    }
}

static void read_row(struct ods *d, struct xml_part *x)
{
    uint32_t repeated = odf_count(x, "number-rows-repeated", MAX_PLACE);
    const char *visibility = xml_attribute(x, "visibility");
    bool hidden = visibility && strcmp(visibility, "visible") != 0;
    int depth = x->depth;
    size_t from = d->sheet.n;
    d->column = 0;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !d->odf.r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "table-cell") == 0) {
            read_cell(d, x);
        } else {
            if (strcmp(x->tag, "covered-table-cell") == 0) {
                uint32_t n = odf_count(x, "number-columns-repeated", MAX_PLACE);
                d->column = d->column + n < MAX_PLACE ? d->column + n : MAX_PLACE;
            }
            xml_part_skip(x);
        }
    }
    if (d->sheet.n > from) {
        if (hidden) sheet_hide_rows(&d->sheet, d->row, d->row + repeated - 1);
        repeat_row(d, from, repeated);
    }
    d->row = d->row + repeated < MAX_PLACE ? d->row + repeated : MAX_PLACE;
}

static bool read_sheet(struct ods *d, struct xml_part *x)
{
    const struct odf_style *style = odf_find_style(&d->odf, xml_attribute(x, "style-name"));
    const char *given = xml_attribute(x, "name");
    char *name = strdup(given ? given : "");
    uint32_t column = 0;
    int depth = x->depth;
    if (!name) d->odf.r->failed = true;
    sheet_init(&d->sheet, d->odf.r, name ? name : "");
    d->sheet.heading = true;
    d->sheet.hidden = style && style->hidden;
    d->row = 0;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !d->odf.r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "table-row") == 0) {
            read_row(d, x);
        } else if (strcmp(x->tag, "table-column") == 0) {
            uint32_t n = odf_count(x, "number-columns-repeated", MAX_PLACE);
            const char *visibility = xml_attribute(x, "visibility");
            if (visibility && strcmp(visibility, "visible") != 0 && column < DOCUMENT_MAX_COLUMNS)
                sheet_hide_columns(&d->sheet, column, column + n - 1);
            column = column + n < MAX_PLACE ? column + n : MAX_PLACE;
        } else if (strcmp(x->tag, "shapes") == 0 || strcmp(x->tag, "forms") == 0) {
            xml_part_skip(x);
        }
    }
    bool ok = x->error.code == ERROR_NONE && sheet_end(&d->sheet, d->err);
    sheet_free(&d->sheet);
    free(name);
    return ok;
}

bool read_ods_document(struct document_reader *r, struct error *err)
{
    struct ods d = {.err = err, .repeats_left = REPEATED_CELLS};
    struct xml_part x;
    if (!odf_open(&d.odf, r, err)) return false;
    bool ok = xml_part_open(&x, &d.odf.package, "content.xml", err);
    if (ok) {
        bool sheets = true;
        for (enum xml_event e; sheets && (e = xml_part_next(&x)) != XML_END && !r->failed;) {
            if (e != XML_OPEN) continue;
            if (strcmp(x.tag, "automatic-styles") == 0) {
                odf_read_styles(&d.odf, &x);
                odf_sort_styles(&d.odf);
            } else if (strcmp(x.tag, "tracked-changes") == 0) {
                xml_part_skip(&x);
            } else if (strcmp(x.tag, "table") == 0) {
                sheets = read_sheet(&d, &x);
            }
        }
        ok = xml_part_close(&x, err) && sheets;
    }
    if (ok && (package_has(&d.odf.package, "Basic/script-lc.xml")))
        reader_note(r, "holds macros: they were not looked at");
    odf_close(&d.odf);
    buffer_free(&d.text);
    buffer_free(&d.shown);
    return ok && reader_check(r, err);
}
