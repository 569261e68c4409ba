/** `occi help TOPIC`: topics that concern all commands. Tables are generated from the declarations. */
import { environmentName } from '../../settings/names.js'
import { type CommandDeclaration, type CommandEntry, isGroup } from '../command.js'
import { exitMeanings } from '../errors/exit-codes.js'
import type { OptionDeclaration } from '../options/declaration.js'
import { authenticationOptions, globalOptions } from '../options/global.js'
import { outputFormats } from '../output/index.js'
import { differences } from '../rocci/differences.js'
import ci from './ci.md'
import cookbook from './cookbook.md'
import { documentText } from './document.js'
import { guaranteeGroups } from './guarantees.js'
import { entriesText, type HelpLayout, heading, optionsText, paragraphs } from './layout.js'
import migrating from './migrating.md'
import providers from './providers.md'
import { parties, reporting, storedFiles } from './security.js'
import stacks from './stacks.md'
import troubleshooting from './troubleshooting.md'

interface Topic {
  readonly name: string
  readonly summary: string
  readonly text: (page: HelpLayout, entries: readonly CommandEntry[]) => Promise<string> | string
}

export const topics: readonly Topic[] = [
  {
    name: 'addressing',
    summary: 'how resources, images and kinds are named',
    text: (page) =>
      paragraphs(
        `A resource is named by its id, an unambiguous beginning of its id, its title, its path below the endpoint, or its URL. A name that matches several resources is an error that lists them (exit status 6).

  occi compute describe web
  occi compute describe 4f1c
  occi compute describe /compute/4f1c2a34
  occi compute describe https://cloud.example.org:8787/compute/4f1c2a34

NAME@CONTEXT names a resource of another context, and a URL selects its context by itself. A title that contains an @ takes precedence if it matches exactly ("occi help sites"):

  occi compute stop web@cesnet db@ifca

Most commands accept several names, and "-" reads names from standard input, one per line:

  occi compute list -o name | occi compute stop -

Where several names are accepted, --where selects resources by state, name, id, ip, image, size, mixin, or an attribute (its short name is enough). Operators are =, !=, <, <=, > and >=; * matches any text, and numbers may have units. With several conditions all must hold:

  occi compute stop --where state=active --where 'name=test-*'
  occi storage delete --where 'size>=100G' --where state=offline

Images and sizes (--os, --size) and other mixins are named by term, title, identifier, or an unambiguous beginning of one of them. Kinds are named by their term: "occi ipnetwork list".

"-o id" prints the short id, which is always unique; "-o url" the full URL. "-o name" prints names, or the URL of a resource whose name is not unique in the list or could not be typed.`,
        page,
      ),
  },
  {
    name: 'auth',
    summary: 'how to log in',
    text: authText,
  },
  {
    name: 'ci',
    summary: 'pipelines for GitHub Actions and GitLab CI',
    text: (page) => documentText(ci, page),
  },
  {
    name: 'cookbook',
    summary: 'recipes to copy',
    text: (page) => documentText(cookbook, page),
  },
  {
    name: 'environment',
    summary: 'environment variables',
    text: environmentText,
  },
  {
    name: 'exit-codes',
    summary: 'exit statuses',
    text: (page) =>
      `${paragraphs('With -o json (and jsonl) an error is printed on standard error as one JSON object, {"error": …}, and each warning as another, {"warning": {"message": …}}.', page)}\n${entriesText(
        exitMeanings.map(([code, meaning]) => [String(code), meaning]),
        page,
      )}`,
  },
  {
    name: 'formatting',
    summary: 'columns, sorting, queries and templates',
    text: (page) =>
      paragraphs(
        `These options control what a command prints; -o (occi help output) selects the format. They work with every command that prints results, including "create" and "delete".

--columns selects columns and their order: keys of the table in lower case, members of the JSON ("occi schema"), or attributes by their full name:

  occi compute list --columns name,state,occi.compute.cores
  occi compute describe web -o value --columns ips

--sort sorts by such keys; a minus in front reverses the order, and numbers are compared as numbers. --no-header omits the header line:

  occi compute list --sort state,-memory
  occi compute list -o csv --no-header

--query applies a JMESPath expression (jmespath.org) to the JSON output; unless a format is given, a string is printed without quotes:

  occi compute list --query "[?state=='active'].name"
  occi compute list --query 'length(@)'
  occi compute describe web --query 'attributes."occi.compute.memory"'

--template prints a line for each record. {{KEY}} is replaced by a column or member, \\n by a line break and \\t by a tab:

  occi compute list --template '{{name}} has {{ips}}'
  occi compute list --template '{{name}}\\t{{attributes.occi.compute.cores}}'

Control characters in a value, including line breaks, are printed as escapes, so that each record is one line. On a terminal, -o csv puts an apostrophe before cells that a spreadsheet would evaluate as formulas (--csv-formulas keep disables this, --csv-formulas defuse does it in a pipe, too). -o tsv prints each cell as the provider sent it, for scripts; use csv for spreadsheets.

To get a single value in a script, use "-o id", "-o name", "-o url" or "-o ip". "-o id" is best for scripts: it is unique, known without reading each resource, and what "create" prints in a pipe. "-o name" is for people: if several resources have the same name, their URLs are printed. "-o env" prints assignments for eval:

  eval "$(occi compute describe web -o env)"

Commands about several resources print a table on a terminal and tab-separated lines in a pipe. Commands about one resource print "key = value" in a pipe. Colours and the width of the terminal never affect what is printed to a pipe.`,
        page,
      ),
  },
  {
    name: 'guarantees',
    summary: 'what occi promises',
    text: guaranteesText,
  },
  {
    name: 'migrating',
    summary: 'from openstack, hcloud, kubectl and rOCCI-cli',
    text: (page) => documentText(migrating, page),
  },
  {
    name: 'options',
    summary: 'options of every command',
    text: (page) => {
      const groups = new Map<string, OptionDeclaration[]>()
      for (const option of globalOptions) {
        const group = option.group ?? 'Options'
        groups.set(group, [...(groups.get(group) ?? []), option])
      }
      const parts = [...groups].map(
        ([group, options]) => `${heading(`${group}:`, page)}\n${optionsText(options, page)}`,
      )
      return `They may be given before or after the command.\n\n${parts.join('\n')}\nAuthentication methods have more options: occi help auth\n`
    },
  },
  {
    name: 'output',
    summary: 'output formats, columns and queries',
    text: (page) =>
      `${paragraphs(
        `On a terminal, lists are printed as tables; in a pipe they are tab-separated lines without a header. -o selects another format for any command, including "create" and "delete". Results go to standard output, messages to standard error. In JSON, a command about one named resource prints an object, and one about several prints an array.

  occi compute list -o json --query "[?state=='active'].name"
  occi compute list --columns name,ips --sort -name
  ID=$(occi compute create web --os debian-12 --size small -o id)

"occi graph" has other formats: tree, mermaid, dot and svg, besides json, jsonl and yaml.`,
        page,
      )}\n${heading('Formats:', page)}\n${entriesText(
        outputFormats.map((format) => [format.name, format.description]),
        page,
      )}`,
  },
  {
    name: 'plugins',
    summary: 'programs on the PATH as commands of occi',
    text: (page) =>
      paragraphs(
        `A program named occi-NAME in a folder of the PATH runs as "occi NAME". It may be written in any language; "occi --help" lists the ones that are found, and completion offers them.

  #!/bin/sh
  # ~/bin/occi-count: how many machines are there?
  "$OCCI_BIN" compute list -o id | wc -l

  occi count
  occi --context cesnet count

A plugin never overrides a command or a shortcut of occi, but it overrides a kind of the provider with the same name. That kind can still be used with "occi api" and "occi list-path".

Words after the name are passed to the plugin unchanged. Options before the name and the current context are passed in its environment, from which an occi that the plugin calls reads them:

  OCCI_BIN        the path of occi
  OCCI_CONTEXT    the name of the current context, if there is one
  OCCI_ENDPOINT   its endpoint; not set if only a file of the working folder names one
  OCCI_OPTION     for each --option before the name: OCCI_OUTPUT, OCCI_TIMEOUT, …

For more information, a plugin calls "$OCCI_BIN" with -o json: "auth status", "config explain", "compute list". It uses the standard input, output and error of occi, receives its signals, and determines the exit status.

Variables that hold secrets (OCCI_PASSWORD, OCCI_TOKEN, OS_PASSWORD …) are passed to a plugin only with --with-credentials before its name. Secrets of a context need no variable. A plugin runs with your rights and can read your files: use only plugins that you trust.

  occi --with-credentials count

Relative folders of the PATH and the working folder are not searched. A program is rejected if other users can write to it or to its folder. Plugins for logging in are described in "occi help auth".`,
        page,
      ),
  },
  {
    name: 'providers',
    summary: 'servers and login methods that were tested',
    text: (page) => documentText(providers, page),
  },
  {
    name: 'rocci',
    summary: 'running scripts that were written for rOCCI-cli',
    text: (page) =>
      `${paragraphs(
        `Command lines of rOCCI-cli 4.3 work unchanged: they have only options, one of them --action, --dump-model or --examples. Standard output and the exit status (0 or 1) are identical; messages go to standard error in the format of Ruby's logger.

  occi --endpoint https://cloud:11443 --auth x509 --voms --user-cred /tmp/x509up_u1000 \\
       --action create --resource compute --mixin os_tpl#debian --mixin resource_tpl#small \\
       --attribute occi.core.title=web

Words that belong to no option are ignored, as in rOCCI-cli ("--voms NAME"); --debug prints each exchange in Ruby's format, with secrets masked. The two forms can be mixed in a script: a line that begins with a command uses the new one.

  occi translate --scan ~/scripts        list calls of rOCCI-cli and their translations
  occi translate -f old.sh > new.sh      translate a script; comments mark differences
  occi translate 'occi --action …'       translate one line

Bugs of rOCCI-cli that are fixed:`,
        page,
      )}\n${entriesText(differences, page)}`,
  },
  {
    name: 'security',
    summary: 'stored files, who receives what, and how to report a vulnerability',
    text: securityText,
  },
  {
    name: 'sites',
    summary: 'working with several contexts as one cloud',
    text: (page) =>
      paragraphs(
        `Every command that reads can query several sites at the same time. Name their contexts separated by commas, repeat --context, or name a group; OCCI_CONTEXT accepts the same:

  occi compute list --context cesnet,ifca
  occi context set cesnet --group eu,gpu
  occi compute list --context @eu
  occi compute list --all-contexts

Tables and tab-separated lines begin with the column CONTEXT, and JSON records with the member "context". Rows are printed in the order in which the sites were named; "-o jsonl" prints them as they arrive. The output of "api" is printed below a line with the name of the site. With a single context nothing changes; only a group or several names select several sites.

Each site is queried with the settings, the login and the caches of its context, as with --context NAME. Its endpoint is always that of its context, never one from the environment or a project file, and the secrets of a context are sent only to its own servers. Credentials from the command line and the environment (--token, OCCI_PASSWORD) are used at every site whose context has none, so name only contexts that may receive them. --record FILE.har writes FILE-CONTEXT.har for each site.

If a site fails, the results of the others are printed. Each failure is reported in one line on standard error (with -o json, all are in one object), and the exit status is 8. If all sites fail, it is the status of the first error. Each site must finish within --site-timeout (60s), not counting the time that it waits for your answers; "wait" is limited only by its own --timeout. With --watch, the last results of a site remain while it does not answer.

A resource of a site is named NAME@CONTEXT. "-o name" and "-o id" print this form when several sites were queried, so that a pipe acts on the right resources:

  occi compute list --all-contexts --where state=inactive -o name | occi compute delete - --yes

A name without a context is looked up at all sites. If two have it, the command fails with an error that lists both (exit status 2). Nothing is changed while a site that might have it does not answer. Deletions are confirmed once, with the number of resources at each site. Resources of different sites cannot be linked.

--any-of creates a machine at the first site that accepts it:

  occi compute create web --any-of cesnet,ifca,@eu --os debian-12 --size small --wait
  occi compute create job --count 6 --spread --any-of cesnet,ifca --os debian-12 --size small

The next site is tried if the image or size does not exist, if the provider rejects the request or certainly did not execute it, if the site cannot be reached, and, with --wait, if the machine reaches an error state; the failed machine is deleted first. If it is unknown whether a machine was created (exit status 11), or if a wait times out (9), no other site is tried, since that could create two machines. With --spread, each machine starts with the site after that of the previous one.

Images, sizes and networks have different names at each site. Aliases in contexts make one command work at all of them; "occi model diff" proposes aliases:

  occi mixin list --of os_tpl --all-contexts --search ubuntu
  occi context alias cesnet os ubuntu-24.04 uuid_ubuntu_2404
  occi model diff cesnet ifca`,
        page,
      ),
  },
  {
    name: 'stacks',
    summary: 'the file of "occi stack", its expressions and its state',
    text: (page) => documentText(stacks, page),
  },
  {
    name: 'troubleshooting',
    summary: 'what to do when something fails',
    text: (page) => documentText(troubleshooting, page),
  },
]

