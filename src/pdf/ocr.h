/* Text of pictures of pages, by tesseract. */
#ifndef PDF_OCR_H
#define PDF_OCR_H

#include "base/arena.h"
#include "base/error.h"
#include "document/page.h"
#include "pdf/scan.h"

#include <stdbool.h>

struct ocr;

/* languages: "eng+deu". Reads all its data now. A language that is not installed is named in the
 * error, with the package that has it. */
struct ocr *ocr_open(const char *languages, struct error *err);
void ocr_close(struct ocr *ocr);

/* Fills chars and fonts of the page, whose rules are known. Characters stand in lines from the top to
 * the bottom; their boxes are as high as their line. */
bool ocr_read(struct ocr *ocr, const struct scan *scan, struct page *page, struct arena *arena, struct error *err);

#endif
