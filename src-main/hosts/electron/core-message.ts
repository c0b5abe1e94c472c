// The messages between Electron's main process and the core's process: one channel for all clients.
// Types only; the two sides are core-process.ts and core-entry.ts.

import type { PictureAddress } from '#contract/page.ts';

/** From main to the core. */
export type ToCore =
  /** From now on the client receives events. */
  | { readonly kind: 'came'; readonly client: number }
  /** A message of a client, as the JSON text that its page has sent. */
  | { readonly kind: 'text'; readonly client: number; readonly text: string }
  | { readonly kind: 'gone'; readonly client: number }
  | {
      readonly kind: 'picture';
      readonly id: number;
      readonly wanted: PictureAddress;
    }
  /** The core stops its work, closes the project and ends. */
  | { readonly kind: 'close' };

/** From the core to main. */
export type FromCore =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'text'; readonly client: number; readonly text: string }
  | {
      readonly kind: 'picture';
      readonly id: number;
      readonly found: { readonly path: string; readonly type: string } | null;
    };