export function isTopic(name: string): boolean {
  return topics.some((topic) => topic.name === name)
}

export async function topicText(
  name: string,
  page: HelpLayout,
  entries: readonly CommandEntry[],
): Promise<string> {
  const topic = topics.find((candidate) => candidate.name === name)
  return topic === undefined ? '' : topic.text(page, entries)
}

/** Loads the declarations of all commands. */
export async function allCommands(entries: readonly CommandEntry[]): Promise<readonly CommandDeclaration[]> {
  const loaded = await Promise.all(entries.map((entry) => entry.load()))
  return loaded.flatMap((each) => (isGroup(each) ? each.commands : [each]))
}

function guaranteesText(page: HelpLayout): string {
  return `${guaranteeGroups
    .map(
      ({ title, guarantees }) =>
        `${heading(`${title}:`, page)}\n${guarantees.map(({ promise }) => paragraphs(promise, page)).join('\n')}`,
    )
    .join('\n')}\nEach guarantee has tests that try to break it.\n`
}

function securityText(page: HelpLayout): string {
  return [
    heading('Stored files:', page),
    '',
    paragraphs(
      'Folders have mode 0700 and files mode 0600; XDG_CONFIG_HOME, XDG_CACHE_HOME and XDG_STATE_HOME are respected. "occi config path" prints the folders, "occi cache clear" empties the caches, "occi auth logout" deletes a login.',
      page,
    ),
    entriesText(
      storedFiles.map(({ path: filePath, content: fileContent }) => [filePath, fileContent]),
      page,
    ),
    heading('Who receives what:', page),
    '',
    ...parties.map(({ name, sentences }) => paragraphs(`${name}. ${sentences.join(' ')}`, page)),
    heading('Reporting vulnerabilities:', page),
    '',
    paragraphs(reporting, page),
  ].join('\n')
}

