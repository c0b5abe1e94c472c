// TensorFlow itself under the interpreter, through @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node where
// one of them is there with its native part: beside the app, or where "normscope engine install
// tensorflow" has put it.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import { EngineAbsent } from '#domain/engines/engine-absent.ts';
import type { Engine } from '../engine.ts';
import { tensorflowFolder } from './engine-folder.ts';
import type { TensorFlow } from './operations.ts';
import { tensorflowEngine } from './session.ts';

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** What tfjs-node's backend says of itself. */
interface NodeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

/** Which package there is, for what is remembered of this computer; undefined without one. */
export function tensorflowPackage(folder = tensorflowFolder()): string | undefined {
  return found(folder)?.name;
}

/**
 * The engine; TensorFlow keeps the number of threads with which it was first loaded. Throws
 * `engine-unavailable` in words.
 */
export async function openTensorFlow(
  threads: number,
  folder = tensorflowFolder(),
): Promise<Engine> {
  const at = found(folder);
  if (at === undefined) throw unavailable('TensorFlow is not installed');
  const { name, load } = at;
  // Read once, when the library is loaded.
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  // Its remarks on start-up are no errors; warnings of a missing card come back as the device.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  restoreOldUtil();
  try {
    const tf = load();
    await tf.ready();
    const { binding, isUsingGpuDevice } = tf.backend() as unknown as NodeBackend;
    const device = isUsingGpuDevice
      ? 'graphics card through CUDA'
      : `CPU, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
    return {
      ...tensorflowEngine(tf),
      device: `${device}, TensorFlow ${binding.TF_Version} through ${name.split('/')[1]!}`,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n')[0]! : String(error);
    throw unavailable(`${name} is there, but cannot be loaded: ${reason}`);
  }
}

interface FoundPackage {
  readonly name: (typeof packages)[number];
  readonly load: () => TensorFlow;
}

function found(folder: string): FoundPackage | undefined {
  for (const from of [import.meta.filename, join(folder, 'package.json')]) {
    const require = createRequire(from);
    for (const name of packages) {
      const manifest = resolved(require, `${name}/package.json`);
      if (manifest !== undefined && hasNativePart(dirname(manifest))) {
        return { name, load: () => require(name) as TensorFlow };
      }
    }
  }
  return undefined;
}

function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

/** Where the addon was neither downloaded nor built, the package is of no use. */
function hasNativePart(folder: string): boolean {
  return existsSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'));
}

/** tfjs-node was written for Node before 23, which had these. */
function restoreOldUtil(): void {
  const old = util as { isNullOrUndefined?: unknown };
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}

function unavailable(missing: string): EngineAbsent {
  return new EngineAbsent(
    missing,
    '"normscope engine install tensorflow" installs it (Linux, x64); the other engines need nothing ' +
      'installed.',
  );
}
