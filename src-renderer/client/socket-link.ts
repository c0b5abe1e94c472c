// A link over a WebSocket to the server of this page.

import type { Link } from '#rpc/link.ts';

/** Resolves once the socket is open. Rejects when the server refuses or does not answer. */
export function openSocketLink(address: URL): Promise<Link> {
  const socket = new WebSocket(address);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(socketLink(socket)));
    socket.addEventListener('error', () => reject(new Error('The server does not answer.')));
  });
}

function socketLink(socket: WebSocket): Link {
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      socket.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') listener(JSON.parse(data));
      });
    },
    onClose: (listener) => socket.addEventListener('close', listener, { once: true }),
    close: () => socket.close(),
  };
}
