/* autospec ask: a question answered from the documents in the store, with its sources. */
#include "cli/interrupt.h"
#include "cli/model_open.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/stream.h"
#include "cli/text_input.h"
#include "answer/answer.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_question(const struct command_line *line, struct buffer *question,
                          struct error *err)
{
    if (!text_input(line, "the question", QUESTION_MAX_BYTES, question, err)) return false;
    text_trim(question);
    for (size_t i = 0; i < line->after.n; i++)
        if (!question_check(line->after.items[i], strlen(line->after.items[i]), err)) return false;
    return question_check(buffer_text(question), question->len, err);
}

/* The store, which must hold something to answer from. */
static struct store *open_store(const struct command_line *line, struct error *err)
{
    static const char HOW[] = "there are no documents yet; `autospec ingest FILE...` reads them in";
    char *path = place_store(&line->settings, err);
    if (!path) return NULL;
    struct error failure = {0};
    struct store *store = store_open(path, STORE_READ, &failure);
    struct store_counts counts;
    if (!store && failure.code == ERROR_NOT_FOUND)
        error_set(err, ERROR_NOT_FOUND, "%s", HOW);
    else if (!store)
        *err = failure;
    else if (!store_count(store, &counts, err) ||
             (counts.chunks == 0 && !error_set(err, ERROR_NOT_FOUND, "%s", HOW))) {
        store_close(store);
        store = NULL;
    }
    free(path);
    return store;
}

static void print_indented(const char *text, const char *indent)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        output_puts(indent);
        output_text(text, len);
        output_puts("\n");
        text += len;
        if (*text) text++;
    }
}

/* "[1] 2023 Toyota Camry LE - cars.csv, row 12" */
static void print_source_line(size_t n, const char *title, const char *path, const char *location)
{
    output_printf("  [%zu] ", n);
    output_text(title, strlen(title));
    output_puts(" - ");
    output_text(path_base(path), strlen(path_base(path)));
    if (*location) output_puts(", ");
    output_text(location, strlen(location));
    output_puts("\n");
}

static void print_sources(const struct answer *a)
{
    bool any = false;
    for (size_t i = 0; i < a->n_citations; i++) {
        const struct answer_citation *c = &a->citations[i];
        if (!c->valid) continue;
        if (!any) output_puts("\nSources:\n");
        any = true;
        print_source_line(c->n, c->title, c->path, c->location);
        print_indented(c->quote, "      ");
    }
}

static void print_passages(const struct answer *a)
{
    output_puts("\nPassages:\n");
    for (size_t i = 0; i < a->hits.n; i++) {
        const struct hit *h = &a->hits.items[i];
        print_source_line(i + 1, h->title, h->path, h->location);
        print_indented(h->text, "      ");
    }
}

enum { TERMINAL_CELL = 32 };

static void print_answer(const struct command_line *line, const struct answer *a)
{
    if (!a->generated) {
        output_text(a->text, strlen(a->text));
        output_puts("\n");
    }
    /* A table beside the text where it shows more than the text does. */
    if (!a->generated && a->rendered.table.n_rows > 1) {
        struct buffer table = {0};
        result_table_write_text(&table, &a->rendered.table, TERMINAL_CELL);
        output_puts("\n");
        output_text(buffer_text(&table), table.len);
        buffer_free(&table);
    }
    for (size_t i = 0; i < a->n_notes; i++) {
        output_puts("Note: ");
        output_text(a->notes[i], strlen(a->notes[i]));
        output_puts("\n");
    }
    print_sources(a);
    if (line->show_passages) print_passages(a);
    if (line->verbose && a->rendered.understood) {
        output_puts("\nUnderstood: ");
        output_text(a->rendered.understood, strlen(a->rendered.understood));
        output_puts("\n");
    }
}

/* Where there is no table, standard error says why, so that a file of nothing is no surprise. */
static void print_csv(const struct answer *a)
{
    struct buffer text = {0};
    if (a->rendered.table.n_rows > 0) {
        result_table_write_csv(&text, &a->rendered.table);
        output_text(buffer_text(&text), text.len);
    } else {
        output_clean(a->text, strlen(a->text), &text);
        fprintf(stderr, "autospec: no table: %s\n", buffer_text(&text));
    }
    buffer_free(&text);
}

struct lazy_model {
    struct command_line *line;
    struct model model;
    struct generator generator;
};

static const struct generator *open_generator(void *context, struct error *err)
{
    struct lazy_model *m = context;
    if (!model_open(&m->model, m->line, err)) return NULL;
    m->generator = generator_from_engine(m->model.engine);
    return &m->generator;
}

static int run(struct command_line *line, struct error *err)
{
    int status = EXIT_FAILED;
    struct buffer question = {0};
    struct store *store = NULL;
    struct lazy_model model = {.line = line};
    struct stream stream = {0};
    struct answer_options options = answer_options_default();
    if (!model_sampler(line, &options.sampler, err) || !read_question(line, &question, err))
        goto done;
    store = open_store(line, err);
    if (!store) goto done;

    options.top_k = line->passages;
    options.turns = line->after.items;
    options.n_turns = line->after.n;
    options.max_tokens = settings_count(&line->settings, SETTING_MAX_TOKENS);
    options.thinking = model_thinking(line, THINKING_OFF);
    options.ask_meanings = settings_count(&line->settings, SETTING_QUERY) != 0;
    options.cancel = interrupt_watch();
    options.sink = line->json || line->csv ? NULL : stream_piece;
    options.sink_context = &stream;

    if (model_reads_passages(line)) {
        options.open_generator = open_generator;
        options.open_context = &model;
    }
    struct answer answer;
    if (!answer_question(&answer, store, NULL, buffer_text(&question), &options, err))
        goto done;
    stream_end(&stream);
    bool interrupted = answer.usage.finish == FINISH_CANCELLED && atomic_load(options.cancel);
    status = interrupted ? EXIT_INTERRUPTED : EXIT_OK;
    if (line->json) {
        if (!output_json(answer_to_json(&answer), err)) status = EXIT_FAILED;
    } else if (line->csv) {
        print_csv(&answer);
    } else if (!interrupted) {
        print_answer(line, &answer);
    }
    if (line->verbose && answer.generated) model_print_stats(&answer.usage);
    answer_free(&answer);
done:
    model_close(&model.model);
    store_close(store);
    buffer_free(&question);
    return status;
}

const struct command command_ask = {
    .name = "ask",
    .bit = COMMAND_ASK,
    .arguments = "QUESTION",
    .summary = "Answer a question from the documents in the store",
    .description = "The question is understood as a query over the facts of the documents (a value, a\n"
                   "comparison, the most or least of something, a list, a count, an average, yes or\n"
                   "no) and answered from them, each figure with the cell it was read from; a table\n"
                   "follows where there are several. What no fact answers is looked for in the\n"
                   "text of the documents and quoted, or read by the model. What was not understood\n"
                   "or is not in the documents is said. -v shows how the question was understood.\n"
                   "With --after, what the question leaves out (\"and the torque?\") is taken from the\n"
                   "questions before it.\n"
                   "Without QUESTION, or with -, the question is read from standard input.\n",
    .run = run,
};
