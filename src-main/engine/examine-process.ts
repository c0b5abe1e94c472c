// A process that examines the engine named on its command line: a driver that breaks down ends this
// process and no other.

import { Failure } from '#domain/failure.ts';
import { EngineAbsent } from '#domain/engine-absent.ts';
import { engineNames } from './engine.ts';
import { openEngine } from './engines.ts';
import { absent, examine, type Diagnosis } from './examine.ts';

/** Other failures of opening an engine say one sentence. */
function clauseOf({ message }: Failure): string {
  return message.endsWith('.') ? message.slice(0, -1) : message;
}

async function diagnosis(): Promise<Diagnosis> {
  const name = engineNames.find((known) => known === process.argv[2])!;
  try {
    const engine = await openEngine(name, Number(process.argv[3]));
    return await examine(engine, (untimed) => process.send!(untimed));
  } catch (error) {
    if (error instanceof EngineAbsent) return absent(name, error.message, error.missing);
    if (error instanceof Failure) return absent(name, error.message, clauseOf(error));
    throw error;
  }
}

// Whoever asked has gone.
process.on('disconnect', () => process.exit(0));
const answer = await diagnosis();
process.send!(answer, () => process.exit(0));
