/** `occi __docs FOLDER` writes manual pages to FOLDER/man and completion scripts to FOLDER/completions. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandEntry } from '../command.js'
import type { Runtime } from '../runtime.js'
import { completionScript, shells } from './completion/index.js'
import { loadTree } from './load.js'
import { type GeneratedFile, manualPages } from './man/pages.js'
import type { Documentation } from './tree.js'

/** The generated files, with paths relative to the package. */
export function generatedFiles(tree: Documentation): readonly GeneratedFile[] {
  return [
    ...manualPages(tree).map(({ name, text }) => ({ name: `man/${name}`, text })),
    ...shells.map(({ shell, file }) => ({
      name: `completions/${file}`,
      text: completionScript(tree, shell),
    })),
  ]
}

/** Writes the files and prints their paths. Returns the exit status. */
export async function writeDocs(
  argv: readonly string[],
  runtime: Runtime,
  entries: readonly CommandEntry[],
): Promise<number> {
  const [folder] = argv
  const { out, err } = runtime.streams({})
  if (folder === undefined || argv.length > 1) {
    await err.write('occi: usage: occi __docs FOLDER\n')
    return 2
  }
  for (const { name, text } of generatedFiles(await loadTree(runtime.version, entries))) {
    const path = join(folder, name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, text)
    await out.write(`${path}\n`)
  }
  return 0
}
