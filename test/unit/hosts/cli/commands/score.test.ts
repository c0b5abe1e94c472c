import { afterEach, expect, it, vi } from 'vitest';
import { nameFor } from '#hosts/cli/commands/score.ts';

afterEach(() => vi.unstubAllEnvs());

it('names the dataset made for paths after the first of them and the time', () => {
  vi.stubEnv('TZ', 'Europe/Berlin');
  const now = new Date('2026-11-24T13:05:10.999Z');
  expect(nameFor(['/data/slide 3/'], now)).toBe('slide 3, scored 2026-11-24 14:05:10');
  expect(nameFor(['a/b.png', 'c', 'd'], now)).toBe('b.png and 2 more, scored 2026-11-24 14:05:10');
  expect(nameFor(['/' + 'x'.repeat(250)], now).length).toBeLessThanOrEqual(200);
});
