// Local times as text; with the time zone for readers elsewhere or later.

/** "2026-11-24 14:05:10". */
export function localTime(time: Date): string {
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}

/** "2026-11-24 14:05 (UTC+01:00)". */
export function zonedTime(time: Date): string {
  const ahead = -time.getTimezoneOffset();
  const size = Math.abs(ahead);
  const zone = `UTC${ahead < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${localTime(time).slice(0, 16)} (${zone})`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
