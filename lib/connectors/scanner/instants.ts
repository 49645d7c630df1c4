const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * An instant in UTC from what scanners write: ISO 8601, Git's own form (`Sat Mar 13 17:42:00 2021 +0530`), Go's
 * (`2022-06-16 10:17:40 -0700 -0700`), seconds since 1970 (also `1685495256 +0000`). Without a zone it is taken for UTC.
 * Years before 1980 stand for "none" in these reports and are unknown here.
 */
export function instant(value: unknown): string | undefined {
  const milliseconds = typeof value === 'string' ? fromText(value.trim()) : fromSeconds(value)
  if (milliseconds === undefined || Number.isNaN(milliseconds)) return undefined
  if (milliseconds < Date.UTC(1980) || milliseconds > Date.UTC(9999)) return undefined
  return new Date(milliseconds).toISOString()
}

function fromText(value: string): number | undefined {
  const epoch = /^(\d{9,13})(?:\.\d+)?(?: [+-]\d{4})?$/.exec(value)
  if (epoch !== null) return fromSeconds(Number(epoch[1]))
  const git = /^[A-Z][a-z]{2},? ([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})(?: ([+-]\d\d):?(\d\d))?$/.exec(value)
  if (git !== null) {
    const [, month = '', day = '', time = '', year = '', hours = '+00', minutes = '00'] = git
    const number = months.indexOf(month) + 1
    return Date.parse(`${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}T${time}${hours}:${minutes}`)
  }
  const iso =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?))? ?(Z|UTC|[+-]\d\d:?\d\d)?(?: [A-Z]{1,5}| [+-]\d{4})?$/.exec(
      value,
    )
  if (iso === null) return undefined
  const [, day = '', time = '00:00', zone = 'Z'] = iso
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2')
  return Date.parse(`${day}T${time.replace(/(\.\d{3})\d+$/, '$1')}${offset}`)
}

function fromSeconds(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return value > 1e11 ? value : value * 1000
}
