/**
 * Who may import whom. Arrows point right only:
 *
 *            ┌──────────► adapters ──┐
 *   app ─────┼──────────► config     ├──► core
 *            └──────────► protocols ─┘
 */
const layer = (name, path, may, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path },
  to: { path: '^(src|scripts|test|bin)/', pathNot: may },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    layer(
      'core-sees-nobody',
      '^src/core/',
      '^src/core/',
      'The core is tested and replayed alone: whatever it imported would have to be as pure as it is.',
    ),
    {
      name: 'core-has-no-libraries',
      comment: 'A library may keep a clock, a cache or a network inside. Types vanish, so those of viem are welcome.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'core-has-viem-types-only',
      comment: 'One vocabulary for addresses and hex; nothing else.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['npm', 'npm-dev'], pathNot: '^node_modules/viem/' },
    },
    layer(
      'protocols-see-core',
      '^src/protocols/',
      '^src/(core|protocols)/',
      'A protocol is a plug: the program around it, and the chain, must be replaceable.',
    ),
    {
      name: 'protocol-is-alone',
      comment: 'A protocol is added or removed as one folder and one line in the list.',
      severity: 'error',
      from: { path: '^src/protocols/([^/]+)/' },
      to: { path: '^src/protocols/', pathNot: '^src/protocols/$1/' },
    },
    {
      name: 'protocols-use-viem-alone',
      comment: 'Encoding and decoding are pure; no other library is needed, and none may bring in a clock.',
      severity: 'error',
      from: { path: '^src/protocols/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'], pathNot: '^node_modules/viem/' },
    },
    layer(
      'adapters-see-core',
      '^src/adapters/',
      '^src/(core|adapters)/',
      'Settings are handed in as values: an adapter that reads the configuration cannot be used twice.',
    ),
    {
      name: 'adapter-is-alone',
      comment:
        'Two adapters that know each other are one. What they share is a port in core; `contracts/` is data (generated ABIs).',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/($1|contracts/)' },
    },
    layer('config-sees-core', '^src/config/', '^src/(core|config)/', 'It is read before anything else exists.'),
    layer(
      'app-sees-src',
      '^src/app/',
      '^src/',
      'What the program needs at run time does not live among its tools or tests.',
    ),
    layer(
      'web-is-alone',
      '^src/web/',
      '^src/web/',
      'It runs in a browser: what it knows of the program comes over HTTP.',
    ),
    {
      name: 'no-cycles',
      comment: 'Files in a cycle are one file in disguise.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that cannot be found.',
      severity: 'error',
      from: { path: '^(src|scripts|bin)/' },
      to: { couldNotResolve: true, pathNot: '\\.json$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(artifacts|cache|tmp)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
