import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

// The query protocol of AWS as a server sees it: what was asked, whether it is signed rightly, and answers as XML.

/** An error answer. */
export class AwsFault extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface AwsQuestion {
  action: string
  parameters: URLSearchParams
  /** Of the `Credential` in the header. */
  keyId: string
  service: string
  /** Whether the signature is that of this secret. */
  isSignedBy: (secret: string) => boolean
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function readQuestion(path: string, headers: IncomingHttpHeaders, body: string): AwsQuestion {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/((\d{8})\/([^/]+)\/([^/]+)\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/
  const [, keyId = '', scope = '', day = '', region = '', service = '', names = '', signature = ''] =
    pattern.exec(headers.authorization ?? '') ?? []
  if (keyId === '') throw new AwsFault(403, 'IncompleteSignature', 'The request is not signed')
  const signed = names.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`)
  const canonical = `POST\n${path}\n\n${signed.join('')}\n${names}\n${sha256(body)}`
  const text = `AWS4-HMAC-SHA256\n${headers['x-amz-date']}\n${scope}\n${sha256(canonical)}`
  const parameters = new URLSearchParams(body)
  return {
    ...{ action: parameters.get('Action') ?? '', parameters, keyId, service },
    isSignedBy: (secret) => {
      const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`)
      return hmac(key, text).toString('hex') === signature
    },
  }
}

const spaces: Record<string, string> = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Policies are told URL-encoded in this protocol. */
const documents = new Set(['PolicyDocument', 'AssumeRolePolicyDocument', 'Document'])

/** The command line, whose answer was recorded, prints dates in another way than AWS sends them. */
const onTheWire = (text: string) => text.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\+00:00$/, '$1T$2Z')

function elements(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${elements(item)}</member>`).join('')
  if (typeof value !== 'object' || value === null) return escaped(onTheWire(String(value)))
  return Object.entries(value)
    .filter(([, item]) => item !== undefined && item !== null)
    .map(([name, item]) => {
      const text = documents.has(name)
        ? encodeURIComponent(typeof item === 'string' ? item : JSON.stringify(item))
        : undefined
      return `<${name}>${text ?? elements(item)}</${name}>`
    })
    .join('')
}

const requestId = '7a62c49f-347e-4fc4-9331-6e8eEXAMPLE'

export function answerText(service: string, action: string, result: object | undefined): string {
  const content = result === undefined ? '' : `<${action}Result>${elements(result)}</${action}Result>`
  const meta = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  return `<${action}Response xmlns="${spaces[service]}">${content}${meta}</${action}Response>`
}

export function faultText(service: string, { status, code, message }: AwsFault): string {
  const type = status >= 500 ? 'Receiver' : 'Sender'
  const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`
  return `<ErrorResponse xmlns="${spaces[service]}">${error}<RequestId>${requestId}</RequestId></ErrorResponse>`
}
