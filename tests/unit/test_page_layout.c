/* Pages made by hand: what a reader would see on them. */
#include "document/page_layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a page to draw on ---- */

enum { MAX_CHARS = 20000, MAX_RULES = 2000, SIZE = 10 };

struct canvas {
    struct page page;
    struct page_char chars[MAX_CHARS];
    struct page_rule rules[MAX_RULES];
    struct page_fill fills[100];
    struct page_font fonts[3];
    struct arena arena;
    struct page_layout layout;
};

static int setup(void **state)
{
    struct canvas *c = calloc(1, sizeof *c);
    if (!c) return 1;
    c->page = (struct page){.number = 1, .label = "", .width = 600, .height = 800, .fonts = c->fonts, .n_fonts = 3,
                            .chars = c->chars, .rules = c->rules, .fills = c->fills};
    c->fonts[0] = (struct page_font){.name = "Text", .size = SIZE};
    c->fonts[1] = (struct page_font){.name = "Title", .size = 18, .bold = true};
    c->fonts[2] = (struct page_font){.name = "Raised", .size = 6};
    *state = c;
    return 0;
}

static int teardown(void **state)
{
    struct canvas *c = *state;
    arena_free(&c->arena);
    free(c);
    return 0;
}

/* Text in letters of half their size's width, its top at y; returns where it ends. */
static float put(struct canvas *c, float x, float y, uint16_t font, const char *text)
{
    float size = c->fonts[font].size;
    bool space = true;
    for (; *text; text++, x += size / 2) {
        if (*text == ' ') {
            space = true;
            continue;
        }
        assert_true(c->page.n_chars < MAX_CHARS);
        c->chars[c->page.n_chars++] = (struct page_char){.box = {x, y, x + size / 2, y + size},
                                                         .code = (unsigned char)*text,
                                                         .font = font,
                                                         .confidence = 100,
                                                         .space_before = space};
        space = false;
    }
    return x;
}

static void rule(struct canvas *c, bool vertical, float at, float from, float to)
{
    assert_true(c->page.n_rules < MAX_RULES);
    c->rules[c->page.n_rules++] = (struct page_rule){at, from, to, 0.5f, vertical};
}

/* Rows of texts parted by '|'; columns are 100 points wide. */
static void put_rows(struct canvas *c, float x, float y, float step, const char *const *rows, size_t n)
{
    for (size_t r = 0; r < n; r++) {
        char copy[256];
        snprintf(copy, sizeof copy, "%s", rows[r]);
        float at = x;
        for (char *cell = copy, *next; cell; cell = next, at += 100) {
            next = strchr(cell, '|');
            if (next) *next++ = '\0';
            put(c, at + 4, y + step * (float)r + 3, 0, cell);
        }
    }
}

static void put_grid(struct canvas *c, float x, float y, float step, size_t rows, size_t columns)
{
    for (size_t i = 0; i <= rows; i++) rule(c, false, y + step * (float)i, x, x + 100 * (float)columns);
    for (size_t i = 0; i <= columns; i++) rule(c, true, x + 100 * (float)i, y, y + step * (float)rows);
}

/* The page as text: "# heading", paragraphs with their lines, "- item", rows of tables as "[a|b]". */
static char *shown(struct canvas *c)
{
    static char out[8192];
    size_t n = 0;
    const struct layout_options options = {0};
    assert_true(page_layout_make(&c->layout, &c->page, &options, &c->arena));
    out[0] = '\0';
    for (size_t i = 0; i < c->layout.n_blocks; i++) {
        const struct layout_block *b = &c->layout.blocks[i];
        const char *mark = b->kind == BLOCK_HEADING ? "# " : b->kind == BLOCK_LIST_ITEM ? "- " : "";
        n += (size_t)snprintf(out + n, sizeof out - n, "%s", mark);
        for (size_t k = 0; k < b->n_lines; k++)
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", k ? " / " : "", b->lines[k].text);
        for (size_t k = 0; b->table && k < b->table->n_cells; k++) {
            const struct layout_cell *cell = &b->table->cells[k];
            bool first = k == 0 || cell->row != b->table->cells[k - 1].row;
            bool last = k + 1 == b->table->n_cells || b->table->cells[k + 1].row != cell->row;
            n += (size_t)snprintf(out + n, sizeof out - n, "%s", first ? "[" : "|");
            if (first && cell->column) n += (size_t)snprintf(out + n, sizeof out - n, "|");
            n += (size_t)snprintf(out + n, sizeof out - n, "%s", cell->text);
            if (cell->columns > 1) n += (size_t)snprintf(out + n, sizeof out - n, ">%u", cell->columns);
            if (cell->rows > 1) n += (size_t)snprintf(out + n, sizeof out - n, "v%u", cell->rows);
            if (last) n += (size_t)snprintf(out + n, sizeof out - n, "]");
        }
        n += (size_t)snprintf(out + n, sizeof out - n, "\n");
        assert_true(n < sizeof out);
    }
    return out;
}

