'use client'

import { ImageDown } from 'lucide-react'
import type { RefObject } from 'react'
import { saveFile, writePng, writeSvg } from '@/components/graph/save-picture'
import { Button } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { notifyFailed } from '@/components/ui/toast'
import { fileNameOf } from './picture-file'

interface PictureSaveProps {
  drawing: RefObject<SVGGElement | null>
  name: string
  /** Stands under the picture in the file. */
  caption: string
}

/** Saves the whole picture as it is drawn, not only what is in view. Made in the browser: nothing is sent. */
export function PictureSave({ drawing, name, caption }: PictureSaveProps) {
  const save = async (format: 'svg' | 'png') => {
    const element = drawing.current
    if (!element) return
    try {
      const picture = await writeSvg(element, caption)
      const content = format === 'svg' ? new Blob([picture.svg], { type: 'image/svg+xml' }) : await writePng(picture)
      saveFile(`blast-radius-${fileNameOf(name)}.${format}`, content)
    } catch (error) {
      notifyFailed('The picture was not saved', error instanceof Error ? error.message : undefined)
    }
  }
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" className="max-sm:-ml-3" icon={<ImageDown aria-hidden />}>
          Save picture
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="min-w-56">
        <DropdownMenuLabel>The whole picture, as it is drawn</DropdownMenuLabel>
        <DropdownMenuItem onSelect={() => void save('svg')}>
          <span className="flex-1">SVG</span>
          <span className="text-xs text-ink-muted">any size, editable</span>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void save('png')}>
          <span className="flex-1">PNG</span>
          <span className="text-xs text-ink-muted">for a document</span>
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
