import { join } from 'node:path';

/** Command-line arguments of the app, with a separate user profile in `folder`. */
export function launchWords(folder: string): string[] {
  const words = [
    `--user-data-dir=${join(folder, 'user')}`,
    // A fake camera, access to which must be refused.
    '--use-fake-device-for-media-stream',
  ];
  // Chromium's sandbox does not work for root, who runs the tests in containers; those have little
  // shared memory.
  if (process.getuid?.() === 0) words.push('--no-sandbox', '--disable-dev-shm-usage');
  return words;
}
