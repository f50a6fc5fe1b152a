/* The catalog: the store's own vocabulary in memory, in order, with everything of the file checked.
 */
#include "facts_fixture.h"

/* An attribute with a category, a qualifier and a unit, whatever the registry has. */
static int some_attribute(void)
{
    assert_true(CATEGORY_COUNT > 0 && QUALIFIER_COUNT > 1);
    return CATEGORIES[0].attribute;
}

static void documents_sources_columns_and_records_come_in_order(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = facts_store(":memory:");
    struct store *empty = facts_store(":memory:");
    struct catalog c = read_catalog(empty);
    assert_int_equal(c.n_documents + c.n_sources + c.n_columns + c.n_records + c.n_terms, 0);
    catalog_free(&c);
    store_close(empty);
    for (int d = 0; d < 2; d++) {
        begin_document(s, d ? "/data/b.csv" : "/data/a.csv", 1);
        assert_true(store_set_document(s, d ? "" : "Models of 2022", d ? "de" : "en", &err));
        for (int k = 0; k < 3; k++) {
            int64_t source = add_source(s, k ? "Rest" : "First");
            if (k == 1) continue; /* a source with nothing in it */
            int64_t name = add_column(s, source, "engine.maxPower_kW");
            add_column(s, source, "empty");
            for (int i = 0; i < 40; i++) {
                int64_t record = add_record(s, source, "Octavia RS", (size_t)i + 2);
                add_value(s, record, name, number_value(i, "1"));
            }
        }
        commit_document(s);
    }
    c = read_catalog(s);
    assert_int_equal(c.n_documents, 2);
    assert_string_equal(c.documents[0].name, "a.csv");
    assert_string_equal(c.documents[0].path, "/data/a.csv");
    assert_string_equal(c.documents[0].kind, "csv");
    assert_string_equal(c.documents[0].title, "Models of 2022");
    assert_string_equal(c.documents[1].language, "de");
    assert_false(c.documents[0].stale);
    assert_int_equal(c.n_sources, 6);
    assert_int_equal(c.n_columns, 8);
    assert_int_equal(c.n_records, 160);
    for (size_t i = 0; i < 6; i++) {
        const struct catalog_source *source = &c.sources[i];
        assert_int_equal(source->document, i / 3);
        assert_string_equal(source->caption, i % 3 ? "Rest" : "First");
        assert_int_equal(source->n_columns, i % 3 == 1 ? 0 : 2);
        assert_int_equal(source->n_records, i % 3 == 1 ? 0 : 40);
        for (size_t k = 0; k < source->n_columns; k++)
            assert_int_equal(c.columns[source->first_column + k].source, i);
        for (size_t k = 0; k < source->n_records; k++) {
            assert_int_equal(c.records[source->first_record + k].source, i);
            assert_int_equal(c.records[source->first_record + k].line, k + 2);
        }
    }
    assert_string_equal(c.columns[0].key, "engine max power kw");
    assert_true(c.columns[0].has_numbers && !c.columns[0].has_texts && c.columns[0].n_values == 40);
    assert_true(!c.columns[1].has_numbers && c.columns[1].n_values == 0);
    const struct catalog_record *r = &c.records[41];
    assert_string_equal(r->make, "Škoda");
    assert_string_equal(r->make_key, "skoda");
    assert_string_equal(r->model_key, "octavia rs");
    assert_string_equal(r->trim_key, "");
    assert_string_equal(r->place, "row 3");
    assert_true(r->year_first == 2022 && r->year_last == 2022 && r->quantity == 1);
    assert_true(r->vehicle == 0 && r->category[0] == '\0');
    catalog_free(&c);
    store_close(s);
}

