import type { FileConnector } from '../contract'
import { csvTargets, guessColumns } from './guess-columns'
import { mapCsv } from './map'

/**
 * Any CSV or sheet of a workbook with one identity per row. Asked last: a CSV with a format of its own belongs to its own connector. One whose
 * titles say nothing is taken too, as the user may still map them.
 */
const csv: FileConnector = {
  id: 'csv',
  title: 'CSV or Excel with a column mapping',
  expects:
    'a CSV or .xlsx with a header row and one identity per row; a column with its name is needed, the others are mapped',
  yields:
    'Identities or people, one a row, with a credential, an owner and a system reached where there are columns for them',
  production: [
    {
      from: 'Any spreadsheet or list',
      steps: ['Save the sheet as .xlsx, or as CSV in UTF-8 or UTF-16, with the titles of the columns in its first row'],
      rights: 'None beyond reading the list',
    },
    {
      from: 'A database, with psql',
      steps: ['psql -c "\\copy (SELECT name, owner, created_at FROM service_accounts) TO \'accounts.csv\' CSV HEADER"'],
      rights: 'SELECT on what is listed',
    },
  ],
  coverage: 'source',
  pieces: [''],
  columns: { targets: csvTargets, guess: guessColumns },
  accepts: (file) => file.kind === 'csv',
  map: (file, context) => {
    if (file.kind === 'csv') return mapCsv(file, context)
    const name = context.instance ?? file.name
    return {
      system: name,
      instance: name,
      instanceName: name,
      records: [],
      refused: [{ at: 'file', reason: 'is not a CSV' }],
      unresolved: [],
    }
  },
}

export const connectors: FileConnector[] = [csv]
