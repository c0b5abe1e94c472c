// Installs TensorFlow for the tensorflow engine without a download from outside the package registries:
// the JavaScript from npm, TensorFlow's C library and headers from the Python package tensorflow-cpu,
// and the addon between them compiled here.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '#domain/failure.ts';
import { openTensorFlow } from './native.ts';

const execute = promisify(execFile);

const versions = { tfjs: '4.22.0', headers: '1.9.0', tensorflow: '2.15.1' } as const;
const compilers = ['c++', 'g++', 'clang++'];
const pythons = ['python3', 'python', '/usr/bin/python3'];

/** Of the Python package: what the addon is compiled with and runs on. */
const wanted = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
const wantedHeaders = [
  'include/tensorflow/c/',
  'include/tensorflow/core/platform/',
  'include/tsl/',
];

const unpack = `
import sys, zipfile
wheel, target, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if any(name.startswith('tensorflow/' + want) for want in wanted):
            archive.extract(name, target)
`;

export interface InstallPart {
  /** Parts done before this one. */
  readonly done: number;
  readonly total: number;
  /** "downloading TensorFlow (207 MB)". */
  readonly what: string;
}

/**
 * Installs into `folder`, which appears whole or not at all; resolves with the device of the engine. Does
 * nothing where a working one is there. Throws `engine-unavailable` that names what is missing.
 */
export async function installTensorFlow(
  folder: string,
  report: (part: InstallPart) => void,
): Promise<string> {
  const ready = await openTensorFlow(1, folder).catch(() => undefined);
  if (ready) return ready.device;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw failed(
      'TensorFlow can be installed this way on Linux with an x64 processor only',
      'On this system the other engines do the same work.',
    );
  }
  const tools = await findTools();
  // One that broke off leaves it behind.
  const work = `${folder}.new`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const steps: readonly (readonly [string, () => Promise<void>])[] = [
    ['fetching TensorFlow.js', () => fetchPackages(work)],
    ['downloading TensorFlow (about 210 MB)', () => downloadWheel(work, tools.python)],
    ['unpacking it', () => unpackWheel(work, tools.python)],
    ['compiling the addon', () => compile(work, tools.compiler)],
  ];
  try {
    for (const [done, [what, step]] of steps.entries()) {
      report({ done, total: steps.length, what });
      await step();
    }
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  report({ done: steps.length, total: steps.length, what: 'trying it' });
  return (await openTensorFlow(1, folder)).device;
}

async function findTools(): Promise<{ readonly compiler: string; readonly python: string }> {
  const compiler = await firstThatRuns(compilers, ['--version']);
  if (compiler === undefined) {
    throw failed('A C++ compiler is missing', 'On Debian or Ubuntu: apt-get install g++');
  }
  const python = await firstThatRuns(pythons, ['-m', 'pip', '--version']);
  if (python === undefined) {
    throw failed(
      'Python 3 with pip is missing',
      'On Debian or Ubuntu: apt-get install python3-pip',
    );
  }
  if ((await firstThatRuns(['npm'], ['--version'])) === undefined) {
    throw failed('npm is missing', 'It comes with Node (https://nodejs.org).');
  }
  return { compiler, python };
}

async function firstThatRuns(
  programs: readonly string[],
  words: readonly string[],
): Promise<string | undefined> {
  for (const program of programs) {
    try {
      await execute(program, words);
      return program;
    } catch {
      continue;
    }
  }
  return undefined;
}

async function fetchPackages(work: string): Promise<void> {
  await writeFile(join(work, 'package.json'), '{ "private": true }\n');
  const packages = [
    `@tensorflow/tfjs-node@${versions.tfjs}`,
    `node-api-headers@${versions.headers}`,
  ];
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await runTool('npm', ['install', ...quiet, ...packages], work, {
    message: 'The npm packages could not be fetched',
    remedy: 'Check the connection to the npm registry ("npm ping").',
  });
}

async function downloadWheel(work: string, python: string): Promise<void> {
  // Named in full, so that the version of the Python at hand does not matter: no Python will load it.
  const platform = ['--python-version', '311', '--platform', 'manylinux2014_x86_64'];
  const words = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    ...platform,
  ];
  const wheel = [`tensorflow-cpu==${versions.tensorflow}`, '--dest', join(work, 'wheel')];
  await runTool(python, [...words, ...wheel], work, {
    message: 'The Python package tensorflow-cpu could not be downloaded',
    remedy: 'Check the connection to the Python registry ("pip config list" shows which).',
  });
}

function depsOf(work: string): string {
  return join(packageOf(work), 'deps');
}

function packageOf(work: string): string {
  return join(work, 'node_modules', '@tensorflow', 'tfjs-node');
}

async function unpackWheel(work: string, python: string): Promise<void> {
  const [wheel] = await readdir(join(work, 'wheel'));
  const from = join(work, 'wheel', wheel!);
  const to = join(work, 'unpacked');
  await runTool(python, ['-c', unpack, from, to, ...wanted, ...wantedHeaders], work, {
    message: 'The Python package could not be unpacked',
    remedy: 'About 1.5 GB must be free on this disk.',
  });
  const deps = depsOf(work);
  await mkdir(join(deps, 'lib'), { recursive: true });
  await rename(join(to, 'tensorflow', 'include'), join(deps, 'include'));
  for (const name of wanted) await rename(join(to, 'tensorflow', name), join(deps, 'lib', name));
  await rm(to, { recursive: true });
  await rm(join(work, 'wheel'), { recursive: true });
}

async function compile(work: string, compiler: string): Promise<void> {
  const [deps, source] = [depsOf(work), join(packageOf(work), 'binding')];
  // Where tfjs-node looks for it; it finds the libraries from there.
  const addon = join(packageOf(work), 'lib', 'napi-v8', 'tfjs_binding.node');
  await mkdir(dirname(addon), { recursive: true });
  const headers = join(work, 'node_modules', 'node-api-headers', 'include');
  const words = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-w'],
    ...[`-I${headers}`, `-I${join(deps, 'include')}`, `-I${source}`],
    ...[join(source, 'tfjs_backend.cc'), join(source, 'tfjs_binding.cc'), '-o', addon],
    ...[`-L${join(deps, 'lib')}`, ...wanted.map((name) => `-l:${name}`)],
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ];
  await runTool(compiler, words, work, {
    message: 'The addon could not be compiled',
    remedy: 'A compiler that knows C++17 is needed (g++ 8 or later).',
  });
  if (!existsSync(addon)) throw new Error(`The compiler left no ${addon}`);
}

/** The end of the tool's error output becomes part of the failure. */
async function runTool(
  program: string,
  words: readonly string[],
  cwd: string,
  { message, remedy }: { readonly message: string; readonly remedy: string },
): Promise<void> {
  try {
    await execute(program, words, { cwd, maxBuffer: 2 ** 26 });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const said = stderr.trim().split('\n').slice(-3).join(' ');
    throw failed(said === '' ? message : `${message}: ${said}`, remedy);
  }
}

function failed(message: string, remedy: string): Failure {
  return new Failure('engine-unavailable', `${message}. ${remedy}`);
}
