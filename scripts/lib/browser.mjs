import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { chromium } from '@playwright/test'
import { inRoot } from './layout.mjs'
import { Mendable, say } from './messages.mjs'

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * A Chromium for the end-to-end tests: CHROMIUM if set, else the machine's, else Playwright's if it was downloaded, else
 * Debian's package (as root), else Playwright's download.
 * @returns {Promise<string>} its program
 */
export async function findBrowser() {
  const found = installed()
  if (found) return found
  if (process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')) {
    say('Installing Chromium from the distribution …')
    await run('apt-get', ['update', '-qq'])
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
    const packaged = installed()
    if (packaged) return packaged
  }
  say('Downloading Chromium …')
  const failure = await run(process.execPath, [
    inRoot('node_modules', '@playwright', 'test', 'cli.js'),
    'install',
    'chromium',
  ])
  const downloaded = installed()
  if (downloaded) return downloaded
  throw new Mendable(
    `No Chromium was found, and none could be installed (${failure || 'unknown reason'}).`,
    'Install Chromium or Chrome, or set CHROMIUM to its program; then run npm test again.',
  )
}

/** @returns {string | undefined} */
function installed() {
  const own = process.env.CHROMIUM
  if (own) return own
  const folders = (process.env.PATH ?? '').split(':')
  const onPath = COMMANDS.flatMap((name) => folders.map((folder) => `${folder}/${name}`))
  return [...onPath, ...APPLICATIONS, chromium.executablePath()].find((file) => fs.existsSync(file) && answers(file))
}

/** Some distributions put a program there that only says how to get the browser. @param {string} file */
function answers(file) {
  try {
    return /Chrom/.test(
      execFileSync(file, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 }),
    )
  } catch {
    return false
  }
}

/** @param {string} program @param {string[]} args @returns {Promise<string>} why it failed, '' when it did not */
function run(program, args) {
  return new Promise((resolve) => {
    let said = ''
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.on('data', (chunk) => (said += chunk))
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code) =>
      resolve(code === 0 ? '' : said.trim().split('\n').slice(-2).join(' ') || `code ${code}`),
    )
  })
}
