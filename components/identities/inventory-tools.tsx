'use client'

import { Rows3 } from 'lucide-react'
import type { ReactNode } from 'react'
import { ColumnChooser } from '@/components/data-table/column-chooser'
import type { ColumnPanelProps } from '@/components/data-table/column-panel'
import { Button } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'

interface InventoryToolsProps extends ColumnPanelProps {
  /** Absent: the list cannot be divided. */
  grouping: { value: string; label: string }[] | undefined
  group: string | undefined
  onGroupChange: (group: string | null) => void
  children: ReactNode
}

const ungrouped = 'none'

/** Right of the filters: how the list is divided, what leaves the product, and how the table looks. */
export function InventoryTools({ grouping, group, onGroupChange, children, ...panel }: InventoryToolsProps) {
  const label = grouping?.find(({ value }) => value === group)?.label
  return (
    <>
      {grouping ? (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button variant="ghost" icon={<Rows3 aria-hidden />}>
              {label ? `By ${label.toLowerCase()}` : 'Group'}
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            <DropdownMenuLabel>Group by</DropdownMenuLabel>
            <DropdownMenuRadioGroup
              value={group ?? ungrouped}
              onValueChange={(value) => onGroupChange(value === ungrouped ? null : value)}
            >
              <DropdownMenuRadioItem value={ungrouped}>Nothing</DropdownMenuRadioItem>
              {grouping.map((option) => (
                <DropdownMenuRadioItem key={option.value} value={option.value}>
                  {option.label}
                </DropdownMenuRadioItem>
              ))}
            </DropdownMenuRadioGroup>
          </DropdownMenuContent>
        </DropdownMenu>
      ) : null}
      {children}
      <ColumnChooser {...panel} />
    </>
  )
}
