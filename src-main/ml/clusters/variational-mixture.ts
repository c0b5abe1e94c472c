// A mixture of Gaussians with full covariances, fitted by variational Bayes: Bishop, "Pattern recognition and
// machine learning", 2006, section 10.2; the equations are numbered as there. The number of components is
// the one with the largest evidence (find-clusters.ts).

import { cholesky, solveLower, squaredMahalanobis } from '../linear-algebra.ts';
import { digamma, logGamma } from './gamma-functions.ts';

export interface Mixture {
  /** Values of a point. */
  readonly d: number;
  readonly components: readonly Component[];
}

/** Posterior of one component. */
export interface Component {
  /** Concentration α of the Dirichlet distribution of the weights. */
  readonly concentration: number;
  /** Mean m and its precision β. */
  readonly mean: Float64Array;
  readonly meanPrecision: number;
  /** Degrees of freedom ν of the Wishart distribution. */
  readonly freedom: number;
  /** Lower Cholesky factor of W⁻¹ / ν, the expected covariance, [d, d]. */
  readonly factor: Float64Array;
}

/** What is known before the data. */
export interface Prior {
  /** α₀ of each component. */
  readonly concentration: number;
  /** m₀ and β₀. */
  readonly mean: Float64Array;
  readonly meanPrecision: number;
  /** ν₀ ≥ d, and W₀⁻¹, symmetric [d, d]. */
  readonly freedom: number;
  readonly covariance: Float64Array;
}

/** Added to the variances of a component, and to its number of points. */
const least = { variance: 1e-6, points: 10 * 2 ** -52 } as const;

/**
 * The usual prior: mean and covariance of the points, one point's worth of each, and a concentration of
 * 1 / components, which empties components that are not needed.
 */
export function priorOf(points: Float64Array, d: number, components: number): Prior {
  const count = points.length / d;
  const mean = new Float64Array(d);
  for (let i = 0; i < points.length; i++) mean[i % d]! += points[i]! / count;
  const covariance = new Float64Array(d * d);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < d; i++) {
      const a = (points[n * d + i]! - mean[i]!) / (count - 1);
      for (let j = 0; j < d; j++) covariance[i * d + j]! += a * (points[n * d + j]! - mean[j]!);
    }
  }
  return { concentration: 1 / components, mean, meanPrecision: 1, freedom: d, covariance };
}

/**
 * The M step, 10.51–10.63: components from points [count, d] and responsibilities [count, components], which
 * sum to 1 for each point.
 */
export function maximise(
  points: Float64Array,
  d: number,
  responsibilities: Float64Array,
  components: number,
  prior: Prior,
): Mixture {
  const count = points.length / d;
  return {
    d,
    components: Array.from({ length: components }, (_, k) => {
      let weight: number = least.points;
      const centre = new Float64Array(d);
      for (let n = 0; n < count; n++) {
        const r = responsibilities[n * components + k]!;
        weight += r;
        for (let i = 0; i < d; i++) centre[i]! += r * points[n * d + i]!;
      }
      for (let i = 0; i < d; i++) centre[i]! /= weight;
      const scatter = scatterAround(points, d, responsibilities, components, k, centre);
      const meanPrecision = prior.meanPrecision + weight;
      const freedom = prior.freedom + weight;
      const pull = (weight * prior.meanPrecision) / meanPrecision;
      for (let i = 0; i < d; i++) {
        const a = centre[i]! - prior.mean[i]!;
        for (let j = 0; j <= i; j++) {
          const own = scatter[i * d + j]! + (i === j ? weight * least.variance : 0);
          const b = centre[j]! - prior.mean[j]!;
          scatter[i * d + j] = (prior.covariance[i * d + j]! + own + pull * a * b) / freedom;
        }
      }
      return {
        concentration: prior.concentration + weight,
        mean: centre.map(
          (value, i) => (prior.meanPrecision * prior.mean[i]! + weight * value) / meanPrecision,
        ),
        ...{ meanPrecision, freedom, factor: cholesky(scatter, d) },
      };
    }),
  };
}

/** The lower half of Σ r (x − centre)(x − centre)ᵀ. */
function scatterAround(
  points: Float64Array,
  d: number,
  responsibilities: Float64Array,
  components: number,
  k: number,
  centre: Float64Array,
): Float64Array {
  const scatter = new Float64Array(d * d);
  const difference = new Float64Array(d);
  for (let n = 0; n < points.length / d; n++) {
    const r = responsibilities[n * components + k]!;
    if (r < 1e-300) continue;
    for (let i = 0; i < d; i++) difference[i] = points[n * d + i]! - centre[i]!;
    for (let i = 0; i < d; i++) {
      const a = r * difference[i]!;
      for (let j = 0; j <= i; j++) scatter[i * d + j]! += a * difference[j]!;
    }
  }
  return scatter;
}

