/**
 * Returns the name of the cache file for a key: a hash, so that names of servers and users neither determine nor appear
 * in a path. The hash is not cryptographic (loading node:crypto takes 5 ms), so readers must compare the key in the
 * file.
 */
export function cacheName(key: string): string {
  return checksum(key, 0x811c9dc5) + checksum(key, 0x01234567)
}

/** FNV-1a, as eight hexadecimal digits. */
function checksum(text: string, seed: number): string {
  let sum = seed
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193)
  return (sum >>> 0).toString(16).padStart(8, '0')
}
