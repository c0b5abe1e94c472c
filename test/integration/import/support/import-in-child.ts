// A process that imports one folder and prints the result and the time as JSON: for tests that need another user, or
// that measure or kill the process.
//
// Arguments: the folder of the project and its files (see project.ts), then paths to import.

import { openProject } from './project.ts';

const [root, ...paths] = process.argv.slice(2);
const project = await openProject(root!);
const start = performance.now();
const result = await project.import(paths, { role: 'normal' });
const seconds = (performance.now() - start) / 1000;
project.database.close();
console.log(JSON.stringify({ result, seconds }));
