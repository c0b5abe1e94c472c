// A link over a byte stream: one JSON document a line.

import type { Duplex } from 'node:stream';
import type { Link } from '#rpc/link.ts';

const newline = 0x0a;

/** Unsent bytes at which a reader that does not read is disconnected. */
const longestBacklog = 64 * 2 ** 20;

/**
 * Lines that are not JSON are dropped; a line longer than `longestLine` bytes closes the link, because
 * its sender waits for an answer that cannot come.
 */
export function lineLink(stream: Duplex, longestLine: number): Link {
  // Every error is followed by "close".
  stream.on('error', () => undefined);
  return {
    send: (message) => {
      const text = JSON.stringify(message);
      if (!stream.writable) return;
      stream.write(`${text}\n`);
      if (stream.writableLength > longestBacklog) stream.destroy();
    },
    onMessage: (listener) => {
      const lines = new Lines(longestLine, (line) => {
        const message = parse(line);
        if (message !== undefined) listener(message);
      });
      stream.on('data', (bytes: Buffer) => {
        if (!lines.take(bytes)) stream.destroy();
      });
    },
    onClose: (listener) => void stream.once('close', listener),
    close: () => void stream.end(() => stream.destroy()),
  };
}

class Lines {
  readonly #longest: number;
  readonly #onLine: (line: string) => void;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(longest: number, onLine: (line: string) => void) {
    this.#longest = longest;
    this.#onLine = onLine;
  }

  /** False when a line is too long. */
  take(bytes: Buffer): boolean {
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      if (!this.#keep(bytes.subarray(start, end))) return false;
      const line = Buffer.concat(this.#parts).toString('utf8');
      this.#parts = [];
      this.#length = 0;
      start = end + 1;
      this.#onLine(line);
    }
    return this.#keep(bytes.subarray(start));
  }

  #keep(part: Buffer): boolean {
    this.#length += part.length;
    if (part.length > 0) this.#parts.push(part);
    return this.#length <= this.#longest;
  }
}

/** undefined when it is not JSON. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
