#include "vehicle/chunk.h"
#include "vehicle/units.h"

#include <string.h>

enum { NAME_MAX_BYTES = 60, NUMBER_MAX = 40 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **text, size_t *len)
{
    while (*len && is_space((*text)[0])) {
        (*text)++;
        (*len)--;
    }
    while (*len && is_space((*text)[*len - 1])) (*len)--;
}

/* "Curb weight (lb)" without the "(lb)", where that is a unit. */
static size_t name_without_unit(const char *name, size_t len)
{
    if (len < 3 || name[len - 1] != ')') return len;
    size_t open = len - 1;
    while (open > 0 && name[open] != '(') open--;
    size_t used;
    if (open == 0 || !unit_at(name + open + 1, len - open - 2, &used) || used != len - open - 2)
        return len;
    while (open > 0 && is_space(name[open - 1])) open--;
    return open;
}

bool fact_parse(struct fact *out, const char *line, size_t len)
{
    *out = (struct fact){.unit = ""};
    const char *colon = memchr(line, ':', len < NAME_MAX_BYTES + 1 ? len : NAME_MAX_BYTES + 1);
    /* A colon within a word ("10:1", "https://") separates nothing. */
    if (!colon || (size_t)(colon - line) + 1 >= len || !is_space(colon[1])) return false;
    const char *name = line, *value = colon + 1;
    size_t name_len = (size_t)(colon - line), value_len = len - name_len - 1;
    trim(&name, &name_len);
    trim(&value, &value_len);
    if (name_len == 0 || value_len == 0) return false;
    /* A sentence that happens to hold a colon is not a name. */
    if (memchr(name, '.', name_len) && memmem(name, name_len, ". ", 2)) return false;
    out->name = name;
    out->name_len = name_without_unit(name, name_len);
    out->value = value;
    out->value_len = value_len;

    const char *unit = NULL;
    size_t skip = 0;
    if (value[0] == '$') {
        unit = "USD";
        skip = 1;
    } else if (value_len > 3 && memcmp(value, "\xe2\x82\xac", 3) == 0) {
        unit = "EUR";
        skip = 3;
    } else if (value_len > 2 && memcmp(value, "\xc2\xa3", 2) == 0) {
        unit = "GBP";
        skip = 2;
    }
    bool negative = skip == 0 && value_len > 1 && value[0] == '-';
    if (negative) skip = 1;
    char digits[NUMBER_MAX];
    size_t n = number_read(value + skip, value_len - skip, digits, sizeof digits, &out->number);
    if (n == 0) return true;
    const char *rest = value + skip + n;
    size_t rest_len = value_len - skip - n;
    /* "4WD", "3-Series": a name, unless what follows is a unit. */
    if (!unit) unit = unit_at(rest, rest_len, NULL);
    bool glued =
        rest_len && ((rest[0] >= 'a' && rest[0] <= 'z') || (rest[0] >= 'A' && rest[0] <= 'Z'));
    if (glued && !unit) return true;
    if (!unit) unit = unit_of_name(name, name_len);
    out->numeric = true;
    if (negative) out->number = -out->number;
    if (unit) out->unit = unit;
    return true;
}

bool fact_next(struct fact *out, const char *text, size_t *offset, size_t *line_no)
{
    for (;;) {
        const char *line = text + *offset;
        if (!*line) return false;
        const char *end = strchr(line, '\n');
        size_t len = end ? (size_t)(end - line) : strlen(line);
        *offset += len + (end ? 1 : 0);
        size_t here = (*line_no)++;
        if (fact_parse(out, line, len)) {
            out->line = here;
            return true;
        }
    }
}
