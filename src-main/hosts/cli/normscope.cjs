#!/usr/bin/env node
// Starts Normscope's command line with the Node 24 that comes with it (npm package "node"), under any
// Node that runs this file. Plain CommonJS, so that Node 14 and later understand it.

'use strict';

const { spawn } = require('child_process');
const { existsSync } = require('fs');
const { constants } = require('os');
const path = require('path');

/** The bundled Node, or undefined when it is not there. */
function bundledNode() {
  let folder;
  try {
    folder = path.dirname(require.resolve('node/package.json'));
  } catch (_) {
    return undefined;
  }
  const file = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(file) ? file : undefined;
}

const node = bundledNode();
if (node === undefined) {
  const message =
    'The Node.js that Normscope runs on is missing (npm package "node"). Install Normscope again ' +
    'without --ignore-scripts and --omit, or run "npm rebuild node" in ' +
    path.resolve(__dirname, '..', '..', '..') +
    '.';
  const isJson = process.argv.includes('--json');
  console.error(
    isJson ? JSON.stringify({ error: { code: 'not-found', message } }) : 'normscope: ' + message,
  );
  process.exit(1);
}

const child = spawn(node, [path.join(__dirname, 'main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// A signal at the terminal reaches the child as well; main.ts treats the two as one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill(signal));
}
child.on('error', (error) => {
  console.error('normscope: ' + node + ' could not be started: ' + error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exit(code === null ? 128 + constants.signals[signal] : code);
});
