/** Where the compatible form differs from rOCCI-cli on purpose, and why. The man page lists these reasons. */
const lostOutput = 'rOCCI lost the end of its output in a pipe; all of it is printed'
const jsonWorks = "rOCCI failed on its own server's JSON; the machine is described"
const noPrompt = 'rOCCI prompted on standard output; prompts are on the terminal only'
const ownHost =
  'the server names another host in its URLs; they are printed with the host that was asked, so that they can be used again'

export const intended: Readonly<Record<string, string>> = {
  'dump-model': lostOutput,
  'dump-model-json-tty': "rOCCI printed Ruby's notation of a Hash; it is JSON now",
  'create-title-quoted-newline':
    'rOCCI cut the title at the line end without a word; it is refused before anything is sent',
  'describe-compute-media-application-occi+json': jsonWorks,
  'describe-one-media-application-occi+json': jsonWorks,
  'describe-after-json-links-json': jsonWorks,
  'auth-basic-no-password-tty': noPrompt,
  'auth-basic-no-password-no-tty': noPrompt,
  'auth-digest': ownHost,
  'auth-token': ownHost,
  'auth-keystone-v2-basic': ownHost,
  'auth-keystone-v2-basic-tenant': ownHost,
  'auth-keystone-v3v2-basic': ownHost,
  'auth-oauth2': ownHost,
  'auth-oauth2-v3v2': ownHost,
}

const needsTls =
  'needs the certificates of the recording, which are not kept; the methods are tested in test/integration/auth'

/** Commands whose exchanges cannot be replayed over plain http. */
export const elsewhere: Readonly<Record<string, string>> = {
  'auth-x509': needsTls,
  'auth-x509-enc': needsTls,
  'auth-x509-p12': needsTls,
  'auth-x509-voms-proxy': needsTls,
  'auth-x509-nopass-tty': needsTls,
  'auth-x509-skip-ca': needsTls,
}
