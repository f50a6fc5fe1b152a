/* Tokens that copy: the mask is what all whole outputs, written down one by one, say of each token
 * of models/nano; whatever is picked from it ends as a span with its suffix, or the fixed text. */
#include "../golden/tokenizers/fixture.h"

#include "engine/engine_internal.h"
#include "engine/scheduler.h"
#include "grammar/span_constraint.h"
#include "quant/packed_model.h"

#include <math.h>

static struct packed_model shape;
static struct engine nano = {.name = (char *)"nano", .model = &shape, .format = CHAT_R1};
static struct vocabulary *words;
static float *logits; /* (words->n) */

static int setup(void **state)
{
    (void)state;
    struct error err = {0};
    nano.tokenizer = tokenizer_read("models/nano", &err);
    if (!nano.tokenizer) fail_msg("%s", err.text);
    words = vocabulary_create(&nano, &err);
    if (!words) fail_msg("%s", err.text);
    logits = calloc(words->n, sizeof *logits);
    return !logits;
}

static int teardown(void **state)
{
    (void)state;
    free(logits);
    vocabulary_free(words);
    tokenizer_free(nano.tokenizer);
    return 0;
}

static uint32_t random_number(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static struct span_constraint *constrain(const struct span_source *sources, size_t n,
                                         const char *fixed, size_t max_bytes)
{
    struct error err = {0};
    struct span_constraint *c = span_constraint_create(words, sources, n, fixed, max_bytes, &err);
    if (!c) fail_msg("%s", err.text);
    return c;
}

static bool mask(struct span_constraint *c, uint32_t *seed)
{
    const struct token_constraint *t = span_constraint_token(c);
    for (size_t i = 0; i < words->n; i++) logits[i] = (float)(random_number(seed) % 100000);
    return t->mask(t->context, logits, words->n);
}

static void accept(struct span_constraint *c, int32_t id)
{
    const struct token_constraint *t = span_constraint_token(c);
    t->accept(t->context, id);
}

static void accept_text(struct span_constraint *c, const char *text)
{
    struct tokens ids = encode(nano.tokenizer, text, strlen(text), TOKENIZE_TEXT);
    for (size_t i = 0; i < ids.len; i++) accept(c, ids.ids[i]);
    tokens_free(&ids);
}

static int32_t best_token(void)
{
    size_t best = 0;
    for (size_t i = 0; i < words->n; i++)
        if (logits[i] > logits[best]) best = i;
    assert_true(logits[best] >= 0);
    return (int32_t)best;
}

/* ---- all outputs, one by one ---- */

enum { MOST_SOURCES = 4, MOST_TEXT = 128, MOST_OUTPUTS = 4096, MAX_BYTES = 40 };

/* '{': spans may begin here; '}': and end. */
struct marked {
    const char *text, *suffix;
};

struct output {
    char text[MOST_TEXT];
    size_t n;
    size_t source, begin, len; /* len 0: the fixed text */
};

static struct output outputs[MOST_OUTPUTS];
static size_t n_outputs;
static char plain[MOST_SOURCES][MOST_TEXT];

static void add_output(const char *span, size_t source, size_t begin, size_t len,
                       const char *suffix)
{
    assert_true(n_outputs < MOST_OUTPUTS);
    struct output *o = &outputs[n_outputs++];
    *o = (struct output){.source = source, .begin = begin, .len = len};
    memcpy(o->text, span, len);
    strcpy(o->text + len, suffix);
    o->n = strlen(o->text);
}

static bool may_hold(const char *span, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)span[i] < ' ' && span[i] != '\t') return false;
    return utf8_is_valid(span, len) && !memmem(span, len, "\u2028", 3);
}

static void add_outputs(size_t source, const struct marked *m, size_t max_bytes)
{
    bool begins[MOST_TEXT + 1] = {false}, ends[MOST_TEXT + 1] = {false};
    char *text = plain[source];
    size_t n = 0;
    for (const char *p = m->text; *p; p++) {
        assert_true(n < MOST_TEXT - 1);
        if (*p == '{')
            begins[n] = true;
        else if (*p == '}')
            ends[n] = true;
        else
            text[n++] = *p;
    }
    text[n] = '\0';
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k <= n && k - i <= max_bytes; k++)
            if (begins[i] && ends[k] && may_hold(text + i, k - i))
                add_output(text + i, source, i, k - i, m->suffix);
}

