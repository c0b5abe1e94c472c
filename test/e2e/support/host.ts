// The interface between scenarios and their host: the packaged app or a browser.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { test } from 'vitest';
import { sizes } from '../../support/sizes.ts';
import { browserHost } from './browser-host.ts';
import { electronHost } from './electron-host.ts';

export interface Host {
  readonly kind: 'electron' | 'browser';
  /** The window's page; the same until the host is restarted. */
  page: () => Page;
  /** Creates a project of this name as a user would, and shows it. */
  newProject: (name: string) => Promise<void>;
  /** Opens an existing project. */
  openProject: (name: string) => Promise<void>;
  /** Opens a project that lies in the scenario's folder and that the host has not seen yet. */
  openFolder: (name: string) => Promise<void>;
  /** Ends the app or the server as its user would, and waits for the end. It can be opened again. */
  close: () => Promise<void>;
  /** After the scenario. */
  dispose: () => Promise<void>;
  /** Ends the process of the core at once. */
  killCore: (name: string) => Promise<void>;
  /** Follows the remedy that the window then shows, so that the project is open again. */
  recover: (name: string) => Promise<void>;
  /** Errors of the page and violations of its policy. */
  readonly complaints: string[];
}

export interface Scenario {
  readonly host: Host;
  /** A temporary folder for projects. */
  readonly folder: string;
  readonly projectFolder: (name: string) => string;
}

type Run = (scenario: Scenario) => Promise<void>;

const hosts = { electron: electronHost, browser: browserHost } as const;
const both = ['electron', 'browser'] as const;

/** Runs a scenario in both hosts; any error or policy violation of the page fails it. */
export function scenario(name: string, run: Run, only?: Host['kind']): void {
  runIn(only === undefined ? both : [only], name, run);
}

/** Of a subject that is the window's alone: in Chromium, and at full size in the app as well. */
export function windowScenario(name: string, run: Run): void {
  runIn(sizes.scenariosInBoth ? both : ['browser'], name, run);
}

/** Of a subject that is most at risk in the packaged app: there, and at full size in Chromium as well. */
export function appScenario(name: string, run: Run): void {
  runIn(sizes.scenariosInBoth ? both : ['electron'], name, run);
}

function runIn(kinds: readonly Host['kind'][], name: string, run: Run): void {
  for (const kind of kinds) {
    test(`${name} (${kind})`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'normscope-scenario-'));
      const projectFolder = (project: string) => join(folder, `${project}.normscope`);
      const host = await hosts[kind](folder);
      try {
        await run({ host, folder, projectFolder });
        if (host.complaints.length > 0) throw new Error(host.complaints.join('\n'));
      } finally {
        await host.dispose();
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
}
