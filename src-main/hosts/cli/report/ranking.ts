// The report's ranked pictures, with a line drawn where the threshold is.

import { count, rankInWords, significant } from '../figures.ts';
import { html, type Html } from './html.ts';
import type { Report, ReportImage } from './report.ts';
import { shortName, trueType } from './words.ts';

export function ranking({ images, evaluation: { threshold } }: Report): Html {
  const places = images.map((image, i) => ({ image, place: i + 1 }));
  const flagged = places.filter(({ image }) => image.flagged === true);
  const passed = places.filter(({ image }) => image.flagged !== true);
  const line =
    threshold === null
      ? undefined
      : html`<p class="threshold" role="note">
          Threshold ${significant(threshold.anomalyScore)}: ${count(flagged.length)} flagged above,
          ${count(passed.length)} passed below
        </p>`;
  return html`<section aria-labelledby="ranking">
    <h2 id="ranking">Images, strangest first</h2>
    <ul class="legend">
      <li>${badge(true)} flagged as anomalous</li>
      <li>${badge(false)} passed as normal</li>
    </ul>
    ${imageList(flagged, 'flagged', 'Flagged images')} ${line}
    ${imageList(passed, 'passed', 'Images not flagged')}
  </section>`;
}

interface Placed {
  readonly image: ReportImage;
  readonly place: number;
}

function imageList(
  placed: readonly Placed[],
  name: 'flagged' | 'passed',
  label: string,
): Html | undefined {
  if (placed.length === 0) return undefined;
  return html`<ol class="ranked ${name}" start="${placed[0]!.place}" aria-label="${label}">
    ${placed.map(imageCard)}
  </ol>`;
}

function imageCard({ image, place }: Placed): Html {
  const name = shortName(image.path);
  const type = trueType(image);
  const { thumbnail, anomalyScore, anomalyRank, flagged } = image;
  const picture =
    thumbnail === null
      ? html`<span class="missing">no thumbnail</span>`
      : html`<img
          alt="${type}, ${name}"
          loading="lazy"
          decoding="async"
          src="data:image/webp;base64,${Buffer.from(thumbnail).toString('base64')}"
        />`;
  return html`<li>
    <div class="top">
      <span class="place">${place}</span>${flagged === null ? undefined : badge(flagged)}
    </div>
    ${picture}
    <span class="type">${type}${outcome(image)}</span>
    <span>anomaly score <b>${significant(anomalyScore)}</b></span>
    ${anomalyRank === null ? undefined : html`<span>${rankInWords(anomalyRank)}</span>`}
    <span class="name" title="${name}">${name}</span>
  </li>`;
}

/** Where the verdict is wrong. */
function outcome({ role, flagged }: ReportImage): string {
  if (role === 'normal' && flagged === true) return ': false alarm';
  return role === 'anomaly' && flagged === false ? ': missed' : '';
}

/** Verdict in colour, shape and letter. */
function badge(isFlagged: boolean): Html {
  return isFlagged
    ? html`<svg class="badge anomalous" viewBox="0 0 24 24" role="img" aria-label="A: flagged">
        <path d="M12 1 23.5 22.5H.5Z" />
        <text x="12" y="19.5">A</text>
      </svg>`
    : html`<svg class="badge normal" viewBox="0 0 24 24" role="img" aria-label="N: not flagged">
        <circle cx="12" cy="12" r="10.5" />
        <text x="12" y="16">N</text>
      </svg>`;
}
