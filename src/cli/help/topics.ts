/** `occi help TOPIC`: topics that concern all commands. Tables are built from the definitions. */
import { environmentName } from '../../settings/names.js'
import { type CommandDeclaration, type Entry, isGroup } from '../command.js'
import { exitMeanings } from '../errors/exit-codes.js'
import type { OptionDeclaration } from '../options/declaration.js'
import { authenticationOptions, globalOptions } from '../options/global.js'
import { outputFormats } from '../output/index.js'
import { differences } from '../rocci/differences.js'
import ci from './ci.md'
import cookbook from './cookbook.md'
import { documentText } from './document.js'
import { guaranteeGroups } from './guarantees.js'
import { entriesText, heading, optionsText, type Page, paragraphs } from './layout.js'
import migrating from './migrating.md'
import providers from './providers.md'
import { keptFiles, parties, reporting } from './security.js'
import stacks from './stacks.md'
import troubleshooting from './troubleshooting.md'

interface Topic {
  readonly name: string
  readonly summary: string
  readonly text: (page: Page, entries: readonly Entry[]) => Promise<string> | string
}

export const topics: readonly Topic[] = [
  {
    name: 'addressing',
    summary: 'how resources, images and kinds are named',
    text: (page) =>
      paragraphs(
        `A resource is named by its id, the beginning of an id that fits only one, its title, its path below the endpoint, or its URL. A name that fits several things is an error that lists them (exit status 6).

  occi compute describe web
  occi compute describe 4f1c
  occi compute describe /compute/4f1c2a34
  occi compute describe https://cloud.example.org:8787/compute/4f1c2a34

A thing at another context than the one in use is NAME@CONTEXT, and a URL finds its context by itself; a title that contains an @ comes first when it matches exactly ("occi help sites"):

  occi compute stop web@cesnet db@ifca

Several names may follow each other, and "-" reads names from standard input, one a line:

  occi compute list -o name | occi compute stop -

What they are chooses them as well, wherever several names may stand: by state, name, id, ip, image, size, mixin, or an attribute by its short name; with =, !=, <, <=, > or >=, * for any text, and units. Several conditions must all hold:

  occi compute stop --where state=active --where 'name=test-*'
  occi storage delete --where 'size>=100G' --where state=offline

Images and sizes (--os, --size) and other mixins are named by term, title, identifier, or the beginning of one that fits only one. Kinds are named by their term: "occi ipnetwork list".

"-o id" prints the short id, which stands for one thing whatever the names are; "-o url" the whole URL. "-o name" prints names, and the URL of what shares its name with another in the list, or could not be typed.`,
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
      `${paragraphs('The exit status tells what happened. With -o json (and jsonl) the error itself is one JSON object on standard error, {"error": …}, and each warning before it one of its own, {"warning": {"message": …}}.', page)}\n${entriesText(
        exitMeanings.map(([code, meaning]) => [String(code), meaning]),
        page,
      )}`,
  },
  {
    name: 'formatting',
    summary: 'columns, order, queries and templates',
    text: (page) =>
      paragraphs(
        `These options form what a command prints; -o (occi help output) says in which format. They are the same for every command, "create" and "delete" included.

--columns chooses columns and their order: keys of the table in lower case, members of the JSON ("occi schema"), or attributes by their whole name:

  occi compute list --columns name,state,occi.compute.cores
  occi compute describe web -o value --columns ips

--sort orders by such keys, a minus in front turns the order round; numbers count as numbers. --no-header leaves the line of headings out:

  occi compute list --sort state,-memory
  occi compute list -o csv --no-header

--query is JMESPath (jmespath.org), applied to what -o json prints; where no format is named, a text is printed without quotes:

  occi compute list --query "[?state=='active'].name"
  occi compute list --query 'length(@)'
  occi compute describe web --query 'attributes."occi.compute.memory"'

--template prints a line for each thing. {{KEY}} is a column or member, \\n a line break and \\t a tab:

  occi compute list --template '{{name}} has {{ips}}'
  occi compute list --template '{{name}}\\t{{attributes.occi.compute.cores}}'

A line break or another control character in a value is printed as an escape there, so that a line is always one thing. -o csv on a terminal puts an apostrophe before what a spreadsheet would run as a formula (--csv-formulas keep prints it as it is, --csv-formulas defuse does it in a pipe, too). -o tsv is for scripts, where each cell is what the provider said: use csv for a spreadsheet.

For one value in a script "-o id", "-o name", "-o url" and "-o ip" are shorter. "-o id" is what a script needs: unique, known without reading each thing, and what "create" prints in a pipe. "-o name" is for people: a name may be given twice, and then the URL is printed in its place. "-o env" prints lines for eval:

  eval "$(occi compute describe web -o env)"

Which commands print a table on a terminal and lines with tabs in a pipe: those about several things. What is about one thing prints "key = value" in a pipe. Colours and the width of the terminal never change what a pipe gets.`,
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
      return `They may stand before or after the command.\n\n${parts.join('\n')}\nOther authentication methods have options of their own: occi help auth\n`
    },
  },
  {
    name: 'output',
    summary: 'output formats, columns and queries',
    text: (page) =>
      `${paragraphs(
        `On a terminal lists are tables; in a pipe they are lines with tabs between the columns and no heading. -o asks for another format, the same for every command, "create" and "delete" included. Messages go to standard error, results to standard output. A command about one named thing gives one object in JSON; one about several gives an array.

  occi compute list -o json --query "[?state=='active'].name"
  occi compute list --columns name,ips --sort -name
  ID=$(occi compute create web --os debian-12 --size small -o id)

"occi graph" has formats of its own: tree, mermaid, dot and svg, beside json, jsonl and yaml.`,
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

A plugin never takes the place of a command or a shortcut of occi. It comes before a kind of the provider of the same name: "occi api" and "occi list-path" reach that kind.

Words after the name go to the plugin as they are. Options before it, and the context in force, are in its environment, where occi itself finds them again:

  OCCI_BIN        the program to call occi by
  OCCI_CONTEXT    the name of the context in force, if there is one
  OCCI_ENDPOINT   its endpoint; unset where only a file of the working folder names one
  OCCI_OPTION     for each --option before the name: OCCI_OUTPUT, OCCI_TIMEOUT, …

Ask "$OCCI_BIN" for the rest, with -o json: "auth status", "config explain", "compute list". Standard input, output and error are those of occi; the exit status is that of the plugin, and signals reach it.

Variables that hold secrets (OCCI_PASSWORD, OCCI_TOKEN, OS_PASSWORD …) are not given to plugins, and so not to the occi that they call either. With --with-credentials before the name they are. What a context keeps needs no variable. A plugin runs in your name and can read your files: use those that you trust.

  occi --with-credentials count

Relative folders of the PATH and the working folder are not searched, and a program that other users can write, or whose folder they can write, is refused. Plugins for logging in are another thing: "occi help auth".`,
        page,
      ),
  },
  {
    name: 'providers',
    summary: 'servers and logins that were tried',
    text: (page) => documentText(providers, page),
  },
  {
    name: 'rocci',
    summary: "rOCCI-cli's scripts: what is kept and what changed",
    text: (page) =>
      `${paragraphs(
        `The command line of rOCCI-cli 4.3 works as it did: options only, one of them --action, --dump-model or --examples. Standard output and the exit status (0 or 1) are the same, byte for byte; words are on standard error, in the form of Ruby's logger.

  occi --endpoint https://cloud:11443 --auth x509 --voms --user-cred /tmp/x509up_u1000 \\
       --action create --resource compute --mixin os_tpl#debian --mixin resource_tpl#small \\
       --attribute occi.core.title=web

Words without an option are ignored, as rOCCI-cli ignored them ("--voms NAME"); --debug prints each exchange as Ruby did, with secrets masked. Both forms live side by side: a line that begins with a command is in the new one.

  occi translate --scan ~/scripts        where old calls are, and what each would become
  occi translate -f old.sh > new.sh      a script; comments say what differs or stays
  occi translate 'occi --action …'       one line

Defects were not kept:`,
        page,
      )}\n${entriesText(differences, page)}`,
  },
  {
    name: 'security',
    summary: 'what is kept where, who gets what, and how to report a fault',
    text: securityText,
  },
  {
    name: 'sites',
    summary: 'several contexts as one cloud',
    text: (page) =>
      paragraphs(
        `Every command that reads asks several sites at once where several contexts are named, by names with commas, by the option more than once, or by a group; OCCI_CONTEXT takes the same words:

  occi compute list --context cesnet,ifca
  occi context set cesnet --group eu,gpu
  occi compute list --context @eu
  occi compute list --all-contexts

Tables and lines with tabs begin with the column CONTEXT, and JSON records with the member "context". The rows are in the order in which the sites were named; "-o jsonl" prints them as they arrive. What "api" prints by itself is below a line with the name of the site. With one context nothing of this changes: only a group and several names are several sites.

Each site is asked as --context NAME asks it, with the settings, the login and the caches of its context. Its endpoint is that of its context only, and neither of the environment nor of a project file; what a context keeps goes to its own servers. What the command line and the environment give besides (--token, OCCI_PASSWORD) is used at every site whose context lacks it, so name the contexts that may see it. --record FILE.har writes FILE-CONTEXT.har for each.

A site that does not answer hides no other. The others are printed; each that failed gets one line on standard error (with -o json all are in one object), and the exit status is 8. Where none answered, it is the status of the first error. A site has --site-timeout (60s) to be done, questions to you not counted; "wait" takes as long as its own --timeout says. With --watch what was seen last of a site stays while it does not answer.

A thing at a site is NAME@CONTEXT. "-o name" and "-o id" print it like this when several sites were asked, so that a pipe acts on the right ones:

  occi compute list --all-contexts --where state=inactive -o name | occi compute delete - --yes

A name without a context is looked for at all of the sites. At two of them it is an error that lists both (exit status 2); nothing is changed while a site that may have it as well does not answer. What is deleted is asked for once, with the number at each site. Two things of different sites cannot be linked.

A new machine goes to the first site that accepts it:

  occi compute create web --any-of cesnet,ifca,@eu --os debian-12 --size small --wait
  occi compute create job --count 6 --spread --any-of cesnet,ifca --os debian-12 --size small

The next site is tried where the image or size is missing, where the provider refuses it or surely did nothing, where it cannot be reached and, with --wait, where the machine goes to an error state; what was left there is deleted first. Where it cannot be told whether a machine was made (exit status 11), or a wait takes too long (9), no other site is tried: going on could make two. With --spread each begins at the site after that of the one before.

Images, sizes and networks have other names at each site. Aliases of a context let one command fit all; "occi model diff" proposes them:

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

export async function topicText(name: string, page: Page, entries: readonly Entry[]): Promise<string> {
  const topic = topics.find((candidate) => candidate.name === name)
  return topic === undefined ? '' : topic.text(page, entries)
}

/** Loads all commands, for this page, manual pages, completions and tests. */
export async function allCommands(entries: readonly Entry[]): Promise<readonly CommandDeclaration[]> {
  const loaded = await Promise.all(entries.map((entry) => entry.load()))
  return loaded.flatMap((each) => (isGroup(each) ? each.commands : [each]))
}

function guaranteesText(page: Page): string {
  return `${guaranteeGroups
    .map(
      ({ title, guarantees }) =>
        `${heading(`${title}:`, page)}\n${guarantees.map(({ promise }) => paragraphs(promise, page)).join('\n')}`,
    )
    .join('\n')}\nEach promise has tests that break something to prove it.\n`
}

function securityText(page: Page): string {
  return [
    heading('What is kept where:', page),
    '',
    paragraphs(
      'Folders have mode 0700 and files 0600; XDG_CONFIG_HOME, XDG_CACHE_HOME and XDG_STATE_HOME are honoured. "occi config path" tells the folders, "occi cache clear" empties the caches, "occi auth logout" forgets a login.',
      page,
    ),
    entriesText(
      keptFiles.map(({ place, what }) => [place, what]),
      page,
    ),
    heading('Who gets what:', page),
    '',
    ...parties.map(({ name, sentences }) => paragraphs(`${name}. ${sentences.join(' ')}`, page)),
    heading('How to report:', page),
    '',
    paragraphs(reporting, page),
  ].join('\n')
}

async function environmentText(page: Page, entries: readonly Entry[]): Promise<string> {
  const rows = new Map<string, string>()
  const add = (option: OptionDeclaration, of: string) => {
    if (option.env === 'none' || option.hidden === true) return
    const also = option.env === undefined || option.env.length === 0 ? '' : `; also ${option.env.join(', ')}`
    const name = environmentName(option.name)
    if (!rows.has(name)) rows.set(name, `--${option.name}${of}: ${option.description}${also}`)
  }
  for (const option of [...globalOptions, ...(await authenticationOptions())]) add(option, '')
  for (const command of await allCommands(entries)) {
    for (const option of command.options) add(option, ` of "${command.path.join(' ')}"`)
  }
  const others: readonly (readonly [string, string])[] = [
    ['NO_COLOR, FORCE_COLOR', 'colours off or on (no-color.org)'],
    ['HTTP_PROXY, HTTPS_PROXY, NO_PROXY', 'proxies'],
    ['OCCI_DEBUG', 'stack traces of unexpected errors'],
    ['XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_STATE_HOME', 'where configuration, caches and the sandbox live'],
  ]
  return `${paragraphs('Every option --foo-bar can be given as OCCI_FOO_BAR. What stands on the command line comes first. A switch takes true, yes, on or 1, and false, no, off or 0; any other word is an error.', page)}
${entriesText([...rows], page)}
${heading('Others:', page)}
${entriesText(others, page)}`
}

/**
 * Each method with an example and its options, the one that sites of grids use first. An option that several
 * methods have stands at the first of them.
 */
async function authText(page: Page): Promise<string> {
  const { authMethods, loadAuthPlugin } = await import('../../auth/index.js')
  const declared = new Map((await allAuthentication()).map((option) => [option.name, option]))
  const shown = new Set<string>()
  const optionsOf = (names: readonly string[]) =>
    names.flatMap((name) => {
      const option = declared.get(name)
      if (option === undefined || shown.has(name)) return []
      shown.add(name)
      return [option]
    })
  const parts: string[] = [paragraphs(authIntroduction, page)]
  for (const name of [
    ...Object.keys(authExamples),
    ...authMethods.filter((each) => !(each in authExamples)),
  ]) {
    if (name === 'auto' || name === 'none') continue
    const { description, options } = await loadAuthPlugin(name)
    const example = authExamples[name] ?? `occi compute list --auth ${name}`
    const own = optionsOf(options.map((option) => option.name))
    const secrets = optionsOf(options.flatMap((option) => [`${option.name}-file`, `${option.name}-command`]))
    parts.push(
      heading(`${name}:`, page),
      `${paragraphs(description, page)}\n${example.replace(/^/gm, '  ')}\n`,
      ...(own.length + secrets.length === 0 ? [] : [optionsText([...own, ...secrets], page)]),
    )
  }
  const rest = [...declared.values()].filter(({ name }) => !shown.has(name))
  parts.push(heading('all methods:', page), optionsText(rest, page), paragraphs(authDetails, page))
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

const authIntroduction = `"occi login" asks for all that is needed, tries it, and keeps it. In scripts --auth names the method; "auto", the default, sends what you have given.

A password comes from the prompt, from standard input (--password-stdin), or from OCCI_PASSWORD; a secret among the words of a command line can be read by other users of the machine.

  echo "$SECRET" | occi compute list --username ada --password-stdin`

const authDetails = `"auto" sends what you have given with the first request: a token in X-Auth-Token, an access token as Bearer, a certificate that an option names, a user name and its password as basic. A server that also answers strangers would otherwise show you somebody else's cloud. With --auth-url the password goes to that Keystone and not to the endpoint. When the server answers 401, the method that it names takes over and is remembered. Use --first-method digest to send no password before the server asks.

Over plain http: to another machine no password is sent unless you agree, by --allow-plain-http or at the prompt. With --auth basic or token and an http: endpoint you have said both yourself, so it is sent; so are a token that you give and what a Keystone at an http: address gets. A terminal shows a warning, once for each host: many sites have such a service behind a tunnel or in a closed network, and --insecure, which is about the certificates of https:, would only teach people to give it everywhere.`

async function allAuthentication(): Promise<readonly OptionDeclaration[]> {
  const core = globalOptions.filter((option) => option.group === 'Authentication')
  const names = new Set(core.map((option) => option.name))
  return [...core, ...(await authenticationOptions()).filter((option) => !names.has(option.name))]
}
