import { parseArgs } from 'node:util'
import { startGateway } from '../clients/mcp-gateway/gateway'

const usage = `npm run mcp:gateway -- --issuer URL --audience URL [options] -- COMMAND [ARGUMENTS]
npm run mcp:gateway -- --issuer URL --audience URL [options] --server URL

Stands in front of a server of the Model Context Protocol, and asks a decision point before each request.

  --point URL          Bailiwick, or another decision point of AuthZEN 1.0; http://localhost:3000 unless given
  --issuer URL         who issues the access tokens
  --audience URL       how they have to name this gateway
  --jwks URL           where the issuer's keys lie; ISSUER/jwks unless given
  --subject-claim NAME the claim that names whom the caller acts for; sub unless given
  --port N, --host H   where to listen; 7800 on 127.0.0.1 unless given
  --timeout-ms N       without an answer by then, no; 1000 unless given
  BAILIWICK_API_KEY    the key of the gateway at the decision point; in the environment, never as an argument`

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      point: { type: 'string', default: 'http://localhost:3000' },
      issuer: { type: 'string' },
      audience: { type: 'string' },
      jwks: { type: 'string' },
      'subject-claim': { type: 'string', default: 'sub' },
      server: { type: 'string' },
      port: { type: 'string', default: '7800' },
      host: { type: 'string', default: '127.0.0.1' },
      'timeout-ms': { type: 'string', default: '1000' },
    },
  })
  const { issuer, audience } = values
  const { BAILIWICK_API_KEY: apiKey, ...env } = process.env
  const [command, ...rest] = positionals
  const server = values.server
    ? { url: values.server }
    : command
      ? { command, args: rest, env: textsOf(env) }
      : undefined
  const [port, timeoutMs] = [Number(values.port), Number(values['timeout-ms'])]
  if (!issuer || !audience || !server) throw new Error(usage)
  if (!apiKey)
    throw new Error('BAILIWICK_API_KEY is not set: make an API key that may ask for decisions, and put it there.')
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || !(timeoutMs > 0))
    throw new Error('--port and --timeout-ms are numbers.')
  const gateway = await startGateway({
    ...{ port, server, host: values.host, subjectClaim: values['subject-claim'] },
    token: { issuer, audience, jwksUrl: values.jwks ?? `${issuer.replace(/\/$/, '')}/jwks` },
    point: { url: values.point, apiKey, timeoutMs },
    log: (line) => console.error(`${new Date().toISOString()} ${line}`),
  })
  console.error(`Listening on ${gateway.url}; decisions by ${values.point}.`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void gateway.stop().then(() => process.exit(0)))
}

const textsOf = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined))

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(2)
})