static void columns_keep_what_they_mean(void **state)
{
    (void)state;
    struct error err = {0};
    const char *path = in_scratch("columns.db");
    struct store *s = facts_store(path);
    begin_document(s, "/a.csv", 1);
    int64_t source = add_source(s, ""), id;
    uint64_t qualifiers = 1 | (uint64_t)1 << (QUALIFIER_COUNT - 1);
    struct fact_column column = {.name = "Fuel Economy",
                                 .section = "Engine",
                                 .attribute = some_attribute(),
                                 .qualifiers = qualifiers,
                                 .unit = unit_by_symbol("kW"),
                                 .inverse = true};
    for (int i = 0; i < 3; i++) assert_true(store_add_column(s, source, &column, &id, &err));
    commit_document(s);
    struct catalog c = read_catalog(s);
    assert_string_equal(c.columns[0].name, "Fuel Economy");
    assert_string_equal(c.columns[0].section, "Engine");
    assert_string_equal(c.columns[0].key, "fuel economy engine");
    assert_int_equal(c.columns[0].attribute, some_attribute());
    assert_true(c.columns[0].qualifiers == qualifiers && c.columns[0].inverse);
    assert_ptr_equal(c.columns[0].unit, unit_by_symbol("kW"));
    catalog_free(&c);
    /* Names that the registry has no more: the column stays, as one of its own. */
    alter(path, "UPDATE fact_columns SET attribute = 'no_longer' WHERE id = 1;"
                "UPDATE fact_columns SET qualifiers = qualifiers || ',no_longer' WHERE id = 2");
    c = read_catalog(s);
    assert_int_equal(c.columns[0].attribute, -1);
    assert_int_equal(c.columns[1].attribute, -1);
    assert_int_equal(c.columns[2].attribute, some_attribute());
    catalog_free(&c);
    store_close(s);
}

static void a_likely_unit_is_not_a_stated_one(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = facts_store(in_scratch("likely.db"));
    begin_document(s, "/a.csv", 1);
    int64_t source = add_source(s, ""), id;
    struct fact_column column = {.name = "Weight", .section = "", .attribute = -1,
                                 .likely_unit = unit_by_symbol("kg")};
    assert_true(store_add_column(s, source, &column, &id, &err));
    int64_t record = add_record(s, source, "Fabia", 2);
    const struct fact_value value = {.kind = VALUE_NUMBER, .low = 1097, .high = 1097, .text = "1097",
                                     .len = 4, .remark = "", .category = -1, .line = 2};
    assert_true(store_add_values(s, record, id, &value, 1, &err));
    commit_document(s);
    struct catalog c = read_catalog(s);
    assert_null(c.columns[0].unit);
    assert_ptr_equal(c.columns[0].likely_unit, unit_by_symbol("kg"));
    struct arena arena = {0};
    struct fact_row *rows;
    size_t n;
    assert_true(store_scan_column(s, &c, 0, &arena, &rows, &n, &err));
    assert_int_equal(n, 1);
    assert_null(rows[0].unit);
    assert_ptr_equal(rows[0].likely_unit, unit_by_symbol("kg"));
    arena_free(&arena);
    catalog_free(&c);
    store_close(s);
}

static const struct catalog_term *find_term(const struct catalog *c, const char *text)
{
    for (size_t i = 0; i < c->n_terms; i++)
        if (strcmp(c->terms[i].text, text) == 0) return &c->terms[i];
    return NULL;
}

