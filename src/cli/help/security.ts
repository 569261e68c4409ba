/** The data of `occi help security` and occi-security(7): the files that occi writes, and what each party receives. */

interface StoredFile {
  readonly path: string
  readonly content: string
}

/** The files that occi writes: folders with mode 0700, files with mode 0600. XDG variables are respected. */
export const storedFiles: readonly StoredFile[] = [
  {
    path: '~/.config/occi/config.json',
    content: 'contexts: endpoints, user names, and the passwords and tokens that you store',
  },
  {
    path: '~/.config/occi/trusted.json',
    content: 'the files of working folders that you trust: path and SHA-256 of the content',
  },
  { path: '~/.cache/occi/tokens', content: 'login tokens until they expire' },
  { path: '~/.cache/occi/providers', content: 'models of providers, and the renderings that they accept' },
  { path: '~/.cache/occi/completion', content: 'names for shell completion' },
  { path: '~/.cache/occi/code', content: "the compiled program (V8's code cache)" },
  { path: '~/.local/state/occi/history.jsonl', content: 'the journal: method, URL, outcome; no secrets' },
  { path: '~/.local/state/occi/crashes', content: 'crash reports of occi; no secrets' },
  { path: '~/.local/state/occi', content: 'the practice cloud, including the user data that you gave it' },
]

interface Party {
  readonly name: string
  /** src/SECURITY-MODEL.md repeats each sentence, with the tests that check it. */
  readonly sentences: readonly string[]
}

/** The parties of the threat model and what each may do and receive. */
export const parties: readonly Party[] = [
  {
    name: 'The endpoint',
    sentences: [
      'The endpoint receives your requests, and the credentials of the authentication method that you or it chose. No other server receives requests about resources.',
      'What it sends is shown and never interpreted: it cannot choose a command to run, a file to write or another server that receives credentials, whether by a redirect, a Location or a link.',
      'Its responses are limited in size and time, and the names that it chooses are printed as plain text.',
    ],
  },
  {
    name: 'Keystone and issuers',
    sentences: [
      'Keystone or the OpenID Connect issuer receives the password, secret or certificate that you log in with. If the endpoint names it, and it is on another host or not encrypted, you are asked first.',
      'A login token is cached for the server that it is sent to, and is never used for another one.',
    ],
  },
  {
    name: 'The working folder',
    sentences: [
      'The files of the working folder (.occi.yaml, clouds.yaml, secure.yaml) may set an endpoint, where to log in, the output format and defaults. Nothing else in them is used: no file, command, keyring entry, account or certificate that provides a secret, no header, authentication method or certificate authority, no disabled check, no raised limit, no plugin.',
      'None of your secrets is sent to an address that they name: not from options, variables, a context, your clouds.yaml, the keyring, an agent or an earlier login.',
      'Only paths in options are relative to the working folder. In a context they are relative to the folder of config.json, and variables must hold absolute paths. Commands in contexts and variables run in your home folder.',
      'One line names the settings that are not used and how to allow them: occi context trust (until the file changes), --trust-project or OCCI_TRUST_PROJECT=1 for one command, or an option that names the address.',
      'The working folder never counts as your home folder, whatever HOME says.',
    ],
  },
  {
    name: 'Contexts',
    sentences: [
      'The secrets of a context, and the files and commands that provide them, are used only for the servers that the context names. With another --endpoint or OCCI_ENDPOINT they are not used unless the same command has --context NAME; they are never sent from https to http.',
    ],
  },
  {
    name: 'Other users of the machine',
    sentences: [
      'Files that decide where secrets are sent (the configuration, trusted.json, your clouds.yaml, caches) are rejected or ignored if another user owns them or can write to them or their folder.',
      'A program occi-NAME runs as a command only from an absolute folder of the PATH that is not the working folder, and where nobody else can write it or its folder. Variables that hold secrets are given to it only with --with-credentials before its name.',
      'A proxy certificate in /tmp is used only if you own it and nobody else can write to it.',
      'Files that contain passwords (config.json, --password-file, --passphrase-file) are rejected if others can read them.',
    ],
  },
  {
    name: 'The network',
    sentences: [
      'Certificates are verified unless you use --insecure; a value that is neither true nor false is an error and disables nothing.',
      'The revocation lists in a folder of CA certificates (--ca-path, X509_CERT_DIR, /etc/grid-security/certificates) are enforced: nothing is sent to a server whose certificate is revoked, or whose revocation list has expired or is not authentic.',
      'A proxy that you configure (--proxy, http_proxy, https_proxy, all_proxy) sees the traffic that passes through it; of https only the host names.',
      'No other server is contacted. There is no telemetry and no check for updates.',
    ],
  },
]

export const reporting =
  'Report a vulnerability privately to the maintainers before disclosing it: with a private advisory in the repository, or in a message to one of its maintainers. Include the version, the command and the response of the server (--trace shows it with secrets redacted).'
