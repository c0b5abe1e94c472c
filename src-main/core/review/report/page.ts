// The report: one HTML file with the ranked images of an evaluation, to be opened in any browser
// and given to others. No scripts, nothing from outside, pictures inside; names from data are text.

import { createHash } from 'node:crypto';
import { count, part, percent, significant } from '#domain/figures.ts';
import { zonedTime } from '#domain/local-time.ts';
import { histogram } from './histogram.ts';
import { html, type Html } from './html.ts';
import { ranking } from './ranking.ts';
import type { Report } from './report.ts';
import { style } from './style.ts';
import { tables } from './tables.ts';
import { interval } from './words.ts';

/** A whole HTML document. */
export function reportPage(report: Report): string {
  const { title, titleBlock, about, lead, finding, attribution, createdAt } = report;
  const measured = { ...report, images: report.images.filter(({ isLearnt }) => !isLearnt) };
  const policy =
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; " +
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`;
  // The style sheet is inserted unescaped, as hashed: it is constant and contains no data.
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${html`<title>${title}</title>`.text}
<style>${style}</style>
</head>`;
  const body = html`<body>
<header>
<h1>${title}</h1>
<dl class="block">
${titleBlock.map(
  ([name, value]) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`,
)}
</dl>
<p class="lead">${lead}</p>
${finding === null ? undefined : html`<p class="finding" role="note">${finding}</p>`}
<p class="soft">${about}</p>
${keyFigures(measured)}
</header>
<main>
<div class="summary">
${distribution(measured)}
<dl class="signature">
<div><dt>Name</dt><dd></dd></div>
<div><dt>Date</dt><dd></dd></div>
<div><dt>Signature</dt><dd></dd></div>
</dl>
<p class="soft">For research use only; not for diagnosis. An anomaly score ranks images; it is no probability.</p>
</div>
${ranking(report)}
${tables(measured)}
</main>
<footer>
<h2>Where the images come from</h2>
${attribution.map((paragraph) => html`<p>${paragraph}</p>`)}
<p>Written by Normscope on ${zonedTime(createdAt)}. For research use only.</p>
</footer>
</body>
</html>`;
  return `${head}\n${body.text}\n`;
}

function keyFigures({ images, evaluation, baseline, threshold, progress }: Report): Html {
  const chosen = evaluation?.scores[evaluation.rankBy];
  const cards = [card('Images ranked', count(images.length), whatTheyAre(images))];
  if (progress) {
    const { reviewed, toReview, anomalous, normal, unsure } = progress;
    cards.push(
      card(
        'Judged by people',
        `${count(reviewed)} of ${count(toReview)}`,
        `${threshold ? 'of those above the threshold' : 'of those with a score'}: ` +
          `${count(anomalous)} anomalous, ${count(normal)} normal, ${count(unsure)} unsure`,
      ),
    );
  }
  if (chosen) {
    cards.push(
      card(
        'AUROC',
        part(chosen.auroc),
        `95 % interval ${interval(chosen.auroc95)}; 1 ranks every anomaly above every normal image, ` +
          '0.5 is chance',
      ),
    );
  }
  if (baseline) {
    cards.push(
      card(
        'AUROC without training',
        part(baseline.auroc),
        `95 % interval ${interval(baseline.auroc95)}; nearest neighbours on thumbnails and colours`,
      ),
    );
  }
  if (threshold) {
    cards.push(
      card(
        'Threshold',
        significant(threshold.anomalyScore),
        `for a false-alarm budget of ${percent(threshold.falseAlarms)} (95 % interval ` +
          `${percents(threshold.falseAlarms95)}, from ${count(threshold.calibratedOn)} held-out ones)`,
      ),
    );
  }
  return html`<dl class="figures">${cards}</dl>`;
}

function card(name: string, value: string, note: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd class="value">${value}</dd>
    <dd class="note">${note}</dd>
  </div> `;
}

/** "80 normal, 20 anomalous, 400 not labelled". */
function whatTheyAre(images: Report['images']): string {
  const kinds = [
    ['normal', 'normal'],
    ['anomaly', 'anomalous'],
    ['outlier', 'outliers'],
    ['unlabelled', 'not labelled'],
  ] as const;
  return kinds
    .map(([role, words]) => ({ words, many: images.filter((image) => image.role === role).length }))
    .filter(({ many }) => many > 0)
    .map(({ words, many }) => `${count(many)} ${words}`)
    .join(', ');
}

function distribution({ images, threshold: limit }: Report): Html | undefined {
  const scoresOf = (role: string) =>
    images.filter((image) => image.role === role).map(({ anomalyScore }) => anomalyScore);
  const normal = scoresOf('normal');
  const anomalous = scoresOf('anomaly');
  if (normal.length === 0 || anomalous.length === 0) return undefined;
  const threshold = limit?.anomalyScore ?? null;
  return html`<section aria-labelledby="distribution">
    <h2 id="distribution">How normal and anomalous images compare</h2>
    <div class="panel scroll">
      <ul class="legend">
        <li><span class="swatch normal"></span> truly normal (solid line)</li>
        <li><span class="swatch anomalous"></span> truly anomalous (dashed line)</li>
      </ul>
      ${histogram({ normal, anomalous, threshold })}
    </div>
  </section>`;
}

function percents([low, high]: readonly [number, number]): string {
  return `${percent(low)} to ${percent(high)}`;
}
