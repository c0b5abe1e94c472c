// A link over a message port to the page. Messages travel as JSON text.

import type { MessagePortMain } from 'electron';
import type { Link } from '#rpc/link.ts';

/** The longest message that a page may send, characters. */
const longestMessage = 2 ** 20;

export function portLink(port: MessagePortMain): Link {
  let isOpen = true;
  port.on('close', () => (isOpen = false));
  return {
    send: (message) => {
      if (isOpen) port.postMessage(JSON.stringify(message));
    },
    onMessage: (listener) => {
      port.on('message', ({ data }: { data: unknown }) => {
        if (typeof data !== 'string' || data.length > longestMessage) return;
        const message = parse(data);
        if (message !== undefined) listener(message);
      });
      port.start();
    },
    onClose: (listener) => void port.once('close', listener),
    close: () => port.close(),
  };
}

/** undefined when it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
