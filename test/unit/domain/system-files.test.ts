import { expect, it } from 'vitest';
import { isLeftBySystem } from '#domain/system-files.ts';

it.each([
  '.DS_Store',
  'Thumbs.db',
  'desktop.ini',
  'Desktop.ini',
  '._cells.png',
  '.localized',
  '__MACOSX',
])('%s is left by a system', (name) => expect(isLeftBySystem(name)).toBe(true));

it.each(['cells.png', '.git', '.env', 'thumbs', 'desktop.ini.txt', '.ds_store2', ''])(
  '"%s" is not',
  (name) => expect(isLeftBySystem(name)).toBe(false),
);
