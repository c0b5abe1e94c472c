// Whether the layer table of test/support/layers.cjs notices what it forbids. That every file obeys it is
// what `npm run check:layers` says.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const tree = mkdtempSync(join(tmpdir(), 'normscope-layers-'));
afterAll(() => rmSync(tree, { recursive: true }));

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** What `npm run check:layers` reports in `folder`, as "rule: from -> to". */
function violations(folder: string): string[] {
  const done = spawnSync(
    process.execPath,
    [
      ...[join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')],
      ...['src-main', 'src-renderer'],
      ...['--config', join(root, 'test/support/layers.cjs')],
      ...['--output-type', 'json', '--preserve-symlinks'],
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  expect(done.stderr).toBe('');
  const report = JSON.parse(done.stdout) as { summary: { violations: Violation[] } };
  return report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** One forbidden import each: file, what it imports, the rule that must say so. */
const planted: readonly (readonly [string, string, string])[] = [
  ['domain/planted.ts', '#rpc/method.ts', 'domain-imports'],
  ['domain/planted-node.ts', 'node:fs', 'domain-imports'],
  ['rpc/planted.ts', '#contract/core.ts', 'rpc-imports'],
  ['files/planted.ts', '#rpc/method.ts', 'files-imports'],
  ['processes/planted.ts', '#core/project/log.ts', 'processes-imports'],
  ['core/scores/planted-worker.ts', '#worker/spawn.ts', 'core-scores-imports'],
  ['contract/planted.ts', '#rpc/connect.ts', 'contract-imports'],
  ['engine/lower/planted.ts', 'onnxruntime-node', 'engine-programs-imports'],
  ['engine/tensorflow/planted.ts', '../onnxruntime/session.ts', 'engine-tensorflow-imports'],
  ['engine/onnxruntime/planted.ts', '@tensorflow/tfjs', 'engine-onnxruntime-imports'],
  ['engine/planted.ts', '@tensorflow/tfjs', 'engine-imports'],
  ['ml/planted.ts', '#engine/onnxruntime/session.ts', 'ml-imports'],
  ['ml/planted-node.ts', 'node:fs/promises', 'ml-imports'],
  ['worker/planted.ts', '#core/project/log.ts', 'worker-imports'],
  ['worker/planted-store.ts', 'better-sqlite3', 'worker-imports'],
  ['core/planted.ts', '#ml/train.ts', 'core-imports'],
  ['core/planted-worker.ts', '#worker/entry.ts', 'core-imports'],
  ['core/planted-store.ts', 'better-sqlite3', 'core-imports'],
  ['core/formats/planted.ts', '../reader/reader.ts', 'core-formats-imports'],
  ['core/reader/planted.ts', '../datasets/items.ts', 'core-reader-imports'],
  ['core/import/planted.ts', '../store/sqlite.ts', 'core-import-imports'],
  ['core/datasets/planted.ts', '../runs/planted-run.ts', 'core-datasets-imports'],
  ['core/datasets/planted-image.ts', 'sharp', 'core-datasets-imports'],
  ['core/jobs/planted.ts', '../runs/planted-run.ts', 'core-jobs-imports'],
  ['core/store/planted.ts', 'sharp', 'core-store-imports'],
  ['core/store/planted-log.ts', '../project/log.ts', 'core-store-imports'],
  ['core/workers/planted.ts', '#engine/engine.ts', 'core-workers-imports'],
  ['core/runs/planted-run-above.ts', '../training/start-run.ts', 'core-runs-imports'],
  ['core/scores/planted.ts', '../training/start-run.ts', 'core-scores-imports'],
  ['core/gallery/planted.ts', '../edits/edits.ts', 'core-gallery-imports'],
  ['worker/files/planted.ts', '../tasks/task.ts', 'worker-files-imports'],
  ['hosts/cli/planted.ts', '#hosts/server/planted-host.ts', 'hosts-cli-imports'],
  ['hosts/cli/planted-ml.ts', '#ml/train.ts', 'hosts-cli-imports'],
  ['hosts/electron/planted.ts', '#hosts/server/planted-host.ts', 'hosts-electron-imports'],
  ['hosts/server/planted-window.ts', 'electron', 'hosts-server-imports'],
  ['src-renderer/planted.ts', '#core/project/log.ts', 'renderer-imports'],
  ['src-renderer/client/planted.ts', 'node:fs', 'renderer-client-imports'],
  ['src-renderer/state/planted.ts', '../views/views.ts', 'renderer-state-imports'],
  ['src-renderer/parts/planted.ts', '../state/toasts.svelte.ts', 'renderer-parts-imports'],
  ['src-renderer/views/planted.ts', '../frame/window-commands.ts', 'renderer-views-imports'],
  ['src-renderer/frame/planted.ts', 'chart.js', 'renderer-frame-imports'],
  ['extras/planted.ts', 'node:fs', 'outside-the-table'],
  ['planted.ts', '#domain/failure.ts', 'outside-the-table'],
];

/** Files that the planted ones import, or that break a rule by themselves. */
const companions: Readonly<Record<string, string>> = {
  'core/runs/planted-run.ts': `import '../store/sqlite.ts';\n`,
  'hosts/server/planted-host.ts': `import '#domain/failure.ts';\n`,
  'extras/alone.ts': 'export const alone = 1;\n',
  'domain/cycle-a.ts': `import type { B } from './cycle-b.ts';\nexport type A = B | 1;\n`,
  'domain/cycle-b.ts': `import type { A } from './cycle-a.ts';\nexport type B = A | 2;\n`,
};

/** Paths above are those of src-main; the window's say where they begin. */
function inTree(path: string): string {
  return path.startsWith('src-renderer/') ? path : `src-main/${path}`;
}

function plant(path: string, text: string): void {
  const full = join(tree, inTree(path));
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

/** A file where the import of a planted one leads, as there is in the sources; none for packages. */
function plantTarget(path: string, target: string): void {
  const own = target.startsWith('#')
    ? `src-main/${target.slice(1)}`
    : posix.join(posix.dirname(inTree(path)), target);
  if (!/^[#.]/.test(target) || existsSync(join(tree, own))) return;
  expect(existsSync(join(root, own)), `${own}, which ${path} imports`).toBe(true);
  mkdirSync(dirname(join(tree, own)), { recursive: true });
  writeFileSync(join(tree, own), 'export const there = 1;\n');
}

describe('the layer table', () => {
  it('reports each forbidden import, file outside a row, lonely file and cycle', () => {
    cpSync(join(root, 'package.json'), join(tree, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    for (const [path, text] of Object.entries(companions)) plant(path, text);
    for (const [path, target] of planted) plantTarget(path, target);
    // A type import, an import and an import at run time are all imports.
    planted.forEach(([path, target], index) => {
      const forms = [
        `import type {} from '${target}'`,
        `import '${target}'`,
        `import('${target}')`,
      ];
      plant(path, `${forms[index % forms.length]!};\n`);
    });
    const reported = violations(tree);
    for (const [path, , rule] of planted) {
      const own = reported.filter((line) => line.startsWith(`${rule}: ${inTree(path)} -> `));
      expect(own, path).toHaveLength(1);
    }
    expect(reported).toContain('no-orphans: src-main/extras/alone.ts -> src-main/extras/alone.ts');
    expect(reported.filter((line) => line.startsWith('no-cycles: src-main/domain/'))).not.toEqual(
      [],
    );
  });
});
