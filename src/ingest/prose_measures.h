/* The steps of prose_sentence_read that find figures and mark those that are none of a vehicle's
 * own. For prose_facts.c alone. */
#ifndef INGEST_PROSE_MEASURES_H
#define INGEST_PROSE_MEASURES_H

#include "ingest/prose_facts.h"

/* Whether tokens i and i - 1 stand in different statements or list members. */
bool prose_parted(const struct prose_sentence *s, size_t i, enum clause_break at_least);

/* The first token of the stretch around token i that no break of this strength cuts; brackets too.
 */
size_t prose_stretch_begin(const struct prose_sentence *s, size_t i, enum clause_break at_least);
size_t prose_stretch_end(const struct prose_sentence *s, size_t i, enum clause_break at_least);

/* Whether token i is this word. */
bool prose_is(const struct prose_sentence *s, size_t i, const char *key);

/* Whether it is one of the n words; PROSE_IS_ANY: of an array of them. */
bool prose_is_any(const struct prose_sentence *s, size_t i, const char *const *words, size_t n);
#define PROSE_IS_ANY(s, i, words) prose_is_any((s), (i), (words), sizeof(words) / sizeof *(words))

/* Whether token i stands in the same brackets as m: else it is an aside, or m is one. */
bool prose_same_level(const struct prose_sentence *s, size_t i, const struct prose_measure *m);

/* Whether token i is of a number with its unit, or of a counted thing. */
bool prose_is_figure(const struct prose_sentence *s, size_t i);

/* Whether a volume is one of engines. */
bool prose_is_displacement(const struct value_part *p);

/* Whether one of the classes is among the token's. */
bool prose_has(const struct prose_sentence *s, size_t i, uint32_t classes);

/* Tokens right before `i` that are hedges or articles: the first of them. */
size_t prose_skip_hedges_back(const struct prose_sentence *s, size_t i);

/* prose_measures.c: numbers with units, counted things, engines. */
void prose_find_measures(struct prose_sentence *s, enum number_style style);
void prose_find_counts(struct prose_sentence *s, const struct prose_lexicon *lex,
                       enum number_style style);
void prose_find_engines(struct prose_sentence *s);
/* prose_reject.c: marks differences, former figures, what is denied, planned or another's. */
void prose_reject_measures(struct prose_sentence *s, enum number_style style);

/* Whether the clause of the bound figure is about something that is no vehicle: "The tester weighed 95 kg". English. */
bool prose_is_of_other_thing(const struct prose_sentence *s, const struct prose_measure *m);

/* prose_parts.c: how long charging takes, and warranties of a vehicle's parts. */
void prose_bind_charging_times(struct prose_sentence *s);
void prose_bind_braking(struct prose_sentence *s);
void prose_bind_tyre_pressures(struct prose_sentence *s);
void prose_bind_part_warranty(struct prose_sentence *s, struct prose_measure *m);
bool prose_is_charging(const struct prose_sentence *s, const struct prose_measure *m);

/* prose_details.c: what belongs to a bound figure: engine, remark, qualifiers; and the place or
 * time that begins the sentence. */
void prose_find_lead(struct prose_sentence *s);
void prose_find_details(struct prose_sentence *s);

#endif
