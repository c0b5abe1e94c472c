// The functions and ports that the preload script provides in Electron; absent in a browser.

import type { Link } from '#rpc/link.ts';
import { portLink } from './electron-link.ts';

/** Exposed by src-main/hosts/electron/preload.ts; the two must agree. */
interface Preload {
  /** Requests the window's ports from the main process; they arrive as messages. */
  readonly connect: () => void;
  /** The absolute path of a dropped file; empty when it has none. */
  readonly pathOf: (file: File) => string;
}

declare global {
  interface Window {
    readonly desktop?: Preload;
  }
}

/** undefined in a browser. */
export function desktop(): Preload | undefined {
  return window.desktop;
}

/** Calls `onLink` for each received port: the shell's once, the core's at each start. */
export function receiveLinks(
  preload: Preload,
  onLink: (name: 'shell' | 'core', link: Link) => void,
): void {
  window.addEventListener('message', ({ source, data, ports }: MessageEvent<unknown>) => {
    const port = ports[0];
    if (source !== window || port === undefined) return;
    if (data === 'shell' || data === 'core') onLink(data, portLink(port));
  });
  preload.connect();
}
