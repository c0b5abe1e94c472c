// What the page is not allowed to do in the packaged app.

import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import type { Page } from 'playwright';
import { expect, inject, test } from 'vitest';
import { electronApp } from '../../support/electron-host.ts';
import { launchWords } from '../../support/launch-words.ts';
import { scenario, type Host } from '../../support/host.ts';
import { openSampleProject } from '../../support/images/sample-project.ts';
import { canTakeNetwork, runOffline } from '../../../support/no-network.ts';
import { pathSpellings } from '../../../support/path-spellings.ts';
import { sizes } from '../../../support/sizes.ts';
import { senselessText } from '../../../support/senseless-texts.ts';

/** Encoding in the fuse wire: the character codes of "0", "1". */
const [off, on] = [48, 49];

test('the packaged app has its fuses set', async () => {
  const fuses = await getCurrentFuseWire(inject('executable'));
  expect(fuses).toMatchObject({
    [FuseV1Options.RunAsNode]: off,
    [FuseV1Options.EnableCookieEncryption]: on,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: off,
    // Enabled in the test build only: Playwright needs it.
    [FuseV1Options.EnableNodeCliInspectArguments]: on,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: on,
    [FuseV1Options.OnlyLoadAppFromAsar]: on,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: off,
  });
});

test.runIf(canTakeNetwork)('the packaged app asks for no network', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'normscope-offline-'));
  const app = [inject('executable'), ...launchWords(folder)];
  const { attempts } = await runOffline('timeout', ['15', ...app]);
  // The app has started: Chromium writes this for a shown page.
  expect(existsSync(join(folder, 'user', 'Local Storage'))).toBe(true);
  expect(attempts).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

async function openProject(host: Host): Promise<Page> {
  await host.newProject('Cells');
  await host.page().getByText('No images yet').waitFor();
  return host.page();
}

scenario(
  'the page is sandboxed and has two functions of the desktop, frozen',
  async ({ host }) => {
    const page = await openProject(host);
    const preferences = await electronApp(host).evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => {
        // Not in the types, and the only access to the effective preferences.
        const { getLastWebPreferences } = webContents as unknown as {
          getLastWebPreferences: () => Record<string, unknown>;
        };
        const found = getLastWebPreferences.call(webContents);
        return ['sandbox', 'contextIsolation', 'nodeIntegration', 'webviewTag', 'webSecurity'].map(
          (name) => [name, found[name]],
        );
      }),
    );
    expect(preferences.map((pairs) => Object.fromEntries(pairs) as unknown)).toEqual([
      {
        ...{ sandbox: true, contextIsolation: true, webSecurity: true },
        ...{ nodeIntegration: false, webviewTag: false },
      },
    ]);
    const seen = await page.evaluate(() => {
      const { desktop } = globalThis as unknown as { desktop: Record<string, unknown> };
      const names = ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'];
      return {
        exposed: Object.keys(desktop).map((name) => `${name}: ${typeof desktop[name]}`),
        isFrozen: Object.isFrozen(desktop),
        ofNode: names.filter((name) => name in globalThis),
      };
    });
    expect(seen).toEqual({
      exposed: ['connect: function', 'pathOf: function'],
      isFrozen: true,
      ofNode: [],
    });
  },
  'electron',
);

