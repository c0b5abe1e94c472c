import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Evaluation, Threshold } from '#contract/core.ts';
import { html } from '#core/review/report/html.ts';
import { reportPage } from '#core/review/report/page.ts';
import type { Report, ReportImage } from '#core/review/report/report.ts';

const metrics = { auroc: 0.93, auroc95: [0.9, 0.956], aupr: 0.95, fpr95: 0.41 } as const;

function image(place: number, part: Partial<ReportImage> = {}): ReportImage {
  return {
    ...{ imageId: place, place, hash: 'ab', group: null, domain: null, split: 'test' },
    path: `/home/anna/secret-lab/cells.zip!/test/monocyte/m${place}.jpg`,
    role: 'anomaly',
    class: 'monocyte',
    anomalyScore: 20 - place,
    anomalyRank: 0.97,
    flagged: place <= 2,
    thumbnail: Uint8Array.of(1, 2, 3),
    ...part,
  };
}

const threshold: Threshold = {
  ...{ scoreName: 'mahalanobis', anomalyScore: 17.5, falseAlarms: 0.05, calibratedOn: 60 },
  falseAlarms95: [0.016, 0.113],
};
const evaluation: Evaluation = {
  ...{ model: 1, dataset: 'cells', counts: { normal: 1, anomalous: 3 } },
  scores: { mahalanobis: metrics, normOfMean: { ...metrics, auroc: 0.81 } },
  ...{ rankBy: 'mahalanobis', threshold, flagged: { normal: 0, anomalous: 2 }, groups: [] },
  types: [],
  effort: [{ share: 0.01, images: 10_000, imagesToFirst: 1.44, precisionAt10: 0.813 }],
  shared: {
    normal: { groups: ['<b>'], images: 5, leftOut: 0 },
    anomalous: { groups: [], images: 0, leftOut: 0 },
  },
  warnings: ['5 normal test images share a group <b>.'],
  lineage: {
    ...{ model: 1, modelHash: 'ab', run: 1, trainedOn: 'cells', snapshot: 'cd' },
    ...{ codeVersion: '0.1.0', dataset: 'cells', scoredAt: null },
  },
};

/** `images` are those that are ranked and those that are shown. */
function report({
  images = [image(1), image(2), image(3), image(4, { role: 'normal', class: 'good' })],
  ...part
}: Partial<Omit<Report, 'images'>> & { readonly images?: readonly ReportImage[] } = {}): Report {
  return {
    ...{ title: 'Blood cells', about: 'A detector ranks cells.', threshold, evaluation },
    baseline: { auroc: 0.842, auroc95: [0.79, 0.88] },
    ...{ progress: null, images, pictures: images },
    titleBlock: [
      ['Project', 'Leukocytes'],
      ['Judged by', 'Mia'],
    ],
    lead: 'Finds 2 of 3 known anomalies (67 %) at 5 false alarms in 100 normals.',
    finding: null,
    settings: [['method', 'anchored']],
    attribution: ['Acevedo et al., CC BY 4.0'],
    createdAt: new Date('2026-11-24T13:05:10Z'),
    ...part,
  };
}

