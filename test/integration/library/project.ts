/** A project that has the library as its users have it, and compiles strictly. */
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

export const run = promisify(execFile)
export const root = resolve(import.meta.dirname, '../../..')

/** As strict as compilers are; no type of the library is skipped. */
export const compilerOptions = {
  module: 'NodeNext',
  target: 'ES2022',
  lib: ['ES2022', 'ESNext.Disposable'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  types: ['node'],
  outDir: 'out',
}

/** Writes the files into a new project in `folder`. */
export function project(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  symlinkSync(root, join(folder, 'node_modules/occi-cli'))
  for (const name of ['@types/node', 'undici-types'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }))
}

/** Compiles with the compiler in `tools`, by default the one of this repository. Rejects with what it says. */
export async function compile(folder: string, tools = root): Promise<void> {
  try {
    await run(process.execPath, [join(tools, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      cwd: folder,
    })
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout || String(error))
  }
}
