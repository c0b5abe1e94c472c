// The views of an open project, in the order of the rail.

export const viewNames = [
  'images',
  'outliers',
  'shifts',
  'train',
  'results',
  'review',
  'runs',
  'settings',
] as const;
export type ViewName = (typeof viewNames)[number];
