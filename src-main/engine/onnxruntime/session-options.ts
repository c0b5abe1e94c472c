// Options of onnxruntime's sessions.

import type { InferenceSession } from 'onnxruntime-node';
import { heapKeeps } from './heap.ts';

/**
 * Spinning threads would take the cores from augmentation and from the user's other programs. A
 * memory pattern costs a third more memory and was measured to save no time.
 */
export function sessionOptions(
  threads: number,
  optimisation: 'disabled' | 'basic' | 'all',
): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    enableCpuMemArena: !heapKeeps(),
    graphOptimizationLevel: optimisation,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  };
}

/** onnxruntime's providers beside the CPU's. */
export type Provider = 'webgpu' | 'dml' | 'coreml' | 'cuda';

/**
 * A program that would run on the CPU in part is refused. Where convolutions are given padded images
 * it is because they compute wrongly with pads of their own (lower/plain/convolution.ts): onnxruntime
 * must not put the two together again.
 */
export function providerOptions(
  provider: Provider,
  optimisation: 'disabled' | 'basic',
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    executionMode: 'sequential',
    enableMemPattern: false,
    graphOptimizationLevel: optimisation,
    extra: {
      session: { disable_cpu_ep_fallback: '1' },
      optimization: { disable_specified_optimizers: 'Pad_Fusion' },
    },
    logSeverityLevel: 4,
  };
}

/**
 * For models from files: they compute shapes among their operators, which onnxruntime does on the CPU
 * whatever the provider, so that refusing every CPU node would refuse most files.
 */
export function fileOptions(provider: Provider): InferenceSession.SessionOptions {
  const options = providerOptions(provider, 'basic');
  return {
    ...options,
    executionProviders: [provider, 'cpu'],
    extra: { optimization: { disable_specified_optimizers: 'Pad_Fusion' } },
  };
}
