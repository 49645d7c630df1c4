'use client'

import type { ReactTable, Row as TableRow } from '@tanstack/react-table'
import type { MouseEvent } from 'react'
import { Checkbox } from '../ui/checkbox'
import { cn } from '../ui/class-names'
import { cellClasses, stickyClasses } from './cell-classes'
import { CellFrame, isElsewhere } from './cell-frame'
import type { DataColumn } from './data-column'
import type { TableParts } from './table-parts'

export interface DataRowProps<Row extends object> {
  table: ReactTable<TableParts, Row>
  row: TableRow<TableParts, Row>
  columns: DataColumn<Row>[]
  density: 'regular' | 'compact'
  name: string
  href: string | undefined
  isOpen: boolean
  isSelectable: boolean
  onOpen: (() => void) | undefined
  onNavigate: (href: string) => void
}

export function DataRow<Row extends object>(props: DataRowProps<Row>) {
  const { table, row, columns, density, name, href, isOpen, isSelectable, onOpen, onNavigate } = props
  const isSelected = row.getIsSelected()
  const isOpenable = Boolean(href || onOpen)

  const open = (event: MouseEvent<HTMLElement>) => {
    if (!isOpenable || isElsewhere(event)) return
    if (onOpen) return onOpen()
    if (href) onNavigate(href)
  }

  const cells = row.getVisibleCells()
  return (
    <tr
      data-row-id={row.id}
      tabIndex={href || !onOpen ? undefined : -1}
      onClick={open}
      className={cn(
        'group/row bg-canvas focus-within:bg-hover hover:bg-hover',
        isOpenable && 'cursor-default',
        (isSelected || isOpen) && 'bg-accent-wash focus-within:bg-accent-wash hover:bg-accent-wash',
      )}
    >
      {isSelectable ? (
        <td
          className={cn(
            bodyClasses,
            heights[density],
            'max-md:sticky max-md:left-0 max-md:z-10 pl-4 md:pl-6',
            isOpen && openClasses,
          )}
        >
          <Checkbox
            label={`Select ${name}`}
            checked={isSelected}
            className="align-middle"
            onClick={(event) =>
              row.getToggleSelectedHandler()({ target: { checked: !isSelected }, shiftKey: event.shiftKey })
            }
          />
        </td>
      ) : null}
      {columns.map((column, index) => {
        const cell = cells.find((item) => item.column.id === column.id)
        return (
          <td
            key={column.id}
            className={cn(
              bodyClasses,
              heights[density],
              cellClasses(index, columns.length, isSelectable),
              index === 0 && stickyClasses(isSelectable, 'body'),
              index === 0 && isOpen && !isSelectable && openClasses,
              column.align === 'end' && 'tabular text-right',
            )}
          >
            <CellFrame href={column.isRowLink ? href : undefined}>
              {cell ? <table.FlexRender cell={cell} /> : null}
            </CellFrame>
          </td>
        )
      })}
    </tr>
  )
}

export const bodyClasses = 'overflow-hidden border-b bg-inherit py-0 whitespace-nowrap'
export const openClasses = 'shadow-[inset_3px_0_var(--accent-ink)]'
const heights = { regular: 'h-row', compact: 'h-row-compact' }
