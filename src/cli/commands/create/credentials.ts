/** `--ssh-key` and `--user-data`, by the mixin that the provider offers (GFD.224 §3.5.3, or OpenStack's). */
import { Buffer } from 'node:buffer'
import { basename } from 'node:path'
import type { ContextSlot } from '../../../client/index.js'
import { UsageError, ValidationError } from '../../../errors/errors.js'
import { type Purpose, purposes, whyUnreadable } from '../../../files/index.js'
import { type ContextMixin, SSH_KEY_MIXINS, USER_DATA_MIXINS } from '../../../model/index.js'
import type { Dialogue, Surroundings } from '../../context.js'
import type { CreatePart, Draft } from '../base/noun.js'
import { type Piece, userDataOf } from './multipart.js'

export const sshKeyPart: CreatePart = {
  options: [
    {
      name: 'ssh-key',
      value: 'FILE',
      description: 'public key to log in with; "-" reads standard input',
      completion: { of: 'file' },
    },
  ],
  async apply(context, draft) {
    const file = context.options.text('ssh-key')
    if (file === undefined) return
    const key = (await readInput(context, file, '--ssh-key', purposes.sshKey)).toString('utf8').trim()
    refusePrivate(key, file)
    const { contextMixins } = await import('../../../client/index.js')
    addToDraft(draft, contextMixins(draft.model).sshKey, key, {
      what: 'ssh keys',
      at: '--ssh-key',
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
        'script or cloud-config for the first start, several as MIME multipart; "-" reads standard input',
      repeatable: true,
      completion: { of: 'file' },
    },
  ],
  async apply(context, draft) {
    const pieces: Piece[] = []
    for (const file of context.options.all('user-data')) {
      const bytes = await readInput(context, file, '--user-data', purposes.userData)
      if (bytes.length === 0) {
        throw new UsageError(`--user-data: ${named(file)} is empty`, {
          hint: 'Give a script that begins with #!, or a file that begins with #cloud-config.',
          at: '--user-data',
        })
      }
      pieces.push({ name: file === '-' ? 'stdin' : basename(file), bytes })
    }
    if (pieces.length === 0) return
    // Always Base64, since text renderings lose quotes and line ends (as rOCCI-core documents).
    const value = Buffer.from(userDataOf(pieces)).toString('base64')
    if (value.length > maxUserData) {
      await context.warn(
        `--user-data: ${value.length} characters in Base64; OpenStack takes ${maxUserData} at most, others less`,
      )
    }
    const { contextMixins } = await import('../../../client/index.js')
    addToDraft(draft, contextMixins(draft.model).userData, value, {
      what: 'user data',
      at: '--user-data',
      mixins: USER_DATA_MIXINS,
    })
  },
}

/** The limit in Base64 characters: nova's MAX_USERDATA_SIZE. */
const maxUserData = 65_535

function addToDraft(
  draft: Draft,
  slot: ContextSlot | undefined,
  value: string,
  words: CredentialWords,
): void {
  if (slot === undefined) {
    throw new ValidationError(
      `This provider takes no ${words.what}: its model has none of the mixins for ${words.at}`,
      {
        hint: `It would need ${words.mixins.map(({ id }) => id).join(' or ')}. Leave ${words.at} out.`,
        at: words.at,
      },
    )
  }
  draft.mixins.push(slot.mixin)
  draft.attributes.set(slot.attribute, value)
}

interface CredentialWords {
  readonly what: string
  /** The option. */
  readonly at: string
  readonly mixins: readonly ContextMixin[]
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
    throw new UsageError(`${option}: ${file} cannot be read: ${whyUnreadable(cause)}`, {
      hint: 'Give a file, or "-" for standard input.',
      at: option,
      cause,
    })
  }
}

function refusePrivate(key: string, file: string): void {
  if (key.includes('PRIVATE KEY-----')) {
    throw new UsageError(
      `--ssh-key: ${named(file)} holds a private key, which must never leave this machine`,
      {
        hint: file === '-' ? 'Give the public key.' : `Give the public one: ${file}.pub`,
        at: '--ssh-key',
      },
    )
  }
  if (key === '' || key.includes('\n')) {
    throw new UsageError(`--ssh-key: ${named(file)} does not hold one public key`, {
      hint: 'A public key is one line that begins with ssh-ed25519, ssh-rsa or the like.',
      at: '--ssh-key',
    })
  }
}

function named(file: string): string {
  return file === '-' ? 'standard input' : file
}
