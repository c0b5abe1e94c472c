// `normscope doctor`: which engines this machine has, whether they compute correctly, and how fast.

import { Failure } from '#domain/failure.ts';
import { command } from '../command.ts';
import { significant } from '#domain/figures.ts';
import { StopSource } from '#domain/stop.ts';
import { table } from '../output/table.ts';

export const doctor = command({
  summary: 'Tests the engines of this machine and says which can be used',
  about: [
    'An engine is what computes a training: the processor, a graphics card. Each is given a small ' +
      'network whose results are known, and is offered only if its results agree. The time is that ' +
      'of one small training step of 64 images (the median of five); smaller is faster. auto takes ' +
      'the fastest that is offered. All compute with 32-bit numbers, also a graphics card that knows ' +
      'faster ones.',
    'Exit code 1 when no engine can be used.',
  ],
  arguments: {},
  options: {},
  examples: [
    { words: 'doctor', meaning: 'A table of the engines.' },
    { words: 'doctor --json', meaning: 'The same for a script, or for a report of a problem.' },
  ],
  run: async (_given, shell) => {
    const { describeEngines } = await import('#core/project/engines.ts');
    const stop = new StopSource();
    const progress = shell.progress('Testing');
    progress.update({ done: 0, total: null, unit: 'engines', details: ['the engines'] });
    const engines = await shell.interrupts
      .during(() => stop.stop(), describeEngines(stop))
      .finally(() => progress.end());
    shell.answer({ engines });
    shell.say(
      ...table(
        [
          { title: 'engine' },
          { title: 'offered' },
          { title: 'self-test' },
          { title: 'step, ms', align: 'right' },
          { title: 'images/s', align: 'right' },
          { title: 'device' },
          { title: 'provider' },
          { title: 'why' },
        ],
        engines.map(({ name, device, provider, offered, reason, selfTest, ...timed }) => [
          name,
          offered ? 'yes' : 'no',
          selfTest,
          timed.stepMilliseconds === null ? '' : significant(timed.stepMilliseconds, 3),
          timed.imagesPerSecond === null ? '' : significant(timed.imagesPerSecond, 3),
          device,
          provider,
          reason,
        ]),
      ),
    );
    if (engines.some(({ offered }) => offered)) return 0;
    throw new Failure(
      'engine-unavailable',
      'No engine of this machine can be used. Please report what "normscope doctor --json" prints.',
    );
  },
});
