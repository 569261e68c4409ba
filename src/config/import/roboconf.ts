/** Roboconf's target.properties for its OCCI target (roboconf-platform, OcciIaasHandler). */
import { ConfigError } from '../../errors/errors.js'
import type { Imported } from './variables.js'

/**
 * Reads the endpoint, and a name from `id` or `name`. The other keys describe the virtual machine or its
 * login and are reported as ignored. Throws ConfigError without an address.
 */
export function readRoboconf(text: string, file = 'target.properties'): Imported {
  const properties = parseProperties(text)
  const address = properties.get('occi.serverIpPort')?.trim()
  if (!address) throw new ConfigError(`${file} has no occi.serverIpPort.`, { at: 'occi.serverIpPort' })
  // Roboconf always uses plain HTTP; an address that has a scheme keeps it.
  const endpoint = address.includes('://') ? address : `http://${address}`
  if (!URL.canParse(endpoint)) {
    throw new ConfigError(`${file}: occi.serverIpPort is not host:port.`, { at: 'occi.serverIpPort' })
  }
  const name = properties.get('id')?.trim() || properties.get('name')?.trim()
  return {
    ...(name && { name }),
    settings: { endpoint, auth: 'none' },
    ignored: [...properties.keys()]
      .filter((key) => !USED.has(key))
      .map((key) => ({ name: key, reason: REASONS.get(key) ?? 'it belongs to the virtual machine' })),
  }
}

const USED: ReadonlySet<string> = new Set(['occi.serverIpPort', 'id', 'name'])

const REASONS: ReadonlyMap<string, string> = new Map([
  ['handler', 'it is a setting of Roboconf'],
  ['description', 'contexts have no description'],
  ['occi.user', 'it is the login of the virtual machine'],
  ['occi.password', 'it is the login of the virtual machine'],
  ['occi.image', 'give it to create: --os'],
  ['occi.title', 'give it to create: --title'],
  ['occi.summary', 'give it to create: --summary'],
  ['occi.rendering', 'the rendering is negotiated'],
])

/** Java's .properties: `key=value`, `key: value` or `key value`, comments, continued lines, escapes. */
function parseProperties(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>()
  const lines = text.split(/\r\n|\n|\r/)
  for (let at = 0; at < lines.length; at++) {
    let line = (lines[at] ?? '').trimStart()
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue
    const parts = [line]
    while (isContinued(line) && at + 1 < lines.length) {
      line = (lines[++at] ?? '').trimStart()
      parts.push(line)
    }
    const logical = parts.map((part) => (isContinued(part) ? part.slice(0, -1) : part)).join('')
    const cut = separatorIn(logical)
    const rest = logical.slice(cut).trimStart()
    const value = rest.startsWith('=') || rest.startsWith(':') ? rest.slice(1).trimStart() : rest
    properties.set(unescaped(logical.slice(0, cut)), unescaped(value))
  }
  return properties
}

/** Whether the line ends in an odd number of backslashes. */
function isContinued(line: string): boolean {
  let count = 0
  while (line.charAt(line.length - 1 - count) === '\\') count++
  return count % 2 === 1
}

function separatorIn(line: string): number {
  for (let at = 0; at < line.length; at++) {
    if (line.charAt(at) === '\\') at++
    else if ('=: \t\f'.includes(line.charAt(at))) return at
  }
  return line.length
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['f', '\f'],
])

function unescaped(text: string): string {
  let plain = ''
  for (let at = 0; at < text.length; at++) {
    if (text.charAt(at) !== '\\') {
      plain += text.charAt(at)
      continue
    }
    const code = text.charAt(at + 1) === 'u' ? text.slice(at + 2, at + 6) : ''
    if (/^[0-9A-Fa-f]{4}$/.test(code)) {
      plain += String.fromCharCode(Number.parseInt(code, 16))
      at += 5
    } else {
      at++
      plain += ESCAPES.get(text.charAt(at)) ?? text.charAt(at)
    }
  }
  return plain
}