static const char *const SHEET[] = {"Name|Base|Sport", "Power|150|180", "Weight|1,310|1,395", "Length|4,380|4,380"};
#define SHEET_SHOWN "[Name|Base|Sport][Power|150|180][Weight|1,310|1,395][Length|4,380|4,380]\n"

/* ---- tests ---- */

static void lines_and_crossings_make_cells(void **state)
{
    struct canvas *c = *state;
    put_rows(c, 50, 100, 16, SHEET, 4);
    put_grid(c, 50, 100, 16, 4, 3);
    assert_string_equal(shown(c), SHEET_SHOWN);
    assert_true(c->layout.blocks[0].table->ruled);
}

static void white_space_alone_makes_columns(void **state)
{
    struct canvas *c = *state;
    put_rows(c, 50, 100, 16, SHEET, 4);
    assert_string_equal(shown(c), SHEET_SHOWN);
    assert_false(c->layout.blocks[0].table->ruled);
}

static void cells_go_over_rows_and_columns_where_no_line_parts_them(void **state)
{
    struct canvas *c = *state;
    static const char *const ROWS[] = {"Version|Figures", "|Power|Weight", "Long|110|1,400", "Short|90|1,300"};
    put_rows(c, 50, 100, 16, ROWS, 4);
    for (size_t i = 0; i <= 4; i++) rule(c, false, 100 + 16 * (float)i, i == 1 ? 150 : 50, 350);
    for (size_t i = 0; i <= 3; i++) rule(c, true, 50 + 100 * (float)i, i == 2 ? 116 : 100, 164);
    assert_string_equal(shown(c), "[Versionv2|Figures>2][|Power|Weight][Long|110|1,400][Short|90|1,300]\n");
}

static void a_raised_mark_keeps_off_its_number(void **state)
{
    struct canvas *c = *state;
    put_rows(c, 50, 100, 16, SHEET, 4);
    put_grid(c, 50, 100, 16, 4, 3);
    put(c, 154 + 15, 118, 2, "1"); /* behind 150 */
    assert_non_null(strstr(shown(c), "[Power|150¹|180]"));
}

static void stacked_values_are_parted_and_wrapped_text_is_not(void **state)
{
    struct canvas *c = *state;
    static const char *const ROWS[] = {"Name|Figure", "Tank|"};
    put_rows(c, 50, 100, 30, ROWS, 2);
    put(c, 154, 132, 0, "12 without X");
    put(c, 154, 144, 0, "14 with X");
    put(c, 54, 144, 0, "of petrol");
    rule(c, false, 100, 50, 250);
    rule(c, false, 130, 50, 250);
    rule(c, false, 160, 50, 250);
    rule(c, false, 176, 50, 250);
    put(c, 54, 164, 0, "Power");
    put(c, 154, 164, 0, "90");
    for (size_t i = 0; i <= 2; i++) rule(c, true, 50 + 100 * (float)i, 100, 176);
    assert_non_null(strstr(shown(c), "|12 without X; 14 with X]"));
    assert_non_null(strstr(shown(c), "[Tank of petrol|"));
}

static void tables_side_by_side_are_two(void **state)
{
    struct canvas *c = *state;
    static const char *const LEFT[] = {"A|1", "B|2", "C|5"}, *const RIGHT[] = {"D|7", "E|8", "F|4"};
    put_rows(c, 50, 100, 16, LEFT, 3);
    put_grid(c, 50, 100, 16, 3, 2);
    put_rows(c, 300, 100, 16, RIGHT, 3);
    put_grid(c, 300, 100, 16, 3, 2);
    assert_string_equal(shown(c), "[A|1][B|2][C|5]\n[D|7][E|8][F|4]\n");
}

