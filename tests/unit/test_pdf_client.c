/* The reader of PDF files from end to end: what it gives of pages whose drawing is known, and that the
 * client believes nothing that a helper says. Broken and hostile files: tests/e2e/hostile.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "document/pdf_client.h"
#include "document/pdf_protocol.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static bool have_helper;

static void path_of(char *path, size_t size, const char *name)
{
    snprintf(path, size, "%s/%s", folder, name);
}

static struct pdf_client *open_named(const char *name, const struct pdf_options *options, struct error *err)
{
    char path[256];
    path_of(path, sizeof path, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    struct pdf_client *pdf = pdf_open_fd(name, fd, options, err);
    close(fd);
    return pdf;
}

#define NEEDS_HELPER()                                                                                       \
    if (!have_helper) skip()

/* --- what it gives --- */

static bool has_rule(const struct page *page, bool vertical, float at, float from, float to)
{
    for (size_t i = 0; i < page->n_rules; i++) {
        const struct page_rule *r = &page->rules[i];
        if (r->vertical == vertical && fabsf(r->at - at) < 0.6f && fabsf(r->from - from) < 1 && fabsf(r->to - to) < 1)
            return true;
    }
    return false;
}

static void expect_text(const struct page *page, const char *expected)
{
    char text[256];
    size_t n = 0;
    for (size_t i = 0; i < page->n_chars && n + 2 < sizeof text; i++) {
        if (page->chars[i].space_before && n) text[n++] = ' ';
        text[n++] = (char)page->chars[i].code;
    }
    text[n] = '\0';
    assert_string_equal(text, expected);
}

static void expect_first_page(const struct page *page)
{
    assert_string_equal(page->label, "i");
    assert_true(has_rule(page, false, 92, 100, 300));
    assert_true(has_rule(page, false, 141.5f, 100, 300));
    assert_true(has_rule(page, false, 192, 100, 300));
    assert_true(has_rule(page, false, 241.5f, 100, 298));
    assert_true(has_rule(page, false, 292, 100, 200));
    assert_true(has_rule(page, true, 200, 372, 392));
    assert_int_equal(page->n_rules, 10); /* with the four edges of the band; none slanted, none white */
    assert_int_equal(page->n_fills, 1);
    assert_true(fabsf(page->fills[0].box.y0 - 372) < 0.5f && fabsf(page->fills[0].box.y1 - 392) < 0.5f);
    assert_in_range(page->fills[0].color >> 16, 0xE4, 0xE7);
    expect_text(page, "Up Bold");
    assert_int_equal(page->chars[0].angle, 270);
    assert_int_equal(page->chars[2].angle, 0);
    const struct page_font *bold = &page->fonts[page->chars[2].font];
    assert_true(bold->bold && !bold->italic && fabsf(bold->size - 10) < 0.1f);
}

/* The crop box is 500 by 600 points; turned to the right it is 600 by 500, and what stood in its lower
 * left corner stands in the upper left one. */
static void expect_second_page(const struct page *page)
{
    assert_string_equal(page->label, "ii");
    assert_true(fabsf(page->width - 600) < 0.1f && fabsf(page->height - 500) < 0.1f);
    expect_text(page, "Corner");
    assert_true(page->chars[0].box.x0 < 30 && page->chars[0].box.y0 < 30);
    assert_int_equal(page->chars[0].angle, 90);
    assert_true(has_rule(page, false, 10, 100, 200));
}

static void pdf_gives_characters_lines_fills_outline_and_labels_as_they_are_seen(void **state)
{
    (void)state;
    NEEDS_HELPER();
    struct error err = {0};
    struct pdf_client *pdf = open_named("shapes.pdf", &(struct pdf_options){0}, &err);
    assert_non_null(pdf);
    assert_int_equal(pdf_page_count(pdf), 3);
    size_t n;
    const struct page_outline *outline = pdf_outline(pdf, &n);
    assert_int_equal(n, 3);
    assert_string_equal(outline[2].title, "Rear");
    assert_int_equal(outline[2].level, 2);
    assert_int_equal(outline[0].page, 2);
    for (size_t i = 1; i <= 4; i++) {
        struct arena arena = {0};
        struct page page;
        enum pdf_result got = pdf_next_page(pdf, &page, NULL, &arena, &err);
        assert_int_equal(got, i <= 3 ? PDF_PAGE : PDF_END);
        if (i == 1) expect_first_page(&page);
        if (i == 2) expect_second_page(&page);
        if (i == 3) {
            assert_string_equal(page.label, "A-1");
            assert_int_equal(page.n_chars + page.n_rules, 0);
        }
        arena_free(&arena);
    }
    pdf_close(pdf);
}

