/* Ingestion: what becomes of each kind of document, and what is refused with which words. */
#include "rag_fixture.h"
#include "scratch.h"

#include "base/file.h"
#include "ingest/intake.h"
#include "store/copies.h"

#include <stdio.h>
#include <unistd.h>

/* All chunks as "title@location{text}" in the order of the documents. */
static void dump_chunks(struct store *s, struct buffer *out)
{
    struct hit_list hits = {0};
    struct error err = {0};
    struct vehicle_filter any = {0};
    if (!store_vehicle_chunks(s, &any, 1000, &hits, &err)) fail_msg("%s", err.text);
    for (size_t i = 0; i < hits.n; i++)
        buffer_printf(out, "%s@%s{%s}", hits.items[i].title, hits.items[i].location,
                      hits.items[i].text);
    hit_list_free(&hits);
}

static void expect_chunks(enum document_kind kind, const char *text, const char *expected)
{
    struct store *s = memory_store();
    struct buffer got = {0};
    ingest_ok(s, "/doc", kind, text);
    dump_chunks(s, &got);
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
    store_close(s);
}

static void expect_refused(enum document_kind kind, const char *data, size_t len,
                           const char *message)
{
    struct store *s = memory_store();
    struct error err = {0};
    struct ingest_totals totals = {0};
    struct store_counts counts;
    assert_false(ingest_text(s, "/doc", kind, data, len, NULL, &totals, &err));
    assert_string_equal(err.text, message);
    assert_int_equal(totals.documents, 0);
    assert_true(store_count(s, &counts, &err));
    assert_int_equal(counts.documents + counts.chunks + counts.vehicles + counts.facts, 0);
    store_close(s);
}
#define REFUSED(kind, text, message) expect_refused(kind, text, sizeof(text) - 1, message)

static void csv_row_becomes_a_titled_chunk(void **state)
{
    (void)state;
    expect_chunks(DOCUMENT_CSV,
                  "Make,Model,Year,Trim,Engine HP,Colour,Doors\n"
                  "Toyota,Camry,2023,LE,203,,4\n",
                  "2023 Toyota Camry LE@row 2{Make: Toyota\nModel: Camry\nYear: 2023\nTrim: LE\n"
                  "Engine HP (hp): 203\nDoors: 4}");
    /* other spellings of the columns; a model that says the maker again */
    expect_chunks(DOCUMENT_CSV,
                  "model_year;brand;model name;max_power\n2021;Ford;Ford F-150;400 hp\n",
                  "2021 Ford F-150@row 2{model_year: 2021\nbrand: Ford\nmodel name: Ford F-150\n"
                  "max_power: 400 hp}");
    /* one column that names the whole vehicle */
    expect_chunks(DOCUMENT_CSV, "Vehicle\tSeats\n2022 Rivian R1T\t5\n",
                  "2022 Rivian R1T@row 2{Vehicle: 2022 Rivian R1T\nSeats: 5}");
    /* a cell of several lines */
    expect_chunks(DOCUMENT_CSV, "Make,Model,Notes\nKia,Rio,\"one\n two\"\nKia,Soul,\n",
                  "Kia Rio@row 2{Make: Kia\nModel: Rio\nNotes: one\n two}"
                  "Kia Soul@row 3{Make: Kia\nModel: Soul}");
}

static void csv_metadata_comes_from_columns(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct hit_list hits = {0};
    struct error err = {0};
    struct vehicle_filter f = {.model = "model3"};
    assert_true(store_vehicle_chunks(s, &f, 10, &hits, &err));
    assert_int_equal(hits.n, 1);
    const struct vehicle *v = &hits.items[0].vehicle;
    assert_string_equal(v->manufacturer, "Tesla");
    assert_string_equal(v->trim, "Long Range");
    assert_int_equal(v->year, 2023);
    assert_string_equal(v->category, "Sedan");
    assert_string_equal(v->engine_type, "Electric");
    assert_string_equal(v->transmission, "Single-speed");
    assert_int_equal(hits.items[0].line_first, 7);
    hit_list_free(&hits);
    store_close(s);
}

