// The theme's colours for charts: a canvas cannot use style sheets.

const names = [
  ...['text', 'text-soft', 'line', 'surface', 'accent'],
  ...['normal', 'anomaly', 'outlier', 'unlabelled', 'unsure'],
  ...['normal-soft', 'anomaly-soft', 'outlier-soft', 'unlabelled-soft'],
  ...['other-1', 'other-2'],
] as const;

export type ChartColours = Readonly<Record<(typeof names)[number], string>>;

export function chartColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const read = names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(read) as ChartColours;
}
