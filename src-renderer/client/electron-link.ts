// A link over a message port of Electron's main process. Messages are JSON text, so that the relay
// need not parse them.

import type { Link } from '#rpc/link.ts';

export function portLink(port: MessagePort): Link {
  let isOpen = true;
  const closing: (() => void)[] = [];
  const closed = () => {
    if (!isOpen) return;
    isOpen = false;
    for (const listener of closing) listener();
  };
  // No listener for "close", which only Electron fires: with one, Electron 25 ends the page's
  // process when the page is loaded again.
  return {
    send: (message) => {
      if (isOpen) port.postMessage(JSON.stringify(message));
    },
    onMessage: (listener) => {
      port.addEventListener('message', ({ data }) => {
        if (typeof data !== 'string') return;
        // The relay's signal that the process behind it has ended.
        if (data === '') closed();
        else listener(JSON.parse(data));
      });
      port.start();
    },
    onClose: (listener) => void closing.push(listener),
    close: () => {
      port.close();
      closed();
    },
  };
}
