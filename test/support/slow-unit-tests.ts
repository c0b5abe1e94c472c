// Unit tests that need more than about two seconds on an idle machine: not in "npm run test:fast".

export const slowUnitTests = [
  'test/unit/core/project/storage.test.ts',
  'test/unit/core/store/killed-writer.test.ts',
  'test/unit/core/project/project-lock.test.ts',
  'test/unit/engine/model.test.ts',
  'test/unit/engine/onnxruntime/heap.test.ts',
  'test/unit/layers.test.ts',
  'test/unit/ml/clusters.test.ts',
  'test/unit/ml/train.test.ts',
];
