/** Quotes a word for a POSIX shell if necessary, in commands that users copy from messages. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
