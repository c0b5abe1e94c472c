// The list with at most a given share of false entries, of the images of a dataset.

import type { FalseShareList, ImageWithPValue } from '#contract/guarantee.ts';
import { Failure } from '#domain/failure.ts';
import { count, counted, percent } from '#domain/figures.ts';
import { conformalPValues, weightedPValues } from '#domain/metrics/conformal.ts';
import {
  benjaminiHochberg,
  fewestForList,
  storeyNormalShare,
} from '#domain/metrics/false-discovery.ts';
import type { Reader } from '../../store/database.ts';
import type { HeldOut, RankedItem } from '../../store/runs/ranking.ts';
import { rank } from '../rank.ts';
import { domainWeights } from './domain-weights.ts';
import { testedImages, type ScoreRequest } from './tested-images.ts';

export interface ListRequest extends ScoreRequest {
  readonly falseShare: number;
  readonly estimateNormals: boolean;
  readonly weightDomains: boolean;
}

interface TestedImage {
  readonly imageId: number;
  readonly pValue: number;
  readonly falseShare: number;
}

export interface ChosenList extends Omit<FalseShareList, 'images'> {
  /** On the list, strangest first. */
  readonly chosen: readonly TestedImage[];
}

/** Throws `not-found`, and `bad-input` without held-out normals that have this score. */
export function chooseList(reader: Reader, request: ListRequest): ChosenList {
  const { falseShare, estimateNormals, weightDomains } = request;
  const { trained, scoreName, heldOut, unseen } = testedImages(reader, request);
  if (heldOut.length === 0) {
    throw new Failure(
      'bad-input',
      `Run ${trained.run.id} has held out no normal images to calibrate on, so it is not known how ` +
        'strange normal images can be, and no list can be made. Give a share of the normal images to ' +
        'calibration and train again.',
    );
  }
  const { tested, pValues, effectiveNormals, warnings } = weightDomains
    ? weightedByDomain(heldOut, unseen)
    : { ...unweighted(heldOut, unseen), effectiveNormals: null, warnings: [] };
  const estimate = pValues.length === 0 ? 1 : storeyNormalShare(pValues, heldOut.length);
  const factor = estimateNormals ? estimate : 1;
  const normalShare = Math.min(1, estimate);
  const shares = benjaminiHochberg(pValues).map((share) => Math.min(1, share * factor));
  const chosen = tested
    .map(({ imageId }, i) => ({ imageId, pValue: pValues[i]!, falseShare: shares[i]! }))
    // The small addition keeps 0.1 · 30 / 3 from being more than 1.
    .filter((image) => image.falseShare <= falseShare + 1e-12);
  const numbers = { falseShare, tested: tested.length, heldOut: heldOut.length };
  const fewest = fewestForList(effectiveNormals ?? heldOut.length, tested.length, falseShare);
  return {
    ...{ scoreName, ...numbers, listed: chosen.length, normalShare },
    expectedFalseShare: estimateNormals ? falseShare : falseShare * normalShare,
    ...{ fewest, effectiveNormals, chosen },
    warnings: chosen.length === 0 ? [...warnings, whyEmpty(numbers, fewest)] : warnings,
  };
}

/** Throws as `chooseList`. */
export function falseShareList(
  reader: Reader,
  request: ListRequest & { readonly offset: number; readonly limit: number },
): FalseShareList {
  const { modelId, dataset, by, offset, limit } = request;
  const { chosen, ...list } = chooseList(reader, request);
  const page = chosen.slice(offset, offset + limit);
  const imageIds = page.map(({ imageId }) => imageId);
  const asked = { modelId, dataset, by, offset: 0, limit, imageIds };
  const ranked = new Map(rank(reader, asked).map((image) => [image.imageId, image]));
  const images = page.map(({ imageId, pValue, falseShare }): ImageWithPValue => ({
    ...ranked.get(imageId)!,
    ...{ pValue, falseShare },
  }));
  return { ...list, images };
}

interface Tested {
  readonly tested: readonly RankedItem[];
  readonly pValues: Float64Array;
}

function unweighted(heldOut: readonly HeldOut[], tested: readonly RankedItem[]): Tested {
  const normals = heldOut.map(({ raw }) => -raw);
  const scores = tested.map(({ raw }) => -raw);
  return { tested, pValues: conformalPValues(normals, scores) };
}

/**
 * With weights the share of false entries is kept nearly, not exactly: weighted p-values need not depend
 * positively on each other (Jin, Candès, "Model-free selective inference under covariate shift via weighted
 * conformal p-values", 2023, who find no violation in practice).
 */
function weightedByDomain(
  heldOut: readonly HeldOut[],
  unseen: readonly RankedItem[],
): Tested & { readonly effectiveNormals: number; readonly warnings: readonly string[] } {
  const { normals, images, tested, effectiveNormals, warnings } = domainWeights(heldOut, unseen);
  const pValues = images.length === 0 ? new Float64Array() : weightedPValues(normals, images);
  return { tested, pValues, effectiveNormals, warnings };
}

function whyEmpty(
  { falseShare, tested, heldOut }: Pick<FalseShareList, 'falseShare' | 'tested' | 'heldOut'>,
  fewest: number,
): string {
  if (tested === 0) {
    return 'There is no image to judge: score images of this dataset that the model was not trained on.';
  }
  const rarest = `at most 1 in ${count(heldOut + 1)} normal images is stranger than all of them`;
  return (
    `The list is empty. Against ${counted(heldOut, 'held-out normal image')} one can tell no more than ` +
    `that ${rarest}; among ${counted(tested, 'image')} at least ${count(fewest)} must be that strange ` +
    `for a list with at most ${percent(falseShare)} false. Hold out more normal images, allow a larger ` +
    'share, or use the threshold.'
  );
}
