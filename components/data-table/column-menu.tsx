'use client'

import { Rows3, Rows4, SlidersHorizontal } from 'lucide-react'
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu'
import { IconButton } from '../ui/icon-button'

export interface ColumnMenuProps {
  columns: { id: string; header: string; isPinned?: boolean; isRowLink?: boolean }[]
  hiddenColumns: string[]
  onHiddenChange: (ids: string[]) => void
  density?: 'regular' | 'compact'
  onDensityChange?: (density: 'regular' | 'compact') => void
}

export function ColumnMenu({ columns, hiddenColumns, onHiddenChange, density, onDensityChange }: ColumnMenuProps) {
  const choosable = columns.filter((column) => !column.isPinned && !column.isRowLink)
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <IconButton label="Columns and density">
          <SlidersHorizontal aria-hidden />
        </IconButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuLabel>Columns</DropdownMenuLabel>
        {choosable.map((column) => (
          <DropdownMenuCheckboxItem
            key={column.id}
            checked={!hiddenColumns.includes(column.id)}
            onSelect={(event) => event.preventDefault()}
            onCheckedChange={(isShown) =>
              onHiddenChange(isShown ? hiddenColumns.filter((id) => id !== column.id) : [...hiddenColumns, column.id])
            }
          >
            {column.header}
          </DropdownMenuCheckboxItem>
        ))}
        <DropdownMenuSeparator />
        {onDensityChange ? (
          <DropdownMenuItem
            icon={density === 'compact' ? <Rows3 aria-hidden /> : <Rows4 aria-hidden />}
            onSelect={() => onDensityChange(density === 'compact' ? 'regular' : 'compact')}
          >
            {density === 'compact' ? 'Regular rows' : 'Compact rows'}
          </DropdownMenuItem>
        ) : null}
        <DropdownMenuItem disabled={hiddenColumns.length === 0} onSelect={() => onHiddenChange([])}>
          Show all columns
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
