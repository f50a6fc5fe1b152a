/* Titles of lists: "New car price list, valid from 1 April 2025", "Pemberton Motors Ltd", "Tractors compared". */
#ifndef INGEST_LIST_TITLE_H
#define INGEST_LIST_TITLE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a text cannot be what the vehicles of a list are called: it is worded as a sentence or a topic is, or
 * names a company. */
bool is_list_title(const char *text);

#endif
