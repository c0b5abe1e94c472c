// Options of onnxruntime's sessions on the CPU.

import type { InferenceSession } from 'onnxruntime-node';

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
    graphOptimizationLevel: optimisation,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  };
}
