import type { ParsedFile } from '../../contract'
import { entriesOf, hasEntries } from '../entries'
import { count, field, isFields, path, publicAddress, text } from '../fields'
import type { Hit, Report } from '../hit'
import { instant } from '../instants'
import { accessKeyId, decoded, secretInMatch } from '../secret-value'
import { placeOfSource } from './trufflehog-source'

function isGoEntry(value: unknown): boolean {
  return isFields(field(value, 'SourceMetadata')) && (hasOwn(value, 'DetectorName') || hasOwn(value, 'DetectorType'))
}

/** Version 2: the words of a diff, with branch and `printDiff`. Rusty Hog writes alike, without those. */
function isOldEntry(value: unknown): boolean {
  if (!Array.isArray(field(value, 'stringsFound')) || typeof field(value, 'reason') !== 'string') return false
  return hasOwn(value, 'branch') || hasOwn(value, 'printDiff')
}

/** The Python rewrite truffleHog3: a rule object, the path and the secret. */
function isPythonEntry(value: unknown): boolean {
  const rule = field(value, 'rule')
  return typeof field(rule, 'id') === 'string' && hasOwn(value, 'secret') && typeof field(value, 'path') === 'string'
}

const hasOwn = (value: unknown, name: string) => isFields(value) && Object.hasOwn(value, name)
const isEntry = (value: unknown) => isGoEntry(value) || isOldEntry(value) || isPythonEntry(value)

/** TruffleHog 2 and 3 (JSON lines or a list) and truffleHog3. */
export const trufflehog = {
  accepts: (file: ParsedFile) => hasEntries(file, isEntry),
  pieces: [''],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    for (const { value, at } of entriesOf(file, isEntry)) {
      if (isGoEntry(value)) report.hits.push(goHit(value, at))
      else if (isPythonEntry(value)) report.hits.push(pythonHit(value, at))
      else if (isOldEntry(value)) report.hits.push(...oldHits(value, at))
      // TruffleHog writes its own log among the findings when both go to one file.
      else if (!hasOwn(value, 'level') || !hasOwn(value, 'msg'))
        report.refused.push({ at, reason: 'is no TruffleHog finding' })
    }
    return report
  },
}

function goHit(value: unknown, at: string): Hit {
  // Versions that name the decoder write values as they are; those before, in base64.
  const plain = hasOwn(value, 'DecoderName') ? (raw: string) => raw : decoded
  const { secret, keyId } = secretOf(text(field(value, 'Raw')), text(field(value, 'RawV2')), plain)
  const isVerified = field(value, 'Verified')
  const extra = field(value, 'ExtraData')
  const place = placeOfSource(path(value, 'SourceMetadata', 'Data'))
  return {
    at,
    rule: text(field(value, 'DetectorName')) ?? `detector ${String(field(value, 'DetectorType'))}`,
    secret,
    keyId,
    ...place,
    validity: isVerified === true ? 'valid' : isVerified === false ? 'unknown' : undefined,
    attributes: {
      ...place.attributes,
      source: text(field(value, 'SourceName')),
      account: text(field(extra, 'account', 'account_id')),
      arn: text(field(extra, 'arn')),
      rotationGuide: publicAddress(text(field(extra, 'rotation_guide'))),
      verificationFailed: text(field(value, 'VerificationError')) === undefined ? undefined : true,
    },
  }
}

/**
 * `Raw` is base64 in early versions. `RawV2` holds all parts of a secret in one text: for AWS the id of the key, then the
 * secret; the id alone is no secret.
 */
function secretOf(
  raw: string | undefined,
  parts: string | undefined,
  plain: (raw: string) => string,
): { secret: string | undefined; keyId: string | undefined } {
  const first = raw === undefined ? undefined : plain(raw)
  const keyId = accessKeyId(first)
  if (keyId === undefined) return { secret: first, keyId: undefined }
  const whole = parts === undefined ? '' : plain(parts)
  const rest = whole.startsWith(keyId) ? whole.slice(keyId.length).replace(/^:/, '') : ''
  return { secret: rest === '' ? first : rest, keyId }
}

function pythonHit(value: unknown, at: string): Hit {
  const rule = field(value, 'rule')
  return {
    at,
    rule: text(field(rule, 'id')) ?? 'unknown rule',
    title: text(field(rule, 'message')),
    secret: text(field(value, 'secret')),
    file: text(field(value, 'path')),
    line: count(field(value, 'line')),
    commit: text(field(value, 'commit')),
    firstSeenAt: instant(field(value, 'date')),
    attributes: { severity: text(field(rule, 'severity')), branch: text(field(value, 'branch')) },
  }
}

/** One hit for each string that was found. */
function oldHits(value: unknown, at: string): Hit[] {
  const strings = field(value, 'stringsFound')
  const found: unknown[] = Array.isArray(strings) ? strings : []
  return found.map((entry) => {
    const match = text(entry)?.replace(/^[+-]\s*/, '')
    return {
      at,
      rule: text(field(value, 'reason')) ?? 'unknown rule',
      secret: secretInMatch(match),
      file: text(field(value, 'path')),
      commit: text(field(value, 'commitHash')),
      firstSeenAt: instant(field(value, 'date')),
      distinct: match,
      attributes: { branch: text(field(value, 'branch')) },
    }
  })
}
