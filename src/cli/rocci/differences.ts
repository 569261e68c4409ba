/** Differences between rOCCI-cli 4.3.10 and the compatible form, for `occi help rocci` and occi-rocci(7). */
export const differences: readonly (readonly [rocci: string, occi: string])[] = [
  [
    '--help, --version, --examples, --dump-model and usage errors printed nothing to a pipe',
    'they print everything; usage errors go to standard error',
  ],
  [
    '--wait-for-active ended silently with status 0 after a timeout',
    'the URL is printed, the timeout is reported on standard error, and the status is 1; a machine in the state error ends the wait immediately',
  ],
  ['--debug printed passwords, tokens and Authorization headers', 'they are masked'],
  [
    'the password prompt was printed on standard output, even without a terminal',
    'it is shown on the terminal; without one, a missing password is an error',
  ],
  [
    'every comma in --attribute and --context started a new value',
    'only a comma followed by NAME= does, so SSH keys with options and titles with commas work',
  ],
  [
    'num(), float() and bool() were recognised anywhere in a value',
    'they must be the complete value; negative numbers work',
  ],
  ['Keystone v3 with user and password was not implemented', 'it works, as does v2.0'],
  ['the path of an endpoint was used for the first request only', 'it is used for all requests'],
  [
    'a URL with another host name than the endpoint was rejected or followed',
    "its path is requested from the endpoint, and URLs are printed with the endpoint's host",
  ],
  ['links could not be listed or described by their kind', 'they can'],
  ['--dump-model -o json printed a Ruby Hash', 'it prints JSON'],
  [
    "the JSON of a mixin contained its actions as a string in Ruby's notation",
    'it contains a list of identifiers',
  ],
  ['describe with --media-type application/occi+json failed', 'it works'],
  [
    'a line break in a title was sent, and the server truncated the title',
    'it is rejected before anything is sent',
  ],
  ['the title became occi.compute.hostname even if it contained spaces', 'only valid host names are copied'],
  ['--ca-path and --ca-file applied to x509 and token only', 'they apply to every method'],
  [
    'unlink with --link deleted the machine that --resource named',
    'it is rejected before anything is sent: pass the location of the link with --resource',
  ],
  [
    'unlink with the location of a machine, network or volume deleted it',
    'it is rejected; only links can be unlinked, and delete deletes resources',
  ],
  ['--version printed 4.3.10', "it prints this program's version"],
  ['log lines on standard error', 'the texts differ; the format (F, [time #pid] FATAL -- : …) is the same'],
]
