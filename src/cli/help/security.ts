/** Where things are kept and who gets what: for `occi help security` and occi-security(7). */

export interface Kept {
  readonly place: string
  readonly what: string
}

/** Folders have mode 0700, files 0600. By the XDG rules where they are set. */
export const keptFiles: readonly Kept[] = [
  {
    place: '~/.config/occi/config.json',
    what: 'contexts: endpoints, user names, and the passwords and tokens that you put there',
  },
  { place: '~/.cache/occi/tokens', what: 'tokens of logins until they expire' },
  { place: '~/.cache/occi/providers', what: 'models of providers, and how they are spoken to' },
  { place: '~/.cache/occi/completion', what: 'names for the completion of the shell' },
  { place: '~/.cache/occi/code', what: "the program itself, compiled (V8's code cache)" },
  { place: '~/.local/state/occi/history.jsonl', what: 'the journal: method, URL, outcome; no secrets' },
  { place: '~/.local/state/occi/crashes', what: 'notes on faults of occi; no secrets' },
  { place: '~/.local/state/occi', what: 'the practice cloud, with the user data that you gave it' },
]

export const sentTo: readonly string[] = [
  'The endpoint gets your requests, and the credentials of the method that it or you chose. It is the only one that gets requests about resources.',
  'Keystone or the OpenID Connect issuer gets the password, secret or certificate that you log in with. Where the server names it and it is on another host, or not encrypted, you are asked first.',
  'A proxy of yours (http_proxy, https_proxy) gets what passes through it; of https the host names only.',
  'Nobody else is contacted. There is no telemetry and no look for updates.',
]

export const reporting =
  'Report a vulnerability to the maintainers in private before it is made public: by a private advisory of the repository that it came from, or by a message to one of its maintainers. Say the version, the command and the answer of the server (--trace shows it without secrets).'
