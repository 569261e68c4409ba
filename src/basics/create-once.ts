/** Returns a function that calls `create` on its first call, and returns the same value on every call. */
export function createOnce<T>(create: () => T): () => T {
  let cached: { readonly value: T } | undefined
  return () => {
    cached ??= { value: create() }
    return cached.value
  }
}
