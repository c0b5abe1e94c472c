// How the norms of an epoch's views were spread.

export const normCounts = {
  version: 60,
  sql: `
-- JSON, see domain/norm-counts.ts; null for epochs of older versions, and without outliers.
alter table run_epoch add column normal_norms text;
alter table run_epoch add column outlier_norms text;
`,
};