scenario(
  'the page cannot leave, open windows, or use devices',
  async ({ host }) => {
    const page = await openProject(host);
    const before = page.url();
    const answers = await page.evaluate(async () => {
      const window = globalThis as unknown as {
        open: (address: string) => unknown;
        location: { href: string };
        Notification: { requestPermission: () => Promise<string> };
        navigator: {
          mediaDevices: { getUserMedia: (wish: object) => Promise<unknown> };
          permissions: { query: (wish: object) => Promise<{ state: string }> };
        };
      };
      const opened = window.open('https://example.org/');
      window.location.href = 'https://example.org/';
      window.location.href = 'file:///etc/passwd';
      const { navigator } = window;
      const camera = await navigator.mediaDevices
        .getUserMedia({ video: true })
        .then(() => 'granted')
        .catch((error: unknown) => (error as Error).name);
      const { state } = await navigator.permissions.query({ name: 'geolocation' });
      return { opened, camera, state, notify: await window.Notification.requestPermission() };
    });
    expect(answers).toEqual({
      ...{ opened: null, camera: 'NotAllowedError', state: 'denied', notify: 'denied' },
    });
    expect(page.url()).toBe(before);
    expect(host.complaints.splice(0)).toEqual([
      'console: Not allowed to load local resource: file:///etc/passwd',
    ]);
    const count = await electronApp(host).evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows().length,
    );
    expect(count).toBe(1);
  },
  'electron',
);

scenario(
  'downloads are blocked, and invalid certificates are refused',
  async ({ host }) => {
    const page = await openProject(host);
    const app = electronApp(host);
    await app.evaluate(({ session }) => {
      const seen = globalThis as { downloads?: string[] };
      seen.downloads = [];
      session.defaultSession.on('will-download', (event, item) => {
        seen.downloads?.push(
          `${item.getFilename()}: ${event.defaultPrevented ? 'denied' : 'taken'}`,
        );
      });
    });
    await page.evaluate(() => {
      const { document, URL, Blob } = globalThis as unknown as {
        document: {
          createElement: (name: string) => Record<string, unknown> & { click: () => void };
        };
        URL: { createObjectURL: (blob: unknown) => string };
        Blob: new (parts: string[]) => unknown;
      };
      const link = document.createElement('a');
      Object.assign(link, { href: URL.createObjectURL(new Blob(['x'])), download: 'x.txt' });
      link.click();
    });
    const downloads = () => app.evaluate(() => (globalThis as { downloads?: string[] }).downloads);
    await expect.poll(downloads).toEqual(['x.txt: denied']);
    // No host is contacted: the test emits the event itself.
    const answers = await app.evaluate(({ app: main, BrowserWindow }) => {
      const given: unknown[] = [];
      const event = { preventDefault: () => given.push('prevented') };
      const decide = (isTrusted: boolean) => given.push(isTrusted);
      const [window] = BrowserWindow.getAllWindows();
      main.emit(
        'certificate-error',
        ...[
          event,
          window?.webContents,
          'https://example.org/',
          'net::ERR_CERT_INVALID',
          {},
          decide,
        ],
      );
      return given;
    });
    expect(answers).toEqual(['prevented', false]);
  },
  'electron',
);

scenario(
  'a page of another origin and messages that are too long get no answer',
  async ({ host }) => {
    const page = await openProject(host);
    expect(await page.evaluate(answersToFreshPorts, '')).toEqual(['shell', 'core']);
    // Longer than the limit of either.
    expect(await page.evaluate(answersToFreshPorts, 'x'.repeat(5 * 2 ** 20))).toEqual([]);
    await page.reload();
    await page.getByText('No images yet').waitFor();

    // The preload script runs in every page of the window.
    await electronApp(host).evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.loadURL('data:text/html,elsewhere'),
    );
    await page.getByText('elsewhere').waitFor();
    expect(await page.evaluate(() => 'desktop' in globalThis)).toBe(true);
    expect(await page.evaluate(answersToFreshPorts, '')).toEqual([]);
  },
  'electron',
);

