#include "document/page_parts.h"

bool page_layout_make(struct page_layout *out, const struct page *page,
                      const struct layout_options *options, struct arena *arena)
{
    struct page_words w;
    struct table_list tables = {0};
    uint32_t n_zones;
    *out = (struct page_layout){0};
    if (!page_words_make(&w, page, arena)) return false;
    if (!page_tables_ruled(&w, &tables) || !page_zones_make(&w, &tables, &n_zones)) return false;
    for (uint32_t i = 0; i < n_zones; i++)
        if (!page_tables_unruled(&w, i, &tables)) return false;
    return page_blocks_make(&w, &tables, n_zones, options, out);
}
