// The link between core and worker: the message channel of a child process.

import type { ChildProcess } from 'node:child_process';
import type { Link } from '#rpc/link.ts';

/** `side` is the child in the core, and `process` itself in the child. */
export function processLink(side: ChildProcess | NodeJS.Process): Link {
  return {
    send: (message) => {
      // A message to a process that has just died is lost; its caller learns it from onClose.
      if (side.connected) side.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => void side.on('message', listener),
    onClose: (listener) => void side.once('disconnect', listener),
    close: () => {
      if (side.connected) side.disconnect();
    },
  };
}
