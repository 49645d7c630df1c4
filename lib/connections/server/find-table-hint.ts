/** What prints such a table, and the option by which it writes the file that is wanted. */
interface Printer {
  tool: string
  option: string
}

const gcloud: Printer = { tool: 'gcloud', option: '--format=json' }
const kubectl: Printer = { tool: 'kubectl', option: '-o json' }
const azure: Printer = { tool: 'az', option: '-o json' }
const aws: Printer = { tool: 'aws', option: '--output json' }
const powerShell: Printer = { tool: 'PowerShell', option: '| ConvertTo-Json -Depth 10' }

/** Columns that gcloud's tables of accounts, keys, roles, projects and policies have and those of others do not. */
const gcloudColumns =
  /^(?:EMAIL|DISPLAY NAME|DISABLED|KEY_ID|CREATED_AT|EXPIRES_AT|PROJECT_ID|PROJECT_NUMBER|ETAG|UNIQUE_ID|MEMBERS|BINDINGS\.\w+|REPLICATION_POLICY|LOCATION)$/
const kubectlColumns = /^(?:AGE|CREATED AT|NAMESPACE|READY|SECRETS|ROLE|SUBJECTS|CURRENT|AUTHINFO)$/

/** Cells of a line of a table: parted by two blanks or more. */
const cells = (line: string) => line.trim().split(/\s{2,}/)

/**
 * What to do instead with a table that a command-line tool has printed for people: undefined when the text is none that is
 * known.
 */
export function findTableHint(text: string): string | undefined {
  const printer = printerOf(text)
  if (printer === undefined) return undefined
  const { tool, option } = printer
  return `is a table that ${tool} has printed for people, which leaves out most of what it knows. Run the same command with ${option} and import what it writes`
}

function printerOf(text: string): Printer | undefined {
  const [first = '', second = '', third = ''] = text
    .slice(0, 16_384)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
  if (/^-{5,}$/.test(first.trim()) && /^\|.*\|$/.test(second.trim()) && /^[+|]/.test(third.trim())) return aws
  if (/^[A-Z]{4,}\t(?:.*\t)?arn:aws[\w-]*:/.test(first)) return aws
  if (/^-{2,}(?:\s+-{2,})*$/.test(second.trim()) && !/[|:,;]/.test(first)) return dashed(first, second)
  const columns = cells(first)
  if (columns.length < 2 || !columns.every((column) => /^[A-Z][A-Z0-9 _.()-]*$/.test(column))) return undefined
  if (columns.some((column) => gcloudColumns.test(column))) return gcloud
  return columns.some((column) => kubectlColumns.test(column)) ? kubectl : undefined
}

/** PowerShell underlines each title as long as it is, the Azure CLI the whole column. */
function dashed(titles: string, line: string): Printer {
  const isTitle = ({ 0: dashes, index }: RegExpExecArray) =>
    titles.slice(index, index + dashes.length).trim().length === dashes.length
  return [...line.matchAll(/-+/g)].every(isTitle) ? powerShell : azure
}