async function environmentText(page: HelpLayout, entries: readonly CommandEntry[]): Promise<string> {
  const rows = new Map<string, string>()
  const add = (option: OptionDeclaration, suffix: string) => {
    if (option.env === 'none' || option.hidden === true) return
    const otherVariables =
      option.env === undefined || option.env.length === 0 ? '' : `; also ${option.env.join(', ')}`
    const name = environmentName(option.name)
    if (!rows.has(name)) rows.set(name, `--${option.name}${suffix}: ${option.description}${otherVariables}`)
  }
  for (const option of [...globalOptions, ...(await authenticationOptions())]) add(option, '')
  for (const command of await allCommands(entries)) {
    for (const option of command.options) add(option, ` of "${command.path.join(' ')}"`)
  }
  const otherVariableRows: readonly (readonly [string, string])[] = [
    ['NO_COLOR, FORCE_COLOR', 'disable or force colours (no-color.org)'],
    ['HTTP_PROXY, HTTPS_PROXY, NO_PROXY', 'proxies to use'],
    ['OCCI_DEBUG', 'print stack traces of errors'],
    [
      'XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_STATE_HOME',
      'folders of the configuration, caches and the practice cloud',
    ],
  ]
  return `${paragraphs('Every option --foo-bar can be set by the variable OCCI_FOO_BAR; the command line takes precedence. The values of switches are true, yes, on or 1, and false, no, off or 0; anything else is an error.', page)}
${entriesText([...rows], page)}
${heading('Others:', page)}
${entriesText(otherVariableRows, page)}`
}

