// Durations, rates, times and sizes as text.

/** "40 s", "3 min", "2 h 5 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (Math.round(seconds) < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** "25 a second", or "12 a minute" when slower. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 10) return `${Math.round(perSecond).toLocaleString('en')} a second`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)} a second`;
  return `${(perSecond * 60).toFixed(perSecond * 60 < 10 ? 1 : 0)} a minute`;
}

/** "today 14:05", "yesterday", "3 March 2026". */
export function formatTime(iso: string, now: Date): string {
  const time = new Date(iso);
  const days = Math.round((startOfDay(now) - startOfDay(time)) / 86_400_000);
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (days === 0) return `today ${clock}`;
  if (days === 1) return `yesterday ${clock}`;
  return time.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}

function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}

/** "512 B", "3.4 MB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (Math.round(value) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
