import { afterEach, describe, expect, it, vi } from 'vitest';
import { localTime, zonedTime } from '#domain/local-time.ts';

describe('a time', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    [
      'Europe/Berlin',
      '2026-11-24T13:05:10Z',
      '2026-11-24 14:05:10',
      '2026-11-24 14:05 (UTC+01:00)',
    ],
    [
      'Europe/Berlin',
      '2026-07-01T22:30:00Z',
      '2026-07-02 00:30:00',
      '2026-07-02 00:30 (UTC+02:00)',
    ],
    [
      'America/St_Johns',
      '2026-01-01T01:02:03Z',
      '2025-12-31 21:32:03',
      '2025-12-31 21:32 (UTC−03:30)',
    ],
    ['UTC', '2026-11-24T13:05:10Z', '2026-11-24 13:05:10', '2026-11-24 13:05 (UTC+00:00)'],
  ])('in %s is that of the clock on the wall', (zone, iso, local, zoned) => {
    vi.stubEnv('TZ', zone);
    const time = new Date(iso);
    expect([localTime(time), zonedTime(time)]).toEqual([local, zoned]);
  });
});
