/** bin/bundle.mjs and test/text-modules.ts load imported Markdown files as strings. */
declare module '*.md' {
  const text: string
  export default text
}
