// The link to a browser: a WebSocket that carries one JSON document a message.

import type { RawData, WebSocket } from 'ws';
import type { Link } from '#rpc/link.ts';

/** What may wait for a browser that has fallen asleep, bytes. */
const longestBacklog = 64 * 2 ** 20;

export function socketLink(socket: WebSocket): Link {
  // Whatever the fault, "close" follows.
  socket.on('error', () => undefined);
  return {
    send: (message) => {
      const text = JSON.stringify(message);
      if (socket.readyState !== socket.OPEN) return;
      socket.send(text);
      if (socket.bufferedAmount > longestBacklog) socket.terminate();
    },
    onMessage: (listener) => {
      socket.on('message', (bytes: RawData, isBinary: boolean) => {
        const message = isBinary ? undefined : parse(bytes);
        if (message === undefined) socket.close(1003);
        else listener(message);
      });
    },
    onClose: (listener) => void socket.once('close', listener),
    close: () => socket.close(),
  };
}

/** undefined when it is no JSON. */
function parse(bytes: RawData): unknown {
  try {
    // The server asks for nodebuffers, the only kind of data then.
    return JSON.parse((bytes as Buffer).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
