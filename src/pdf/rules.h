/* What is drawn on a page, piece by piece, made into ruling lines and filled boxes: thin boxes are
 * lines, edges of other boxes are lines too, dashes and pieces that touch become one line.
 */
#ifndef PDF_RULES_H
#define PDF_RULES_H

#include "base/arena.h"
#include "document/page.h"

#include <stdbool.h>

struct rule_set {
    struct page_rule *rules;
    size_t n_rules, cap_rules;
    struct page_fill *fills;
    size_t n_fills, cap_fills;
    size_t max_rules, max_fills; /* what is drawn beyond is left out */
    float width, height;         /* of the page: all is clipped to it */
    bool failed;                 /* memory is out */
};

/* An area is filled with a colour, edge lines included. */
void rule_set_box(struct rule_set *s, struct page_box box, uint32_t color);

/* The same, of which only the edges are seen: a frame. */
void rule_set_frame(struct rule_set *s, struct page_box box, uint32_t color);

/* A straight line is drawn. Slanted ones are left out. */
void rule_set_line(struct rule_set *s, float x0, float y0, float x1, float y1, float width, struct page_box clip,
                   uint32_t color);

/* Sorts, joins and copies the result into the page. Frees the set's own memory. */
bool rule_set_finish(struct rule_set *s, struct page *page, struct arena *arena);

bool page_box_clip(struct page_box *box, struct page_box by); /* false: nothing is left */

#endif
