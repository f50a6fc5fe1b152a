/* What a model makes of words that nothing explains (answer/meaning_ask.h), over a file of questions:
 *
 *   build/autospec ingest --store FILE.db DOCUMENT...
 *   build/bench/meanings MODEL FILE.db bench/eval/unresolved.jsonl [MARGIN]
 *
 * An item is {"question", "language", "expect": ["towing_capacity", ...]}: the attributes (by id, or the column's
 * name), categories or operations any of which is right; none: nothing that the store has is. Counted is what would
 * be taken: right, wrong (another name, or any where none is right), left (the words stay not understood). Last
 * comes the same by margin. */
#include "answer/knowledge.h"
#include "answer/meaning_ask.h"
#include "base/clock.h"
#include "query/lexicon.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ITEMS = 1000 };
static const double MARGINS[] = {0, 0.5, 1, 2, 3, 4, 5, 6};
enum { N_MARGINS = sizeof MARGINS / sizeof *MARGINS };

struct outcome {
    bool asked, answerable, chosen, right;
    bool alike;       /* the same was said with the list in both orders, and is right */
    bool alike_right;
    double margin;
};

static bool is_expected(const struct query_meaning *m, const json_t *expect)
{
    size_t i;
    json_t *v;
    json_array_foreach(expect, i, v)
    {
        const char *want = json_string_value(v), *is = m->name;
        if (m->kind == MEANING_ATTRIBUTE && m->attribute.attribute >= 0) is = REGISTRY[m->attribute.attribute].id;
        if (m->kind == MEANING_CATEGORY) is = CATEGORIES[m->category].id;
        if (want && (strcmp(want, is) == 0 || strcmp(want, m->name) == 0)) return true;
    }
    return false;
}

/* Whether the list has what is right: else the question is not the model's to answer. */
static bool has_expected(const struct meanings *list, const json_t *expect)
{
    for (size_t i = 0; i < list->n; i++)
        if (is_expected(&list->items[i], expect)) return true;
    return false;
}

/* ChatML, for models that were made for it and that the engine has no format for (gguf_control_tokens.py). */
static bool render_chatml(void *context, const struct chat_message *messages, size_t n, enum thinking thinking,
                          struct tokens *out, struct error *err)
{
    static const char *const ROLES[] = {"system\n", "user\n", "assistant\n"};
    const struct tokenizer *t = engine_tokenizer(context);
    int32_t start = tokenizer_find(t, "<|im_start|>"), end = tokenizer_find(t, "<|im_end|>");
    bool ok = true;
    (void)thinking;
    for (size_t i = 0; ok && i <= n; i++) {
        const char *role = ROLES[i < n ? messages[i].role : ROLE_ASSISTANT];
        ok = tokens_push(out, start, err) && tokenizer_encode(t, role, strlen(role), TOKENIZE_TEXT, out, err);
        if (ok && i < n)
            ok = tokenizer_encode(t, messages[i].text, messages[i].len, TOKENIZE_TEXT, out, err) &&
                 tokens_push(out, end, err) && tokenizer_encode(t, "\n", 1, TOKENIZE_TEXT, out, err);
    }
    return ok;
}

