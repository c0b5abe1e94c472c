// SQL for the images of a dataset by what a run knows of them.

import type { AmongImages } from '#contract/results/ranking.ts';
import type { Condition } from '../images/image-filter.ts';

export interface AmongAsked {
  readonly among: AmongImages;
  readonly run: { readonly id: number; readonly snapshotId: number };
}

/** Images that a run was trained or calibrated on; bound to its snapshot and its id. */
const taught = `
  (select image_id from snapshot_item
   where snapshot_id = ? and role = 'normal' and split in ('train', 'calibrate')
   union
   select t.image_id from outlier_source o join snapshot_item t on t.snapshot_id = o.snapshot_id
   where o.run_id = ? and t.role in ('outlier', 'anomaly') and t.split = 'train')`;

/** Over the rows d of dataset_item. */
export function amongCondition(asked: AmongAsked | undefined): Condition {
  if (asked === undefined || asked.among === 'all') return { sql: 'true', values: [] };
  const { among, run } = asked;
  const values = [run.snapshotId, run.id];
  const isNew = `d.image_id not in ${taught}`;
  switch (among) {
    case 'taught':
      return { sql: `d.image_id in ${taught}`, values };
    case 'new':
      return { sql: isNew, values };
    case 'unlabelled':
      return { sql: `d.role = 'unlabelled' and ${isNew}`, values };
    case 'test':
      return { sql: `d.role in ('normal', 'anomaly') and ${isNew}`, values };
  }
}
