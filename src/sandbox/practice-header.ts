/**
 * A response header by which clients on this machine tell a practice cloud from a real one behind a tunnel: its
 * machines do not exist, whatever persona it has.
 */
export const practiceHeader = 'X-Practice-Cloud'
