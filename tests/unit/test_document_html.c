/* Web pages: contents without what is around them, tables, definition lists, the data for machines,
 * encodings; which addresses are private. */
#include "document_fixture.h"

#include "ingest/web_page.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

static void pages_are_read_without_what_is_around_them(void **state)
{
    (void)state;
    expect_document("a.html",
                    "<!DOCTYPE html><html><head><title>Quenby Heron | Example Motors</title><style>p{}</style></head>"
                    "<body><header><a>Login</a><nav><a>Towing: 1 lb</a></nav></header>"
                    "<div id='cookie-bar'>We use cookies</div><main><h1>Heron data</h1><p>It is <b>long</b>.</p>"
                    "<div hidden>Power: 1 hp</div><div style='display:none'>x</div><div aria-hidden=true>y</div>"
                    "<ul><li>one</li><li>two</li></ul><footer>* with option pack</footer></main>"
                    "<aside>Others</aside><footer>Imprint</footer><script>alert(1)</script></body></html>",
                    "# Quenby Heron\n# Heron data\nIt is long.\none\ntwo\n* with option pack\n");
}

static void a_title_that_the_first_heading_repeats_is_left_out(void **state)
{
    (void)state;
    expect_document("a.htm", "<html><head><title>2024 Heron</title></head><body><h1>2024 Heron</h1><p>Text.</body>",
                    "# 2024 Heron\nText.\n");
}

static void definition_lists_are_names_and_values(void **state)
{
    (void)state;
    expect_document("a.html", "<html><dl><dt>Power<dd>300 hp<dt>Wheelbase<dd>3,708 mm</dl>",
                    "[] line pairs\n1: Power|300 hp\n1: Wheelbase|3,708 mm\n");
}

static void tables_that_lay_out_the_page_are_no_tables(void **state)
{
    (void)state;
    expect_document("a.html",
                    "<html><table role=presentation><tr><td>Left text.</td><td><table><caption>Data</caption>"
                    "<tr><th>Model</th><th>hp</th></tr><tr><td>Heron</td><td>400</td></tr></table></td></tr></table>",
                    "Left text.\n[Data] row\n-: Model|hp\n1: Heron|400\n");
}

static void vehicles_for_machines_become_records(void **state)
{
    (void)state;
    expect_document("a.html",
                    "<html><script type='application/ld+json'>[{\"@type\":\"Car\",\"name\":\"2025 Heron\","
                    "\"brand\":{\"name\":\"Quenby\"},\"vehicleEngine\":{\"enginePower\":{\"value\":294,"
                    "\"unitCode\":\"KWT\"}},\"offers\":{\"price\":\"61250\",\"priceCurrency\":\"USD\"},"
                    "\"image\":\"https://x\"},{\"@type\":\"WebSite\",\"name\":\"Site\"}]</script>"
                    "<script type='application/ld+json'>{</script><p>Text.",
                    "Text.\n[] item\n-: name|brand|enginePower|price\n1: 2025 Heron|Quenby|294 kW|61250 USD\n"
                    "! line 1: the data of the page (JSON-LD) is no JSON: left out\n");
}

static void encodings_are_those_that_the_page_or_its_server_states(void **state)
{
    (void)state;
    expect_document("a.html", "<html><meta charset=windows-1251><p>\xc4\xe2\xe8\xe3\xe0\xf2\xe5\xeb\xfc", "Двигатель\n");
    expect_document("a.html", "<html><meta charset=iso-8859-1><p>L\xe4nge in \x80", "Länge in €\n");
    /* A page that was saved as UTF-8 and still says otherwise. */
    expect_document("a.html", "<html><meta charset=iso-8859-1><p>L\xc3\xa4nge", "Länge\n");
    struct document d;
    struct error err = {0};
    const char *page = "<html><p>\xb0\xa1";
    struct document_options options = {.path = "a", .charset = "euc-kr"};
    assert_true(document_read(&d, DOCUMENT_HTML, page, strlen(page), &options, &err));
    assert_string_equal(d.blocks[0].text, "가");
    document_free(&d);
}

static void pages_are_known_by_their_contents(void **state)
{
    (void)state;
    expect_document("page", "<!-- saved -->\n<!doctype html><p>Text.", "Text.\n");
    expect_document("export.xls", "<table><tr><th>Model<th>hp<tr><td>Heron<td>400</table>",
                    "[] row\n-: Model|hp\n1: Heron|400\n");
}

static void deep_pages_end_as_text(void **state)
{
    (void)state;
    struct buffer page = {0}, got = {0};
    struct document d;
    struct error err = {0};
    buffer_puts(&page, "<html>");
    for (int i = 0; i < 100000; i++) buffer_puts(&page, "<div>");
    buffer_puts(&page, "Power: 100 hp");
    assert_true(document_read(&d, DOCUMENT_HTML, page.data, page.len, NULL, &err));
    document_print(&d, &got);
    assert_string_equal(buffer_text(&got),
                        "Power: 100 hp\n! line 1: HTML tags more than 256 deep: the rest was taken as text\n");
    document_free(&d);
    buffer_free(&page);
    buffer_free(&got);
}

static void expect_private(const char *text, bool expected)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    bool six = strchr(text, ':') != NULL;
    assert_int_equal(six ? inet_pton(AF_INET6, text, &v6.sin6_addr) : inet_pton(AF_INET, text, &v4.sin_addr), 1);
    const struct sockaddr *address = six ? (const struct sockaddr *)&v6 : (const struct sockaddr *)&v4;
    if (web_address_is_private(address) != expected) fail_msg("%s", text);
}

static void private_addresses_are_told(void **state)
{
    (void)state;
    static const char *const PRIVATE[] = {
        "127.0.0.1",   "127.9.9.9",  "10.1.2.3",         "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "0.0.0.0",     "100.64.0.1", "224.0.0.1",        "255.255.255.255", "::1",       "::",          "fe80::1",
        "fc00::1",     "fd12::1",    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "ff02::1",     "2001:0:1::", "::127.0.0.1"};
    static const char *const PUBLIC[] = {"8.8.8.8", "172.32.0.1", "172.15.0.1", "93.184.216.34", "100.128.0.1",
                                         "2606:2800:220::1", "::ffff:8.8.8.8", "64:ff9b::808:808"};
    for (size_t i = 0; i < sizeof PRIVATE / sizeof *PRIVATE; i++) expect_private(PRIVATE[i], true);
    for (size_t i = 0; i < sizeof PUBLIC / sizeof *PUBLIC; i++) expect_private(PUBLIC[i], false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_read_without_what_is_around_them),
        cmocka_unit_test(a_title_that_the_first_heading_repeats_is_left_out),
        cmocka_unit_test(definition_lists_are_names_and_values),
        cmocka_unit_test(tables_that_lay_out_the_page_are_no_tables),
        cmocka_unit_test(vehicles_for_machines_become_records),
        cmocka_unit_test(encodings_are_those_that_the_page_or_its_server_states),
        cmocka_unit_test(pages_are_known_by_their_contents),
        cmocka_unit_test(deep_pages_end_as_text),
        cmocka_unit_test(private_addresses_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
