/* PCRE2 is used with JIT where the system allows it. Every stage gets a piece of text and hands
 * smaller pieces to the next one at once, so that nothing is stored between the stages. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "tokenizer/pretokenizer.h"

#include "base/utf8.h"
#include "tokenizer/pretokenizer_regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STAGES = 64, MAX_PATTERN = 16384 };

enum behavior { ISOLATED, REMOVED, MERGED_WITH_PREVIOUS, MERGED_WITH_NEXT, CONTIGUOUS };

struct stage {
    pcre2_code *code; /* NULL: the stage puts a space in front of a piece that has none */
    bool jit;
    enum behavior behavior;
    bool invert; /* the pieces between the matches are the matches */
};

struct pretokenizer {
    struct stage stages[MAX_STAGES];
    size_t n_stages;
    bool byte_level; /* the last one was ByteLevel */
    const char *file;
};

/* The pattern of ByteLevel with use_regex, which is GPT-2's. */
static const char byte_level_pattern[] =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/* ---- making one ---- */

static bool compile(struct stage *s, const char *pattern, size_t len, bool literal,
                    const char *where, struct error *err)
{
    struct buffer translated = {0};
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C;
    bool ok = false;
    if (len > MAX_PATTERN)
        return error_set(err, ERROR_UNSUPPORTED, "%s: pattern of %zu bytes", where, len);
    if (literal)
        options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_LITERAL;
    else if (!regex_translate(pattern, len, where, &translated, err))
        goto done;

    int code;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context) pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    s->code = literal ? pcre2_compile((PCRE2_SPTR)pattern, len, options, &code, &offset, context)
                      : pcre2_compile((PCRE2_SPTR)buffer_text(&translated), translated.len, options,
                                      &code, &offset, context);
    pcre2_compile_context_free(context);
    if (!s->code) {
        PCRE2_UCHAR text[128];
        pcre2_get_error_message(code, text, sizeof text);
        error_set(err, ERROR_INPUT, "%s: regular expression \"%.100s\": %s", where, pattern,
                  (const char *)text);
        goto done;
    }
    s->jit = pcre2_jit_compile(s->code, PCRE2_JIT_COMPLETE) == 0;
    ok = true;
done:
    buffer_free(&translated);
    return ok;
}

static struct stage *add_stage(struct pretokenizer *p, struct error *err)
{
    if (p->n_stages == MAX_STAGES) {
        error_set(err, ERROR_UNSUPPORTED, "%s: pre_tokenizer has more than %d stages", p->file,
                  MAX_STAGES);
        return NULL;
    }
    return &p->stages[p->n_stages++];
}

static bool add_split(struct pretokenizer *p, const json_t *object, struct error *err)
{
    static const char *const names[] = {"Isolated", "Removed", "MergedWithPrevious",
                                        "MergedWithNext", "Contiguous"};
    struct stage *s = add_stage(p, err);
    if (!s) return false;
    const char *behavior = NULL;
    if (!json_get_string(object, p->file, "behavior", true, &behavior, err) ||
        !json_get_bool(object, p->file, "invert", false, &s->invert, err))
        return false;
    size_t i = 0;
    while (i < 5 && strcmp(names[i], behavior) != 0) i++;
    if (i == 5)
        return error_set(err, ERROR_UNSUPPORTED, "%s: Split: unknown behavior \"%.40s\"", p->file,
                         behavior);
    s->behavior = (enum behavior)i;

    json_t *pattern = json_object_get(object, "pattern");
    json_t *regex = json_object_get(pattern, "Regex"), *string = json_object_get(pattern, "String");
    json_t *text = regex ? regex : string;
    if (!json_is_string(text))
        return error_set(err, ERROR_INPUT,
                         "%s: Split: field \"pattern\" is neither a Regex nor a String", p->file);
    return compile(s, json_string_value(text), json_string_length(text), !regex, p->file, err);
}

