// The report's ranked pictures, with a line drawn where the threshold is.

import { count, counted, rankInWords, significant } from '#domain/figures.ts';
import { html, type Html } from './html.ts';
import type { Report, ReportImage } from './report.ts';
import { shortName, trueType } from './words.ts';

/** Images on a printed page. */
const perPage = 40;

export function ranking({ images, pictures, threshold, progress }: Report): Html {
  const flagged = pictures.filter((image) => image.flagged === true);
  const passed = pictures.filter((image) => image.flagged !== true);
  const allFlagged = images.filter((image) => image.flagged === true).length;
  const line =
    threshold === null
      ? undefined
      : html`<p class="threshold" role="note">
          Threshold ${significant(threshold.anomalyScore)}: ${count(allFlagged)} flagged above,
          ${count(images.length - allFlagged)} passed below
        </p>`;
  const left = images.length - pictures.length;
  return html`<section aria-labelledby="ranking">
    <h2 id="ranking">Images, strangest first</h2>
    <ul class="legend">
      <li>${badge(true)} flagged as anomalous</li>
      <li>${badge(false)} passed as normal</li>
      ${progress ? html`<li>“judged …”: a reviewer's verdict</li>` : undefined}
    </ul>
    ${imageList(flagged, 'flagged', 'Flagged images')} ${line}
    ${imageList(passed, 'passed', 'Images not flagged')}
    ${
      left === 0
        ? undefined
        : html`<p class="soft">
            ${counted(left, 'image')} ${left === 1 ? 'is' : 'are'} not shown here; the table (CSV)
            lists them all.
          </p>`
    }
  </section>`;
}

function imageList(
  pictures: readonly ReportImage[],
  name: 'flagged' | 'passed',
  label: string,
): Html | undefined {
  if (pictures.length === 0) return undefined;
  const pages = Array.from({ length: Math.ceil(pictures.length / perPage) }, (_, page) =>
    pictures.slice(page * perPage, (page + 1) * perPage),
  );
  return html`${pages.map(
    (some, page) =>
      html`<ol
        class="ranked ${name}"
        start="${some[0]!.place}"
        aria-label="${label}${pages.length > 1 ? `, ${page + 1} of ${pages.length}` : ''}"
      >
        ${some.map(imageCard)}
      </ol>`,
  )}`;
}

function imageCard(image: ReportImage): Html {
  const name = shortName(image.path);
  const type = trueType(image);
  const { place, thumbnail, anomalyScore, anomalyRank, flagged, judged } = image;
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
    ${
      judged === undefined
        ? undefined
        : html`<span class="judged"><b>judged ${judged.verdict}</b> by ${judged.reviewer}</span>`
    }
    ${image.isLearnt ? html`<span>the model was trained on it</span>` : undefined}
    ${judged?.note ? html`<span>“${judged.note}”</span>` : undefined}
    <span class="name">${name}</span>
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
