import { expect, it } from 'vitest';
import { histogram } from '#core/review/report/histogram.ts';

const drawn = (normal: number[], anomalous: number[], threshold: number | null = null) =>
  histogram({ normal, anomalous, threshold })?.text.replaceAll(/\s+/g, ' ');

it('says in words what it shows, for those who do not see it', () => {
  expect(drawn([1, 2, 3], [4])).toContain(
    'role="img" aria-label="Histogram of anomaly scores: 3 normal images around 2.000, ' +
      '1 anomalous image around 4.000."',
  );
});

it('marks the threshold at its place, also outside of the scores', () => {
  expect(drawn([0, 10], [10], 5)).toContain('<line class="mark" x1="360.0"');
  expect(drawn([0, 10], [10], 20)).toContain('<line class="mark" x1="710.0"');
  expect(drawn([0, 10], [10])).not.toContain('class="mark"');
});

it('draws a long tail of distances by factors, and norms, which are negative, by sums', () => {
  expect(drawn([1, 2, 2], [100])).toContain('anomaly score, logarithmic (stranger to the right)');
  expect(drawn([1, 10, 10], [100], 10)).toContain('<line class="mark" x1="360.0"');
  expect(drawn([-9, -8, -8], [-1])).not.toContain('logarithmic');
});

it('draws nothing when all scores are the same', () => {
  expect(drawn([1, 1], [1])).toBeUndefined();
});

it('fills the whole height with the fullest bin and closes each outline', () => {
  const outlines = [...drawn([0, 0, 9], [9])!.matchAll(/ d="([^"]*)"/g)].map(([, d]) => d!);
  expect(outlines).toHaveLength(2);
  for (const outline of outlines) expect(outline).toMatch(/^M10 160(V[\d.]+H[\d.]+){36}V160Z$/);
  expect(outlines[1]).toContain('V24.0');
});
