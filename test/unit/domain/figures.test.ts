import { expect, it } from 'vitest';
import {
  counted,
  duration,
  effortLines,
  percent,
  rankInWords,
  rate,
  significant,
} from '#domain/figures.ts';

it('writes numbers with their significant digits', () => {
  expect(
    [0, 1, 0.012345, -0.5, 12.3456, 1234.56, 123456.7, 1e9, 1e-7].map((n) => significant(n)),
  ).toEqual([
    '0',
    '1.000',
    '0.01235',
    '-0.5000',
    '12.35',
    '1235',
    '123457',
    '1.000e+9',
    '1.000e-7',
  ]);
  expect(significant(2.34567, 2)).toBe('2.3');
});

it('writes counts with their noun', () => {
  expect([counted(0, 'image'), counted(1, 'image'), counted(12345, 'image')]).toEqual([
    ...['0 images', '1 image', '12,345 images'],
  ]);
});

it('writes durations in two units', () => {
  expect([0.4, 59.4, 59.6, 3599, 3600, 172799, 180000].map(duration)).toEqual([
    ...['0 s', '59 s', '1 min 0 s', '59 min 59 s', '1 h 0 min', '47 h 59 min', '2 days 2 h'],
  ]);
});

it('writes percents', () => {
  expect([0.05, 0.025, 0.113, 0.0163, 1, 0].map(percent)).toEqual([
    ...['5 %', '2.5 %', '11 %', '1.6 %', '100 %', '0 %'],
  ]);
});

it('writes rates', () => {
  expect([0.314, 8.44, 99.4, 1234.5].map(rate)).toEqual(['0.31', '8.4', '99', '1,235']);
});

it('writes a rank as text and never rounds it up to all', () => {
  expect([1, 0.9996, 0.99, 0.979, 0.005, 0].map(rankInWords)).toEqual([
    'stranger than every held-out normal',
    'stranger than 99.9 % of held-out normals',
    'stranger than 99 % of held-out normals',
    'stranger than 97 % of held-out normals',
    'stranger than 0.5 % of held-out normals',
    'stranger than no held-out normal',
  ]);
});

it('says the effort of a review, and where too few normal images flatter it', () => {
  const effort = [
    { share: 0.01, images: 10_000, imagesToFirst: 1.4375, precisionAt10: 0.8125 },
    { share: 0.001, images: 10_000, imagesToFirst: 1234.5, precisionAt10: 0.0004 },
  ];
  const lines = [
    'At 1 % anomalies: 1.4 images to look at until the first true one; 8.1 of the first 10 are true.',
    'At 0.1 % anomalies: 1,235 images to look at until the first true one; 0.0 of the first 10 are true.',
  ];
  expect(effortLines(effort, 1000)).toEqual(lines);
  expect(effortLines(effort, 250)).toEqual([
    ...lines,
    'With 250 normal images, false alarms rarer than 1 in 250 do not show, so these two may flatter.',
  ]);
  expect(effortLines([], 10)).toEqual([]);
});
