// What a line finds, in the words of a lab.

import { count, counted, percent } from './figures.ts';

interface Counted {
  readonly above: number;
  readonly of: number;
}

interface Preview {
  /** The share of normal images expected above the line. */
  readonly falseAlarms: number;
  readonly around: {
    readonly all: Counted;
    readonly anomalies: Counted | null;
    readonly normals: Counted | null;
    readonly unlabelled: Counted;
  } | null;
}

/**
 * "Finds 138 of 189 known anomalies (73 %) at 2 false alarms in 100 normals"; without known anomalies "175 of
 * 1,148 above the line; 39 would be by chance alone".
 */
export function lineSentence({ falseAlarms, around }: Preview): string {
  if (around?.anomalies && around.anomalies.of > 0) {
    const { above, of } = around.anomalies;
    return (
      `Finds ${count(above)} of ${counted(of, 'known anomaly').replace(/anomalys$/, 'anomalies')} ` +
      `(${percent(above / of)}) at ${inHundred(falseAlarms)} in 100 normals`
    );
  }
  if (!around) return '';
  const { above, of } = around.unlabelled.of > 0 ? around.unlabelled : around.all;
  const chance = falseAlarms * of;
  return `${count(above)} of ${count(of)} above the line; ${rounded(chance)} would be by chance alone`;
}

/** What stands below it: measured false alarms, and unlabelled images where anomalies are known. */
export function lineDetail({ around, falseAlarms }: Preview): string {
  if (!around?.anomalies || !around.normals) return '';
  const { normals, unlabelled } = around;
  const measured = `Measured: ${count(normals.above)} of ${counted(normals.of, 'test normal')} above the line.`;
  if (unlabelled.of === 0) return measured;
  return (
    `${measured} Of ${count(unlabelled.of)} unlabelled images ${count(unlabelled.above)} are above; ` +
    `${rounded(falseAlarms * unlabelled.of)} would be by chance alone.`
  );
}

function inHundred(share: number): string {
  const many = rounded(100 * share);
  return `${many} false alarm${many === '1' ? '' : 's'}`;
}

/** One decimal below 10. */
function rounded(value: number): string {
  return value < 10 ? String(Number(value.toFixed(1))) : count(value);
}
