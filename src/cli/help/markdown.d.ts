/** Markdown files are imported as strings: bin/bundle.mjs and test/text-modules.ts load them. */
declare module '*.md' {
  const text: string
  export default text
}
