// The cards of methods: complete in themselves, and one name means one thing in all of them.

import { describe, expect, it } from 'vitest';
import { cardOf, inCardOrder, methodCards, methodNames } from '#domain/methods/methods.ts';
import { presetNames, settingsOf, specimenNames } from '#domain/run-settings.ts';

it('have distinct names', () => {
  expect(new Set(methodNames).size).toBe(methodCards.length);
});

describe.each(methodNames)('the card of %s', (name) => {
  const card = cardOf(name);

  it('describes the method', () => {
    expect(card.meaning).toMatch(/^[A-Z].*\.$/);
    expect(card.paper).toMatch(/\d{4}/);
    for (const { title, meaning } of [
      ...card.terms,
      ...card.scores,
      ...(card.measure ? [card.measure] : []),
    ]) {
      expect(title).toMatch(/\S/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('ranks by a score that it has, and sets settings that it has', () => {
    const scores = card.scores.map((score) => score.name);
    expect(new Set(scores).size).toBe(scores.length);
    expect(scores).toContain(card.rankBy);
    const settings = Object.keys(settingsOf(name));
    for (const preset of presetNames) {
      for (const set of Object.keys(card.presets[preset] ?? {})) expect(settings).toContain(set);
    }
    for (const specimen of specimenNames) {
      for (const set of Object.keys(card.specimens[specimen] ?? {})) {
        expect(settings).toContain(set);
      }
    }
  });

  it('mentions outliers only when it takes some', () => {
    const kinds = [...card.terms, ...card.distributions].map(({ of }) => of);
    expect(kinds.includes('outliers')).toBe(card.outliers !== 'none');
  });
});

it('call one term, score or measure the same, with one meaning', () => {
  const meanings = new Map<string, string>();
  for (const { terms, scores, measure } of methodCards) {
    const named = [...terms, ...scores].map(({ name, title, meaning }) => [name, title + meaning]);
    const measured = measure ? [[measure.title, measure.axis + measure.meaning]] : [];
    for (const [name, meaning] of [...named, ...measured]) {
      expect(meanings.get(name!) ?? meaning).toBe(meaning);
      meanings.set(name!, meaning!);
    }
  }
});

it('give names an order, unknown ones last', () => {
  const order = inCardOrder(
    ['zeta', 'nearest5', 'alpha score', 'normOfMean'],
    cardOf('oecl').scores,
  );
  expect(order).toEqual(['normOfMean', 'nearest5', 'alpha score', 'zeta']);
});
