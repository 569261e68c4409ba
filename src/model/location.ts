/** Paths of locations, by which collections are compared: providers write relative or absolute ones (GFD.223 §5.1). */

/** Returns the path of a location, with a leading slash, and without origin, query, fragment and trailing slashes. */
export function pathOf(location: string): string {
  let start = 0
  const authority = location.indexOf('://')
  if (authority >= 0) {
    start = location.indexOf('/', authority + 3)
    if (start < 0) return '/'
  }
  let end = location.length
  for (const delimiter of ['?', '#']) {
    const index = location.indexOf(delimiter, start)
    if (index >= 0 && index < end) end = index
  }
  while (end > start && location.charAt(end - 1) === '/') end--
  const path = location.slice(start, end)
  return path.startsWith('/') ? path : `/${path}`
}

/** Returns the last segment of a path: `networkinterface` for `/link/networkinterface/`. */
export function lastSegment(path: string): string {
  const end = path.endsWith('/') ? path.length - 1 : path.length
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end)
}
