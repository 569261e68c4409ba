/** Placeholder entry until the program is wired. */
export async function main(): Promise<number> {
  return 0
}
