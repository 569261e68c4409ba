/**
 * What occi promises, each with the tests that break something to prove it. A test (test/cli/help) checks that
 * they exist; `occi help guarantees` and occi-guarantees(7) are printed from here.
 */

export interface Proof {
  readonly file: string
  /** As it stands in the file, `%s` and all. */
  readonly name: string
}

export interface Guarantee {
  readonly promise: string
  readonly proofs: readonly Proof[]
}

export interface GuaranteeGroup {
  readonly title: string
  readonly guarantees: readonly Guarantee[]
}

const proof = (file: string, name: string): Proof => ({ file, name })
const faults = 'test/integration/faults.test.ts'
const uncertain = 'test/cli/uncertain.test.ts'
const rollback = 'test/cli/commands/rollback.test.ts'
const redirects = 'test/transport/redirects.test.ts'
const files = 'test/config/files.test.ts'
const large = 'test/integration/large.test.ts'
const processes = 'test/config/processes.test.ts'
const ssh = 'test/cli/commands/ssh.test.ts'
const trust = 'test/settings/trust.test.ts'

export const guaranteeGroups: readonly GuaranteeGroup[] = [
  {
    title: 'What changes something',
    guarantees: [
      {
        promise:
          'Whatever breaks on the way, a command ends in one of three ways: done, certainly not done, or unknown and said so (exit status 11 and the code "outcome-unknown" in the error object, with the command to check). Nothing that was done is told as not done, nor the other way round.',
        proofs: [
          proof(faults, 'tells the truth of every verb at every stage'),
          proof(faults, 'tells it as a program, too'),
        ],
      },
      {
        promise:
          'A creation is sent once. It is never repeated unless not a byte of it can have reached the provider: there is no second machine.',
        proofs: [
          proof(
            uncertain,
            'is never sent twice, and its outcome is said to be unknown, with the command to check',
          ),
          proof('test/transport/retry.test.ts', 'repeats POST only when not a byte of it was sent'),
        ],
      },
      {
        promise:
          'What may be repeated (reading, PUT to a place of yours, DELETE) is repeated after passing failures, 429, 502, 503 and 504, as Retry-After says, for as often as --retries and as long as --deadline allow.',
        proofs: [
          proof(uncertain, 'a GET that is refused with 503 is asked again, after what Retry-After says'),
          proof(uncertain, '--deadline ends repetitions'),
        ],
      },
      {
        promise:
          'A creation of several parts is complete or taken back; --keep-on-failure keeps what is there. What could not be taken back is named.',
        proofs: [
          proof(rollback, 'is deleted again, and that is said'),
          proof(rollback, 'and cannot be deleted either is named with the command to remove it'),
        ],
      },
      {
        promise: 'Ctrl-C ends a command with 130 and tells what exists by then; twice, it ends at once.',
        proofs: [
          proof(uncertain, 'while a create is under way says that it may have been carried out'),
          proof('test/cli/commands/lifecycle.test.ts', 'ends a wait with 130 and says what exists already'),
          proof(faults, 'ends with 130 by Ctrl-C, at once by two'),
        ],
      },
      {
        promise:
          'Every request that changes something is in the journal (occi history) before it is sent. A journal that is damaged or cannot be written stops nothing.',
        proofs: [
          proof(uncertain, 'keeps a request that was never answered because the program was killed'),
          proof(uncertain, 'survives garbage, and a journal that cannot be written stops nothing'),
        ],
      },
      {
        promise: '--dry-run and --curl send nothing that changes something.',
        proofs: [proof('test/cli/commands/preview.test.ts', '%s shows %j and sends nothing')],
      },
    ],
  },
  {
    title: 'Secrets',
    guarantees: [
      {
        promise:
          'Passwords, tokens, passphrases and user data are not shown: not by -v, --trace, --curl, --dry-run, errors, crash notes, the journal, caches or config explain, not even when the server repeats them.',
        proofs: [
          proof('test/integration/secrets.test.ts', 'finds nothing of %s'),
          proof('test/cli/kept.test.ts', 'gets no secret onto standard error or into a trace'),
        ],
      },
      {
        promise:
          'They are kept only in files of mode 0600 in folders of mode 0700; a file that others can read is refused.',
        proofs: [
          proof(
            'test/config/contexts.test.ts',
            'are kept where only the owner reads them, with nothing left lying about',
          ),
          proof(
            'test/config/contexts.test.ts',
            'refuse a file with secrets that others can read, with the command to run',
          ),
        ],
      },
      {
        promise:
          'Nobody but the endpoint, and whom you or it name for the login, gets credentials: no redirect, no Location, no link leads them elsewhere.',
        proofs: [
          proof(redirects, 'to %s is an error, and nothing goes there'),
          proof('test/auth/signed-transport.test.ts', 'never signs for %s'),
          proof('test/client/locations.test.ts', 'never goes to another server'),
          proof('test/auth/auto.test.ts', 'does not send a password to a Keystone on another host unasked'),
        ],
      },
      {
        promise:
          'What came with the working folder (.occi.yaml, clouds.yaml) brings no secrets, runs nothing, weakens no check, and no secret of yours goes to an address that it names, until you say "occi context trust".',
        proofs: [
          proof('test/config/project.test.ts', 'refuses %j'),
          proof('test/config/project.test.ts', 'passes over a file that belongs to somebody else'),
          proof(trust, '%s from the %s counts where it may, for every giver of the endpoint'),
          proof('test/integration/checkouts.test.ts', 'does not get %s'),
          proof('test/cli/commands/trust.test.ts', 'lets a project file count, until its content changes'),
        ],
      },
      {
        promise:
          'What a context keeps goes to the servers that it names, or elsewhere with --context in the same command; never from https to http.',
        proofs: [proof(trust, 'goes, or not, to %s')],
      },
      {
        promise: 'Files that decide count only when nobody else can have written them.',
        proofs: [
          proof('test/config/owned.test.ts', 'is refused when others can write it (%o)'),
          proof('test/config/owned.test.ts', 'is never the working folder, whatever HOME says (%j)'),
        ],
      },
    ],
  },
  {
    title: 'Hostile providers',
    guarantees: [
      {
        promise:
          'What a provider sends is shown, not obeyed: control characters and escape sequences appear as text.',
        proofs: [
          proof('test/cli/output/sanitize.test.ts', 'leaves nothing dangerous of any text'),
          proof(
            'test/cli/output/tables.test.ts',
            'shows escapes and line breaks of a provider as text, one row each',
          ),
        ],
      },
      {
        promise:
          'It chooses no command to run and no file to write; an address that is none is not given to ssh.',
        proofs: [
          proof(ssh, 'runs nothing for an address like %j'),
          proof(
            'test/config/files.test.ts',
            'keep a value until it expires, in files of mode 0600 whose names tell nothing',
          ),
        ],
      },
      {
        promise:
          'Answers are bounded: size (--max-response), also after decompression, headers, depth, redirects, pages, time.',
        proofs: [
          proof(uncertain, '--max-response refuses what is longer'),
          proof('test/transport/body.test.ts', 'cannot blow up beyond the limit'),
          proof('test/rendering/hostile.test.ts', 'refuses a deep %s without overflowing'),
          proof(redirects, 'stop after five'),
          proof('test/client/collections.test.ts', 'follows a next link, and never in a circle'),
          proof(
            'test/client/collections.test.ts',
            'in pages ends when a provider ignores them and repeats itself',
          ),
        ],
      },
      {
        promise: 'No value of yours or of a provider becomes a header of its own.',
        proofs: [
          proof(
            'test/transport/transport.test.ts',
            'refuses %s in a header value, naming the header and not the value',
          ),
        ],
      },
      {
        promise: 'Whatever comes is read or refused in words, in a time that grows with its length.',
        proofs: [
          proof(
            'test/integration/fuzz.test.ts',
            'takes linear time: eight times the text, about eight times the time',
          ),
          proof('test/integration/fuzz-inputs.test.ts', 'give a result or an error of the family, quickly'),
          proof(
            'test/integration/fuzz-answers.test.ts',
            'is told in words, and shows nothing that a terminal would obey',
          ),
          proof('test/integration/fuzz-logins.test.ts', 'is survived by every method that logs in elsewhere'),
          proof('test/integration/fuzz-argv.test.ts', 'answers them as a program, too'),
        ],
      },
    ],
  },
  {
    title: 'What is printed',
    guarantees: [
      {
        promise:
          'It is complete, or the exit status is not 0: also when an answer breaks off, the disk is full, or occi itself has a defect.',
        proofs: [
          proof(large, 'arrive in %s'),
          proof(large, 'is an error, after whole lines of what came (%s)'),
          proof('test/integration/behaviour.test.ts', 'a full disk is an error'),
          proof(large, 'does not pass for one that is done'),
        ],
      },
    ],
  },
  {
    title: 'Files',
    guarantees: [
      {
        promise:
          'Files are replaced as a whole: a crash, a full disk or a second process leaves the old one or the new one.',
        proofs: [
          proof(processes, 'leaves a whole file when it is killed while writing'),
          proof(processes, 'leaves the old file when there is no room for the new one'),
          proof(processes, 'lose no context when they write at once'),
        ],
      },
      {
        promise: 'Garbage in a cache counts as nothing; in a configuration it is told with its place.',
        proofs: [
          proof(files, 'do not believe a file that others could have written'),
          proof('test/integration/fuzz-inputs.test.ts', 'take linear time'),
        ],
      },
      {
        promise: 'The practice cloud keeps what it acknowledged, whoever is killed meanwhile.',
        proofs: [
          proof(
            'test/sandbox/processes.test.ts',
            'keeps all that it acknowledged to 50 clients, kill -9 included',
          ),
          proof('test/integration/load.test.ts', 'keeps what it acknowledged, killed at random points'),
        ],
      },
    ],
  },
]
