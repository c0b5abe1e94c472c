// The message channel between a process and its child. It carries the messages of rpc: a channel is a Link.

import type { ChildProcess } from 'node:child_process';

export interface Channel {
  /** Sends what the channel's serialisation can carry; does nothing once it has closed. */
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, after the last message. */
  onClose(listener: () => void): void;
  close(): void;
}

/** `side` is the child in the parent, and `process` itself in the child. */
export function channelOf(side: ChildProcess | NodeJS.Process): Channel {
  return {
    send: (message) => {
      // A message to a process that has just ended is lost; its sender learns it from onClose.
      if (side.connected) side.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => void side.on('message', listener),
    onClose: (listener) => void side.once('disconnect', listener),
    close: () => {
      if (side.connected) side.disconnect();
    },
  };
}
