// Agreement of two raters beyond chance: Cohen's kappa (Cohen, Educ. Psychol. Meas. 20, 1960) with the
// large-sample variance of Fleiss, Cohen and Everitt (Psychol. Bull. 72, 1969), for nominal categories.

export interface Kappa {
  /** −1 … 1. */
  readonly kappa: number;
  /** By the normal approximation, within −1 … 1. Too narrow for fewer than about 30 images. */
  readonly interval95: readonly [number, number];
}

const z95 = 1.959963984540054;

/**
 * `table`: how many images the first rater (rows) and the second (columns) put where; square. null without
 * images, and when both raters used one and the same category throughout: chance agreement is then 1.
 */
export function cohensKappa(table: readonly (readonly number[])[]): Kappa | null {
  const images = table.flat().reduce((sum, count) => sum + count, 0);
  if (images === 0) return null;
  const part = table.map((row) => row.map((count) => count / images));
  const rows = part.map((row) => row.reduce((sum, value) => sum + value, 0));
  const columns = rows.map((_, at) => part.reduce((sum, row) => sum + row[at]!, 0));
  const observed = part.reduce((sum, row, at) => sum + row[at]!, 0);
  const expected = rows.reduce((sum, row, at) => sum + row * columns[at]!, 0);
  const free = 1 - expected;
  if (free <= Number.EPSILON) return null;
  const kappa = (observed - expected) / free;
  let sum = -((observed * expected - 2 * expected + observed) ** 2);
  for (const [row, values] of part.entries()) {
    for (const [column, value] of values.entries()) {
      // Row totals belong to the first rater: cell (i, j) meets the second's part of i and the first's part of j.
      const met = columns[row]! + rows[column]!;
      sum += value * (row === column ? free - met * (1 - observed) : (1 - observed) * met) ** 2;
    }
  }
  const error = Math.sqrt(Math.max(0, sum / images)) / free ** 2;
  const reach = z95 * error;
  return { kappa, interval95: [Math.max(-1, kappa - reach), Math.min(1, kappa + reach)] };
}
