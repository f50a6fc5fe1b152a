/* Facts from whole documents of the kinds that makers write: brochures with titles right above their
 * text, model pages with a table beside prose, press texts. For each tests/golden/prose/NAME there is
 * NAME.facts with a line a figure: attribute, qualifiers, values, "make|model|trim", years.
 */
#include "base/buffer.h"
#include "base/file.h"
#include "document/document.h"
#include "ingest/interpret.h"
#include "ingest/prose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define DIR "tests/golden/prose/"

struct fixture {
    struct document d;
    struct prose p;
    char *data;
};

static void read_document(struct fixture *f, const char *name, const char *text, size_t len)
{
    struct error err = {0};
    enum document_kind kind;
    struct document_options options = {.path = name};
    memset(f, 0, sizeof *f);
    f->data = malloc(len + 1);
    assert_non_null(f->data);
    memcpy(f->data, text, len);
    f->data[len] = '\0';
    assert_true(document_kind_find(name, f->data, len, &kind, &err));
    assert_true(document_read(&f->d, kind, f->data, len, &options, &err));
    assert_true(prose_read(&f->p, &f->d, f->data, len, &err));
}

static void done(struct fixture *f)
{
    prose_free(&f->p);
    document_free(&f->d);
    free(f->data);
}

static void print_facts(const struct fixture *f, struct buffer *out)
{
    const struct prose *p = &f->p;
    for (size_t i = 0, next; i < p->n_values; i = next) {
        const struct prose_value *v = &p->values[i];
        const struct fact_record *r = &p->records[v->record];
        const struct fact_column *c = &p->columns[v->column];
        buffer_puts(out, REGISTRY[c->attribute].id);
        for (size_t q = 0; q < QUALIFIER_COUNT; q++)
            if (c->qualifiers >> q & 1) buffer_printf(out, ", %s", QUALIFIERS[q].id);
        buffer_printf(out, " = %s", v->fact.text);
        for (next = i + 1; next < p->n_values && p->values[next].record == v->record &&
                           p->values[next].column == v->column &&
                           p->values[next].fact.group == v->fact.group;
             next++)
            buffer_printf(out, " / %s", p->values[next].fact.text);
        buffer_printf(out, " @ %s|%s|%s", r->make, r->model, r->trim);
        if (r->year_first) buffer_printf(out, "|%d", r->year_first);
        buffer_putc(out, '\n');
    }
}

static void expect_document(const char *name)
{
    struct error err = {0};
    struct buffer path = {0}, got = {0};
    char *text = NULL, *want = NULL;
    size_t len = 0, want_len = 0;
    struct fixture f;
    buffer_printf(&path, DIR "%s", name);
    assert_true(file_read(buffer_text(&path), 1 << 20, &text, &len, &err));
    read_document(&f, name, text, len);
    print_facts(&f, &got);
    buffer_puts(&path, ".facts");
    assert_true(file_read(buffer_text(&path), 1 << 20, &want, &want_len, &err));
    assert_int_equal(strlen(want), want_len);
    assert_string_equal(buffer_text(&got), want);
    done(&f);
    buffer_free(&path);
    free(text);
    free(want);
    buffer_free(&got);
}

static void brochures_with_titles_above_their_text_are_read_by_vehicle(void **state)
{
    (void)state;
    expect_document("tolvane.txt");
    expect_document("atlante.txt");
    expect_document("wendelin.txt");
    expect_document("celadine.txt");
    expect_document("bresle.txt"); /* two models in the title */
}

static void prose_beside_a_table_names_its_vehicles(void **state)
{
    (void)state;
    expect_document("norrvik.md");
    expect_document("brenner.md");
}

static void press_texts_name_make_and_model_in_their_headline(void **state)
{
    (void)state;
    expect_document("arvelle.md");
    expect_document("peverel.txt"); /* a letterhead above it, a version that is presented last */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brochures_with_titles_above_their_text_are_read_by_vehicle),
        cmocka_unit_test(prose_beside_a_table_names_its_vehicles),
        cmocka_unit_test(press_texts_name_make_and_model_in_their_headline),
    };
    return cmocka_run_group_tests_name("prose documents", tests, NULL, NULL);
}
