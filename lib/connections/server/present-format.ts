import type { FileConnector } from '@/lib/connectors/contract'
import { wordTable } from '@/lib/connectors/word-table'
import type { FormatGuide } from '../schema'

interface System {
  title: string
  family: FormatGuide['family']
  /** What no file of the system says, in a sentence or two. */
  omits: string
}

/** The systems that formats belong to, by the first words of their ids; a longer beginning goes before a shorter one. */
const systems: Record<string, System> = wordTable({
  aws: {
    title: 'AWS',
    family: 'cloud',
    omits:
      'Session policies are in no file, and resource policies (buckets, keys, queues) only where they were exported on their own: access that only they give or take away is unknown without them. A report or listing says what its call was asked, no more.',
  },
  gcp: {
    title: 'Google Cloud',
    family: 'cloud',
    omits:
      'Who belongs to a group, and what a custom role holds unless its definition is in the file. A policy counts for its own resource only: bring those of the folders and the organization as well.',
  },
  azure: {
    title: 'Azure and Entra ID',
    family: 'cloud',
    omits:
      'What a Graph permission reached in practice, and sign-ins. Role assignments name object ids: without the listing of service principals they stay without a name.',
  },
  entra: {
    title: 'Azure and Entra ID',
    family: 'cloud',
    omits: 'What a permission reached in practice, and sign-ins. Secrets are listed by hint and date, never by value.',
  },
  kubernetes: {
    title: 'Kubernetes',
    family: 'platform',
    omits:
      'Which rights are used, and who signs in from outside (users and groups of the sign-in system). Tokens that the API server issues for an hour leave no trace in manifests.',
  },
  spiffe: {
    title: 'SPIFFE and SPIRE',
    family: 'platform',
    omits: 'What a workload may do with its identity, and which entries were issued lately.',
  },
  postgresql: {
    title: 'PostgreSQL',
    family: 'platform',
    omits:
      'Rights on tables and schemas (they stand in each database, not in the list of roles), and when a role last signed in.',
  },
  'active-directory': {
    title: 'Active Directory',
    family: 'platform',
    omits:
      'Who is signed in now and what a right was used for; rights inside applications, and objects that the collector could not read.',
  },
  github: {
    title: 'GitHub',
    family: 'code',
    omits: 'Classic personal tokens of members (an organization cannot list them) and the values of secrets.',
  },
  gitlab: {
    title: 'GitLab',
    family: 'code',
    omits: 'What a token was used for, and the values of tokens: GitLab shows them once.',
  },
  terraform: {
    title: 'Terraform and OpenTofu',
    family: 'code',
    omits:
      'What was made by hand or by another state, what has changed since the last apply, and when anything was last used.',
  },
  okta: {
    title: 'Okta',
    family: 'saas',
    omits: 'What a token or an app was used for; that stands in the system log.',
  },
  'google-workspace': {
    title: 'Google Workspace',
    family: 'saas',
    omits: 'What an app read with its grant, and grants of people who are not in the file.',
  },
  keycloak: {
    title: 'Keycloak',
    family: 'saas',
    omits:
      'Sessions and last use. An export made in the admin console masks client secrets with stars, so they cannot be recognised elsewhere.',
  },
  saas: {
    title: 'Other services',
    family: 'saas',
    omits: 'What a key may do, where the service does not list it, and the keys of accounts that are not in the file.',
  },
  mcp: {
    title: 'MCP tool servers',
    family: 'agents',
    omits:
      'Which tools an agent called, and what the server does behind a tool: hints are claims of its maker. Values of environment variables are read for a fingerprint only.',
  },
  a2a: {
    title: 'A2A agents',
    family: 'agents',
    omits: 'What the agent runs as and which systems it reaches; a card says only what the agent offers.',
  },
  scanner: {
    title: 'Secret scanners',
    family: 'scanners',
    omits:
      'Whether a secret still works, unless the scanner tried it, and whose it is, unless the catalogue knows its fingerprint. Reports made with redaction have nothing to recognise a secret by.',
  },
  opengraph: {
    title: 'BloodHound OpenGraph',
    family: 'tables',
    omits: 'What the collector did not look for; kinds of node and edge that are unknown here are listed, not guessed.',
  },
  csv: {
    title: 'Spreadsheets',
    family: 'tables',
    omits: 'Everything that has no column. Rows without a name are left out and listed.',
  },
})

const prefixes = Object.keys(systems).sort((a, b) => b.length - a.length)

/** The key of the system that a format belongs to; formats of an unknown one stand for themselves. */
export function systemOf(id: string): string {
  return prefixes.find((prefix) => id === prefix || id.startsWith(`${prefix}-`)) ?? id
}

/** One format as its guide shows it. */
export function presentFormat({ id, title, expects, yields, production, coverage }: FileConnector): FormatGuide {
  const key = systemOf(id)
  const system = systems[key]
  return {
    id,
    title,
    system: key,
    systemTitle: system?.title ?? title,
    family: system?.family ?? 'tables',
    expects,
    yields,
    omits: system?.omits ?? null,
    coverage,
    production: production.map(({ from, steps, rights }) => ({ from, steps: [...steps], rights })),
  }
}

/** What can be imported, for the message that refuses a file: the systems, and where their formats are explained. */
export function expectedSystems(formats: readonly FileConnector[]): string {
  const titles = [...new Set(formats.map((format) => presentFormat(format).systemTitle))]
  return `Expected one of: an export of ${titles.join(', ')}. The import page says how each is made, and so does npm run import -- --formats.`
}
