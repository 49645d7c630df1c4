/** The five steps of state and severity, told apart by lightness and hue, and always shown with an icon or a word. */
export const tones = ['danger', 'warning', 'notice', 'good', 'quiet'] as const
export type Tone = (typeof tones)[number]

export const toneInk: Record<Tone, string> = {
  danger: 'text-danger-ink',
  warning: 'text-warning-ink',
  notice: 'text-notice-ink',
  good: 'text-good-ink',
  quiet: 'text-quiet-ink',
}

export const toneWash: Record<Tone, string> = {
  danger: 'bg-danger-wash',
  warning: 'bg-warning-wash',
  notice: 'bg-notice-wash',
  good: 'bg-good-wash',
  quiet: 'bg-quiet-wash',
}

export const toneMark: Record<Tone, string> = {
  danger: 'bg-danger-mark',
  warning: 'bg-warning-mark',
  notice: 'bg-notice-mark',
  good: 'bg-good-mark',
  quiet: 'bg-quiet-mark',
}

export const toneBorder: Record<Tone, string> = {
  danger: 'border-danger-mark/50',
  warning: 'border-warning-mark/50',
  notice: 'border-notice-mark/50',
  good: 'border-good-mark/50',
  quiet: 'border-line',
}