/** Runs in the page: requests ports, sends a call on each, and returns which were answered. */
async function answersToFreshPorts(padding: string): Promise<string[]> {
  interface Port {
    postMessage: (value: unknown) => void;
    onmessage: (event: { data: unknown }) => void;
  }
  type Take = (event: { data: string; ports: [Port] }) => void;
  const page = globalThis as unknown as {
    desktop: { connect: () => void };
    addEventListener: (name: 'message', take: Take) => void;
    removeEventListener: (name: 'message', take: Take) => void;
  };
  const answered: string[] = [];
  const take: Take = ({ data: name, ports: [port] }) => {
    port.onmessage = ({ data }) => {
      const { kind, id } = JSON.parse(String(data)) as { kind: string; id?: number };
      if (id === 77 && kind !== 'event') answered.push(name);
    };
    const call = name === 'shell' ? 'desktop.show' : 'edits.state';
    const input = padding === '' ? {} : { padding };
    port.postMessage(JSON.stringify({ kind: 'call', id: 77, name: call, input }));
  };
  page.addEventListener('message', take);
  page.desktop.connect();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  page.removeEventListener('message', take);
  return answered.sort().reverse();
}

scenario(
  'the page’s scheme serves no file by path, in any spelling',
  async ({ host }) => {
    const page = await openProject(host);
    const here = page.url().replace(/\/index\.html.*$/, '');
    const served = await page.evaluate(
      async ([here, spellings]) => {
        const found: string[] = [];
        for (const spelling of spellings) {
          const answer = await fetch(`${here}/${spelling}`).catch(() => undefined);
          if (answer?.ok) found.push(spelling);
        }
        return found;
      },
      [here, pathSpellings] as const,
    );
    expect(pathSpellings.length).toBeGreaterThanOrEqual(500);
    expect(served).toEqual([]);
    // The page logs each refusal in the console.
    const refusals = host.complaints.splice(0);
    expect(refusals.filter((line) => !/404|ERR_|CORS|scheme/.test(line))).toEqual([]);
  },
  'electron',
);

scenario(
  `${sizes.messages} malformed messages change nothing`,
  async (my) => {
    const { host, projectFolder } = my;
    await openSampleProject(my);
    const page = host.page();
    const texts = Array.from({ length: 1000 }, (_, id) => senselessText(id));
    await page.evaluate(sendSenselessMessages, { count: sizes.messages, texts });
    await page.getByRole('tab', { name: 'natural images 297' }).click();
    await page
      .getByRole('listbox', { name: 'Images of natural images' })
      .getByRole('option')
      .first()
      .waitFor();
    await page.reload();
    await page.getByRole('tab', { name: 'blood cells 709' }).waitFor();
    const logs = await electronApp(host).evaluate(({ app }) => app.getPath('logs'));
    expect(existsSync(join(logs, 'desktop.log'))).toBe(false);
    // There is no log while there was nothing to write down.
    const path = join(projectFolder('Cells'), 'normscope.log');
    const log = await readFile(path, 'utf8').catch(() => '');
    expect(log).not.toContain(' bug ');
  },
  'electron',
);

/** Runs in the page: requests new ports, as any script could, and misuses them. */
async function sendSenselessMessages({
  count,
  texts,
}: {
  readonly count: number;
  readonly texts: readonly string[];
}): Promise<void> {
  interface Port {
    postMessage: (value: unknown, transfer?: unknown[]) => void;
  }
  const page = globalThis as unknown as {
    desktop: { connect: () => void };
    addEventListener: (name: 'message', take: (event: { ports: Port[] }) => void) => void;
    MessageChannel: new () => { port1: unknown };
  };
  const ports: Port[] = [];
  page.addEventListener('message', (event) => ports.push(...event.ports));
  page.desktop.connect();
  while (ports.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const values: ((i: number) => unknown)[] = [
    () => undefined,
    () => cyclic,
    () => new Map([[1, 2]]),
    () => new Uint8Array(1000),
    () => new Date(NaN),
    (i) => ({ kind: 'call', id: i, name: 'projects.close', input: {} }),
    (i) => texts[i % texts.length],
    (i) => texts[(7 * i) % texts.length],
    (i) => texts[(31 * i) % texts.length],
  ];
  for (let i = 0; i < count; i++) {
    const port = ports[i % 2]!;
    port.postMessage(values[i % values.length]!(i));
    if (i % 1000 === 0) port.postMessage('y', [new page.MessageChannel().port1]);
    if (i % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
