#include "answer/ground.h"
#include "base/buffer.h"
#include "vehicle/attribute.h"
#include "vehicle/units.h"
#include "answer/verify.h"
#include "vehicle/words.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 160 };

/* ---- one line against what is asked ---- */

/* Length without a plural s. */
static size_t stem(const char *word, size_t n)
{
    return n > 3 && word[n - 1] == 's' && word[n - 2] != 's' ? n - 1 : n;
}

static bool line_has(const char *line, const char *word, size_t n)
{
    n = stem(word, n);
    for (const char *p = line + 1; *p;) {
        size_t len = strcspn(p, " ");
        if (stem(p, len) == n && memcmp(p, word, n) == 0) return true;
        p += len + (p[len] == ' ');
    }
    return false;
}

/* "front" is asked for, and the line says "rear". */
static bool contradicts(const char *text, const char *line)
{
    static const char *const OPPOSITES[][2] = {
        {" front ", " rear "},   {" city ", " highway "}, {" urban ", " highway "},
        {" min ", " max "},      {" left ", " right "},   {" combined ", " highway "},
        {" city ", " combined "}};
    for (size_t i = 0; i < sizeof OPPOSITES / sizeof *OPPOSITES; i++)
        for (int k = 0; k < 2; k++) {
            const char *one = OPPOSITES[i][k], *other = OPPOSITES[i][1 - k];
            if (strstr(text, one) && !strstr(text, other) && strstr(line, other) &&
                !strstr(line, one))
                return true;
        }
    return false;
}

/* Words that many attributes share: alone they do not tell one from another. */
static bool is_common(const char *word)
{
    static const char COMMON[] =
        " capacity volume max maximum min minimum total overall size rating "
        "rate time number count average system level index front rear "
        "side ratio distance speed mm cm in lb kg km l ";
    char padded[WORD_MAX + 2] = " ";
    strcat(padded, word);
    strcat(padded, " ");
    return strstr(COMMON, padded) != NULL;
}

/* Words of a question that ask, not what is asked for. */
static bool is_asking(const char *word)
{
    static const char ASKING[] =
        " according against data document documents given look listed need quoted sheet say says "
        "state stated value wants terms stands text passage passages ";
    char padded[WORD_MAX + 2] = " ";
    strcat(padded, word);
    strcat(padded, " ");
    return strstr(ASKING, padded) != NULL;
}

struct overlap {
    size_t score; /* 0: the line is about something else */
    bool full;    /* nothing that is asked is left over */
};

/* The text's words without those of the vehicle. */
static void without(const char *text, const char *vehicle, struct buffer *out)
{
    buffer_putc(out, ' ');
    for (const char *p = text + 1; *p;) {
        size_t len = strcspn(p, " ");
        if (!line_has(vehicle, p, len)) {
            buffer_append(out, p, len);
            buffer_putc(out, ' ');
        }
        p += len + (p[len] == ' ');
    }
}

/* Counts the words that are asked for: in the line or not, common or telling, and whether all
 * telling ones are in the line or in the name of an attribute that both have. */
static struct overlap count_words(const char *asked, const char *line,
                                  const struct attribute_name *name)
{
    size_t own = 0, common = 0, telling = 0;
    bool full = true;
    for (const char *p = asked + 1; *p;) {
        size_t len = strcspn(p, " ");
        char word[WORD_MAX];
        if (len < sizeof word) {
            memcpy(word, p, len);
            word[len] = '\0';
            if (!is_stop_word(word) && !is_asking(word)) {
                bool in_line = line_has(line, word, len), is = is_common(word);
                bool in_name = name->name && p >= name->name && p + len <= name->name + name->len;
                telling += !is;
                if (in_line) *(is ? &common : &own) += 1;
                if (!is && !in_line && !in_name) full = false;
            }
        }
        p += len + (p[len] == ' ');
    }
    if (own == 0 && !name->name && telling > 0) return (struct overlap){0};
    size_t score = 2 * own + common + (name->name ? 2 : 0);
    return (struct overlap){score, score > 0 && full};
}

/* How much of what the plain text asks the line has: its words, other than the vehicle's and those
 * that say nothing, and other names of an attribute that it names. Where both name attributes that
 * are known, but none together, it has nothing of it. */
