import type { Plugin } from 'vitest/config'

/** Makes texts of imported Markdown files (help topics), as bin/bundle.mjs does. */
export const textModules: Plugin = {
  name: 'text-modules',
  transform: (code, id) => (id.endsWith('.md') ? `export default ${JSON.stringify(code)}` : undefined),
}