/* ---- what is odd is told, and read as far as it can be ---- */

static void gather(void *context, enum ingest_event event, const char *path, const char *text)
{
    (void)path;
    if (event == INGEST_NOTE) buffer_printf(context, "%s\n", text);
}

/* Reads the text; a note says the part. Gives how many rows there were. */
static size_t expect_note(enum document_kind kind, const char *text, const char *part)
{
    struct store *s = memory_store();
    struct buffer notes = {0};
    struct error err = {0};
    struct ingest_totals t = {0};
    struct ingest_options o = {.report = gather, .context = &notes};
    if (!ingest_text(s, "/doc", kind, text, strlen(text), &o, &t, &err)) fail_msg("%s", err.text);
    if (!strstr(buffer_text(&notes), part)) fail_msg("\"%s\" is not in: %s", part, buffer_text(&notes));
    buffer_free(&notes);
    store_close(s);
    return t.rows;
}

static void odd_csv_is_read_and_its_oddity_told(void **state)
{
    (void)state;
    assert_int_equal(expect_note(DOCUMENT_CSV, "1,2\n3,4\n", "no header was found"), 2);
    assert_int_equal(expect_note(DOCUMENT_CSV, "a,b\n1,2,3\n", "line 2: 3 fields, but the first row has 2"), 1);
    assert_int_equal(expect_note(DOCUMENT_CSV, "a,b\n1,2\n3,\"4\n", "line 3: a quote that opens a field"), 2);
    assert_int_equal(expect_note(DOCUMENT_CSV,
                                 "Make,Model,Year,HP\nKia,Rio,2020,120\nKia,Soul,2020\n",
                                 "line 3: 3 fields, but the first row has 4"),
                     2);
    assert_int_equal(expect_note(DOCUMENT_CSV, "Make,Model,Wobble\nKia,Rio,3\n",
                                 "column 'Make' was taken as the manufacturer"),
                     1);
    assert_int_equal(expect_note(DOCUMENT_CSV, "Make,Model,Wobble\nKia,Rio,3\n", "kept as it is: Wobble"), 1);
    REFUSED(DOCUMENT_CSV, "a,b\n", "/doc: holds no rows");
}

static void csv_of_100000_rows_is_counted(void **state)
{
    (void)state;
    struct buffer text = {0};
    buffer_puts(&text, "Make,Model,Year,Horsepower (hp),Note\n");
    for (size_t i = 0; i < 100000; i++)
        buffer_printf(&text, "Maker %zu,Model %zu,%zu,%zu,\"row, %zu\"\n", i % 40, i % 500,
                      1990 + i % 35, 60 + i % 700, i);
    assert_false(text.failed);
    struct store *s = memory_store();
    struct ingest_totals t = ingest_ok(s, "/big.csv", DOCUMENT_CSV, buffer_text(&text));
    assert_int_equal(t.rows, 100000);
    assert_int_equal(t.chunks, 100000);
    assert_int_equal(t.facts, 500000);
    assert_true(t.vehicles >= 7000); /* lcm(40, 500, 35); the notes may tell more of them apart */
    struct store_counts counts;
    struct error err = {0};
    assert_true(store_count(s, &counts, &err));
    assert_int_equal(counts.chunks, 100000);
    assert_int_equal(counts.vehicles, t.vehicles);
    buffer_free(&text);
    store_close(s);
}

static void json_arrays_and_wrapped_arrays_are_read(void **state)
{
    (void)state;
    expect_chunks(DOCUMENT_JSON,
                  "[{\"make\": \"Kia\", \"model\": \"Rio\", \"year\": 2020,\n"
                  "  \"engine\": {\"horsepower\": 120, \"fuel_type\": \"Gasoline\"},\n"
                  "  \"colors\": [\"red\", \"blue\"], \"abs\": true, \"note\": null}]",
                  "2020 Kia Rio@item 1{make: Kia\nmodel: Rio\nyear: 2020\n"
                  "engine - horsepower (hp): 120\nengine - fuel_type: Gasoline\n"
                  "colors: red, blue\nabs: true}");
    expect_chunks(DOCUMENT_JSON,
                  "{\"source\": \"x\", \"tags\": [\"a\"], \"cars\": [{\"make\": \"Kia\", \"mpg\": "
                  "33.5}, {\"make\": \"Kia\", \"mpg\": 30}]}",
                  "Kia@item 1 of cars{make: Kia\nmpg (mpg): 33.5}"
                  "Kia@item 2 of cars{make: Kia\nmpg (mpg): 30}");
    expect_chunks(DOCUMENT_JSON, "{\"make\": \"Kia\", \"mpg\": 33}", "Kia@item 1{make: Kia\nmpg (mpg): 33}");
}

