/* Whether documents of a kind can be read on this machine: what `autospec doctor` says. */
#ifndef DOCUMENT_KIND_STATUS_H
#define DOCUMENT_KIND_STATUS_H

#include "document/document.h"

struct document_kind_status {
    bool built;          /* this program has a reader for it */
    bool ready;          /* and all that the reader needs is there */
    const char *missing; /* what is not: "the program autospec-pdf"; NULL: nothing */
    const char *install; /* how to get it: "apt install ..."; NULL: not known, or not needed */
};

void document_kind_status(enum document_kind kind, struct document_kind_status *out);

/* The languages that scans can be read in, as tesseract names them ("eng"), at most `max` names of 15
 * letters; gives how many there are. */
size_t document_ocr_languages(char (*names)[16], size_t max);

#endif
