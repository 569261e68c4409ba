/** Differences between rOCCI-cli 4.3.10 and the compatible form, for `occi help rocci` and occi-rocci(7). */
export const differences: readonly (readonly [then: string, now: string])[] = [
  [
    '--help, --version, --examples, --dump-model and usage errors wrote nothing into a pipe',
    'all of it arrives; usage errors are on standard error',
  ],
  [
    '--wait-for-active ended with 0 and without a word when the time was over',
    'the URL is printed, the timeout is said on standard error, and the status is 1; a machine in the state error ends the wait at once',
  ],
  ['--debug printed passwords, tokens and Authorization headers', 'they are masked'],
  [
    'the password prompt was on standard output, also without a terminal',
    'it is on the terminal; without one the missing password is an error',
  ],
  [
    'every comma in --attribute and --context began a new value',
    'only one that is followed by NAME= does; SSH keys with options and titles with commas survive',
  ],
  [
    'num(), float() and bool() were found anywhere in a value',
    'they must be the whole value; negative numbers work',
  ],
  ['Keystone v3 with user and password was not implemented', 'it works, as does v2.0'],
  ['an endpoint with a path was used for the first request only', 'it is used for all'],
  [
    'a URL with another host name than the endpoint was refused or followed',
    "its path is asked at the endpoint, and URLs are printed with the endpoint's host",
  ],
  ['links could not be listed or described by their kind', 'they can'],
  ['--dump-model -o json printed a Ruby Hash', 'it prints JSON'],
  ["JSON of a mixin had Ruby's notation of its actions in a string", 'it has a list of identifiers'],
  ['describe with --media-type application/occi+json failed', 'it works'],
  ['a line end in a title was sent and cut off by the server', 'it is refused before anything is sent'],
  ['occi.compute.hostname was the title, blanks and all', 'only a title that is a legal host name is copied'],
  ['--ca-path and --ca-file counted for x509 and token only', 'they count for every method'],
  [
    'unlink with --link deleted the machine that --resource named',
    'it is refused before anything is sent: the location of the link belongs to --resource',
  ],
  [
    'unlink with the location of a machine, a network or a volume deleted that',
    'it is refused; only links are unlinked, and delete deletes',
  ],
  ['--version printed 4.3.10', "it prints this program's version"],
  [
    'the text of the log lines on standard error',
    'the words differ; the form (F, [time #pid] FATAL -- : …) does not',
  ],
]
