/* A small complete program over the library: asks about one document, and shows the cells behind the
 * answer's figures.
 *
 *   cc answer.c $(pkg-config --cflags --libs autospec) -o answer
 *   cc answer.c $(pkg-config --static --cflags --libs autospec | sed
 * s/-lautospec/-l:libautospec.a/) \ -o answer          # with the library in the program
 */
#include <autospec.h>
#include <stdio.h>

static bool print_piece(void *context, const char *text, size_t len, bool reasoning)
{
    (void)context;
    (void)len;
    if (!reasoning) fputs(text, stdout);
    fflush(stdout);
    return true; /* false would stop it */
}

int main(int argc, char **argv)
{
    const char *query = argc > 1 ? argv[1] : "What is the horsepower of the 2023 Toyota Camry?";
    struct autospec_document camry = {
        .id = "vehicles.csv",
        .title = "2023 Toyota Camry LE",
        .content = "Manufacturer: Toyota\n"
                   "Model: Camry\n"
                   "Year: 2023\n"
                   "Trim: LE\n"
                   "Engine: 2.5 L I4\n"
                   "Horsepower (hp): 203\n"
                   "Torque (lb-ft): 184\n"
                   "Combined MPG: 32\n",
    };
    struct autospec_error error;
    struct autospec *llm = autospec_open(NULL, &error);
    if (!llm) {
        fprintf(stderr, "answer: %s\n", error.text);
        return 1;
    }
    struct autospec_call call;
    autospec_call_init(&call, sizeof call);
    call.on_text = print_piece;
    struct autospec_answer *answer = autospec_answer_query(llm, query, &camry, 1, &call, &error);
    autospec_close(llm);
    if (!answer) {
        fprintf(stderr, "answer: %s\n", error.text);
        return 1;
    }
    /* What the program writes, and not the model, does not come in pieces. */
    puts(answer->generated ? "" : answer->text);
    for (size_t i = 0; i < answer->n_citations; i++) {
        const struct autospec_citation *c = answer->citations[i];
        if (c->valid) printf("[%zu] %s, %s: %s\n", c->n, c->title, c->id, c->quote);
    }
    for (size_t i = 0; i < answer->n_numbers; i++) {
        const struct autospec_number *n = answer->numbers[i];
        if (n->passage)
            printf("%s %s was read from [%zu]\n", n->text, n->unit, n->passage);
        else
            printf("%s %s was computed\n", n->text, n->unit);
    }
    printf("%.3f s, %zu tokens by the model\n", answer->total_seconds, answer->generated_tokens);
    autospec_answer_free(answer);
    return 0;
}
