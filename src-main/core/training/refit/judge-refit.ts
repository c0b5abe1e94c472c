// Whether a refit ranks: compared with the earlier ranking on the verdicts, each scored by a refit that knew
// neither the image nor others of its group, and on held-out normal images.

import type { RunComparison } from '#contract/core.ts';
import type { RunConfig } from '#contract/run-config.ts';
import { count, counted, part, significant } from '#domain/figures.ts';
import { fewestNormals } from '#domain/run-settings.ts';
import type { RefitResult } from '#worker/contract.ts';
import type { DatasetItem } from '../../datasets/items.ts';
import type { TrainedModel } from '../../scores/scoring-model.ts';
import type { Reader } from '../../store/database.ts';
import { scoresNamed } from '../../store/runs/scores.ts';
import type { RefitImages } from './refit-images.ts';
import { mostLoss, takesOver, type RankedVerdicts, type Verdict } from './takes-over.ts';

interface Judged {
  readonly modelId: number;
  readonly config: RunConfig;
  readonly base: TrainedModel;
  readonly images: RefitImages;
  readonly validation: RefitResult['validation'];
}

/** One image in both rankings; higher is stranger. */
interface Pair {
  readonly own: number;
  readonly earlier: number;
}

export function judgeRefit(reader: Reader, judged: Judged): RunComparison {
  const { images, validation, base } = judged;
  const earlier = scoresNamed(reader, base.model.id, base.config.settings.rankBy);
  const paired = (some: readonly DatasetItem[], own: readonly number[] | undefined): Pair[] =>
    some.flatMap(({ imageId }, place) => {
      const raw = earlier.get(imageId);
      return raw === undefined || own === undefined ? [] : [{ own: own[place]!, earlier: -raw }];
    });
  const heldOut = paired(images.heldOut, validation?.heldOut);
  const confirmed = paired(images.confirmed, validation?.confirmed);
  const anomalous = paired(images.anomalies, validation?.anomalies);
  const counts = { normal: heldOut.length + confirmed.length, anomalous: anomalous.length };
  const about = { otherModelId: base.model.id, counts, backwards: [] };
  if (validation === null) {
    return {
      ...{ ...about, basis: 'none', auroc: null, difference95: null, ranks: 'other' },
      reason: kept(
        'all confirmed anomalies are of one group or folder, so that nothing shows whether anomalies of ' +
          'another one are found. Judge anomalies of a second group',
      ),
    };
  }
  if (heldOut.length < fewestNormals || anomalous.length < 2) {
    const few =
      heldOut.length < fewestNormals
        ? `${counted(heldOut.length, 'normal image')} held out to calibrate on ` +
          `${heldOut.length === 1 ? 'has' : 'have'} scores and ${fewestNormals} are needed. Give more normal images to calibration and train again`
        : 'fewer than two confirmed anomalies have a score of the earlier model. Score the images with it first';
    return {
      ...{ ...about, basis: 'none', auroc: null, difference95: null, ranks: 'other' },
      reason: kept(`whether the refit is better cannot be measured: ${few}`),
    };
  }
  const of = (which: keyof Pair): RankedVerdicts => ({
    heldOut: heldOut.map((pair) => pair[which]),
    confirmed: confirmed.map((pair) => pair[which]),
    anomalies: anomalous.map((pair) => pair[which]),
  });
  const verdict = takesOver(of('own'), of('earlier'));
  const { own, other, difference95 } = verdict.difference;
  return {
    ...{ ...about, basis: 'verdicts', auroc: { own, other }, difference95 },
    ranks: verdict.takesOver ? 'own' : 'other',
    reason: verdict.takesOver
      ? `Model ${judged.modelId} ranks, refitted with ${verdictWords(judged)}: ${figures(verdict)}`
      : kept(`${whyNot(verdict)}: ${figures(verdict)}`, ''),
  };
}

function kept(why: string, end = '.'): string {
  return `The earlier ranking is kept, because ${why}${end}`;
}

function whyNot({ difference: { own, other } }: Verdict): string {
  if (own > other) {
    return `a loss of more than ${mostLoss} cannot be ruled out with these verdicts`;
  }
  return 'on judged images that it did not know the refit is not better';
}

function verdictWords({ config }: Judged): string {
  const { normal, anomalous } = config.refit!.images;
  return (
    `${counted(anomalous.length, 'image')} confirmed as anomalous and ` +
    `${count(normal.length)} as normal`
  );
}

function figures({ difference, distance }: Verdict): string {
  const { own, other } = difference;
  const how = 'cross-validated over the verdicts and with held-out normal images,';
  if (own !== other) {
    return (
      `${how} its AUROC is ${part(own)}, that of the earlier ranking ${part(other)} ` +
      `(difference ${interval(difference.difference95)}).`
    );
  }
  return (
    `${how} the AUROC of both is ${part(own)}, and confirmed anomalies stand out from normal images by ` +
    `${significant(distance.own, 3)} standard deviations, in the earlier ranking by ` +
    `${significant(distance.earlier, 3)} (difference ${interval(distance.difference95)}).`
  );
}

function interval([low, high]: readonly [number, number]): string {
  return `${signed(low)} to ${signed(high)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${part(Math.abs(value))}`;
}
