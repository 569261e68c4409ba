/**
 * `--ssh-key` and `--user-data`: sent in the attributes of the provider's mixins (GFD.224 §3.5.3, or OpenStack's). In
 * the names ContextSlot and contextMixins, "context" is contextualization: the data that a machine receives for its
 * first start.
 */

import { Buffer } from 'node:buffer'
import { basename } from 'node:path'
import { alternatives } from '../../../basics/nearest.js'
import { shellWord } from '../../../basics/shell-word.js'
import type { ContextSlot } from '../../../client/index.js'
import { UsageError, ValidationError } from '../../../errors/errors.js'
import { type Purpose, purposes, unreadableReason } from '../../../files/index.js'
import { type ContextualizationMixin, SSH_KEY_MIXINS, USER_DATA_MIXINS } from '../../../model/index.js'
import type { Dialogue, Surroundings } from '../../context.js'
import type { CreatePart, Draft } from '../base/noun.js'
import { type Piece, userDataOf } from './multipart.js'
import { isUtf16, publicKeyIn } from './public-key.js'

export const sshKeyPart: CreatePart = {
  options: [
    {
      name: 'ssh-key',
      value: 'FILE',
      description: 'public key to log in with; "-" reads standard input',
      rejectsRepetition: true,
      completion: { of: 'file' },
    },
  ],
  async apply(context, draft) {
    const file = context.options.text('ssh-key')
    if (file === undefined) return
    if (context.options.all('ssh-key').length > 1) {
      throw new UsageError('--ssh-key cannot be used more than once', {
        hint: 'A machine receives one key. To add further keys, list them under ssh_authorized_keys in a cloud-config and pass it with --user-data.',
        at: '--ssh-key',
      })
    }
    const key = publicKeyIn(await readInput(context, file, '--ssh-key', purposes.sshKey), file)
    const { contextMixins } = await import('../../../client/index.js')
    addToDraft(draft, contextMixins(draft.model).sshKey, key, {
      content: 'ssh keys',
      option: '--ssh-key',
      mixins: SSH_KEY_MIXINS,
    })
  },
}

export const userDataPart: CreatePart = {
  options: [
    {
      name: 'user-data',
      value: 'FILE',
      description:
        'script or cloud-config for the first start; several files are sent as MIME multipart; "-" reads standard input',
      repeatable: true,
      completion: { of: 'file' },
    },
  ],
  async apply(context, draft) {
    const pieces: Piece[] = []
    for (const file of context.options.all('user-data')) {
      const bytes = await readInput(context, file, '--user-data', purposes.userData)
      if (bytes.length === 0) {
        throw new UsageError(`--user-data: ${inputName(file)} is empty`, {
          hint: 'Use a script that begins with #!, or a file that begins with #cloud-config.',
          at: '--user-data',
        })
      }
      const problem = userDataProblem(bytes, file)
      if (problem !== undefined) await context.warn(`--user-data: ${inputName(file)} ${problem}`)
      pieces.push({ name: file === '-' ? 'stdin' : basename(file), bytes })
    }
    if (pieces.length === 0) return
    // Base64 is needed since text renderings lose quotes and line ends (as rOCCI-core documents).
    const value = Buffer.from(userDataOf(pieces)).toString('base64')
    if (value.length > maxUserData) {
      await context.warn(
        `--user-data has ${value.length} characters in Base64; OpenStack accepts at most ${maxUserData}, other providers fewer`,
      )
    }
    const { contextMixins } = await import('../../../client/index.js')
    addToDraft(draft, contextMixins(draft.model).userData, value, {
      content: 'user data',
      option: '--user-data',
      mixins: USER_DATA_MIXINS,
    })
  },
}

/**
 * What is wrong with the user data and how to correct it, to follow its name in a warning; undefined if nothing is. The
 * data is sent unchanged.
 */
function userDataProblem(bytes: Buffer, file: string): string | undefined {
  const path = file === '-' ? 'FILE' : shellWord(file)
  if (isUtf16(bytes))
    return `is in UTF-16, which no machine reads as a script; convert it: iconv -f UTF-16 -t UTF-8 ${path}`
  const start = bytes
    .subarray(0, 4096)
    .toString('latin1')
    .replace(/^\xEF\xBB\xBF/, '')
  if (/^#![^\n]*\r\n/.test(start))
    return `has lines that end with CR LF, so that its interpreter is not found; convert it: sed -i 's/\\r$//' ${path}`
  if (isGzip(bytes) || knownStart.test(start)) return undefined
  if (/^[A-Za-z0-9+/\r\n]{16,}={0,2}\s*$/.test(start) && hasKnownStart(Buffer.from(start, 'base64')))
    return `is in Base64 already and would be encoded twice; decode it: base64 -d ${path}`
  return 'does not begin with #!, #cloud-config, #include or anything else that cloud-init knows; the machine may ignore it'
}

function hasKnownStart(bytes: Buffer): boolean {
  return isGzip(bytes) || knownStart.test(bytes.toString('latin1'))
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** The beginnings of user data that cloud-init, cloudbase-init and Ignition understand. */
const knownStart =
  /^(#!|#cloud-|#include|#upstart-job|#part-handler|## template:|#ps1|<powershell>|<script>|rem cmd|\s*\{|Content-Type: *multipart|MIME-Version:)/i

/** The longest user data in Base64 characters: nova's MAX_USERDATA_SIZE. */
const maxUserData = 65_535

/** Adds the value to the draft. Throws ValidationError if the provider has no mixin for it. */
function addToDraft(
  draft: Draft,
  slot: ContextSlot | undefined,
  value: string,
  { content, option, mixins }: ContextInput,
): void {
  if (slot === undefined) {
    throw new ValidationError(
      `This provider accepts no ${content}: its model has none of the mixins for ${option}`,
      {
        hint: `It is sent in the mixin ${alternatives(mixins.map(({ id }) => id))}. Omit ${option} at this provider.`,
        at: option,
      },
    )
  }
  draft.mixins.push(slot.mixin)
  draft.attributes.set(slot.attribute, value)
}

/** A key or user data, for the error if the provider does not accept it. */
interface ContextInput {
  /** For messages: "user data". */
  readonly content: string
  readonly option: string
  /** The mixins that have an attribute for it. */
  readonly mixins: readonly ContextualizationMixin[]
}

/** Reads a file, or standard input for `-`. Throws UsageError that names the option. */
async function readInput(
  context: Dialogue & Surroundings,
  file: string,
  option: string,
  purpose: Purpose,
): Promise<Buffer> {
  if (file === '-') return context.stdin(`${option} -`, purpose)
  try {
    return await context.runtime.readFile(file, purpose)
  } catch (cause) {
    throw new UsageError(`${option}: ${file} cannot be read: ${unreadableReason(cause)}`, {
      hint: 'Use a file, or "-" for standard input.',
      at: option,
      cause,
    })
  }
}

function inputName(file: string): string {
  return file === '-' ? 'standard input' : file
}
