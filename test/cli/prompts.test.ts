import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPrompts, type Prompts } from '../../src/cli/prompts.js'
import type { Streams } from '../../src/cli/streams.js'
import { CancelledError, UsageError } from '../../src/errors/errors.js'
import { memoryStreams } from './memory-streams.js'

const question = { message: 'Delete 3 compute resources?', withoutPrompt: 'Pass --yes to confirm.' }

/** Answers with keys once the question is on the screen. */
function someone(keys: string): { readonly prompts: Prompts; readonly screen: () => string } {
  const shown: string[] = []
  const input = new PassThrough()
  const output = new PassThrough()
  let typed = false
  output.on('data', (chunk: Buffer) => {
    shown.push(chunk.toString())
    if (typed) return
    typed = true
    setImmediate(() => {
      for (const key of keys) input.write(key)
    })
  })
  const streams: Streams = {
    ...memoryStreams({ interactive: true }),
    errStream: output as unknown as NodeJS.WriteStream,
    inStream: input as unknown as NodeJS.ReadStream,
  }
  return { prompts: createPrompts(streams), screen: () => shown.join('') }
}

/** clack calls process.exit nowhere, but reads the global CI flag for its own drawing. */
let ci: string | undefined
beforeEach(() => {
  ci = process.env['CI']
  delete process.env['CI']
})
afterEach(() => {
  if (ci !== undefined) process.env['CI'] = ci
})

describe('prompts without a terminal', () => {
  it.each([
    ['confirm', (prompts: Prompts) => prompts.confirm(question)],
    ['confirmTyped', (prompts: Prompts) => prompts.confirmTyped(question, 'web')],
    ['select', (prompts: Prompts) => prompts.select(question, [{ value: 1, label: 'one' }])],
    ['text', (prompts: Prompts) => prompts.text(question)],
    ['password', (prompts: Prompts) => prompts.password(question)],
  ])('%s without a terminal fails and names the option to pass', async (_, ask) => {
    const prompts = createPrompts(memoryStreams({ interactive: false }))
    await expect(ask(prompts)).rejects.toMatchObject({
      code: 'usage',
      hint: 'Pass --yes to confirm.',
      message: expect.stringContaining('Delete 3 compute resources?'),
    })
    await expect(ask(prompts)).rejects.toBeInstanceOf(UsageError)
  })
})

describe('confirm', () => {
  it('confirm continues after y', async () => {
    const { prompts, screen } = someone('y')
    await expect(prompts.confirm(question)).resolves.toBeUndefined()
    expect(screen()).toContain('Delete 3 compute resources?')
  })

  it('confirm takes Enter for no', async () => {
    await expect(someone('\r').prompts.confirm(question)).rejects.toBeInstanceOf(CancelledError)
  })

  it('confirm ends on Ctrl-C', async () => {
    await expect(someone('\x03').prompts.confirm(question)).rejects.toBeInstanceOf(CancelledError)
  })

  it.each([
    ['confirm', (prompts: Prompts) => prompts.confirm(question)],
    ['confirmTyped', (prompts: Prompts) => prompts.confirmTyped(question, 'web')],
    ['select', (prompts: Prompts) => prompts.select(question, [{ value: 1, label: 'one' }])],
    ['search', (prompts: Prompts) => prompts.search(question, [{ value: 1, label: 'one' }])],
    ['text', (prompts: Prompts) => prompts.text(question)],
    ['password', (prompts: Prompts) => prompts.password(question)],
  ])('%s ends on Ctrl-D, the end of input of a terminal', async (_, ask) => {
    await expect(ask(someone('\x04').prompts)).rejects.toBeInstanceOf(CancelledError)
  })

  it('confirm shows escape sequences of a provider as text', async () => {
    const { prompts, screen } = someone('y')
    await prompts.confirm({ ...question, message: 'Delete \x1b]0;evil\x07?' })
    expect(screen()).toContain('\\x1b]0;evil\\x07')
    expect(screen()).not.toContain('\x1b]0;')
  })
})

describe('typed confirmation', () => {
  it('typed confirmation continues when the name was typed', async () => {
    await expect(someone('web\r').prompts.confirmTyped(question, 'web')).resolves.toBeUndefined()
  })

  it('typed confirmation ends on any other text', async () => {
    await expect(someone('yes\r').prompts.confirmTyped(question, 'web')).rejects.toBeInstanceOf(
      CancelledError,
    )
  })
})

describe('select', () => {
  it('select returns the value of the choice', async () => {
    const choices = [
      { value: { id: 1 }, label: 'one' },
      { value: { id: 2 }, label: 'two', hint: '2 cores' },
    ]
    await expect(someone('j\r').prompts.select(question, choices)).resolves.toEqual({ id: 2 })
  })
})

describe('password', () => {
  it('the password prompt returns what was typed and shows neither the text nor its length', async () => {
    const { prompts, screen } = someone('s3cret\r')
    await expect(
      prompts.password({ message: 'Password', withoutPrompt: 'Use --password-stdin.' }),
    ).resolves.toBe('s3cret')
    expect(screen()).not.toContain('s3cret')
    expect(screen()).not.toMatch(/[▪•*]/)
  })
})
