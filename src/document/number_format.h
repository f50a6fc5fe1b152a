/* Numbers, dates and times as a spreadsheet shows them, by its format codes ("#,##0.00 \"kg\"",
 * "yyyy-mm-dd", "0%"). Written with a decimal point and commas for groups, in English; dates that the
 * code leaves to the user's settings are written year first.
 */
#ifndef DOCUMENT_NUMBER_FORMAT_H
#define DOCUMENT_NUMBER_FORMAT_H

#include "base/buffer.h"

#include <stdbool.h>

/* The code of a number that workbooks use without telling it (14: a date); NULL: none. */
const char *number_format_builtin(unsigned id);

/* Appends the value by the code; NULL and "" and "General" are the general form. `epoch_1904`: days
 * count from 1904. Whether a number was written: false for dates and texts. */
bool number_format_write(struct buffer *out, double value, const char *code, bool epoch_1904);

/* Appends the general form: up to 11 significant digits. */
void number_format_general(struct buffer *out, double value);

#endif
