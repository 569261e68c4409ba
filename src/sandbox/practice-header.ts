/**
 * A header of every response over HTTP. It distinguishes a practice cloud on loopback, which has no real machines,
 * from a real cloud behind a tunnel.
 */
export const practiceHeader = 'X-Practice-Cloud'