static void json_errors_name_the_line(void **state)
{
    (void)state;
    REFUSED(DOCUMENT_JSON, "[{\"a\": 1}",
            "/doc: line 1: not JSON: ',' or ']' expected, but the file ends here");
    REFUSED(DOCUMENT_JSON, "[{\"a\": 1}]\nx", "/doc: line 2: not JSON: text behind the end");
    REFUSED(DOCUMENT_JSON, "[]", "/doc: holds no rows");
    REFUSED(DOCUMENT_JSON, "\"text\"",
            "/doc: line 1: one value alone, where a JSON array or object is expected");
    REFUSED(DOCUMENT_JSON, "[{\"make\": \"Kia\"},\n{\"make\": \"Kia\",\n \"x\": nope}]",
            "/doc: line 3: not JSON: a value expected");
}

static void markdown_sections_belong_to_their_vehicle(void **state)
{
    (void)state;
    expect_chunks(DOCUMENT_MARKDOWN,
                  "# 2022 Rivian R1T\n\nAn electric\n**pickup**.\n\n## Dimensions\n\n"
                  "- Length: 217.1 in\n- `Width`: 81.8 in\n\n## Performance\n\n0-60 mph: 3.0 s\n"
                  "Top speed: 125 mph\n",
                  "2022 Rivian R1T@table 1, lines 8-9{Length: 217.1 in\nWidth: 81.8 in}"
                  "2022 Rivian R1T@table 2, lines 13-14{0-60 mph: 3.0 s\nTop speed: 125 mph}"
                  "2022 Rivian R1T@2022 Rivian R1T{An electric pickup.}");
}

static void markdown_table_rows_become_named_values(void **state)
{
    (void)state;
    expect_chunks(DOCUMENT_MARKDOWN,
                  "# 2022 Rivian R1T\n\n| Specification | Value |\n|---|---|\n"
                  "| Horsepower | 835 hp |\n| Seats | 5 |\n",
                  "2022 Rivian R1T@column 'Value'{Horsepower (hp): 835 hp\nSeats: 5}");
    /* columns that name vehicles: a passage for each row */
    expect_chunks(DOCUMENT_MARKDOWN,
                  "# Sedans\n\n| Make | Model | Year | Horsepower |\n|:--|:-:|--:|---|\n"
                  "| Toyota | Camry | 2023 | 203 hp |\n| Honda | Accord | 2023 | 192 hp |\n",
                  "2023 Toyota Camry@row 1{Make: Toyota\nModel: Camry\nYear: 2023\n"
                  "Horsepower (hp): 203 hp}"
                  "2023 Honda Accord@row 2{Make: Honda\nModel: Accord\nYear: 2023\n"
                  "Horsepower (hp): 192 hp}");
}

/* The text of the passage that says the part. */
static void expect_passage(const char *text, const char *part)
{
    struct store *s = memory_store();
    struct buffer got = {0};
    ingest_ok(s, "/doc", DOCUMENT_MARKDOWN, text);
    dump_chunks(s, &got);
    if (!strstr(buffer_text(&got), part)) fail_msg("\"%s\" is not in: %s", part, buffer_text(&got));
    buffer_free(&got);
    store_close(s);
}

