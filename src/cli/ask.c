/* autospec ask: a question answered from the documents in the store, with its sources. */
#include "cli/interrupt.h"
#include "cli/model_open.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/stream.h"
#include "cli/text_input.h"
#include "answer/answer.h"

#include <stdlib.h>
#include <string.h>

static bool read_question(const struct command_line *line, struct buffer *question,
                          struct error *err)
{
    if (!text_input(line, "the question", QUESTION_MAX_BYTES, question, err)) return false;
    text_trim(question);
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
static void print_source_line(size_t n, const struct hit *hit)
{
    const char *document = strrchr(hit->path, '/') ? strrchr(hit->path, '/') + 1 : hit->path;
    output_printf("  [%zu] ", n);
    output_text(hit->title, strlen(hit->title));
    output_puts(" - ");
    output_text(document, strlen(document));
    if (*hit->location) output_puts(", ");
    output_text(hit->location, strlen(hit->location));
    output_puts("\n");
}

static void print_sources(const struct answer *a)
{
    bool any = false;
    for (size_t i = 0; i < a->verification.n_citations; i++) {
        const struct citation_check *c = &a->verification.citations[i];
        if (!c->valid) continue;
        if (!any) output_puts("\nSources:\n");
        any = true;
        print_source_line(c->n, &a->hits.items[c->n - 1]);
        print_indented(c->quote, "      ");
    }
}

/* What the reader should not take on trust. */
static void print_doubts(const struct answer *a)
{
    const struct verification *v = &a->verification;
    for (size_t i = 0; i < v->n_numbers; i++) {
        const struct number_check *n = &v->numbers[i];
        if (n->supported) continue;
        output_puts("\nNot supported: ");
        output_text(n->text, strlen(n->text));
        if (*n->unit) output_printf(" %s", n->unit);
        if (n->uncited)
            output_printf(" stands in passage [%zu], which the answer does not cite", n->passage);
        else
            output_puts(" stands in no passage that the answer cites");
    }
    for (size_t i = 0; i < v->n_citations; i++)
        if (!v->citations[i].valid)
            output_printf("\nNot supported: [%zu] is no passage that the model was given",
                          v->citations[i].n);
    if (v->n_unsupported) output_puts("\n");
}

static void print_passages(const struct answer *a)
{
    output_puts("\nPassages:\n");
    for (size_t i = 0; i < a->n_passages; i++) {
        print_source_line(i + 1, &a->hits.items[i]);
        print_indented(a->hits.items[i].text, "      ");
    }
}

static void print_answer(const struct command_line *line, const struct answer *a)
{
    if (!a->generated) {
        output_text(a->text, strlen(a->text));
        output_puts("\n");
    }
    if (a->computed) print_indented(a->computed, "");
    for (size_t i = 0; i < a->n_notes; i++) {
        output_puts("Note: ");
        output_text(a->notes[i], strlen(a->notes[i]));
        output_puts("\n");
    }
    print_sources(a);
    print_doubts(a);
    if (line->show_passages) print_passages(a);
}

static int run(struct command_line *line, struct error *err)
{
    int status = EXIT_FAILED;
    struct buffer question = {0};
    struct store *store = NULL;
    struct model model = {0};
    struct stream stream = {0};
    struct answer_options options = answer_options_default();
    if (!model_sampler(line, &options.sampler, err) || !read_question(line, &question, err))
        goto done;
    store = open_store(line, err);
    if (!store || !model_open(&model, line, err)) goto done;

    options.retrieve.top_k = line->passages;
    options.max_tokens = settings_count(&line->settings, SETTING_MAX_TOKENS);
    options.thinking = model_thinking(line, THINKING_OFF);
    options.cancel = interrupt_watch();
    options.sink = line->json ? NULL : stream_piece;
    options.sink_context = &stream;

    struct generator generator = generator_from_engine(model.engine);
    struct answer answer;
    if (!answer_question(&answer, store, &generator, buffer_text(&question), &options, err))
        goto done;
    stream_end(&stream);
    bool interrupted = answer.usage.finish == FINISH_CANCELLED && atomic_load(options.cancel);
    status = interrupted ? EXIT_INTERRUPTED : EXIT_OK;
    if (line->json) {
        if (!output_json(answer_to_json(&answer), err)) status = EXIT_FAILED;
    } else if (!interrupted) {
        print_answer(line, &answer);
    }
    if (line->verbose && answer.generated) model_print_stats(&answer.usage);
    answer_free(&answer);
done:
    model_close(&model);
    store_close(store);
    buffer_free(&question);
    return status;
}

const struct command command_ask = {
    .name = "ask",
    .bit = COMMAND_ASK,
    .arguments = "QUESTION",
    .summary = "Answer a question from the documents in the store",
    .description = "The answer is written as it comes, then the passages that it cites, each with\n"
                   "its document and its row or heading. A number that stands in no cited passage\n"
                   "is named. Which of many vehicles has the most or the least of something (\"Which\n"
                   "Toyota has the most horsepower?\") is looked up in the facts of all of them, not\n"
                   "asked of the model. Without QUESTION, or with -, the question is read from\n"
                   "standard input. With --thinking on, the model's reasoning goes to standard error.\n",
    .run = run,
};
