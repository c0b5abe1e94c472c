// Prints lists with at most a share of false images, and certificates of a threshold.

import type { Certificate, Certificates, FalseShareList } from '#contract/guarantee.ts';
import { count, counted, percent, significant } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import { table, type Column } from './output/table.ts';

export function listLines(list: FalseShareList): readonly string[] {
  const { listed, tested, heldOut, falseShare, expectedFalseShare, normalShare } = list;
  const lines = [
    `${counted(listed, 'image')} of ${count(tested)} on the list with at most ${percent(falseShare)} ` +
      `false, by ${list.scoreName}, from ${counted(heldOut, 'held-out normal image')}.`,
    `Expected share of normal images on the list: about ${percent(expectedFalseShare)} (about ` +
      `${percent(normalShare)} of the images judged are normal, estimated).`,
  ];
  if (list.effectiveNormals !== null) {
    lines.push(
      `Weighted by domain, they tell as much as ${significant(list.effectiveNormals, 3)} held-out normals.`,
    );
  }
  if (list.images.length > 0) lines.push('', ...imageTable(list));
  if (list.images.length < listed) {
    lines.push(`… and ${count(listed - list.images.length)} more; see --top.`);
  }
  for (const text of list.warnings) lines.push('', `Warning: ${printable(text)}`);
  return lines;
}

function imageTable({ images }: FalseShareList): readonly string[] {
  const columns: readonly Column[] = [
    { title: 'rank', align: 'right' },
    { title: 'anomaly score', align: 'right' },
    { title: 'p-value', align: 'right' },
    { title: 'on lists from', align: 'right' },
    { title: 'role' },
    { title: 'image' },
  ];
  return table(
    columns,
    images.map((image, i) => [
      ...[String(i + 1), significant(image.anomalyScore), significant(image.pValue, 3)],
      ...[percent(image.falseShare), image.role, image.path],
    ]),
  );
}

export function certificateLines(certificates: Certificates): readonly string[] {
  const { all, by, parts, anomalyScore, warnings } = certificates;
  const lines = [
    `Threshold ${significant(anomalyScore)}: of ${counted(all.heldOut, 'held-out normal image')} ` +
      `${count(all.above)} ${all.above === 1 ? 'is' : 'are'} flagged; with 95 % confidence at most ` +
      `${percent(all.atMost95)} of such images.`,
  ];
  if (by !== null) {
    const columns: readonly Column[] = [
      { title: by },
      { title: 'images', align: 'right' },
      { title: 'held-out normals', align: 'right' },
      { title: 'flagged', align: 'right' },
      { title: 'at most (95 %)', align: 'right' },
    ];
    const rows = parts.map(({ name, images, certificate }) => [
      ...[
        name,
        count(images),
        ...(certificate === null ? ['none', '', 'unknown'] : cells(certificate)),
      ],
    ]);
    lines.push('', ...table(columns, rows));
  }
  for (const text of warnings) lines.push('', `Warning: ${printable(text)}`);
  return lines;
}

function cells({ heldOut, above, atMost95 }: Certificate): string[] {
  return [count(heldOut), count(above), percent(atMost95)];
}