/** What a reader sees: without tags, entities resolved. */
function textOf(page: string): string {
  return page
    .replace(/^[\s\S]*<body>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
}

describe('reportPage', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('shows the summary, the scores, the ranks and where the images come from', () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    const text = textOf(reportPage(report()));
    for (const words of [
      'Project Leukocytes Judged by Mia',
      'Finds 2 of 3 known anomalies (67 %) at 5 false alarms in 100 normals.',
      'Name Date Signature For research use only; not for diagnosis.',
      'Images ranked 4 1 normal, 3 anomalous',
      'AUROC 0.930 95 % interval 0.900–0.956',
      'AUROC without training 0.842 95 % interval 0.790–0.880',
      'Threshold 17.50 for a false-alarm budget of 5 % (95 % interval 1.6 % to 11 %',
      'Mahalanobis distance (ranks) 0.930 0.900–0.956 0.950 0.410',
      'At 1 % anomalies: 1.4 images to look at until the first true one; 8.1 of the first 10 are true.',
      'With 1 normal image, false alarms rarer than 1 in 1 do not show',
      '5 normal test images share a group <b>.',
      'normal: false alarms 1 0 0 %',
      'monocyte anomaly score 19.00 stranger than 97 % of held-out normals',
      'monocyte: missed anomaly score 17.00',
      'method anchored',
      'Acevedo et al., CC BY 4.0',
      '2026-11-24 14:05 (UTC+01:00)',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('draws the threshold between the flagged images and the others, ranks going on', () => {
    const page = reportPage(report());
    const lists = [...page.matchAll(/<ol\s+class="ranked (\w+)"\s+start="(\d+)"/g)];
    expect(lists.map(([, name, start]) => [name, start])).toEqual([
      ['flagged', '1'],
      ['passed', '3'],
    ]);
    const [first, second] = lists.map(({ index }) => index);
    const line = page.indexOf('<p class="threshold"');
    expect(line > first! && line < second!).toBe(true);
    expect(textOf(page)).toContain('Threshold 17.50: 2 flagged above, 2 passed below');
  });

  it('allows its own style sheet and embedded pictures, and nothing else', () => {
    const page = reportPage(report());
    const [, style] = /<style>([\s\S]*)<\/style>/.exec(page)!;
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(page).toContain(
      `content="default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; ` +
        `style-src 'sha256-${hash}'"`,
    );
    expect(page).not.toMatch(
      /<script|<link|<iframe|<object|\son\w+=|\sstyle=|javascript:|https?:\/\//i,
    );
    expect(page.match(/\ssrc="(?!data:image\/webp;base64,)/g)).toBeNull();
  });

  it('has a name for every picture and a heading for every part', () => {
    const page = reportPage(report({ images: [image(1), image(2, { thumbnail: null })] }));
    expect(page.match(/<img\s[^>]*alt="monocyte, monocyte\/m1.jpg"/g)).toHaveLength(1);
    expect(page).toContain('no thumbnail');
    expect(page.match(/<(header|main|footer)>/g)).toHaveLength(3);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    for (const svg of page.match(/<svg[^>]*>/g)!) expect(svg).toMatch(/role="img"\s+aria-label="/);
  });

  it('prints file names whole, 40 images a page', () => {
    const path = '/lab/plate 7/a very long name of a series of fields 𝛼 0041.tif';
    const images = Array.from({ length: 83 }, (_, index) =>
      image(index + 1, { flagged: true, path }),
    );
    const page = reportPage(report({ images }));
    const name =
      '<span class="name">plate 7/a very long name of a series of fields 𝛼 0041.tif</span>';
    expect(page.split(name)).toHaveLength(84);
    const starts = [...page.matchAll(/<ol\s+class="ranked flagged"\s+start="(\d+)"/g)];
    expect(starts.map(([, start]) => start)).toEqual(['1', '41', '81']);
  });

  it('says before all figures that the batch does not look like what the model learnt', () => {
    const finding =
      'This batch does not look like what the model learnt: 249 of 250 above the line.';
    const page = reportPage(report({ finding }));
    expect(page.indexOf(finding)).toBeGreaterThan(0);
    expect(page.indexOf(finding)).toBeLessThan(page.indexOf('Images ranked'));
  });

  it('keeps to itself where the project lies on the disk', () => {
    expect(reportPage(report())).not.toMatch(/anna|secret-lab/);
  });

  it('does without threshold, baseline, ranks and normal images', () => {
    const bare = report({
      threshold: null,
      evaluation: { ...evaluation, threshold: null, flagged: null, scores: {} },
      baseline: null,
      images: [image(1, { flagged: null, anomalyRank: null, role: 'unlabelled', class: null })],
    });
    const page = reportPage(bare);
    expect(textOf(page)).toContain('not labelled anomaly score 19.00');
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('undefined');
  });
});

describe('a report of verdicts', () => {
  const judged = { verdict: 'anomalous', reviewer: 'Mia', note: 'Blast?' } as const;
  const progress = { toReview: 20, reviewed: 12, normal: 7, anomalous: 4, unsure: 1 };

  it('says who judged what, and how far they have come', () => {
    const images = [image(1, { judged }), image(2)];
    const text = textOf(reportPage(report({ images, progress, evaluation: null, baseline: null })));
    expect(text).toContain('Judged by people 12 of 20 of those above the threshold: 4 anomalous');
    expect(text).toContain('judged anomalous by Mia “Blast?” monocyte/m1.jpg');
    expect(text.match(/judged anomalous/g)).toHaveLength(1);
    expect(text).not.toContain('AUROC 0');
  });

  it('counts no image that the model was trained on, and shows what was said of it', () => {
    const learnt = image(2, { role: 'normal', class: 'good', judged, isLearnt: true });
    const text = textOf(reportPage(report({ images: [image(1), learnt], progress })));
    expect(text).toContain('Images ranked 1 1 anomalous');
    expect(text).toContain('judged anomalous by Mia the model was trained on it');
  });

  it('says how many images it does not show', () => {
    const all = Array.from({ length: 40 }, (_, index) => image(index + 1));
    const text = textOf(reportPage({ ...report({ images: all }), pictures: [all[0]!, all[30]!] }));
    expect(text).toContain('Threshold 17.50: 2 flagged above, 38 passed below');
    expect(text).toContain('38 images are not shown here; the table (CSV) lists them all');
    expect(text).toContain('31 N');
  });
});

describe('names from data', () => {
  const hostile = [
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    '</title><script>alert(1)</script>',
    '</style><script>alert(1)</script>',
    '<!--',
    '-->',
    '{{constructor}}',
    '&lt;script&gt;',
    '&#x3c;script>',
    '`${alert(1)}`',
    'javascript:alert(1)',
    'cell\u202egpj.exe',
    'a\u2066b\u2069c',
    'line\nbreak\ttab\u0000nul',
    '\u2028\u2029\u0085',
    '\x1b]0;title\x07',
    '\ud800',
    '<a href="//evil.example">',
  ];

  it.each(hostile)('are text everywhere in the report: %j', (name) => {
    const calm = reportPage(report({ finding: 'calm' }));
    const page = reportPage(
      report({
        title: name,
        titleBlock: [[name, name]],
        lead: name,
        finding: name,
        about: name,
        evaluation: { ...evaluation, dataset: name },
        images: [
          image(1, { path: `/x/${name}/${name}`, class: name, group: name }),
          image(2, { path: name, class: name, role: 'normal' }),
          image(3),
          image(4, { role: 'unlabelled', class: name }),
        ],
        settings: [[name, name]],
        attribution: [name],
      }),
    );
    // Not a tag more, of any kind, than a harmless report of the same make has.
    const tags = (text: string) => new Set(text.match(/<\/?[a-z!][^\s>]*/gi));
    expect(tags(page)).toEqual(tags(calm));
    // Quoted values cannot be left: without them no attribute of the name's making remains.
    expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+\s*=/i);

    expect(page).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
    expect(page.isWellFormed()).toBe(true);
  });
});

it('inserts nested templates as HTML and strings as text', () => {
  const items = ['<b>', '&'].map((text) => html`<i title="${text}">${text}</i>`);
  expect(html`<p>${items}${undefined}${1}</p>`.text).toBe(
    '<p><i title="&lt;b&gt;">&lt;b&gt;</i><i title="&amp;">&amp;</i>1</p>',
  );
});