static void a_make_that_one_place_gives_is_that_of_the_same_model_elsewhere(void **state)
{
    (void)state;
    struct store *s = memory_store();
    struct buffer got = {0};
    ingest_ok(s, "/duel.md", DOCUMENT_MARKDOWN,
              "# Twelve-car shoot-out\n\n## Tavish Bolt R\n\nIt is quick.\n\n## Orme Vixen Cup\n\nIt is light.\n\n"
              "### Data\n\n| | Bolt R | Vixen Cup | Merlin GT |\n|--|--|--|--|\n| Braking 70-0 mph (m) | 45.9 | 46.3 | 44.0 |\n"
              "| Insurance group | 39 | 36 | 37 |\n");
    dump_chunks(s, &got);
    assert_non_null(strstr(buffer_text(&got), "Tavish Bolt R@column 'Bolt R'"));
    assert_non_null(strstr(buffer_text(&got), "Orme Vixen Cup@column 'Vixen Cup'"));
    assert_non_null(strstr(buffer_text(&got), "}Merlin GT@column 'Merlin GT'"));
    buffer_free(&got);
    store_close(s);

    /* A model of two makes is neither's. */
    s = memory_store();
    ingest_ok(s, "/two.md", DOCUMENT_MARKDOWN,
              "# Overview\n\n## Seats\n\n| Make | Model | Seats |\n|--|--|--|\n| Tavish | Bolt | 4 |\n| Orme | Vixen | 5 |\n\n"
              "## Power\n\n| Model | Power (kW) |\n|--|--|\n| Bolt | 100 |\n| Vixen | 90 |\n\n"
              "## Doors\n\n| Make | Model | Doors |\n|--|--|--|\n| Orme | Bolt | 4 |\n| Orme | Vixen | 5 |\n");
    dump_chunks(s, &got);
    assert_non_null(strstr(buffer_text(&got), "}Bolt@"));
    assert_null(strstr(buffer_text(&got), "}Vixen@"));
    buffer_free(&got);
    store_close(s);
}

static void markdown_marks_are_taken_away(void **state)
{
    (void)state;
    expect_passage("---\ntitle: The sheet\n---\n"
                   "Kia Rio\n=======\n\n"
                   "> See [the *maker*](https://example.org/a_b) &amp; ![photo](p.png).\n"
                   "Snake_case stays, \\*stars\\* too; 3 * 4 as well.<br>E<sub>2</sub>\n\n"
                   "<!-- a comment\nof two lines -->\n"
                   "* one\n+ two\n1. three\n   goes on\n\n***\n\n"
                   "```\nHP: 5 hp\n```\n",
                   "Kia Rio@Kia Rio{See the maker & photo. Snake_case stays, *stars* too; 3 * 4 as "
                   "well. E2\n- one\n- two\n- three goes on\nHP: 5 hp");
    expect_passage("# Kia Rio\n\n| Item | Value | Unit |\n|---|---|---|\n| Mass \\| dry | 900 | kg |\n",
                   "Mass | dry");
}

static void markdown_metadata_lines_are_learned(void **state)
{
    (void)state;
    struct store *s = memory_store();
    struct error err = {0};
    struct arena arena = {0};
    struct vehicle *v;
    size_t n;
    ingest_ok(s, "/d.md", DOCUMENT_MARKDOWN,
              "# 2022 Rivian R1T\n\n- Category: Pickup\n- Transmission: Direct drive\n\n"
              "## Range\n\nElectric range: 314 mi\n");
    struct vehicle_filter f = {.model = "r1t"};
    assert_true(store_find_vehicles(s, &f, 10, &arena, &v, &n, &err));
    assert_true(n >= 1);
    assert_string_equal(v[0].category, "Pickup");
    struct hit_list hits = {0};
    assert_true(store_vehicle_chunks(s, &f, 10, &hits, &err));
    assert_int_equal(hits.n, 2);
    assert_string_equal(hits.items[0].vehicle.transmission, "Direct drive");
    hit_list_free(&hits);
    arena_free(&arena);
    store_close(s);
}

