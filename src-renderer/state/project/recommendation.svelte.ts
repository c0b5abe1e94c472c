// The recommended mix of outliers for the next training, asked for by the user or at the start. The core keeps its
// answers, so that asking again takes no time.

import type { coreMethods } from '#contract/core.ts';
import type { RecommendedMix } from '#contract/outlier.ts';
import type { InputOf } from '#rpc/connect.ts';
import type { CallsOf } from '#rpc/method.ts';
import type { TrainInput } from './train-form.svelte.ts';
import type { CoreClient } from '../../client/clients.ts';

export type AskedMix = InputOf<CallsOf<typeof coreMethods>, 'mix.recommend'>;

export class Recommendation {
  readonly #core: CoreClient;
  #mix = $state.raw<RecommendedMix>();
  #share = $state<number>();
  #asking = $state.raw<AbortController>();
  /** Whether a training waits for the answer. */
  #isForStart = false;

  constructor(core: CoreClient) {
    this.#core = core;
    core.on('advice.progress', ({ done, total }) => {
      if (this.#asking) this.#share = done / total;
    });
  }

  /** undefined until it is asked for. */
  get mix(): RecommendedMix | undefined {
    return this.#mix;
  }
  get isAsking(): boolean {
    return this.#asking !== undefined;
  }
  /** Of the images that are measured, 0 … 1; undefined before the first. */
  get share(): number | undefined {
    return this.#share;
  }

  /** Cancels an earlier question. Throws what the core throws, and `stopped`. */
  async ask(asked: AskedMix): Promise<RecommendedMix> {
    this.stop();
    const controller = new AbortController();
    this.#asking = controller;
    try {
      const mix = await this.#core.call('mix.recommend', asked, controller.signal);
      this.#mix = mix;
      return mix;
    } finally {
      if (this.#asking === controller) this.#asking = undefined;
    }
  }

  /** As a training takes it. Throws as `ask`. */
  async input(asked: AskedMix): Promise<Pick<TrainInput, 'outliers' | 'shifts' | 'recommended'>> {
    this.#isForStart = true;
    const { outliers, shifts, sentence } = await this.ask(asked).finally(() => {
      this.#isForStart = false;
    });
    return { outliers: [...outliers], shifts: [...shifts], recommended: sentence };
  }

  /** The images or the method have changed. A training that waits for the answer asked with its own. */
  forget(): void {
    if (!this.#isForStart) this.stop();
    this.#mix = undefined;
  }

  stop(): void {
    this.#asking?.abort();
    this.#asking = undefined;
    this.#share = undefined;
  }
}
