// The list of methods in the order of the interface: the cards are here, the computations in
// ml/methods/methods.ts.

import { anchored } from './anchored.ts';
import { bce } from './bce.ts';
import type { MethodCard, ScoreCard, TermCard } from './card.ts';
import { csi } from './csi.ts';
import { deepsad } from './deepsad.ts';
import { frozen } from './frozen.ts';
import { hsc } from './hsc.ts';
import { mixed } from './mixed.ts';
import { oecl } from './oecl.ts';
import { patchcore } from './patchcore.ts';
import { refit } from './refit.ts';
import { selfOecl } from './self-oecl.ts';
import { simclr } from './simclr.ts';

/** Those that start from images. */
const cards = [
  frozen,
  patchcore,
  anchored,
  oecl,
  selfOecl,
  mixed,
  simclr,
  csi,
  hsc,
  bce,
  deepsad,
] as const;
/** A refit starts from the model of another run. */
const allCards = [...cards, refit] as const;

/** Of a run; `StartName` of one that starts from images. */
export type MethodName = (typeof allCards)[number]['name'];
export type StartName = (typeof cards)[number]['name'];
/** Methods that use a network as it is. */
export type UntrainedName = Extract<
  (typeof cards)[number],
  { readonly learningType: 'none' }
>['name'];
export type TrainedName = Exclude<StartName, UntrainedName>;

/** The methods that can be chosen for a training. */
export const methodCards: readonly (MethodCard & { readonly name: StartName })[] = cards;
export const methodNames = cards.map(({ name }) => name);
export function isStartName(name: MethodName): name is StartName {
  return cards.some((card) => card.name === name);
}

/** Of every run. */
export const runMethodNames = allCards.map(({ name }) => name);

export function cardOf(name: MethodName): MethodCard {
  return allCards.find((card) => card.name === name)!;
}

/** Whether it trains a network. One that does not uses a backbone. */
export function isTrained(name: MethodName): name is TrainedName {
  return cardOf(name).learningType !== 'none';
}

/** undefined of a method that this version does not know. */
export function findCard(name: string): MethodCard | undefined {
  return allCards.find((card) => card.name === name);
}

function byName<Card extends { readonly name: string }>(
  of: (card: MethodCard) => readonly Card[],
): ReadonlyMap<string, Card> {
  return new Map(allCards.flatMap(of).map((own) => [own.name, own]));
}

const terms = byName<TermCard>((card) => card.terms);
const scores = byName<ScoreCard>((card) => card.scores);

/** Every term and score of any method, once. */
export const allTerms: readonly TermCard[] = [...terms.values()];
export const allScores: readonly ScoreCard[] = [...scores.values()];

/** Of a run's method, which may be one that this version does not know. */
export function isUntrained(name: string): boolean {
  return findCard(name)?.learningType === 'none';
}

/** undefined of a term that no method of this version reports. */
export function findTerm(name: string): TermCard | undefined {
  return terms.get(name);
}

/** The title of a score for the user; the name itself of a score that no method of this version has. */
export function scoreTitle(name: string): string {
  return scores.get(name)?.title ?? name;
}

/** The title of a term for the user; the name itself of a term that no method of this version has. */
export function termTitle(name: string): string {
  return terms.get(name)?.title ?? name;
}

/** In the order of the cards; unknown ones last, by name. */
export function inCardOrder(
  names: Iterable<string>,
  cards: readonly { readonly name: string }[],
): string[] {
  const place = new Map(cards.map(({ name }, index) => [name, index]));
  const of = (name: string) => place.get(name) ?? cards.length;
  return [...names].sort((a, b) => of(a) - of(b) || (a < b ? -1 : 1));
}
