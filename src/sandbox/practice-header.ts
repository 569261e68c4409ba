/**
 * A response header of every persona. By it, clients tell a practice cloud on loopback, which has no real machines,
 * from a real cloud behind a tunnel.
 */
export const practiceHeader = 'X-Practice-Cloud'
