/* Typed facts in the store: what is written is read again, whatever its order; what is deleted is
 * gone; a store of an older version becomes one of this; a damaged one is an error. */
#include "facts_fixture.h"

#include <math.h>

static void values_are_read_as_they_were_written(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = facts_store(":memory:");
    begin_document(s, "/a.csv", 1);
    int64_t source = add_source(s, "Engine");
    int64_t power = add_column(s, source, "Power"), fuel = add_column(s, source, "Fuel");
    int64_t record = add_record(s, source, "Octavia", 12);
    const struct unit *kw = unit_by_symbol("kW");
    assert_non_null(kw);
    struct fact_value parts[] = {
        {.kind = VALUE_NUMBER,
         .low = 8.8,
         .high = 10.3,
         .unit = kw,
         .text = "8.8-10.3 kW (DSG)",
         .len = 17,
         .group = 3,
         .remark = "DSG",
         .category = -1,
         .implausible = true,
         .low_confidence = true,
         .place = "row 75",
         .line = 75,
         .begin = 1000,
         .end = 1011,
         .quote = "It makes 8.8-10.3 kW."},
        {.kind = VALUE_NUMBER,
         .low = -1,
         .high = -1,
         .text = "-1",
         .len = 2,
         .remark = "",
         .category = -1,
         .missing_mark = true,
         .bound = true,
         .line = 12,
         .begin = 1 << 30,
         .end = (1 << 30) + 2},
        {.kind = VALUE_NONE, .text = "n/a", .len = 3, .category = -1},
        {.kind = VALUE_YES, .text = "yes", .len = 3, .category = -1, .line = 12},
    };
    assert_true(store_add_values(s, record, power, parts, 4, &err));
    struct fact_value diesel = text_value("Diesel");
    diesel.category = (int)CATEGORY_COUNT - 1;
    add_value(s, record, fuel, diesel);
    assert_int_equal(commit_document(s).facts, 4);

    struct catalog c = read_catalog(s);
    struct arena arena = {0};
    struct fact_row *row;
    assert_int_equal(read_values(s, &c, 0, &arena, &row), 4);
    assert_true(row[0].kind == VALUE_NUMBER && row[0].low == 8.8 && row[0].high == 10.3);
    assert_ptr_equal(row[0].unit, kw);
    assert_string_equal(row[0].text, "8.8-10.3 kW (DSG)");
    assert_string_equal(row[0].remark, "DSG");
    assert_string_equal(row[0].place, "row 75");
    assert_string_equal(row[0].quote, "It makes 8.8-10.3 kW.");
    assert_true(row[0].low_confidence && !row[1].low_confidence);
    assert_true(row[0].implausible && !row[0].missing_mark && !row[0].bound);
    assert_true(row[0].part == 0 && row[0].group == 3 && row[0].category == -1);
    assert_true(row[0].line == 75 && row[0].begin == 1000 && row[0].end == 1011);
    assert_true(row[1].kind == VALUE_NUMBER && row[1].low == -1 && row[1].high == -1);
    assert_null(row[1].unit);
    assert_string_equal(row[1].remark, "");
    assert_string_equal(row[1].place, "row 12"); /* the record's */
    assert_string_equal(row[1].quote, "");
    assert_true(!row[1].implausible && row[1].missing_mark && row[1].bound);
    assert_true(row[1].line == 12 && row[1].begin == 1 << 30 && row[1].end == (1 << 30) + 2);
    assert_true(row[2].kind == VALUE_YES && row[2].part == 2);
    assert_true(row[3].kind == VALUE_TEXT && row[3].category == (int)CATEGORY_COUNT - 1);
    assert_true(row[3].line == 2 && row[3].column == 1 && row[3].record == 0);

    size_t columns[] = {1}, n;
    assert_true(store_read_values(s, &c, 0, columns, 1, &arena, &row, &n, &err));
    assert_int_equal(n, 1);
    assert_string_equal(row[0].text, "Diesel");
    arena_free(&arena);
    catalog_free(&c);
    store_close(s);
}

