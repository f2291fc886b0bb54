// The rule between folders (docs/architecture.md): imports point one way. test/folders.test.ts plants a
// violation and proves that this file bites.
const top = [
  'intents',
  'bus',
  'projections',
  'macros',
  'surfaces',
  'adapters',
  'witness',
  'config',
  'import-companion',
  'hub',
  'cli',
  'wire',
  'verifier',
  'report',
  'bench',
  'test',
]

/** Each folder and the folders of ours it may see, beside itself. */
const may = {
  intents: [],
  witness: [],
  wire: [],
  // what an auditor is given: it shares nothing with anything
  verifier: [],
  report: ['intents', 'bus', 'projections', 'verifier'],
  bus: ['intents', 'witness'],
  macros: ['intents'],
  projections: ['intents', 'bus'],
  adapters: ['intents', 'bus', 'wire'],
  surfaces: ['intents', 'projections', 'wire'],
  config: ['intents', 'macros'],
  'import-companion': ['intents', 'config'],
  hub: [
    'intents',
    'witness',
    'wire',
    'verifier',
    'report',
    'bus',
    'macros',
    'projections',
    'adapters',
    'surfaces',
    'config',
    'import-companion',
  ],
  cli: ['hub', 'intents'],
  bench: [
    'hub',
    'intents',
    'wire',
    'bus',
    'adapters',
    'surfaces',
    'config',
    'cli',
    'witness',
    'projections',
  ],
  test: top,
}

const code = '(?<!\\.test|\\.contract|\\.fixture)\\.(ts|js)$'
const oneWay = Object.entries(may).map(([from, to]) => ({
  name: `${from}-imports`,
  comment: `${from}/ may import ${to.length === 0 ? 'nothing of ours' : to.join(', ')}`,
  severity: 'error',
  from: { path: `^${from}/.*${code}` },
  to: { path: `^(${top.filter((t) => t !== from && !to.includes(t)).join('|') || '(?!)'})/` },
}))

module.exports = {
  forbidden: [
    ...oneWay,
    {
      name: 'leaf-sees-only-its-port',
      comment:
        'a leaf folder (adapters/osc, surfaces/tcp) sees its own files, the files beside its port, intents and wire, never a sibling; surfaces/render is no way in but what draws for all of them',
      severity: 'error',
      from: { path: `^(adapters|surfaces)/([^/]+)/.*${code}` },
      to: {
        path: '^(adapters|surfaces|bus|projections)/',
        pathNot: ['^$1/$2/', '^adapters/[^/]+\\.ts$', '^surfaces/[^/]+\\.ts$', '^surfaces/render/'],
      },
    },
    {
      name: 'pure-folders-without-node',
      comment:
        'intents, macros and projections are pure; only the projection runner and its snapshots touch the machine',
      severity: 'error',
      from: {
        path: `^(intents|macros|projections)/.*${code}`,
        pathNot: '^projections/(runner|snapshot)\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|dist-bench|node_modules|\\.tap|data|web)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
}
