/**
 * Milliseconds by a clock that nobody sets. `performance.now()` is the same, but loads a dozen modules of Node,
 * which every command would wait for.
 */
export function monotonicTime(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
