import type { FileConnector } from '../contract'
import { csvTargets, guessColumns } from './guess-columns'
import { mapCsv } from './map'

/**
 * Any CSV with one identity per row. Asked last: a CSV with a format of its own belongs to its own connector. One whose
 * titles say nothing is taken too, as the user may still map them.
 */
const csv: FileConnector = {
  id: 'csv',
  title: 'CSV with a column mapping',
  expects: 'a CSV with a header row and one identity per row; a column with its name is needed, the others are mapped',
  coverage: 'source',
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