static void text_is_cut_into_passages_of_a_bounded_size(void **state)
{
    (void)state;
    expect_chunks(DOCUMENT_TEXT,
                  "Toyota Camry 2023 specifications\n\nHorsepower: 203 hp\n\nHonda Accord 2023\n"
                  "=====\nHorsepower: 192 hp\n",
                  "2023 Toyota Camry@line 3{Horsepower (hp): 203 hp}"
                  "2023 Honda Accord@line 7{Horsepower (hp): 192 hp}");
    struct buffer text = {0};
    buffer_puts(&text, "2023 Toyota Camry\n\n");
    for (size_t i = 0; i < 400; i++) buffer_printf(&text, "Sentence number %zu is here. ", i);
    struct store *s = memory_store();
    struct error err = {0};
    struct hit_list hits = {0};
    struct vehicle_filter any = {0};
    ingest_ok(s, "/long.txt", DOCUMENT_TEXT, buffer_text(&text));
    assert_true(store_vehicle_chunks(s, &any, 1000, &hits, &err));
    assert_true(hits.n > 5);
    size_t sentences = 0;
    for (size_t i = 0; i < hits.n; i++) {
        const char *t = hits.items[i].text;
        assert_true(strlen(t) < 2000);
        assert_memory_equal(t, "Sentence", 8); /* cut between sentences */
        for (const char *p = t; (p = strstr(p, "Sentence")); p++) sentences++;
    }
    assert_int_equal(sentences, 400); /* nothing lost, nothing twice */
    buffer_free(&text);
    hit_list_free(&hits);
    store_close(s);
}

static void same_contents_are_read_once_and_changed_ones_replace(void **state)
{
    (void)state;
    struct store *s = memory_store();
    struct error err = {0};
    struct ingest_totals t = {0};
    const char *path = scratch_write("cars.csv", CARS_CSV, strlen(CARS_CSV));
    assert_true(ingest_file(s, path, NULL, &t, &err));
    assert_int_equal(t.documents, 1);
    assert_int_equal(t.rows, 11);
    assert_int_equal(t.vehicles, 11);
    assert_true(ingest_file(s, in_scratch("./cars.csv"), NULL, &t, &err)); /* the same file */
    assert_int_equal(t.documents, 1);
    assert_int_equal(t.unchanged, 1);
    static const char LESS[] = "Make,Model,Year\nKia,Rio,2020\n";
    scratch_write("cars.csv", LESS, sizeof LESS - 1);
    assert_true(ingest_file(s, path, NULL, &t, &err));
    assert_int_equal(t.documents, 2);
    assert_int_equal(t.replaced, 1);
    struct store_counts counts;
    assert_true(store_count(s, &counts, &err));
    assert_int_equal(counts.documents, 1);
    assert_int_equal(counts.chunks, 1);
    assert_int_equal(counts.vehicles, 1);
    store_close(s);
}

