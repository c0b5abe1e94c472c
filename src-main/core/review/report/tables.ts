// The report's tables: every score's measures, what is flagged of each type, the run's settings.

import type { Evaluation } from '#contract/core.ts';
import { count, effortLines, part, percent } from '#domain/figures.ts';
import { scoreTitle } from '#domain/methods/methods.ts';
import { html, type Html } from './html.ts';
import type { JudgedImage, Report } from './report.ts';
import { interval, trueType } from './words.ts';

export function tables({ evaluation, baseline, images, settings }: Report): Html {
  return html`<section aria-labelledby="measures">
    <h2 id="measures">Appendix: measures and settings</h2>
    <div class="columns">
      ${
        evaluation
          ? html`<div class="panel scroll">
              ${scoreTable(evaluation, baseline)} ${notes(evaluation)}
            </div>`
          : undefined
      }
      <div class="panel scroll">${typeTable(images)}</div>
      <dl class="panel settings" aria-label="Settings of the run">
        ${settings.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </div>
  </section>`;
}

function notes({ effort, counts, warnings }: Evaluation): Html[] {
  return [...effortLines(effort, counts.normal), ...warnings].map(
    (text) => html`<p class="soft">${text}</p>`,
  );
}

function scoreTable({ scores, rankBy }: Evaluation, baseline: Report['baseline']): Html {
  const rows = Object.entries(scores).map(
    ([name, { auroc, auroc95, aupr, fpr95 }]) =>
      html`<tr class="${name === rankBy ? 'chosen' : 'other'}">
        <th scope="row">${scoreTitle(name)}${name === rankBy ? ' (ranks)' : ''}</th>
        <td class="number">${part(auroc)}</td>
        <td class="number">${interval(auroc95)}</td>
        <td class="number">${part(aupr)}</td>
        <td class="number">${part(fpr95)}</td>
      </tr>`,
  );
  if (baseline) {
    rows.push(
      html`<tr>
        <th scope="row">baseline without training</th>
        <td class="number">${part(baseline.auroc)}</td>
        <td class="number">${interval(baseline.auroc95)}</td>
        <td></td>
        <td></td>
      </tr>`,
    );
  }
  return html`<table>
    <caption>
      Scores
    </caption>
    <thead>
      <tr>
        <th scope="col">score</th>
        <th scope="col" class="number">AUROC</th>
        <th scope="col" class="number">95 % interval</th>
        <th scope="col" class="number">AUPR</th>
        <th scope="col" class="number">FPR95</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** How many images of each true type are flagged; of the normal ones these are false alarms. */
function typeTable(images: readonly JudgedImage[]): Html {
  const types = [...Map.groupBy(images, trueType)].map(([type, members]) => ({
    type,
    members,
    isNormal: members[0]!.role === 'normal',
    flagged: members.filter((image) => image.flagged === true).length,
  }));
  types.sort(
    (a, b) =>
      Number(a.isNormal) - Number(b.isNormal) ||
      b.flagged / b.members.length - a.flagged / a.members.length,
  );
  const rows = types.map(
    ({ type, members, isNormal, flagged }) =>
      html`<tr>
        <th scope="row">${type}${isNormal ? ': false alarms' : ''}</th>
        <td class="number">${count(members.length)}</td>
        <td class="number">${count(flagged)}</td>
        <td class="number">${percent(flagged / members.length)}</td>
      </tr>`,
  );
  return html`<table>
    <caption>
      Flagged by true type
    </caption>
    <thead>
      <tr>
        <th scope="col">type</th>
        <th scope="col" class="number">images</th>
        <th scope="col" class="number">flagged</th>
        <th scope="col" class="number">part</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
