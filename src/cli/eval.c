/* autospec eval: how often the model answers right, on questions with known answers. */
#include "eval/evaluate.h"
#include "base/progress.h"
#include "cli/interrupt.h"
#include "cli/model_open.h"
#include "cli/output.h"

#include <string.h>

struct evaluation {
    const struct command_line *line;
    const atomic_bool *cancel;
    struct progress progress;
    size_t shown; /* failures */
};

static void print_failure(const json_t *item, const struct eval_result *r)
{
    const char *id = json_string_value(json_object_get(item, "id"));
    const char *question = json_string_value(json_object_get(item, "question"));
    output_printf("%s: ", id ? id : "?");
    output_text(question ? question : "", question ? strlen(question) : 0);
    output_puts("\n  expected: ");
    const json_t *expect = json_object_get(item, "expect");
    if (!r->answerable) output_puts("a refusal");
    for (size_t i = 0; r->answerable && i < json_array_size(expect); i++) {
        const json_t *e = json_array_get(expect, i);
        const char *value = json_string_value(json_object_get(e, "value"));
        const char *unit = json_string_value(json_object_get(e, "unit"));
        output_printf("%s%s %s [%lld]", i ? ", " : "", value ? value : "?", unit ? unit : "",
                      (long long)json_integer_value(json_object_get(e, "cite")));
    }
    output_puts("\n  answered: ");
    output_text(r->answer ? r->answer : "", r->answer ? strlen(r->answer) : 0);
    output_puts("\n");
}

static bool each(void *context, const json_t *item, const struct eval_result *result,
                 const struct eval_totals *so_far)
{
    struct evaluation *e = context;
    progress_update(&e->progress, so_far->items);
    if (!result->right && e->shown < e->line->failures && !e->line->json) {
        print_failure(item, result);
        e->shown++;
    }
    return output_flush(NULL) && !atomic_load(e->cancel);
}

static double percent(size_t part, size_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static bool print_totals(const struct command_line *line, const struct eval_totals *t,
                         const struct engine_info *info, struct error *err)
{
    double each_seconds = t->items ? t->seconds / (double)t->items : 0;
    if (line->json)
        return output_json(
            json_pack(
                "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f}",
                "model", info->name, "quantization", info->quantization, "questions",
                (json_int_t)t->items, "answerable", (json_int_t)t->answerable, "right_answers",
                (json_int_t)t->right_answers, "value_right", (json_int_t)t->value_right,
                "unit_right", (json_int_t)t->unit_right, "citation_right",
                (json_int_t)t->citation_right, "wrong_refusals", (json_int_t)t->wrong_refusals,
                "unanswerable", (json_int_t)t->unanswerable, "right_refusals",
                (json_int_t)t->right_refusals, "generated", (json_int_t)t->generated_answers, "prompt_tokens",
                (json_int_t)t->prompt_tokens, "generated_tokens", (json_int_t)t->generated_tokens,
                "seconds", t->seconds, "seconds_per_question", each_seconds),
            err);
    output_printf("%zu questions, model %s, %s\n", t->items, info->name, info->quantization);
    output_printf("answerable:   %zu of %zu right (%.1f %%): value, unit and citation\n",
                  t->right_answers, t->answerable, percent(t->right_answers, t->answerable));
    output_printf(
        "              value %zu, unit %zu, citation %zu; refused though answerable: %zu\n",
        t->value_right, t->unit_right, t->citation_right, t->wrong_refusals);
    output_printf("unanswerable: %zu of %zu refused (%.1f %%)\n", t->right_refusals,
                  t->unanswerable, percent(t->right_refusals, t->unanswerable));
    output_printf("written by:   the program %zu, from facts; the model %zu\n",
                  t->items - t->generated_answers, t->generated_answers);
    output_printf("time:         %.1f s, %.3f s a question; %zu prompt and %zu answer tokens\n",
                  t->seconds, each_seconds, t->prompt_tokens, t->generated_tokens);
    return true;
}

static int run(struct command_line *line, struct error *err)
{
    if (line->n_arguments != 1) {
        error_set(err, ERROR_USAGE, "eval takes one file of questions; see autospec eval --help");
        return EXIT_USAGE;
    }
    struct model model;
    if (!model_open(&model, line, err)) {
        model_close(&model);
        return EXIT_FAILED;
    }
    struct generator generator = generator_from_engine(model.engine);
    struct evaluation e = {.line = line, .cancel = interrupt_watch()};
    struct eval_totals totals = {0};
    struct engine_info info;
    engine_info(model.engine, &info);
    progress_start(&e.progress, "evaluating", "questions", line->limit);
    bool ok = evaluate_file(&totals, &generator, line->arguments[0], line->limit,
                            settings_count(&line->settings, SETTING_MAX_TOKENS), each, &e, err);
    progress_end(&e.progress);
    ok = ok && print_totals(line, &totals, &info, err);
    model_close(&model);
    return !ok ? EXIT_FAILED : atomic_load(e.cancel) ? EXIT_INTERRUPTED : EXIT_OK;
}

const struct command command_eval = {
    .name = "eval",
    .bit = COMMAND_EVAL,
    .arguments = "FILE",
    .summary = "Measure how often the model answers right",
    .description =
        "FILE has one question a line, as JSON: passages, question, what to expect (see\n"
        "bench/eval in the sources). An answer is right when it has each value, its unit\n"
        "and the number of the passage; a question that its passages cannot answer, when\n"
        "the model says so. The most likely tokens are taken, whatever the temperature.\n",
    .run = run,
};