/** Σ over i < d of ψ((ν − i) / 2) or of ln Γ((ν − i) / 2). */
function sumOver(d: number, freedom: number, of: (x: number) => number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += of((freedom - i) / 2);
  return sum;
}

/** −½ ln |covariance|. */
function halfLogPrecision(factor: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum -= Math.log(factor[i * d + i]!);
  return sum;
}

/** The E step, 10.46–10.49 with 10.64–10.66: responsibilities [count, components]. */
export function expectation(points: Float64Array, { d, components }: Mixture): Float64Array {
  const count = points.length / d;
  const total = components.reduce((sum, { concentration }) => sum + concentration, 0);
  const fixed = components.map(
    ({ concentration, freedom, meanPrecision, factor }) =>
      digamma(concentration) -
      digamma(total) +
      halfLogPrecision(factor, d) +
      0.5 *
        (sumOver(d, freedom, digamma) +
          d * Math.log(2) -
          d * Math.log(freedom) -
          d / meanPrecision -
          d * Math.log(2 * Math.PI)),
  );
  const responsibilities = new Float64Array(count * components.length);
  const difference = new Float64Array(d);
  for (let n = 0; n < count; n++) {
    const own = components.map(({ mean, factor }, k) => {
      for (let i = 0; i < d; i++) difference[i] = points[n * d + i]! - mean[i]!;
      return fixed[k]! - 0.5 * squaredMahalanobis(factor, difference);
    });
    const largest = Math.max(...own);
    const log = largest + Math.log(own.reduce((sum, value) => sum + Math.exp(value - largest), 0));
    own.forEach((value, k) => {
      responsibilities[n * components.length + k] = Math.exp(value - log);
    });
  }
  return responsibilities;
}

/** The evidence lower bound, 10.70–10.77, without terms that do not change while fitting. */
export function lowerBound({ d, components }: Mixture, responsibilities: Float64Array): number {
  let entropy = 0;
  for (const r of responsibilities) if (r > 0) entropy -= r * Math.log(r);
  const total = components.reduce((sum, { concentration }) => sum + concentration, 0);
  let bound = entropy - logGamma(total);
  for (const { concentration, freedom, meanPrecision, factor } of components) {
    const half = halfLogPrecision(factor, d) - 0.5 * d * Math.log(freedom);
    const wishart = -(
      freedom * half +
      0.5 * freedom * d * Math.log(2) +
      sumOver(d, freedom, logGamma)
    );
    bound += logGamma(concentration) - wishart - 0.5 * d * Math.log(meanPrecision);
  }
  return bound;
}

/**
 * The part of the evidence lower bound that depends on the number of components alone: normalisers of the prior,
 * and ln K! for the orders of the components (10.2.4). With it, mixtures of different size can be compared.
 */
function boundOfSize(components: number, prior: Prior, d: number): number {
  const { concentration, freedom, meanPrecision, covariance } = prior;
  const half = halfLogPrecision(cholesky(covariance, d), d);
  const wishart = -(
    freedom * half +
    0.5 * freedom * d * Math.log(2) +
    sumOver(d, freedom, logGamma)
  );
  return (
    logGamma(components + 1) +
    logGamma(components * concentration) -
    components * logGamma(concentration) +
    components * (wishart + 0.5 * d * Math.log(meanPrecision))
  );
}

export interface Fitted {
  readonly mixture: Mixture;
  /** Of the evidence, without terms that depend on the points alone: comparable between numbers of components. */
  readonly bound: number;
}

const mostSteps = 300;
/** Change of the bound, a point, below which fitting ends. */
const smallChange = 1e-5;

/**
 * From responsibilities to start with. `pause` is called between steps: it may throw, which ends the fitting.
 */
export async function fitMixture(
  points: Float64Array,
  d: number,
  start: Float64Array,
  components: number,
  pause: () => Promise<void>,
): Promise<Fitted> {
  const prior = priorOf(points, d, components);
  let mixture = maximise(points, d, start, components, prior);
  let bound = -Infinity;
  for (let step = 0; ; step++) {
    const responsibilities = expectation(points, mixture);
    const next = maximise(points, d, responsibilities, components, prior);
    const reached = lowerBound(next, responsibilities);
    const isConverged = Math.abs(reached - bound) < (smallChange * points.length) / d;
    if (isConverged || step === mostSteps) {
      return { mixture: next, bound: reached + boundOfSize(components, prior, d) };
    }
    [mixture, bound] = [next, reached];
    await pause();
  }
}

/** ln N(point; mean, covariance) of a component. */
export function logNormal(point: Float64Array, { mean, factor }: Component): number {
  const d = mean.length;
  const solved = solveLower(
    factor,
    mean.map((value, i) => point[i]! - value),
  );
  const squares = solved.reduce((sum, value) => sum + value ** 2, 0);
  return halfLogPrecision(factor, d) - 0.5 * (squares + d * Math.log(2 * Math.PI));
}
