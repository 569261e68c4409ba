/**
 * Paths of locations. Collections are compared by path, since providers render relative or absolute locations
 * (GFD.223 §5.1).
 */

/** The path without origin, query and trailing slash, with a leading slash. */
export function pathOf(location: string): string {
  let start = 0
  const authority = location.indexOf('://')
  if (authority >= 0) {
    start = location.indexOf('/', authority + 3)
    if (start < 0) return '/'
  }
  let end = location.length
  for (const mark of ['?', '#']) {
    const at = location.indexOf(mark, start)
    if (at >= 0 && at < end) end = at
  }
  while (end > start && location.charAt(end - 1) === '/') end--
  const path = location.slice(start, end)
  return path.startsWith('/') ? path : `/${path}`
}

/** `/link/networkinterface` → `networkinterface`. */
export function lastSegment(path: string): string {
  const end = path.endsWith('/') ? path.length - 1 : path.length
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end)
}
