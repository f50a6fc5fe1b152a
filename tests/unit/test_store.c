/* The store: its file, one transaction a document, what a reader sees, the searches. */
#include "rag_fixture.h"
#include "scratch.h"

#include "base/file.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

static struct chunk plain_chunk(const char *title, const char *text)
{
    return (struct chunk){.title = title,
                          .text = text,
                          .location = "row 2",
                          .line_first = 2,
                          .line_last = 2,
                          .vehicle = vehicle_none()};
}

static void expect_counts(struct store *s, size_t documents, size_t chunks, size_t vehicles,
                          size_t facts)
{
    struct store_counts c;
    struct error err = {0};
    assert_true(store_count(s, &c, &err));
    assert_int_equal(c.documents, documents);
    assert_int_equal(c.chunks, chunks);
    assert_int_equal(c.vehicles, vehicles);
    assert_int_equal(c.facts, facts);
}

static void store_refuses_what_is_no_store(void **state)
{
    (void)state;
    struct error err = {0};
    assert_null(store_open(in_scratch("none.db"), STORE_READ, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);

    error_clear(&err);
    assert_null(store_open(scratch, STORE_READ, &err));
    assert_non_null(strstr(err.text, "is a directory"));

    error_clear(&err);
    static const char TEXT[] = "this is not a database, but long enough to be taken for one, yes";
    assert_true(file_write(in_scratch("text.db"), TEXT, sizeof TEXT - 1, &err));
    assert_null(store_open(in_scratch("text.db"), STORE_WRITE, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    assert_non_null(strstr(err.text, "text.db"));
    assert_non_null(strstr(err.text, "not a database"));

    error_clear(&err);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(in_scratch("other.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_null(store_open(in_scratch("other.db"), STORE_WRITE, &err));
    assert_non_null(strstr(err.text, "not an autospec store"));
}

static void store_refuses_a_newer_version(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = store_open(in_scratch("newer.db"), STORE_WRITE, &err);
    assert_non_null(s);
    store_close(s);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(in_scratch("newer.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 999", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_null(store_open(in_scratch("newer.db"), STORE_READ, &err));
    assert_int_equal(err.code, ERROR_UNSUPPORTED);
    assert_non_null(strstr(err.text, "version 999"));
}

static void store_keeps_documents_between_opens(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = store_open(in_scratch("deep/er/kept.db"), STORE_WRITE, &err);
    if (!s) fail_msg("%s", err.text);
    ingest_ok(s, "/cars.csv", DOCUMENT_CSV, CARS_CSV);
    store_close(s);
    s = store_open(in_scratch("deep/er/kept.db"), STORE_READ, &err);
    if (!s) fail_msg("%s", err.text);
    expect_counts(s, 1, 11, 11, 11 * 11 - 13 /* empty cells */);
    struct arena arena = {0};
    struct store_document *d;
    size_t n;
    assert_true(store_list_documents(s, &arena, &d, &n, &err));
    assert_int_equal(n, 1);
    assert_string_equal(d[0].path, "/cars.csv");
    assert_string_equal(d[0].kind, "csv");
    assert_int_equal(d[0].bytes, strlen(CARS_CSV));
    assert_int_equal(d[0].chunks, 11);
    /* A reader writes nothing. */
    enum store_outcome outcome;
    assert_false(store_begin_document(s, "/x", "text", 1, 1, &outcome, &err));
    assert_non_null(strstr(err.text, "reading only"));
    arena_free(&arena);
    store_close(s);
}

static void document_that_is_rolled_back_leaves_nothing(void **state)
{
    (void)state;
    struct store *s = memory_store();
    struct error err = {0};
    enum store_outcome outcome;
    struct chunk c = plain_chunk("2023 Toyota Camry", "Horsepower: 203 hp");
    c.vehicle.manufacturer = "Toyota";
    assert_true(store_begin_document(s, "/a", "csv", 1, 10, &outcome, &err));
    assert_int_equal(outcome, STORE_NEW);
    assert_true(store_add_passage(s, &c, 0, &err));
    store_rollback(s);
    expect_counts(s, 0, 0, 0, 0);
    const char *name = "untouched";
    struct arena arena = {0};
    assert_true(store_find_manufacturer(s, "toyota", &arena, &name, &err));
    assert_null(name);
    /* and the store goes on working */
    assert_true(store_begin_document(s, "/a", "csv", 1, 10, &outcome, &err));
    assert_true(store_add_passage(s, &c, 0, &err));
    struct store_written written;
    assert_true(store_commit(s, &written, &err));
    assert_int_equal(written.vehicles, 1);
    expect_counts(s, 1, 1, 1, 0);
    arena_free(&arena);
    store_close(s);
}

static size_t count_hits(struct store *s, const char *term)
{
    struct hit_list hits = {0};
    struct error err = {0};
    const char *terms[] = {term};
    struct store_query q = {.terms = terms, .n_terms = 1, .limit = 100};
    if (!store_search(s, &q, &hits, &err)) fail_msg("%s", err.text);
    size_t n = hits.n;
    hit_list_free(&hits);
    return n;
}

static void replaced_and_deleted_documents_are_found_no_more(void **state)
{
    (void)state;
    struct store *s = memory_store();
    struct error err = {0};
    ingest_ok(s, "/a.csv", DOCUMENT_CSV, "Make,Model,Color\nToyota,Camry,vermilion\n");
    ingest_ok(s, "/b.csv", DOCUMENT_CSV, "Make,Model,Color\nHonda,Civic,vermilion\n");
    assert_int_equal(count_hits(s, "vermilion"), 2);
    ingest_ok(s, "/a.csv", DOCUMENT_CSV, "Make,Model,Color\nKia,Rio,teal\n");
    assert_int_equal(count_hits(s, "vermilion"), 1);
    assert_int_equal(count_hits(s, "teal"), 1);
    expect_counts(s, 2, 2, 2, 6); /* the Camry is gone, the Rio is there */
    assert_true(store_delete_path(s, "/b.csv", &err));
    assert_int_equal(count_hits(s, "vermilion"), 0);
    expect_counts(s, 1, 1, 1, 3);
    assert_false(store_delete_path(s, "/b.csv", &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    error_clear(&err);
    assert_false(store_delete_document(s, 12345, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    store_close(s);
}

static void vehicles_are_found_by_keys(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct error err = {0};
    struct arena arena = {0};
    struct vehicle *v;
    size_t n;
    struct vehicle_filter camry = {.manufacturer = "toyota", .model = "camry"};
    assert_true(store_find_vehicles(s, &camry, 100, &arena, &v, &n, &err));
    assert_int_equal(n, 3);
    assert_int_equal(v[0].year, 2023); /* newest first */
    assert_int_equal(v[2].year, 2021);
    assert_string_equal(v[0].transmission, "8-speed automatic");
    assert_string_equal(v[0].engine_type, "Gasoline");
    assert_string_equal(v[0].category, "Sedan");
    struct vehicle_filter old = {.model = "camry", .year = 2021, .trim = "le"};
    assert_true(store_find_vehicles(s, &old, 100, &arena, &v, &n, &err));
    assert_int_equal(n, 1);
    struct vehicle_filter start = {.model = "silverado", .model_prefix = true};
    assert_true(store_find_vehicles(s, &start, 100, &arena, &v, &n, &err));
    assert_int_equal(n, 1);
    assert_string_equal(v[0].model, "Silverado 1500");
    arena_free(&arena);
    store_close(s);
}

static void search_takes_query_syntax_as_words(void **state)
{
    (void)state;
    struct store *s = memory_store();
    ingest_ok(s, "/a.txt", DOCUMENT_TEXT, "The lamp is red OR green.");
    static const char *const HOSTILE[] = {
        "\"", "\"\"", "red\" OR \"x",     "*", "title:", "NEAR(", "a AND", "-",
        "(",  "^",    "\xf0\x9f\x9a\x97", ""};
    for (size_t i = 0; i < sizeof HOSTILE / sizeof *HOSTILE; i++)
        count_hits(s, HOSTILE[i]); /* fails the test on an error */
    assert_int_equal(count_hits(s, "red\" OR \"lamp"), 0);
    assert_int_equal(count_hits(s, "lamp is red"), 1);
    store_close(s);
}

static void search_is_filtered_and_ranked(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct error err = {0};
    const char *terms[] = {"horsepower"};
    struct vehicle_filter filter = {.model = "camry", .year = 2023};
    struct store_query q = {.terms = terms, .n_terms = 1, .filter = &filter, .limit = 10};
    struct hit_list hits = {0};
    assert_true(store_search(s, &q, &hits, &err));
    assert_int_equal(hits.n, 2);
    for (size_t i = 0; i < hits.n; i++) {
        assert_int_equal(hits.items[i].vehicle.year, 2023);
        assert_true(hits.items[i].score > 0);
    }
    assert_true(hits.items[0].score >= hits.items[1].score);
    hit_list_free(&hits);
    /* A word in the title weighs more than one in the text. */
    ingest_ok(s, "/t.md", DOCUMENT_MARKDOWN,
              "# Zebra crossings\n\nPaint on the road.\n\n# Roads\n\nA zebra is paint.\n");
    const char *zebra[] = {"zebra"};
    struct store_query z = {.terms = zebra, .n_terms = 1, .limit = 10};
    assert_true(store_search(s, &z, &hits, &err));
    assert_int_equal(hits.n, 2);
    assert_string_equal(hits.items[0].title, "Zebra crossings");
    hit_list_free(&hits);
    store_close(s);
}

static void values_of_a_field_are_listed_once_in_order(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = cars_store();
    struct arena arena = {0};
    const char **values;
    size_t n;
    assert_true(store_list_values(s, METADATA_MANUFACTURER, NULL, &arena, &values, &n, &err));
    assert_int_equal(n, 8);
    assert_string_equal(values[0], "Chevrolet");
    assert_string_equal(values[7], "Toyota");
    assert_true(store_list_values(s, METADATA_MODEL, "mazda", &arena, &values, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(values[0], "CX-5");
    assert_true(store_list_values(s, METADATA_CATEGORY, NULL, &arena, &values, &n, &err));
    assert_int_equal(n, 3);
    assert_true(store_list_values(s, METADATA_YEAR, NULL, &arena, &values, &n, &err));
    assert_int_equal(n, 3);
    assert_string_equal(values[0], "2021");
    assert_true(store_list_values(s, METADATA_MODEL, "nobody", &arena, &values, &n, &err));
    assert_int_equal(n, 0);
    arena_free(&arena);
    store_close(s);
}

static void a_document_is_looked_at_by_number_and_path(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = cars_store();
    struct arena arena = {0};
    struct store_document d, same;
    struct hit_list hits = {0};
    assert_true(store_find_document_path(s, "/cars.csv", &arena, &d, &err));
    assert_true(store_find_document(s, d.id, &arena, &same, &err));
    assert_string_equal(same.path, "/cars.csv");
    assert_string_equal(same.kind, "csv");
    assert_int_equal(same.chunks, 11);
    assert_true(store_document_chunks(s, d.id, 9, 5, &hits, &err));
    assert_int_equal(hits.n, 2);
    assert_string_equal(hits.items[1].title, "2022 Land Rover Range Rover");
    assert_false(store_find_document(s, d.id + 1, &arena, &same, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    error_clear(&err);
    assert_false(store_find_document_path(s, "/none", &arena, &same, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    hit_list_free(&hits);
    arena_free(&arena);
    store_close(s);
}

static void all_documents_go_at_once(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = cars_store();
    struct store_counts counts;
    size_t n;
    ingest_ok(s, "/note.txt", DOCUMENT_TEXT, "The Camry is quiet.");
    assert_true(store_delete_all(s, &n, &err));
    assert_int_equal(n, 2);
    assert_true(store_count(s, &counts, &err));
    assert_int_equal(counts.documents + counts.chunks + counts.vehicles + counts.facts, 0);
    ingest_ok(s, "/cars.csv", DOCUMENT_CSV, CARS_CSV);
    const char *terms[] = {"camry"};
    struct store_query query = {.terms = terms, .n_terms = 1, .limit = 10};
    struct hit_list hits = {0};
    assert_true(store_search(s, &query, &hits, &err));
    assert_int_equal(hits.n, 3);
    hit_list_free(&hits);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_refuses_what_is_no_store),
        cmocka_unit_test(store_refuses_a_newer_version),
        cmocka_unit_test(store_keeps_documents_between_opens),
        cmocka_unit_test(document_that_is_rolled_back_leaves_nothing),
        cmocka_unit_test(replaced_and_deleted_documents_are_found_no_more),
        cmocka_unit_test(vehicles_are_found_by_keys),
        cmocka_unit_test(search_takes_query_syntax_as_words),
        cmocka_unit_test(search_is_filtered_and_ranked),
        cmocka_unit_test(values_of_a_field_are_listed_once_in_order),
        cmocka_unit_test(a_document_is_looked_at_by_number_and_path),
        cmocka_unit_test(all_documents_go_at_once),
    };
    return cmocka_run_group_tests_name("store", tests, scratch_make, scratch_remove);
}