static void damaged_files_give_one_clear_error(void **state)
{
    (void)state;
    REFUSED(DOCUMENT_TEXT, "", "/doc: is empty");
    REFUSED(DOCUMENT_TEXT, " \n\t\n", "/doc: holds only white space");
    REFUSED(DOCUMENT_CSV, "a,b\n1,\0\n", "/doc: holds no rows");
    REFUSED(DOCUMENT_TEXT, "%PDF-1.7\n\0\xff", "/doc: is a PDF");
    struct store *s = memory_store();
    struct error err = {0};
    struct ingest_totals t = {0};
    assert_false(ingest_file(s, scratch, NULL, &t, &err));
    assert_non_null(strstr(err.text, "is a directory"));
    error_clear(&err);
    assert_false(ingest_path(s, "/nonexistent/x.csv", NULL, &t, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    error_clear(&err);
    assert_false(ingest_file(s, scratch_write("a.pdf", "%PDF-1.4", 8), NULL, &t, &err));
    assert_int_equal(err.code, ERROR_UNSUPPORTED);
    assert_non_null(strstr(err.text, "a.pdf"));
    error_clear(&err);
    assert_false(ingest_file(s, scratch_write("b.csv", "", 0), NULL, &t, &err));
    assert_non_null(strstr(err.text, "b.csv: is empty"));
    store_close(s);
}

static void folder_is_ingested_in_order_without_hidden_files_and_readmes(void **state)
{
    (void)state;
    struct error err = {0};
    static const char CSV[] = "Make,Model\nKia,Rio\n", TEXT[] = "2020 Kia Rio\n\nSeats: 5\n";
    scratch_write("set/b.csv", CSV, sizeof CSV - 1);
    scratch_write("set/a.txt", TEXT, sizeof TEXT - 1);
    scratch_write("set/README.md", TEXT, sizeof TEXT - 1);
    scratch_write("set/.hidden.csv", CSV, sizeof CSV - 1);
    scratch_write("set/photo.zip", CSV, sizeof CSV - 1);
    struct store *s = memory_store();
    struct ingest_totals t = {0};
    if (!ingest_path(s, in_scratch("set"), NULL, &t, &err)) fail_msg("%s", err.text);
    assert_int_equal(t.documents, 2);
    assert_int_equal(t.skipped, 2);
    struct arena arena = {0};
    struct store_document *d;
    size_t n;
    assert_true(store_list_documents(s, &arena, &d, &n, &err));
    assert_int_equal(n, 2);
    assert_true(d[0].id < d[1].id); /* a.txt first */
    assert_non_null(strstr(d[0].path, "a.txt"));
    arena_free(&arena);
    store_close(s);
}

static void contents_decide_where_the_name_does_not(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *kind;
    } FILES[] = {
        {"one.dat", "Make,Model,Year\nKia,Rio,2020\n", "csv"},
        {"two", "[{\"make\": \"Kia\"}]", "json"},
        {"three.x", "# 2020 Kia Rio\n\nSeats: 5\n", "markdown"},
        {"four.x", "Just a line, of text.\n", "text"},
    };
    struct store *s = memory_store();
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        struct error err = {0};
        struct ingest_totals t = {0};
        struct arena arena = {0};
        struct store_document *d;
        size_t n, found = 0;
        const char *path = scratch_write(FILES[i].name, FILES[i].text, strlen(FILES[i].text));
        if (!ingest_file(s, path, NULL, &t, &err)) fail_msg("%s", err.text);
        assert_true(store_list_documents(s, &arena, &d, &n, &err));
        for (size_t k = 0; k < n; k++)
            if (strstr(d[k].path, FILES[i].name)) {
                assert_string_equal(d[k].kind, FILES[i].kind);
                found++;
            }
        assert_int_equal(found, 1);
        arena_free(&arena);
    }
    store_close(s);
}

static void count_calls(void *context, const char *path, size_t done, size_t total, const char *word)
{
    size_t *calls = context;
    (void)path;
    assert_string_equal(word, "bytes");
    assert_true(done <= total);
    ++*calls;
}

static void progress_is_told_and_cancelling_stores_nothing(void **state)
{
    (void)state;
    struct store *s = memory_store();
    struct error err = {0};
    struct ingest_totals t = {0};
    atomic_bool cancel = false;
    size_t calls = 0;
    struct ingest_options o = {.progress = count_calls, .context = &calls, .cancel = &cancel};
    assert_true(ingest_text(s, "/a", DOCUMENT_CSV, CARS_CSV, strlen(CARS_CSV), &o, &t, &err));
    assert_true(calls >= 2);
    atomic_store(&cancel, true);
    assert_false(ingest_text(s, "/b", DOCUMENT_CSV, CARS_CSV, strlen(CARS_CSV), &o, &t, &err));
    assert_int_equal(err.code, ERROR_CANCELLED);
    struct store_counts counts;
    assert_true(store_count(s, &counts, &err));
    assert_int_equal(counts.documents, 1);
    store_close(s);
}

/* ---- many files ---- */

/* Names and ids of all documents, and what was told, in order. */
static void read_folder(size_t threads, struct buffer *out, struct ingest_totals *t)
{
    struct store *s = memory_store();
    struct error err = {0};
    struct arena arena = {0};
    struct store_document *d;
    size_t n;
    struct ingest_options o = {.report = gather, .context = out, .threads = threads, .skip_duplicates = true};
    if (!ingest_path(s, in_scratch("crowd"), &o, t, &err)) fail_msg("%s", err.text);
    assert_true(store_list_documents(s, &arena, &d, &n, &err));
    for (size_t i = 0; i < n; i++) buffer_printf(out, "%d %s %zu\n", (int)d[i].id, path_base(d[i].path), d[i].facts);
    arena_free(&arena);
    store_close(s);
}

