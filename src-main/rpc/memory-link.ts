// A link within one process: messages are delivered as copies and in order.

import type { Link } from './link.ts';
import type { Message } from './wire.ts';

interface End {
  listener: ((message: unknown) => void) | undefined;
  readonly closed: (() => void)[];
}

/** Two ends; what is sent on one arrives at the other before the next task of the event loop. */
export function memoryLink(): readonly [Link, Link] {
  const ends: readonly [End, End] = [
    { listener: undefined, closed: [] },
    { listener: undefined, closed: [] },
  ];
  let isOpen = true;

  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    for (const end of ends) for (const listener of end.closed) listener();
  };
  const link = (own: End, other: End): Link => ({
    send: (message: Message) => {
      if (!isOpen) return;
      // The same JSON text as on a socket, so that both links treat every value alike.
      const text = JSON.stringify(message);
      void Promise.resolve().then(() => other.listener?.(JSON.parse(text)));
    },
    onMessage: (listener) => void (own.listener = listener),
    onClose: (listener) => void own.closed.push(listener),
    close,
  });
  return [link(ends[0], ends[1]), link(ends[1], ends[0])];
}
