/* Delimited text: delimiters by evidence, quotes, odd rows, titles and notes round tables, several
 * tables in one file; places of rows and cells; hostile input. */
#include "document/csv.h"
#include "document_fixture.h"

#include "base/clock.h"

#include <stdlib.h>

/* The records as "a|b@1;c|d@2;": fields and the first line of each. */
static void expect_records(const char *text, char delimiter, const char *expected)
{
    struct csv_scanner s;
    struct buffer got = {0};
    assert_int_equal(csv_delimiter_find(text, strlen(text), 0, NULL), delimiter);
    csv_scanner_init(&s, text, strlen(text), delimiter);
    while (csv_scanner_next(&s)) {
        for (size_t i = 0; i < s.n_fields; i++) {
            if (i) buffer_putc(&got, '|');
            buffer_append(&got, text + s.fields[i].begin, s.fields[i].end - s.fields[i].begin);
        }
        buffer_printf(&got, "@%zu;", s.record_line);
    }
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
    csv_scanner_free(&s);
}

static void csv_finds_the_delimiter_that_splits_all_lines_evenly(void **state)
{
    (void)state;
    expect_records("a,b\n1,2\n", ',', "a|b@1;1|2@2;");
    expect_records("a;b\n1,5;2,5\n3,5;4,5\n", ';', "a|b@1;1,5|2,5@2;3,5|4,5@3;");
    expect_records("a\tb c, d\n1\t2, 3\n", '\t', "a|b c, d@1;1|2, 3@2;");
    expect_records("a|b\n1|2\n", '|', "a|b@1;1|2@2;");
    /* The first line says comma, the others semicolon; commas there are decimal signs. */
    expect_records("Prices, as of May\nGolf;5,1;2\nPolo;4,9;3\nUp;4,2;4\n", ';',
                   "Prices, as of May@1;Golf|5,1|2@2;Polo|4,9|3@3;Up|4,2|4@4;");
    expect_records("name\nCamry\n", ',', "name@1;Camry@2;");
}

static void csv_reads_quotes_as_rfc_4180_has_them(void **state)
{
    (void)state;
    expect_records("a,b\n\"x, y\",2\n", ',', "a|b@1;x, y|2@2;");
    expect_records("a,b,c\n\"l1\nl2\",2,3\n4,5,6\n", ',', "a|b|c@1;l1\nl2|2|3@2;4|5|6@4;");
    expect_records("a,b\r\n\"\",\"\"\r\n", ',', "a|b@1;|@2;");
    expect_records("a,b\r1,2\r", ',', "a|b@1;1|2@2;");
    expect_records("a, b\nx, \"1,5\"\n", ',', "a| b@1;x|1,5@2;");
    expect_document("q.csv", "n,t\n1,\"he said \"\"go\"\"\"\n",
                    "[] row\n1: n|t\n2: 1|he said \"go\"\n");
}

static void csv_takes_a_quote_that_would_swallow_rows_as_a_character(void **state)
{
    (void)state;
    expect_document(
        "cars.tsv",
        "Make\tYear\tMemo\thp\n"
        "Leon\t2023\tfine\t150\n"
        "Arona\t2023\t\"demo car\t110\n"
        "Ibiza\t2023\tok\"\t95\n",
        "[] row\n1: Make|Year|Memo|hp\n2: Leon|2023|fine|150\n"
        "3: Arona|2023|\"demo car|110\n4: Ibiza|2023|ok\"|95\n"
        "! line 3: a quote that opens a field and closes none is taken as a character\n");
    expect_document(
        "a.csv", "m,n,hp\nA,\"open,1\nB,x,2\nC,y,3\n",
        "[] row\n1: m|n|hp\n2: A|\"open|1\n3: B|x|2\n4: C|y|3\n"
        "! line 2: a quote that opens a field and closes none is taken as a character\n");
    expect_document("b.csv", "m,n,hp\nA,\"5\" rim\",1\nB,x,2\n",
                    "[] row\n1: m|n|hp\n2: A|5\" rim|1\n3: B|x|2\n"
                    "! line 2: quotes inside a quoted field that are not written twice are kept\n");
}

static void csv_keeps_longer_and_shorter_rows_and_names_them(void **state)
{
    (void)state;
    expect_document("seat.csv",
                    "Make,Model,Year\nSeat,Leon,2023\nSeat,Ibiza,2023,95,x\nSeat,Arona\n",
                    "[] row\n1: Make|Model|Year||\n2: Seat|Leon|2023||\n3: Seat|Ibiza|2023|95|x\n"
                    "4: Seat|Arona|||\n"
                    "! line 3: 5 fields, but the first row has 3: the rest is in column 4 and the "
                    "next ones\n"
                    "! line 4: 2 fields, but the first row has 3: the rest is empty\n");
    /* Delimiters at the end of all lines are no columns. */
    expect_document("t.csv", "a,b,,\n1,2,,\n", "[] row\n1: a|b\n2: 1|2\n");
}

