// How far two orders of the same things agree.

/** Spearman's ρ, −1 … 1, with mean ranks for ties; 0 where one of the lists is all the same. Equal lengths. */
export function rankCorrelation(ones: readonly number[], others: readonly number[]): number {
  const [a, b] = [meanRanks(ones), meanRanks(others)];
  const middle = (ones.length - 1) / 2;
  let [both, first, second] = [0, 0, 0];
  a.forEach((rank, at) => {
    both += (rank - middle) * (b[at]! - middle);
    first += (rank - middle) ** 2;
    second += (b[at]! - middle) ** 2;
  });
  return first === 0 || second === 0 ? 0 : both / Math.sqrt(first * second);
}

function meanRanks(values: readonly number[]): Float64Array {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let place = start; place < end; place++) ranks[order[place]!] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}