static struct overlap overlap(const char *text, const char *vehicle, const char *line)
{
    struct overlap out = {0};
    struct buffer asked = {0};
    without(text, vehicle, &asked);
    if (!asked.failed && !contradicts(buffer_text(&asked), line)) {
        struct attribute_set of_text, of_line;
        attribute_find(buffer_text(&asked), &of_text);
        attribute_find(line, &of_line);
        struct attribute_name shared = {0};
        for (size_t i = 0; i < ATTRIBUTE_MAX; i++)
            if (of_line.names[i].name && of_text.names[i].len > shared.len)
                shared = of_text.names[i];
        if (shared.name || of_text.n == 0 || of_line.n == 0)
            out = count_words(buffer_text(&asked), line, &shared);
    }
    buffer_free(&asked);
    return out;
}

/* ---- the lines that hold a value ---- */

/* "A: 1; B: 2" is two lines where the text has no others; "A; 1" in a line of its own is one. */
static bool ends_line(const char *p, bool one_line)
{
    return *p == '\n' || (p[0] == '.' && p[1] == ' ' && p[2] >= 'A' && p[2] <= 'Z') ||
           (one_line && p[0] == ';' && p[1] == ' ');
}

/* The length of the line or sentence that begins here. */
static size_t line_length(const char *line, bool one_line)
{
    size_t n = 0;
    while (line[n] && !ends_line(line + n, one_line)) n++;
    return n;
}

static const char *find_value(const char *line, size_t len, const char *value, size_t n)
{
    for (size_t i = 0; n && i + n <= len; i++) {
        if (memcmp(line + i, value, n) != 0) continue;
        bool left = i > 0 && is_word_byte(line[i - 1]) && is_word_byte(value[0]);
        bool right = i + n < len && is_word_byte(line[i + n]) && is_word_byte(value[n - 1]);
        if (!left && !right) return line + i;
    }
    return NULL;
}

/* Whether a line of the passage holds the value and is about what is asked, and about all of it. */
static struct overlap stands(const struct passage *p, const char *value, size_t n,
                             const char *asked, const char *said, const char *vehicle)
{
    struct overlap best = {0};
    bool one_line = !strchr(p->text, '\n');
    for (const char *line = p->text; *line && !best.full;) {
        size_t len = line_length(line, one_line);
        const char *at = find_value(line, len, value, n);
        if (at) {
            struct buffer rest = {0};
            words_plain(line, (size_t)(at - line), &rest);
            if (rest.len > 1) rest.len--; /* one space where the value stood */
            words_plain(at + n, len - (size_t)(at - line) - n, &rest);
            const char *text = buffer_text(&rest);
            struct overlap a = {0}, b = {0};
            if (!rest.failed) {
                a = overlap(asked, vehicle, text);
                b = overlap(said, vehicle, text);
            }
            if (a.score || b.score) best = (struct overlap){1, best.full || a.full};
            buffer_free(&rest);
        }
        line += len + (line[len] != '\0');
    }
    return best;
}

static struct overlap statement_stands(const char *begin, const char *is, const char *value,
                                       size_t n, const char *question, const char *name,
                                       const struct passage *p)
{
    struct buffer asked = {0}, said = {0}, vehicle = {0};
    words_plain(question, strlen(question), &asked);
    words_plain(p->title, strlen(p->title), &vehicle);
    words_plain(name, strlen(name), &vehicle);
    /* "The towing capacity of the 2023 ...": the attribute is what stands before " of the". */
    const char *of = begin;
    for (const char *q = begin; q < is; q++)
        if (strncmp(q, " of the ", 8) == 0) {
            of = q;
            break;
        }
    words_plain(begin, (size_t)((of > begin ? of : is) - begin), &said);
    if (of > begin)
        words_plain(of + 8, (size_t)(is - of) - (size_t)(is - of >= 8 ? 8 : is - of), &vehicle);
    struct overlap ok = {0};
    if (!asked.failed && !said.failed && !vehicle.failed) {
        const char *a = buffer_text(&asked), *s = buffer_text(&said), *v = buffer_text(&vehicle);
        ok = stands(p, value, n, a, s, v);
        /* "203 hp" of "Horsepower (hp): 203", "$41,000" of "Price (USD): 41,000". */
        size_t number = strcspn(value, " ");
        if (!ok.score && number < n && value[0] >= '0' && value[0] <= '9')
            ok = stands(p, value, number, a, s, v);
        if (!ok.score && n > 1 && value[0] == '$') ok = stands(p, value + 1, n - 1, a, s, v);
    }
    buffer_free(&asked);
    buffer_free(&said);
    buffer_free(&vehicle);
    return ok;
}

