// The engine of a run, as text.

/** "cpu (CPU, 2 threads): asked for"; the engine's name alone before the run's first step. */
export function runEngineInWords(run: {
  readonly engine: string;
  readonly device: string | null;
  readonly engineWhy: string | null;
}): string {
  const device = run.device === null ? '' : ` (${run.device})`;
  const why = run.engineWhy === null ? '' : `: ${run.engineWhy}`;
  return `${run.engine}${device}${why}`;
}
