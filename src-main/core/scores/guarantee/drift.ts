// The drift alarm of a dataset: its images, in the order of their import, against the held-out normals.

import type { Drift } from '#contract/guarantee.ts';
import { count, counted } from '#domain/figures.ts';
import { alarmLevel, driftAlarm } from '#domain/metrics/drift.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { datasetNamed } from '../../runs/run-items.ts';
import { shownAddress } from '../../store/images/addresses.ts';
import type { Reader } from '../../store/database.ts';
import { testedImages, type ScoreRequest } from './tested-images.ts';

/**
 * null without held-out normals that have the score, or without images to look at. Known anomalies and
 * outliers are left out; unlabelled images count, since up to a tenth of anomalies raises no alarm. The
 * same scores give the same answer. Throws `not-found`.
 */
export function driftOf(reader: Reader, request: ScoreRequest): Drift | null {
  const { trained, scoreName, heldOut, unseen } = testedImages(reader, request);
  const stream = unseen
    .filter(({ role }) => role === 'normal' || role === 'unlabelled')
    .sort((a, b) => a.imageId - b.imageId);
  if (heldOut.length === 0 || stream.length === 0) return null;
  const random = new RandomStream(trained.config.seed, purpose.drift);
  const alarm = driftAlarm(
    heldOut.map(({ raw }) => -raw),
    stream.map(({ raw }) => -raw),
    () => (random.word() + 0.5) / 2 ** 32,
  );
  const facts = { scoreName, images: stream.length, heldOut: heldOut.length, level: alarmLevel };
  if (alarm === null) return { ...facts, alarm: null, sentence: null };
  const datasetId = datasetNamed(reader, request.dataset);
  const imageAt = (index: number) => {
    const { imageId, hash } = stream[index]!;
    return { imageId, path: shownAddress(reader, datasetId, imageId) ?? hash, place: index + 1 };
  };
  const [from, at] = [imageAt(alarm.from), imageAt(alarm.at)];
  return { ...facts, alarm: { from, at }, sentence: sentenceOf(from, at, stream.length) };
}

function sentenceOf(
  from: { readonly path: string; readonly place: number },
  at: { readonly place: number },
  images: number,
): string {
  return (
    `The images from ${from.path} on (about image ${count(from.place)} of ${counted(images, 'image')} in ` +
    'the order of import) do not look like the normal images that the model was calibrated on; noticed at ' +
    `image ${count(at.place)}. Either the imaging has changed (microscope, staining, focus, preparation) ` +
    'or more than one image in ten is an anomaly. If the imaging has changed, the threshold and the list ' +
    'promise nothing for these images: import normal images of the new kind, give some to training and ' +
    'some to calibration, and train again.'
  );
}