static void any_number_of_threads_stores_the_same(void **state)
{
    (void)state;
    char name[32], text[128];
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "crowd/f%02d.csv", i);
        snprintf(text, sizeof text, "Make,Model,Year,Seats\nKia,Rio %d,2020,5\n", i / 2); /* each twice */
        scratch_put(name, text);
    }
    scratch_put("crowd/bad.csv", "");
    struct buffer one = {0};
    struct ingest_totals first = {0};
    read_folder(1, &one, &first);
    assert_int_equal(first.documents, 20);
    assert_int_equal(first.duplicates, 20);
    assert_int_equal(first.failed, 1);
    for (size_t threads = 2; threads < 9; threads += 3) {
        struct buffer many = {0};
        struct ingest_totals t = {0};
        read_folder(threads, &many, &t);
        assert_string_equal(buffer_text(&many), buffer_text(&one));
        assert_int_equal(t.documents, 20);
        buffer_free(&many);
    }
    buffer_free(&one);
}

static void events(void *context, enum ingest_event event, const char *path, const char *text)
{
    static const char *const NAMES[] = {"note", "skipped", "failed", "duplicate", "renamed", "deleted"};
    if (event != INGEST_NOTE) buffer_printf(context, "%s %s %s;", NAMES[event], path_base(path), path_base(text));
}

/* Reads a file of the scratch folder; what was told. */
static void read_one_file(struct store *s, const char *name, const char *expected)
{
    struct buffer told = {0};
    struct ingest_totals t = {0};
    struct error err = {0};
    const struct ingest_options o = {.report = events, .context = &told, .skip_duplicates = true};
    if (!ingest_file(s, in_scratch(name), &o, &t, &err)) fail_msg("%s", err.text);
    assert_string_equal(buffer_text(&told), expected);
    buffer_free(&told);
}

static void equal_contents_are_one_document_as_long_as_a_file_has_them(void **state)
{
    (void)state;
    static const char ONE[] = "Make,Model,Year,Seats\nKia,Rio,2020,5\n", OTHER[] = "Make,Model,Year,Seats\nKia,Soul,2020,4\n";
    struct store *s = memory_store();
    struct store_counts counts;
    struct store_document d;
    struct arena arena = {0};
    struct error err = {0};
    bool found;
    scratch_put("eq/a.csv", ONE);
    scratch_put("eq/b.csv", ONE);
    scratch_put("eq/kia-rio-2019.csv", ONE);
    read_one_file(s, "eq/a.csv", "");
    read_one_file(s, "eq/b.csv", "duplicate b.csv a.csv;");
    read_one_file(s, "eq/b.csv", ""); /* told once */
    /* A name that speaks of another vehicle makes other facts. */
    read_one_file(s, "eq/kia-rio-2019.csv", "");
    assert_true(store_count(s, &counts, &err));
    assert_int_equal(counts.documents, 2);
    /* The first changes: what it held is the second's. */
    scratch_put("eq/a.csv", OTHER);
    read_one_file(s, "eq/a.csv", "");
    if (!store_find_document_path(s, in_scratch("eq/b.csv"), &arena, &d, &err)) fail_msg("%s", err.text);
    assert_int_equal(d.id, 1);
    assert_true(store_find_copy(s, in_scratch("eq/b.csv"), &arena, &d, &found, &err));
    assert_false(found);
    /* A renamed file takes its document along. */
    assert_int_equal(rename(in_scratch("eq/b.csv"), in_scratch("eq/c.csv")), 0);
    read_one_file(s, "eq/c.csv", "renamed c.csv b.csv;");
    assert_true(store_find_document_path(s, in_scratch("eq/c.csv"), &arena, &d, &err));
    assert_int_equal(d.id, 1);
    /* A document that is deleted goes with its copies; a file that is gone leaves them. */
    enum store_release what;
    scratch_put("eq/d.csv", ONE);
    read_one_file(s, "eq/d.csv", "duplicate d.csv c.csv;");
    assert_true(store_release_path(s, in_scratch("eq/c.csv"), &what, &err));
    assert_int_equal(what, RELEASE_RENAMED);
    assert_true(store_release_path(s, in_scratch("eq/d.csv"), &what, &err));
    assert_int_equal(what, RELEASE_DELETED);
    assert_true(store_release_path(s, in_scratch("eq/d.csv"), &what, &err));
    assert_int_equal(what, RELEASE_NOTHING);
    arena_free(&arena);
    store_close(s);
}

