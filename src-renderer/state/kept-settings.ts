// Settings of the window: in the browser's storage, which is lost with the server's port, and in the project.

import { windowSettingNames, type WindowSetting } from '#contract/care/window.ts';
import type { CoreClient } from '../client/clients.ts';

let server: CoreClient | undefined;

/** Stores the setting here, and in the project where a server serves it. */
export function keepSetting(name: WindowSetting, value: string): void {
  localStorage.setItem(name, value);
  // Kept here all the same; the next change is sent again.
  server?.call('window.keep', { name, value }).catch(() => undefined);
}

/** Takes up the project's settings, which win over those of another project at this port. */
export async function takeSettings(core: CoreClient): Promise<void> {
  server = core;
  const settings = await core.call('window.settings', {});
  for (const name of windowSettingNames) {
    const value = settings[name];
    if (value !== undefined) localStorage.setItem(name, value);
  }
}
