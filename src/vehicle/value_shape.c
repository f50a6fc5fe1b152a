#include "vehicle/value_part.h"

#include <string.h>

/* ---- what is no value although it starts with a number ---- */

size_t digits_count(const char *text, size_t len, size_t at)
{
    size_t n = 0;
    while (at + n < len && text[at + n] >= '0' && text[at + n] <= '9') n++;
    return n;
}

static unsigned long digits_value(const char *text, size_t at, size_t n)
{
    unsigned long v = 0;
    for (size_t i = 0; i < n && i < 9; i++) v = v * 10 + (unsigned long)(text[at + i] - '0');
    return v;
}

static bool is_year(unsigned long v)
{
    return v >= 1880 && v < 2100;
}

/* "2021-03-04", "04.03.2021", "3/2021", "2019/20", "03 March 2023", "2023年3月". */
static bool is_date(const char *text, size_t len)
{
    static const char *const MONTHS[] = {
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär",
        "mrz", "mai", "okt", "dez", "fév", "avr", "juin", "juil", "aoû", "déc", "ene", "abr", "ago",
        "dic"};
    size_t first = digits_count(text, len, 0), at = first, n;
    if (first == 0 || first > 4) return false;
    unsigned long a = digits_value(text, 0, first);
    if (first == 4 && is_year(a) && len - at >= 3 && !memcmp(text + at, "年", 3)) return true;
    if (first <= 2 && at < len && (text[at] == ' ' || text[at] == '.' || text[at] == '-')) {
        size_t word = spaces_end(text, len, at + (text[at] != ' '));
        bool letter = char_is_letter(char_at(text, len, word, &n));
        for (size_t i = 0; letter && i < sizeof MONTHS / sizeof *MONTHS; i++) {
            size_t m = strlen(MONTHS[i]), k = 0, p = word, used;
            while (k < m) {
                uint32_t c = char_lower(char_at(text, len, p, &used)), want;
                size_t step;
                want = char_at(MONTHS[i], m, k, &step);
                if (used == 0 || c != want) break;
                k += step;
                p += used;
            }
            if (k < m) continue;
            while (char_is_letter(char_at(text, len, p, &used))) p += used;
            if (p - word > 12) continue;
            while (p < len && (text[p] == ' ' || text[p] == '.' || text[p] == '-' || text[p] == ','))
                p++;
            if (digits_count(text, len, p) == 4) return true;
        }
    }
    if (at >= len || (text[at] != '-' && text[at] != '.' && text[at] != '/')) return false;
    char sign = text[at++];
    size_t second = digits_count(text, len, at);
    if (second == 0 || second > 4) return false;
    unsigned long b = digits_value(text, at, second);
    at += second;
    if (at < len && text[at] == sign) {
        size_t third = digits_count(text, len, at + 1);
        unsigned long c = digits_value(text, at + 1, third);
        n = at + 1 + third;
        bool ends = n >= len || text[n] == ' ' || text[n] == 'T';
        if (!ends || first > 4 || third > 4 || third == 0) return false;
        if (first == 4) return is_year(a) && b >= 1 && b <= 12 && c >= 1 && c <= 31;
        return a >= 1 && a <= 31 && b >= 1 && b <= 31 && (a <= 12 || b <= 12) &&
               (third == 4 ? is_year(c) : third == 2 && sign != '/' );
    }
    if (at < len) return false;
    if (second == 4 && first <= 2) return a >= 1 && a <= 12 && is_year(b); /* "03/2021" */
    if (first == 4 && is_year(a) && second == 2 && sign != '.') /* "2019/20", "2019-05" */
        return sign == '-' ? b >= 1 && b <= 12 : true;
    return first == 4 && second == 4 && is_year(a) && is_year(b) && sign != '.';
}

/* "205/55 R16", "245/45ZR18", "205/55/16". */
static bool is_tyre(const char *text, size_t len)
{
    size_t a = digits_count(text, len, 0);
    if (a != 3 || a >= len || text[a] != '/') return false;
    size_t b = digits_count(text, len, a + 1), at = a + 1 + b;
    if (b != 2) return false;
    unsigned long width = digits_value(text, 0, 3), height = digits_value(text, a + 1, 2);
    if (width < 100 || width > 400 || width % 5 || height < 20 || height > 95 || height % 5)
        return false;
    at = spaces_end(text, len, at);
    if (at < len && text[at] == '/') return digits_count(text, len, at + 1) == 2;
    while (at < len && (text[at] == 'Z' || text[at] == 'V' || text[at] == 'H')) at++;
    return at < len && (text[at] == 'R' || text[at] == '-') &&
           digits_count(text, len, spaces_end(text, len, at + 1)) == 2;
}

/* "4x4", "6 x 2": driven wheels. */
static bool is_wheel_formula(const char *text, size_t len)
{
    if (len < 3 || text[0] < '2' || text[0] > '9') return false;
    size_t at = spaces_end(text, len, 1), n;
    uint32_t c = char_at(text, len, at, &n);
    if (c != 'x' && c != 'X' && c != '*' && c != 0xD7) return false;
    at = spaces_end(text, len, at + n);
    if (digits_count(text, len, at) != 1) return false;
    at++;
    if (at < len && (text[at] == '.' || text[at] == ',')) return digits_count(text, len, at + 1) == 0;
    return digits_count(text, len, at) == 0;
}