static size_t count_beginning(const char *said, size_t n_said, const char *bytes, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < n_outputs; i++) {
        const struct output *o = &outputs[i];
        n += o->n >= n_said + len && memcmp(o->text, said, n_said) == 0 &&
             memcmp(o->text + n_said, bytes, len) == 0;
    }
    return n;
}

/* `space`: the space before the output has come, or it may not come any more. */
static bool may_follow(const char *said, size_t n_said, bool space, int32_t id)
{
    size_t len;
    const char *bytes = tokenizer_token_bytes(nano.tokenizer, id, &len);
    if (tokenizer_is_control(nano.tokenizer, id) || len == 0) return false;
    if (!space && *bytes == ' ') return count_beginning("", 0, bytes + 1, len - 1) > 0;
    return count_beginning(said, n_said, bytes, len) > 0;
}

static bool is_whole(const char *said, size_t n_said)
{
    for (size_t i = 0; i < n_outputs; i++)
        if (outputs[i].n == n_said && memcmp(outputs[i].text, said, n_said) == 0) return true;
    return false;
}

static void check_mask(const char *said, size_t n_said, bool space)
{
    for (size_t id = 0; id < words->n; id++) {
        bool want = may_follow(said, n_said, space, (int32_t)id);
        size_t len;
        const char *bytes = tokenizer_token_bytes(nano.tokenizer, (int32_t)id, &len);
        if (engine_is_end(&nano, (int32_t)id)) want = is_whole(said, n_said);
        if (want != (logits[id] >= 0))
            fail_msg("%s: behind \"%.*s\" token \"%.*s\" is %s", plain[0], (int)n_said, said,
                     (int)len, bytes, want ? "ruled out" : "let pass");
    }
}

/* The least source, and of it the first place of what was found. */
static void check_span(const struct span_constraint *c, const char *said, size_t n_said)
{
    size_t source = SIZE_MAX, begin = SIZE_MAX, len = 0, places = 0, least = SIZE_MAX;
    bool fixed = false, found = span_constraint_span(c, &source, &begin, &len);
    for (size_t i = 0; i < n_outputs; i++) {
        const struct output *o = &outputs[i];
        if (o->n != n_said || memcmp(o->text, said, n_said) != 0) continue;
        fixed |= o->len == 0;
        if (o->len && o->source < least) least = o->source;
        if (o->source != source || o->len != len) continue;
        assert_true(begin <= o->begin);
        places++;
    }
    assert_int_equal(found, !fixed && is_whole(said, n_said));
    assert_int_equal(span_constraint_places(c), found ? places : 0);
    if (found) assert_int_equal(source, least);
}

static void walk_and_check(struct span_constraint *c, uint32_t seed)
{
    char said[2 * MOST_TEXT];
    size_t n_said = 0, len;
    bool space = false;
    for (;;) {
        if (!mask(c, &seed)) break;
        check_mask(said, n_said, space);
        assert_int_equal(span_constraint_complete(c), is_whole(said, n_said));
        int32_t id = best_token();
        accept(c, id);
        if (engine_is_end(&nano, id)) break;
        const char *bytes = tokenizer_token_bytes(nano.tokenizer, id, &len);
        size_t skip = !space && *bytes == ' ';
        space = true;
        assert_true(n_said + len < sizeof said);
        memcpy(said + n_said, bytes + skip, len - skip);
        n_said += len - skip;
    }
    assert_false(span_constraint_failed(c));
    assert_true(span_constraint_complete(c));
    assert_true(is_whole(said, n_said));
    check_span(c, said, n_said);
}

static void check_all(const struct marked *marked, size_t n, const char *fixed, size_t max_bytes,
                      uint32_t walks)
{
    struct span_source sources[MOST_SOURCES];
    n_outputs = 0;
    for (size_t i = 0; i < n; i++) {
        add_outputs(i, &marked[i], max_bytes);
        sources[i] = (struct span_source){plain[i], strlen(plain[i]), marked[i].suffix};
    }
    if (fixed) add_output("", 0, 0, 0, fixed);
    for (uint32_t seed = 0; seed < walks; seed++) {
        struct span_constraint *c = constrain(sources, n, fixed, max_bytes);
        walk_and_check(c, seed * 7919 + 1);
        span_constraint_free(c);
    }
}

