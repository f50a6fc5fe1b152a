/* The characters of a page of a PDF, with their boxes and fonts. */
#ifndef PDF_PDF_TEXT_H
#define PDF_PDF_TEXT_H

#include "base/arena.h"
#include "document/page.h"
#include "pdf/paths.h"

#include <poppler.h>
#include <stdbool.h>

/* Fills chars and fonts of *page; paths tells how turned text runs. false: memory is out. */
bool page_text_read(PopplerPage *source, struct page *page, const struct page_paths *paths, struct arena *arena);

/* Reads from a font's name what it is. The name loses the mark of a subset ("ABCDEF+"). */
struct page_font page_font_named(const char *name, float size, uint32_t color);

#endif