static bool add_digits(struct pretokenizer *p, const json_t *object, struct error *err)
{
    struct stage *s = add_stage(p, err);
    bool individual = false;
    if (!s || !json_get_bool(object, p->file, "individual_digits", false, &individual, err))
        return false;
    s->behavior = individual ? ISOLATED : CONTIGUOUS;
    return compile(s, "\\p{N}", 5, false, p->file, err);
}

static bool add_byte_level(struct pretokenizer *p, const json_t *object, struct error *err)
{
    bool prefix = true, use_regex = true; /* the library's defaults */
    struct stage *s;
    if (!json_get_bool(object, p->file, "add_prefix_space", false, &prefix, err) ||
        !json_get_bool(object, p->file, "use_regex", false, &use_regex, err))
        return false;
    p->byte_level = true;
    if (prefix && !add_stage(p, err)) return false;
    if (!use_regex) return true;
    s = add_stage(p, err);
    return s && compile(s, byte_level_pattern, sizeof byte_level_pattern - 1, false, p->file, err);
}

static bool add(struct pretokenizer *p, const json_t *object, bool nested, struct error *err)
{
    const char *type = NULL;
    if (!json_is_object(object))
        return error_set(err, ERROR_INPUT, "%s: pre_tokenizer is not an object", p->file);
    if (!json_get_string(object, p->file, "type", true, &type, err)) return false;
    if (p->byte_level)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: pre_tokenizer has \"%.40s\" behind ByteLevel, which is not supported",
                         p->file, type);
    if (strcmp(type, "Split") == 0) return add_split(p, object, err);
    if (strcmp(type, "Digits") == 0) return add_digits(p, object, err);
    if (strcmp(type, "ByteLevel") == 0) return add_byte_level(p, object, err);
    if (strcmp(type, "Sequence") == 0 && !nested) {
        json_t *list = json_object_get(object, "pretokenizers");
        if (!json_is_array(list))
            return error_set(err, ERROR_INPUT, "%s: field \"pretokenizers\" is not a list",
                             p->file);
        for (size_t i = 0; i < json_array_size(list); i++)
            if (!add(p, json_array_get(list, i), true, err)) return false;
        return true;
    }
    return error_set(err, ERROR_UNSUPPORTED, "%s: pre_tokenizer \"%.40s\" is not supported",
                     p->file, type);
}

struct pretokenizer *pretokenizer_create(const json_t *object, const char *file, struct error *err)
{
    struct pretokenizer *p = calloc(1, sizeof *p);
    if (!p) {
        error_memory(err, "a pre-tokenizer");
        return NULL;
    }
    p->file = file;
    if (json_is_object(object)) {
        if (!add(p, object, false, err)) goto fail;
    }
    if (!p->byte_level) {
        error_set(err, ERROR_UNSUPPORTED,
                  "%s: the pre_tokenizer has no ByteLevel: only byte-level BPE is supported", file);
        goto fail;
    }
    p->file = NULL;
    return p;
fail:
    pretokenizer_free(p);
    return NULL;
}

void pretokenizer_free(struct pretokenizer *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->n_stages; i++) pcre2_code_free(p->stages[i].code);
    free(p);
}

/* ---- running it ---- */

struct run {
    const struct pretokenizer *p;
    pcre2_match_data *match;
    pretokenizer_sink *sink;
    void *context;
    struct error *err;
};

static bool run_stage(struct run *r, size_t stage, const char *text, size_t len);

/* Matches and the pieces between them, on their way to becoming pieces by the stage's behavior. */
struct cutter {
    struct run *run;
    size_t stage;
    const char *text;
    bool held; /* a piece waits for what comes next */
    size_t held_at, held_end;
    bool previous_match;
};

static bool give(struct cutter *c, size_t at, size_t end)
{
    return at == end || run_stage(c->run, c->stage + 1, c->text + at, end - at);
}

static bool flush(struct cutter *c)
{
    if (!c->held) return true;
    c->held = false;
    return give(c, c->held_at, c->held_end);
}

