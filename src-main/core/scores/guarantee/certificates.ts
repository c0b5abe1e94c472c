// What the held-out normals prove about the false alarms of a threshold: over all, and for each domain, or
// each group where there are no domains.

import type { Certificates } from '#contract/guarantee.ts';
import { Failure } from '#domain/failure.ts';
import { counted } from '#domain/figures.ts';
import { falseAlarmCertificate } from '#domain/metrics/certificate.ts';
import type { Reader } from '../../store/database.ts';
import type { HeldOut, RankedItem } from '../../store/runs/ranking.ts';
import { lineOf } from '../batch/line.ts';
import { testedImages, type ScoreRequest } from './tested-images.ts';

/** Names in a sentence. */
const mostNamed = 3;

/** Throws `not-found`, and `bad-input` for a score without a threshold or held-out normals. */
export function certificates(reader: Reader, request: ScoreRequest): Certificates {
  const { scoreName, heldOut, unseen } = testedImages(reader, request);
  const threshold = lineOf(reader, request, scoreName);
  if (threshold === null || heldOut.length === 0) {
    throw new Failure(
      'bad-input',
      `The score "${scoreName}" of model ${request.modelId} has no threshold, because no normal images were ` +
        'held out to calibrate on. Give a share of the normal images to calibration and train again.',
    );
  }
  const { anomalyScore } = threshold;
  const certify = (normals: readonly HeldOut[]) =>
    falseAlarmCertificate(
      normals.map(({ raw }) => -raw),
      anomalyScore,
    );
  const by = toldApartBy([...heldOut, ...unseen]);
  const normals = by === null ? new Map<string, HeldOut[]>() : partsOf(heldOut, by);
  const images = by === null ? new Map<string, RankedItem[]>() : partsOf(unseen, by);
  const parts = [...new Set([...normals.keys(), ...images.keys()])].sort().map((name) => {
    const own = normals.get(name);
    const certificate = own === undefined ? null : certify(own);
    return { name, images: images.get(name)?.length ?? 0, certificate };
  });
  const unproven = parts.filter(({ certificate }) => certificate === null);
  const warnings = by === null || unproven.length === 0 ? [] : [unprovenWarning(by, unproven)];
  return { scoreName, anomalyScore, all: certify(heldOut), by, parts, warnings };
}

function toldApartBy(images: readonly (HeldOut | RankedItem)[]): Certificates['by'] {
  if (images.some(({ domain }) => domain !== null)) return 'domain';
  return images.some(({ group }) => group !== null) ? 'group' : null;
}

/** Images without a name are in no part. */
function partsOf<Image extends HeldOut | RankedItem>(
  images: readonly Image[],
  by: 'domain' | 'group',
): Map<string, Image[]> {
  const parts = new Map<string, Image[]>();
  for (const image of images) {
    const name = image[by];
    if (name === null) continue;
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [image]);
    else part.push(image);
  }
  return parts;
}

function unprovenWarning(
  by: 'domain' | 'group',
  unproven: readonly { readonly name: string; readonly images: number }[],
): string {
  const named = unproven.slice(0, mostNamed).map(({ name }) => `"${name}"`);
  const more = unproven.length - named.length;
  const images = unproven.reduce((sum, part) => sum + part.images, 0);
  const which =
    `No normal image was held out of the ${by}${unproven.length === 1 ? '' : 's'} ${named.join(', ')}` +
    `${more > 0 ? ` and ${more} more` : ''} (${counted(images, 'image')}): `;
  return by === 'domain'
    ? `${which}how many of its normal images are flagged is unknown. Give normal images of it to ` +
        'calibration and train again.'
    : // A group has one split, so that a tested group never has any.
      `${which}the false-alarm rate holds for them as far as their images resemble those of the ` +
        'held-out groups.';
}
