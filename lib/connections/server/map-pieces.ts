import type { FileConnector, MapContext } from '@/lib/connectors/contract'
import type { LargeFile } from '@/lib/platform/files/open-large'
import type { ResultGatherer } from './map-results'

/** The lists of a large file that its connector understands entry by entry; none = it has to be read at once. */
export const listsOf = ({ pieces = [] }: FileConnector, large: LargeFile) =>
  pieces.filter((list) => large.lists.includes(list))

/** Maps a large file piece by piece, after the connector has seen all of them once where it asks for that. */
export function mapPieces(
  connector: FileConnector,
  large: LargeFile,
  context: MapContext,
  gatherer: ResultGatherer,
  bytes = connector.pieceBytes,
): void {
  const lists = listsOf(connector, large)
  let survey: unknown
  for (let round = 1; round <= (connector.survey?.rounds ?? 0); round++)
    for (const { file } of large.pieces(lists, bytes)) survey = connector.survey?.take(file, survey, round)
  let instance = context.instance
  for (const { file, list, from } of large.pieces(lists, bytes)) {
    const results = connector.map(file, { ...context, instance, isPiece: true, survey })
    gatherer.add(results, list, from)
    // What names the source by what it holds must not name each piece apart.
    if (!Array.isArray(results)) instance ??= results.instance
  }
}
