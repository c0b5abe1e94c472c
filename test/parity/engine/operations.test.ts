// Every operation and its gradient against the TensorFlow.js oracle and central differences.

import { describe, it } from 'vitest';
import type { Program } from '#engine/ir/program.ts';
import { primitiveCases } from './support/primitive-cases.ts';
import { convolutions, otherOperations, pools } from './support/operation-cases.ts';
import { expectAgreement, expectCentralDifferences, oracleEngine } from './support/support.ts';

describe('operations agree with the TensorFlow.js oracle', () => {
  for (const { name, program, seed } of [
    ...[...convolutions, ...pools, ...otherOperations, ...primitiveCases],
  ]) {
    it(name, async () => {
      await expectAgreement(program, seed, await oracleEngine());
      if (isPlainSgd(program)) await expectCentralDifferences(program, seed);
    });
  }
});

/** A step of which is the gradient itself. */
function isPlainSgd({ training }: Program): boolean {
  const optimisers = training?.groups.map(({ optimiser }) => optimiser) ?? [];
  return (
    optimisers.length > 0 && optimisers.every((one) => 'momentum' in one && one.momentum === 0)
  );
}