const char *ground_answer(const char *text, const char *question, const char *name,
                          const struct passage *passages, size_t n_passages, bool *exact,
                          struct arena *arena)
{
    *exact = true;
    const char *begin = text;
    struct buffer out = {0};
    bool stands = true;
    size_t statements = 0;
    for (const char *open; stands && (open = strchr(begin, '[')); statements++) {
        char *close;
        size_t cited = strtoul(open + 1, &close, 10), found = 0;
        const char *is = NULL;
        for (const char *p = begin; p + 4 < open && !is; p++)
            if (strncmp(p, " is ", 4) == 0) is = p;
        stands = *close == ']' && cited >= 1 && is;
        if (!stands) break;
        const char *value = is + 4;
        size_t n = (size_t)(open - value);
        while (n && value[n - 1] == ' ') n--;
        /* The passage cited, or else the first of the others that has it. */
        for (size_t i = 0; n && !found && i <= n_passages; i++) {
            size_t k = i == 0 ? cited : i;
            if (k > n_passages) continue;
            struct overlap o =
                statement_stands(begin, is, value, n, question, name, &passages[k - 1]);
            if (!o.score) continue;
            found = k;
            *exact = *exact && o.full;
        }
        stands = found > 0;
        buffer_append(&out, begin, (size_t)(open - begin));
        buffer_printf(&out, "[%zu]", found);
        begin = close + 1;
    }
    buffer_puts(&out, begin);
    bool kept = stands && statements > 0 && !out.failed;
    const char *result = kept ? arena_strdup(arena, buffer_text(&out)) : NULL;
    buffer_free(&out);
    return result;
}

/* ---- the lines that a question is about ---- */

/* The best score of a line of the passage; with out, also the lines that have it, as text. */
static size_t best_lines(const struct passage *p, const char *asked, const char *name,
                         size_t wanted, struct buffer *out)
{
    bool one_line = !strchr(p->text, '\n');
    struct buffer vehicle = {0};
    words_plain(p->title, strlen(p->title), &vehicle);
    words_plain(name, strlen(name), &vehicle);
    size_t best = 0;
    for (const char *line = p->text; *line;) {
        size_t len = line_length(line, one_line);
        struct buffer words = {0};
        words_plain(line, len, &words);
        size_t score = words.failed || vehicle.failed
                           ? 0
                           : overlap(asked, buffer_text(&vehicle), buffer_text(&words)).score;
        buffer_free(&words);
        if (score > best) best = score;
        if (out && score == wanted) {
            if (out->len) buffer_putc(out, '\n');
            buffer_append(out, line, len);
            if (line[len] == '.') buffer_putc(out, '.');
        }
        line += len + (line[len] != '\0');
        while (*line == ' ') line++;
    }
    buffer_free(&vehicle);
    return best;
}

bool ground_narrow(struct passage *out, bool *any, const struct passage *passage,
                   const char *question, const char *name, struct arena *arena)
{
    struct buffer asked = {0}, lines = {0};
    words_plain(question, strlen(question), &asked);
    size_t best = asked.failed ? 0 : best_lines(passage, buffer_text(&asked), name, 0, NULL);
    if (best) best_lines(passage, buffer_text(&asked), name, best, &lines);
    *any = lines.len > 0;
    bool ok = !asked.failed && !lines.failed;
    *out = (struct passage){passage->title, ok ? arena_strdup(arena, buffer_text(&lines)) : NULL};
    buffer_free(&asked);
    buffer_free(&lines);
    return out->text != NULL;
}

/* ---- what the documents say, without the model ---- */

/* A line as a name and a value; value_len is 0 where it is none. */
struct parts {
    const char *name, *value, *unit;
    size_t name_len, value_len, unit_len; /* the unit stands in the name */
};

/* The unit at the end of a name: "Length (mm)", "Length [mm]", "Length, mm", "Length mm". */
static void take_unit(struct parts *p)
{
    for (size_t i = 1; i < p->name_len; i++) {
        if (!strchr(" ([", p->name[i - 1])) continue;
        size_t end = p->name_len, used;
        while (end > i && strchr(")] ", p->name[end - 1])) end--;
        if (end == i || !unit_at(p->name + i, end - i, &used) || used != end - i) continue;
        p->unit = p->name + i;
        p->unit_len = end - i;
        p->name_len = i;
        while (p->name_len && strchr(" ([,", p->name[p->name_len - 1])) p->name_len--;
        return;
    }
}

