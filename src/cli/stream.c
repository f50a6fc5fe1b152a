#include "cli/stream.h"
#include "cli/output.h"

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

static void set_dim(struct stream *s, bool dim)
{
    if (s->dim == dim || !isatty(STDERR_FILENO)) return;
    fputs(dim ? "\033[2m" : "\033[0m", stderr);
    s->dim = dim;
}

static void show_reasoning(struct stream *s, const char *text, size_t len)
{
    struct buffer clean = {0};
    output_clean(text, len, &clean);
    set_dim(s, true);
    fwrite(buffer_text(&clean), 1, clean.len, stderr);
    s->reasoning_shown = true;
    buffer_free(&clean);
}

static void end_reasoning(struct stream *s)
{
    if (!s->reasoning_shown) return;
    set_dim(s, false);
    fputs("\n", stderr);
    s->reasoning_shown = false;
}

bool stream_piece(void *context, const char *text, size_t len, bool reasoning)
{
    struct stream *s = context;
    if (reasoning) {
        show_reasoning(s, text, len);
        return true;
    }
    end_reasoning(s);
    if (!s->answer_shown) { /* the blank lines that the chat format puts before an answer */
        while (len > 0 && isspace((unsigned char)*text)) text++, len--;
        if (len == 0) return true;
    }
    output_text(text, len);
    s->answer_shown = true;
    s->at_line_start = text[len - 1] == '\n';
    return output_flush(NULL);
}

void stream_end(struct stream *s)
{
    end_reasoning(s);
    if (s->answer_shown && !s->at_line_start) output_puts("\n");
}
