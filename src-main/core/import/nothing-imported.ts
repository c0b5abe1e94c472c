// The failure of an import that found no image: none of the paths exists, or none of the files can be read.

import { resolve } from 'node:path';
import type { ImportResult } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { counted } from '#domain/figures.ts';
import { leftOutWords } from './heaps.ts';

/** undefined when an image was imported, or was there before. */
export function nothingImported(
  paths: readonly string[],
  result: ImportResult,
): Failure | undefined {
  if (result.imported + result.duplicates > 0) return undefined;
  return nothingFound(paths, result) ?? nothingRead(result);
}

function nothingFound(
  paths: readonly string[],
  { failed }: Pick<ImportResult, 'failed'>,
): Failure | undefined {
  const missing = new Set(failed.flatMap(({ path, code }) => (code === 'not-found' ? [path] : [])));
  const asked = [...new Set(paths.map((path) => resolve(path)))];
  const [first] = asked;
  if (first === undefined || asked.some((path) => !missing.has(path))) return undefined;
  const what =
    asked.length === 1
      ? `There is no file or folder ${first}. Check the path`
      : `None of the ${asked.length} paths is there; the first is ${first}. Check the paths`;
  return new Failure('not-found', `${what} and import again. Nothing has been changed.`, first);
}

function nothingRead({ failed, notImages, leftOut }: ImportResult): Failure {
  const [first] = failed;
  const counts = [
    ...(failed.length > 0 ? [`${counted(failed.length, 'file')} could not be imported`] : []),
    ...(notImages.count > 0
      ? [`${counted(notImages.count, 'file')} ${notImages.count === 1 ? 'is' : 'are'} no image`]
      : []),
    ...leftOutWords(leftOut),
  ];
  const why = counts.length === 0 ? 'there are no files' : counts.join(', ');
  const example = first === undefined ? '' : ` ${first.path}: ${first.reason}`;
  return new Failure(
    first === undefined ? 'bad-input' : 'unreadable-image',
    `No image was imported: ${why}.${example} Nothing has been changed.`,
    first?.path,
  );
}
