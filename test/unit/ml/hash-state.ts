// One text for a whole state: comparing arrays value by value takes seconds.

import { createHash } from 'node:crypto';
import type { Tensors } from '#engine/engine.ts';

export function hashState(state: Tensors): string {
  const hash = createHash('sha256');
  for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(state)) {
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
