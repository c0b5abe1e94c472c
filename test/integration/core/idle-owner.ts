// A process that opens the project of its argument, says so, and keeps it until it is killed.

import { openApp } from '#core/app.ts';

await openApp(process.argv[2]!);
process.stdout.write('open\n');
setInterval(() => undefined, 1000);
