/**
 * The promises that `occi help guarantees` and occi-guarantees(7) print. Tests that try to break a promise
 * have its id in a comment (`// Guarantee: sent-once`); test/cli/help checks that each promise has such a test.
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
    title: 'Changes',
    guarantees: [
      {
        id: 'one-of-three-outcomes',
        promise:
          'Whatever fails, a command ends in one of three ways: done, certainly not done, or unknown. An unknown outcome is reported as such (exit status 11, and the code "outcome-unknown" in the error object) with the command that checks it. Nothing done is reported as not done, and nothing not done as done.',
      },
      {
        id: 'sent-once',
        promise:
          'A request that creates something is sent once. It is repeated only if no byte of it can have reached the provider, or if the provider says that it did not process it (401 when a login is renewed, 307, 308). It never creates a second machine.',
      },
      {
        id: 'repeatable-is-repeated',
        promise:
          'Idempotent requests (GET, DELETE, and PUT that updates) are retried after temporary failures and after 429, 502, 503 and 504, as Retry-After asks and as --retries and --deadline allow.',
      },
      {
        id: 'complete-or-taken-back',
        promise:
          'A creation that consists of several parts is completed or rolled back; --keep-on-failure keeps the parts. What could not be rolled back is listed.',
      },
      {
        id: 'interrupted-tells-what-exists',
        promise:
          'Ctrl-C ends a command with exit status 130 and lists what it has created; a second Ctrl-C ends it immediately.',
      },
      {
        id: 'journal-first',
        promise:
          'Every request that changes something is written to the journal (occi history) before it is sent. A journal that is damaged or cannot be written does not stop the command.',
      },
      {
        id: 'preview-sends-nothing',
        promise: '--dry-run and --curl send no request that changes anything.',
      },
    ],
  },
  {
    title: 'Secrets',
    guarantees: [
      {
        id: 'secrets-not-shown',
        promise:
          'Passwords, tokens, passphrases and user data are never shown: not by -v, --trace, --curl, --dry-run, errors, crash reports, the journal, caches or config explain, even if the server repeats them.',
      },
      {
        id: 'secrets-owner-only',
        promise:
          'Secrets are stored only in files of mode 0600 in folders of mode 0700; a file that others can read is rejected.',
      },
      {
        id: 'credentials-stay',
        promise:
          'Credentials are sent only to the endpoint and to the login servers that you name or the endpoint names. No redirect, Location or link sends them elsewhere.',
      },
      {
        id: 'strangers-files',
        promise:
          'Files of the working folder (.occi.yaml, clouds.yaml) provide no secrets, run nothing and weaken no check, and none of your secrets is sent to an address that they name, until you run "occi context trust".',
      },
      {
        id: 'context-belongs-to-its-server',
        promise:
          'The secrets of a context are sent to the servers that it names. They are sent to another server only if the same command names the context (--context), or a trusted file of the working folder names the context or that server; never from https to http.',
      },
      {
        id: 'files-that-decide',
        promise:
          'Files that decide where secrets are sent are used only if nobody else can have written them.',
      },
    ],
  },
  {
    title: 'Hostile providers',
    guarantees: [
      {
        id: 'text-not-obeyed',
        promise:
          'What a provider sends is shown and never interpreted: control characters and escape sequences are printed as text.',
      },
      {
        id: 'no-command-no-file',
        promise:
          'A provider cannot choose a command to run or a file to write, and only valid addresses are passed to ssh.',
      },
      {
        id: 'answers-bounded',
        promise:
          'Responses are limited in size (--max-response, also after decompression), headers, nesting, redirects, pages and time.',
      },
      {
        id: 'no-header-of-its-own',
        promise: 'No value, yours or a provider’s, can inject a header.',
      },
      {
        id: 'refused-in-words',
        promise:
          'Any response is either read or rejected with a message, in time proportional to its length.',
      },
    ],
  },
  {
    title: 'Output',
    guarantees: [
      {
        id: 'output-complete',
        promise:
          'Output is complete, or the exit status is not 0: also if a response is cut off, the disk is full, or occi itself has a bug. The exception is a reader that stops reading (occi … | head -1): then the status is 0. A closed standard output (>&-) counts as /dev/null, which Node.js opens in its place.',
      },
    ],
  },
  {
    title: 'Files',
    guarantees: [
      {
        id: 'files-whole',
        promise:
          'Files are replaced atomically: a crash, a full disk or a second process leaves either the old or the new file.',
      },
      {
        id: 'garbage-in-files',
        promise:
          'Invalid data in a cache is ignored; in a configuration file it is reported with its position.',
      },
      {
        id: 'sandbox-keeps',
        promise: 'The practice cloud never loses what it acknowledged, even if a process is killed.',
      },
    ],
  },
]
