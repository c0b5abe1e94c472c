import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Screen {
  /** Its DISPLAY; undefined where the system has a screen of its own. */
  readonly display: string | undefined;
  readonly close: () => void;
}

/** Electron needs a screen. */
export async function startScreen(): Promise<Screen> {
  if (process.platform !== 'linux' || process.env['DISPLAY'] !== undefined) {
    return { display: process.env['DISPLAY'], close: () => undefined };
  }
  const screen = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const failed = once(screen, 'error').then(([error]) => {
    throw new Error('There is no screen and no Xvfb: install the package xvfb.', { cause: error });
  });
  const [number] = (await Promise.race([once(screen.stdio[3]!, 'data'), failed])) as [Buffer];
  return { display: `:${number.toString().trim()}`, close: () => void screen.kill() };
}
