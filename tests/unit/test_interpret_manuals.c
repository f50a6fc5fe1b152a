/* Tables of service manuals: pages whose headings are chapters and parts, not vehicles. */
#include "interpret_fixture.h"

/* Markdown in place of a manual's pages: the layout tells neither headers nor what a heading is. */
static void manual_open(struct fixture *f, const char *path, size_t pages, const char *text)
{
    fixture_read(f, "manual.md", text);
    struct document *d = &f->document;
    d->kind = DOCUMENT_PDF;
    d->path = path;
    d->pages = arena_array(&d->arena, pages, sizeof *d->pages);
    assert_non_null(d->pages);
    d->n_pages = pages;
    for (size_t i = 0; i < pages; i++) d->pages[i] = (struct document_page){.number = i + 1, .label = ""};
    for (size_t i = 0; i < d->n_blocks; i++)
        if (d->blocks[i].kind == BLOCK_TABLE) d->blocks[i].table->n_header_rows = 0;
    fixture_interpret(f);
}

static void figures_in_brackets_are_in_the_second_unit(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "carrier.pdf", 60,
                "| Vehicle | Curb weight lb (kg) | Hull volume (m3) | Reach m (in) | Spread in (m) |\n|---|---|---|---|---|\n"
                "| K12 | 6,051 (2745) | 656.6 (18.59) | 4.57 (180) | 85.0 (31) |\n"
                "| K14 | 5,200 (2359) | 712.5 (20.18) | 4.72 (186) | 64.0 (12) |\n"
                "| K15 | 7,180 (3257) | 1,014.0 (28.71) | 5.13 (202) | 71.0 (88) |\n");
    expect_number(&f, "K12", "Curb weight", 6051, "lb");
    const struct fact_value *v = fixture_part(&f, "K12", "Curb weight", 1);
    assert_non_null(v);
    assert_true(v->low == 2745 && strcmp(v->unit->symbol, "kg") == 0);
    /* Only the unit of one figure is told: the figures tell which. */
    expect_number(&f, "K15", "Hull volume", 1014, "cu ft");
    v = fixture_part(&f, "K15", "Hull volume", 1);
    assert_non_null(v);
    assert_true(v->low == 28.71 && strcmp(v->unit->symbol, "m³") == 0);
    expect_number(&f, "K14", "Reach", 4.72, "m");
    /* Figures that are not each other's in any units of the header: no unit. */
    const struct fact_value *w = fixture_part(&f, "K14", "Spread in (m)", 0);
    if (!w) w = fixture_part(&f, "K14", "Spread", 0);
    assert_non_null(w);
    assert_null(w->unit);
    fixture_close(&f);
}

static void a_misprint_keeps_the_first_figure_alone(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "carrier.pdf", 60,
                "| Vehicle | Center height in (m) | Width in (m) |\n|---|---|---|\n"
                "| K12 | 32.8 (0.833) | 85 (2.16) |\n| K14 | 33.1 (9.841) | 85 (2.16) |\n| K15 | 28.4 (0.721) | 80 (2.03) |\n"
                "| K16 | 29.3 (0.744) | 80 (2.03) |\n| K17 | 29.7 (0.754) | 80 (2.03) |\n");
    expect_number(&f, "K14", "Center height", 33.1, "in");
    assert_null(fixture_part(&f, "K14", "Center height", 1));
    assert_non_null(fixture_part(&f, "K15", "Center height", 1));
    fixture_close(&f);
}

static void a_cell_over_two_header_rows_is_no_group(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "carrier.pdf", 60,
                "| Vehicle | Stock number |  | Shipping dimensions |\n|---|---|---|---|\n"
                "| Vehicle | Stock number | Length (in) | Width (in) |\n"
                "| K12 | 2320-01 | 180 | 85 |\n| K14 | 2320-02 | 186 | 85 |\n| K15 | 2320-03 | 202 | 85 |\n");
    expect_number(&f, "K14", "Length", 186, "in");
    expect_number(&f, "K14", "Shipping dimensions: Width", 85, "in");
    const struct fact_value *v = fixture_part(&f, "K14", "Stock number: Length", 0);
    assert_null(v);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_in_brackets_are_in_the_second_unit),
        cmocka_unit_test(a_misprint_keeps_the_first_figure_alone),
        cmocka_unit_test(a_cell_over_two_header_rows_is_no_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