static void columns_of_prose_are_read_one_after_the_other(void **state)
{
    struct canvas *c = *state;
    static const char *const LEFT[] = {"the wagon was developed for families", "who travel far and carry very much of",
                                       "what they own over mountains and seas", "in every season of the working year."};
    static const char *const RIGHT[] = {"under the bonnet works a small engine", "that is known from the saloon and has",
                                        "been improved in many details to make", "it run more quietly than it did then."};
    put(c, 50, 60, 1, "Two columns");
    for (size_t i = 0; i < 4; i++) {
        put(c, 50, 100 + 12 * (float)i, 0, LEFT[i]);
        put(c, 320, 100 + 12 * (float)i, 0, RIGHT[i]);
    }
    const char *text = shown(c);
    assert_int_equal(c->layout.n_blocks, 3);
    assert_memory_equal(text, "# Two columns\nthe wagon", 22);
    assert_true(strstr(text, "working year.") < strstr(text, "under the bonnet"));
}

/* A box of torques at the left, few lines at the right, and a line between them that nothing crosses. */
static void a_line_between_columns_parts_them(void **state)
{
    struct canvas *c = *state;
    static const char *const BOX[] = {"Hub nut|28", "Wheel bolts|9", "Track rod nut|18", "Pivot bolt|10"};
    static const char *const TEXT[] = {"Remove the hub.", "Remove the ring.", "Fit the tool.", "Press it out."};
    put_rows(c, 40, 100, 16, BOX, 4);
    put_rows(c, 300, 100, 16, TEXT, 4);
    assert_non_null(strstr(shown(c), "[Hub nut|28|Remove the hub.]"));
    arena_free(&c->arena);
    c->arena = (struct arena){0};
    rule(c, true, 280, 95, 400);
    assert_non_null(strstr(shown(c), "[Hub nut|28][Wheel bolts|9][Track rod nut|18][Pivot bolt|10]"));
}

/* A heading over columns of a ruled table, where the lines below it go on but are not seen. */
static void text_through_a_line_is_one_cell(void **state)
{
    struct canvas *c = *state;
    static const char *const ROWS[] = {"", "Speed|CO|Oxygen", "750|0.5|0.9", "800|0.4|0.8"};
    put_rows(c, 50, 100, 16, ROWS, 4);
    put(c, 110, 103, 0, "Checks made at idle");
    put_grid(c, 50, 100, 16, 4, 3);
    assert_non_null(strstr(shown(c), "Checks made at idle>2"));
}

static void a_heading_ends_a_table(void **state)
{
    struct canvas *c = *state;
    static const char *const FIRST[] = {"Weight|395 kg", "Oil|11 L", "Coolant|7 L"};
    static const char *const SECOND[] = {"Point|New", "Bore|102 mm", "Pin|38 mm"};
    put_rows(c, 50, 100, 16, FIRST, 3);
    put(c, 54, 148, 1, "Piston");
    put_rows(c, 50, 168, 16, SECOND, 3);
    char *text = shown(c);
    assert_non_null(strstr(text, "[Weight|395 kg][Oil|11 L][Coolant|7 L]\n"));
    assert_non_null(strstr(text, "Piston\n[Point|New][Bore|102 mm][Pin|38 mm]"));
}

static void text_that_runs_up_the_page_is_turned(void **state)
{
    struct canvas *c = *state;
    put_rows(c, 50, 100, 16, SHEET, 4);
    put_grid(c, 50, 100, 16, 4, 3);
    /* The page turned by a quarter, against the clock: x becomes the distance from the foot. */
    for (size_t i = 0; i < c->page.n_chars; i++) {
        struct page_box b = c->chars[i].box;
        c->chars[i].box = (struct page_box){b.y0, 600 - b.x1, b.y1, 600 - b.x0};
        c->chars[i].angle = 270;
    }
    for (size_t i = 0; i < c->page.n_rules; i++) {
        struct page_rule *r = &c->rules[i];
        r->vertical = !r->vertical;
        if (!r->vertical) {
            r->at = 600 - r->at;
        } else {
            float from = r->from;
            r->from = 600 - r->to;
            r->to = 600 - from;
        }
    }
    c->page.width = 800;
    c->page.height = 600;
    assert_string_equal(shown(c), SHEET_SHOWN);
    const struct layout_cell *cell = &c->layout.blocks[0].table->cells[4]; /* "150" */
    assert_string_equal(cell->text, "150");
    assert_true(cell->box.x0 > 110 && cell->box.x1 < 135 && cell->box.y1 < 450 && cell->box.y0 > 420);
}