static void a_page_is_drawn_with_the_cell_marked(void **state)
{
    (void)state;
    NEEDS_HELPER();
    struct error err = {0};
    struct pdf_client *pdf = open_named("shapes.pdf", &(struct pdf_options){0}, &err);
    struct buffer plain = {0}, marked = {0};
    assert_true(pdf_render(pdf, 1, 72, NULL, 0, &plain, &err));
    assert_true(pdf_render(pdf, 1, 72, &(struct page_box){100, 372, 200, 392}, 1, &marked, &err));
    assert_memory_equal(plain.data, "\x89PNG", 4);
    assert_memory_equal(plain.data + 16, "\0\0\2\x64\0\0\3\x18", 8); /* 612 by 792 */
    assert_true(plain.len != marked.len || memcmp(plain.data, marked.data, plain.len) != 0);
    assert_false(pdf_render(pdf, 4, 72, NULL, 0, &plain, &err));
    assert_string_equal(err.text, "shapes.pdf: there is no page 4; it has 3");
    /* Pages still come in turn. */
    struct arena arena = {0};
    struct page page;
    assert_int_equal(pdf_next_page(pdf, &page, NULL, &arena, &err), PDF_PAGE);
    assert_int_equal(page.number, 1);
    arena_free(&arena);
    pdf_close(pdf);
    buffer_free(&plain);
    buffer_free(&marked);
}

/* --- passwords --- */

static void a_locked_pdf_asks_for_its_password_and_opens_with_it(void **state)
{
    (void)state;
    NEEDS_HELPER();
    struct error err = {0};
    assert_null(open_named("locked-user.pdf", &(struct pdf_options){0}, &err));
    assert_string_equal(err.text, "locked-user.pdf: " PDF_NEEDS_PASSWORD);
    error_clear(&err);
    assert_null(open_named("locked-user.pdf", &(struct pdf_options){.password = "guess"}, &err));
    assert_string_equal(err.text, "locked-user.pdf: " PDF_WRONG_PASSWORD);
    error_clear(&err);
    struct pdf_client *pdf = open_named("locked-user.pdf", &(struct pdf_options){.password = "secret"}, &err);
    assert_non_null(pdf);
    struct arena arena = {0};
    struct page page;
    assert_int_equal(pdf_next_page(pdf, &page, NULL, &arena, &err), PDF_PAGE);
    expect_text(&page, "Towing capacity 3500 kg");
    arena_free(&arena);
    pdf_close(pdf);
}

/* --- OCR --- */

static void a_language_that_ocr_lacks_is_told_once_with_its_package(void **state)
{
    (void)state;
    NEEDS_HELPER();
    struct error err = {0};
    struct pdf_client *pdf = open_named("two.tif", &(struct pdf_options){.ocr_languages = "eng+xyz_abc"}, &err);
    assert_non_null(pdf);
    assert_int_equal(pdf_page_count(pdf), 2);
    struct arena arena = {0};
    struct page page;
    bool needs_ocr = false;
    assert_int_equal(pdf_next_page(pdf, &page, &needs_ocr, &arena, &err), PDF_PAGE_LOST);
    assert_string_equal(err.text, "two.tif: page 1: OCR has no data for the language 'xyz_abc'; "
                                  "install the package tesseract-ocr-xyz-abc");
    assert_int_equal(pdf_next_page(pdf, &page, &needs_ocr, &arena, &err), PDF_PAGE);
    assert_true(needs_ocr);
    arena_free(&arena);
    pdf_close(pdf);
}

/* A page that is drawn, and read back: its words, where they stand, and how sure OCR is. */
static void a_scanned_page_is_read_by_ocr(void **state)
{
    (void)state;
    NEEDS_HELPER();
    if (access("/usr/share/tesseract-ocr/5/tessdata/eng.traineddata", R_OK) != 0) skip();
    struct error err = {0};
    struct pdf_client *pdf = open_named("good.pdf", &(struct pdf_options){0}, &err);
    struct buffer png = {0};
    assert_true(pdf_render(pdf, 1, 200, NULL, 0, &png, &err));
    pdf_close(pdf);
    pdf = pdf_open("scan.png", png.data, png.len, &(struct pdf_options){.ocr_languages = "eng"}, &err);
    assert_non_null(pdf);
    struct arena arena = {0};
    struct page page;
    assert_int_equal(pdf_next_page(pdf, &page, NULL, &arena, &err), PDF_PAGE);
    assert_true(page.scanned && fabsf(page.height - 828) < 1); /* it tells no resolution: as high as A4 */
    expect_text(&page, "Towing capacity 3500 kg");
    assert_in_range(page.chars[0].confidence, 60, 100);
    float scale = page.width / 612;
    assert_true(fabsf(page.chars[0].box.x0 - 72 * scale) < 3 && fabsf(page.chars[0].box.y1 - 92 * scale) < 6);
    arena_free(&arena);
    buffer_free(&png);
    pdf_close(pdf);
}

