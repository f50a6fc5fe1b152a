/* `autospec-pdf --dump FILE`: what the helper gives, as JSON lines, to look at. */
#ifndef PDF_DUMP_H
#define PDF_DUMP_H

#include "pdf/source.h"

#include <stdio.h>

void dump_document(FILE *out, const struct source *s);
void dump_page(FILE *out, const struct page *page, bool needs_ocr);

#endif
