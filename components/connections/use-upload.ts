'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { ImportDetail } from '@/lib/connections/schema'
import { upload } from '@/lib/platform/browser/upload'
import { pathOf } from './check-upload'
import { keepFiles } from './kept-files'

export interface UploadRequest {
  files: File[]
  /** What the source is called, where the files do not say. */
  instance?: string
  /** CSV only. */
  columns?: Record<string, string>
}

/** Sends files for a preview and opens it. The files stay in this tab's memory, so that a CSV can be mapped anew. */
export function useUpload(orgId: string) {
  const router = useRouter()
  const queries = useQueryClient()
  const [share, setShare] = useState(0)
  const [rate, setRate] = useState<number>()
  const abort = useRef<AbortController>(null)
  const mutation = useMutation({
    mutationFn: ({ files, instance, columns }: UploadRequest) => {
      abort.current = new AbortController()
      setShare(0)
      setRate(undefined)
      const began = performance.now()
      const bytes = files.reduce((sum, { size }) => sum + size, 0)
      const onProgress = (sent: number) => {
        setShare(sent)
        const seconds = (performance.now() - began) / 1000
        // Before that the buffers of the browser and the system are all that is filled.
        if (seconds > 1) setRate((bytes * sent) / seconds)
      }
      const form = new FormData()
      for (const file of files) form.append('files', file, pathOf(file))
      if (instance) form.set('instance', instance)
      if (columns) form.set('columns', JSON.stringify(columns))
      return upload('/api/v1/imports', {
        form,
        schema: ImportDetail,
        onProgress,
        signal: abort.current.signal,
      })
    },
    onSuccess: (run, { files }) => {
      keepFiles(run.id, files)
      queries.setQueryData(['imports', orgId, run.id], run)
      void queries.invalidateQueries({ queryKey: ['imports', orgId, 'list'] })
      router.push(`/import/${run.id}`)
    },
  })
  return { ...mutation, share, rate, cancel: () => abort.current?.abort() }
}
