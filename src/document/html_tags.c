#include "document/html_tags.h"

#include "document/document.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SPAN = DOCUMENT_MAX_COLUMNS };

const char *html_attribute(const xmlChar **attributes, const char *name)
{
    for (size_t i = 0; attributes && attributes[i]; i += 2)
        if (strcmp((const char *)attributes[i], name) == 0)
            return attributes[i + 1] ? (const char *)attributes[i + 1] : "";
    return NULL;
}

size_t html_span_of(const xmlChar **attributes, const char *name)
{
    const char *text = html_attribute(attributes, name);
    long n = text ? strtol(text, NULL, 10) : 1;
    return n < 1 ? 1 : n > MAX_SPAN ? MAX_SPAN : (size_t)n;
}

bool html_is_hidden(const char *tag, const xmlChar **attributes)
{
    if (strcmp(tag, "script") == 0 || strcmp(tag, "style") == 0 || strcmp(tag, "title") == 0 ||
        strcmp(tag, "template") == 0)
        return true;
    const char *style = html_attribute(attributes, "style");
    const char *display = style ? strstr(style, "display:") : NULL;
    return display && strncmp(display + 8 + strspn(display + 8, " "), "none", 4) == 0;
}

/* Whether a word of a list of names holds one of these. */
static bool names_one(const char *names, const char *const *words)
{
    for (; names && *words; words++)
        if (strcasestr(names, *words)) return true;
    return false;
}

/* What a page has beside its contents: ways to other pages, questions about cookies, what is not shown. */
bool html_is_boilerplate(const char *tag, const xmlChar **attributes, bool in_content)
{
    static const char *const TAGS[] = {"nav",      "aside", "noscript", "iframe", "svg",    "select",
                                       "datalist", "menu",  "dialog",   "button", "object", "audio",
                                       "video",    "canvas",   NULL};
    static const char *const ROLES[] = {"navigation", "contentinfo", "complementary", "search", "dialog",
                                        "alertdialog", "menu", "banner", NULL};
    static const char *const NAMES[] = {"cookie", "consent", "gdpr", "breadcrumb", NULL};
    if (strcmp(tag, "head") == 0 || strcmp(tag, "html") == 0 || strcmp(tag, "body") == 0) return false;
    for (size_t i = 0; TAGS[i]; i++)
        if (strcmp(tag, TAGS[i]) == 0) return true;
    if (strcmp(tag, "footer") == 0 && !in_content) return true;
    const char *role = html_attribute(attributes, "role"), *hidden = html_attribute(attributes, "aria-hidden");
    const char *off = html_attribute(attributes, "hidden");
    if ((off && strcmp(off, "until-found") != 0) || (hidden && strcmp(hidden, "true") == 0)) return true;
    for (size_t i = 0; role && ROLES[i]; i++)
        if (strcmp(role, ROLES[i]) == 0) return true;
    return names_one(html_attribute(attributes, "id"), NAMES) || names_one(html_attribute(attributes, "class"), NAMES);
}

bool html_is_block(const char *tag)
{
    static const char *const BLOCKS[] = {
        "address", "article", "aside",   "blockquote", "details", "div",   "dl",  "fieldset",
        "figure",  "footer",  "form",    "header",     "hr",      "main",  "nav", "ol",
        "p",       "pre",     "section", "summary",    "ul",      "center",  "figcaption", "legend", "option"};
    for (size_t i = 0; i < sizeof BLOCKS / sizeof *BLOCKS; i++)
        if (strcmp(tag, BLOCKS[i]) == 0) return true;
    return false;
}

bool html_is_heading(const char *tag)
{
    return tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' && tag[2] == '\0';
}
