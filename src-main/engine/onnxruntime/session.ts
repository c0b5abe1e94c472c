// The CPU engine: programs through onnxruntime-node, on blocked tensors where they work.

import { memoryFailure } from '#domain/out-of-memory.ts';
import type { Engine, Session } from '../engine.ts';
import type { Program } from '../ir/program.ts';
import { lowerBlocked } from '../lower/blocked/lower.ts';
import { lowerPlain } from '../lower/plain/lower.ts';
import type { BlockedSupport } from './blocked-support.ts';
import { blockedSupport } from './blocked-support.ts';
import { loadModel } from './loaded-model.ts';
import { ScoringSession } from './scoring-session.ts';
import { sessionOptions } from './session-options.ts';
import type { StateStore } from './state-store.ts';
import { sharedStore, TrainingSession } from './training-session.ts';

export interface CpuOptions {
  /** 'blocked' throws where blocked tensors do not work, 'auto' continues with the plain lowering. */
  readonly lowering?: 'auto' | 'plain' | 'blocked';
  /** Whether blocked tensors work here; found out once a process when left out. */
  readonly support?: () => Promise<BlockedSupport>;
}

/** threads ≥ 1. */
export function cpuEngine(threads: number, options: CpuOptions = {}): Required<Engine> {
  const { lowering = 'auto', support = blockedSupport } = options;
  return {
    name: 'cpu',
    device: `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    layout: async () => {
      if (lowering === 'plain') return 'plain tensors';
      const { block, fault } = await support();
      return block === null
        ? `plain tensors, about half as fast, because ${fault}`
        : `blocks of ${block} channels`;
    },
    compile: async (program, { shareStateWith } = {}) => {
      const store = shareStateWith && sharedStore(shareStateWith);
      if (lowering === 'plain') return compilePlain(program, threads, store);
      const { block, fault } = await support();
      if (block !== null) return compileBlocked(program, block, threads, store);
      if (lowering === 'blocked') throw new Error(`Blocked tensors do not work: ${fault}`);
      return compilePlain(program, threads, store);
    },
    load: (file) => loadModel(file, sessionOptions(threads, 'all'), memoryFailure),
  };
}

async function compilePlain(
  program: Program,
  threads: number,
  store?: StateStore,
): Promise<Session> {
  if (program.training || store) {
    const options = sessionOptions(threads, 'disabled');
    return TrainingSession.create(program, lowerPlain(program), options, store);
  }
  const options = sessionOptions(threads, 'all');
  return new ScoringSession(program, (state) => lowerPlain(program, state), options);
}

/** Scoring folds what depends on weights alone; other optimisations would undo the layout. */
async function compileBlocked(
  program: Program,
  block: number,
  threads: number,
  store?: StateStore,
): Promise<Session> {
  if (program.training || store) {
    const options = sessionOptions(threads, 'disabled');
    return TrainingSession.create(program, lowerBlocked(program, block), options, store);
  }
  const options = sessionOptions(threads, 'basic');
  return new ScoringSession(program, (state) => lowerBlocked(program, block, state), options);
}
