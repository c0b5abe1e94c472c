// Finds the file that a written path means: separators of another system, letters composed otherwise (macOS
// writes "ä" as two characters), and the forms in which people paste paths.

import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, normalize, parse, resolve, sep } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { pastedPath } from '#domain/paths/pasted-path.ts';

/**
 * What a user typed or pasted as a path. base: the folder of relative paths; without it they stay relative.
 * A path that exists as it was written is never changed.
 */
export async function givenPath(text: string, base?: string): Promise<string> {
  const literal = absolute(text, base);
  if (isAbsolute(literal) && (await exists(literal))) return literal;
  const path = absolute(pastedPath(text, homedir()), base);
  return isAbsolute(path) ? ((await existingPath(path)) ?? path) : path;
}

function absolute(path: string, base: string | undefined): string {
  return base === undefined ? path : resolve(base, path);
}

/** The path under which the file or folder at an absolute path exists; undefined when there is none. */
export async function existingPath(path: string): Promise<string | undefined> {
  for (const form of [path, ...otherForms(path)]) {
    if (await exists(form)) return form;
  }
  for (const form of [path, ...otherForms(path)]) {
    const found = await withOtherLetters(form);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** On Windows "/" separates as well, and a backslash escapes nothing. */
function otherForms(path: string): string[] {
  if (sep === '\\' || !path.includes('\\')) return [];
  return [path.replaceAll('\\', '/'), path.replace(/\\(.)/gu, '$1')].map(normalize);
}

/** Follows the path part by part; a part that is missing may be there composed otherwise. */
async function withOtherLetters(path: string): Promise<string | undefined> {
  const { root } = parse(path);
  let found = root;
  for (const part of path.slice(root.length).split(sep)) {
    if (part === '' || (await exists(join(found, part)))) found = join(found, part);
    else {
      // Only letters beyond ASCII have two forms.
      if (!/[^\0-\x7f]/.test(part)) return undefined;
      const names = await readdir(found).catch(() => []);
      const name = names.find((other) => other.normalize('NFC') === part.normalize('NFC'));
      if (name === undefined) return undefined;
      found = join(found, name);
    }
  }
  return found;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * The paths that a user typed or pasted. Throws `bad-input` where one is relative: the core may have another
 * working folder than the client.
 */
export async function givenPaths(texts: readonly string[]): Promise<string[]> {
  const paths = await Promise.all(texts.map((text) => givenPath(text)));
  const relative = paths.find((path) => !isAbsolute(path));
  if (relative === undefined) return paths;
  throw new Failure('bad-input', `The path "${relative}" is not absolute.`, relative);
}
