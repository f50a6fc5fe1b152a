#include "document/kind_status.h"

#include "document/pdf_client.h"
#include "document/reader.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

void document_kind_status(enum document_kind kind, struct document_kind_status *out)
{
    *out = (struct document_kind_status){.built = document_kind_is_built(kind)};
    if (!out->built) {
        out->missing = "a reader: this build has none";
        return;
    }
    if (kind == DOCUMENT_PDF || kind == DOCUMENT_IMAGE) {
        char *helper = pdf_helper_find(NULL);
        if (!helper) {
            out->missing = "the program autospec-pdf";
            out->install = "apt install libpoppler-glib-dev libtesseract-dev, then make pdf";
        }
        free(helper);
        if (helper && kind == DOCUMENT_IMAGE && document_ocr_languages(NULL, 0) == 0) {
            out->missing = "a language for OCR";
            out->install = "apt install tesseract-ocr-eng";
        }
    }
    out->ready = !out->missing;
}

size_t document_ocr_languages(char (*names)[16], size_t max)
{
    static const char ENDING[] = ".traineddata";
    const char *set = getenv("TESSDATA_PREFIX");
    const char *folders[] = {set ? set : "", "/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata"};
    size_t n = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders && n == 0; i++) {
        DIR *dir = *folders[i] ? opendir(folders[i]) : NULL;
        struct dirent *entry;
        while (dir && (entry = readdir(dir))) {
            size_t len = strlen(entry->d_name), end = sizeof ENDING - 1;
            if (len <= end || len - end > 15 || strcmp(entry->d_name + len - end, ENDING) != 0) continue;
            if (strncmp(entry->d_name, "osd.", 4) == 0) continue; /* how a page lies, no language */
            if (n < max) {
                memcpy(names[n], entry->d_name, len - end);
                names[n][len - end] = '\0';
            }
            n++;
        }
        if (dir) closedir(dir);
    }
    return n;
}
