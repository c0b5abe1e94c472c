// The study of refits: what confirmed anomalies do for types of which none was confirmed.

import { auroc } from '#domain/metrics/auroc.ts';
import { RandomStream, purpose } from '#domain/random.ts';
import { takesOver } from '#core/training/refit/takes-over.ts';
import { joinedDistance, stageDistances } from '#ml/read-out/read-out.ts';
import { crossValidated } from '#ml/refit/cross-validated.ts';
import { fitNormals, headOf, refitScores, type FittedNormals } from '#ml/refit/refit.ts';
import { encodeFrozen } from './encoders.ts';
import { widthOf } from './features.ts';
import type { StudyContext } from './frozen-study.ts';
import { splitOf, tasksOf, type Split } from './splits.ts';
import type { StudySet } from './study-sets.ts';

export interface VerdictPlan {
  readonly seeds: readonly number[];
  /** Normals that train, at most. */
  readonly most: number;
  readonly tasks?: readonly string[];
  /** Confirmed anomalies. */
  readonly verdicts: number;
}

/** Change of the AUROC of one type that no verdict was given on. */
export interface VerdictFigure {
  readonly set: string;
  readonly normal: string;
  readonly seed: number;
  /**
   * others: verdicts on all types but the measured one; one: on a single type, `confirmed`; list: on what the
   * earlier ranking puts first, all types measured.
   */
  readonly verdicts: 'others' | 'one' | 'list';
  readonly confirmed: string;
  readonly measured: string;
  readonly before: number;
  /** After minus before, whatever the comparison says. */
  readonly change: number;
  /** Whether the comparison lets the refit rank. */
  readonly takesOver: boolean;
}

/** Fewer test images of a type say little. */
const fewestTest = 10;
const fewestHeldOut = 8;

export async function* studyVerdicts(
  set: StudySet,
  plan: VerdictPlan,
  context: StudyContext,
): AsyncGenerator<VerdictFigure, void, undefined> {
  const { plain } = await encodeFrozen(set, context.backbone, context, undefined, 0);
  const rows = plain[set.card.isUpright ? 'upright' : 'turned'];
  const size = widthOf(plain.lengths);
  const row = (index: number) => rows.subarray(index * size, (index + 1) * size);
  for (const { name: normal, normal: types } of tasksOf(set, plan.tasks)) {
    for (const seed of plan.seeds) {
      const split = splitOf(set, types, seed, plan.most);
      if (split === null || split.validNormals.length < fewestHeldOut) continue;
      const task = new Task(set, types, split, { row, lengths: plain.lengths }, seed);
      context.note(`${set.name}, ${normal}, seed ${seed}`);
      for await (const figure of task.figures(plan.verdicts)) {
        yield { set: set.name, normal, seed, ...figure };
      }
    }
  }
}

type Figure = Omit<VerdictFigure, 'set' | 'normal' | 'seed'>;

interface Rows {
  readonly row: (index: number) => Float32Array;
  readonly lengths: readonly number[];
}

class Task {
  readonly #set: StudySet;
  readonly #split: Split;
  readonly #rows: Rows;
  readonly #stream: RandomStream;
  readonly #fitted: FittedNormals;
  /** Types that are not normal. */
  readonly #others: readonly string[];
  /** Images of them that do not test. */
  readonly #pool: readonly number[];
  /** Normal images that neither train, validate nor test. */
  readonly #spare: readonly number[];
  readonly #before = new Map<number, number>();

  constructor(set: StudySet, types: readonly string[], split: Split, rows: Rows, seed: number) {
    this.#set = set;
    this.#split = split;
    this.#rows = rows;
    this.#stream = new RandomStream(seed, purpose.sample, 7);
    this.#fitted = fitNormals(split.train.map(rows.row), this.#shape);
    const labels = [...new Set(set.images.map(({ label }) => label))].sort();
    this.#others = labels.filter((label) => !types.includes(label));
    const isTest = new Set([...split.testAnomalies, ...split.testNormals]);
    const isUsed = new Set([...isTest, ...split.train, ...split.validNormals]);
    const indices = [...set.images.keys()];
    const isOther = (index: number) => this.#others.includes(set.images[index]!.label);
    this.#pool = indices.filter((index) => !isTest.has(index) && isOther(index));
    this.#spare = indices.filter((index) => !isUsed.has(index) && !isOther(index));
  }

  get #shape() {
    return { lengths: this.#rows.lengths, pictures: 1 };
  }

  async *figures(verdicts: number): AsyncGenerator<Figure, void, undefined> {
    for (const type of this.#others) {
      const without = this.#drawn((label) => label !== type, verdicts);
      yield* this.#measured('others', `not ${type}`, without, [], [type]);
      const alone = this.#drawn((label) => label === type, verdicts);
      const rest = this.#others.filter((other) => other !== type);
      yield* this.#measured('one', type, alone, [], rest);
    }
    const list = [...this.#pool, ...this.#spare].sort(
      (a, b) => this.#earlier(b) - this.#earlier(a),
    );
    const judged = list.slice(0, verdicts);
    const isAnomaly = (index: number) => this.#others.includes(this.#set.images[index]!.label);
    const normals = judged.filter((index) => !isAnomaly(index));
    yield* this.#measured('list', 'first', judged.filter(isAnomaly), normals, this.#others);
  }

