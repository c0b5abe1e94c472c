// The log of bugs in Electron's main process: a file in the user's folder of logs.

import { app } from 'electron';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the message for the user. */
export function logBug(error: unknown): string {
  const reference = randomBytes(4).toString('hex');
  const path = join(app.getPath('logs'), 'desktop.log');
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  try {
    mkdirSync(app.getPath('logs'), { recursive: true });
    appendFileSync(path, `${new Date().toISOString()} bug ${reference} ${text}\n`);
  } catch {
    // A log that cannot be written must not end the work.
  }
  return `Something went wrong inside Normscope (reference ${reference}). Details are in ${path}.`;
}

/** Uncaught errors are logged, and the app continues. */
export function logUncaught(): void {
  process.on('uncaughtException', (error) => void logBug(error));
  process.on('unhandledRejection', (error) => void logBug(error));
}
