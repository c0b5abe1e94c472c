// The link to a browser: a WebSocket with one JSON document per message.

import type { RawData, WebSocket } from 'ws';
import type { Link } from '#rpc/link.ts';

/** Unsent bytes at which a browser that does not read is disconnected. */
const longestBacklog = 64 * 2 ** 20;

export function socketLink(socket: WebSocket): Link {
  // Every error is followed by "close".
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

/** undefined when it is not JSON. */
function parse(bytes: RawData): unknown {
  try {
    // Data has this type because the server is created with binaryType "nodebuffer".
    return JSON.parse((bytes as Buffer).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
