// A refit: the head against its formula, its scale, and what the join does with few verdicts.

import { describe, expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import { joinedDistance, stageDistances } from '#ml/read-out/read-out.ts';
import { crossValidated } from '#ml/refit/cross-validated.ts';
import { resemblance } from '#ml/refit/outlier-head.ts';
import { fitNormals, headOf, refitScores, type Refit, type RefitRows } from '#ml/refit/refit.ts';

const shape = { lengths: [3, 5], pictures: 1 };
const stream = new RandomStream(3, 0);

/** Rows of correlated values; `shift` moves the value at `place`. */
function rows(count: number, shift = 0, place = 0): Float32Array[] {
  return Array.from({ length: count }, () => {
    const common = stream.normal();
    const row = Float32Array.from({ length: 8 }, (_, i) => i + common + 0.5 * stream.normal());
    row[place]! += shift;
    return row;
  });
}

function fitRefit({ normals, confirmed, anomalies }: RefitRows): Refit {
  const fitted = fitNormals([...normals, ...confirmed], shape);
  return { readOut: fitted.readOut, head: headOf(anomalies, fitted) };
}

const normals = rows(200);
const anomalies = rows(12, 3);

/** Solves the symmetric system by Gauss and Jordan. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]);
  a.forEach((row, pivot) => {
    const by = row[pivot]!;
    for (let j = 0; j < row.length; j++) row[j]! /= by;
    a.forEach((other, i) => {
      if (i === pivot) return;
      const factor = other[pivot]!;
      for (let j = 0; j < other.length; j++) other[j]! -= factor * row[j]!;
    });
  });
  return a.map((row) => row.at(-1)!);
}

describe('the head', () => {
  const fitted = fitNormals(normals, shape);
  const head = headOf(anomalies, fitted)!;

  it('is the mean of the whitened anomalies, each of length 1', () => {
    const expected = new Float64Array(8);
    for (const row of anomalies) {
      // Per section: Σ⁻¹ (x − μ), and its product with x − μ, which is the squared length of the white form.
      let place = 0;
      let square = 0;
      const own: number[] = [];
      for (const { mean, factor } of fitted.readOut.sections) {
        const d = mean.length;
        const matrix = Array.from({ length: d }, (_, i) =>
          Array.from({ length: d }, (__, j) => {
            let sum = 0;
            for (let k = 0; k <= Math.min(i, j); k++)
              sum += factor[i * d + k]! * factor[j * d + k]!;
            return sum;
          }),
        );
        const difference = [...mean].map((value, i) => row[place + i]! - value);
        const direction = solved(matrix, difference);
        square += direction.reduce((sum, value, i) => sum + value * difference[i]!, 0);
        own.push(...direction);
        place += d;
      }
      own.forEach((value, i) => (expected[i]! += value / Math.sqrt(square) / anomalies.length));
    }
    head.direction.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 8));
  });

  it('gives new normal images a mean of 0 and a deviation of 1, and finds more of the kind', () => {
    const fresh = rows(400).map((row) => resemblance(row, head));
    const mean = fresh.reduce((sum, value) => sum + value, 0) / fresh.length;
    const deviation = Math.sqrt(fresh.reduce((sum, x) => sum + (x - mean) ** 2, 0) / fresh.length);
    expect(Math.abs(mean)).toBeLessThan(0.2);
    expect(deviation).toBeGreaterThan(0.85);
    expect(deviation).toBeLessThan(1.15);
    for (const row of rows(20, 3)) expect(resemblance(row, head)).toBeGreaterThan(2);
  });

  it('is not decided by one image', () => {
    const far = rows(1, 1000, 7);
    const with1 = headOf([...anomalies, ...far], fitted)!;
    const change = with1.direction.reduce(
      (sum, value, i) => sum + (value - head.direction[i]!) ** 2,
      0,
    );
    const length = head.direction.reduce((sum, value) => sum + value ** 2, 0);
    expect(Math.sqrt(change / length)).toBeLessThan(0.4);
  });

  it('counts less with few anomalies or normals, and is not there without any anomaly', () => {
    expect(headOf(anomalies.slice(0, 3), fitted)!.weight).toEqual(Float64Array.of(0.25));
    expect(head.weight[0]).toBeCloseTo(0.4, 12);
    expect(headOf(anomalies, fitNormals(normals.slice(0, 50), shape))!.weight[0]).toBeCloseTo(
      0.1,
      12,
    );
    expect(headOf([], fitted)).toBeNull();
  });
});

describe('the scores of a refit', () => {
  it('join the read-out with the head as one more stage, and lower no image', () => {
    const refit = fitRefit({ normals, confirmed: [], anomalies });
    for (const row of [...rows(10), ...rows(10, 3)]) {
      const raw = refitScores(row, refit);
      const distance = joinedDistance(stageDistances(row, refit.readOut), refit.readOut);
      const alike = resemblance(row, refit.head!);
      expect(raw['refitReadOut']).toBe(-distance);
      expect(raw['refitHead']).toBe(-alike);
      const joined = Math.log(Math.exp(distance) + Math.exp(0.4 * alike - 1.75));
      expect(raw['refit']).toBeCloseTo(-joined, 10);
      expect(raw['refit']!).toBeLessThan(raw['refitReadOut']!);
    }
  });

  it('have no head without confirmed anomalies, and move confirmed normals down', () => {
    const odd = rows(20, 2, 6);
    const before = fitRefit({ normals, confirmed: [], anomalies: [] });
    const after = fitRefit({ normals, confirmed: odd, anomalies: [] });
    const likeIt = rows(30, 2, 6);
    const mean = (refit: typeof before) =>
      likeIt.reduce((sum, row) => sum + refitScores(row, refit)['refit']!, 0) / likeIt.length;
    expect(Object.keys(refitScores(likeIt[0]!, after))).toEqual(['refit', 'refitReadOut']);
    expect(mean(after)).toBeGreaterThan(mean(before));
  });
});

describe('cross-validation', () => {
  const nothing = () => Promise.resolve();
  const heldOut = rows(10);
  const validated = (some: RefitRows, groups: readonly string[]) => {
    const whole = fitNormals([...some.normals, ...some.confirmed], shape);
    return crossValidated(some, whole, heldOut, groups, shape, nothing);
  };

  it('scores an anomaly without its group: a kind of one group alone is not found', async () => {
    // Six anomalies in one direction, all of one group, and six in another one.
    const one = rows(6, 4, 0);
    const two = rows(6, 4, 7);
    const some = { normals: rows(400), confirmed: [], anomalies: [...one, ...two] };
    const groups = [...one.map(() => 'a'), ...two.map(() => 'b')];
    const apart = (await validated(some, groups))!;
    const each = some.anomalies.map((_, place) => `image ${place}`);
    const alone = (await validated(some, each))!;
    const mean = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(alone.anomalies)).toBeGreaterThan(mean(apart.anomalies) + 0.05);
    expect(apart.heldOut).toHaveLength(10);
  });

  it('needs anomalies of two groups, and keeps confirmed normals out as well', async () => {
    const some = { normals, confirmed: rows(4, 2, 6), anomalies: anomalies.slice(0, 4) };
    const alike = [...some.confirmed.map(() => 'n'), ...some.anomalies.map(() => 'a')];
    expect(await validated(some, alike)).toBeNull();
    const each = [...some.confirmed, ...some.anomalies].map((_, place) => String(place));
    const { confirmed } = (await validated(some, each))!;
    const whole = fitRefit(some);
    // Known to the fit they look more normal.
    some.confirmed.forEach((row, place) => {
      expect(confirmed[place]).toBeGreaterThan(-refitScores(row, whole)['refitReadOut']!);
    });
  });
});
