// What the self-test must give: recorded from TensorFlow.js 4.22.0's cpu backend (with its own
// gradients), and checked against it by test/parity/engine/self-test.test.ts.

export interface SelfTestStep {
  readonly loss: number;
  /** In the order of `program.training.parameters`. */
  readonly gradientSquares: readonly number[];
}

export const recordedSteps: readonly SelfTestStep[] = [
  {
    loss: 4.960896,
    gradientSquares: [
      344.6428, 0.2203046, 0.01477054, 7.749452, 0.2475067, 0.1333236, 7.167438, 0.5564312,
      0.02359609, 14.3758, 0.1544982, 0.02359609, 2.612981, 4.028028e-15, 0.1162832, 1.037366,
      3.817368, 0.3706943,
    ],
  },
  {
    loss: 3.86669,
    gradientSquares: [
      17.36405, 0.1682385, 0.0001863288, 0.8718293, 0.03046788, 0.01376066, 3.257759, 0.1054219,
      0.004315175, 3.043557, 0.05243821, 0.004315175, 3.402238, 1.84683e-15, 0.05276025, 0.7245528,
      3.649518, 0.3887878,
    ],
  },
  {
    loss: 3.323703,
    gradientSquares: [
      9.150561, 0.04330539, 0.0008321347, 0.8665631, 0.01963261, 0.009079258, 0.8622251, 0.06244349,
      0.0005113574, 1.197019, 0.03799319, 0.0005113574, 0.82693, 1.163132e-15, 0.181266, 0.4585813,
      4.254311, 0.3289602,
    ],
  },
];
