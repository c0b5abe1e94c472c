// A process that examines one engine: a driver that breaks down ends this process and no other.

import { Failure } from '#domain/failure.ts';
import { EngineAbsent } from '#domain/engines/engine-absent.ts';
import type { EngineName, EngineReport } from '#domain/engines/engine-report.ts';
import { endByBug, serveParent } from '#processes/serve-parent.ts';
import { openEngine } from './engines.ts';
import { absent, examine } from './examine.ts';
import type { ExamineEvents, ExamineMethods } from './examine-apart.ts';

/** Other failures of opening an engine say one sentence. */
function clauseOf({ message }: Failure): string {
  return message.endsWith('.') ? message.slice(0, -1) : message;
}

async function diagnosis(name: EngineName, threads: number): Promise<EngineReport> {
  try {
    const engine = await openEngine(name, threads);
    return await examine(engine, (untimed: ExamineEvents['untimed']) =>
      server.emit('untimed', untimed),
    );
  } catch (error) {
    if (error instanceof EngineAbsent) return absent(name, error.message, error.missing);
    if (error instanceof Failure) return absent(name, error.message, clauseOf(error));
    throw error;
  }
}

const server = serveParent({
  handlers: {
    examine: ({ name, threads }: ExamineMethods['examine']['input']) => diagnosis(name, threads),
  },
  onBug: endByBug,
});
