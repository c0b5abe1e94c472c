// The commands, in the order of the help. Commands do not register themselves.

import type { Command } from './command.ts';
import { agreement } from './commands/review/agreement.ts';
import { batch } from './commands/results/batch.ts';
import { backbone } from './commands/backbone.ts';
import { cancel } from './commands/cancel.ts';
import { compare } from './commands/compare.ts';
import { clusters } from './commands/maps/clusters.ts';
import { demo } from './commands/one-way/demo.ts';
import { doctor } from './commands/doctor.ts';
import { engine } from './commands/engine.ts';
import { evaluate } from './commands/evaluate.ts';
import { exportCommand } from './commands/results/export.ts';
import { heat } from './commands/maps/heat.ts';
import { importCommand } from './commands/import.ts';
import { inspect } from './commands/inspect.ts';
import { outliers } from './commands/outliers.ts';
import { rank } from './commands/rank.ts';
import { refit } from './commands/refit.ts';
import { relink } from './commands/relink.ts';
import { resume } from './commands/resume.ts';
import { run } from './commands/one-way/run.ts';
import { runs } from './commands/runs.ts';
import { score } from './commands/score.ts';
import { serve } from './commands/serve.ts';
import { shifts } from './commands/shifts.ts';
import { show } from './commands/show.ts';
import { train } from './commands/train.ts';

export const commands: Readonly<Record<string, Command>> = {
  demo,
  run,
  doctor,
  engine,
  backbone,
  import: importCommand,
  relink,
  inspect,
  shifts,
  outliers,
  train,
  score,
  rank,
  batch,
  refit,
  agreement,
  evaluate,
  compare,
  export: exportCommand,
  heat,
  clusters,
  runs,
  show,
  resume,
  cancel,
  serve,
};
