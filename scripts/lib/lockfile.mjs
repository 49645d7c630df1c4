/**
 * Care for package-lock.json. Where the registry at hand lacks a package for some other platform, npm leaves it out of
 * the lock without a word, and the next `npm ci` refuses the lock: "Missing … from lock file". Such entries are put back
 * without a checksum: npm skips them on this platform and fetches them on theirs.
 * @typedef {{ version?: string, optionalDependencies?: Record<string, string>, optional?: boolean, os?: string[], cpu?: string[] }} Entry
 * @typedef {{ packages: Record<string, Entry> }} Lock
 */

/**
 * Optional dependencies that the lock names but does not hold.
 * @param {Lock} lock
 * @returns {{ name: string, version: string, wantedBy: string }[]}
 */
export function missingEntries(lock) {
  return Object.entries(lock.packages).flatMap(([wantedBy, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !isHeld(lock, wantedBy, name))
      .map(([name, version]) => ({ name, version, wantedBy })),
  )
}

/** As Node looks packages up: beside the package, then in each folder above. @param {Lock} lock @param {string} from @param {string} name */
function isHeld(lock, from, name) {
  for (let at = from; ; ) {
    if (`${at ? `${at}/` : ''}node_modules/${name}` in lock.packages) return true
    if (at === '') return false
    at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))
  }
}

/** The lock with those entries, keys sorted as npm sorts them. @param {Lock} lock @returns {Lock} */
export function withMissingEntries(lock) {
  const packages = { ...lock.packages }
  for (const { name, version } of missingEntries(lock))
    packages[`node_modules/${name}`] = { version, ...platformOf(name), optional: true }
  const sorted = Object.keys(packages).sort((a, b) => a.localeCompare(b, 'en'))
  return { ...lock, packages: Object.fromEntries(sorted.map((key) => [key, packages[key] ?? {}])) }
}

/** What a name like `@scope/binding-linux-arm64-gnu` says about its platform. @param {string} name */
function platformOf(name) {
  const words = name.split(/[/-]/)
  const os = words.find((word) =>
    /^(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)$/.test(word),
  )
  const cpu = words.find((word) => /^(arm|arm64|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)$/.test(word))
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(os ? { os: [os] } : {}) }
}