static void terms_are_the_distinct_texts_of_a_column(void **state)
{
    (void)state;
    const char *path = in_scratch("terms.db");
    struct store *s = facts_store(path);
    begin_document(s, "/a.csv", 1);
    int64_t source = add_source(s, "");
    int64_t fuel = add_column(s, source, "Fuel"), note = add_column(s, source, "Note"),
            gear = add_column(s, source, "Gears"), figure = add_column(s, source, "Power");
    static char longer[STORE_MAX_TERM + 2];
    memset(longer, 'x', sizeof longer - 1);
    for (int i = 0; i < STORE_MAX_TERMS + 10; i++) {
        char text[32];
        snprintf(text, sizeof text, "note %d", i);
        int64_t record = add_record(s, source, "r", 1);
        struct fact_value diesel = text_value(i % 2 ? "Diésel" : "DIESEL");
        diesel.category = 0;
        add_value(s, record, fuel, diesel);
        add_value(s, record, note, text_value(text)); /* free text */
        if (i < STORE_MAX_TERMS) add_value(s, record, gear, text_value(text));
        if (i == 5) add_value(s, record, fuel, text_value("DIESEL")); /* counted already */
        if (i == 6) add_value(s, record, fuel, text_value(longer));
        if (i == 7) add_value(s, record, fuel, text_value(""));
        struct fact_value missing = text_value("unknown");
        missing.missing_mark = true;
        if (i == 8) add_value(s, record, fuel, missing);
        add_value(s, record, figure, number_value(1, "one"));
    }
    commit_document(s);
    struct catalog c = read_catalog(s);
    size_t per_column[4] = {0};
    for (size_t i = 0; i < c.n_terms; i++) {
        per_column[c.terms[i].column]++;
        assert_true(i == 0 || c.terms[i - 1].column <= c.terms[i].column);
    }
    assert_int_equal(per_column[0], 2);
    assert_int_equal(per_column[1], 0);
    assert_int_equal(per_column[2], STORE_MAX_TERMS);
    assert_int_equal(per_column[3], 0);
    const struct catalog_term *t = find_term(&c, "Diésel");
    assert_non_null(t);
    assert_string_equal(t->key, "diesel");
    assert_int_equal(t->category, 0);
    assert_int_equal(t->count, STORE_MAX_TERMS / 2 + 5);
    t = find_term(&c, "note 4095");
    assert_non_null(t);
    assert_true(t->category == -1 && t->count == 1);
    catalog_free(&c);
    /* A category that the registry has no more is none; values keep their texts. */
    alter(path, "UPDATE fact_names SET name = 'fuel_type/no_longer'");
    c = read_catalog(s);
    assert_int_equal(find_term(&c, "Diésel")->category, -1);
    struct arena arena = {0};
    struct fact_row *rows;
    scan_column(s, &c, 0, &arena, &rows);
    assert_true(rows[0].category == -1);
    assert_string_equal(rows[0].text, "DIESEL");
    arena_free(&arena);
    catalog_free(&c);
    store_close(s);
}

static void terms_of_one_source_are_none_of_the_next(void **state)
{
    (void)state;
    struct store *s = facts_store(":memory:");
    begin_document(s, "/a.csv", 1);
    for (int i = 0; i < 3000; i++) { /* many sources, as prose has */
        int64_t source = add_source(s, ""), column = add_column(s, source, "Color");
        char text[32];
        snprintf(text, sizeof text, "color %d", i % 7);
        add_value(s, add_record(s, source, "r", 1), column, text_value(text));
    }
    commit_document(s);
    struct catalog c = read_catalog(s);
    assert_int_equal(c.n_terms, 3000);
    for (size_t i = 0; i < c.n_terms; i++)
        assert_true(c.terms[i].column == i && c.terms[i].count == 1);
    catalog_free(&c);
    store_close(s);
}

static void a_catalog_knows_of_changes_by_others(void **state)
{
    (void)state;
    struct error err = {0};
    const char *path = in_scratch("others.db");
    struct store *writer = facts_store(path);
    struct store *reader = store_open(path, STORE_READ, &err);
    assert_non_null(reader);
    struct catalog c = read_catalog(reader);
    assert_true(catalog_is_current(&c, reader));
    assert_true(catalog_is_current(&c, writer));
    begin_document(writer, "/a.csv", 1);
    int64_t source = add_source(writer, ""), column = add_column(writer, source, "Fuel");
    add_value(writer, add_record(writer, source, "r", 1), column, text_value("Diesel"));
    assert_true(catalog_is_current(&c, reader)); /* not committed yet */
    commit_document(writer);
    assert_false(catalog_is_current(&c, reader));
    assert_false(catalog_is_current(&c, writer));
    catalog_free(&c);
    c = read_catalog(writer);
    struct arena arena = {0};
    struct fact_row *rows;
    assert_true(catalog_is_current(&c, reader));
    assert_int_equal(scan_column(reader, &c, 0, &arena, &rows), 1); /* one catalog, two handles */
    assert_true(store_delete_path(writer, "/a.csv", &err));
    assert_false(catalog_is_current(&c, reader));
    arena_free(&arena);
    catalog_free(&c);
    store_close(reader);
    store_close(writer);
}