/**
 * Describes each authentication method with an example and its options, beginning with x509, which grid sites use. An
 * option that several methods share is listed with the first of them.
 */
async function authText(page: HelpLayout): Promise<string> {
  const { authMethods, loadAuthPlugin } = await import('../../auth/index.js')
  const declarations = new Map((await allAuthOptions()).map((option) => [option.name, option]))
  const shownNames = new Set<string>()
  const optionsNotShown = (names: readonly string[]) =>
    names.flatMap((name) => {
      const option = declarations.get(name)
      if (option === undefined || shownNames.has(name)) return []
      shownNames.add(name)
      return [option]
    })
  const parts: string[] = [paragraphs(authIntroduction, page)]
  for (const name of [
    ...Object.keys(authExamples),
    ...authMethods.filter((each) => !(each in authExamples)),
  ]) {
    // The introduction and the details explain auto.
    if (name === 'auto' || name === 'none') continue
    const { description, options } = await loadAuthPlugin(name)
    const example = authExamples[name] ?? `occi compute list --auth ${name}`
    const methodOptions = optionsNotShown(options.map((option) => option.name))
    const secretSourceOptions = optionsNotShown(
      options.flatMap((option) => [`${option.name}-file`, `${option.name}-command`]),
    )
    parts.push(
      heading(`${name}:`, page),
      `${paragraphs(description, page)}\n${example.replace(/^/gm, '  ')}\n`,
      ...(methodOptions.length + secretSourceOptions.length === 0
        ? []
        : [optionsText([...methodOptions, ...secretSourceOptions], page)]),
    )
  }
  const sharedOptions = [...declarations.values()].filter(({ name }) => !shownNames.has(name))
  parts.push(heading('all methods:', page), optionsText(sharedOptions, page), paragraphs(authDetails, page))
  return parts.join('\n')
}

