/* Markdown with its HTML: the copy made for md4c knows where it stands, then the whole document. */
#include "fuzz_document.h"

#include "document/markdown_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct markdown_source s;
    const char *text = (const char *)data;
    if (!markdown_source_make(&s, text, size)) return 0;
    fuzz_expect(s.len + MARKDOWN_PADDING == s.text.len);
    size_t before = 0;
    for (size_t i = 0; i < s.len; i++) {
        size_t place = markdown_source_place(&s, i);
        fuzz_expect(place >= before && place <= size);
        before = place;
    }
    for (size_t i = 0; i < s.n_marks; i++) {
        const struct markdown_mark *m = &s.marks[i];
        fuzz_expect(m->at < s.len && m->begin < m->end && m->end <= size);
        fuzz_expect(s.text.data[m->at] == 1 && (i == 0 || m->at > m[-1].at));
    }
    for (size_t i = 0; i < s.n_lines; i++)
        fuzz_expect(s.lines[i] <= size && (i == 0 || s.lines[i] > s.lines[i - 1]));
    markdown_source_free(&s);
    fuzz_document("/doc.md", DOCUMENT_MARKDOWN, data, size);
    return 0;
}
