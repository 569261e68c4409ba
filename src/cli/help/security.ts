/**
 * The data of `occi help security` and occi-security(7): where files are kept, and which party receives what.
 */

interface KeptFile {
  readonly place: string
  readonly what: string
}

/** The files that occi keeps. Folders have mode 0700, files 0600. The XDG variables apply if they are set. */
export const keptFiles: readonly KeptFile[] = [
  {
    place: '~/.config/occi/config.json',
    what: 'contexts: endpoints, user names, and the passwords and tokens that you put there',
  },
  {
    place: '~/.config/occi/trusted.json',
    what: 'which files of working folders you trust: path and SHA-256 of the content',
  },
  { place: '~/.cache/occi/tokens', what: 'tokens of logins until they expire' },
  { place: '~/.cache/occi/providers', what: 'models of providers, and the renderings that they accept' },
  { place: '~/.cache/occi/completion', what: 'names for the completion of the shell' },
  { place: '~/.cache/occi/code', what: "the program itself, compiled (V8's code cache)" },
  { place: '~/.local/state/occi/history.jsonl', what: 'the journal: method, URL, outcome; no secrets' },
  { place: '~/.local/state/occi/crashes', what: 'reports of crashes of occi; no secrets' },
  { place: '~/.local/state/occi', what: 'the practice cloud, with the user data that you gave it' },
]

export interface Party {
  readonly name: string
  /** Complete sentences. Each is in src/SECURITY-MODEL.md, too, with the tests that check it. */
  readonly sentences: readonly string[]
}

/** The parties of the threat model and what each may do and receive. */
export const parties: readonly Party[] = [
  {
    name: 'The endpoint',
    sentences: [
      'The endpoint gets your requests, and the credentials of the method that it or you chose. It is the only one that gets requests about resources.',
      'What it sends is shown, not obeyed: it chooses no command to run, no file to write and no other server to send credentials to, by a redirect, a Location or a link.',
      'Its answers are bounded in size and time, and the names that it chooses are printed as plain text.',
    ],
  },
  {
    name: 'Keystone and issuers',
    sentences: [
      'Keystone or the OpenID Connect issuer gets the password, secret or certificate that you log in with. Where the server names it and it is on another host, or not encrypted, you are asked first.',
      'A token of a login is kept for the server that it goes to, and is found again for no other.',
    ],
  },
  {
    name: 'The working folder',
    sentences: [
      'Whoever wrote the files of the working folder (.occi.yaml, clouds.yaml, secure.yaml) may name an endpoint, where to log in, output and defaults. Nothing else in them is used: no file, command, keyring entry, account or certificate to take a secret from, no header, no method, no authority, no check to switch off, no limit of size or time to lift, no plugin.',
      'No secret of yours goes to an address that they name: not from options, variables, a context, your clouds.yaml, the keyring, an agent or an earlier login.',
      'A relative path belongs to the working folder only as an option. In a context it belongs to the folder of config.json, a variable must hold an absolute path, and commands of contexts and variables run in your home folder.',
      'One line names what is not used and the way to allow it: occi context trust (until the file changes), --trust-project or OCCI_TRUST_PROJECT=1 for one command, or an option that names the address.',
      'The folder is never taken for your home, whatever HOME says.',
    ],
  },
  {
    name: 'Contexts',
    sentences: [
      'Secrets of a context, and what points to them, go to the servers that the context names. With another --endpoint or OCCI_ENDPOINT they stay where they are, unless --context NAME stands in the same command; they never go from https to http.',
    ],
  },
  {
    name: 'Other users of the machine',
    sentences: [
      'Files that decide where secrets go (the configuration, what is trusted, your clouds.yaml, caches) are refused, or count as absent, when another user owns them or can write them or their folder.',
      'A program occi-NAME runs as a command only from an absolute folder of the PATH that is not the working folder, and where nobody else can write it or its folder. Variables that hold secrets are given to it only with --with-credentials before its name.',
      'A proxy certificate that lies in /tmp counts only when you own it and nobody else can write it.',
      'Files with passwords (config.json, --password-file, --passphrase-file) are refused when others can read them.',
    ],
  },
  {
    name: 'The network',
    sentences: [
      'Certificates are checked unless you say --insecure; a word that is neither true nor false switches nothing off, and ends the command.',
      'In a directory of authorities (--ca-path, X509_CERT_DIR, /etc/grid-security/certificates) the revocation lists count: a server that is revoked, or whose list has ended or is not genuine, gets nothing.',
      'A proxy that you configure (--proxy, http_proxy, https_proxy, all_proxy) gets what passes through it; of https only the host names.',
      'Nobody else is contacted. There is no telemetry and no check for updates.',
    ],
  },
]

export const reporting =
  'Report a vulnerability to the maintainers in private before it is made public: by a private advisory of the repository that it came from, or by a message to one of its maintainers. Include the version, the command and the answer of the server (--trace shows it without secrets).'
