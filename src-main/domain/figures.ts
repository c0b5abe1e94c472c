// Formats numbers for users, with as many digits as are significant.

import type { ReviewEffort } from './metrics/review-effort.ts';

/** "1,234". */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** "1 image", "1,234 images". */
export function counted(value: number, noun: string): string {
  return value === 1 ? `1 ${noun}` : `${count(value)} ${noun}s`;
}

/** Four significant digits, without powers of ten where possible: "0.0123", "1234". */
export function significant(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size >= 1e7 || size < 1e-5) return value.toExponential(digits - 1);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(decimals, 20));
}

/** An area under a curve or another number from 0 to 1: "0.931". */
export function part(value: number): string {
  return value.toFixed(3);
}

/** "5 %", "2.5 %", "0.1 %". */
export function percent(value: number): string {
  const hundredths = value * 100;
  const digits = Number.isInteger(Number(hundredths.toFixed(6))) || hundredths >= 10 ? 0 : 1;
  return `${hundredths.toFixed(digits)} %`;
}

/** "8 s", "1 min 20 s", "2 h 5 min", "3 days 4 h". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole} s`;
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** Things done in a second: "0.31", "8.4", "1,230". */
export function rate(perSecond: number): string {
  return perSecond >= 100 ? count(perSecond) : significant(perSecond, 2);
}

/**
 * "At 1 % anomalies: 1.4 images to look at until the first true one; 8.1 of the first 10 are true.", a line
 * for each share. Where `normals` images are too few for the
 * first 10 places of the collection, a line that says so.
 */
export function effortLines(effort: readonly ReviewEffort[], normals: number): readonly string[] {
  const lines = effort.map(({ share, imagesToFirst, precisionAt10 }) => {
    const images = imagesToFirst < 99.95 ? imagesToFirst.toFixed(1) : count(imagesToFirst);
    return (
      `At ${percent(share)} anomalies: ${images} images to look at until the first true one; ` +
      `${(10 * precisionAt10).toFixed(1)} of the first 10 are true.`
    );
  });
  if (effort.every(({ images }) => 10 * normals >= images)) return lines;
  return [
    ...lines,
    `With ${counted(normals, 'normal image')}, false alarms rarer than 1 in ${count(normals)} do not ` +
      'show, so these two may flatter.',
  ];
}

/** An anomaly rank (0 … 1) as text. */
export function rankInWords(rank: number): string {
  if (rank >= 1) return 'stranger than every held-out normal';
  if (rank <= 0) return 'stranger than no held-out normal';
  return `stranger than ${percentBelow(rank)} of held-out normals`;
}

/** Never rounded up: 99.96 % stays 99.9 %. */
function percentBelow(value: number): string {
  const tenths = Math.floor(value * 1000 + 1e-9);
  const isNearEnd = tenths >= 990 || tenths < 10;
  return `${isNearEnd ? tenths / 10 : Math.floor(tenths / 10)} %`;
}

const decimalComma = /^([+-]?)(\d{1,15}),(\d{1,15})(\s*%?)$/;

/**
 * ' Write 0.5.' for "0,5" and "0,5 %", which most of Europe writes; empty for a text that is no number with
 * one comma. Such numbers are refused with this, because a comma also separates numbers.
 */
export function decimalPoint(text: string): string {
  const [, sign, whole, part, unit] = decimalComma.exec(text.trim()) ?? [];
  return whole === undefined ? '' : ` Write ${sign}${whole}.${part}${unit}.`;
}
