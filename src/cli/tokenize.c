/* autospec tokenize: text to token ids and back. */
#include "base/utf8.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/text_input.h"
#include "tokenizer/tokenizer.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TEXT = 1 << 28 };

/* The token's text on one line, in quotes, with what does not show as escapes. */
static void print_piece(const char *text, size_t len)
{
    output_puts("\"");
    for (size_t i = 0; i < len;) {
        unsigned char c = (unsigned char)text[i];
        size_t n = utf8_decode(text + i, len - i, NULL);
        if (c == '\n')
            output_puts("\\n");
        else if (c == '\t')
            output_puts("\\t");
        else if (c == '"' || c == '\\')
            output_printf("\\%c", c);
        else if (n == 0 || c < 0x20 || c == 0x7f)
            output_printf("\\x%02x", c);
        else
            output_text(text + i, n);
        i += n ? n : 1;
    }
    output_puts("\"\n");
}

static void print_ids(const struct command_line *line, const struct tokenizer *t,
                      const struct tokens *ids)
{
    for (size_t i = 0; i < ids->len; i++) {
        if (!line->show) {
            output_printf("%s%d", i ? " " : "", ids->ids[i]);
            continue;
        }
        size_t len;
        const char *bytes = tokenizer_token_bytes(t, ids->ids[i], &len);
        output_printf("%d\t", ids->ids[i]);
        print_piece(bytes, len);
    }
    if (!line->show) output_puts("\n");
}

static bool parse_ids(const struct tokenizer *t, const char *text, struct tokens *ids,
                      struct error *err)
{
    for (;;) {
        while (isspace((unsigned char)*text) || *text == ',' || *text == '[' || *text == ']')
            text++;
        if (!*text) return true;
        char *end;
        errno = 0;
        long v = strtol(text, &end, 10);
        if (end == text || errno || (*end && !isspace((unsigned char)*end) && !strchr(",[]", *end)))
            return error_set(err, ERROR_USAGE, "\"%.*s\" is not a token id",
                             (int)strcspn(text, " \t\n,"), text);
        if (v < 0 || (size_t)v >= tokenizer_vocab(t))
            return error_set(err, ERROR_USAGE, "token id %ld is outside 0 to %zu", v,
                             tokenizer_vocab(t) - 1);
        if (!tokens_push(ids, (int32_t)v, err)) return false;
        text = end;
    }
}

static bool decode(const struct command_line *line, const struct tokenizer *t, const char *text,
                   struct error *err)
{
    struct tokens ids = {0};
    struct buffer out = {0};
    struct detokenizer d = {.tokenizer = t};
    bool ok = parse_ids(t, text, &ids, err);
    if (ok && line->show) print_ids(line, t, &ids);
    for (size_t i = 0; ok && !line->show && i < ids.len; i++) {
        if (line->control && tokenizer_is_control(t, ids.ids[i])) {
            detokenizer_finish(&d, &out);
            size_t len;
            const char *bytes = tokenizer_token_bytes(t, ids.ids[i], &len);
            buffer_append(&out, bytes, len);
        } else {
            detokenizer_push(&d, ids.ids[i], &out);
        }
    }
    if (ok && !line->show) {
        detokenizer_finish(&d, &out);
        output_text(buffer_text(&out), out.len);
        output_puts("\n");
        if (out.failed) ok = error_memory(err, "decoded text");
    }
    tokens_free(&ids);
    buffer_free(&out);
    return ok;
}

static int run(struct command_line *line, struct error *err)
{
    struct buffer text = {0};
    struct tokens ids = {0};
    struct tokenizer *t = NULL;
    bool ok = text_input(line, line->decode ? "token ids" : "text", MAX_TEXT, &text, err);
    char *dir = ok ? place_model(&line->settings, err) : NULL;
    t = dir ? tokenizer_read(dir, err) : NULL;
    ok = t != NULL;
    if (ok && line->decode)
        ok = decode(line, t, buffer_text(&text), err);
    else if (ok) {
        ok = tokenizer_encode(t, buffer_text(&text), text.len,
                              line->control ? TOKENIZE_CONTROL : TOKENIZE_TEXT, &ids, err);
        if (ok) print_ids(line, t, &ids);
    }
    tokenizer_free(t);
    free(dir);
    tokens_free(&ids);
    buffer_free(&text);
    return ok ? EXIT_OK : EXIT_FAILED;
}

const struct command command_tokenize = {
    .name = "tokenize",
    .bit = COMMAND_TOKENIZE,
    .arguments = "TEXT",
    .summary = "Turn text into token ids, or token ids into text",
    .description =
        "Prints the ids on one line. Without TEXT, or with -, standard input is read, to\n"
        "the last byte. No token is added at the start. Spellings of control tokens are\n"
        "plain text unless --control is given.\n",
    .run = run,
};
