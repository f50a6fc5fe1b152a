/* Excel 97 workbooks, by freexl. It gives neither merged cells nor the formats of numbers but dates:
 * numbers are read in their general form. */
#include "document/number_format.h"
#include "document/reader.h"
#include "document/sheet.h"

#include <errno.h>
#include <freexl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHECK_ROWS = 256 };

/* freexl reads files by their name: the bytes as one in memory. -1: it could not be made. */
static int memory_file(const struct document_reader *r)
{
    int fd = memfd_create("workbook", MFD_CLOEXEC);
    for (size_t done = 0; fd >= 0 && done < r->len;) {
        ssize_t n = write(fd, r->data + done, r->len - done);
        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            close(fd);
            fd = -1;
        }
    }
    return fd;
}

static const char *what_is_wrong(int status)
{
    switch (status) {
    case FREEXL_CRAFTED_FILE: return "its parts lead nowhere";
    case FREEXL_CFBF_INVALID_SIGNATURE:
    case FREEXL_CFBF_INVALID_SECTOR_SIZE: return "its header is wrong";
    case FREEXL_CFBF_READ_ERROR:
    case FREEXL_CFBF_SEEK_ERROR:
    case FREEXL_CFBF_ILLEGAL_FAT_ENTRY:
    case FREEXL_CFBF_ILLEGAL_MINI_FAT_ENTRY: return "it is cut, or its list of sectors is wrong";
    case FREEXL_BIFF_WORKBOOK_NOT_FOUND: return "it holds no workbook";
    default: return "its records are wrong";
    }
}

static void add_cell(struct sheet *s, struct buffer *text, unsigned row, unsigned short column,
                     const FreeXL_CellValue *v)
{
    buffer_clear(text);
    switch (v->type) {
    case FREEXL_CELL_INT:
        buffer_printf(text, "%d", v->value.int_value);
        break;
    case FREEXL_CELL_DOUBLE:
        number_format_general(text, v->value.double_value);
        break;
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME:
        if (v->value.text_value) buffer_puts(text, v->value.text_value);
        break;
    default:
        return;
    }
    if (text->failed) {
        s->reader->failed = true;
        return;
    }
    if (text->len && text->data[0] == '#' &&
        (strcmp(text->data, "#N/A") == 0 || strcmp(text->data, "#REF!") == 0 ||
         strcmp(text->data, "#DIV/0!") == 0 || strcmp(text->data, "#VALUE!") == 0 ||
         strcmp(text->data, "#NAME?") == 0 || strcmp(text->data, "#NULL!") == 0 ||
         strcmp(text->data, "#NUM!") == 0)) {
        s->n_errors++;
        return;
    }
    sheet_add(s, row, column, text->data ? text->data : "", text->len, v->type == FREEXL_CELL_DOUBLE);
}

static bool read_sheet(struct document_reader *r, const void *book, unsigned short index, struct buffer *text,
                       struct error *err)
{
    const char *name = NULL;
    unsigned rows = 0;
    unsigned short columns = 0;
    struct sheet s;
    if (freexl_get_worksheet_name(book, index, &name) != FREEXL_OK ||
        freexl_select_active_worksheet(book, index) != FREEXL_OK ||
        freexl_worksheet_dimensions(book, &rows, &columns) != FREEXL_OK)
        return true;
    sheet_init(&s, r, name ? name : "");
    s.heading = true;
    bool ok = true;
    for (unsigned i = 0; ok && i < rows && !r->failed; i++) {
        for (unsigned short k = 0; k < columns; k++) {
            FreeXL_CellValue v = {.type = FREEXL_CELL_NULL};
            if (freexl_get_cell_value(book, i, k, &v) == FREEXL_OK) add_cell(&s, text, i, k, &v);
        }
        if (i % CHECK_ROWS == 0) ok = reader_check(r, err);
    }
    ok = ok && sheet_end(&s, err);
    sheet_free(&s);
    return ok;
}

bool read_xls_document(struct document_reader *r, struct error *err)
{
    char name[40];
    const void *book = NULL;
    struct buffer text = {0};
    int fd = memory_file(r);
    if (fd < 0) return error_errno(err, ERROR_IO, "%s: a file in memory", r->path);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    int status = freexl_open(name, &book);
    unsigned sheets = 0, password = 0;
    bool ok = status == FREEXL_OK && freexl_get_info(book, FREEXL_BIFF_SHEET_COUNT, &sheets) == FREEXL_OK;
    if (ok && freexl_get_info(book, FREEXL_BIFF_PASSWORD, &password) == FREEXL_OK &&
        password == FREEXL_BIFF_OBFUSCATED)
        ok = error_set(err, ERROR_UNSUPPORTED, "%s: is encrypted; save it without a password", r->path);
    else if (status == FREEXL_INSUFFICIENT_MEMORY)
        error_memory(err, r->path);
    else if (status == FREEXL_BIFF_OBFUSCATED)
        error_set(err, ERROR_UNSUPPORTED, "%s: is encrypted; save it without a password", r->path);
    else if (!ok)
        error_set(err, ERROR_INPUT, "%s: is a damaged Excel workbook: %s", r->path, what_is_wrong(status));
    for (unsigned i = 0; ok && i < sheets && i < UINT16_MAX; i++)
        ok = read_sheet(r, book, (unsigned short)i, &text, err);
    if (book) freexl_close(book);
    close(fd);
    buffer_free(&text);
    return ok && reader_check(r, err);
}
