import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Starts a virtual screen for Electron; returns the function that stops it. */
export async function startScreen(): Promise<() => void> {
  if (process.platform !== 'linux' || process.env['DISPLAY'] !== undefined) return () => undefined;
  const screen = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const failed = once(screen, 'error').then(([error]) => {
    throw new Error('There is no screen and no Xvfb: install the package xvfb.', { cause: error });
  });
  const [number] = (await Promise.race([once(screen.stdio[3]!, 'data'), failed])) as [Buffer];
  process.env['DISPLAY'] = `:${number.toString().trim()}`;
  return () => void screen.kill();
}