bool span_has_digit(const char *text, size_t begin, size_t end)
{
    size_t n;
    for (size_t at = begin; at < end; at += n) {
        if (number_digit(text + at, end - at, &n) >= 0) return true;
        if (n == 0) n = 1;
    }
    return false;
}

size_t span_words(const char *text, size_t begin, size_t end)
{
    size_t words = 0;
    for (size_t at = spaces_end(text, end, begin); at < end; words++) {
        size_t n;
        while (at < end && !char_is_space(char_at(text, end, at, &n))) at += n;
        at = spaces_end(text, end, at);
    }
    return words;
}

bool value_is_code(const char *text, size_t len)
{
    return is_date(text, len) || value_is_size(text, len);
}

bool value_is_size(const char *text, size_t len)
{
    return is_tyre(text, len) || is_wheel_formula(text, len);
}

/* ---- counts ---- */

static bool one_count(struct value *out, double count, size_t begin, size_t end,
                      size_t remark_begin, size_t remark_end)
{
    out->kind = VALUE_NUMBER;
    out->n_parts = 1;
    out->parts[0] = (struct value_part){.low = count, .high = count, .begin = begin, .end = end,
                                        .remark_begin = remark_begin, .remark_end = remark_end};
    return true;
}

/* "V8", "I4", "inline-4", "straight-six", "four", "6-speed", "5+2": how many there are. */
bool value_read_count(struct value *out, const char *text, size_t len)
{
    static const char *const LAYOUTS[] = {"inline", "straight", "flat", "boxer", "reihe", "en ligne",
                                          "in line", "en línea", "直列", "水平对置", "reihen", "rotary"};
    size_t at = 0, end, used, n;
    for (size_t i = 0; i < sizeof LAYOUTS / sizeof *LAYOUTS; i++)
        if (text_word(text, len, 0, LAYOUTS[i], &end)) at = end;
    bool layout = at > 0;
    size_t layout_end = at;
    if (layout)
        while (at < len && (text[at] == ' ' || text[at] == '-')) at++;
    bool letter = !layout && len >= 2 && strchr("VLIRHWBFvlirhwbf", text[0]) != NULL;
    size_t letters = letter && (text[1] == '-' || text[1] == ' ') ? 2 : 1;
    letter = letter && digits_count(text, len, letters) > 0;
    if (letter) at = letters;
    size_t digits = digits_count(text, len, at);
    if ((letter || layout) && digits >= 1 && digits <= 2) {
        double count = (double)digits_value(text, at, digits);
        end = at + digits;
        size_t next = spaces_end(text, len, end);
        uint32_t c = char_at(text, len, end, &n);
        if (count < 1 || count > 16 || char_is_letter(c) || c == '.' || c == ',') return false;
        if (next < len) return one_count(out, count, at, end, next, len);
        size_t word = at;
        while (word > 0 && (text[word - 1] == ' ' || text[word - 1] == '-')) word--;
        return one_count(out, count, at, end, 0, word);
    }
    int word = number_word(text + at, len - at, &used);
    if (word > 0) {
        end = at + used;
        if (layout) return one_count(out, word, at, end, 0, layout_end);
        size_t next = end;
        while (next < len && (text[next] == ' ' || text[next] == '-')) next++;
        if (span_words(text, next, len) > 4) return false;
        return one_count(out, word, at, end, next, len);
    }
    if (layout || letter || digits == 0 || digits > 2) return false;
    double count = (double)digits_value(text, 0, digits);
    at = digits;
    size_t plus = spaces_end(text, len, at);
    if (plus < len && text[plus] == '+') { /* "5+2 seats" */
        size_t second = spaces_end(text, len, plus + 1), more = digits_count(text, len, second);
        if (more == 1 && second + 1 <= len) {
            end = second + 1;
            size_t next = spaces_end(text, len, end);
            if (next == len || char_is_letter(char_at(text, len, next, &n)) ||
                text[next] == '(')
                return one_count(out, count + (double)digits_value(text, second, 1), 0, end, next,
                                 len);
        }
        return false;
    }
    uint32_t c = char_at(text, len, at, &n);
    if (c == '-' || char_is_han(c)) { /* "6-speed manual", "5-Gang", "8挡" */
        size_t next = at + (c == '-');
        if (!char_is_letter(char_at(text, len, next, &n)) && !char_is_han(c)) return false;
        if (span_words(text, next, len) > 4 || span_has_digit(text, next, len)) return false;
        return one_count(out, count, 0, at, next, len);
    }
    static const char *const GEARS[] = {"at", "mt", "dct", "amt", "spd", "sp", "gang", "cyl", "zyl",
                                        "v", "p", "pl", "dr", "d", "st", "s", "vit"};
    for (size_t i = 0; i < sizeof GEARS / sizeof *GEARS; i++)
        if (text_word(text, len, at, GEARS[i], &end) && spaces_end(text, len, end) >= len)
            return one_count(out, count, 0, at, at, len); /* "8AT" */
    return false;
}

