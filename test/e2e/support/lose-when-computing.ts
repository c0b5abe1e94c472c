// Loaded before everything else into the processes of a core (by NODE_OPTIONS): once a worker says that it
// computes on the graphics card, the card of test/support/faulty-gpu.ts is lost.

import { writeFileSync } from 'node:fs';

const send = process.send?.bind(process);
const lost = process.env['FAULTY_DRIVER_LOST'];

if (send && lost !== undefined) {
  process.send = ((...words: Parameters<typeof send>): boolean => {
    const said = JSON.stringify(words[0]);
    if (said.includes('"computing"') && said.includes('"webgpu"')) writeFileSync(lost, '');
    return send(...words);
  }) as typeof send;
}
