import { join } from 'node:path';

/** The words that the app is started with, for a user of its own in `folder`. */
export function launchWords(folder: string): string[] {
  const words = [
    `--user-data-dir=${join(folder, 'user')}`,
    // A camera to be refused.
    '--use-fake-device-for-media-stream',
  ];
  // Chromium's sandbox does not work for root, who runs the tests in containers; those have little
  // shared memory.
  if (process.getuid?.() === 0) words.push('--no-sandbox', '--disable-dev-shm-usage');
  return words;
}
