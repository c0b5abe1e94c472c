// The interface of a message link: over a child process, a socket or a port.

import type { Message } from './wire.ts';

export interface Link {
  /** Sends a message; does nothing once the link has closed. Throws when it is not JSON-safe. */
  send(message: Message): void;
  /** Called for each message that arrives. One listener, set before the first message. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the link has closed, from either side. */
  onClose(listener: () => void): void;
  close(): void;
}
