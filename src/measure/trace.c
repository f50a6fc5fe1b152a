#include "measure/trace.h"

#include <ctype.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

/* As answer/prompt.c writes it, with passages of data/. */
static const char PROMPT[] =
    "Answer from the numbered passages only, in one or two sentences, with each value's unit, and "
    "cite the passage as [n]. If the passages do not hold the answer, say so.\n"
    "Passages:\n\n"
    "[1] 2023 Volvo XC90 Recharge - Powertrain\n"
    "Category: SUV\n"
    "Engine Type: Plug-in Hybrid\n"
    "Engine: 2.0L turbocharged inline-4 with electric motors\n"
    "Horsepower: 455 hp\n"
    "Torque: 523 lb-ft\n"
    "Transmission: 8-speed automatic\n"
    "Drivetrain: AWD\n"
    "Fuel Type: Gasoline and electricity\n"
    "Battery: 18.8 kWh\n"
    "Rear Motor: 143 hp\n\n"
    "[2] 2023 Volvo XC90 Recharge - Capability and price\n"
    "Towing Capacity: 5000 lb\n"
    "Base Price: $71900 for the Core trim, before destination\n"
    "The powertrain was renewed during the 2022 model year: the battery grew from 11.6 to 18.8 kWh "
    "and the rear motor from 87 to 143 hp, which raised the total from 400 to 455 hp. The tow "
    "rating stayed at 5000 lb.\n\n"
    "[3] 2022 Rivian R1T - Powertrain\n"
    "Category: Pickup\n"
    "Engine Type: Electric\n"
    "Engine: Four electric motors, two on each axle\n"
    "Horsepower: 835 hp\n"
    "Torque: 908 lb-ft\n"
    "Transmission: Single-speed direct drive\n"
    "Drivetrain: AWD\n"
    "Fuel Type: Electricity\n"
    "Battery: 135 kWh\n\n"
    "[4] 2022 Rivian R1T - Capability\n"
    "Towing Capacity: 11000 lb\n"
    "Wading Depth: over 3 ft\n"
    "The air suspension raises the truck from 8.7 to 14.9 inches of ground clearance. The Launch "
    "Edition cost $73000 and the Explore package started at $67500 before the price increase of "
    "March 2022.\n\n";

static const char COPY_QUESTION[] =
    "Question: List the powertrain of the 2023 Volvo XC90 Recharge and what it may tow, and the "
    "same of the 2022 Rivian R1T.\n";

static const char COPY_ANSWER[] =
    "2023 Volvo XC90 Recharge [1][2]:\n"
    "Engine Type: Plug-in Hybrid\n"
    "Engine: 2.0L turbocharged inline-4 with electric motors\n"
    "Horsepower: 455 hp\n"
    "Torque: 523 lb-ft\n"
    "Transmission: 8-speed automatic\n"
    "Drivetrain: AWD\n"
    "Battery: 18.8 kWh\n"
    "Towing Capacity: 5000 lb\n"
    "The battery grew from 11.6 to 18.8 kWh and the rear motor from 87 to 143 hp, which raised the "
    "total from 400 to 455 hp.\n"
    "2022 Rivian R1T [3][4]:\n"
    "Engine Type: Electric\n"
    "Engine: Four electric motors, two on each axle\n"
    "Horsepower: 835 hp\n"
    "Torque: 908 lb-ft\n"
    "Transmission: Single-speed direct drive\n"
    "Drivetrain: AWD\n"
    "Battery: 135 kWh\n"
    "Towing Capacity: 11000 lb\n";

static const char FREE_QUESTION[] =
    "Question: Which of the two would suit a family that lives in the mountains?\n";

