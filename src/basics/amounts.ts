/** Durations and sizes in words, for messages and tables. */

/** Formats a time limit or a pause in milliseconds or seconds, never in a larger unit: `250 ms`, `1.5 s`, `120 s`. */
export function formatLimit(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${Math.round(milliseconds / 100) / 10} s`
}

/** Formats an elapsed time in its two largest units, rounded down: `4 s`, `1 min 05 s`, `2 h 03 min`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/**
 * Formats a duration in one unit, rounded down: `45 s`, `90 min`, `30 h`, `2 days`. Hours and days are used only from
 * two of them on. The sign is ignored.
 */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} days`
}

/** Formats a size: `812 bytes`, `1.5 KiB`, `64 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  if (bytes < 1024 ** 2) return `${roundToTenth(bytes / 1024)} KiB`
  return `${roundToTenth(bytes / 1024 ** 2)} MiB`
}

function roundToTenth(value: number): number {
  return Math.round(value * 10) / 10
}
