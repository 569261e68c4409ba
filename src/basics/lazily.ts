/** Returns a function that calls `make` on its first call, and returns the same value from then on. */
export function lazily<T>(create: () => T): () => T {
  let cached: { readonly value: T } | undefined
  return () => {
    cached ??= { value: create() }
    return cached.value
  }
}
