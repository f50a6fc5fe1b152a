#include "ingest/marks.h"

#include <string.h>
#include <strings.h>

enum equipment_mark mark_read(const struct cell *c, bool *letter)
{
    static const struct {
        const char *text;
        enum equipment_mark mark;
    } MARKS[] = {{"S", MARK_STANDARD},   {"s", MARK_STANDARD},   {"●", MARK_STANDARD},  {"•", MARK_STANDARD},
                 {"■", MARK_STANDARD},   {"⬤", MARK_STANDARD},   {"✓", MARK_STANDARD},  {"✔", MARK_STANDARD},
                 {"O", MARK_OPTIONAL},   {"o", MARK_OPTIONAL},   {"○", MARK_OPTIONAL},  {"◦", MARK_OPTIONAL},
                 {"◯", MARK_OPTIONAL},   {"□", MARK_OPTIONAL},   {"◇", MARK_OPTIONAL},  {"-", MARK_ABSENT},
                 {"–", MARK_ABSENT},     {"—", MARK_ABSENT},     {"−", MARK_ABSENT},    {"--", MARK_ABSENT}};
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        if (strlen(MARKS[i].text) != c->len || memcmp(MARKS[i].text, c->text, c->len) != 0) continue;
        *letter = MARKS[i].mark != MARK_ABSENT && c->len == 1;
        return MARKS[i].mark;
    }
    *letter = false;
    return MARK_NONE;
}

bool marks_fill(const struct cell *const *cells, size_t n, bool letters)
{
    size_t marks = 0;
    for (size_t i = 0; i < n; i++) {
        bool letter;
        enum equipment_mark mark = mark_read(cells[i], &letter);
        if (!cells[i]->len || strcasecmp(cells[i]->text, "n/a") == 0) continue;
        if (mark == MARK_NONE || (letter && !letters)) return false;
        marks += mark != MARK_ABSENT;
    }
    return marks > 0;
}
