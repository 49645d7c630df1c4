/** How a stream ended: all of it sent, or broken off after so many rows. */
export interface StreamEnd {
  rows: number
  isComplete: boolean
}

interface Batches<Batch extends { readonly length: number }> {
  /** Rows, or something written of so many. */
  batches: AsyncGenerator<Batch, void>
  /** Before the first row, after the last, and the text of a batch; `index` counts the rows before it. */
  head: string
  tail: string
  write: (batch: Batch, index: number) => string
  /** Called once, when everything was handed over or the reader went away, with nothing more to come. */
  onEnd: (end: StreamEnd) => Promise<void>
}

/** A reader that takes nothing for this long has gone without saying so. */
const stalledAfterMs = 120_000

/**
 * Sends batches as they are asked for: the next is read when the reader has taken the one before (back pressure), so that
 * one batch is in memory at a time. The head is sent at once.
 */
export function streamBatches<Batch extends { readonly length: number }>({
  batches,
  head,
  tail,
  write,
  onEnd,
}: Batches<Batch>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let rows = 0
  let isHeadSent = false
  let isEnded = false
  let stalled: NodeJS.Timeout | undefined

  const end = async (isComplete: boolean) => {
    if (isEnded) return
    isEnded = true
    clearTimeout(stalled)
    if (!isComplete) await batches.return()
    await onEnd({ rows, isComplete })
  }
  const watch = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    clearTimeout(stalled)
    stalled = setTimeout(() => {
      controller.error(new Error('the reader takes nothing any more'))
      void end(false)
    }, stalledAfterMs)
    stalled.unref()
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!isHeadSent && head !== '') {
          isHeadSent = true
          controller.enqueue(encoder.encode(head))
          watch(controller)
          return
        }
        try {
          const { done, value } = await batches.next()
          if (isEnded) return
          if (done) {
            // Whoever reads the end of the stream finds it in the trail.
            await end(true)
            if (tail !== '') controller.enqueue(encoder.encode(tail))
            controller.close()
            return
          }
          const text = write(value, rows)
          rows += value.length
          controller.enqueue(encoder.encode(text))
          watch(controller)
        } catch (error) {
          await end(false)
          controller.error(error)
        }
      },
      cancel: () => end(false),
    },
    { highWaterMark: 1 },
  )
}
