// Who may import whom, for dependency-cruiser: one row a folder, in words in src-main/README.md. What
// a row does not name is forbidden, and so is a file outside every row.

/** `node: true` lets a row use Node's own modules; a row may always import itself. */
const rows = {
  domain: { at: 'src-main/domain', may: [] },
  // Files that are whole or absent, for every room that runs in Node.
  files: { at: 'src-main/files', may: ['src-main/domain'], node: true },
  // Child processes: both ends.
  processes: { at: 'src-main/processes', may: ['src-main/(domain|rpc)'], node: true },
  rpc: { at: 'src-main/rpc', may: ['src-main/domain', 'zod'] },
  contract: { at: 'src-main/contract', may: ['src-main/domain', 'src-main/rpc/method.ts', 'zod'] },

  // Programs and their lowering describe; only the runners run.
  'engine-programs': {
    at: 'src-main/engine/(ir|lower|onnx|engine\\.ts$)',
    may: ['src-main/domain'],
  },
  'engine-onnxruntime': {
    at: 'src-main/engine/onnxruntime',
    may: [
      'src-main/(domain|files|processes)',
      'src-main/engine/(ir|lower|onnx|engine\\.ts$)',
      'onnxruntime-node',
    ],
    node: true,
  },
  'engine-tensorflow': {
    at: 'src-main/engine/tensorflow',
    may: [
      ...['src-main/(domain|processes)', 'src-main/engine/(ir|engine\\.ts$)', '@tensorflow'],
      'src-main/engine/user-data.ts',
    ],
    node: true,
  },
  engine: {
    at: 'src-main/engine/[^/]+\\.ts$',
    except: 'src-main/engine/engine\\.ts$',
    may: ['src-main/(domain|files|processes)', 'src-main/engine'],
    node: true,
  },

  ml: { at: 'src-main/ml', may: ['src-main/domain', 'src-main/engine/(ir|engine\\.ts$)'] },
  // The worker's process: what is asked of it, the files it writes, views drawn by threads, tasks.
  worker: {
    at: 'src-main/worker/[^/]+\\.ts$',
    may: [
      'src-main/(domain|processes)',
      'src-main/rpc',
      'src-main/ml',
      'src-main/engine',
      'src-main/worker',
      'zod',
    ],
    node: true,
  },
  'worker-files': {
    at: 'src-main/worker/files',
    may: [
      'src-main/(domain|files)',
      'src-main/(ml|engine)',
      'src-main/worker/(contract|timing|epoch-means|inputs)\\.ts',
      'zod',
    ],
    node: true,
  },
  'worker-views': {
    at: 'src-main/worker/views',
    may: [
      'src-main/domain',
      'src-main/(ml|engine)',
      'src-main/worker/(contract\\.ts$|files)',
      'zod',
    ],
    node: true,
  },
  'worker-tasks': {
    at: 'src-main/worker/tasks',
    may: [
      ...[
        'src-main/(domain|files)',
        'src-main/(ml|engine)',
        'src-main/worker/(contract|timing|epoch-means)\\.ts',
      ],
      ...['src-main/worker/(files|views)', 'zod'],
    ],
    node: true,
  },

  // The floors of the core, from the ground. Reading files: formats, archives, and the process that
  // decodes for the others. Nothing here knows runs or SQLite.
  'core-formats': {
    at: 'src-main/core/formats',
    may: ['src-main/(domain|contract)', 'fast-xml-parser', 'sharp', 'zod'],
    node: true,
  },
  'core-archives': {
    at: 'src-main/core/archives',
    may: [
      'src-main/(domain|contract|files)',
      'src-main/core/formats',
      'tar-stream',
      'yauzl',
      'zod',
    ],
    node: true,
  },
  'core-reader': {
    at: 'src-main/core/reader',
    may: [
      'src-main/(domain|contract|rpc|files|processes)',
      'src-main/core/(formats|archives)',
      'sharp',
      'zod',
    ],
    node: true,
  },
  // Which images belong together, and their pixels in one file. The store implements what is asked.
  'core-datasets': {
    at: 'src-main/core/datasets',
    may: [
      ...['src-main/(domain|contract|files)', 'src-main/core/(formats|archives|reader)'],
      ...['src-main/worker/files/shard.ts', 'zod'],
    ],
    node: true,
  },
  'core-import': {
    at: 'src-main/core/import',
    may: [
      ...['src-main/(domain|contract)', 'src-main/core/(formats|archives|reader|datasets)'],
      ...['src-main/rpc/method.ts', 'csv-parse', 'zod'],
    ],
    node: true,
  },
  'core-store': {
    at: 'src-main/core/store',
    may: [
      ...['src-main/(domain|contract|files)', 'src-main/core/formats/new-image.ts'],
      ...['src-main/core/datasets/(items|snapshot)\\.ts', 'better-sqlite3', 'zod'],
    ],
    node: true,
  },
  'core-jobs': {
    at: 'src-main/core/jobs',
    may: ['src-main/(domain|contract)', 'src-main/core/store', 'zod'],
    node: true,
  },
  'core-workers': {
    at: 'src-main/core/workers',
    may: [
      'src-main/(domain|contract|rpc|processes)',
      'src-main/worker/(contract|spawn)\\.ts',
      'zod',
    ],
    node: true,
  },
  // The project as a folder: who owns it, what it holds, its engines, its sample.
  'core-project': {
    at: 'src-main/core/project',
    may: [
      ...[
        'src-main/(domain|contract|files|rpc)',
        'src-main/core/(reader|store|jobs|workers)',
        'zod',
      ],
      'src-main/worker/contract.ts',
    ],
    node: true,
  },
  // Networks that were trained elsewhere, in the user's data folder.
  'core-backbones': {
    at: 'src-main/core/backbones',
    may: [
      ...[
        'src-main/(domain|contract|files|rpc)',
        'src-main/core/workers',
        'src-main/engine/user-data.ts',
        'zod',
      ],
      'src-main/worker/(contract|files/backbone-card)\\.ts$',
    ],
    node: true,
  },
  // What a run is; scores; trainings, which end with scores.
  'core-runs': {
    at: 'src-main/core/runs',
    may: ['src-main/(domain|contract)', 'src-main/core/(datasets|store)', 'zod'],
    node: true,
  },
  // Vectors of images on the disk.
  'core-features': {
    at: 'src-main/core/features',
    may: ['src-main/(domain|files)', 'zod'],
    node: true,
  },
  'core-scores': {
    at: 'src-main/core/scores',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-main/core/(formats|archives|reader|datasets)'],
      ...[
        'src-main/core/(store|jobs|workers|runs|features|backbones)',
        'src-main/worker/(contract|files/(shard|backbone-card))\\.ts',
        'src-main/ml/nearest.ts',
      ],
      'zod',
    ],
    node: true,
  },
  // Where an image is strange, and which images are alike.
  'core-maps': {
    at: 'src-main/core/maps',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-main/core/(formats|archives|reader|datasets)'],
      ...['src-main/core/(store|workers|runs|features|scores)', 'src-main/worker/contract.ts'],
    ],
    node: true,
  },
  'core-training': {
    at: 'src-main/core/training',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-main/core/(formats|archives|reader|datasets)'],
      ...[
        'src-main/core/(store|jobs|workers|project|runs|scores|backbones|features)',
        'src-main/worker/contract.ts',
      ],
      'zod',
    ],
    node: true,
  },
  // Looking at images, changing them, judging them.
  'core-gallery': {
    at: 'src-main/core/gallery',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-main/core/(formats|archives|reader|datasets)'],
      'src-main/core/(store|jobs|runs|scores)',
    ],
    node: true,
  },
  // Files that moved.
  'core-places': {
    at: 'src-main/core/places',
    may: ['src-main/(domain|contract|rpc)', 'src-main/core/(formats|archives|datasets|store)'],
    node: true,
  },
  'core-edits': {
    at: 'src-main/core/edits',
    may: [
      ...['src-main/(domain|contract|rpc)', 'src-main/core/(datasets|store|jobs|runs|gallery)'],
      'zod',
    ],
    node: true,
  },
  'core-review': {
    at: 'src-main/core/review',
    may: [
      ...[
        'src-main/(domain|contract|files|rpc)',
        'src-main/core/(formats|archives|reader|datasets|store|jobs|runs|scores)',
      ],
      ...['src-main/core/(gallery|edits)', 'csv-stringify', 'zod'],
    ],
    node: true,
  },
  // What runs learn as outliers: sources, shifts, and whether they overlap with the normals.
  'core-outliers': {
    at: 'src-main/core/outliers',
    may: [
      ...[
        'src-main/(domain|contract|files|rpc)',
        'src-main/core/(formats|archives|reader|datasets)',
      ],
      ...['src-main/core/(store|jobs|workers|project|runs|scores|backbones|features)'],
      ...['src-main/worker/contract.ts', 'zod'],
    ],
    node: true,
  },
  core: {
    at: 'src-main/core/[^/]+\\.ts$',
    may: [
      ...['src-main/(domain|contract|rpc|files)', 'src-main/core', 'zod'],
      'src-main/worker/contract.ts',
    ],
    node: true,
  },

  ...Object.fromEntries(
    ['cli', 'server', 'electron'].map((host) => [
      `hosts-${host}`,
      {
        at: `src-main/hosts/${host}`,
        may: [
          ...['src-main/(domain|contract|rpc|core)', 'zod'],
          ...(host === 'electron' ? ['electron', 'src-main/(files|processes)'] : []),
          ...(host === 'cli'
            ? [
                'src-main/bench/bench.ts',
                'src-main/processes',
                'src-main/engine/tensorflow/install-process.ts',
              ]
            : []),
          ...(host === 'server' ? ['ws'] : []),
        ],
        node: true,
      },
    ]),
  ),

  // Benchmarks against PyTorch: commands of a checkout, not packaged. Only the program's start adds them.
  bench: {
    at: 'src-main/bench',
    except: 'src-main/bench/study',
    may: [
      'src-main/(domain|contract|rpc|core)',
      'src-main/hosts/cli',
      'src-main/worker/contract.ts',
      'zod',
    ],
    node: true,
  },
  // The study calls ml and the engine in its own process, to keep features between its parts.
  'bench-study': {
    at: 'src-main/bench/study',
    may: ['src-main/(domain|files|core)', 'src-main/(ml|engine)', 'src-main/bench/words.ts', 'zod'],
    node: true,
  },

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
