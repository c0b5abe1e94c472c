import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatRate,
  formatTime,
} from '../../../../../src-renderer/parts/text/number-format.ts';

describe('numbers as text', () => {
  it('show durations in at most two units', () => {
    expect([0.2, 40, 59.7, 95, 3600, 7500, 86_400 * 3].map(formatDuration)).toEqual([
      ...['under 1 s', '40 s', '1 min', '2 min', '1 h', '2 h 5 min', '3 days'],
    ]);
  });

  it('show sizes in the shortest unit', () => {
    expect([512, 3400, 999_700, 2.5e9].map(formatBytes)).toEqual([
      ...['512 B', '3.4 kB', '1.0 MB', '2.5 GB'],
    ]);
  });

  it('show slow rates per minute', () => {
    expect([1234, 12.4, 2.34, 0.62, 0.05].map(formatRate)).toEqual([
      ...['1,234 a second', '12 a second', '2.3 a second', '37 a minute', '3.0 a minute'],
    ]);
  });

  it('show recent times with the clock time and older ones as dates', () => {
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 5);
    const formatted = (time: Date) => formatTime(time.toISOString(), at(24, 20));
    expect([at(24, 14), at(23, 9), at(3, 9)].map(formatted)).toEqual([
      ...['today 14:05', 'yesterday 09:05', '3 November 2026'],
    ]);
  });
});
