#include "document/csv.h"

#include "document/document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    EVIDENCE_BYTES = 1 << 20,
    MAX_COUNT = 256, /* fields beyond are one class when delimiters are compared */
};

void csv_scanner_init(struct csv_scanner *s, const char *data, size_t len, char delimiter)
{
    *s = (struct csv_scanner){.data = data, .len = len, .line = 1, .delimiter = delimiter};
}

void csv_scanner_free(struct csv_scanner *s)
{
    free(s->fields);
    *s = (struct csv_scanner){0};
}

static void add_field(struct csv_scanner *s, size_t begin, size_t end, bool doubled, size_t line)
{
    if (s->n_fields == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        struct csv_field *fields = realloc(s->fields, cap * sizeof *fields);
        if (!fields) {
            s->failed = true;
            return;
        }
        s->fields = fields;
        s->cap = cap;
    }
    size_t offset = line - s->record_line;
    s->fields[s->n_fields++] = (struct csv_field){
        begin, end, offset > UINT32_MAX ? UINT32_MAX : (uint32_t)offset, doubled};
}

/* The bytes of a line end at data[at]: 2 for CRLF, 1 for LF or CR, 0 for none. */
static size_t line_end(const struct csv_scanner *s, size_t at)
{
    if (at >= s->len) return 0;
    if (s->data[at] == '\n') return 1;
    if (s->data[at] != '\r') return 0;
    return at + 1 < s->len && s->data[at + 1] == '\n' ? 2 : 1;
}

/* Whether a field ends at data[at]. */
static bool ends_field(const struct csv_scanner *s, size_t at)
{
    return at >= s->len || s->data[at] == s->delimiter || s->data[at] == '\n' ||
           s->data[at] == '\r';
}

/* What a quoted field that was opened at `open` comes to. */
struct quoted {
    size_t close;  /* its closing quote */
    size_t behind; /* where the next delimiter or line end is */
    size_t lines;  /* line ends inside */
    bool doubled, inner;
};

/* Whether the lines that a quoted field swallows are records of their own: each has as many fields
 * as the record before. `open` and `close` are its quotes. */
static bool swallows_records(const struct csv_scanner *s, const struct quoted *q, size_t open)
{
    if (s->expected < 2) return false;
    /* With two columns one comma in each line is no evidence: prose has as many. */
    if (s->expected == 2 && s->delimiter != '\t' && q->lines < 3) return false;
    size_t fields = s->n_fields + 1, at = open + 1;
    bool blank = true;
    for (;;) { /* to the end of the line on which the quote is closed */
        char c = at < s->len ? s->data[at] : '\n';
        if (c == s->delimiter) fields++;
        blank = blank && (c == ' ' || c == '\t' || c == '\n' || c == '\r');
        if (c == '\n' || c == '\r') {
            if (fields != s->expected && !(fields == 1 && blank)) return false;
            if (at >= q->close) return true;
            at += line_end(s, at);
            fields = 1;
            blank = true;
            continue;
        }
        at++;
    }
}

/* Looks for the quote that closes the one at `open`: the next one that is not doubled and has a
 * delimiter or a line end behind it. False: there is none, or the field crosses where another
 * begins. */
static bool find_close(struct csv_scanner *s, size_t open, struct quoted *q)
{
    *q = (struct quoted){0};
    size_t at = open + 1;
    size_t limit = s->len - at > DOCUMENT_MAX_CELL ? at + DOCUMENT_MAX_CELL : s->len;
    bool found = false;
    while (at < limit) {
        const char *quote = memchr(s->data + at, '"', limit - at);
        size_t stop = quote ? (size_t)(quote - s->data) : limit;
        for (; at < stop; at++)
            if (s->data[at] == '\n' || (s->data[at] == '\r' && line_end(s, at) == 1)) q->lines++;
        if (!quote) break;
        if (at + 1 < s->len && s->data[at + 1] == '"' && !ends_field(s, at + 1)) {
            q->doubled = true;
            at += 2;
            continue;
        }
        size_t behind = at + 1;
        while (behind < s->len && s->data[behind] == ' ' && behind - at < 64) behind++;
        if (ends_field(s, behind)) {
            q->close = at;
            q->behind = behind;
            found = true;
            break;
        }
        size_t before = at;
        while (before > open + 1 && s->data[before - 1] == ' ') before--;
        char c = s->data[before - 1];
        if (before > open + 1 && (c == s->delimiter || c == '\n' || c == '\r'))
            break; /* another field opens here */
        q->inner = true;
        at++;
    }
    if (found && (q->lines == 0 || !swallows_records(s, q, open))) return true;
    s->rescanned += at - open;
    return false;
}

/* Reads a quoted field whose quote is at `open`. False: it is an ordinary character. */
static bool read_quoted(struct csv_scanner *s, size_t open)
{
    /* Bytes that are looked at in vain are looked at again: with many such quotes none is followed
     * any more, so that the whole stays linear. */
    struct quoted q;
    if (s->rescanned > 4 * s->len + DOCUMENT_MAX_CELL || !find_close(s, open, &q)) {
        s->literal_quote = true;
        return false;
    }
    s->inner_quote |= q.inner;
    add_field(s, open + 1, q.close, q.doubled, s->line);
    s->line += q.lines;
    s->at = q.behind;
    return true;
}

