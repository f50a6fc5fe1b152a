/* The helper as the main program starts it: requests on standard input, answers on standard output. */
#ifndef PDF_SERVE_H
#define PDF_SERVE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct ocr;

/* Answers until the input ends; ocr may be NULL. Returns the exit status. */
int serve(const uint8_t *data, size_t len, struct ocr *ocr, int page_seconds);

/* Says instead of the first answer why there is none. */
void serve_error(const struct error *err);

#endif