static void csv_numbers_rows_as_a_spreadsheet_does(void **state)
{
    (void)state;
    expect_document("n.csv", "\n\nm,t,hp\nA,\"two\nlines\",1\n,,\nB,x,2\n",
                    "[] row\n3: m|t|hp\n4: A|two\nlines|1\n6: B|x|2\n");
}

static void csv_gives_titles_and_notes_round_a_table_as_text(void **state)
{
    (void)state;
    expect_document(
        "fleet.csv",
        "Fleet data sheet\nExported 1 May, by the office\n\n"
        "Make,Model,Year,Payload (kg)\nFord,Transit,2022,1350\nFord,Ranger,2023,1081\n\n"
        "Source: maker\n",
        "# Fleet data sheet\nExported 1 May, by the office\n"
        "[Fleet data sheet; Exported 1 May, by the office] row\n"
        "4: Make|Model|Year|Payload (kg)\n5: Ford|Transit|2022|1350\n"
        "6: Ford|Ranger|2023|1081\nSource: maker\n");
    expect_document("prose.csv", "# Cars in stock, May 2024\nMake,Model,hp\nSeat,Leon,150\n",
                    "# Cars in stock, May 2024\n[Cars in stock, May 2024] row\n"
                    "2: Make|Model|hp\n3: Seat|Leon|150\n");
    /* A row with few values is a row, at the end and behind a blank line. */
    expect_document(
        "few.csv",
        "Make,Model,hp,kg,mm,km\nSeat,Leon,150,1,2,3\nVW Golf GTI Clubsport 45,x,,,,\n\n"
        "Audi,A1,,,,\n",
        "[] row\n1: Make|Model|hp|kg|mm|km\n2: Seat|Leon|150|1|2|3\n"
        "3: VW Golf GTI Clubsport 45|x||||\n5: Audi|A1||||\n");
    /* Padded by a spreadsheet. */
    expect_document("p.csv",
                    "Fleet,,,,\nStand:,1. Mai,,,\nMake,Model,Year,hp,kg\nFord,Ka,2019,85,1055\n",
                    "# Fleet\nStand: 1. Mai\n[Fleet; Stand: 1. Mai] row\n"
                    "3: Make|Model|Year|hp|kg\n4: Ford|Ka|2019|85|1055\n");
}

static void csv_tells_a_second_table_from_rows_that_go_on(void **state)
{
    (void)state;
    expect_document("two.csv",
                    "Make,Model,Year,Power (hp)\nSeat,Leon,2023,150\n\n"
                    "Make,Model,Year,Range (km)\nCupra,Born,2023,424\n",
                    "[] row\n1: Make|Model|Year|Power (hp)\n2: Seat|Leon|2023|150\n"
                    "[] row\n4: Make|Model|Year|Range (km)\n5: Cupra|Born|2023|424\n");
    expect_document("titled.csv",
                    "Make,Model,hp\nSeat,Leon,150\nElectric\nMake,Model,km\nCupra,Born,424\n",
                    "[] row\n1: Make|Model|hp\n2: Seat|Leon|150\n"
                    "Electric\n[Electric] row\n4: Make|Model|km\n5: Cupra|Born|424\n");
    /* A blank line inside a table, and bands between blank lines, are part of it. */
    expect_document("one.csv", "Make,Model,hp\nSeat,Leon,150\n\nSeat,Ibiza,95\n",
                    "[] row\n1: Make|Model|hp\n2: Seat|Leon|150\n4: Seat|Ibiza|95\n");
    expect_document("bands.csv", "Spec,LX,Sport\nHP,158,180\n\nBrakes,,\nFront,276,312\n",
                    "[] row\n1: Spec|LX|Sport\n2: HP|158|180\n4: Brakes||\n5: Front|276|312\n");
    expect_document("below.csv", "Make,Model,hp\n\nSeat,Leon,n/a\nSeat,Ibiza,95\n\nSeat,Mii\n",
                    "[] row\n1: Make|Model|hp\n3: Seat|Leon|n/a\n4: Seat|Ibiza|95\n6: Seat|Mii|\n"
                    "! line 6: 2 fields, but the first row has 3: the rest is empty\n");
    expect_document("dealers.csv",
                    "Make,Model,hp,kg\nSeat,Leon,150,1200\n\nDealer,City\nPerez,Madrid\n",
                    "[] row\n1: Make|Model|hp|kg\n2: Seat|Leon|150|1200\n"
                    "[] row\n4: Dealer|City\n5: Perez|Madrid\n");
    expect_document("pairs.csv", "Engine,\nPower,150 hp\n\nSize,\nLength,4368\n",
                    "[] row\n1: Engine|\n2: Power|150 hp\n4: Size|\n5: Length|4368\n");
}

