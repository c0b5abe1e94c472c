/** The views of a project, as the rail names them. */
export const views = [
  ...['Images', 'Outliers', 'Shifts', 'Train'],
  ...['Results', 'Review', 'Runs', 'Settings'],
] as const;
