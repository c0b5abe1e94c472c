// The names of exported files, which are valid on every system.

/** "blood-cells-model-3-20261124T120000Z". */
export function exportStem(dataset: string, modelId: number, now: Date): string {
  const safe = dataset.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-').slice(0, 60) || 'images';
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${safe}-model-${modelId}-${time}Z`;
}