/* Gives what is held and holds this instead. */
static bool hold(struct cutter *c, size_t at, size_t end)
{
    if (!flush(c)) return false;
    c->held = true;
    c->held_at = at;
    c->held_end = end;
    return true;
}

static bool cut(struct cutter *c, size_t at, size_t end, bool match)
{
    const struct stage *s = &c->run->p->stages[c->stage];
    bool previous = c->previous_match, joined = false;
    match = match != s->invert;
    c->previous_match = match;
    switch (s->behavior) {
    case ISOLATED:
        return give(c, at, end);
    case REMOVED:
        return match || give(c, at, end);
    case CONTIGUOUS:
        joined = c->held && match == previous;
        break;
    case MERGED_WITH_PREVIOUS:
        joined = c->held && match && !previous;
        break;
    case MERGED_WITH_NEXT:
        joined = c->held && !match && previous;
        break;
    }
    if (!joined) return hold(c, at, end);
    c->held_end = end;
    return true;
}

/* Finds the next match at or behind `from`: 1 found, 0 none, -1 error. */
static int find(struct run *r, const struct stage *s, const char *text, size_t len, size_t from,
                size_t *at, size_t *end)
{
    PCRE2_SPTR subject = (PCRE2_SPTR)text;
    int n = PCRE2_ERROR_JIT_STACKLIMIT;
    if (s->jit) n = pcre2_jit_match(s->code, subject, len, from, 0, r->match, NULL);
    if (n == PCRE2_ERROR_JIT_STACKLIMIT)
        n = pcre2_match(s->code, subject, len, from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, r->match,
                        NULL);
    if (n == PCRE2_ERROR_NOMATCH) return 0;
    if (n < 0) {
        PCRE2_UCHAR message[128];
        pcre2_get_error_message(n, message, sizeof message);
        error_set(r->err, ERROR_INPUT, "the tokenizer's pattern does not end on this text: %s",
                  (const char *)message);
        return -1;
    }
    const PCRE2_SIZE *o = pcre2_get_ovector_pointer(r->match);
    *at = o[0];
    *end = o[1];
    return 1;
}

static bool run_split(struct run *r, size_t stage, const char *text, size_t len)
{
    const struct stage *s = &r->p->stages[stage];
    struct cutter c = {.run = r, .stage = stage, .text = text};
    size_t from = 0, done = 0, at, end;
    bool any = false;
    while (from <= len) {
        int found = find(r, s, text, len, from, &at, &end);
        if (found < 0) return false;
        if (!found) break;
        if (at == end && any && end == done) { /* an empty match where the last one ended */
            size_t n = utf8_decode(text + from, len - from, NULL);
            from += n ? n : 1;
            continue;
        }
        if (at > done && !cut(&c, done, at, false)) return false;
        if (!cut(&c, at, end, true)) return false;
        from = done = end;
        any = true;
    }
    if (done < len && !cut(&c, done, len, false)) return false;
    return flush(&c);
}

static bool run_stage(struct run *r, size_t stage, const char *text, size_t len)
{
    if (stage == r->p->n_stages) return r->sink(r->context, text, len, r->err);
    if (r->p->stages[stage].code) return run_split(r, stage, text, len);
    if (text[0] == ' ') return run_stage(r, stage + 1, text, len);
    char *copy = malloc(len + 1);
    if (!copy) return error_memory(r->err, "a text");
    copy[0] = ' ';
    memcpy(copy + 1, text, len);
    bool ok = run_stage(r, stage + 1, copy, len + 1);
    free(copy);
    return ok;
}

bool pretokenizer_run(const struct pretokenizer *p, const char *text, size_t len,
                      pretokenizer_sink *sink, void *context, struct error *err)
{
    if (len == 0) return true;
    struct run r = {p, pcre2_match_data_create(1, NULL), sink, context, err};
    if (!r.match) return error_memory(err, "a match");
    bool ok = run_stage(&r, 0, text, len);
    pcre2_match_data_free(r.match);
    return ok;
}
