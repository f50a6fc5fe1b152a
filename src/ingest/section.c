/* Sections of prose and lists: lines collect until they are about as long as a passage should be.
 */
#include "ingest/reader.h"

#include <string.h>

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* Byte-level BPE makes about one token of six letters of a usual word, and our tokenizers one of
 * each digit and sign. */
size_t estimate_tokens(const char *text, size_t len)
{
    size_t tokens = 0;
    for (size_t i = 0; i < len;) {
        unsigned char c = (unsigned char)text[i];
        if (is_letter(c)) {
            size_t begin = i;
            while (i < len && is_letter((unsigned char)text[i])) i++;
            tokens += 1 + (i - begin) / 6;
            continue;
        }
        if (c > ' ') tokens++;
        i++;
    }
    return tokens;
}

/* Metadata that lines of the section tell about its vehicle. */
static bool read_metadata(struct section *s, struct error *err)
{
    struct fact f;
    size_t offset = 0, line = 0;
    while (fact_next(&f, buffer_text(&s->text), &offset, &line)) {
        char name[64];
        if (f.name_len >= sizeof name) continue;
        memcpy(name, f.name, f.name_len);
        name[f.name_len] = '\0';
        struct vehicle *v = &s->vehicle;
        const char **field = NULL;
        switch (column_role(name, NULL)) {
        case COLUMN_MANUFACTURER:
            field = &v->manufacturer;
            break;
        case COLUMN_MODEL:
            field = &v->model;
            break;
        case COLUMN_TRIM:
            field = &v->trim;
            break;
        case COLUMN_CATEGORY:
            field = &v->category;
            break;
        case COLUMN_ENGINE_TYPE:
            field = &v->engine_type;
            break;
        case COLUMN_TRANSMISSION:
            field = &v->transmission;
            break;
        case COLUMN_YEAR:
            if (!v->year) v->year = year_parse(f.value, f.value_len);
            break;
        default:
            break;
        }
        if (!field || (*field)[0] || f.value_len > 60) continue;
        *field = arena_strndup(&s->reader->arena, f.value, f.value_len);
        if (!*field) return error_memory(err, "a section");
    }
    return true;
}

bool section_flush(struct section *s, struct error *err)
{
    if (s->text.failed) return error_memory(err, "a section");
    if (s->text.len == 0) return true;
    if (!read_metadata(s, err)) return false;
    struct reader *r = s->reader;
    buffer_clear(&r->title);
    buffer_clear(&r->location);
    buffer_puts(&r->title, s->title);
    buffer_puts(&r->location, s->heading);
    if (!s->heading[0])
        buffer_printf(&r->location, s->line_first == s->line_last ? "line %zu" : "lines %zu-%zu",
                      s->line_first, s->line_last);
    if (r->title.failed || r->location.failed) return error_memory(err, "a section");
    struct chunk chunk = {.title = buffer_text(&r->title),
                          .text = buffer_text(&s->text),
                          .location = buffer_text(&r->location),
                          .line_first = s->line_first,
                          .line_last = s->line_last,
                          .byte_begin = s->byte_begin,
                          .byte_end = s->byte_end,
                          .vehicle = s->vehicle};
    bool ok = reader_emit(r, &chunk, err);
    buffer_clear(&s->text);
    s->tokens = 0;
    return ok;
}

void section_free(struct section *s)
{
    buffer_free(&s->text);
}

/* Where a too long line is cut: behind the last sentence that fits, else behind the last word. */
static size_t find_cut(const char *line, size_t len)
{
    size_t sentence = 0, word = 0, tokens = 0, from = 0;
    for (size_t i = 0; i < len; i++) {
        if (line[i] != ' ') continue;
        tokens += estimate_tokens(line + from, i - from);
        from = i + 1;
        if (tokens > CHUNK_TOKENS) break;
        word = i + 1;
        if (i > 0 && strchr(".!?;", line[i - 1])) sentence = i + 1;
    }
    if (sentence) return sentence;
    if (word) return word;
    /* One word longer than a passage: cut it, between characters. */
    size_t cut = len < 1024 ? len : 1024;
    while (cut < len && cut > 1 && ((unsigned char)line[cut] & 0xc0) == 0x80) cut--;
    return cut;
}

bool section_add(struct section *s, const char *line, size_t len, size_t line_no, size_t line_last,
                 size_t byte_begin, size_t byte_end, struct error *err)
{
    while (len && (line[0] == ' ' || line[0] == '\t')) {
        line++;
        len--;
    }
    while (len && (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r')) len--;
    while (len) {
        size_t tokens = estimate_tokens(line, len), take = len;
        if (s->tokens && s->tokens + tokens > CHUNK_TOKENS && !section_flush(s, err)) return false;
        if (tokens > CHUNK_TOKENS) {
            take = find_cut(line, len);
            tokens = estimate_tokens(line, take);
        }
        if (s->text.len == 0) {
            s->line_first = line_no;
            s->byte_begin = byte_begin;
        } else {
            buffer_putc(&s->text, '\n');
        }
        buffer_append(&s->text, line, take);
        while (s->text.len && s->text.data[s->text.len - 1] == ' ')
            s->text.data[--s->text.len] = '\0';
        s->tokens += tokens;
        s->line_last = line_last;
        s->byte_end = byte_end;
        line += take;
        len -= take;
    }
    return true;
}