static bool run_item(const json_t *item, const struct generator *g, const struct knowledge *k, double margin,
                     struct outcome *out, struct error *err)
{
    const char *question = json_string_value(json_object_get(item, "question"));
    const json_t *expect = json_object_get(item, "expect");
    struct query q;
    struct arena arena = {0};
    struct meanings list;
    struct meaning_choice choice = {.first = SIZE_MAX};
    *out = (struct outcome){0};
    if (!question || !query_read(&q, k->words, question, NULL, err)) return false;
    bool ok = meanings_list(&list, &q, &k->catalog, &arena, err);
    out->asked = ok && list.n > 0;
    out->answerable = out->asked && has_expected(&list, expect);
    if (out->asked) ok = meaning_ask(&choice, g, &q, &list, NULL, err);
    size_t chosen = ok && out->asked ? meaning_chosen(&choice, &list, 0) : SIZE_MAX;
    out->alike = out->asked && choice.first < list.n && choice.first == choice.second;
    out->alike_right = out->alike && is_expected(&list.items[choice.first], expect);
    out->chosen = chosen != SIZE_MAX;
    out->margin = choice.margin;
    out->right = out->chosen && is_expected(&list.items[chosen], expect);
    if (ok && !out->asked)
        printf("not asked  %s: %s, %zu unresolved\n", question, q.understood, q.n_unresolved);
    else if (ok)
        printf("%s %6.2f  %s: '%s' of %zu%s: %s | %s\n",
               !out->chosen || out->margin < margin ? "left " : out->right ? "right" : "WRONG", choice.margin, question,
               q.unknown.text, list.n, json_array_size(expect) && !out->answerable ? " (without what is right)" : "",
               choice.first < list.n ? list.items[choice.first].name : "none",
               choice.second < list.n ? list.items[choice.second].name : "none");
    if (out->alike && !choice.told_nonsense) printf("       (as it says something of a nonsense word as well, that is no choice)\n");
    fflush(stdout);
    arena_free(&arena);
    query_free(&q);
    return ok;
}

static void print_totals(const struct outcome *o, size_t n)
{
    size_t asked = 0, answerable = 0;
    for (size_t i = 0; i < n; i++) {
        asked += o[i].asked;
        answerable += o[i].answerable;
    }
    printf("\n%zu questions, %zu asked of the model, %zu of them with what is right in the list\n\n"
           "              as taken           without the nonsense word\n"
           "margin  right  wrong  left      right  wrong  left\n",
           n, asked, answerable);
    for (size_t m = 0; m < N_MARGINS; m++) {
        size_t right = 0, wrong = 0, alike_right = 0, alike_wrong = 0;
        for (size_t i = 0; i < n; i++) {
            bool taken = o[i].chosen && o[i].margin >= MARGINS[m];
            right += taken && o[i].right;
            wrong += taken && !o[i].right;
            alike_right += o[i].alike_right && o[i].margin >= MARGINS[m];
            alike_wrong += o[i].alike && !o[i].alike_right && o[i].margin >= MARGINS[m];
        }
        printf("%6.1f  %5zu  %5zu  %4zu      %5zu  %5zu  %4zu\n", MARGINS[m], right, wrong, asked - right - wrong,
               alike_right, alike_wrong, asked - alike_right - alike_wrong);
    }
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct outcome *outcomes = calloc(MAX_ITEMS, sizeof *outcomes);
    size_t n = 0;
    char line[8192];
    if (argc < 4 || !outcomes) {
        fprintf(stderr, "usage: meanings MODEL STORE QUESTIONS.jsonl [MARGIN]\n");
        return 2;
    }
    const struct engine_options options = {.model_dir = argv[1], .type = QUANT_Q8};
    double margin = argc > 4 ? atof(argv[4]) : MEANING_MARGIN, start = clock_seconds();
    struct engine *engine = engine_open(&options, &err);
    struct store *store = engine ? store_open(argv[2], STORE_READ, &err) : NULL;
    struct knowledge *k = store ? knowledge_acquire(NULL, store, &err) : NULL;
    FILE *f = k ? fopen(argv[3], "r") : NULL;
    if (k && !f) error_set(&err, ERROR_NOT_FOUND, "%s cannot be opened", argv[3]);
    if (f) {
        struct generator g = generator_from_engine(engine);
        if (tokenizer_find(engine_tokenizer(engine), "<|im_start|>") >= 0) g.render = render_chatml;
        while (!err.code && n < MAX_ITEMS && fgets(line, sizeof line, f)) {
            json_t *item = json_loads(line, 0, NULL);
            if (!item) error_set(&err, ERROR_INPUT, "line %zu is no JSON", n + 1);
            if (item && run_item(item, &g, k, margin, &outcomes[n], &err)) n++;
            json_decref(item);
        }
        print_totals(outcomes, n);
        printf("%.1f s\n", clock_seconds() - start);
        fclose(f);
    }
    if (err.code) fprintf(stderr, "meanings: %s\n", err.text);
    knowledge_release(k);
    store_close(store);
    engine_free(engine);
    free(outcomes);
    return err.code ? 1 : 0;
}
