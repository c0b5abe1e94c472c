// What the cards of methods say of their terms, scores and measures, as entries of the glossary.

import type { RunSummary } from '#contract/core.ts';
import {
  allScores,
  allTerms,
  findCard,
  isUntrained,
  methodCards,
} from '#domain/methods/methods.ts';
import { glossary, type GlossaryEntry } from '../parts/text/glossary.ts';

interface Titled {
  readonly title: string;
  readonly meaning: string;
}

/** What a method's card says of a term, a score or its measure. */
export function entryOf({ title, meaning }: Titled): GlossaryEntry {
  return { term: title[0]!.toUpperCase() + title.slice(1), meaning };
}

/** Of a score by name; of one that no method of this version gives, no more than the name is known. */
export function scoreEntry(name: string): GlossaryEntry {
  const card = allScores.find((score) => score.name === name);
  return card
    ? entryOf(card)
    : { term: name, meaning: 'A score of another version of Normscope. Higher is more normal.' };
}

/** The title of a method; the name itself of one that this version does not have. */
export function methodTitle(name: string): string {
  return findCard(name)?.title ?? name;
}

/** "blood cells, quick, Anchored". A run without training has no preset. */
export function runWords(
  { dataset, preset, method }: Pick<RunSummary, 'dataset' | 'preset' | 'method'>,
  separator = ', ',
): string {
  const title = methodTitle(method);
  return (isUntrained(method) ? [dataset, title] : [dataset, preset, title]).join(separator);
}

/** Every term, sorted. */
export function allEntries(): readonly GlossaryEntry[] {
  const measures = new Map(
    methodCards.flatMap(({ measure }) => (measure ? [[measure.title, measure] as const] : [])),
  );
  const ofCards = [...allTerms, ...allScores, ...measures.values()].map(entryOf);
  return [...Object.values(glossary), ...ofCards].sort((a, b) => (a.term < b.term ? -1 : 1));
}