/* --- a helper that is killed --- */

static pid_t child_of(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *f = fopen(path, "r");
    int pid = 0;
    if (f && fscanf(f, "%d", &pid) != 1) pid = 0;
    if (f) fclose(f);
    return pid;
}

static void a_helper_that_is_killed_costs_no_page(void **state)
{
    (void)state;
    NEEDS_HELPER();
    for (int round = 0; round < 30; round++) {
        struct error err = {0};
        struct pdf_client *pdf = open_named("shapes.pdf", &(struct pdf_options){0}, &err);
        assert_non_null(pdf);
        for (size_t i = 1; i <= 3; i++) {
            struct arena arena = {0};
            struct page page;
            if (i == (size_t)round % 3 + 1) {
                nanosleep(&(struct timespec){.tv_nsec = round * 100000L}, NULL);
                pid_t child = child_of();
                assert_true(child > 0);
                kill(child, round % 2 ? SIGKILL : SIGSEGV);
            }
            assert_int_equal(pdf_next_page(pdf, &page, NULL, &arena, &err), PDF_PAGE);
            assert_int_equal(page.number, i);
            arena_free(&arena);
        }
        pdf_close(pdf);
        assert_int_equal(child_of(), 0); /* none is left behind */
    }
}

static bool status_has(pid_t pid, const char *line)
{
    char path[64], text[8192];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f) fclose(f);
    text[n] = '\0';
    return strstr(text, line) != NULL;
}

static void the_helper_is_confined(void **state)
{
    (void)state;
    NEEDS_HELPER();
    struct error err = {0};
    struct pdf_client *pdf = open_named("good.pdf", &(struct pdf_options){0}, &err);
    assert_non_null(pdf);
    pid_t child = child_of();
    assert_true(child > 0);
    assert_true(status_has(child, "NoNewPrivs:\t1"));
    assert_true(status_has(child, "Seccomp:\t2"));
    pdf_close(pdf);
}

/* --- a helper that lies --- */

static const char *write_script(const char *body)
{
    static char path[256];
    path_of(path, sizeof path, "helper.sh");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", body);
    fclose(f);
    assert_int_equal(chmod(path, 0755), 0);
    return path;
}

static void the_client_believes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *script, *says;
    } cases[] = {
        {"exit 0", "d.pdf: the PDF reader ended before it was done"},
        {"exit 7", "d.pdf: the PDF reader gave up, most likely for want of memory (exit status 7)"},
        {"kill -11 $$", "d.pdf: the PDF reader crashed (signal 11)"},
        {"exec sleep 100", "d.pdf: the PDF reader took more than 1 s"},
        {"printf '\\4\\0\\0\\0\\377\\377\\377\\377'; exec sleep 100", "d.pdf: the PDF reader's answer is malformed"},
        {"printf '\\4\\0\\0\\0\\5\\0\\0\\0hello'; exec sleep 100", "d.pdf: the PDF reader's answer is malformed"},
        {"printf '\\143\\0\\0\\0\\5\\0\\0\\0hello'; exec sleep 100", "d.pdf: the PDF reader's answer is malformed"},
        {"printf '\\6\\0\\0\\0\\10\\0\\0\\0\\2\\0\\0\\0a\\nb\\33'; exec sleep 100", "d.pdf: a b "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        const struct pdf_options options = {.helper = write_script(cases[i].script), .page_seconds = 1};
        assert_null(pdf_open("d.pdf", "%PDF-1.4\n", 9, &options, &err));
        assert_string_equal(err.text, cases[i].says);
    }
}

