import { type ColumnDef, columnVisibilityFeature, rowSelectionFeature, tableFeatures } from '@tanstack/react-table'
import type { DataColumn } from './data-column'

export const tableParts = tableFeatures({ rowSelectionFeature, columnVisibilityFeature })
export type TableParts = typeof tableParts

/** The column as TanStack Table wants it. */
export function toColumnDef<Row extends object>(column: DataColumn<Row>): ColumnDef<TableParts, Row> {
  return {
    id: column.id,
    header: column.header,
    cell: (context) => column.cell(context.row.original),
    enableHiding: !column.isPinned && !column.isRowLink,
  }
}
