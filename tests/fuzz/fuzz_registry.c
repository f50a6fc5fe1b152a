/* Names of columns, cells of categories, words of questions: answers within the tables and the
 * text, the same answer twice. The first byte of an input says the dimension of the cells. */
#include "vehicle/registry_table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TOKENS = 64 };

static void require(bool ok)
{
    if (!ok) abort();
}

static bool is_attribute(int attribute)
{
    return attribute >= 0 && (size_t)attribute < REGISTRY_COUNT;
}

static void check_column(const char *text, size_t len, enum dimension cells)
{
    struct column_meaning m, again;
    registry_read_column(&m, text, len, cells);
    registry_read_column(&again, text, len, cells);
    require(m.attribute == again.attribute && m.qualifiers == again.qualifiers &&
            m.unit == again.unit);
    require(m.name_len <= len && m.n_alternatives <= 4);
    for (size_t i = 0; i < m.n_alternatives; i++) require(is_attribute(m.alternatives[i]));
    require(!m.unit || unit_by_id(m.unit->id) == m.unit);
    require(!m.second_unit || (m.unit && m.second_unit->dimension == m.unit->dimension));
    require(QUALIFIER_COUNT == 64 || m.qualifiers >> QUALIFIER_COUNT == 0);
    if (m.attribute == -1) return;
    require(is_attribute(m.attribute));
    if (m.unit) require(m.unit->dimension == REGISTRY[m.attribute].dimension);
    for (size_t i = 0; i < QUALIFIER_COUNT; i++) /* one of a family */
        for (size_t k = i + 1; k < QUALIFIER_COUNT; k++)
            require(!((m.qualifiers >> i & 1) && (m.qualifiers >> k & 1) &&
                      QUALIFIERS[i].family == QUALIFIERS[k].family));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    char *text = malloc(size); /* of its own: a byte too far is seen */
    if (!text) return 0;
    memcpy(text, data + 1, size - 1);
    size_t len = size - 1;
    check_column(text, len, (enum dimension)(data[0] % N_DIMENSIONS));
    for (size_t a = 0; a < REGISTRY_COUNT; a++) {
        if (REGISTRY[a].type != ATTRIBUTE_CATEGORY) continue;
        int c = registry_read_category((int)a, text, len);
        require(c >= -1 && c < (int)CATEGORY_COUNT);
    }
    struct token t[MAX_TOKENS];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, MAX_TOKENS);
    for (size_t i = 0; i < n; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0, run = registry_match(t + i, n - i, &terms, &n_terms);
        require(run <= n - i && (run == 0) == (n_terms == 0));
        const char *similar = registry_similar(t[i].key);
        require(!similar || registry_has_word(similar));
    }
    free(text);
    return 0;
}
