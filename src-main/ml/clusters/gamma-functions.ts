// Logarithm of the gamma function and its derivative, for x > 0, to about 1e-13 of their size.

/** From here on the asymptotic series are exact to double precision. */
const large = 12;

/** ln Γ(x): Stirling's series after shifting x (Abramowitz and Stegun 6.1.40). */
export function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < large; y++) shift += Math.log(y);
  const inverse = 1 / y ** 2;
  const series =
    1 / 12 -
    inverse *
      (1 / 360 -
        inverse *
          (1 / 1260 - inverse * (1 / 1680 - inverse * (1 / 1188 - (inverse * 691) / 360360))));
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series / y - shift;
}

/** ψ(x) = d ln Γ(x) / dx (Abramowitz and Stegun 6.3.18). */
export function digamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < large; y++) shift += 1 / y;
  const inverse = 1 / y ** 2;
  const series =
    inverse *
    (1 / 12 -
      inverse *
        (1 / 120 -
          inverse *
            (1 / 252 - inverse * (1 / 240 - inverse * (1 / 132 - (inverse * 691) / 32760)))));
  return Math.log(y) - 0.5 / y - series - shift;
}
