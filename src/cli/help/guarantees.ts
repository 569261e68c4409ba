/**
 * The promises that `occi help guarantees` and occi-guarantees(7) print. Tests that try to break a promise
 * carry its id in a comment (`// Guarantee: sent-once`), and a test (test/cli/help) checks that each promise
 * has one.
 */

interface Guarantee {
  /** The id by which tests refer to the promise. */
  readonly id: string
  readonly promise: string
}

interface GuaranteeGroup {
  readonly title: string
  readonly guarantees: readonly Guarantee[]
}

export const guaranteeGroups: readonly GuaranteeGroup[] = [
  {
    title: 'What changes something',
    guarantees: [
      {
        id: 'one-of-three-outcomes',
        promise:
          'Whatever breaks on the way, a command ends in one of three ways: done, certainly not done, or unknown and said so (exit status 11 and the code "outcome-unknown" in the error object, with the command to check). Nothing that was done is told as not done, nor the other way round.',
      },
      {
        id: 'sent-once',
        promise:
          'A creation is sent once. It is never repeated unless not a byte of it can have reached the provider, or the provider says that it did not take it (401 where a login is renewed, 307, 308): there is no second machine.',
      },
      {
        id: 'repeatable-is-repeated',
        promise:
          'What may be repeated (reading, PUT to a place of yours, DELETE) is repeated after passing failures, 429, 502, 503 and 504, as Retry-After says, for as often as --retries and as long as --deadline allow.',
      },
      {
        id: 'complete-or-taken-back',
        promise:
          'A creation of several parts is complete or taken back; --keep-on-failure keeps what is there. What could not be taken back is named.',
      },
      {
        id: 'interrupted-tells-what-exists',
        promise: 'Ctrl-C ends a command with 130 and tells what exists by then; twice, it ends at once.',
      },
      {
        id: 'journal-first',
        promise:
          'Every request that changes something is in the journal (occi history) before it is sent. A journal that is damaged or cannot be written stops nothing.',
      },
      {
        id: 'preview-sends-nothing',
        promise: '--dry-run and --curl send nothing that changes something.',
      },
    ],
  },
  {
    title: 'Secrets',
    guarantees: [
      {
        id: 'secrets-not-shown',
        promise:
          'Passwords, tokens, passphrases and user data are not shown: not by -v, --trace, --curl, --dry-run, errors, crash notes, the journal, caches or config explain, not even when the server repeats them.',
      },
      {
        id: 'secrets-owner-only',
        promise:
          'They are kept only in files of mode 0600 in folders of mode 0700; a file that others can read is refused.',
      },
      {
        id: 'credentials-stay',
        promise:
          'Nobody but the endpoint, and whom you or it name for the login, gets credentials: no redirect, no Location, no link leads them elsewhere.',
      },
      {
        id: 'strangers-files',
        promise:
          'What came with the working folder (.occi.yaml, clouds.yaml) brings no secrets, runs nothing, weakens no check, and no secret of yours goes to an address that it names, until you say "occi context trust".',
      },
      {
        id: 'context-belongs-to-its-server',
        promise:
          'What a context keeps goes to the servers that it names, or elsewhere with --context in the same command; never from https to http.',
      },
      {
        id: 'files-that-decide',
        promise: 'Files that decide count only when nobody else can have written them.',
      },
    ],
  },
  {
    title: 'Hostile providers',
    guarantees: [
      {
        id: 'text-not-obeyed',
        promise:
          'What a provider sends is shown, not obeyed: control characters and escape sequences appear as text.',
      },
      {
        id: 'no-command-no-file',
        promise:
          'It chooses no command to run and no file to write; an address that is none is not given to ssh.',
      },
      {
        id: 'answers-bounded',
        promise:
          'Answers are bounded: size (--max-response), also after decompression, headers, depth, redirects, pages, time.',
      },
      {
        id: 'no-header-of-its-own',
        promise: 'No value of yours or of a provider becomes a header of its own.',
      },
      {
        id: 'refused-in-words',
        promise: 'Whatever comes is read or refused in words, in a time that grows with its length.',
      },
    ],
  },
  {
    title: 'What is printed',
    guarantees: [
      {
        id: 'output-complete',
        promise:
          'It is complete, or the exit status is not 0: also when an answer breaks off, the disk is full, or occi itself has a defect. A standard output that is closed (>&-) counts as /dev/null, which Node.js opens in its place.',
      },
    ],
  },
  {
    title: 'Files',
    guarantees: [
      {
        id: 'files-whole',
        promise:
          'Files are replaced as a whole: a crash, a full disk or a second process leaves the old one or the new one.',
      },
      {
        id: 'garbage-in-files',
        promise: 'Garbage in a cache counts as nothing; in a configuration it is told with its place.',
      },
      {
        id: 'sandbox-keeps',
        promise: 'The practice cloud keeps what it acknowledged, whoever is killed meanwhile.',
      },
    ],
  },
]
