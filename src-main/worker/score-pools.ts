// The threads that draw the views of a scoring, ended with it.

import { coreCount } from '#engine/cores.ts';
import type { ScoreSource } from '#ml/score.ts';
import { helperCount, ViewPool } from './view-pool.ts';

export class ScorePools {
  readonly #pools: ViewPool[] = [];

  readonly open: ScoreSource = (request) => {
    const pool = new ViewPool({ kind: 'score', ...request }, helperCount(coreCount()));
    this.#pools.push(pool);
    return pool;
  };

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.close()));
  }
}
