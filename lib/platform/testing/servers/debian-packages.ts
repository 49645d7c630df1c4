import { spawnSync } from 'node:child_process'
import fs from 'node:fs'

/** The first of these files that is there; glob stars stand for one folder, the highest name first. */
export function findProgram(...places: string[]): string | undefined {
  return places.flatMap(expand).find((place) => fs.existsSync(place))
}

function expand(place: string): string[] {
  const [before, after] = place.split('*')
  if (before === undefined || after === undefined || !fs.existsSync(before)) return after === undefined ? [place] : []
  const names = fs.readdirSync(before).sort((a, b) => b.localeCompare(a, undefined, { numeric: true }))
  return names.map((name) => `${before}${name}${after}`)
}

/**
 * Installs a package of Debian when this process may: root, and apt at hand. No service of it is started.
 * @returns why it cannot be had; `undefined` = it is there
 */
export function installPackages(names: string[]): string | undefined {
  if (process.getuid?.() !== 0) return `the package ${names.join(', ')} is not installed, and only root can install it`
  if (!fs.existsSync('/usr/bin/apt-get')) return `${names.join(', ')} is not installed, and this is not a Debian system`
  const policy = '/usr/sbin/policy-rc.d'
  const isOurs = !fs.existsSync(policy)
  if (isOurs) fs.writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const run = (args: string[]) =>
      spawnSync('/usr/bin/apt-get', args, {
        encoding: 'utf8',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        timeout: 300_000,
      })
    const install = ['install', '-y', '--no-install-recommends', ...names]
    if (run(install).status === 0) return undefined
    run(['update'])
    const again = run(install)
    return again.status === 0 ? undefined : `apt-get could not install ${names.join(', ')}`
  } finally {
    if (isOurs) fs.rmSync(policy, { force: true })
  }
}

/** A program of a package, installed when need be. @returns its path, or why it cannot be had */
export function provideProgram(names: string[], ...places: string[]): { path: string } | { skipped: string } {
  const there = findProgram(...places)
  if (there !== undefined) return { path: there }
  const obstacle = installPackages(names)
  const path = findProgram(...places)
  return path === undefined ? { skipped: obstacle ?? `${places.join(', ')} is not there` } : { path }
}
