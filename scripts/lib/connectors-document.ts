import { fieldsOf } from '../../lib/connectors/live-config'
import type { LiveConnector } from '../../lib/connectors/live-connector'
import type { LiveSubject, SemanticsCard } from '../../lib/connectors/live-contract'

const head = `# Live connectors

Made from the registry by \`npm run -s docs:connectors\`; a test compares. What is proved on which server is printed by
\`npm run -s test:connectors\`, from the run itself.
`

const evidence = {
  real: 'proved on a real server, which the tests start',
  recorded: 'verified against recorded answers',
}

/** docs/connectors.md: every system with its rights, fields, hands and semantics, as the screens show them. */
export function connectorsDocument(connectors: readonly LiveConnector[]): string {
  return [head, readingTable(connectors), ...connectors.map(section)].join('\n')
}

/** What a sync reads of each system, and why. */
function readingTable(connectors: readonly LiveConnector[]): string {
  const rows = connectors.map(({ title, changes }) => {
    if ('why' in changes) return `| ${title} | everything | ${changes.why}${linked(changes.source)} | |`
    return `| ${title} | what changed | ${changes.how}${linked(changes.source)} | ${changes.unseen ?? 'nothing'} |`
  })
  return [
    '## What a sync reads',
    '',
    'Where a system tells what changed, a sync reads that alone, and everything once a day, when somebody asks for it, after a change of',
    'settings, and where the system does not know any more what changed ([decision](decisions/046-a-sync-reads-what-changed.md)).',
    '',
    '| system | a sync reads | how or why | found only when everything is read |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const linked = (source: string | undefined) => (source === undefined ? '' : ` ([source](${source}))`)

function section(connector: LiveConnector): string {
  const { title, id, instructions, capabilities, semantics, config } = connector
  return [
    `## ${title}`,
    '',
    `\`${id}\`, ${evidence[connector.evidence]}. Quirks: [README](../lib/connectors/${id}/README.md).`,
    '',
    '| what | hands |',
    '|---|---|',
    ...Object.entries(capabilities).map(
      ([subject, acts]) => `| ${nameOf(subject)} | ${(acts ?? []).join(', ') || 'none'} |`,
    ),
    '',
    '| field | meaning | |',
    '|---|---|---|',
    ...fieldsOf(config).map(
      ({ name, title: label, description, secret, required, choices, default: usual }) =>
        `| \`${name}\` | ${[label, description].filter(Boolean).join('. ')}${choices === undefined ? '' : ` (${choices.join(', ')})`} | ${[secret ? 'secret' : '', required ? 'required' : usual === undefined ? 'optional' : `usually ${usual}`].filter(Boolean).join(', ')} |`,
    ),
    '',
    ...Object.entries(semantics).flatMap(([subject, card]) => (card === undefined ? [] : cardLines(subject, card))),
    ...instructions.flatMap(({ title: name, language, text }) => [
      `**${name}.** The least that it needs:`,
      '',
      `\`\`\`${language === 'redis' || language === 'text' ? '' : language}`,
      text,
      '```',
      '',
    ]),
  ].join('\n')
}

function cardLines(subject: string, card: SemanticsCard): string[] {
  const { disable, openSessions, residualSeconds, refusedWithinSeconds, enablingRevives, twoSecrets, undo, source } =
    card
  return [
    `**What revoking really does: ${nameOf(subject)}** ([source](${source}))`,
    '',
    `- Disable: ${disable}`,
    `- Delete: ${card.delete}`,
    `- What was opened before: ${openSessions.says}`,
    `- Goes on at most: ${residualSeconds === null ? 'without end, until sessions are ended' : `${residualSeconds} s after disable and the end of sessions`}. A new login is refused within ${refusedWithinSeconds} s.`,
    `- Enabling: ${enablingRevives.says}`,
    `- Two secrets at once: ${twoSecrets.says}`,
    `- Undo: ${undo}`,
    '',
  ]
}

function nameOf(subject: string): string {
  return subject === ('identity' satisfies LiveSubject) ? 'the identity' : subject.replaceAll('_', ' ')
}
