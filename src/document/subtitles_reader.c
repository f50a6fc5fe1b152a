/* Transcripts in .srt and .vtt files: cues are joined to paragraphs, which end with a sentence where the
 * speaker rests; their place is the time at which they begin. */
#include "document/reader.h"
#include "document/text_cells.h"

#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    PARAGRAPH_BYTES = 400, /* from there on it ends with the next sentence */
    PARAGRAPH_MAX = 1200,
    REST_MS = 3000, /* between cues: another paragraph */
    CHECK_LINES = 512,
};

struct transcript {
    struct document_reader *r;
    struct buffer text, cue, speaker, last_line;
    size_t line_first, line_last;
    long start_ms, end_ms; /* of the paragraph; of the cue that it ends with */
};

static void flush(struct transcript *t)
{
    struct document_reader *r = t->r;
    size_t blocks = r->n_blocks;
    long s = t->start_ms / 1000;
    char place[48];
    if (t->text.failed || t->cue.failed) r->failed = true;
    if (t->text.len && !r->failed) {
        /* Times stand between the parts of a sentence in the file: the text is what is joined of it. */
        size_t begin = reader_make(r, t->text.data, t->text.len);
        reader_make(r, "\n", 1);
        reader_add_block(r, BLOCK_PARAGRAPH, 0, t->text.data, t->text.len, t->line_first, t->line_last, begin,
                         begin + t->text.len);
    }
    snprintf(place, sizeof place, "at %02ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    if (r->n_blocks > blocks) r->blocks[blocks].place = reader_keep(r, place, strlen(place));
    buffer_clear(&t->text);
}

/* "00:12:31,500" or "12:31.500" as milliseconds; its length, 0: it is none. */
static size_t read_time(const char *text, size_t len, long *ms)
{
    long parts[3] = {0};
    size_t n = 0, i = 0;
    for (; n < 3; n++) {
        size_t from = i;
        while (i < len && text[i] >= '0' && text[i] <= '9' && i - from < 5)
            parts[n] = parts[n] * 10 + (text[i++] - '0');
        if (i == from) return 0;
        if (i == len || text[i] != ':') {
            n++;
            break;
        }
        i++;
    }
    if (n < 2) return 0;
    long seconds = n == 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : parts[0] * 60 + parts[1];
    long fraction = 0, unit = 100;
    if (i < len && (text[i] == ',' || text[i] == '.'))
        for (i++; i < len && text[i] >= '0' && text[i] <= '9'; i++, unit /= 10) fraction += (text[i] - '0') * unit;
    *ms = seconds * 1000 + fraction;
    return i;
}

/* "00:00:01,000 --> 00:00:04,000 align:start" */
static bool read_times(const struct text_line *line, long *from, long *to)
{
    size_t n = read_time(line->text, line->len, from), at = n;
    if (n == 0) return false;
    while (at < line->len && line->text[at] == ' ') at++;
    if (line->len - at < 3 || memcmp(line->text + at, "-->", 3) != 0) return false;
    for (at += 3; at < line->len && line->text[at] == ' ';) at++;
    return read_time(line->text + at, line->len - at, to) > 0;
}

static bool ends_sentence(const struct buffer *b)
{
    return b->len && strchr(".!?", b->data[b->len - 1]);
}

/* A line of a cue without its tags; "<v Anna>" names who speaks. */
static void add_line(struct transcript *t, const char *text, size_t len)
{
    struct buffer line = {0}, speaker = {0};
    for (size_t i = 0; i < len; i++) {
        char close = text[i] == '<' ? '>' : text[i] == '{' && i + 1 < len && text[i + 1] == '\\' ? '}' : 0;
        const char *end = close ? memchr(text + i, close, len - i) : NULL;
        if (!end) {
            buffer_putc(&line, text[i]);
            continue;
        }
        if (text[i] == '<' && text[i + 1] == 'v' && text[i + 2] == ' ')
            buffer_append(&speaker, text + i + 3, (size_t)(end - text) - i - 3);
        i = (size_t)(end - text);
    }
    if (speaker.len && strcmp(speaker.data, buffer_text(&t->speaker)) != 0) {
        flush(t);
        buffer_clear(&t->speaker);
        buffer_puts(&t->speaker, speaker.data);
    }
    /* Rolling captions show the line before once more. */
    bool again = strcmp(buffer_text(&line), buffer_text(&t->last_line)) == 0;
    if (line.len && !again) {
        if (t->cue.len) buffer_putc(&t->cue, ' ');
        buffer_append(&t->cue, line.data, line.len);
        buffer_clear(&t->last_line);
        buffer_puts(&t->last_line, line.data);
    }
    if (line.failed || speaker.failed || t->speaker.failed || t->last_line.failed) t->r->failed = true;
    buffer_free(&line);
    buffer_free(&speaker);
}

/* Lines [first, ...) of a cue have been read. */
static void end_cue(struct transcript *t, long from, long to, size_t line_first, size_t line_last)
{
    if (t->cue.len == 0) return;
    bool rest = from > t->end_ms + REST_MS;
    if (t->text.len && ((ends_sentence(&t->text) && (rest || t->text.len >= PARAGRAPH_BYTES)) ||
                        t->text.len + t->cue.len > PARAGRAPH_MAX || rest))
        flush(t);
    if (t->text.len == 0) {
        t->start_ms = from;
        t->line_first = line_first;
    } else {
        buffer_putc(&t->text, ' ');
    }
    buffer_append(&t->text, t->cue.data, t->cue.len);
    t->end_ms = to;
    t->line_last = line_last;
    buffer_clear(&t->cue);
}

bool read_subtitles_document(struct document_reader *r, struct error *err)
{
    struct transcript t = {.r = r};
    struct text_line line;
    size_t at = 0, number = 0;
    bool ok = true, any = false;
    r->base = 0; /* offsets count in the text that is made */
    while (ok && text_line_next(r->data, r->len, &at, &number, &line)) {
        long from, to;
        if (number % CHECK_LINES == 0) ok = reader_check(r, err);
        /* Numbers and names of cues, the head of the file, notes and styles stand without times. */
        if (!read_times(&line, &from, &to)) continue;
        any = true;
        size_t first = 0, last = 0;
        while (text_line_next(r->data, r->len, &at, &number, &line) && line.len) {
            size_t indent = text_indent(line.text, line.len);
            if (first == 0) first = line.number;
            last = line.number;
            add_line(&t, line.text + indent, line.len - indent);
        }
        end_cue(&t, from, to, first, last);
    }
    flush(&t);
    buffer_free(&t.text);
    buffer_free(&t.cue);
    buffer_free(&t.speaker);
    buffer_free(&t.last_line);
    if (ok && !any)
        return error_set(err, ERROR_INPUT, "%s: holds no line of times (\"00:00:01,000 --> 00:00:04,000\")", r->path);
    return ok && reader_check(r, err);
}