static void spans_begin_and_end_at_edges(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "{1,000} {km}",
        "{34.2%} {of} {34}{.}",
        "{34°C}{,} {-5} {°C}",
        "{19\"} {wheels}{,} {20\"}{.}",
        "{5'10\"} {tall}",
        "{\"}{price}{\"}{:} {\"}{34}{\"}",
        "{“}{34}{”} {19”}",
        "{8-speed} {2.0-liter}",
        "{€{240170}{,} {240€}{;} {-€5}",
        "{(}{1,000}{)}",
        "{10–15} {km/h}{/}",
        "{34%-40%}",
        "{${20,000-$25,000}",
        "{driver's} {'}{90s}{'}",
        "{café} {cafe\u0301}{.}",
        "{R&D} {4×4} {16:9} {4}{:} ",
        "{.5} {No}{.}{5} {v1.2}{.}{a}",
        "{240\u00a0170} {km}\u00a0{a}",
        "{汽}{车}{34万}{。}",
        "{👍\ufe0f}{!}",
        "{a}\t{b}  {c}",
        "{one} {two}\n{three}\r\n\n {four} ",
        "{a}\x01{b}\u2028{c}",
        "{a}\xff{é}\xc3",
        "{snake_case} {x}{—}{y} {-} {-}{-}{x}",
        " {5} {.}{.}{.}{5}",
        "{a}",
        "{€}",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct marked m = {TEXTS[i], " [2]"};
        check_all(&m, 1, "not given", MAX_BYTES, 12);
        check_all(&m, 1, NULL, MAX_BYTES, 4);
    }
}

static void no_span_is_longer_than_it_may_be(void **state)
{
    (void)state;
    struct marked m = {"{one} {two} {incomprehensibilities} {six}", " [1]"};
    for (size_t most = 0; most <= 12; most++) check_all(&m, 1, "none", most, 8);
}

static void the_suffix_tells_the_source(void **state)
{
    (void)state;
    static const struct {
        struct marked sources[MOST_SOURCES];
        size_t n;
    } CASES[] = {
        {{{"{red} {car}{,} {red} {car}", " [1]"}, {"{a} {red} {car}", " [12]"}, {"", " [3]"}}, 3},
        {{{"{a} {b} {[}{2}{]} {c}", " [2]"}, {"{b} {[}{2}{]}", " [2]"}}, 2},
        {{{"{red} {cars}", ""}, {"{red} {car}", ""}, {"{red}", " [3]"}}, 3},
        {{{"{red} {car}", ""}, {"{red} {cars}", ""}}, 2},
        {{{"{not} {given}", ""}, {"{not} {given} {not} {given}", " given"}}, 2},
        {{{"{a} {a} {a}", "a"}, {"{aa}", " a"}, {"{a}{.}", ".a"}}, 3},
        {{{"{8-speed}", " [1]"}, {"{8} {speed}{s}", " [1]"}}, 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check_all(CASES[i].sources, CASES[i].n, "not given", MAX_BYTES, 40);
}

/* ---- results ---- */

static void the_first_place_is_told_and_how_many_there_are(void **state)
{
    (void)state;
    const char *text = "redder red, 8-speed, red car";
    struct span_source sources[] = {{"blue", 4, " [1]"}, {text, strlen(text), " [2]"}};
    struct span_constraint *c = constrain(sources, 2, "not given", 100);
    size_t source, begin, len;
    accept_text(c, " red");
    assert_false(span_constraint_complete(c));
    assert_false(span_constraint_span(c, &source, &begin, &len));
    accept_text(c, " [2]");
    assert_true(span_constraint_complete(c));
    assert_true(span_constraint_span(c, &source, &begin, &len));
    assert_int_equal(source, 1);
    assert_int_equal(begin, 7);
    assert_int_equal(len, 3);
    assert_int_equal(span_constraint_places(c), 2);
    uint32_t seed = 1;
    assert_false(mask(c, &seed)); /* nothing more to say is no failure */
    assert_false(span_constraint_failed(c));
    span_constraint_free(c);
}

static void the_fixed_text_is_no_span(void **state)
{
    (void)state;
    struct span_source source = {"not given here", 14, " [1]"};
    struct span_constraint *c = constrain(&source, 1, "not given", 100);
    size_t s, begin, len;
    accept_text(c, "not");
    assert_false(span_constraint_complete(c));
    accept_text(c, " given");
    assert_true(span_constraint_complete(c));
    assert_false(span_constraint_span(c, &s, &begin, &len));
    assert_int_equal(span_constraint_places(c), 0);
    accept_text(c, " here [1]"); /* it was the source's after all */
    assert_true(span_constraint_span(c, &s, &begin, &len));
    assert_int_equal(len, 14);
    span_constraint_free(c);
}

static void a_token_that_was_ruled_out_is_an_error(void **state)
{
    (void)state;
    static const char *const SAID[] = {"green", "re ", "  red", "red [2]", "red [1] ", "\n"};
    struct span_source source = {"red car", 7, " [1]"};
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++) {
        struct span_constraint *c = constrain(&source, 1, "not given", 100);
        accept_text(c, SAID[i]);
        assert_true(span_constraint_failed(c));
        assert_false(span_constraint_complete(c));
        assert_false(mask(c, &seed));
        span_constraint_free(c);
    }
}

/* Texts end with a byte 0 in memory, which a token can also be. */
static void a_zero_byte_goes_past_no_end(void **state)
{
    (void)state;
    static const char *const SAID[] = {"not given", "red", "red [1]"};
    struct tokens zero = encode(nano.tokenizer, "\0", 1, TOKENIZE_TEXT);
    struct span_source source = {"red\0car", 7, " [1]"};
    assert_int_equal(zero.len, 1);
    for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++) {
        struct span_constraint *c = constrain(&source, 1, "not given", 100);
        uint32_t seed = 1;
        accept_text(c, SAID[i]);
        if (mask(c, &seed)) assert_false(logits[zero.ids[0]] >= 0);
        accept(c, zero.ids[0]);
        assert_true(span_constraint_failed(c));
        span_constraint_free(c);
    }
    tokens_free(&zero);
}

