// A process for the tests of processes/: does what it is asked to do to itself.

import { Failure } from '#domain/failure.ts';
import { endByBug, serveParent } from '#processes/serve-parent.ts';

export interface TriedMethods {
  /** Each byte plus one. */
  add: { input: { readonly bytes: Uint8Array }; output: Uint8Array };
  /** Tells of `beats` beats, `everyMs` apart, then answers. */
  beat: { input: { readonly beats: number; readonly everyMs: number }; output: number };
  /** Tells of `beats` beats at once, and ends. */
  lastWords: { input: { readonly beats: number }; output: never };
  print: { input: { readonly length: number }; output: null };
  exit: { input: { readonly code: number }; output: never };
  fail: { input: object; output: never };
  break: { input: object; output: never };
  hang: { input: object; output: never };
}

export interface TriedEvents {
  beat: { readonly number: number };
}

const server = serveParent({
  handlers: {
    add: ({ bytes }: TriedMethods['add']['input']) => bytes.map((byte) => byte + 1),
    beat: async ({ beats, everyMs }: TriedMethods['beat']['input']) => {
      for (let number = 1; number <= beats; number++) {
        await new Promise((resolve) => setTimeout(resolve, everyMs));
        server.emit('beat', { number });
      }
      return beats;
    },
    lastWords: ({ beats }: TriedMethods['lastWords']['input']) => {
      for (let number = 1; number < beats; number++) server.emit('beat', { number });
      const last = { kind: 'event', name: 'beat', data: { number: beats } };
      process.send!(last, () => process.exit(0));
    },
    print: async ({ length }: TriedMethods['print']['input']) => {
      for (const stream of [process.stdout, process.stderr]) {
        const name = stream === process.stdout ? 'out' : 'err';
        await new Promise((resolve) => stream.write(`${'.'.repeat(length)} ${name}\n`, resolve));
      }
      return null;
    },
    exit: ({ code }: TriedMethods['exit']['input']) => process.exit(code),
    fail: () => {
      throw new Failure('not-found', 'There is none.', '/data/a');
    },
    break: () => {
      throw new Error('This is a bug.');
    },
    hang: () => {
      for (;;);
    },
  },
  onBug: endByBug,
});
