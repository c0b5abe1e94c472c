// Which verdicts are kept out together when a refit is cross-validated: those of one group, and where no group
// is known those of one folder, which often holds one slide, plate or type.

import { posix, win32 } from 'node:path';
import type { DatasetItem } from '../../datasets/items.ts';
import type { Reader } from '../../store/database.ts';
import { addressesOf } from '../../store/images/addresses.ts';

interface Judged {
  readonly confirmed: readonly DatasetItem[];
  readonly anomalies: readonly DatasetItem[];
}

/**
 * A name for each confirmed normal, then for each confirmed anomaly. Folders count where the anomalies without a
 * group are in two or more; else each such image stands alone.
 */
export function verdictGroups(reader: Reader, { confirmed, anomalies }: Judged): string[] {
  const folderOf = ({ imageId, hash }: DatasetItem): string => {
    const address = addressesOf(reader, imageId, 1)[0];
    return address === undefined ? hash : folderIn(address);
  };
  const folders = new Set(anomalies.filter(({ group }) => group === null).map(folderOf));
  return [...confirmed, ...anomalies].map((item) => {
    if (item.group !== null) return `group ${item.group}`;
    return folders.size > 1 ? `folder ${folderOf(item)}` : `image ${item.imageId}`;
  });
}

function folderIn(address: string): string {
  return address.includes('\\') ? win32.dirname(address) : posix.dirname(address);
}
