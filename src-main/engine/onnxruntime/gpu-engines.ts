// The engines of onnxruntime's other providers: WebGPU on any graphics card, and those of one maker or
// system where onnxruntime was built with them.

import * as ort from 'onnxruntime-node';
import { Failure } from '#domain/failure.ts';
import type { EngineName } from '#domain/engines/engine-report.ts';
import type { Engine, Session } from '../engine.ts';
import type { Program } from '../ir/program.ts';
import type { WeightGradientWay } from '../lower/plain/convolution.ts';
import { lowerPlain } from '../lower/plain/lower.ts';
import { OnnxGraph } from '../onnx/graph.ts';
import { gpuDevice, type GpuDevice } from './gpu-device.ts';
import { gpuFailure } from './gpu-failure.ts';
import { loadModel } from './loaded-model.ts';
import { ResidentSession, residentState } from './resident-session.ts';
import { ScoringSession } from './scoring-session.ts';
import { fileOptions, providerOptions, type Provider } from './session-options.ts';
import { sharedStore, TrainingSession } from './training-session.ts';
import { timeWay, WeightGradientTiming } from './weight-gradient-timing.ts';

export type GpuEngineName = Extract<EngineName, 'webgpu' | 'directml' | 'coreml' | 'cuda'>;

const providers: Readonly<Record<GpuEngineName, { provider: Provider; words: string }>> = {
  webgpu: { provider: 'webgpu', words: 'WebGPU' },
  directml: { provider: 'dml', words: 'DirectML' },
  coreml: { provider: 'coreml', words: 'CoreML' },
  cuda: { provider: 'cuda', words: 'CUDA' },
};

/** Those that this onnxruntime knows on this system, whether or not there is a device for them. */
export function gpuEngineNames(): GpuEngineName[] {
  const known = new Set(ort.listSupportedBackends().map(({ name }) => name));
  return (Object.keys(providers) as GpuEngineName[]).filter((name) =>
    known.has(providers[name].provider),
  );
}

export interface GpuOptions {
  /** Where timings are kept. */
  readonly cacheFolder: string;
  /** The way of all weight gradients; the faster one, found by timing, when left out. */
  readonly weightGradientWay?: WeightGradientWay;
}

/** Throws `engine-unavailable` in words. */
export async function openGpuEngine(name: GpuEngineName, options: GpuOptions): Promise<Engine> {
  const { provider, words } = providers[name];
  if (name === 'webgpu') return gpuEngine(name, provider, describe(await gpuDevice()), options);
  try {
    const tiny = await ort.InferenceSession.create(
      tinyModel(),
      providerOptions(provider, 'disabled'),
    );
    await tiny.release();
  } catch (error) {
    throw new Failure(
      'engine-unavailable',
      `${words} cannot be used here: ${reasonIn(error)}`,
      undefined,
      { cause: error },
    );
  }
  return gpuEngine(name, provider, `${words} device 0`, options);
}

function tinyModel(): Uint8Array {
  const graph = new OnnxGraph();
  graph.node('Relu', ['x'], {}, 'y');
  return graph.finish([{ name: 'x', shape: [1] }], [{ name: 'y', shape: [1] }]);
}

/** The first sentence of a message that may be pages long. */
function reasonIn(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split('\n')[0]!.slice(0, 200).trim();
  return line.endsWith('.') ? line : `${line}.`;
}

function describe({ name, largestTensor }: GpuDevice): string {
  const holds = largestTensor === null ? 'less than 128 MiB' : `at least ${largestTensor} MiB`;
  return `${name}, tensors of ${holds}`;
}

function gpuEngine(
  name: GpuEngineName,
  provider: Provider,
  device: string,
  { cacheFolder, weightGradientWay }: GpuOptions,
): Engine {
  const timing = new WeightGradientTiming(cacheFolder, `${name}\n${device}`, (operation, way) =>
    timeWay(provider, operation, way),
  );
  const compileKept = async (program: Program, shareWith?: Session): Promise<Session> => {
    const way = weightGradientWay ? () => weightGradientWay : await timing.ways(program);
    const lowered = lowerPlain(program, undefined, { weightGradientWay: way });
    if (provider === 'webgpu') {
      const state = shareWith && residentState(shareWith);
      return ResidentSession.create(program, lowered, device, state);
    }
    const store = shareWith && sharedStore(shareWith);
    return TrainingSession.create(program, lowered, providerOptions(provider, 'disabled'), store);
  };
  return {
    name,
    device,
    compile: async (program, { shareStateWith } = {}) => {
      if (program.training || shareStateWith) return compileKept(program, shareStateWith);
      const lower = (state: Parameters<typeof lowerPlain>[1]) => lowerPlain(program, state);
      const options = providerOptions(provider, 'basic');
      return new ScoringSession(program, lower, options, (error) => gpuFailure(error, device));
    },
    load: (file) => {
      const options = fileOptions(provider);
      return loadModel(file, options, (error) => gpuFailure(error, device));
    },
  };
}