static void letters_drawn_twice_are_read_once(void **state)
{
    struct canvas *c = *state;
    put(c, 50, 100, 0, "Engine oil");
    put(c, 50.4f, 100, 0, "Engine oil");
    assert_string_equal(shown(c), "Engine oil\n");
}

static void shading_of_one_colour_is_no_line(void **state)
{
    struct canvas *c = *state;
    put_rows(c, 50, 100, 16, SHEET, 4);
    put_grid(c, 50, 100, 16, 4, 3);
    /* Two halves of a shaded cell: their common edge, in the middle of "Power", is not seen. */
    c->fills[0] = (struct page_fill){{50, 116, 150, 124}, 0xcccccc};
    c->fills[1] = (struct page_fill){{50, 124, 150, 132}, 0xcccccc};
    c->page.n_fills = 2;
    rule(c, false, 124, 50, 150);
    c->rules[c->page.n_rules - 1].width = 0;
    assert_string_equal(shown(c), SHEET_SHOWN);
}

static void a_diagram_is_no_table(void **state)
{
    struct canvas *c = *state;
    static const char *const ROWS[] = {"50|50", "40|40", "30|30", "20|20", "10|10"};
    put_rows(c, 50, 100, 16, ROWS, 5);
    put_grid(c, 50, 100, 16, 5, 2);
    assert_null(strchr(shown(c), '['));
}

static void running_heads_are_left_out(void **state)
{
    struct canvas *c = *state;
    put(c, 50, 20, 0, "Owner's manual");
    put(c, 50, 400, 0, "The engine is at the front.");
    put(c, 300, 780, 0, "12");
    const char *text = shown(c);
    assert_non_null(strstr(text, "manual"));
    assert_null(strstr(text, "12\n")); /* a page number alone is never text */
    struct page_layout next;
    const struct layout_options known = {.margins = c->layout.margins, .n_margins = c->layout.n_margins};
    assert_true(page_layout_make(&next, &c->page, &known, &c->arena));
    assert_int_equal(next.n_blocks, 1);
    assert_string_equal(next.blocks[0].lines[0].text, "The engine is at the front.");
}

static void odd_numbers_of_a_page_are_survived(void **state)
{
    struct canvas *c = *state;
    srand(7);
    for (size_t i = 0; i < 5000; i++) {
        float x = (float)(rand() % 3000 - 1000), y = (float)(rand() % 3000 - 1000);
        float w = (float)(rand() % 50), h = (float)(rand() % 50);
        c->chars[c->page.n_chars++] = (struct page_char){.box = {x, y, x + w, y + h},
                                                         .code = (uint32_t)(rand() % 0x11000) + 1,
                                                         .font = (uint16_t)(rand() % 5),
                                                         .angle = (int16_t)(rand() % 1000 - 500)};
    }
    for (size_t i = 0; i < MAX_RULES; i++) {
        float at = (float)(rand() % 700), from = (float)(rand() % 700);
        rule(c, rand() % 2, at, from, from + (float)(rand() % 300));
    }
    const struct layout_options options = {0};
    assert_true(page_layout_make(&c->layout, &c->page, &options, &c->arena));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(lines_and_crossings_make_cells),
        TEST(white_space_alone_makes_columns),
        TEST(cells_go_over_rows_and_columns_where_no_line_parts_them),
        TEST(a_raised_mark_keeps_off_its_number),
        TEST(stacked_values_are_parted_and_wrapped_text_is_not),
        TEST(tables_side_by_side_are_two),
        TEST(columns_of_prose_are_read_one_after_the_other),
        TEST(a_line_between_columns_parts_them),
        TEST(text_through_a_line_is_one_cell),
        TEST(a_heading_ends_a_table),
        TEST(text_that_runs_up_the_page_is_turned),
        TEST(letters_drawn_twice_are_read_once),
        TEST(shading_of_one_colour_is_no_line),
        TEST(a_diagram_is_no_table),
        TEST(running_heads_are_left_out),
        TEST(odd_numbers_of_a_page_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