static void no_helper_is_told(void **state)
{
    (void)state;
    struct error err = {0};
    const struct pdf_options options = {.helper = "/nowhere/autospec-pdf"};
    assert_null(pdf_open("d.pdf", "%PDF-1.4\n", 9, &options, &err));
    assert_string_equal(err.text,
                        "d.pdf: the PDF reader cannot be started: /nowhere/autospec-pdf: No such file or directory");
}

/* A page of one character of one font. */
struct one_char {
    struct pdf_page page;
    struct pdf_font font;
    struct pdf_char c;
    char texts[2];
} __attribute__((packed));

static struct one_char sample(void)
{
    return (struct one_char){.page = {.number = 1, .width = 100, .height = 50, .n_fonts = 1, .n_chars = 1, .texts_len = 2},
                             .font = {.size = 9},
                             .c = {.box = {1, 2, 3, 4}, .code = 'a'},
                             .texts = "x"};
}

static bool decodes(const struct one_char *from, size_t len, struct page *page, struct arena *arena)
{
    struct error err = {0};
    bool ok = pdf_page_decode(from, len, page, NULL, arena, &err);
    assert_true(ok || err.code == ERROR_INPUT);
    return ok;
}

static void a_page_that_is_sent_is_checked_and_kept_within_its_bounds(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct page page;
    struct one_char good = sample(), bad;
    assert_true(decodes(&good, sizeof good, &page, &arena));
    assert_string_equal(page.label, "x");
    for (size_t len = 0; len < sizeof good; len++) assert_false(decodes(&good, len, &page, &arena));

    bad = good, bad.c.font = 1;
    assert_false(decodes(&bad, sizeof bad, &page, &arena));
    bad = good, bad.page.label = 2;
    assert_false(decodes(&bad, sizeof bad, &page, &arena));
    bad = good, bad.texts[1] = 'x';
    assert_false(decodes(&bad, sizeof bad, &page, &arena));
    bad = good, bad.page.n_chars = UINT32_MAX;
    assert_false(decodes(&bad, sizeof bad, &page, &arena));
    bad = good, bad.page.width = NAN;
    assert_false(decodes(&bad, sizeof bad, &page, &arena));

    bad = good, bad.c.box = (struct page_box){NAN, -9, INFINITY, 1e30f}, bad.c.code = '\n', bad.c.angle = -90;
    assert_true(decodes(&bad, sizeof bad, &page, &arena));
    assert_true(page.chars[0].box.x0 >= 0 && page.chars[0].box.x1 <= 100 && page.chars[0].box.y0 >= 0);
    assert_true(page.chars[0].box.y1 <= 50);
    assert_int_equal(page.chars[0].code, 0xFFFD);
    assert_int_equal(page.chars[0].angle, 270);
    arena_free(&arena);
}

/* --- */

static int make_files(void **state)
{
    (void)state;
    char command[256];
    snprintf(folder, sizeof folder, "/tmp/autospec-pdf-test.XXXXXX");
    if (!mkdtemp(folder)) return -1;
    snprintf(command, sizeof command, "python3 tests/pdf_files.py %s few", folder);
    return system(command) == 0 ? 0 : -1;
}

static int remove_files(void **state)
{
    (void)state;
    char command[256];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : -1;
}

int main(void)
{
    /* BUILD/tests/unit/test_pdf_client -> BUILD/autospec-pdf */
    char helper[4096];
    ssize_t n = readlink("/proc/self/exe", helper, sizeof helper - 32);
    for (int up = 0; n > 0 && up < 3; up++) {
        helper[n] = '\0';
        n = strrchr(helper, '/') ? strrchr(helper, '/') - helper : 0;
    }
    strcpy(helper + (n > 0 ? n : 0), "/autospec-pdf");
    have_helper = access(helper, X_OK) == 0;
    if (have_helper) setenv("AUTOSPEC_PDF", helper, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pdf_gives_characters_lines_fills_outline_and_labels_as_they_are_seen),
        cmocka_unit_test(a_page_is_drawn_with_the_cell_marked),
        cmocka_unit_test(a_locked_pdf_asks_for_its_password_and_opens_with_it),
        cmocka_unit_test(a_language_that_ocr_lacks_is_told_once_with_its_package),
        cmocka_unit_test(a_scanned_page_is_read_by_ocr),
        cmocka_unit_test(a_helper_that_is_killed_costs_no_page),
        cmocka_unit_test(the_helper_is_confined),
        cmocka_unit_test(the_client_believes_nothing),
        cmocka_unit_test(no_helper_is_told),
        cmocka_unit_test(a_page_that_is_sent_is_checked_and_kept_within_its_bounds),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