bool csv_scanner_next(struct csv_scanner *s)
{
    if (s->at >= s->len || s->failed) return false;
    s->n_fields = 0;
    s->record_line = s->line;
    s->record_begin = s->at;
    s->literal_quote = s->inner_quote = false;
    const char delimiter = s->delimiter, *data = s->data;
    const size_t len = s->len;
    for (;;) {
        size_t begin = s->at, open = begin;
        while (open < len && data[open] == ' ') open++;
        if (open >= len || data[open] != '"' || !read_quoted(s, open)) {
            size_t at = begin;
            while (at < len && data[at] != delimiter && data[at] != '\n' && data[at] != '\r') at++;
            add_field(s, begin, at, false, s->line);
            s->at = at;
        }
        if (s->at < len && data[s->at] == delimiter) {
            s->at++;
            continue;
        }
        s->record_last_line = s->line;
        s->record_end = s->at;
        size_t n = line_end(s, s->at);
        if (n) s->line++;
        s->at += n;
        if (s->n_fields > 1) s->expected = s->n_fields;
        return !s->failed;
    }
}

/* ---- the delimiter ---- */

struct tally {
    size_t counts[MAX_COUNT + 1]; /* records by their number of fields */
    size_t records, several;      /* all; with two fields and more */
    size_t as_before, last;
    size_t fields, decimal; /* all; delimiters between two digits */
    size_t spaced, labels;  /* delimiters with a space behind; first fields with a colon */
};

static void tally_record(struct tally *t, size_t fields)
{
    size_t class = fields < MAX_COUNT ? fields : MAX_COUNT;
    t->counts[class]++;
    t->records++;
    t->fields += fields;
    if (fields > 1) {
        t->several++;
        if (fields == t->last) t->as_before++;
    }
    t->last = fields;
}

static void tally_delimiter(struct tally *t, const char *data, size_t len, char delimiter)
{
    struct csv_scanner s;
    csv_scanner_init(&s, data, len, delimiter);
    *t = (struct tally){0};
    while (csv_scanner_next(&s)) {
        bool blank = true;
        for (size_t i = 0; i < s.n_fields && blank; i++)
            for (size_t k = s.fields[i].begin; k < s.fields[i].end && blank; k++)
                blank = data[k] == ' ' || data[k] == '\t';
        if (blank) continue;
        if (s.at >= s.len && s.record_end == s.len && t->records && len == EVIDENCE_BYTES)
            break; /* the last one may be cut */
        tally_record(t, s.n_fields);
        size_t end = s.fields[0].end;
        t->labels += s.n_fields > 1 && end > s.fields[0].begin && data[end - 1] == ':';
        for (size_t i = 1; i < s.n_fields; i++) {
            size_t at = s.fields[i].begin, before = s.fields[i - 1].end;
            t->spaced += at < s.fields[i].end && data[at] == ' ';
            t->decimal += at == before + 1 && before > s.fields[i - 1].begin &&
                          at < s.fields[i].end && data[before - 1] >= '0' &&
                          data[before - 1] <= '9' && data[at] >= '0' && data[at] <= '9';
        }
    }
    csv_scanner_free(&s);
}

static double score(const struct tally *t, struct csv_evidence *e)
{
    size_t most = 0;
    for (size_t i = 2; i <= MAX_COUNT; i++)
        if (t->counts[i] > most) most = t->counts[i];
    *e = (struct csv_evidence){.records = t->records, .fields = 1};
    if (t->several == 0) return 0;
    double n = (double)t->records;
    double same = (double)most / n;
    double before = t->records > 1 ? (double)t->as_before / (n - 1) : 0;
    e->agreement = same > before ? same : before;
    e->fields = (double)t->fields / n;
    e->labels = (double)t->labels / n;
    e->spaced = (double)t->spaced / (double)(t->fields - t->records);
    return (0.7 * e->agreement + 0.3 * (double)t->several / n) * log2(1 + e->fields);
}

char csv_delimiter_find(const char *data, size_t len, char usual, struct csv_evidence *evidence)
{
    static const char DELIMITERS[] = "\t;|,"; /* the first wins a draw */
    if (len > EVIDENCE_BYTES) len = EVIDENCE_BYTES;
    struct csv_evidence found = {.fields = 1};
    char delimiter = usual ? usual : ',';
    double best = 0;
    struct tally tally, *t = &tally;
    for (size_t i = 0; DELIMITERS[i]; i++) {
        struct csv_evidence e;
        tally_delimiter(t, data, len, DELIMITERS[i]);
        double s = score(t, &e);
        if (DELIMITERS[i] == usual) s *= 1.5;
        /* Commas that stand between digits are decimal signs as soon as something else splits. */
        if (DELIMITERS[i] == ',' && best > 0 && t->decimal * 5 > (t->fields - t->records) * 3)
            s *= 0.5;
        if (i == 0) found.records = e.records;
        if (s <= best) continue;
        best = s;
        found = e;
        delimiter = DELIMITERS[i];
    }
    if (evidence) *evidence = found;
    return delimiter;
}
