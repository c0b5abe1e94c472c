// Every operation and its gradient against the TensorFlow.js oracle and central differences.

import { describe, it } from 'vitest';
import { convolutions, otherOperations, pools } from './operation-cases.ts';
import { expectAgreement, expectCentralDifferences, oracleEngine } from './support.ts';

describe('operations agree with the TensorFlow.js oracle', () => {
  for (const { name, program, seed } of [...convolutions, ...pools, ...otherOperations]) {
    it(name, async () => {
      await expectAgreement(program, seed, await oracleEngine());
      if (program.training?.constants.momentum === 0) await expectCentralDifferences(program, seed);
    });
  }
});
