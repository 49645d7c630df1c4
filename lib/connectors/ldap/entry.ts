/** An entry as the directory gave it: names of attributes in lower case, values as text, those that are no text as bytes. */
export interface DirectoryEntry {
  dn: string
  values: ReadonlyMap<string, readonly (string | Buffer)[]>
}

export function textsOf({ values }: DirectoryEntry, name: string): string[] {
  return (values.get(name.toLowerCase()) ?? []).map((value) => (typeof value === 'string' ? value : value.toString()))
}

export function textOf(entry: DirectoryEntry, name: string): string | undefined {
  const text = textsOf(entry, name)[0]?.trim()
  return text === '' ? undefined : text
}

export function bytesOf({ values }: DirectoryEntry, name: string): Buffer[] {
  return (values.get(name.toLowerCase()) ?? []).map((value) => (typeof value === 'string' ? Buffer.from(value) : value))
}

/** `20260102030405Z` and `20260102030405.123456Z` (RFC 4517, 3.3.13) as an instant; anything else is unknown. */
export function generalizedTime(text: string | undefined): string | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:[.,]\d+)?Z$/.exec(text ?? '') ?? []
  if (year === undefined) return undefined
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/** A distinguished name in a form that is the same however it was typed: for comparing only. */
export function normalDn(dn: string): string {
  return dn
    .split(/(?<!\\),/)
    .map((part) => {
      const at = part.indexOf('=')
      const value = part
        .slice(at + 1)
        .trim()
        .replaceAll(/\\([0-9a-fA-F]{2})/g, (whole, hex: string) => {
          const sign = String.fromCharCode(Number.parseInt(hex, 16))
          return /[ -~]/.test(sign) ? `\\${sign}` : whole
        })
      return `${part.slice(0, at).trim()}=${value}`.toLowerCase()
    })
    .join(',')
}

/** A value inside a filter. RFC 4515, 3. */
export function escapeFilter(value: string): string {
  return value.replaceAll(/[\0()*\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
