#include "document/page_parts.h"

bool page_layout_make(struct page_layout *out, const struct page *page,
                      const struct layout_options *options, struct arena *arena)
{
    struct page_words w;
    struct table_list tables = {0};
    (void)options;
    *out = (struct page_layout){0};
    if (!page_words_make(&w, page, arena)) return false;
    if (!page_tables_ruled(&w, &tables) || !page_tables_unruled(&w, &tables)) return false;
    out->blocks = arena_array(arena, tables.n + 1, sizeof *out->blocks);
    if (!out->blocks) return false;
    for (size_t i = 0; i < tables.n; i++)
        out->blocks[out->n_blocks++] = (struct layout_block){.kind = BLOCK_TABLE, .table = &tables.tables[i].table};
    return true;
}
