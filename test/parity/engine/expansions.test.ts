// Blocks as primitives: the expansion of each gives what its fused form gives, forward and backward, and
// is what an engine runs that does not know the block.

import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { definedKinds, expandableKinds, expandBlocks } from '#engine/ir/expand.ts';
import { isPrimitive } from '#engine/ir/primitive-operations.ts';
import type { OperationKind, Program } from '#engine/ir/program.ts';
import { lowerPlain } from '#engine/lower/plain/lower.ts';
import { seededTensors, smallNet } from '#engine/ir/small-net.ts';
import { otherOperations } from './support/operation-cases.ts';
import { primitiveCases } from './support/primitive-cases.ts';
import { expectAgreement, expectEqualWithin, oracleEngine, runLowered } from './support/support.ts';

const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;

function kindsOf(program: Program): Set<OperationKind> {
  return new Set(program.operations.map(({ kind }) => kind));
}

describe('a block expanded to primitives', () => {
  const cases = [...otherOperations, ...primitiveCases].filter(({ program }) =>
    [...kindsOf(program)].some((kind) => expandableKinds.has(kind) && kind !== 'one'),
  );

  for (const { name, program, seed } of cases) {
    it(`computes the same: ${name}`, async () => {
      const expanded = expandBlocks(program, expandableKinds);
      expect([...kindsOf(expanded)].filter((kind) => expandableKinds.has(kind))).toEqual([]);
      const tensors = seededTensors(program, seed);
      const fused = await runLowered('plain', program, tensors);
      const ours = await runLowered('plain', expanded, tensors);
      expectEqualWithin(ours.outputs, fused.outputs, 1e-5);
      expectEqualWithin(ours.state, fused.state, 1e-5);
    });
  }

  it('is covered for every kind that has an expansion', () => {
    const covered = new Set(cases.flatMap(({ program }) => [...kindsOf(program)]));
    expect([...expandableKinds].filter((kind) => !covered.has(kind))).toEqual([]);
  });

  it('leaves a whole net alike, which the oracle confirms', async () => {
    const builder = new ProgramBuilder('train');
    const { loss } = smallNet(builder, { width: 4, size: 16, batch: 8, pool: true });
    const sgd = { ...plainSgd, momentum: 0.9, weightDecay: 5e-4 };
    const program = builder.training(loss, { loss }, sgd);
    const expanded = expandBlocks(program, expandableKinds);
    const { forwardLength } = expanded.training!;
    expect(expanded.operations.slice(forwardLength).some(isPrimitive)).toBe(true);
    await expectAgreement(expanded, 13, await oracleEngine());
  });

  it('has no gradient at a zero row of rowNorms and of ntXent', async () => {
    const b = new ProgramBuilder('train');
    const z = b.parameter('z', [4, 3]);
    const norms = b.weightedMean(b.rowNorms(z), b.input('weights', [4]));
    const loss = b.add(norms, b.ntXent(z, 0.5));
    const program = b.training(loss, { loss }, plainSgd);
    const tensors = seededTensors(program, 4);
    tensors.state['z']!.fill(0, 0, 3);
    const ours = await runLowered('plain', expandBlocks(program, expandableKinds), tensors);
    const fused = await runLowered('plain', program, tensors);
    expectEqualWithin(ours.state, fused.state, 1e-5);
  });

  it('is given back as it is when it has none of the blocks', () => {
    const b = new ProgramBuilder('score');
    const program = b.scoring({ y: b.relu(b.input('x', [2])) });
    expect(expandBlocks(program, definedKinds)).toBe(program);
  });

  it('computes once what the gradient repeats', () => {
    const b = new ProgramBuilder('train');
    const vectors = ['gamma', 'beta'].map((name) => b.parameter(name, [4]));
    const y = b.groupNorm(b.parameter('x', [2, 4, 3, 3]), 2, vectors[0]!, vectors[1]!);
    const loss = b.mean(b.mul(y, y));
    const { operations } = expandBlocks(b.training(loss, { loss }, plainSgd), definedKinds);
    expect(operations.filter(({ kind }) => kind === 'sqrt')).toHaveLength(1);
  });

  it('refuses a kind without an expansion, by its name', () => {
    const b = new ProgramBuilder('score');
    const program = b.scoring({ y: b.maxPool(b.input('x', [1, 1, 4, 4])) });
    expect(() => expandBlocks(program, new Set(['maxPool']))).toThrow('maxPool has no expansion');
  });

  it('gives the same bytes each time it is lowered', () => {
    const { program } = primitiveCases.find(({ name }) => name === 'groupNorm of 2 groups')!;
    expect(lowerPlain(program).model).toEqual(lowerPlain(program).model);
  });
});