static void assert_refused(const struct span_source *sources, size_t n, const char *fixed,
                           size_t max_bytes)
{
    struct error err = {0};
    assert_null(span_constraint_create(words, sources, n, fixed, max_bytes, &err));
    assert_int_equal(err.code, ERROR_USAGE);
}

static void what_cannot_be_generated_is_refused(void **state)
{
    (void)state;
    static char many[SPAN_MAX_TEXT + 2], suffix[SPAN_MAX_SUFFIX + 2], fixed[SPAN_MAX_BYTES + 2];
    static struct span_source list[SPAN_MAX_SOURCES + 1];
    memset(many, 'a', sizeof many - 1);
    memset(suffix, 'a', sizeof suffix - 1);
    memset(fixed, 'a', sizeof fixed - 1);
    for (size_t i = 0; i <= SPAN_MAX_SOURCES; i++) list[i] = (struct span_source){"a", 1, ""};
    struct span_source blank = {" \n", 2, " [1]"},
                       huge[2] = {{"a", 1, ""}, {many, sizeof many, ""}},
                       long_suffix = {"a", 1, suffix};
    assert_refused(NULL, 0, NULL, 100);
    assert_refused(&blank, 1, NULL, 100);
    assert_refused(list, 1, NULL, 0);
    assert_refused(list, 1, "", 100);
    assert_refused(list, 1, " not given", 100);
    assert_refused(list, 1, fixed, 100);
    assert_refused(list, 1, "none", SPAN_MAX_BYTES + 1);
    assert_refused(list, SPAN_MAX_SOURCES + 1, "none", 100);
    assert_refused(huge, 2, "none", 100);
    assert_refused(&long_suffix, 1, "none", 100);
}

/* With a byte that no token is alone, generation could get stuck. */
static void no_text_needs_a_byte_that_no_token_is(void **state)
{
    (void)state;
    struct span_source euro = {"€", 3, " [1]"}, suffix = {"a", 1, " €"};
    struct error err = {0};
    struct vocabulary_node *nodes = words->all.nodes;
    size_t i = 0;
    while (nodes[i].byte != 0xe2) i = nodes[i].next;
    int32_t id = nodes[i].id;
    nodes[i].id = -1;
    assert_null(span_constraint_create(words, &suffix, 1, NULL, 10, &err));
    assert_int_equal(err.code, ERROR_UNSUPPORTED);
    error_clear(&err);
    assert_null(span_constraint_create(words, NULL, 0, "€", 10, &err));
    assert_int_equal(err.code, ERROR_UNSUPPORTED);
    assert_refused(&euro, 1, NULL, 10);
    nodes[i].id = id;
    span_constraint_free(constrain(&euro, 1, NULL, 10));
}

/* ---- long texts ---- */

static void make_text(struct buffer *out, size_t len, uint32_t seed)
{
    static const char *const PARTS[] = {"the ", "car ", "has ", "1,", "240", "170 ", "km",
                                        "/h ",  "- ",   "é",    "€",  ".\n", "% ",   "a "};
    while (out->len < len) buffer_puts(out, PARTS[random_number(&seed) % 14]);
}

