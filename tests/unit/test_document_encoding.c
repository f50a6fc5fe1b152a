/* Encodings by mark and by evidence; what is no text; kinds by name and by contents. */
#include "document/encoding.h"
#include "document_fixture.h"

#include <stdlib.h>

static void expect_text(const char *data, size_t len, const char *encoding, const char *text,
                        size_t n_replaced)
{
    struct decoded_text t;
    struct error err = {0};
    if (!text_decode(&t, "x", data, len, &err)) fail_msg("%s", err.text);
    assert_string_equal(t.encoding, encoding);
    assert_int_equal(t.len, strlen(text));
    assert_memory_equal(t.data, text, t.len);
    assert_int_equal(t.n_replaced, n_replaced);
    decoded_text_free(&t);
}
#define EXPECT(data, encoding, text, n) expect_text(data, sizeof(data) - 1, encoding, text, n)

static void encoding_is_told_by_its_mark(void **state)
{
    (void)state;
    EXPECT("\xef\xbb\xbf"
           "Citro\xc3\xabn",
           "UTF-8", "Citro\xc3\xabn", 0);
    EXPECT("\xff\xfe"
           "C\0\xeb\0,\0",
           "UTF-16LE", "C\xc3\xab,", 0);
    EXPECT("\xfe\xff"
           "\0C\0\xeb\xd8\x3d\xde\x97",
           "UTF-16BE", "C\xc3\xab\xf0\x9f\x9a\x97", 0);
    EXPECT("\xff\xfe"
           "a\0\x00\xd8"
           "b\0",
           "UTF-16LE",
           "a\xef\xbf\xbd"
           "b",
           1);
}

static void encoding_is_found_without_a_mark(void **state)
{
    (void)state;
    EXPECT("Make,hp\nSeat,150", "UTF-8", "Make,hp\nSeat,150", 0);
    EXPECT("M\0a\0k\0e\0,\0h\0p\0\n\0", "UTF-16LE", "Make,hp\n", 0);
    EXPECT("\0M\0a\0k\0e\0,\0h\0p\0\n", "UTF-16BE", "Make,hp\n", 0);
    EXPECT("Citro\xebn;20 \x80;Gr\xf6\xdf"
           "e\n",
           "windows-1252",
           "Citro\xc3\xabn;20 \xe2\x82\xac;Gr\xc3\xb6\xc3\x9f"
           "e\n",
           0);
    EXPECT("Citro\xebn C3, 90 cm\xb3", "ISO-8859-1", "Citro\xc3\xabn C3, 90 cm\xc2\xb3", 0);
    EXPECT("\xc6\xb7\xc5\xc6,\xb9\xa6\xc2\xca(kW)\n\xb1\xc8\xd1\xc7\xb5\xcf,150\n", "GB18030",
           "\xe5\x93\x81\xe7\x89\x8c,\xe5\x8a\x9f\xe7\x8e\x87(kW)\n"
           "\xe6\xaf\x94\xe4\xba\x9a\xe8\xbf\xaa,150\n",
           0);
    EXPECT("a\x81z\xe9", "windows-1252", "a\xef\xbf\xbdz\xc3\xa9", 1);
}

static void encoding_replaces_single_bytes_in_utf_8_and_names_the_lines(void **state)
{
    (void)state;
    EXPECT("Citro\xc3\xabn\nSko\xff"
           "da \xe8\xbf\x81",
           "UTF-8",
           "Citro\xc3\xabn\nSko\xef\xbf\xbd"
           "da \xe8\xbf\x81",
           1);
    EXPECT("a\0b, 150 hp and more text so that one byte is no evidence of data, as it is here",
           "UTF-8",
           "a\xef\xbf\xbd"
           "b, 150 hp and more text so that one byte is no evidence of "
           "data, as it is here",
           1);
    expect_document("b.csv",
                    "m,hp\nCitro\xc3\xabn,1\nSko\xff"
                    "da,2\n",
                    "[] row\n1: m|hp\n2: Citro\xc3\xabn|1\n3: Sko\xef\xbf\xbd"
                    "da|2\n"
                    "! line 3: 1 byte is not UTF-8: read as U+FFFD\n");
}