static void csv_takes_a_stated_delimiter(void **state)
{
    (void)state;
    expect_document("s.csv", "sep=;\nm;hp\nA,B;1\n", "[] row\n2: m|hp\n3: A,B|1\n");
    expect_document("c.csv", "sep=^\nm^hp\nA^1\n", "[] row\n2: m|hp\n3: A|1\n");
}

static void csv_says_where_cells_stand(void **state)
{
    (void)state;
    static const char TEXT[] = "\xef\xbb\xbfm,t,hp\nA,\"x\ny\", 110\nB,,95\n";
    struct document d;
    struct error err = {0};
    assert_true(document_read(&d, DOCUMENT_CSV, TEXT, sizeof TEXT - 1, NULL, &err));
    const struct table *t = d.blocks[0].table;
    const struct cell *c = &t->cells[1 * 3 + 2];
    assert_string_equal(c->text, "110");
    assert_int_equal(c->line, 3);
    assert_memory_equal(TEXT + c->begin, "110", 3);
    assert_int_equal(t->cells[2 * 3].line, 4);
    assert_memory_equal(TEXT + t->cells[2 * 3 + 2].begin, "95", 2);
    assert_int_equal(d.blocks[0].line_last, 4);
    document_free(&d);
}

/* Reads and checks; gives how long it took. */
static double read_hostile(const struct buffer *b, size_t *memory)
{
    struct document d;
    struct error err = {0};
    double start = clock_seconds();
    if (!document_read(&d, DOCUMENT_CSV, b->data, b->len, NULL, &err)) fail_msg("%s", err.text);
    double took = clock_seconds() - start;
    document_check(&d, b->len);
    *memory = d.arena.used;
    document_free(&d);
    return took;
}

static void csv_stays_linear_on_quotes_that_are_never_closed(void **state)
{
    (void)state;
    static const char *const LINES[] = {"\"a\n", "\"\"a,\"\"b\n", "a,\"b\"\"c,d\n", "\"a\"b,\"\n"};
    for (size_t k = 0; k < sizeof LINES / sizeof *LINES; k++) {
        double took[2];
        size_t memory;
        for (size_t n = 0; n < 2; n++) {
            struct buffer b = {0};
            for (size_t i = 0; i < (n ? 200000u : 50000u); i++) buffer_puts(&b, LINES[k]);
            took[n] = read_hostile(&b, &memory);
            buffer_free(&b);
        }
        assert_true(took[1] < 12 * took[0] + 0.5);
    }
}

static void csv_bounds_tables_by_what_is_in_them(void **state)
{
    (void)state;
    /* One row of 4,000 fields, and then many of two: no table of 4,000 columns. */
    struct buffer b = {0};
    size_t memory;
    for (size_t k = 0; k < 20; k++) {
        for (size_t i = 0; i < 4000; i++) buffer_puts(&b, "x,");
        buffer_putc(&b, '\n');
        for (size_t i = 0; i < 20000; i++) buffer_puts(&b, "a,b\n");
    }
    read_hostile(&b, &memory);
    assert_true(memory < 100 * b.len);
    buffer_clear(&b);
    for (size_t i = 0; i < 10000; i++) buffer_puts(&b, "x,"); /* more columns than there may be */
    buffer_puts(&b, "y\n1,2\n");
    read_hostile(&b, &memory);
    buffer_clear(&b);
    for (size_t i = 0; i < 300000; i++) buffer_putc(&b, 'x'); /* a cell that is too long */
    buffer_puts(&b, ",y\n1,2\n");
    read_hostile(&b, &memory);
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_finds_the_delimiter_that_splits_all_lines_evenly),
        cmocka_unit_test(csv_reads_quotes_as_rfc_4180_has_them),
        cmocka_unit_test(csv_takes_a_quote_that_would_swallow_rows_as_a_character),
        cmocka_unit_test(csv_keeps_longer_and_shorter_rows_and_names_them),
        cmocka_unit_test(csv_numbers_rows_as_a_spreadsheet_does),
        cmocka_unit_test(csv_gives_titles_and_notes_round_a_table_as_text),
        cmocka_unit_test(csv_tells_a_second_table_from_rows_that_go_on),
        cmocka_unit_test(csv_takes_a_stated_delimiter),
        cmocka_unit_test(csv_says_where_cells_stand),
        cmocka_unit_test(csv_stays_linear_on_quotes_that_are_never_closed),
        cmocka_unit_test(csv_bounds_tables_by_what_is_in_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
