// The names of the engines, and the report on one engine of a computer.

export const engineNames = ['cpu', 'webgpu', 'directml', 'coreml', 'cuda', 'tensorflow'] as const;
export type EngineName = (typeof engineNames)[number];

/** An engine as it was found on this computer. */
export interface EngineReport {
  readonly name: EngineName;
  /** "CPU, 2 threads", "NVIDIA H100 through Vulkan, tensors up to 4095 MiB"; "none". */
  readonly device: string;
  /** The library that runs its programs, with its version: "onnxruntime 1.30.0". */
  readonly provider: string;
  readonly offered: boolean;
  /** Why it is available or not, with the remedy: sentences. */
  readonly reason: string;
  /** Why `auto` does not take it: a clause; null where it may. */
  readonly fault: string | null;
  readonly selfTest: 'passed' | 'failed' | 'not run';
  /** Median of a small training step; null when it was not timed. */
  readonly stepMilliseconds: number | null;
  /** Images through that step in a second. */
  readonly imagesPerSecond: number | null;
}
