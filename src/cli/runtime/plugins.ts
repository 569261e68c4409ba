/** Programs named `occi-NAME` on the PATH, which run as `occi NAME`. */
import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs'
import { constants as system } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { isatty } from 'node:tty'
import { requireOwned } from '../../config/index.js'
import { UsageError } from '../../errors/errors.js'
import type { Plugins } from '../runtime.js'
import { withoutSecrets } from './child-environment.js'

const prefix = 'occi-'

/** The names that a command line can have, and file names without an extension. */
const form = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/** `here` is the working folder. */
export function openPlugins(env: NodeJS.ProcessEnv, here: string): Plugins {
  const folders = () => searched(env['PATH'] ?? '', here)
  return {
    find(name) {
      if (!form.test(name)) return undefined
      const file = folders()
        .map((folder) => join(folder, prefix + name))
        .find(isProgram)
      if (file !== undefined) requireOwned(file)
      return file
    },
    names() {
      const names = folders().flatMap((folder) =>
        filesOf(folder)
          .filter((file) => file.startsWith(prefix) && isProgram(join(folder, file)))
          .map((file) => file.slice(prefix.length)),
      )
      return [...new Set(names)].filter((name) => form.test(name)).sort()
    },
    run: (file, words, { secrets, more }) =>
      run(file, words, { ...(secrets ? env : withoutSecrets(env)), ...more }),
  }
}

/**
 * Whoever wrote the files of the working folder must not choose what runs, so neither that folder nor a relative
 * entry is searched.
 */
function searched(path: string, here: string): readonly string[] {
  const working = real(here)
  return path.split(delimiter).filter((folder) => {
    if (!isAbsolute(folder)) return false
    const place = real(folder)
    return place !== undefined && place !== working
  })
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** Signals to this process reach the program; Ctrl-C of a terminal reaches both by itself. */
async function run(file: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  // Loaded here: --help only lists the names.
  const { spawn } = await import('node:child_process')
  const child = spawn(file, words, { stdio: 'inherit', shell: false, windowsHide: true, env })
  const terminal = isatty(0)
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).map((name) => {
    const pass = () => void ((name === 'SIGINT' && terminal) || child.kill(name))
    process.on(name, pass)
    return () => process.off(name, pass)
  })
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (status, by) => resolve(status ?? 128 + (by === null ? 0 : system.signals[by])))
    })
  } catch (cause) {
    throw new UsageError(`${file} cannot be run: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: 'Its first line must name its interpreter (#!/bin/sh), unless it is a binary.',
      cause,
    })
  } finally {
    for (const remove of handlers) remove()
  }
}
