// Weights of held-out normals and tested images by domain (scanner, stain, site).

import { counted } from '#domain/figures.ts';
import type { Weighted } from '#domain/metrics/conformal.ts';
import { siteWeights } from '#domain/metrics/site-weights.ts';
import type { HeldOut, RankedItem } from '../../store/runs/ranking.ts';

export interface DomainWeights {
  /** Held-out normals of the domains that are tested. */
  readonly normals: readonly Weighted[];
  /** Images of domains with held-out normals, and their weights in the same order. */
  readonly tested: readonly RankedItem[];
  readonly images: readonly Weighted[];
  /** As many equally weighted normals tell as much. */
  readonly effectiveNormals: number;
  /** For the user: domains without held-out normals, and weights that change nothing. */
  readonly warnings: readonly string[];
}

/** Images without a domain count as a domain of their own. */
const domainOf = ({ domain }: HeldOut | RankedItem) => domain ?? '';

/** At least one held-out normal. */
export function domainWeights(
  heldOut: readonly HeldOut[],
  unseen: readonly RankedItem[],
): DomainWeights {
  const { weights, withoutNormals, effectiveNormals } = siteWeights(
    heldOut.map(domainOf),
    unseen.map(domainOf),
  );
  const weighted = (images: readonly (HeldOut | RankedItem)[]) =>
    images.flatMap((image) => {
      const weight = weights.get(domainOf(image));
      return weight === undefined ? [] : [{ score: -image.raw, weight }];
    });
  const warnings = [...withoutNormals].map(
    ([domain, images]) =>
      `${counted(images, 'image')} of ${domain === '' ? 'no domain' : `the domain "${domain}"`} ` +
      `${images === 1 ? 'has' : 'have'} no weight and no p-value: no normal image of it was held out. Give ` +
      'normal images of it to calibration and train again.',
  );
  if ([...heldOut, ...unseen].every(({ domain }) => domain === null)) {
    warnings.push(
      'No image has a domain, so that the weights change nothing. Give images a domain (scanner, stain, ' +
        'site) before the training.',
    );
  }
  const tested = unseen.filter((item) => weights.has(domainOf(item)));
  const [normals, images] = [weighted(heldOut), weighted(tested)];
  return { normals, tested, images, effectiveNormals, warnings };
}
