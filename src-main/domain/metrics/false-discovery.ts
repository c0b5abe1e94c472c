// A list with at most a given share of false entries, from p-values (Benjamini, Hochberg, "Controlling the
// false discovery rate", JRSS B 57, 1995). It holds for conformal p-values of one set of held-out normals
// as well, because those depend positively on each other (Bates et al. 2023, theorem 2).

/**
 * Adjusted p-values, in the order given: the smallest share of false entries, 0 … 1, at which the list holds
 * the image. For p-values in rising order min over j ≥ i of p₍ⱼ₎ · m / j.
 */
export function benjaminiHochberg(pValues: Float64Array): Float64Array {
  const count = pValues.length;
  const falling = Array.from(pValues.keys()).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Float64Array(count);
  let least = 1;
  falling.forEach((place, i) => {
    least = Math.min(least, (pValues[place]! * count) / (count - i));
    adjusted[place] = least;
  });
  return adjusted;
}

/**
 * An estimate of the share of normal images among those tested, above 0, from their conformal p-values
 * against n = `heldOut` normals: (1 + #{p ≥ λ}) / (m (1 − λ)), where λ is the first of k / (n + 1) from one half
 * on (Storey, Taylor, Siegmund, "Strong control, conservative point estimation and simultaneous conservative
 * consistency of false discovery rates", JRSS B 66, 2004, equation 6). Adjusted p-values times this
 * make a list whose share of false entries stays within q (Bates et al. 2023, theorem 3); that needs the
 * estimate as it is, also where it is above 1. At least one p-value.
 */
export function storeyNormalShare(pValues: Float64Array, heldOut: number): number {
  const count = pValues.length;
  if (count === 0) throw new RangeError('A share of normal images needs p-values.');
  const k = Math.floor(heldOut / 2) + 1;
  // The small subtraction keeps a p-value of λ from being less than it.
  const least = k / (heldOut + 1) - 1e-12;
  const large = pValues.reduce((sum, p) => sum + (p >= least ? 1 : 0), 0);
  return ((1 + large) * (heldOut + 1)) / (count * (heldOut + 1 - k));
}

/**
 * How many of `tested` images must be stranger than each of `heldOut` normals before a list with a share q
 * of false ones can hold any: the smallest p-value is 1 / (n + 1), and k images with it need q k / m ≥ it.
 */
export function fewestForList(heldOut: number, tested: number, falseShare: number): number {
  return Math.max(1, Math.ceil(tested / (falseShare * (heldOut + 1)) - 1e-9));
}
