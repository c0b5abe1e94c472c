// Numbers recorded once from scikit-learn 1.2.1 and numpy 1.24, and the recipe:
//
//   x = seed; draw: x = (x * 1103515245 + 12345) % 2147483648; value x / 2147483648
//   levels > 0: value = floor(value * levels) / levels, which gives ties
//   the first `normals` draws are the normals; the rest, plus `shift`, the anomalies
//   y = [0] * normals + [1] * anomalies; s = the scores in that order
//   auroc = roc_auc_score(y, s); aupr = average_precision_score(y, s)
//   fpr, tpr, _ = roc_curve(y, s, drop_intermediate=False); fpr95 = fpr[argmax(tpr >= 0.95)]
//   psi = (a[:, None] > n[None]) + 0.5 * (a[:, None] == n[None])
//   se = sqrt(psi.mean(1).var(ddof=1) / anomalies + psi.mean(0).var(ddof=1) / normals)
//   auroc95 = auroc ± 1.959963984540054 * se, cut to 0 … 1

export interface RecordedCase {
  readonly sizes: { readonly anomalies: number; readonly normals: number };
  readonly shift: number;
  readonly levels: number;
  readonly seed: number;
  readonly auroc: number;
  readonly auroc95: readonly [number, number];
  readonly aupr: number;
  readonly fpr95: number;
}

export const recordedCases: readonly RecordedCase[] = [
  {
    sizes: { anomalies: 40, normals: 60 },
    shift: 0.25,
    levels: 0,
    seed: 1,
    auroc: 0.6895833333333334,
    auroc95: [0.5860475506757468, 0.7931191159909199],
    aupr: 0.6393469084410921,
    fpr95: 0.6833333333333333,
  },
  {
    sizes: { anomalies: 25, normals: 200 },
    shift: 0.25,
    levels: 8,
    seed: 7,
    auroc: 0.7434000000000001,
    auroc95: [0.6298793914301681, 0.8569206085698318],
    aupr: 0.5133394636114921,
    fpr95: 0.765,
  },
  {
    sizes: { anomalies: 300, normals: 50 },
    shift: 0.25,
    levels: 4,
    seed: 3,
    auroc: 0.7320666666666666,
    auroc95: [0.6602323685843248, 0.8039009647490085],
    aupr: 0.9312302376214069,
    fpr95: 0.74,
  },
  {
    sizes: { anomalies: 7, normals: 9 },
    shift: 0.5,
    levels: 4,
    seed: 11,
    auroc: 0.8650793650793651,
    auroc95: [0.7034866391852502, 1],
    aupr: 0.787012987012987,
    fpr95: 0.4444444444444444,
  },
];

/** The scores of a case, drawn as the recipe says. */
export function scoresOf({ sizes, shift, levels, seed }: RecordedCase): {
  normals: number[];
  anomalies: number[];
} {
  let x = seed;
  const draws = Array.from({ length: sizes.normals + sizes.anomalies }, () => {
    x = Number((BigInt(x) * 1103515245n + 12345n) % 2147483648n);
    const value = x / 2147483648;
    return levels > 0 ? Math.floor(value * levels) / levels : value;
  });
  return {
    normals: draws.slice(0, sizes.normals),
    anomalies: draws.slice(sizes.normals).map((value) => value + shift),
  };
}