static void check_long(const struct span_source *sources, size_t n, uint32_t seed)
{
    struct span_constraint *c = constrain(sources, n, "not given", 300);
    struct buffer out = {0};
    size_t source, begin, len, n_bytes;
    while (mask(c, &seed)) {
        int32_t id = best_token();
        accept(c, id);
        if (engine_is_end(&nano, id)) break;
        const char *bytes = tokenizer_token_bytes(nano.tokenizer, id, &n_bytes);
        buffer_append(&out, bytes, n_bytes);
        assert_true(out.len < 400);
    }
    assert_true(span_constraint_complete(c));
    const char *said = buffer_text(&out);
    said += *said == ' ';
    if (span_constraint_span(c, &source, &begin, &len)) {
        assert_true(len <= 300 && begin + len <= sources[source].len);
        assert_memory_equal(said, sources[source].text + begin, len);
        assert_string_equal(said + len, sources[source].suffix);
    } else {
        assert_string_equal(said, "not given");
    }
    buffer_free(&out);
    span_constraint_free(c);
}

static void long_texts_are_walked_to_their_ends(void **state)
{
    (void)state;
    struct buffer mixed = {0}, same = {0};
    make_text(&mixed, 1 << 16, 5);
    while (same.len < 1 << 16) buffer_puts(&same, "a ");
    struct span_source sources[] = {{mixed.data, mixed.len, " [1]"}, {same.data, same.len, " [2]"}};
    for (uint32_t seed = 0; seed < 30; seed++) check_long(sources, 1 + seed % 2, seed);
    for (uint32_t seed = 0; seed < 3; seed++) check_long(sources + 1, 1, seed);
    buffer_free(&mixed);
    buffer_free(&same);
}

/* ---- models/nano ---- */

static void nano_copies(void **state)
{
    (void)state;
    static const char TEXT[] = "The car has an 8-speed automatic and costs €24,170.";
    struct error err = {0};
    struct engine_options eo = {
        .model_dir = "models/nano", .type = QUANT_Q4, .n_threads = 2, .context = 512};
    struct engine *e = engine_open(&eo, &err);
    if (!e) fail_msg("%s", err.text);
    struct vocabulary *v = vocabulary_create(e, &err);
    if (!v) fail_msg("%s", err.text);
    struct scheduler *sc = scheduler_create(e, &(struct scheduler_options){0}, &err);
    assert_non_null(sc);
    struct chat_message ask = {ROLE_USER, "How much is the car?", 20};
    struct tokens prompt = {0};
    assert_true(chat_render(engine_tokenizer(e), engine_chat_format(e), &ask, 1, THINKING_OFF,
                            &prompt, &err));
    struct span_source source = {TEXT, strlen(TEXT), " [1]"};
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct span_constraint *c = span_constraint_create(v, &source, 1, "not given", 40, &err);
        assert_non_null(c);
        struct generate_options o = {.max_tokens = 100,
                                     .sampler = {.temperature = (float)(seed % 3),
                                                 .top_p = 1,
                                                 .repetition_penalty = 1,
                                                 .seed = seed},
                                     .constraint = span_constraint_token(c)};
        struct generate_result result;
        assert_true(scheduler_generate(sc, &prompt, &o, NULL, NULL, &result, &err));
        assert_int_equal(result.finish, FINISH_END);
        assert_true(span_constraint_complete(c));
        assert_false(span_constraint_failed(c));
        span_constraint_free(c);
    }
    tokens_free(&prompt);
    scheduler_free(sc);
    vocabulary_free(v);
    engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_begin_and_end_at_edges),
        cmocka_unit_test(no_span_is_longer_than_it_may_be),
        cmocka_unit_test(the_suffix_tells_the_source),
        cmocka_unit_test(the_first_place_is_told_and_how_many_there_are),
        cmocka_unit_test(the_fixed_text_is_no_span),
        cmocka_unit_test(a_token_that_was_ruled_out_is_an_error),
        cmocka_unit_test(a_zero_byte_goes_past_no_end),
        cmocka_unit_test(what_cannot_be_generated_is_refused),
        cmocka_unit_test(no_text_needs_a_byte_that_no_token_is),
        cmocka_unit_test(long_texts_are_walked_to_their_ends),
        cmocka_unit_test(nano_copies),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
