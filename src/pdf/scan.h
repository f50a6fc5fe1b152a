/* Pictures of pages: read, turned upright, straightened, and their ruling lines found. */
#ifndef PDF_SCAN_H
#define PDF_SCAN_H

#include "base/arena.h"
#include "base/error.h"
#include "document/page.h"

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct Pix;

struct scan {
    struct Pix *gray;    /* 8 bits a pixel, upright and straight */
    float dpi;           /* pixels an inch */
    float width, height; /* points, as it stands now */
};

bool scan_is_picture(const uint8_t *data, size_t len); /* by its first bytes: PNG, JPEG, TIFF */
bool scan_count_pages(const uint8_t *data, size_t len, size_t *n_pages, struct error *err);

/* Size in points as the file has it, without unpacking it. */
bool scan_size(const uint8_t *data, size_t len, size_t number, float *width, float *height, struct error *err);

/* Unpacks a page of a picture, and mends it. */
bool scan_picture(struct scan *s, const uint8_t *data, size_t len, size_t number, struct error *err);

/* The same from what cairo has drawn (CAIRO_FORMAT_RGB24). */
bool scan_drawn(struct scan *s, cairo_surface_t *drawn, float dpi, struct error *err);

/* Fills rules and fills of the page, whose width and height are set. */
bool scan_rules(const struct scan *s, struct page *page, struct arena *arena);

/* Draws it onto a picture with scale pixels a point. */
void scan_draw(const struct scan *s, cairo_surface_t *onto, double scale);
void scan_free(struct scan *s);

#endif