const authExamples: Readonly<Record<string, string>> = {
  x509: 'voms-proxy-init -voms vo.example.org\nocci compute list --endpoint https://cloud.example.org --auth x509',
  basic: 'occi compute list --endpoint https://cloud.example.org --auth basic --username ada',
  digest: 'occi compute list --endpoint https://cloud.example.org --auth digest --username ada',
  token:
    'OCCI_TOKEN=$(openstack token issue -f value -c id) occi compute list --endpoint https://cloud.example.org --auth token',
  oidc: 'occi compute list --endpoint https://cloud.example.org --auth oidc --oidc-account egi',
  keystone:
    'source openrc.sh\nocci compute list --endpoint https://cloud.example.org/occi1.1 --auth keystone',
}

const authIntroduction = `"occi login" asks for everything it needs, tries to log in, and saves the settings. In scripts, --auth selects the method; "auto", the default, uses the credentials that you provide.

A password is read from a prompt, from standard input (--password-stdin), or from OCCI_PASSWORD. Do not pass secrets as arguments, since other users of the machine can read command lines.

  echo "$SECRET" | occi compute list --username ada --password-stdin`

const authDetails = `"auto" sends the credentials that you provide with the first request: a token in X-Auth-Token, an access token as Bearer, a certificate named by an option, or a user name and password as basic. It does not wait for a 401, because a server that also answers anonymous requests would show you somebody else's resources. With --auth-url the password is sent to that Keystone and not to the endpoint. If the server answers 401, the method that it names is used and remembered. Use --first-method digest to send no password before the server asks for it.

A password is not sent over plain http: to another machine unless you agree, with --allow-plain-http or at the prompt. With --auth basic or token and an http: endpoint you have chosen both yourself, so it is sent; the same applies to a token that you provide and to credentials for a Keystone at an http: address. A terminal shows a warning, once for each host. Many sites run such a service behind a tunnel or in a closed network.`

async function allAuthOptions(): Promise<readonly OptionDeclaration[]> {
  const globalAuthOptions = globalOptions.filter((option) => option.group === 'Authentication')
  const names = new Set(globalAuthOptions.map((option) => option.name))
  return [
    ...globalAuthOptions,
    ...(await authenticationOptions()).filter((option) => !names.has(option.name)),
  ]
}
