// Conformal test martingales: a fortune that bets against exchangeability. It starts at 1, and as long as the
// p-values are independent and uniform no strategy makes it grow on average: the chance that it ever reaches
// 1 / α is at most α (Ville, "Étude critique de la notion de collectif", 1939).

/** What a stake of 1 on a p-value returns: at least 0, on average at most 1. */
export type Bet = (p: number) => number;

/**
 * Several bets with a share of the fortune each. Before each p-value a part J of every share is collected and
 * divided equally, so that a bet that has lost in the past can win later (Vovk, Petej, Nouretdinov, Ahlberg,
 * Carlsson, Gammerman, "Retrain or not retrain: conformal test martingales for change-point detection", COPA
 * 2021, algorithm 1; with the bets 1 + ε (p − 0.5), ε = −1, 0, 1, it is their simple jumper).
 */
export class TestMartingale {
  readonly #bets: readonly Bet[];
  readonly #shares: Float64Array;
  #fortune = 1;

  constructor(bets: readonly Bet[]) {
    this.#bets = bets;
    this.#shares = new Float64Array(bets.length).fill(1 / bets.length);
  }

  get fortune(): number {
    return this.#fortune;
  }

  /** `jump`: the part J, 0 … 1; known before p. Returns the fortune. */
  take(p: number, jump: number): number {
    const equal = (jump * this.#fortune) / this.#bets.length;
    let sum = 0;
    for (const [i, bet] of this.#bets.entries()) {
      const share = ((1 - jump) * this.#shares[i]! + equal) * bet(p);
      this.#shares[i] = share;
      sum += share;
    }
    this.#fortune = sum;
    return sum;
  }
}
