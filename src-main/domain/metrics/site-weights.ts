// Weights for sites that are held out more or less often than they are tested. The mix of each site is
// known from its counts, so that the solution of Vogel, Clémençon and Laforgue ("Visual recognition with
// deep learning from biased image datasets", arXiv 2109.02357) is post-stratification: the share of the site
// among the tested images divided by its share among the held-out normals.

export interface SiteWeights {
  /** By site; only sites that are both held out and tested. */
  readonly weights: ReadonlyMap<string, number>;
  /** Tested images of sites without a held-out normal: they have no weight and no p-value. */
  readonly withoutNormals: ReadonlyMap<string, number>;
  /**
   * As many equally weighted normals would tell as much: (Σ w)² / Σ w² (Kish, "Survey Sampling", 1965).
   */
  readonly effectiveNormals: number;
}

/** The site of each held-out normal and of each tested image; at least one normal. */
export function siteWeights(heldOut: readonly string[], tested: readonly string[]): SiteWeights {
  if (heldOut.length === 0) throw new RangeError('Weights need held-out normal images.');
  const held = countsOf(heldOut);
  const wanted = countsOf(tested);
  const weights = new Map<string, number>();
  const withoutNormals = new Map<string, number>();
  for (const [site, count] of wanted) {
    const normals = held.get(site);
    if (normals === undefined) withoutNormals.set(site, count);
    else weights.set(site, count / tested.length / (normals / heldOut.length));
  }
  let sum = 0;
  let squares = 0;
  for (const [site, weight] of weights) {
    sum += held.get(site)! * weight;
    squares += held.get(site)! * weight ** 2;
  }
  return { weights, withoutNormals, effectiveNormals: squares === 0 ? 0 : sum ** 2 / squares };
}

function countsOf(sites: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const site of sites) counts.set(site, (counts.get(site) ?? 0) + 1);
  return counts;
}