static void records_are_filtered_by_their_vehicles(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = facts_store(":memory:");
    begin_document(s, "/a.csv", 1);
    int64_t source = add_source(s, ""), id;
    static const char *const FUELS[] = {"Diesel", "Electric", NULL};
    for (int i = 0; i < 3; i++) {
        struct vehicle v = vehicle_none();
        v.manufacturer = "VW";
        v.model = "Golf";
        v.year = 2020 + i;
        v.engine_type = FUELS[i] ? FUELS[i] : "";
        v.category = "Hatchback";
        struct fact_record r = {.title = "Golf",
                                .make = "VW",
                                .model = "Golf",
                                .trim = "",
                                .place = "row 1",
                                .quantity = 1,
                                .vehicle = FUELS[i] ? &v : NULL};
        assert_true(store_add_record(s, source, &r, &id, &err));
    }
    commit_document(s);
    struct catalog c = read_catalog(s);
    assert_string_equal(c.records[1].engine_type, "Electric");
    assert_string_equal(c.records[1].category, "Hatchback");
    assert_string_equal(c.records[2].engine_type, "");
    const char *electric[] = {"electric"}, *tesla[] = {"tesla"};
    struct metadata_filter m = {.fields[METADATA_ENGINE_TYPE] = {electric, 1}};
    struct vehicle_filter filter = {.metadata = &m}, golf = {.manufacturer = "volkswagen"};
    struct metadata_filter none = {.fields[METADATA_MANUFACTURER] = {tesla, 1}};
    struct vehicle_filter nothing = {.metadata = &none};
    bool keep[3];
    assert_true(store_filter_records(s, &c, &filter, keep, &err));
    assert_true(!keep[0] && keep[1] && !keep[2]);
    assert_true(store_filter_records(s, &c, &golf, keep, &err));
    assert_true(keep[0] && keep[1] && !keep[2]);
    assert_true(store_filter_records(s, &c, &nothing, keep, &err));
    assert_true(!keep[0] && !keep[1] && !keep[2]);
    catalog_free(&c);
    store_close(s);
}

static void a_passage_is_tied_to_its_record(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = facts_store(":memory:");
    begin_document(s, "/a.md", 1);
    int64_t source = add_source(s, "");
    int64_t record = add_record(s, source, "Octavia", 1);
    struct chunk about = {.title = "Octavia",
                          .text = "Color: vermilion",
                          .location = "line 3",
                          .vehicle = vehicle_none()};
    assert_true(store_add_passage(s, &about, record, &err));
    about.title = "Colors";
    assert_true(store_add_passage(s, &about, 0, &err));
    struct store_written w = commit_document(s);
    assert_true(w.chunks == 2 && w.facts == 0); /* its lines are no facts */
    const char *terms[] = {"vermilion"};
    struct store_query q = {.terms = terms, .n_terms = 1, .limit = 10};
    struct hit_list hits = {0};
    assert_true(store_search(s, &q, &hits, &err));
    assert_int_equal(hits.n, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(hits.items[i].record == (hits.items[i].title[0] == 'O' ? record : 0));
    hit_list_free(&hits);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_sources_columns_and_records_come_in_order),
        cmocka_unit_test(columns_keep_what_they_mean),
        cmocka_unit_test(a_likely_unit_is_not_a_stated_one),
        cmocka_unit_test(terms_are_the_distinct_texts_of_a_column),
        cmocka_unit_test(terms_of_one_source_are_none_of_the_next),
        cmocka_unit_test(a_catalog_knows_of_changes_by_others),
        cmocka_unit_test(records_are_filtered_by_their_vehicles),
        cmocka_unit_test(a_passage_is_tied_to_its_record),
    };
    return cmocka_run_group_tests_name("catalog", tests, scratch_make, scratch_remove);
}
