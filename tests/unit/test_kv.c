/* KV pages: what is shared, what is copied, what goes first, and that the books are right after any
 * order of calls. The "contents" of a page here are the tokens themselves. */
#include "engine/kv.h"
#include "backend/backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PAGES = 16, LENGTH = PAGES * KV_PAGE };

static int32_t memory[PAGES][KV_PAGE];
static size_t copies;

static void copy(void *context, int32_t from, int32_t to)
{
    (void)context;
    memcpy(memory[to], memory[from], sizeof memory[to]);
    copies++;
}

static struct kv_cache *create(void)
{
    struct error err = {0};
    memset(memory, 0xff, sizeof memory);
    copies = 0;
    struct kv_cache *kv = kv_create(PAGES, copy, NULL, &err);
    assert_non_null(kv);
    return kv;
}

/* "Computes" tokens[from..to). */
static void compute(struct kv_cache *kv, struct kv_chain *c, const int32_t *tokens, size_t from,
                    size_t to)
{
    for (size_t i = from; i < to; i++) memory[c->pages[i / KV_PAGE]][i % KV_PAGE] = tokens[i];
    kv_fill(kv, c, tokens, to);
}

static void holds(const struct kv_chain *c, const int32_t *tokens, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(memory[c->pages[i / KV_PAGE]][i % KV_PAGE], tokens[i]);
}

static void count_up(int32_t *tokens, size_t n, int32_t first)
{
    for (size_t i = 0; i < n; i++) tokens[i] = first + (int32_t)i;
}

/* Runs a whole text and ends it; returns what was known of it. */
static size_t once(struct kv_cache *kv, const int32_t *tokens, size_t n)
{
    struct kv_chain c = {0};
    size_t known = kv_match(kv, &c, tokens, n - 1);
    holds(&c, tokens, known);
    assert_true(kv_extend(kv, &c, n));
    compute(kv, &c, tokens, known, n);
    holds(&c, tokens, n);
    kv_release(kv, &c, tokens, n);
    return known;
}

static void a_text_is_known_to_its_last_token_but_one(void **state)
{
    (void)state;
    int32_t t[100];
    count_up(t, 100, 0);
    for (size_t n = 1; n <= 100; n++) {
        struct kv_cache *kv = create();
        assert_int_equal(once(kv, t, n), 0);
        assert_int_equal(once(kv, t, n), n - 1);
        assert_int_equal(copies, n % KV_PAGE == 1 ? 0 : n > 1);
        assert_int_equal(kv_count(kv).used, 0);
        kv_free(kv);
    }
}

static void running_texts_share_full_pages_and_nothing_that_is_written(void **state)
{
    (void)state;
    struct kv_cache *kv = create();
    int32_t a[80], b[80];
    count_up(a, 80, 0);
    count_up(b, 80, 0);
    for (size_t i = 70; i < 80; i++) b[i] += 1000;
    struct kv_chain x = {0}, y = {0};
    assert_int_equal(kv_match(kv, &x, a, 79), 0);
    assert_true(kv_extend(kv, &x, 80));
    compute(kv, &x, a, 0, 80);
    assert_int_equal(kv_match(kv, &y, b, 79), 64);
    assert_true(kv_extend(kv, &y, 80));
    assert_int_equal(x.pages[0], y.pages[0]);
    assert_int_equal(x.pages[1], y.pages[1]);
    assert_int_not_equal(x.pages[2], y.pages[2]);
    compute(kv, &y, b, 64, 80);
    holds(&x, a, 80);
    holds(&y, b, 80);
    assert_int_equal(kv_count(kv).used, 4);
    kv_release(kv, &x, a, 80);
    holds(&y, b, 80);
    kv_release(kv, &y, b, 80);
    assert_int_equal(kv_count(kv).cached, 4);
    kv_free(kv);
}

static void a_page_that_another_filled_first_is_taken_over(void **state)
{
    (void)state;
    struct kv_cache *kv = create();
    int32_t t[100];
    count_up(t, 100, 7);
    struct kv_chain x = {0}, y = {0};
    kv_match(kv, &x, t, 99);
    kv_match(kv, &y, t, 99);
    assert_true(kv_extend(kv, &x, 100) && kv_extend(kv, &y, 100));
    assert_int_equal(kv_count(kv).used, 8);
    compute(kv, &x, t, 0, 64);
    assert_int_equal(kv_skip(kv, &y, t, 0, 99), 64);
    holds(&y, t, 64);
    assert_int_equal(kv_count(kv).used, 6);
    assert_int_equal(kv_skip(kv, &y, t, 64, 99), 64);
    kv_release(kv, &x, t, 64);
    kv_release(kv, &y, t, 64);
    assert_int_equal(kv_count(kv).used, 0);
    kv_free(kv);
}