static void a_column_is_read_over_all_records_of_its_source(void **state)
{
    (void)state;
    struct store *s = facts_store(":memory:");
    begin_document(s, "/a.csv", 1);
    for (int k = 0; k < 3; k++) { /* neighbours that must not be mixed up with it */
        int64_t source = add_source(s, "");
        int64_t name = add_column(s, source, "Name"), power = add_column(s, source, "Power");
        for (int i = 0; i < 100; i++) {
            char text[32];
            snprintf(text, sizeof text, "%d", 1000 * k + i);
            int64_t record = add_record(s, source, text, (size_t)i + 2);
            add_value(s, record, name, text_value(text));
            if (i % 3 == 0) add_value(s, record, power, number_value(1000 * k + i, text));
        }
    }
    commit_document(s);
    struct catalog c = read_catalog(s);
    assert_int_equal(c.n_sources, 3);
    assert_int_equal(c.sources[1].first_record, 100);
    assert_int_equal(c.sources[1].n_records, 100);
    assert_int_equal(c.sources[1].first_column, 2);
    struct arena arena = {0};
    struct fact_row *rows;
    assert_int_equal(scan_column(s, &c, 3, &arena, &rows), 34);
    for (size_t i = 0; i < 34; i++) {
        char place[32];
        snprintf(place, sizeof place, "row %zu", 3 * i + 2);
        assert_int_equal(rows[i].record, 100 + 3 * i);
        assert_int_equal(rows[i].column, 3);
        assert_true(rows[i].low == 1000 + 3 * (double)i);
        assert_string_equal(rows[i].place, place);
    }
    assert_int_equal(scan_column(s, &c, 4, &arena, &rows), 100);
    assert_string_equal(rows[99].text, "2099");
    /* Columns of another source have no values for a record. */
    size_t columns[] = {0, 2, 3, 5}, n;
    struct error err = {0};
    assert_true(store_read_values(s, &c, 199, columns, 4, &arena, &rows, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(rows[0].text, "1099");
    arena_free(&arena);
    catalog_free(&c);
    store_close(s);
}

/* Writes (records, columns) texts of `len` bytes, by record or by column, some in two calls. */
static void write_grid(struct store *s, bool by_record, size_t records, size_t columns, size_t len)
{
    int64_t source = add_source(s, ""), ids[200], names[16];
    char *text = malloc(len + 1);
    assert_non_null(text);
    for (size_t i = 0; i < columns; i++) names[i] = add_column(s, source, "c");
    for (size_t i = 0; i < records; i++) ids[i] = add_record(s, source, "r", i + 2);
    for (size_t k = 0; k < records * columns; k++) {
        size_t record = by_record ? k / columns : k % records;
        size_t column = by_record ? k % columns : k / records;
        memset(text, 'x', len);
        text[len] = '\0';
        text[snprintf(text, len, "%zu/%zu", record, column)] = '.';
        add_value(s, ids[record], names[column], text_value(text));
    }
    for (size_t record = records; record-- > 0;) /* once more, the last first */
        if (record % 7 == 0) add_value(s, ids[record], names[0], text_value("again"));
    free(text);
}

static void values_may_come_in_any_order(void **state)
{
    (void)state;
    /* Texts that do not fit into memory at once: blocks are written in several goes. */
    enum { RECORDS = 200, COLUMNS = 5, LEN = 20000 };
    struct store *s = facts_store(":memory:");
    begin_document(s, "/a.csv", 1);
    write_grid(s, true, RECORDS, COLUMNS, LEN);
    write_grid(s, false, RECORDS, COLUMNS, LEN);
    commit_document(s);
    struct catalog c = read_catalog(s);
    for (size_t record = 0; record < RECORDS; record++) {
        struct arena arena = {0};
        struct fact_row *a, *b;
        size_t n = read_values(s, &c, record, &arena, &a);
        assert_int_equal(n, COLUMNS + (record % 7 == 0));
        assert_int_equal(read_values(s, &c, RECORDS + record, &arena, &b), n);
        for (size_t i = 0; i < n; i++) {
            assert_string_equal(a[i].text, b[i].text);
            assert_int_equal(a[i].part, b[i].part);
            assert_int_equal(a[i].group, b[i].group);
            assert_int_equal(a[i].column + COLUMNS, b[i].column);
        }
        if (record % 7 == 0) {
            assert_string_equal(a[1].text, "again");
            assert_true(a[1].part == 1 && a[1].group == 1); /* a quantity of its own */
        }
        arena_free(&arena);
    }
    catalog_free(&c);
    store_close(s);
}

static void numbers_are_kept_to_the_bit(void **state)
{
    (void)state;
    static const double SOME[] = {0,
                                  1,
                                  -1,
                                  0.1,
                                  -0.1,
                                  7.3,
                                  1e6,
                                  1e-6,
                                  123456.789,
                                  1e15,
                                  1e16,
                                  1e300,
                                  -1e300,
                                  5e-324,
                                  0x1p53,
                                  0x1p53 + 2,
                                  -0x1p53,
                                  1 / 3.0,
                                  0.30000000000000004,
                                  1.7e308,
                                  99999.99,
                                  0.0000001,
                                  2.5e-7};
    enum { N = 2000, GIVEN = sizeof SOME / sizeof *SOME };
    struct store *s = facts_store(":memory:");
    begin_document(s, "/a.csv", 1);
    int64_t source = add_source(s, ""), column = add_column(s, source, "x");
    static double numbers[N];
    uint64_t random = 88172645463325252u;
    for (size_t i = 0; i < N; i++) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        if (i < GIVEN)
            numbers[i] = SOME[i];
        else if (i % 2)
            numbers[i] = (double)(random % 1000000) / 100;
        else
            memcpy(&numbers[i], &random, sizeof random);
        add_value(s, add_record(s, source, "r", 1), column, number_value(numbers[i], "?"));
    }
    commit_document(s);
    struct catalog c = read_catalog(s);
    struct arena arena = {0};
    struct fact_row *rows;
    assert_int_equal(scan_column(s, &c, 0, &arena, &rows), N);
    for (size_t i = 0; i < N; i++) {
        bool figure = isfinite(numbers[i]);
        assert_int_equal(rows[i].kind, figure ? VALUE_NUMBER : VALUE_TEXT);
        if (figure) assert_memory_equal(&rows[i].low, &numbers[i], sizeof numbers[i]);
    }
    arena_free(&arena);
    catalog_free(&c);
    store_close(s);
}

static void write_cars(struct store *s, const char *path, uint64_t hash, const char *model)
{
    struct error err = {0};
    begin_document(s, path, hash);
    for (int k = 0; k < 2; k++) {
        int64_t source = add_source(s, "Cars");
        int64_t name = add_column(s, source, "Model"), power = add_column(s, source, "Power");
        for (int i = 0; i < 40; i++) {
            struct vehicle v = vehicle_none();
            v.manufacturer = "Skoda";
            v.model = model;
            struct fact_record r = {.title = model,
                                    .make = "Skoda",
                                    .model = model,
                                    .trim = "",
                                    .place = "row 1",
                                    .quantity = 1,
                                    .vehicle = &v};
            int64_t record;
            assert_true(store_add_record(s, source, &r, &record, &err));
            add_value(s, record, name, text_value(model));
            add_value(s, record, power, number_value(i, "1"));
        }
    }
    commit_document(s);
}

static const char ALL_ROWS[] = "SELECT (SELECT count(*) FROM fact_sources) +"
                               " (SELECT count(*) FROM fact_columns) +"
                               " (SELECT count(*) FROM fact_records) +"
                               " (SELECT count(*) FROM fact_terms) +"
                               " (SELECT count(*) FROM fact_values) +"
                               " (SELECT count(*) FROM vehicles)";

static void deleted_and_replaced_documents_leave_nothing(void **state)
{
    (void)state;
    struct error err = {0};
    const char *path = in_scratch("deleted.db");
    struct store *s = facts_store(path);
    write_cars(s, "/a.csv", 1, "Octavia");
    int64_t one = look_up(path, ALL_ROWS);
    write_cars(s, "/b.csv", 1, "Fabia");
    int64_t both = look_up(path, ALL_ROWS);
    assert_int_equal(both, 2 * one);
    struct catalog old = read_catalog(s);
    assert_int_equal(old.n_records, 160);
    write_cars(s, "/a.csv", 2, "Superb"); /* replaced */
    assert_int_equal(look_up(path, ALL_ROWS), both);
    assert_false(catalog_is_current(&old, s));
    /* With a catalog that is out of date what is gone reads as nothing, the rest as it is. */
    struct arena arena = {0};
    struct fact_row *rows;
    assert_int_equal(read_values(s, &old, 0, &arena, &rows), 0);
    assert_int_equal(scan_column(s, &old, 1, &arena, &rows), 0);
    assert_int_equal(read_values(s, &old, 80, &arena, &rows), 2);
    assert_string_equal(rows[0].text, "Fabia");
    struct catalog c = read_catalog(s);
    assert_true(catalog_is_current(&c, s));
    assert_int_equal(c.n_records, 160);
    assert_string_equal(c.records[80].title, "Superb"); /* newer ids come later */
    assert_string_equal(c.documents[c.sources[c.records[80].source].document].path, "/a.csv");
    assert_true(store_delete_path(s, "/a.csv", &err));
    assert_int_equal(look_up(path, ALL_ROWS), one);
    assert_int_equal(read_values(s, &c, 0, &arena, &rows), 2);
    size_t n;
    assert_true(store_delete_all(s, &n, &err));
    assert_int_equal(look_up(path, ALL_ROWS), 0);
    assert_false(catalog_is_current(&c, s));
    arena_free(&arena);
    catalog_free(&old);
    catalog_free(&c);
    store_close(s);
}

static void a_document_that_is_rolled_back_leaves_no_facts(void **state)
{
    (void)state;
    const char *path = in_scratch("rolled.db");
    struct store *s = facts_store(path);
    write_cars(s, "/a.csv", 1, "Octavia");
    int64_t before = look_up(path, ALL_ROWS);
    struct catalog c = read_catalog(s);
    begin_document(s, "/b.csv", 1);
    int64_t source = add_source(s, ""), column = add_column(s, source, "x");
    struct fact_value diesel = text_value("Diesel");
    diesel.category = 0;
    for (int i = 0; i < 100; i++) add_value(s, add_record(s, source, "r", 1), column, diesel);
    store_rollback(s);
    assert_int_equal(look_up(path, ALL_ROWS), before);
    assert_true(catalog_is_current(&c, s));
    write_cars(s, "/b.csv", 1, "Fabia");
    assert_int_equal(look_up(path, ALL_ROWS), 2 * before);
    catalog_free(&c);
    store_close(s);
}

static void misuse_is_an_error(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = facts_store(":memory:");
    int64_t id;
    struct fact_source source = {.caption = "", .row_word = ""};
    assert_false(store_add_source(s, &source, &id, &err));
    assert_non_null(strstr(err.text, "no document was begun"));
    error_clear(&err);
    assert_false(store_set_document(s, "", "", &err));
    error_clear(&err);
    begin_document(s, "/a.csv", 1);
    struct catalog c;
    assert_false(catalog_read(&c, s, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    error_clear(&err);
    int64_t first = add_source(s, ""), column = add_column(s, first, "x");
    int64_t record = add_record(s, first, "r", 1);
    int64_t second = add_source(s, ""), other = add_column(s, second, "y");
    struct fact_column more = {.name = "z", .section = "", .attribute = -1};
    assert_false(store_add_column(s, first, &more, &id, &err));
    assert_non_null(strstr(err.text, "not the one that was added last"));
    error_clear(&err);
    more.attribute = (int)REGISTRY_COUNT;
    assert_false(store_add_column(s, second, &more, &id, &err));
    error_clear(&err);
    struct fact_value v = text_value("v");
    assert_false(store_add_values(s, record, column, &v, 1, &err));
    error_clear(&err);
    assert_false(store_add_values(s, record + 1, other, &v, 1, &err));
    error_clear(&err);
    int64_t here = add_record(s, second, "r", 1);
    assert_false(store_add_values(s, here, other + 1, &v, 1, &err));
    error_clear(&err);
    assert_true(store_add_values(s, here, other, &v, 1, &err));
    commit_document(s);
    c = read_catalog(s);
    struct arena arena = {0};
    struct fact_row *rows;
    size_t n;
    assert_false(store_read_values(s, &c, 2, NULL, 0, &arena, &rows, &n, &err));
    error_clear(&err);
    assert_false(store_scan_column(s, &c, 2, &arena, &rows, &n, &err));
    arena_free(&arena);
    catalog_free(&c);
    store_close(s);
}

/* ---- versions ---- */

static const char VERSION_1[] =
    "PRAGMA application_id = 1634955363; PRAGMA user_version = 1;"
    "CREATE TABLE documents (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE,"
    "  kind TEXT NOT NULL, hash INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    "  chunks INTEGER NOT NULL DEFAULT 0, facts INTEGER NOT NULL DEFAULT 0,"
    "  added INTEGER NOT NULL DEFAULT (unixepoch()));"
    "CREATE TABLE vehicles (id INTEGER PRIMARY KEY, print INTEGER NOT NULL UNIQUE,"
    "  year INTEGER NOT NULL,"
    "  manufacturer_key TEXT NOT NULL, model_key TEXT NOT NULL, trim_key TEXT NOT NULL,"
    "  manufacturer TEXT NOT NULL, model TEXT NOT NULL, trim TEXT NOT NULL,"
    "  category TEXT NOT NULL, engine_type TEXT NOT NULL, transmission TEXT NOT NULL);"
    "CREATE INDEX vehicles_model ON vehicles(model_key, manufacturer_key, year);"
    "CREATE INDEX vehicles_manufacturer ON vehicles(manufacturer_key, year);"
    "CREATE TABLE chunks (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,"
    "  vehicle INTEGER REFERENCES vehicles(id),"
    "  line_first INTEGER NOT NULL, line_last INTEGER NOT NULL,"
    "  byte_begin INTEGER NOT NULL, byte_end INTEGER NOT NULL,"
    "  location TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL);"
    "CREATE INDEX chunks_document ON chunks(document);"
    "CREATE INDEX chunks_vehicle ON chunks(vehicle);"
    "CREATE VIRTUAL TABLE chunks_fts USING fts5(title, text, content='chunks', content_rowid='id',"
    "  tokenize=\"porter unicode61 remove_diacritics 2\");"
    "CREATE TABLE attributes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE facts (chunk INTEGER NOT NULL REFERENCES chunks(id) ON DELETE CASCADE,"
    "  line INTEGER NOT NULL, attribute INTEGER NOT NULL REFERENCES attributes(id),"
    "  value TEXT NOT NULL, unit TEXT NOT NULL, number REAL,"
    "  PRIMARY KEY (chunk, line)) WITHOUT ROWID;"
    "INSERT INTO documents(id, path, kind, hash, bytes, chunks, facts)"
    "  VALUES (7, '/old.csv', 'csv', 42, 10, 1, 1);"
    "INSERT INTO vehicles VALUES (3, 99, 2021, 'skoda', 'octavia', '', 'Skoda', 'Octavia', '',"
    "  'Sedan', '', '');"
    "INSERT INTO chunks VALUES (5, 7, 3, 2, 2, 0, 10, 'row 2', '2021 Skoda Octavia',"
    "  'Color: vermilion');"
    "INSERT INTO chunks_fts(rowid, title, text) VALUES (5, '2021 Skoda Octavia',"
    "  'Color: vermilion');"
    "INSERT INTO attributes VALUES (1, 'Color');"
    "INSERT INTO facts VALUES (5, 0, 1, 'vermilion', '', NULL);";

static void expect_migrated(struct store *s)
{
    struct error err = {0};
    struct arena arena = {0};
    struct store_document *d;
    size_t n;
    assert_true(store_list_documents(s, &arena, &d, &n, &err));
    assert_int_equal(n, 1);
    assert_true(d[0].id == 7 && d[0].chunks == 1);
    assert_string_equal(d[0].path, "/old.csv");
    const char *terms[] = {"vermilion"};
    struct store_query q = {.terms = terms, .n_terms = 1, .limit = 10};
    struct hit_list hits = {0};
    if (!store_search(s, &q, &hits, &err)) fail_msg("%s", err.text);
    assert_int_equal(hits.n, 1);
    assert_string_equal(hits.items[0].vehicle.model, "Octavia");
    struct catalog c = read_catalog(s);
    assert_int_equal(c.n_documents, 1);
    assert_true(c.documents[0].stale);
    assert_int_equal(c.n_records, 0);
    catalog_free(&c);
    hit_list_free(&hits);
    arena_free(&arena);
}

static void an_older_store_keeps_its_passages_and_is_read_again(void **state)
{
    (void)state;
    const char *path = in_scratch("older.db");
    alter(path, VERSION_1);
    struct store *s = facts_store(path);
    expect_migrated(s);
    /* The same file with the same contents is read again, once. */
    struct error err = {0};
    enum store_outcome outcome;
    assert_true(store_begin_document(s, "/old.csv", "csv", 42, 10, &outcome, &err));
    assert_int_equal(outcome, STORE_REPLACED);
    commit_document(s);
    assert_true(store_begin_document(s, "/old.csv", "csv", 42, 10, &outcome, &err));
    assert_int_equal(outcome, STORE_UNCHANGED);
    struct catalog c = read_catalog(s);
    assert_false(c.documents[0].stale);
    catalog_free(&c);
    store_close(s);
}

static void a_reader_brings_an_older_store_up_to_date(void **state)
{
    (void)state;
    struct error err = {0};
    const char *path = in_scratch("older_read.db");
    alter(path, VERSION_1);
    struct store *s = store_open(path, STORE_READ, &err);
    if (!s) fail_msg("%s", err.text);
    expect_migrated(s);
    store_close(s);
    assert_int_equal(look_up(path, "PRAGMA user_version"), 4);
}

static void a_migration_that_fails_changes_nothing(void **state)
{
    (void)state;
    struct error err = {0};
    const char *path = in_scratch("half.db");
    alter(path, VERSION_1);
    alter(path, "CREATE TABLE fact_values(x)"); /* in the way of its last step */
    assert_null(store_open(path, STORE_WRITE, &err));
    assert_int_equal(look_up(path, "PRAGMA user_version"), 1);
    assert_int_equal(look_up(path, "SELECT count(*) FROM pragma_table_info('documents')"), 8);
    alter(path, "DROP TABLE fact_values");
    struct store *s = facts_store(path);
    expect_migrated(s);
    store_close(s);
}

static void a_store_with_programs_in_it_is_refused(void **state)
{
    (void)state;
    struct error err = {0};
    const char *path = in_scratch("programs.db");
    store_close(facts_store(path));
    alter(path, "CREATE TRIGGER t AFTER INSERT ON documents BEGIN DELETE FROM chunks; END");
    assert_null(store_open(path, STORE_READ, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    error_clear(&err);
    assert_null(store_open(path, STORE_WRITE, &err));
    assert_non_null(strstr(err.text, "triggers or views"));
}

/* ---- damage ---- */

/* Reads all that there is; the first error, or ERROR_NONE. */
static struct error read_everything(const char *path)
{
    struct error err = {0};
    struct store *s = store_open(path, STORE_WRITE, &err);
    if (!s) return err;
    struct catalog c;
    if (catalog_read(&c, s, &err)) {
        struct arena arena = {0};
        struct fact_row *rows;
        size_t n;
        for (size_t i = 0; i < c.n_records; i += 13)
            store_read_values(s, &c, i, NULL, 0, &arena, &rows, &n, &err);
        for (size_t i = 0; i < c.n_columns; i++)
            if (store_scan_column(s, &c, i, &arena, &rows, &n, &err))
                for (size_t k = 0; k < n; k++)
                    assert_true(rows[k].record < c.n_records && strlen(rows[k].text) < 1000 &&
                                strlen(rows[k].place) < 1000);
        arena_free(&arena);
        catalog_free(&c);
    }
    struct error ignored = {0};
    struct store_document *d;
    struct arena list = {0};
    size_t n;
    if (store_list_documents(s, &list, &d, &n, &ignored))
        for (size_t i = 0; i < n; i++) store_delete_document(s, d[i].id, &ignored);
    arena_free(&list);
    store_close(s);
    return err;
}

static void copy_file(const char *from, const char *to)
{
    struct error err = {0};
    char *data;
    size_t len;
    assert_true(file_read(from, 1 << 28, &data, &len, &err));
    assert_true(file_write(to, data, len, &err));
    free(data);
}

static void damaged_rows_are_errors_that_name_them(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *says; /* NULL: it is no error, or any */
    } CASES[] = {
        {"UPDATE fact_sources SET document = 999", "table fact_sources, row 1"},
        {"UPDATE fact_sources SET first_record = 33", "table fact_sources, row 1"},
        {"UPDATE fact_sources SET first_record = -32", "table fact_sources"},
        {"UPDATE fact_sources SET first_column = 5 WHERE id = 1", "table fact_columns, row 1"},
        {"UPDATE fact_columns SET source = 77 WHERE id = 2", "table fact_columns, row 2"},
        {"DELETE FROM fact_columns WHERE id = 1", "table fact_columns, row 2"},
        {"UPDATE fact_columns SET unit = 999999 WHERE id = 2", "table fact_columns, row 2"},
        {"UPDATE fact_columns SET numbers = -5 WHERE id = 2", "table fact_columns, row 2"},
        {"UPDATE fact_records SET source = 'x' WHERE id = 40", "table fact_records, row 40"},
        {"DELETE FROM fact_records WHERE id = 40", "table fact_records, row 41"},
        {"UPDATE fact_terms SET id = id + (1 << 40)", "table fact_terms"},
        {"UPDATE fact_terms SET category = 7", "table fact_terms"},
        {"INSERT INTO fact_names VALUES (-4, 'x')", "table fact_names"},
        {"INSERT INTO fact_names VALUES (1 << 40, 'x')", "table fact_names"},
        {"UPDATE fact_values SET data = x'ff'", "table fact_values"},
        {"UPDATE fact_values SET data = x'0005'", "table fact_values"},
        {"UPDATE fact_values SET data = 'text'", "table fact_values"},
        {"UPDATE fact_values SET data = substr(data, 1, length(data) - 3)", "table fact_values"},
        {"UPDATE fact_values SET data = zeroblob(100000)", "table fact_values"},
        {"DELETE FROM store_state", NULL},
        {"UPDATE store_state SET version = 'x'", NULL},
        {"UPDATE fact_records SET year_first = 1 << 50, year_last = 'soon', quantity = 9e999",
         NULL},
        {"UPDATE fact_records SET title = x'00ff00', make = x'fffe', line = -7", NULL},
        {"UPDATE fact_columns SET attribute = 'no_such', qualifiers = 'city,no_such,,'", NULL},
        {"UPDATE fact_columns SET qualifiers = hex(zeroblob(5000))", NULL},
        {"DELETE FROM fact_values", NULL},
        {"DROP TABLE fact_values", NULL},
        {"DROP TABLE fact_terms", NULL},
    };
    char whole[512];
    snprintf(whole, sizeof whole, "%s", in_scratch("whole.db"));
    struct store *s = facts_store(whole);
    write_cars(s, "/a.csv", 1, "Octavia");
    write_cars(s, "/b.csv", 1, "Fabia");
    store_close(s);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *path = in_scratch("damaged.db");
        copy_file(whole, path);
        alter(path, CASES[i].sql);
        struct error err = read_everything(path);
        if (CASES[i].says && (err.code != ERROR_INPUT || !strstr(err.text, CASES[i].says)))
            fail_msg("%s: '%s'", CASES[i].sql, err.text);
    }
}

static void damaged_bytes_never_crash(void **state)
{
    (void)state;
    struct error err = {0};
    const char *whole = in_scratch("bytes.db");
    struct store *s = facts_store(whole);
    write_cars(s, "/a.csv", 1, "Octavia");
    store_close(s);
    char *data;
    size_t len;
    assert_true(file_read(whole, 1 << 28, &data, &len, &err));
    uint64_t random = 88172645463325252u;
    for (int round = 0; round < 300; round++) {
        char *copy = malloc(len);
        assert_non_null(copy);
        memcpy(copy, data, len);
        for (int k = 0; k < 1 + round % 20; k++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            copy[100 + random % (len - 100)] = (char)(random >> 40);
        }
        const char *path = in_scratch("bytes_damaged.db");
        remove(in_scratch("bytes_damaged.db-wal"));
        remove(in_scratch("bytes_damaged.db-shm"));
        assert_true(file_write(path, copy, len, &err));
        free(copy);
        read_everything(path);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_as_they_were_written),
        cmocka_unit_test(a_column_is_read_over_all_records_of_its_source),
        cmocka_unit_test(values_may_come_in_any_order),
        cmocka_unit_test(numbers_are_kept_to_the_bit),
        cmocka_unit_test(deleted_and_replaced_documents_leave_nothing),
        cmocka_unit_test(a_document_that_is_rolled_back_leaves_no_facts),
        cmocka_unit_test(misuse_is_an_error),
        cmocka_unit_test(an_older_store_keeps_its_passages_and_is_read_again),
        cmocka_unit_test(a_reader_brings_an_older_store_up_to_date),
        cmocka_unit_test(a_migration_that_fails_changes_nothing),
        cmocka_unit_test(a_store_with_programs_in_it_is_refused),
        cmocka_unit_test(damaged_rows_are_errors_that_name_them),
        cmocka_unit_test(damaged_bytes_never_crash),
    };
    return cmocka_run_group_tests_name("store facts", tests, scratch_make, scratch_remove);
}
