// Before all scenarios: packages the app, finds a Chromium, starts a screen where there is none.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { sampleImports } from '#core/project/sample.ts';
import { sizes } from '../../support/sizes.ts';
import { packageApp, type PackagedApp } from '../packaging/packaged-app.ts';
import { findChromium } from './chromium.ts';
import { startScreen } from './screen.ts';
import { unpackEveryTenth } from './images/unpack-some.ts';

declare module 'vitest' {
  interface ProvidedContext {
    executable: string;
    chromium: string;
    /** One a worker; empty where the system has a screen. */
    displays: readonly string[];
    /** The folder of a project that holds the sample. */
    sampleProject: string;
    /** The folder of a project that holds a tenth of the sample. */
    smallProject: string;
  }
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

/** A project with the bundled sample, imported as the window does it. Resolves with its folder. */
async function makeSampleProject(folder: string): Promise<string> {
  const project = join(folder, 'Sample.normscope');
  for (const { dataset, paths, role } of sampleImports)
    await importAs(project, dataset, paths, role);
  return project;
}

/** The same with a tenth of the images. */
async function makeSmallProject(folder: string): Promise<string> {
  const project = join(folder, 'Small.normscope');
  for (const { dataset, paths, role } of sampleImports) {
    const images = join(folder, dataset);
    for (const path of paths) await unpackEveryTenth(path, images);
    await importAs(project, dataset, [images], role);
  }
  return project;
}

async function importAs(
  project: string,
  dataset: string,
  paths: readonly string[],
  role: string | undefined,
): Promise<void> {
  const words = ['import', project, ...paths, '--dataset', dataset];
  if (role !== undefined) words.push('--role', role);
  await run(process.execPath, ['src-main/hosts/cli/main.ts', ...words], { cwd: root });
}

async function stageAndPackage(): Promise<PackagedApp> {
  await run(process.execPath, ['src-main/hosts/electron/packaging/stage-core.ts'], { cwd: root });
  return await packageApp();
}

/** Takes the page and main process that "npm run build" has made. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'normscope-sample-'));
  // The copies of packaging wait for the disk while the import computes.
  const [{ executable, words }, chromium, sample, small] = await Promise.all([
    stageAndPackage(),
    findChromium(),
    makeSampleProject(folder),
    makeSmallProject(folder),
  ]);
  console.log(`Scenarios run in ${words} and in ${chromium.words}.`);
  if (!sizes.scenariosInBoth) {
    console.log(
      'Those about the window alone run in one of them; "npm run test:nightly": in both.',
    );
  }
  project.provide('executable', executable);
  project.provide('chromium', chromium.path);
  project.provide('sampleProject', sample);
  project.provide('smallProject', small);
  const screens = await Promise.all(
    Array.from({ length: project.vitest.config.maxWorkers }, () => startScreen()),
  );
  project.provide(
    'displays',
    screens.flatMap(({ display }) => display ?? []),
  );
  return async () => {
    for (const screen of screens) screen.close();
    await rm(folder, { recursive: true, force: true });
  };
}
