// The engines that this system may have, and how each is opened.

import { Failure } from '#domain/failure.ts';
import { coreCount } from './cores.ts';
import { engineNames, type EngineName } from '#domain/engines/engine-report.ts';
import type { Engine } from './engine.ts';
import { gpuEngineNames, openGpuEngine } from './onnxruntime/gpu-engines.ts';
import { cpuEngine } from './onnxruntime/session.ts';
import { openTensorFlow } from './tensorflow/native.ts';
import { userCacheFolder } from './user-cache.ts';

/** In the order of engineNames; whether there is a device for it shows when it is opened. */
export function enginesHere(): EngineName[] {
  const possible: readonly EngineName[] = ['cpu', 'tensorflow', ...gpuEngineNames()];
  return engineNames.filter((name) => possible.includes(name));
}

/** `threads`: of the processor; 0 takes one per core. Throws `engine-unavailable` in words. */
export async function openEngine(name: EngineName, threads: number): Promise<Engine> {
  if (!enginesHere().includes(name)) {
    throw new Failure('engine-unavailable', `There is no ${name} engine on this system.`);
  }
  const count = threads > 0 ? threads : coreCount();
  if (name === 'cpu') return cpuEngine(count);
  if (name === 'tensorflow') return await openTensorFlow(count);
  return await openGpuEngine(name, { cacheFolder: userCacheFolder() });
}
