import { wordTable } from '../word-table'
import { upperName } from './secret-names'

export interface KnownSystem {
  externalId: string
  name: string
  kind: 'system' | 'database' | 'account'
}

const system = (url: string, name: string): KnownSystem => ({ externalId: url, name, kind: 'system' })
const database = (id: string, name: string): KnownSystem => ({ externalId: `system:${id}`, name, kind: 'database' })

/** What a secret opens, by the first words of its variable. */
const known: Record<string, KnownSystem> = wordTable({
  AWS: system('https://aws.amazon.com', 'Amazon Web Services'),
  AZURE: system('https://portal.azure.com', 'Microsoft Azure'),
  GITHUB: system('https://github.com', 'GitHub'),
  GH: system('https://github.com', 'GitHub'),
  GITLAB: system('https://gitlab.com', 'GitLab'),
  GITEE: system('https://gitee.com', 'Gitee'),
  GOOGLE: system('https://console.cloud.google.com', 'Google Cloud'),
  GCP: system('https://console.cloud.google.com', 'Google Cloud'),
  SLACK: system('https://slack.com', 'Slack'),
  OPENAI: system('https://api.openai.com', 'OpenAI'),
  ANTHROPIC: system('https://api.anthropic.com', 'Anthropic'),
  OKTA: system('https://okta.com', 'Okta'),
  NOTION: system('https://api.notion.com', 'Notion'),
  LINEAR: system('https://api.linear.app', 'Linear'),
  JIRA: system('https://atlassian.net', 'Atlassian'),
  CONFLUENCE: system('https://atlassian.net', 'Atlassian'),
  ATLASSIAN: system('https://atlassian.net', 'Atlassian'),
  STRIPE: system('https://api.stripe.com', 'Stripe'),
  CLOUDFLARE: system('https://api.cloudflare.com', 'Cloudflare'),
  DATADOG: system('https://api.datadoghq.com', 'Datadog'),
  GRAFANA: system('https://grafana.com', 'Grafana'),
  SENTRY: system('https://sentry.io', 'Sentry'),
  SNOWFLAKE: system('https://snowflakecomputing.com', 'Snowflake'),
  POSTGRES: database('postgresql', 'PostgreSQL'),
  POSTGRESQL: database('postgresql', 'PostgreSQL'),
  PG: database('postgresql', 'PostgreSQL'),
  MYSQL: database('mysql', 'MySQL'),
  MARIADB: database('mariadb', 'MariaDB'),
  MSSQL: database('mssql', 'Microsoft SQL Server'),
  MONGODB: database('mongodb', 'MongoDB'),
  REDIS: database('redis', 'Redis'),
  NEO4J: database('neo4j', 'Neo4j'),
  CLICKHOUSE: database('clickhouse', 'ClickHouse'),
  ELASTICSEARCH: database('elasticsearch', 'Elasticsearch'),
})

/** Words that say what a secret is, not what it opens. */
const plainWords = new Set(
  (
    'ACCESS ACCOUNT ADMIN API APIKEY APP APPLICATION AUTH AUTHORIZATION BASIC BEARER BOT CDP CLI CLIENT CONNECTION CREDENTIAL ' +
    'CREDENTIALS DB DATABASE DEFAULT HASH ID INTEGRATION JWT KEY MANAGEMENT MASTER MCP MY OAUTH PASS PASSPHRASE PASSWD PASSWORD PAT ' +
    'PERSONAL PRIVATE PWD REFRESH SDK SECRET SECRETKEY ACCESSKEY SECURITY SERVER SERVICE SESSION SIGNING STORE STRING SSE TOKEN ' +
    'USER WEBHOOK X YOUR'
  ).split(' '),
)

/** The system that a secret of this name opens: from the table, else by the words left of "API key" and the like. */
export function systemOf(variable: string): KnownSystem | undefined {
  const words = upperName(variable)
    .split('_')
    .filter((word) => word !== '')
  const first = words.find((word) => !['X', 'MCP', 'MY', 'YOUR'].includes(word)) ?? ''
  if (Object.hasOwn(known, first)) return known[first]
  let last = words.length
  while (last > 0 && plainWords.has(words[last - 1] ?? '')) last--
  const rest = words.slice(0, last).filter((word, i) => i > 0 || !plainWords.has(word))
  if (rest.length === 0 || rest.length > 4) return undefined
  const name = rest.map((word) => word[0] + word.slice(1).toLowerCase()).join(' ')
  return { externalId: `system:${rest.join('-').toLowerCase()}`, name, kind: 'system' }
}

/** An address without anything that could be a secret: no user, no query, long opaque path segments masked. */
export function publicAddress(url: string): string {
  const bare = url.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
  const [scheme, ...segments] = bare.split('/')
  return [scheme, ...segments.map((segment) => (/^(?=.*\d)(?=.*[A-Za-z])[\w-]{24,}$/.test(segment) ? '…' : segment))]
    .join('/')
    .slice(0, 500)
}

/** The names and values of a URL's query, also of a templated URL that no parser takes. */
export function queryOf(url: string): [string, string][] {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? ''
  return query === ''
    ? []
    : query
        .split('&', 50)
        .map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice((pair.split('=', 1)[0] ?? '').length + 1)])
}
