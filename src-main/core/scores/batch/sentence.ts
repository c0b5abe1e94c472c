// What the examination of a batch found, as text.

import type { BatchExamination } from '#contract/batch.ts';
import { inWords } from '#domain/batches/measures.ts';
import { count, counted, percent } from '#domain/figures.ts';

type Facts = Pick<BatchExamination, 'share' | 'verdict' | 'differing' | 'by' | 'parts' | 'line'> & {
  /** Whether both sides could be measured. */
  readonly measured: boolean;
};

const mostNamed = 3;

/** null for a quiet batch. */
export function batchSentence(facts: Facts): string | null {
  const { verdict, differing, share, measured } = facts;
  if (verdict === 'quiet') return null;
  const above =
    share === null
      ? null
      : `${count(share.flagged)} of ${count(share.images)} above the line ` +
        `(${percent(share.expectedShare)} expected)`;
  const differ = `${inWords(differing)} ${differing.length === 1 ? 'differs' : 'differ'}`;
  if (verdict === 'foreign') {
    const start = 'This batch does not look like what the model learnt';
    return share?.isFarAbove === true
      ? `${start}: ${above}. ${differ}.`
      : `${start}. ${differ}.${above === null ? '' : ` ${above}: that promises nothing here.`}`;
  }
  const alike = !measured
    ? 'Whether the images were acquired like the training normals could not be measured.'
    : differing.length > 0
      ? `${differ} from the training normals.`
      : 'Background, stain, colour, sharpness, scale and range are like those of the training normals, so ' +
        'these may be true anomalies: look at the strangest first.';
  if (share?.isFarAbove === true) {
    return `${above}, more than chance alone explains. ${alike}${partsSentence(facts)}`;
  }
  return partsSentence(facts).trim();
}

/** With a space before it; empty without such parts. */
function partsSentence({ by, parts }: Facts): string {
  if (by === null || parts.length === 0) return '';
  const named = parts.slice(0, mostNamed).map(({ name, flagged, images, differing }) => {
    const why = differing.length === 0 ? '' : `; ${inWords(differing).toLowerCase()} differ`;
    return `“${name}” (${count(flagged)} of ${count(images)}${why})`;
  });
  const more = parts.length - named.length;
  return (
    ` ${counted(parts.length, by)} ${parts.length === 1 ? 'has' : 'have'} far more images above the line than ` +
    `expected: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
  );
}