static void what_is_known_beside_the_text_makes_another_document(void **state)
{
    (void)state;
    struct store *s = memory_store();
    struct error err = {0};
    struct ingest_totals t = {0};
    struct ingest_options o = {.title = "2020 Kia Rio", .skip_duplicates = true};
    static const char TEXT[] = "Seats: 5\n";
    assert_true(ingest_text(s, "a", DOCUMENT_TEXT, TEXT, strlen(TEXT), &o, &t, &err));
    o.title = "2021 Kia Soul";
    assert_true(ingest_text(s, "a", DOCUMENT_TEXT, TEXT, strlen(TEXT), &o, &t, &err));
    assert_true(ingest_text(s, "b", DOCUMENT_TEXT, TEXT, strlen(TEXT), &o, &t, &err));
    assert_int_equal(t.documents, 2);
    assert_int_equal(t.replaced, 1);
    assert_int_equal(t.duplicates, 1);
    store_close(s);
}

/* It is hashed in pieces, and its pages are given back meanwhile. */
static void a_large_file_is_known_by_the_hash_of_its_contents(void **state)
{
    (void)state;
    struct error err = {0};
    const size_t size = ((size_t)17 << 20) + 5;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) bytes[i] = (char)('a' + i % 23 + i / 7001 % 3);
    assert_true(file_write(in_scratch("large.txt"), bytes, size, &err));
    struct mapping m;
    assert_true(mapping_open(&m, in_scratch("large.txt"), &err));
    struct intake in = {.path = "large.txt", .kind = DOCUMENT_TEXT, .data = (const char *)m.data, .len = m.size, .file = &m};
    intake_hash(&in, &(struct ingest_options){0});
    assert_int_equal(in.hash, ingest_hash(DOCUMENT_TEXT, bytes, size));
    assert_memory_equal(m.data, bytes, size);
    mapping_close(&m);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_row_becomes_a_titled_chunk),
        cmocka_unit_test(csv_metadata_comes_from_columns),
        cmocka_unit_test(odd_csv_is_read_and_its_oddity_told),
        cmocka_unit_test(csv_of_100000_rows_is_counted),
        cmocka_unit_test(json_arrays_and_wrapped_arrays_are_read),
        cmocka_unit_test(json_errors_name_the_line),
        cmocka_unit_test(markdown_sections_belong_to_their_vehicle),
        cmocka_unit_test(markdown_table_rows_become_named_values),
        cmocka_unit_test(a_make_that_one_place_gives_is_that_of_the_same_model_elsewhere),
        cmocka_unit_test(markdown_marks_are_taken_away),
        cmocka_unit_test(markdown_metadata_lines_are_learned),
        cmocka_unit_test(text_is_cut_into_passages_of_a_bounded_size),
        cmocka_unit_test(same_contents_are_read_once_and_changed_ones_replace),
        cmocka_unit_test(damaged_files_give_one_clear_error),
        cmocka_unit_test(folder_is_ingested_in_order_without_hidden_files_and_readmes),
        cmocka_unit_test(contents_decide_where_the_name_does_not),
        cmocka_unit_test(any_number_of_threads_stores_the_same),
        cmocka_unit_test(equal_contents_are_one_document_as_long_as_a_file_has_them),
        cmocka_unit_test(what_is_known_beside_the_text_makes_another_document),
        cmocka_unit_test(a_large_file_is_known_by_the_hash_of_its_contents),
        cmocka_unit_test(progress_is_told_and_cancelling_stores_nothing),
    };
    return cmocka_run_group_tests_name("ingest", tests, scratch_make, scratch_remove);
}
