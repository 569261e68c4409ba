/** Durations and sizes in words, for messages and tables. */

/** A time limit or a pause, not rounded to larger units: `250 ms`, `1.5 s`, `120 s`. */
export function formatLimit(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${Math.round(milliseconds / 100) / 10} s`
}

/** An elapsed time, rounded down to the second: `4 s`, `1 min 05 s`, `2 h 03 min`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/**
 * A duration, rounded down to one unit: `45 s`, `90 min`, `30 h`, `2 days`. Units above the minute are used from two of
 * them on. The sign is ignored.
 */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} days`
}

/** `812 bytes`, `1.5 KiB`, `64 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  const [unit, size] =
    bytes < 1024 ** 2 ? (['KiB', bytes / 1024] as const) : (['MiB', bytes / 1024 ** 2] as const)
  return `${Math.round(size * 10) / 10} ${unit}`
}
