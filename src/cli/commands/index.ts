/**
 * The registry of commands. To add one, add a file or folder to this folder and an entry here. A command is loaded only
 * when it is used.
 */
import type { CommandEntry } from '../command.js'

const resources = 'Resources'
const model = 'What the provider offers'
const access = 'Access'
const wire = 'On the wire'
const practice = 'Help and practice'

export const commandEntries: readonly CommandEntry[] = [
  {
    name: 'compute',
    summary: 'virtual machines: create, start, stop, link, …',
    section: resources,
    load: async () => (await import('./compute.js')).compute,
  },
  {
    name: 'network',
    summary: 'networks',
    section: resources,
    load: async () => (await import('./network.js')).network,
  },
  {
    name: 'storage',
    summary: 'volumes',
    section: resources,
    load: async () => (await import('./storage.js')).storage,
  },
  {
    name: 'link',
    summary: 'links of machines to networks and volumes',
    section: resources,
    load: async () => (await import('./link.js')).link,
  },
  {
    name: 'ip',
    summary: 'public addresses: list, attach, detach',
    section: resources,
    load: async () => (await import('./ip/index.js')).ip,
  },
  {
    name: 'ssh',
    summary: 'log in to a machine, or run a command there',
    section: resources,
    load: async () => (await import('./ssh/index.js')).ssh,
  },
  {
    name: 'wait',
    summary: 'wait until resources are ready, deleted, or answer at a port',
    section: resources,
    load: async () => (await import('./wait.js')).waitForAny,
  },
  {
    name: 'stack',
    summary: 'machines, volumes, networks and links in one file: plan, apply, destroy',
    section: resources,
    load: async () => (await import('./stack/index.js')).stack,
  },
  {
    name: 'graph',
    summary: 'a picture of machines, networks, volumes and their links',
    section: resources,
    load: async () => (await import('./graph/index.js')).graph,
  },
  {
    name: 'mixin',
    summary: 'images, sizes and other mixins',
    section: model,
    load: async () => (await import('./mixin.js')).mixin,
  },
  {
    name: 'model',
    summary: 'kinds, mixins and actions with their attributes',
    section: model,
    load: async () => (await import('./model.js')).model,
  },
  {
    name: 'explain',
    summary: 'a kind, an image, an attribute: types, defaults, where it is defined',
    section: model,
    load: async () => (await import('./explain.js')).explain,
  },
  {
    name: 'schema',
    summary: 'JSON Schema of what -o json prints',
    section: model,
    load: async () => (await import('./schema.js')).schema,
  },
  {
    name: 'completion',
    summary: 'completion for bash, zsh and fish',
    section: practice,
    local: true,
    load: async () => (await import('./completion.js')).completion(commandEntries),
  },
  {
    name: 'man',
    summary: 'the manual page of a command or a topic',
    section: practice,
    local: true,
    load: async () => (await import('./man.js')).man(commandEntries),
  },
  {
    name: 'sandbox',
    summary: 'a practice cloud on this machine',
    section: practice,
    local: true,
    load: async () => (await import('./sandbox.js')).sandbox,
  },
  {
    name: 'translate',
    summary: "rOCCI-cli's command lines in the new form",
    section: practice,
    local: true,
    load: async () => (await import('./translate.js')).translate(commandEntries),
  },
  {
    name: 'context',
    summary: 'endpoints and logins by name: add, use, list, test, import',
    section: access,
    local: true,
    load: async () => (await import('./context/index.js')).context,
  },
  {
    name: 'auth',
    summary: 'log in and out, and show the login',
    section: access,
    local: true,
    load: async () => (await import('./auth.js')).auth,
  },
  {
    name: 'config',
    summary: 'the settings in force, and where they come from',
    section: access,
    local: true,
    load: async () => (await import('./config.js')).config,
  },
  {
    name: 'doctor',
    summary: 'find problems between this machine and the provider, and how to fix them',
    section: access,
    load: async () => (await import('./doctor/index.js')).doctor,
  },
  {
    name: 'history',
    summary: 'requests that changed something, and their outcomes',
    section: access,
    local: true,
    load: async () => (await import('./history.js')).history,
  },
  {
    name: 'cache',
    summary: 'clear cached models and tokens',
    section: access,
    local: true,
    load: async () => (await import('./cache.js')).cache,
  },
  {
    name: 'list-path',
    summary: 'list resources under a path',
    section: wire,
    load: async () => (await import('./paths.js')).listPath('list-path'),
  },
  {
    name: 'delete-path',
    summary: 'delete everything below a path',
    section: wire,
    load: async () => (await import('./paths.js')).deletePath('delete-path'),
  },
  {
    name: 'api',
    summary: 'send an authenticated request',
    section: wire,
    load: async () => (await import('./api.js')).api,
  },
  {
    name: 'convert',
    summary: 'convert an OCCI message to JSON or another rendering',
    section: wire,
    load: async () => (await import('./convert.js')).convertMessage,
  },
  // Names of earlier versions, for scripts that use them.
  {
    name: 'list',
    summary: 'list resources under a path',
    section: wire,
    hidden: true,
    load: async () => (await import('./paths.js')).listPath('list'),
  },
  {
    name: 'delete',
    summary: 'delete everything below a path',
    section: wire,
    hidden: true,
    load: async () => (await import('./paths.js')).deletePath('delete'),
  },
  {
    name: 'parse',
    summary: 'convert an OCCI message to JSON',
    section: wire,
    hidden: true,
    load: async () => (await import('./convert.js')).parse,
  },
  {
    name: 'render',
    summary: 'convert an OCCI message to another rendering',
    section: wire,
    hidden: true,
    load: async () => (await import('./convert.js')).render,
  },
]