static void trim(const char **text, size_t *len, const char *set)
{
    while (*len && strchr(set, **text)) {
        (*text)++;
        (*len)--;
    }
    while (*len && strchr(set, (*text)[*len - 1])) (*len)--;
}

static struct parts line_parts(const char *line, size_t len)
{
    static const char *const SEPARATORS[] = {":** ", ": ",     "\t",  " | ", "; ",
                                             " = ",  " .... ", " - ", "  "};
    trim(&line, &len, " *|-#");
    for (size_t s = 0; s < sizeof SEPARATORS / sizeof *SEPARATORS; s++) {
        size_t n = strlen(SEPARATORS[s]);
        for (size_t i = 1; i + n < len; i++) {
            if (memcmp(line + i, SEPARATORS[s], n) != 0) continue;
            struct parts p = {
                .name = line, .name_len = i, .value = line + i + n, .value_len = len - i - n};
            trim(&p.name, &p.name_len, " *|:");
            trim(&p.value, &p.value_len, " *|");
            char digits[64];
            double number;
            if (p.value_len &&
                number_read(p.value, p.value_len, digits, sizeof digits, &number) == p.value_len)
                take_unit(&p);
            return p;
        }
    }
    return (struct parts){0};
}

static void write_statement(struct buffer *out, const char *line, size_t len, const char *title,
                            size_t number)
{
    struct parts p = line_parts(line, len);
    if (!p.value_len || !p.name_len) {
        buffer_printf(out, "The passages say: \"%.*s\" [%zu].", (int)len, line, number);
        return;
    }
    /* "Curb weight" goes on in lower case; "MPG" and "0-60 mph" do not. */
    bool lower = p.name_len > 1 && p.name[0] >= 'A' && p.name[0] <= 'Z' && p.name[1] >= 'a' &&
                 p.name[1] <= 'z';
    buffer_puts(out, "The ");
    buffer_putc(out, lower ? (char)(p.name[0] - 'A' + 'a') : p.name[0]);
    buffer_printf(out, "%.*s of the %s is %.*s", (int)p.name_len - 1, p.name + 1, title,
                  (int)p.value_len, p.value);
    if (p.unit_len) buffer_printf(out, " %.*s", (int)p.unit_len, p.unit);
    buffer_printf(out, " [%zu].", number);
}

const char *ground_quote(const char *question, const char *name, const struct passage *passage,
                         size_t number, struct arena *arena)
{
    struct buffer asked = {0}, vehicle = {0}, out = {0};
    words_plain(question, strlen(question), &asked);
    words_plain(passage->title, strlen(passage->title), &vehicle);
    words_plain(name, strlen(name), &vehicle);
    size_t best = 0, best_words = 0;
    bool one_line = !strchr(passage->text, '\n');
    for (const char *line = passage->text; *line && !asked.failed && !vehicle.failed;) {
        size_t len = line_length(line, one_line), n_words = 0;
        struct parts p = line_parts(line, len);
        struct buffer words = {0};
        if (p.value_len)
            words_plain(p.name, p.name_len, &words);
        else
            words_plain(line, len, &words);
        for (size_t k = 0; k < words.len; k++) n_words += words.data[k] == ' ';
        bool says_more = p.value_len || n_words > 4; /* not a heading */
        struct overlap o = {0};
        if (!words.failed && says_more)
            o = overlap(buffer_text(&asked), buffer_text(&vehicle), buffer_text(&words));
        buffer_free(&words);
        if (o.full && (o.score > best || (o.score == best && n_words < best_words))) {
            best = o.score;
            best_words = n_words;
            buffer_clear(&out);
            write_statement(&out, line, len, *name ? name : passage->title, number);
        }
        line += len + (line[len] != '\0');
        while (*line == ' ') line++;
    }
    const char *text = best && !out.failed ? arena_strdup(arena, buffer_text(&out)) : NULL;
    buffer_free(&asked);
    buffer_free(&vehicle);
    buffer_free(&out);
    return text;
}

const char *ground_refusal(const char *text, const char *name, struct arena *arena)
{
    struct buffer b = {0};
    const char *is = strstr(text, " is ");
    if (is && strncmp(text, "The ", 4) == 0 && strstr(text, " of the ") &&
        strstr(text, " of the ") < is)
        buffer_printf(&b, "The passages do not give the %.*s.", (int)(is - text - 4), text + 4);
    else
        buffer_printf(&b, "The passages do not give this of the %s.", name);
    const char *out = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return out;
}
