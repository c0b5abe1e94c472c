// The threads that draw the views of a scoring, ended with it.

import { coreCount } from '#engine/cores.ts';
import type { ScoreSource, ScoreViewsRequest } from '#ml/score-views.ts';
import { helperCount, ViewPool } from './view-pool.ts';

interface ScorePoolOptions extends Omit<ScoreSource, 'open'> {
  /** Called with the number of views per batch whenever it changes. */
  readonly onRows?: (rows: number) => void;
}

export class ScorePools implements ScoreSource {
  readonly #pools: ViewPool[] = [];
  readonly #options: ScorePoolOptions;
  readonly mostRows: number | undefined;

  constructor(options: ScorePoolOptions = {}) {
    this.#options = options;
    this.mostRows = options.mostRows;
  }

  readonly open = (request: ScoreViewsRequest): ViewPool => {
    this.#options.onRows?.(request.rows);
    const pool = new ViewPool({ kind: 'score', ...request }, helperCount(coreCount()));
    this.#pools.push(pool);
    return pool;
  };

  readonly warn = (text: string): void => this.#options.warn?.(text);

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.close()));
  }
}
