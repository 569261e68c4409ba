/** bin/bundle.mjs and test/text-modules.ts make texts of imported Markdown files. */
declare module '*.md' {
  const text: string
  export default text
}
