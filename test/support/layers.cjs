// Who may import whom, for dependency-cruiser: one row a folder, in words in src-main/README.md. What
// a row does not name is forbidden, and so is a file outside every row.

/** `node: true` lets a row use Node's own modules; a row may always import itself. */
const rows = {
  domain: { at: 'src-main/domain', may: [] },
  rpc: { at: 'src-main/rpc', may: ['src-main/domain', 'zod'] },
  contract: { at: 'src-main/contract', may: ['src-main/domain', 'src-main/rpc/method.ts', 'zod'] },

  // Programs and their lowering describe; only the runners run.
  'engine-programs': {
    at: 'src-main/engine/(ir|lower|onnx|engine\\.ts$)',
    may: ['src-main/domain'],
  },
  'engine-onnxruntime': {
    at: 'src-main/engine/onnxruntime',
    may: ['src-main/domain', 'src-main/engine/(ir|lower|onnx|engine\\.ts$)', 'onnxruntime-node'],
    node: true,
  },
  'engine-tensorflow': {
    at: 'src-main/engine/tensorflow',
    may: ['src-main/domain', 'src-main/engine/(ir|engine\\.ts$)', '@tensorflow'],
    node: true,
  },
  engine: {
    at: 'src-main/engine/[^/]+\\.ts$',
    except: 'src-main/engine/engine\\.ts$',
    may: ['src-main/domain', 'src-main/engine'],
    node: true,
  },

  ml: { at: 'src-main/ml', may: ['src-main/domain', 'src-main/engine/(ir|engine\\.ts$)'] },
  worker: {
    at: 'src-main/worker',
    may: ['src-main/domain', 'src-main/rpc', 'src-main/ml', 'src-main/engine', 'zod'],
    node: true,
  },

  // Images and datasets know neither runs nor SQLite: the store implements what they ask for.
  'core-images': {
    at: 'src-main/core/images',
    may: [
      ...['src-main/(domain|contract)', 'src-main/core/datasets', 'zod'],
      ...['csv-parse', 'fast-xml-parser', 'sharp', 'tar-stream', 'yauzl'],
    ],
    node: true,
  },
  'core-datasets': {
    at: 'src-main/core/datasets',
    may: ['src-main/(domain|contract)', 'src-main/core/images', 'src-main/worker/shard.ts', 'zod'],
    node: true,
  },
  'core-store': {
    at: 'src-main/core/store',
    may: [
      ...['src-main/(domain|contract)', 'src-main/core/images/import-store.ts'],
      ...['src-main/core/datasets/snapshot.ts', 'better-sqlite3', 'zod'],
    ],
    node: true,
  },
  'core-jobs': {
    at: 'src-main/core/jobs',
    may: ['src-main/(domain|contract)', 'src-main/core/store', 'zod'],
    node: true,
  },
  'core-runs': {
    at: 'src-main/core/runs',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-main/core/(images|datasets|store|jobs)', 'zod'],
      ...['src-main/worker/(contract|spawn|shard)\\.ts', 'src-main/core/[^/]+\\.ts$'],
    ],
    node: true,
  },
  // Looking at images and judging them, on top of what runs have found.
  'core-review': {
    at: 'src-main/core/review',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-main/core/(images|datasets|store|jobs|runs)'],
      'csv-stringify',
    ],
    node: true,
  },
  // What runs learn as outliers: sources, shifts, and whether they overlap with the normals.
  'core-outliers': {
    at: 'src-main/core/outliers',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-main/core/(images|datasets|store|jobs|runs)'],
      ...['src-main/worker/(contract|spawn)\\.ts', 'src-main/core/[^/]+\\.ts$'],
    ],
    node: true,
  },
  core: {
    at: 'src-main/core/[^/]+\\.ts$',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-main/core', 'zod'],
      'src-main/worker/(contract|spawn|shard)\\.ts',
    ],
    node: true,
  },

  ...Object.fromEntries(
    ['cli', 'server', 'electron'].map((host) => [
      `hosts-${host}`,
      {
        at: `src-main/hosts/${host}`,
        may: [
          ...['src-main/(domain|contract|rpc|core)', 'src-main/worker/spawn\\.ts', 'zod'],
          ...(host === 'electron' ? ['electron'] : []),
          ...(host === 'server' ? ['ws'] : []),
        ],
        node: true,
      },
    ]),
  ),

  // The window: what draws knows no state, what keeps state knows no component.
  'renderer-client': { at: 'src-renderer/client', may: ['src-main/(domain|contract|rpc)'] },
  'renderer-state': {
    at: 'src-renderer/state',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-renderer/client', 'svelte'],
      ...['src-renderer/views/view-names\\.ts', 'src-renderer/parts/loading\\.ts'],
    ],
  },
  'renderer-parts': {
    at: 'src-renderer/parts',
    may: ['svelte', 'chart\\.js', 'chartjs-plugin-(annotation|zoom)'],
  },
  'renderer-views': {
    at: 'src-renderer/views',
    may: ['src-main/(domain|contract|rpc)', 'src-renderer/(client|state|parts)', 'svelte'],
  },
  'renderer-frame': {
    at: 'src-renderer/frame',
    may: ['src-main/(domain|contract|rpc)', 'src-renderer/(client|state|parts|views)', 'svelte'],
  },
  renderer: {
    at: 'src-renderer/[^/]+\\.(ts|svelte)$',
    may: ['src-main/(domain|contract|rpc)', 'src-renderer', 'svelte', 'zod'],
  },
};

/** A folder or file of ours, or a package, as a pattern for a resolved path. */
function pattern(target) {
  if (!target.startsWith('src-')) return `^node_modules/(@types/)?${target}/`;
  return target.endsWith('$') || target.endsWith('.ts') ? `^${target}` : `^${target}(/|$)`;
}

module.exports = {
  forbidden: [
    ...Object.entries(rows).map(([name, { at, except, may, node }]) => ({
      name: `${name}-imports`,
      severity: 'error',
      from: { path: pattern(at), ...(except ? { pathNot: pattern(except) } : {}) },
      to: {
        pathNot: [at, ...may].map(pattern),
        ...(node ? { dependencyTypesNot: ['core'] } : {}),
      },
    })),
    {
      name: 'outside-the-table',
      comment: 'A new folder needs a row in test/support/layers.cjs.',
      severity: 'error',
      from: { pathNot: Object.values(rows).map(({ at }) => pattern(at)) },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true }, to: {} },
    { name: 'no-missing', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json', '.svelte'],
    },
  },
};
