// What a training took, so that it can be shown long after.

export const runResources = {
  version: 40,
  sql: `
-- All null until the run has taken its first step.
alter table run add column seconds real;       -- of training, over all attempts
alter table run add column wait_seconds real;  -- of them, that steps waited for views
alter table run add column peak_memory integer; -- the most a worker held at once, bytes
alter table run add column parts integer;      -- a step was taken in so many parts
`,
};
