// A process that examines the engine named on its command line: a driver that breaks down ends this
// process and no other.

import { Failure } from '#domain/failure.ts';
import { engineNames } from './engine.ts';
import { openEngine } from './engines.ts';
import { absent, examine, type Diagnosis } from './examine.ts';

async function diagnosis(): Promise<Diagnosis> {
  const name = engineNames.find((known) => known === process.argv[2])!;
  try {
    const engine = await openEngine(name, Number(process.argv[3]));
    return await examine(engine, (untimed) => process.send!(untimed));
  } catch (error) {
    if (error instanceof Failure) return absent(name, error.message);
    throw error;
  }
}

// Whoever asked has gone.
process.on('disconnect', () => process.exit(0));
const answer = await diagnosis();
process.send!(answer, () => process.exit(0));
