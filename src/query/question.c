#include "query/question.h"

#include "base/utf8.h"

#include <string.h>

bool question_check(const char *text, size_t len, struct error *err)
{
    if (len > QUESTION_MAX_BYTES)
        return error_set(err, ERROR_USAGE, "a question of %zu bytes: more than %d", len,
                         QUESTION_MAX_BYTES);
    if (memchr(text, 0, len)) return error_set(err, ERROR_USAGE, "the question has a NUL byte");
    size_t at = 0;
    while (at < len && strchr(" \t\r\n", text[at])) at++;
    if (at == len) return error_set(err, ERROR_USAGE, "the question is empty");
    if (!utf8_is_valid(text, len))
        return error_set(err, ERROR_USAGE, "the question is not valid UTF-8 (byte %zu)",
                         utf8_valid_prefix(text, len));
    return true;
}