  #drawn(fits: (label: string) => boolean, count: number): number[] {
    const all = this.#pool.filter((index) => fits(this.#set.images[index]!.label));
    if (all.length < count) return [];
    const order = this.#stream.permutation(all.length);
    return [...order.subarray(0, count)].map((place) => all[place]!);
  }

  async *#measured(
    verdicts: Figure['verdicts'],
    confirmed: string,
    anomalies: readonly number[],
    normals: readonly number[],
    types: readonly string[],
  ): AsyncGenerator<Figure, void, undefined> {
    if (anomalies.length < 3) return;
    const { row } = this.#rows;
    const { train, validNormals, testNormals, testAnomalies } = this.#split;
    const rows = {
      normals: train.map(row),
      confirmed: normals.map(row),
      anomalies: anomalies.map(row),
    };
    const groups = [...normals, ...anomalies].map((index) => {
      const { group } = this.#set.images[index]!;
      return group === '' ? `image ${index}` : group;
    });
    const fitted =
      normals.length === 0
        ? this.#fitted
        : fitNormals([...rows.normals, ...rows.confirmed], this.#shape);
    const found = await crossValidated(
      ...([rows, fitted, validNormals.map(row), groups, this.#shape] as const),
      () => Promise.resolve(),
    );
    const isTaken =
      found !== null &&
      takesOver(found, {
        heldOut: validNormals.map((index) => this.#earlier(index)),
        confirmed: normals.map((index) => this.#earlier(index)),
        anomalies: anomalies.map((index) => this.#earlier(index)),
      }).takesOver;
    const refit = { readOut: fitted.readOut, head: headOf(rows.anomalies, fitted) };
    const after = (index: number) => -refitScores(row(index), refit)['refit']!;
    const own = testNormals.map(after);
    const before = testNormals.map((index) => this.#earlier(index));
    for (const measured of types) {
      const tested = testAnomalies.filter((index) => this.#set.images[index]!.label === measured);
      if (tested.length < fewestTest) continue;
      const earlier = auroc(
        before,
        tested.map((index) => this.#earlier(index)),
      ).auroc;
      const change = auroc(own, tested.map(after)).auroc - earlier;
      yield { verdicts, confirmed, measured, before: earlier, change, takesOver: isTaken };
    }
  }

  /** Anomaly score of the ranking without verdicts. */
  #earlier(index: number): number {
    const known = this.#before.get(index);
    if (known !== undefined) return known;
    const { readOut } = this.#fitted;
    const score = joinedDistance(stageDistances(this.#rows.row(index), readOut), readOut);
    this.#before.set(index, score);
    return score;
  }
}

/** A table in Markdown: for each way of giving verdicts the change on types that had none. */
export function verdictTable(figures: readonly VerdictFigure[]): string[] {
  const header = [
    '| verdicts on | before | change, always | spread | takes over | change with the rule | spread | worst type | worst once |',
    `|${' --- |'.repeat(9)}`,
  ];
  const rows = (['others', 'one', 'list'] as const).flatMap((verdicts) => {
    const own = figures.filter((figure) => figure.verdicts === verdicts);
    if (own.length === 0) return [];
    const kept = own.map((figure) => ({ ...figure, change: figure.takesOver ? figure.change : 0 }));
    const [always, ruled] = [overSeeds(own), overSeeds(kept)];
    const cells = [
      words[verdicts],
      meanOf(own.map(({ before }) => before)).toFixed(3),
      ...[signed(always.mean), always.spread.toFixed(4)],
      `${Math.round(100 * meanOf(own.map((figure) => Number(figure.takesOver))))} %`,
      ...[signed(ruled.mean), ruled.spread.toFixed(4)],
      signed(Math.min(...byType(kept))),
      signed(Math.min(...kept.map(({ change }) => change))),
    ];
    return [`| ${cells.join(' | ')} |`];
  });
  return [...header, ...rows];
}

const words = {
  others: 'all other types',
  one: 'one other type',
  list: 'what ranks first',
} as const;

function overSeeds(figures: readonly VerdictFigure[]): { mean: number; spread: number } {
  const seeds = [...new Set(figures.map(({ seed }) => seed))];
  const means = seeds.map((seed) =>
    meanOf(figures.filter((figure) => figure.seed === seed).map(({ change }) => change)),
  );
  const mean = meanOf(means);
  const squares = means.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: means.length > 1 ? Math.sqrt(squares / (means.length - 1)) : 0 };
}

/** Means over seeds of what is normal, confirmed and measured. */
function byType(figures: readonly VerdictFigure[]): number[] {
  const groups = Map.groupBy(figures, ({ normal, confirmed, measured }) =>
    JSON.stringify([normal, confirmed, measured]),
  );
  return [...groups.values()].map((some) => meanOf(some.map(({ change }) => change)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
