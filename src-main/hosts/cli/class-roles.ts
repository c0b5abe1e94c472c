// Which classes of an import are normal: what their names say, and what the user says with --normal.

import { Failure } from '#domain/failure.ts';
import { count } from '#domain/figures.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { printable } from '#domain/printable.ts';
import type { ImportPreview } from '#contract/import/import-preview.ts';
import type { Role } from '#contract/image.ts';
import { table } from './output/table.ts';

/** A row of the table of classes. */
export interface NamedClass {
  readonly name: string | null;
  readonly images: number;
  readonly role: Role;
  /** Why; null when nothing says what they are. */
  readonly reason: string | null;
}

/**
 * `normal`: names of classes that are normal; the others stay what they were recognised as. Without one, images
 * of no class are what `preview` says. Throws `bad-input` when there is no such class.
 */
export function classesOf(
  { classTable }: Pick<ImportPreview, 'classTable'>,
  normal: readonly string[],
): NamedClass[] {
  const names = classTable.flatMap(({ name }) => name ?? []);
  const found = normal.map((wanted) => {
    const name = names.find((one) => one.toLowerCase() === wanted.toLowerCase());
    if (name !== undefined) return name;
    throw new Failure(
      'bad-input',
      `There is no class "${printable(wanted)}"${nearestName(wanted, names)}. The classes are ` +
        `${names.map(printable).join(', ') || 'none: the images are in no folders of classes'}.`,
    );
  });
  return classTable.map(({ name, images, role, reason }) =>
    name !== null && found.includes(name)
      ? { name, images, role: 'normal', reason: 'the option --normal' }
      : { name, images, role, reason },
  );
}

const titles: Readonly<Record<Role, string>> = {
  normal: 'normal',
  unlabelled: 'to judge',
  anomaly: 'known anomaly',
  outlier: 'outlier',
};

export function classLines(classes: readonly NamedClass[]): readonly string[] {
  return table(
    [
      { title: 'class' },
      { title: 'images', align: 'right' },
      { title: 'what they are' },
      { title: 'said by' },
    ],
    classes.map(({ name, images, role, reason }) => [
      ...[printable(name ?? '(no class)'), count(images), titles[role], reason ?? ''],
    ]),
  );
}