static const char FREE_ANSWER[] =
    "That depends on how many people travel and where the roads lead. Seven children and parents "
    "fit into one of these, while the other seats five and carries its luggage outside in the "
    "open. "
    "On snow both drive all of their wheels, so neither should get stuck easily. Where chargers "
    "are "
    "rare, an owner would worry less with a tank that any filling station can top up; where every "
    "farm has a socket, silence and strength on steep gravel may count for more. Someone who pulls "
    "a heavy horse trailer up a pass has hardly any choice, because only one is rated for such "
    "loads. Deep fords, fallen branches and ruts favour whatever rides highest. Comfort during "
    "long "
    "winter evenings, resale after ten years, insurance and the distance to a workshop are not "
    "covered here, yet they might decide it. I would borrow each for one weekend, take the usual "
    "route to school, and listen to what everybody says about the noise.\n";

/* ---- without a tokenizer ---- */

struct words {
    const char **texts; /* (n); the index is the id */
    size_t *lens;
    size_t n, cap;
};

static bool word_id(struct words *w, const char *text, size_t len, size_t *id, struct error *err)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->lens[i] == len && memcmp(w->texts[i], text, len) == 0) {
            *id = i;
            return true;
        }
    if (w->n == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 256;
        const char **texts = realloc(w->texts, cap * sizeof *texts);
        if (texts) w->texts = texts;
        size_t *lens = realloc(w->lens, cap * sizeof *lens);
        if (lens) w->lens = lens;
        if (!texts || !lens) return error_memory(err, "words");
        w->cap = cap;
    }
    w->texts[w->n] = text;
    w->lens[w->n] = len;
    *id = w->n++;
    return true;
}

/* A word with the space before it, a digit or a sign: about what tokenizers of 100,000 and more
 * entries make of such text. */
static size_t word_length(const char *text)
{
    size_t n = text[0] == ' ' && isalpha((unsigned char)text[1]) ? 1 : 0;
    if (!isalpha((unsigned char)text[n])) return 1;
    while (isalpha((unsigned char)text[n])) n++;
    return n;
}

static bool split(struct words *w, const char *text, size_t vocab, struct tokens *out,
                  struct error *err)
{
    for (size_t n; *text; text += n) {
        size_t id = 0;
        n = word_length(text);
        if (!word_id(w, text, n, &id, err) || !tokens_push(out, (int32_t)(id % vocab), err))
            return false;
    }
    return true;
}

/* ---- */

static bool add(const struct tokenizer *tokenizer, struct words *w, const char *text, size_t vocab,
                struct tokens *out, struct error *err)
{
    if (!tokenizer) return split(w, text, vocab, out, err);
    return tokenizer_encode(tokenizer, text, strlen(text), TOKENIZE_TEXT, out, err);
}

bool trace_make(struct trace *t, enum trace_kind kind, const struct tokenizer *tokenizer,
                size_t vocab, struct error *err)
{
    *t = (struct trace){0};
    struct words w = {0};
    bool copies = kind == TRACE_COPIES;
    bool ok = add(tokenizer, &w, PROMPT, vocab, &t->prompt, err) &&
              add(tokenizer, &w, copies ? COPY_QUESTION : FREE_QUESTION, vocab, &t->prompt, err) &&
              add(tokenizer, &w, copies ? COPY_ANSWER : FREE_ANSWER, vocab, &t->answer, err);
    free(w.texts);
    free(w.lens);
    return ok;
}

void trace_free(struct trace *t)
{
    tokens_free(&t->prompt);
    tokens_free(&t->answer);
}

static bool only_next(void *context, float *logits, size_t vocab)
{
    const struct trace_player *p = context;
    if (p->next >= p->answer->len) return false;
    size_t id = (size_t)p->answer->ids[p->next];
    if (id >= vocab) return false;
    logits[id] = FLT_MAX; /* above all others, at less cost than to forbid them */
    return true;
}

static void take_next(void *context, int32_t id)
{
    struct trace_player *p = context;
    (void)id;
    p->next++;
}

struct token_constraint trace_play(struct trace_player *player, const struct trace *t)
{
    *player = (struct trace_player){.answer = &t->answer};
    return (struct token_constraint){.context = player, .mask = only_next, .accept = take_next};
}
