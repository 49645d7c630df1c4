// Who may import whom: the table of docs/architecture.md, row by row. Run by `npm run check` (scripts/check-imports.mjs).
// There is no list of exceptions, and there will be none: a rule that does not fit is changed here, for everybody.

const noun = 'lib/(?!platform/|connectors/)[^/]+'
const test = '\\.(int\\.|property\\.)?test\\.tsx?$'
const primitives = '^components/(ui|data-table|graph|charts)/'
const prisma = '^(lib/platform/db/generated/|node_modules/(@prisma/|prisma/|pg/|pg-copy-streams/))'

/** Clients of the systems that live connectors speak to. */
const drivers = '^node_modules/(pg|mysql2|@redis|amqplib|ldapts|ssh2|@aws-sdk)/'

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'app-opens-doors-only',
    comment:
      'Pages and routes mount components and call actions, use cases and endpoints; they decide and store nothing.',
    from: { path: '^app/', pathNot: test },
    to: {
      path: '^(lib|prisma|policies|scripts)/',
      pathNot: [
        `^${noun}/(actions|schema|items|remedies|policies|blast-radius|blast-parts|what-if|worth|values|live|queries|filters|address)\\.ts$`,
        `^${noun}/server/(?!store)[^/]+\\.ts$`,
        '^lib/platform/(http|auth|browser)/',
        '^lib/platform/errors\\.ts$',
      ],
    },
  },
  {
    name: 'worker-opens-doors-only',
    comment: 'The worker starts jobs and use cases; it reads no table itself.',
    from: { path: '^worker\\.ts$' },
    to: { path: [`^${noun}/(?!server/)`, `^${noun}/server/store`, '^components/', '^app/', prisma] },
  },
  {
    name: 'no-prisma-in-app-or-components',
    from: { path: '^(app|components)/' },
    to: { path: ['^lib/platform/db/', prisma] },
  },
  {
    name: 'components-stay-in-the-browser',
    comment: 'A screen reaches the server through actions.ts and queries.ts only.',
    from: { path: '^components/' },
    to: { path: `^(${noun}/server/|app/|prisma/|scripts/)` },
  },
  {
    name: 'components-know-little-of-the-platform',
    from: { path: '^components/' },
    to: { path: '^lib/platform/', pathNot: '^lib/platform/(browser/|errors\\.ts$)' },
  },
  {
    name: 'components-know-no-connector',
    comment: 'The contract is vocabulary: kinds, types, privileges.',
    from: { path: '^components/' },
    to: { path: '^lib/connectors/', pathNot: '^lib/connectors/contract\\.ts$' },
  },
  {
    name: 'components-of-one-noun',
    comment: "Of another noun only its schema, rules and queries; its screens' parts are put together by the page.",
    from: { path: '^components/([^/]+)/', pathNot: primitives },
    to: {
      path: `^${noun}/`,
      pathNot: [
        `^${noun}/(schema|items|remedies|templates|evidence|blast-radius|blast-parts|what-if|worth|values|live|score|rules|queries)\\.ts$`,
        '^lib/$1/',
      ],
    },
  },
  {
    name: 'primitives-know-no-noun',
    comment: 'Primitives could ship in any product.',
    from: { path: primitives },
    to: { path: ['^components/', '^lib/', '^app/'], pathNot: [primitives, '^lib/platform/(browser/|errors\\.ts$)'] },
  },
  {
    name: 'server-of-one-noun',
    comment: 'Of another noun only its schema, rules and use cases: one table has one writer.',
    from: { path: '^lib/([^/]+)/server/', pathNot: [test, '^lib/(platform|connectors)/'] },
    to: {
      path: [`^${noun}/`, '^(components|app|prisma|scripts)/'],
      pathNot: [
        '^lib/$1/',
        `^${noun}/(schema|items|remedies|templates|evidence|blast-radius|blast-parts|what-if|worth|values|live|score|rules)\\.ts$`,
        `^${noun}/server/(?!store|endpoints|jobs)[^/]+\\.ts$`,
      ],
    },
  },
  {
    name: 'store-is-private',
    comment: 'The tables of a noun are reached through its use cases.',
    from: { path: '^lib/([^/]+)/' },
    to: { path: `^${noun}/server/store`, pathNot: '^lib/$1/' },
  },
  {
    name: 'store-serves-use-cases-only',
    from: { pathNot: '^lib/[^/]+/server/' },
    to: { path: `^${noun}/server/store` },
  },
  {
    name: 'nouns-know-connectors-by-contract',
    comment: 'Nothing outside a connector knows its system.',
    from: { pathNot: '^lib/connectors/' },
    to: { path: '^lib/connectors/[^/]+/' },
  },
  {
    name: 'rules-are-pure',
    comment: 'Decisions depend on schemas, other decisions and the vocabulary of the contract, on nothing else.',
    from: { path: '^lib/[^/]+/rules\\.ts$' },
    to: {
      pathNot: [`^${noun}/(schema|rules|templates|items|values|evidence)\\.ts$`, '^lib/connectors/contract\\.ts$'],
    },
  },
  {
    name: 'engines-are-pure',
    comment: 'An engine works on numbers: no database, no platform, no clock; only its own files and the formula.',
    from: { path: `^${noun}/engine/`, pathNot: test },
    to: { pathNot: [`^${noun}/engine/`, `^${noun}/score\\.ts$`, '^lib/connectors/contract\\.ts$'] },
  },
  {
    name: 'root-files-are-safe-for-the-browser',
    from: {
      path: `^${noun}/(schema|items|remedies|templates|evidence|blast-radius|blast-parts|what-if|worth|values|live|score|rules|filters|address|filter-text|queries)\\.ts$`,
    },
    to: {
      path: [`^${noun}/server/`, '^lib/platform/', '^(components|app|prisma|scripts)/'],
      pathNot: '^lib/platform/(browser/|errors\\.ts$)',
    },
  },
  {
    name: 'root-files-use-no-node',
    from: {
      path: `^${noun}/(schema|items|remedies|templates|evidence|blast-radius|blast-parts|what-if|worth|values|live|score|rules|filters|address|filter-text|queries)\\.ts$`,
    },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'connectors-stand-alone',
    comment: 'A connector turns one format into records; it knows neither platform nor nouns, database nor web.',
    from: { path: '^lib/connectors/', pathNot: test },
    to: {
      path: ['^lib/(?!connectors/)', '^(components|app|prisma|scripts)/', prisma, '^node_modules/(next|react)/'],
      pathNot: drivers,
    },
  },
  {
    name: 'drivers-in-clients',
    comment: 'What a connector says to a running system it says through its own client.ts.',
    from: { path: '^lib/connectors/', pathNot: [test, '^lib/connectors/[^/]+/client\\.ts$'] },
    to: { path: drivers },
  },
  {
    name: 'addresses-are-judged-in-one-place',
    comment: 'Where a connection may go is decided by outbound.ts for all of them.',
    from: { path: '^(lib|app|components)/', pathNot: [test, '^lib/connectors/outbound\\.ts$'] },
    to: { path: '^node_modules/ipaddr\\.js/' },
  },
  {
    name: 'connectors-do-not-meet',
    comment: 'A connector imports itself, the contract, and what stands beside it for all of them.',
    from: { path: '^lib/connectors/([^/]+)/', pathNot: test },
    to: {
      path: '^lib/connectors/',
      pathNot: [
        '^lib/connectors/$1/',
        '^lib/connectors/(contract|record-graph|crowds|record-set|json-fields|personal-key|instants|walk-answers|word-table|live-connector|live-contract|live-config|live-error|outbound|outbound-http|json-source|linked-pages|long-reading|snapshot-pages|retry|rehearsal|secret)\\.ts$',
      ],
    },
  },
  {
    name: 'platform-knows-no-noun',
    comment: 'The plumbing of tests may use the factories.',
    from: { path: '^lib/platform/', pathNot: [test, '^lib/platform/testing/'] },
    to: { path: ['^lib/(?!platform/)', '^(components|app|prisma)/'] },
  },
  {
    name: 'prisma-in-platform-and-stores',
    comment: 'The database is reached through the platform and each noun’s store.',
    from: {
      path: '^(lib|app|components)/',
      pathNot: [test, '^lib/platform/', '^lib/connectors/', `^${noun}/server/store[^/]*\\.ts$`],
    },
    to: { path: prisma },
  },
  { name: 'no-cycles', from: {}, to: { circular: true } },
  { name: 'no-unresolved-imports', from: {}, to: { couldNotResolve: true } },
  {
    name: 'product-code-uses-no-development-package',
    from: { path: '^(app|components|lib|worker\\.ts)', pathNot: [test, '^lib/platform/testing/'] },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'test-plumbing-stays-in-tests',
    from: { path: '^(app|components|lib|worker\\.ts)', pathNot: [test, '^lib/platform/testing/'] },
    to: { path: '^lib/platform/testing/' },
  },
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^lib/platform/db/generated/', '(^|/)fixtures/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    preserveSymlinks: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
