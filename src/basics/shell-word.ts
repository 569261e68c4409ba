/** A word as it is typed in a shell: quoted where necessary. For commands that are shown to be copied. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