static void files_that_are_no_text_are_refused_with_what_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *path, *data;
        size_t len;
        enum error_code code;
        const char *message;
    } BAD[] = {
        {"a.csv", "", 0, ERROR_INPUT, "a.csv: is empty"},
        {"a.csv", " \r\n\t", 4, ERROR_INPUT, "a.csv: holds only white space"},
        {"a.csv", "GIF89a..", 8, ERROR_UNSUPPORTED, "a.csv: is a GIF image"},
        {"a.csv", "PK\3\4....xl/workbook", 19, ERROR_INPUT,
         "a.csv: is a damaged ZIP archive (Not a zip archive)"},
        {"a.json", "\x1f\x8b\x08", 3, ERROR_UNSUPPORTED, "a.json: is a gzip archive"},
        {"a.md", "{\\rtf1 x}", 9, ERROR_UNSUPPORTED, "a.md: is an RTF document"},
        {"a.csv", "version https://git-lfs.github.com/spec/v1\noid", 46, ERROR_UNSUPPORTED,
         "a.csv: is a Git LFS pointer, not the file itself (git lfs pull fetches it)"},
        {"a.csv", "<?xml version='1.0'?><Workbook/>", 32, ERROR_UNSUPPORTED, "a.csv: is an XML document"},
        {"a.txt", "\1\2\3\4\5\6\7\0", 8, ERROR_UNSUPPORTED, "a.txt: is binary data, not text"},
        {"a.txt", "\xff\xfe\0\0a\0\0\0", 8, ERROR_UNSUPPORTED,
         "a.txt: is text in UTF-32; save it as UTF-8"},
        {"a.rtf", "x", 1, ERROR_UNSUPPORTED,
         "a.rtf: RTF files cannot be read (" DOCUMENT_KINDS_READ " can)"},
        {"a.XLSX", "x", 1, ERROR_INPUT, "a.XLSX: is text, not an Office file"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_document_error(BAD[i].path, BAD[i].data, BAD[i].len, BAD[i].code, BAD[i].message);
}

static void expect_kind(const char *path, const char *text, enum document_kind expected)
{
    enum document_kind kind;
    struct error err = {0};
    if (!document_kind_find(path, text, strlen(text), &kind, &err)) fail_msg("%s", err.text);
    if (kind != expected)
        fail_msg("%s: %s, not %s: %s", path, document_kind_name(kind), document_kind_name(expected),
                 text);
}

static void kinds_are_found_by_name_and_by_contents(void **state)
{
    (void)state;
    static const char TABLE[] = "a,b,c\n1,2,3\n4,5,6\n";
    static const char PROSE[] = "The Leon, in short, is fine.\nIt has 150 hp, and five doors.\n"
                                "Nobody minds.\n";
    expect_kind("a.csv", TABLE, DOCUMENT_CSV);
    expect_kind("a.TSV", TABLE, DOCUMENT_CSV);
    expect_kind("a.markdown", TABLE, DOCUMENT_MARKDOWN);
    expect_kind("a.txt", PROSE, DOCUMENT_TEXT);
    expect_kind("a.csv", PROSE, DOCUMENT_CSV);
    /* No name, or one that says nothing. */
    expect_kind("a", TABLE, DOCUMENT_CSV);
    expect_kind("dir.csv/a", PROSE, DOCUMENT_TEXT);
    expect_kind("a.dat", "a\tb\n1\t2\n3\t4\n", DOCUMENT_CSV);
    expect_kind("a.dat", "[{\"a\": 1}]", DOCUMENT_JSON);
    expect_kind("a.dat", "{\"a\": 1}\n{\"a\": 2}\n", DOCUMENT_JSON_LINES);
    expect_kind("a.dat", "# Leon\n\nText.\n", DOCUMENT_MARKDOWN);
    expect_kind("a.dat", "| a | b |\n|---|---|\n| 1 | 2 |\n", DOCUMENT_MARKDOWN);
    expect_kind("a.dat", "[1] a footnote\n", DOCUMENT_TEXT);
    expect_kind(".csv", PROSE, DOCUMENT_TEXT);
    /* Contents that contradict the name. */
    expect_kind("a.json", "{\"a\": 1}\n{\"a\": 2}\n", DOCUMENT_JSON_LINES);
    expect_kind("a.jsonl", "[{\"a\": 1},\n{\"a\": 2}]\n", DOCUMENT_JSON);
    expect_kind("a.jsonl", "{\"a\": 1}", DOCUMENT_JSON_LINES);
    expect_kind("a.csv", "[{\"a\": 1}]", DOCUMENT_JSON);
    expect_kind("a.json", TABLE, DOCUMENT_CSV);
    expect_kind("a.txt", "m\thp\nLeon\t150\nIbiza\t95\n", DOCUMENT_CSV);
    expect_kind("a.txt", "{\"a\": 1}", DOCUMENT_JSON);
    expect_kind("a.txt", "Power:\t150\nMass:\t95\nDoors:\t5\n", DOCUMENT_TEXT);
    expect_kind("a.txt", "red, green, blue\none, two, three\na, b, c\n", DOCUMENT_TEXT);
    /* UTF-16 is looked into as well. */
    static const char WIDE[] = "\xff\xfe[\0{\0\"\0a\0\"\0:\0"
                               "1\0}\0]\0";
    enum document_kind kind;
    assert_true(document_kind_find("x", WIDE, sizeof WIDE - 1, &kind, NULL));
    assert_int_equal(kind, DOCUMENT_JSON);
}

static void every_cut_of_every_encoding_is_read_or_refused(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"m;gr\xf6\xdfte\nx;\x80 9\n",
                                        "\xc6\xb7\xc5\xc6,\xb9\xa6\xc2\xca\n\xb1\xc8,1\n",
                                        "Citro\xc3\xabn,\xe8\xbf\x81,\xf0\x9f\x9a\x97\n"};
    for (size_t k = 0; k < 3; k++)
        for (size_t a = 0; a <= strlen(TEXTS[k]); a++)
            for (size_t n = 0; a + n <= strlen(TEXTS[k]); n++) {
                struct decoded_text t;
                struct error err = {0};
                char *copy = malloc(n + 1); /* so that a sanitizer sees reads behind it */
                assert_non_null(copy);
                memcpy(copy, TEXTS[k] + a, n);
                char *exact = realloc(copy, n ? n : 1);
                assert_non_null(exact);
                if (text_decode(&t, "x", exact, n, &err)) {
                    assert_true(utf8_is_valid(t.data, t.len));
                    decoded_text_free(&t);
                } else {
                    assert_true(err.text[0] != '\0');
                }
                free(exact);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding_is_told_by_its_mark),
        cmocka_unit_test(encoding_is_found_without_a_mark),
        cmocka_unit_test(encoding_replaces_single_bytes_in_utf_8_and_names_the_lines),
        cmocka_unit_test(files_that_are_no_text_are_refused_with_what_they_are),
        cmocka_unit_test(kinds_are_found_by_name_and_by_contents),
        cmocka_unit_test(every_cut_of_every_encoding_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