static void the_longest_unused_goes_first(void **state)
{
    (void)state;
    struct kv_cache *kv = create();
    int32_t t[4][128];
    for (int32_t i = 0; i < 4; i++) count_up(t[i], 128, 1000 * (i + 1));
    for (size_t i = 0; i < 4; i++) once(kv, t[i], 128); /* all 16 pages */
    assert_int_equal(kv_count(kv).cached, 16);
    once(kv, t[0], 128);
    int32_t other[64];
    count_up(other, 64, 9000);
    once(kv, other, 64);
    assert_true(once(kv, t[0], 128) == 127);
    struct kv_chain c = {0};
    size_t known = kv_match(kv, &c, t[1], 127);
    assert_true(known < 127);
    kv_release(kv, &c, t[1], known);
    kv_free(kv);
}

static void too_few_pages_change_nothing(void **state)
{
    (void)state;
    struct kv_cache *kv = create();
    struct kv_chain x = {0}, y = {0};
    int32_t t[LENGTH];
    count_up(t, LENGTH, 0);
    assert_true(kv_extend(kv, &x, 10 * KV_PAGE));
    assert_false(kv_extend(kv, &y, 7 * KV_PAGE));
    assert_int_equal(y.n_pages, 0);
    assert_int_equal(kv_count(kv).used, 10);
    assert_true(kv_extend(kv, &y, 6 * KV_PAGE));
    kv_release(kv, &x, t, 0);
    kv_release(kv, &y, t, 0);
    assert_int_equal(kv_count(kv).used + kv_count(kv).cached, 0);
    kv_free(kv);
}

static void any_order_of_calls_keeps_every_text_right(void **state)
{
    (void)state;
    struct kv_cache *kv = create();
    enum { CHAINS = 4 };
    struct {
        struct kv_chain chain;
        int32_t tokens[LENGTH];
        size_t n, length;
    } s[CHAINS] = {0};
    uint32_t random = 1;
    for (size_t turn = 0; turn < 20000; turn++) {
        random = random * 1664525u + 1013904223u;
        size_t i = random >> 8 & (CHAINS - 1), r = random >> 12;
        if (s[i].length == 0) { /* a text over a small alphabet, by blocks: much is shared */
            s[i].length = 1 + r % 200;
            for (size_t t = 0; t < s[i].length; t++)
                s[i].tokens[t] = (int32_t)(t / 20 * 4 + (r >> (t / 20) & 1));
            s[i].n = kv_match(kv, &s[i].chain, s[i].tokens, s[i].length - 1);
        } else if (s[i].n < s[i].length && r % 8) {
            s[i].n = kv_skip(kv, &s[i].chain, s[i].tokens, s[i].n, s[i].length - 1);
            size_t to = s[i].n + 1 + r % 40;
            if (to > s[i].length) to = s[i].length;
            if (!kv_extend(kv, &s[i].chain, to)) continue;
            compute(kv, &s[i].chain, s[i].tokens, s[i].n, to);
            s[i].n = to;
        } else {
            kv_release(kv, &s[i].chain, s[i].tokens, s[i].n);
            s[i].n = s[i].length = 0;
        }
        for (size_t j = 0; j < CHAINS; j++) holds(&s[j].chain, s[j].tokens, s[j].n);
    }
    for (size_t i = 0; i < CHAINS; i++) kv_release(kv, &s[i].chain, s[i].tokens, s[i].n);
    assert_int_equal(kv_count(kv).used, 0);
    kv_free(kv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_known_to_its_last_token_but_one),
        cmocka_unit_test(running_texts_share_full_pages_and_nothing_that_is_written),
        cmocka_unit_test(a_page_that_another_filled_first_is_taken_over),
        cmocka_unit_test(the_longest_unused_goes_first),
        cmocka_unit_test(too_few_pages_change_nothing),
        cmocka_unit_test(any_order_of_calls_keeps_every_text_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
