// The Chromium that the scenarios run in: Playwright's own where it is installed, else the system's.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { chromium } from 'playwright';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Throws when there is none: a scenario is never skipped. */
export async function findChromium(): Promise<{ readonly path: string; readonly words: string }> {
  const own = chromium.executablePath();
  const candidates = existsSync(own) ? [own] : names;
  for (const candidate of candidates) {
    const asked = await promisify(execFile)(candidate, ['--version']).catch(() => undefined);
    if (asked) return { path: await absolute(candidate), words: asked.stdout.trim() };
  }
  throw new Error('There is no Chromium: install the package chromium, or Playwright’s own.');
}

async function absolute(name: string): Promise<string> {
  if (existsSync(name)) return name;
  return (await promisify(execFile)('which', [name])).stdout.trim();
}
