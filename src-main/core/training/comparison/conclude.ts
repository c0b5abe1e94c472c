// The conclusion of a comparison: for each method the score that validation data chose, AUROCs on the test images,
// paired tests, and one sentence.

import { controlName, type ComparisonResult, type ComparisonRow } from '#contract/comparison.ts';
import { part } from '#domain/figures.ts';
import { findCard } from '#domain/methods/methods.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import type { PairedScores } from '#domain/metrics/auroc-difference.ts';
import { rankDetectors, significance } from '#domain/metrics/auroc-ranking.ts';
import type { RawScores } from '#domain/score.ts';
import type { Samples } from '../validation.ts';

/** One seed of a method. Raw scores: of the validation data, and of the test images in a common order. */
export interface JudgedRun {
  readonly validation: Samples;
  readonly test: Samples;
}

export interface JudgedMethod {
  readonly method: string;
  readonly runs: readonly JudgedRun[];
}

/**
 * `control`: anomaly scores of the test images by a network with random weights, of each seed. A method's score
 * is the one with the largest mean AUROC over seeds on the validation data; of equal ones the earlier of its
 * card. At least two test images of each kind.
 */
export function conclude(
  methods: readonly JudgedMethod[],
  control: readonly PairedScores[],
  basis: ComparisonResult['basis'],
  warnings: readonly string[],
): ComparisonResult {
  const chosen = methods.map(({ method, runs }) => ({ method, runs, ...chooseScore(runs) }));
  const names = [...chosen.map(({ method }) => method), controlName];
  const scores = chosen.map(({ runs, score }) =>
    runs.map(({ test }) => anomalyScores(test, score)),
  );
  const ranked = rankDetectors([...scores, control]);
  const rows = ranked.detectors
    .map((own, index): ComparisonRow => {
      const { score, validation } = chosen[index] ?? { score: 'stages', validation: null };
      return { method: names[index]!, score, validation, ...own };
    })
    .sort((a, b) => b.auroc - a.auroc);
  const pairs = ranked.pairs.map(({ better, worse, ...figures }) => {
    return { better: names[better]!, worse: names[worse]!, ...figures };
  });
  const best = rows[0]!.method;
  const close = rows
    .map(({ method }) => method)
    .filter((name) =>
      pairs.some((pair) => {
        const isOfBest = pair.better === best && pair.worse === name;
        return isOfBest && pair.corrected >= significance;
      }),
    );
  const winner = close.length === 0 ? best : null;
  const { validation, test } = methods[0]!.runs[0]!;
  return {
    ...{ basis, validation: countsOf(validation), test: countsOf(test), rows, pairs, winner },
    ...{ sentence: sentenceOf(rows, close), warnings },
  };
}

function countsOf({ normal, anomalous }: Samples): ComparisonResult['test'] {
  return { normal: normal.length, anomalous: anomalous.length };
}

function chooseScore(runs: readonly JudgedRun[]): { score: string; validation: number } {
  const first: RawScores = runs[0]!.validation.normal[0]!;
  let best = { score: '', validation: -1 };
  for (const score of Object.keys(first)) {
    const sum = runs.reduce((total, { validation }) => {
      const { normal, anomalous } = anomalyScores(validation, score);
      return total + auroc(normal, anomalous).auroc;
    }, 0);
    const validation = sum / runs.length;
    if (validation > best.validation) best = { score, validation };
  }
  return best;
}

/** Higher is stranger. */
function anomalyScores({ normal, anomalous }: Samples, name: string): PairedScores {
  const of = (some: readonly RawScores[]) => some.map((raw) => -raw[name]!);
  return { normal: of(normal), anomalous: of(anomalous) };
}

function sentenceOf(rows: readonly ComparisonRow[], close: readonly string[]): string {
  const [best, second] = rows as [ComparisonRow, ComparisonRow];
  const name = titleOf(best.method);
  const [low, high] = best.auroc95;
  const figures = `AUROC ${part(best.auroc)} (${part(low)} to ${part(high)})`;
  if (best.method === controlName) {
    return `No method is better than the read-out of a network with ${name}: ${figures}.`;
  }
  if (close.length === 0) {
    return `${name} ranks best: ${figures}, against ${part(second.auroc)} of ${titleOf(second.method)}.`;
  }
  return (
    `No significant winner: ${name} has the highest ${figures}, but is not better beyond chance than ` +
    `${listed(close.map(titleOf))}.`
  );
}

function titleOf(method: string): string {
  return findCard(method)?.title ?? method;
}

function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
