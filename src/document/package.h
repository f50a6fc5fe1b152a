/* Office files: ZIP archives of XML parts, read from memory. What they inflate to is bounded, in all
 * and against the size of the file; nothing is ever written. Parts are read as XML by libxml2's
 * reader, piece by piece, without network, entities or document type.
 *
 *   struct package p;
 *   if (!package_open(&p, path, data, len, &err)) ...
 *   struct xml_part x;
 *   if (xml_part_open(&x, &p, "word/document.xml", &err))
 *       for (enum xml_event e; (e = xml_part_next(&x)) != XML_END;) ...
 *   bool ok = xml_part_close(&x, &err);  // false: the part is damaged; *err names it and the line
 *   package_close(&p);
 */
#ifndef DOCUMENT_PACKAGE_H
#define DOCUMENT_PACKAGE_H

#include "base/buffer.h"
#include "base/error.h"
#include "document/document.h"

#include <libxml/xmlreader.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zip.h>

struct package {
    zip_t *zip;
    const char *path;       /* for errors */
    const atomic_bool *cancel; /* NULL: never */
    uint64_t inflated, limit; /* bytes so far; that all parts together may have */
};

/* data stays the caller's and must outlive the package. */
bool package_open(struct package *p, const char *path, const char *data, size_t len,
                  struct error *err);
void package_close(struct package *p);
bool package_has(const struct package *p, const char *name);

/* The kind that the parts tell: DOCUMENT_XLSX, _ODS, _DOCX, _ODT. False: another one, with *err. */
bool package_kind(const char *path, const char *data, size_t len, enum document_kind *kind,
                  struct error *err);

enum xml_event { XML_END, XML_OPEN, XML_CLOSE, XML_TEXT };

struct xml_part {
    struct package *package;
    const char *name;
    zip_file_t *file;
    xmlTextReaderPtr reader;
    struct error error; /* the first one */
    bool empty;         /* the tag at hand has no contents: its close follows */
    /* Of the event at hand: */
    const char *tag;  /* XML_OPEN, XML_CLOSE: without its prefix */
    const char *text; /* XML_TEXT */
    int depth;        /* of the tag, from 0 */
    uint64_t events;
};

bool xml_part_open(struct xml_part *x, struct package *p, const char *name, struct error *err);
bool xml_part_close(struct xml_part *x, struct error *err);

/* XML_END: the part has ended, or cannot be read on. */
enum xml_event xml_part_next(struct xml_part *x);

/* At XML_OPEN: an attribute by its name without prefix; NULL: none. Valid until the next event. */
const char *xml_attribute(const struct xml_part *x, const char *name);

/* At XML_OPEN: goes on behind the close of the tag. */
void xml_part_skip(struct xml_part *x);

/* At XML_OPEN: goes on behind its close; appends all text in it. */
void xml_part_text(struct xml_part *x, struct buffer *out);

/* The same as an error of the part: its name and line stand before it. */
void xml_part_fail(struct xml_part *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t xml_part_line(const struct xml_part *x);

#endif
