/* Pages in the store: a byte of the text is found on its page with the boxes of what stands there;
 * pages, places and the kept file go with their document; a damaged blob is an error. */
#include "facts_fixture.h"
#include "store/pages.h"

#include <stdlib.h>

static const char TEXT[] = "Kerb weight 1,234 kg\nNext page 42";
enum { FIRST_PAGE = 21 };

static struct document_place place(uint64_t begin, uint64_t end, uint32_t page, float x, float y)
{
    return (struct document_place){begin, end, page, {x, y, x + 50, y + 10.04f}, false};
}

/* Two pages: two pieces on the first, one on the second. */
static int64_t write_manual(struct store *s, const char *path, uint64_t hash)
{
    struct error err = {0};
    begin_document(s, path, hash);
    const struct document_place places[] = {place(0, 11, 1, 10, 20), place(12, 20, 1, 100, 20),
                                            place(21, 33, 2, 10, 700.5f)};
    const struct store_page one = {1, "i", 595.3f, 842, 0, FIRST_PAGE, TEXT};
    const struct store_page two = {2, "", 595.3f, 842, FIRST_PAGE, 33, TEXT + FIRST_PAGE};
    assert_true(store_add_page(s, &one, places, 2, &err));
    assert_true(store_add_page(s, &two, places + 2, 1, &err));
    assert_true(store_keep_original(s, "%PDF-\0" "x", 7, &err));
    commit_document(s);
    struct arena arena = {0};
    struct store_document d;
    assert_true(store_find_document_path(s, path, &arena, &d, &err));
    arena_free(&arena);
    return d.id;
}

static void a_cell_is_found_on_its_page(void **state)
{
    (void)state;
    struct error err = {0};
    struct arena arena = {0};
    struct store *s = facts_store(":memory:");
    int64_t id = write_manual(s, "/manual.pdf", 1);
    struct store_seen seen;
    assert_true(store_find_seen(s, id, 12, 20, &arena, &seen, &err));
    assert_int_equal(seen.page, 1);
    assert_int_equal(seen.n_boxes, 1);
    assert_float_equal(seen.boxes[0].x0, 100, 0.05);
    assert_float_equal(seen.boxes[0].y1, 30, 0.05);
    assert_true(store_find_seen(s, id, 5, 14, &arena, &seen, &err)); /* parts of both */
    assert_int_equal(seen.n_boxes, 2);
    assert_true(store_find_seen(s, id, 31, 33, &arena, &seen, &err));
    assert_int_equal(seen.page, 2);
    assert_float_equal(seen.boxes[0].y0, 700.5, 0.05);
    assert_true(store_find_seen(s, id + 1, 0, 5, &arena, &seen, &err)); /* no such document */
    assert_int_equal(seen.page, 0);
    arena_free(&arena);
    store_close(s);
}

static void a_page_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct error err = {0};
    struct arena arena = {0};
    struct store *s = facts_store(":memory:");
    int64_t id = write_manual(s, "/manual.pdf", 1);
    struct store_page page;
    size_t n;
    assert_true(store_count_pages(s, id, &n, &err));
    assert_int_equal(n, 2);
    assert_true(store_read_page(s, id, 1, &arena, &page, &err));
    assert_string_equal(page.text, "Kerb weight 1,234 kg\n");
    assert_string_equal(page.label, "i");
    assert_float_equal(page.width, 595.3, 0.01);
    assert_false(store_read_page(s, id, 3, &arena, &page, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    void *data;
    size_t len;
    assert_true(store_read_original(s, id, &data, &len, &err));
    assert_int_equal(len, 7);
    assert_memory_equal(data, "%PDF-\0" "x", 7);
    free(data);
    arena_free(&arena);
    store_close(s);
}

/* It is written in pieces. */
static void a_large_original_is_kept_as_it_is(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = facts_store(":memory:");
    const size_t size = 2500001;
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(i * 2654435761u >> 24);
    begin_document(s, "/large.pdf", 1);
    assert_true(store_keep_original(s, bytes, size, &err));
    commit_document(s);
    struct arena arena = {0};
    struct store_document d;
    assert_true(store_find_document_path(s, "/large.pdf", &arena, &d, &err));
    void *data;
    size_t len;
    assert_true(store_read_original(s, d.id, &data, &len, &err));
    assert_int_equal(len, size);
    assert_memory_equal(data, bytes, size);
    free(data);
    free(bytes);
    arena_free(&arena);
    store_close(s);
}

static void pages_go_with_their_document(void **state)
{
    (void)state;
    struct error err = {0};
    const char *path = in_scratch("pages.db");
    struct store *s = facts_store(path);
    int64_t id = write_manual(s, "/manual.pdf", 1);
    write_manual(s, "/manual.pdf", 2); /* replaced */
    assert_int_equal(look_up(path, "SELECT count(*) FROM document_pages"), 2);
    assert_int_equal(look_up(path, "SELECT count(*) FROM document_files"), 1);
    int64_t other = write_manual(s, "/other.pdf", 1);
    assert_true(other != id);
    assert_true(store_delete_path(s, "/manual.pdf", &err));
    assert_int_equal(look_up(path, "SELECT count(*) FROM document_pages"), 2);
    assert_true(store_delete_document(s, other, &err));
    assert_int_equal(look_up(path, "SELECT count(*) FROM document_pages"), 0);
    assert_int_equal(look_up(path, "SELECT count(*) FROM document_files"), 0);
    store_close(s);
}

static void places_out_of_order_are_refused(void **state)
{
    (void)state;
    struct error err = {0};
    struct store *s = facts_store(":memory:");
    begin_document(s, "/a.pdf", 1);
    const struct document_place places[] = {place(12, 20, 1, 0, 0), place(10, 11, 1, 0, 0)};
    const struct store_page page = {1, "", 100, 100, 0, FIRST_PAGE, TEXT};
    assert_false(store_add_page(s, &page, places, 2, &err));
    assert_non_null(strstr(err.text, "page 1: place 1 is out of order"));
    store_rollback(s);
    store_close(s);
}

static void damaged_places_are_an_error_that_names_the_page(void **state)
{
    (void)state;
    struct error err = {0};
    struct arena arena = {0};
    const char *path = in_scratch("damaged.db");
    struct store *s = facts_store(path);
    int64_t id = write_manual(s, "/manual.pdf", 1);
    alter(path, "UPDATE document_pages SET places = x'ff' WHERE number = 1");
    struct store_seen seen;
    assert_false(store_find_seen(s, id, 12, 20, &arena, &seen, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    assert_non_null(strstr(err.text, "document_pages"));
    arena_free(&arena);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_found_on_its_page),
        cmocka_unit_test(a_page_is_read_as_it_was_written),
        cmocka_unit_test(a_large_original_is_kept_as_it_is),
        cmocka_unit_test(pages_go_with_their_document),
        cmocka_unit_test(places_out_of_order_are_refused),
        cmocka_unit_test(damaged_places_are_an_error_that_names_the_page),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
