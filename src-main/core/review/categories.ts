// The project's own categories: what a key from 1 to 9 says about an image.

import { categoryList, type Category } from '#contract/reviewing/agreement.ts';
import { Failure } from '#domain/failure.ts';
import type { Reader, Writer } from '../store/database.ts';
import { readSetting, writeSetting } from '../store/project-settings.ts';

const name = 'review.categories';

/** Until they are edited. */
const usual: readonly Category[] = [
  { name: 'artefact', verdict: 'anomalous' },
  { name: 'debris', verdict: 'anomalous' },
  { name: 'out of focus', verdict: 'unsure' },
  { name: 'mitosis', verdict: 'anomalous' },
];

export function categories(reader: Reader): readonly Category[] {
  const parsed = categoryList.safeParse(readSetting(reader, name));
  return parsed.success ? parsed.data : usual;
}

/** Throws `bad-input` for a name twice. */
export function setCategories(writer: Writer, chosen: readonly Category[]): readonly Category[] {
  const twice = chosen.find((one, at) => chosen.findIndex((other) => sameName(one, other)) !== at);
  if (twice) {
    throw new Failure(
      'bad-input',
      `Two categories are called "${twice.name}". Give one of them another name.`,
    );
  }
  writeSetting(writer, name, chosen);
  return chosen;
}

function sameName(one: Category, other: Category): boolean {
  return one.name.toLowerCase() === other.name.toLowerCase();
}
