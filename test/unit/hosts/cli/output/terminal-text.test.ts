import { expect, it } from 'vitest';
import { shellWord, textWidth } from '#hosts/cli/output/terminal-text.ts';

it('knows how many columns a text takes', () => {
  expect(['abc', 'é', 'e\u0301', '細胞', '한글', '🔬', ''].map(textWidth)).toEqual([
    ...[3, 1, 1, 4, 4, 2, 0],
  ]);
});

it('quotes words for the shell only where that is needed', () => {
  expect(shellWord('Cells.normscope', 'linux')).toBe('Cells.normscope');
  expect(shellWord("it's here", 'linux')).toBe("'it'\\''s here'");
  expect(shellWord('$(rm)', 'linux')).toBe("'$(rm)'");
  expect(shellWord('a\\b', 'linux')).toBe("'a\\b'");
  expect(shellWord('C:\\Labs\\Cells', 'win32')).toBe('C:\\Labs\\Cells');
  expect(shellWord('C:\\My Labs', 'win32')).toBe('"C:\\My Labs"');
});
