// The failure of an import when none of the given paths exists, for instance after a typing error.

import { resolve } from 'node:path';
import type { ImportResult } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';

/** undefined unless every one of `paths` is missing. */
export function nothingFound(
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
