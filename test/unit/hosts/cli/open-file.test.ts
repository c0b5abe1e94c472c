import { expect, it } from 'vitest';
import { openerOf } from '#hosts/cli/open-file.ts';

it('hands the path as one word to the opener of each system, never to a shell', () => {
  const path = '/tmp/a & b; "c".html';
  expect(openerOf('linux', path)).toEqual(['xdg-open', path]);
  expect(openerOf('darwin', path)).toEqual(['open', path]);
  expect(openerOf('win32', path)).toEqual(['explorer.exe', path]);
});
