// The project's log file: internal errors and warnings.

import { randomBytes } from 'node:crypto';
import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A log of this size, bytes, is renamed to normscope.old.log and a new one is started. */
const longest = 5 * 1024 * 1024;

export class Log {
  readonly path: string;
  readonly #now: () => Date;
  #written: Promise<void> = Promise.resolve();

  constructor(folder: string, now: () => Date) {
    this.path = join(folder, 'normscope.log');
    this.#now = now;
  }

  warn(text: string): void {
    this.#append('warning', text);
  }

  /** Logs an error that is a bug of Normscope; returns the message for the user. */
  bug(error: unknown): string {
    const reference = randomBytes(4).toString('hex');
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#append('bug', `${reference} ${text}`);
    return (
      `Something went wrong inside Normscope (reference ${reference}). ` +
      `Details are in ${this.path}; please report them.`
    );
  }

  /** Resolves when everything is in the file. */
  async close(): Promise<void> {
    await this.#written;
  }

  #append(level: string, text: string): void {
    const line = `${this.#now().toISOString()} ${level} ${text.replaceAll('\n', '\n  ')}\n`;
    this.#written = this.#written.then(async () => {
      try {
        const size = await stat(this.path).then(
          (found) => found.size,
          () => 0,
        );
        if (size > longest) await rename(this.path, this.path.replace(/\.log$/, '.old.log'));
        await appendFile(this.path, line);
      } catch {
        // A log that cannot be written (disk full, no permission) must not stop the work.
      }
    });
  }
}
