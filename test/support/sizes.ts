// How large the tests are: "npm test" runs each loop at a size that finds what the loop is for,
// "npm run test:nightly" (NORMSCOPE_TEST_SIZES=full) at the size that the product promises.

const isFull = process.env['NORMSCOPE_TEST_SIZES'] === 'full';

export const sizes = {
  /** Writers and owners of a catalogue killed at random moments. */
  kills: isFull ? 20 : 5,
  /** Trainings killed at random moments, each resumed from what it left. */
  killedTrainings: isFull ? 10 : 3,
  /** Catalogues with random bytes overwritten. */
  damages: isFull ? 200 : 20,
  /** Malformed messages to each end of a link. */
  messages: isFull ? 10_000 : 1000,
  /** Files of one import whose memory is measured. */
  importedImages: isFull ? 10_000 : 1000,
  /** Moments of a training and of a scoring at which the core is killed. */
  coreKills: isFull ? { train: 3, score: 2 } : { train: 1, score: 1 },
  /** A training on a graphics card in software, where each step of a ResNet-18 takes seconds. */
  gpuNetwork: isFull ? 'resnet18' : 'conv4',
  gpuSteps: isFull ? 20 : 6,
  /** Whether each size of image trains on a graphics card by each way of a weight gradient. */
  allGpuWays: isFull,
  /** Random sequences of what a user can do with runs. */
  runSequences: isFull ? 500 : 12,
  /** Steps over which memory stays flat. */
  flatSteps: isFull ? 600 : 300,
  /** Moments at which an import is stopped. */
  stoppedImports: isFull ? 20 : 8,
  /** Images scored in a row while memory is measured; a multiple of eight times 250. */
  scoredImages: isFull ? 16_000 : 4000,
  /** Rows of a catalogue that is paged, filtered, reviewed and edited. */
  catalogueImages: isFull || process.env['NORMSCOPE_PERF_FILE'] !== undefined ? 100_000 : 2000,
  /** Whether scenarios whose subject is the same in the app and in a browser run in both. */
  scenariosInBoth: isFull,
} as const;
