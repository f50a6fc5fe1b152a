/* Who may ask: keys, names of the server, origins of pages. */
#include "server/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>


#include <cmocka.h>

static struct guard *make(const char *keys, const char *hosts, const char *origins,
                          const char *bind)
{
    struct error err = {0};
    struct guard_rules rules = {keys, hosts, origins, bind};
    struct guard *g = guard_create(&rules, &err);
    if (!g) fail_msg("%s", err.text);
    return g;
}

static void a_key_admits_by_either_header(void **state)
{
    (void)state;
    struct guard *g = make("first-key, second", NULL, NULL, "127.0.0.1");
    assert_true(guard_has_keys(g));
    assert_true(guard_admits(g, "Bearer first-key", NULL));
    assert_true(guard_admits(g, "bearer  second", NULL));
    assert_true(guard_admits(g, NULL, "second"));
    assert_true(guard_admits(g, "Bearer wrong", "first-key"));
    guard_free(g);
}

static void anything_but_a_key_is_refused(void **state)
{
    (void)state;
    struct guard *g = make("first-key,second", NULL, NULL, "127.0.0.1");
    static const char *const WRONG[] = {"", "first-ke", "first-key2", "first-key,second", ","};
    assert_false(guard_admits(g, NULL, NULL));
    assert_false(guard_admits(g, "Basic first-key", NULL));
    assert_false(guard_admits(g, "Bearer", NULL));
    assert_false(guard_admits(g, "first-key", NULL));
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        assert_false(guard_admits(g, NULL, WRONG[i]));
    guard_free(g);
}

static void without_keys_all_are_admitted(void **state)
{
    (void)state;
    struct guard *g = make(NULL, NULL, NULL, "127.0.0.1");
    assert_false(guard_has_keys(g));
    assert_true(guard_admits(g, NULL, NULL));
    assert_true(guard_admits(g, "Bearer x", "y"));
    guard_free(g);
}

static void a_list_that_holds_no_key_lets_nobody_in(void **state)
{
    (void)state;
    static const char *const BAD[] = {",", " ", " , ", ",,,", "a b", "good,b\tc", "x\ny"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct error err = {0};
        struct guard_rules rules = {BAD[i], NULL, NULL, "127.0.0.1"};
        assert_null(guard_create(&rules, &err));
        assert_int_equal(err.code, ERROR_USAGE);
        assert_non_null(strstr(err.text, "API_KEY"));
    }
}

static void addresses_localhost_and_listed_names_are_hosts(void **state)
{
    (void)state;
    static const char *const FINE[] = {"127.0.0.1",      "127.0.0.1:8000", "[::1]",
                                       "[::1]:8000",     "localhost",      "LOCALHOST:9",
                                       "192.168.1.7:80", "specs.example",  "specs.example:8000",
                                       "Specs.Example.", "bound.example"};
    static const char *const REFUSED[] = {"evil.example",
                                          "127.0.0.1.evil.example",
                                          "localhost.evil.example:8000",
                                          "specs.example.evil",
                                          "",
                                          ":8000",
                                          "[::1",
                                          "[]"};
    struct guard *g = make(NULL, "specs.example", NULL, "bound.example");
    for (size_t i = 0; i < sizeof FINE / sizeof *FINE; i++)
        if (!guard_host(g, FINE[i])) fail_msg("%s is refused", FINE[i]);
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        if (guard_host(g, REFUSED[i])) fail_msg("%s is taken", REFUSED[i]);
    assert_false(guard_host(g, NULL));
    guard_free(g);
    g = make(NULL, "*", NULL, NULL);
    assert_true(guard_host(g, "evil.example"));
    guard_free(g);
}

static void pages_of_other_origins_are_foreign(void **state)
{
    (void)state;
    struct guard *g = make(NULL, NULL, "https://tools.example", "127.0.0.1");
    assert_int_equal(guard_origin(g, NULL, "localhost:8000"), ORIGIN_OWN);
    assert_int_equal(guard_origin(g, "http://localhost:8000", "localhost:8000"), ORIGIN_OWN);
    assert_int_equal(guard_origin(g, "https://tools.example", "localhost:8000"), ORIGIN_FRIEND);
    assert_int_equal(guard_origin(g, "http://localhost:3000", "localhost:8000"), ORIGIN_FOREIGN);
    assert_int_equal(guard_origin(g, "http://tools.example", "localhost:8000"), ORIGIN_FOREIGN);
    assert_int_equal(guard_origin(g, "null", "localhost:8000"), ORIGIN_FOREIGN);
    assert_int_equal(guard_origin(g, "", "localhost:8000"), ORIGIN_FOREIGN);
    assert_int_equal(guard_origin(g, "http://localhost:8000", NULL), ORIGIN_FOREIGN);
    guard_free(g);
}

static void rules_that_name_nothing_are_errors(void **state)
{
    (void)state;
    struct error err = {0};
    struct guard_rules hosts = {.hosts = "fine.example http://wrong.example"};
    assert_null(guard_create(&hosts, &err));
    assert_string_equal(err.text, "AUTOSPEC_HOSTS: \"http://wrong.example\" is not a host's name");
    error_clear(&err);
    struct guard_rules origins = {.origins = "tools.example"};
    assert_null(guard_create(&origins, &err));
    assert_string_equal(err.text, "AUTOSPEC_ORIGINS: \"tools.example\" is not an origin such as "
                                  "https://tools.example");
}

static void only_loopback_addresses_are_loopback(void **state)
{
    (void)state;
    assert_true(address_is_loopback("127.0.0.1"));
    assert_true(address_is_loopback("127.8.9.10"));
    assert_true(address_is_loopback("::1"));
    assert_true(address_is_loopback("localhost"));
    assert_false(address_is_loopback("0.0.0.0"));
    assert_false(address_is_loopback("::"));
    assert_false(address_is_loopback("192.168.0.1"));
    assert_false(address_is_loopback("127.0.0.1.example"));
    assert_false(address_is_loopback(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_admits_by_either_header),
        cmocka_unit_test(anything_but_a_key_is_refused),
        cmocka_unit_test(without_keys_all_are_admitted),
        cmocka_unit_test(a_list_that_holds_no_key_lets_nobody_in),
        cmocka_unit_test(addresses_localhost_and_listed_names_are_hosts),
        cmocka_unit_test(pages_of_other_origins_are_foreign),
        cmocka_unit_test(rules_that_name_nothing_are_errors),
        cmocka_unit_test(only_loopback_addresses_are_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
