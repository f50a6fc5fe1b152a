/* Office files: any bytes as one of each kind; and, so that the fuzzer gets past the archive, the input
 * as the one XML part that matters of each. The first byte chooses. */
#include "fuzz_document.h"

#include <zip.h>

static const char RELATIONS[] =
    "<Relationships><Relationship Id='r' Type='/worksheet' Target='s.xml'/>"
    "<Relationship Type='/sharedStrings' Target='t.xml'/><Relationship Type='/styles' Target='u.xml'/></Relationships>";
static const char BOOK[] = "<workbook><sheets><sheet name='S' id='r'/></sheets></workbook>";
static const char SHEET[] = "<worksheet><sheetData><row r='1'><c r='A1' t='s' s='0'><v>0</v></c><c><v>45000.5</v></c>"
                            "</row></sheetData></worksheet>";

static void add(zip_t *zip, const char *name, const void *data, size_t len)
{
    zip_source_t *s = zip_source_buffer(zip, data, len, 0);
    if (!s || zip_file_add(zip, name, s, 0) < 0) abort();
    zip_int64_t i = zip_name_locate(zip, name, 0);
    zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_STORE, 0);
}

/* The archive as bytes, on the heap. */
static uint8_t *make(unsigned form, const uint8_t *data, size_t size, size_t *len)
{
    static const char ODS[] = "application/vnd.oasis.opendocument.spreadsheet";
    static const char ODT[] = "application/vnd.oasis.opendocument.text";
    zip_error_t e;
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &e);
    zip_t *zip = zip_open_from_source(out, ZIP_TRUNCATE, &e);
    zip_stat_t st;
    if (!zip) abort();
    zip_source_keep(out);
    if (form < 4) {
        static const char *const PARTS[] = {"xl/s.xml", "xl/t.xml", "xl/u.xml", "xl/workbook.xml"};
        add(zip, "xl/_rels/workbook.xml.rels", RELATIONS, sizeof RELATIONS - 1);
        if (form != 3) add(zip, "xl/workbook.xml", BOOK, sizeof BOOK - 1);
        if (form != 0) add(zip, "xl/s.xml", SHEET, sizeof SHEET - 1);
        add(zip, PARTS[form], data, size);
    } else if (form < 6) {
        add(zip, form == 4 ? "word/document.xml" : "word/styles.xml", data, size);
        if (form == 5) add(zip, "word/document.xml", "<d><body><p><r><t>x</t></r></p></body></d>", 41);
    } else {
        add(zip, "mimetype", form == 6 ? ODS : ODT, form == 6 ? sizeof ODS - 1 : sizeof ODT - 1);
        add(zip, "content.xml", data, size);
    }
    if (zip_close(zip) != 0 || zip_source_stat(out, &st) != 0) abort();
    uint8_t *bytes = malloc(st.size + 1);
    if (!bytes || zip_source_open(out) != 0 || zip_source_read(out, bytes, st.size) != (zip_int64_t)st.size) abort();
    zip_source_close(out);
    zip_source_free(out);
    *len = st.size;
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum document_kind KINDS[] = {DOCUMENT_XLSX, DOCUMENT_XLSX, DOCUMENT_XLSX, DOCUMENT_XLSX, DOCUMENT_DOCX,
                                               DOCUMENT_DOCX, DOCUMENT_ODS,  DOCUMENT_ODT,  DOCUMENT_XLS};
    if (size < 2) return 0;
    unsigned form = data[0] % 10;
    size_t len;
    if (form == 9) { /* any bytes, by what they hold */
        fuzz_document("/doc", N_DOCUMENT_KINDS, data + 1, size - 1);
        return 0;
    }
    if (form == 8) {
        fuzz_document("/doc.xls", KINDS[form], data + 1, size - 1);
        return 0;
    }
    uint8_t *bytes = make(form, data + 1, size - 1, &len);
    fuzz_document("/doc.office", KINDS[form], bytes, len);
    free(bytes);
    return 0;
}
