/** Imports target.properties of Roboconf for its OCCI target (roboconf-platform, OcciIaasHandler). */
import { ConfigError } from '../../errors/errors.js'
import type { ImportResult } from './variables.js'

/**
 * Returns the endpoint as a setting, and the name in `id` or `name`. The other keys describe the virtual machine or its
 * login, and are reported as ignored. Throws ConfigError if there is no address.
 */
export function readRoboconf(text: string, file = 'target.properties'): ImportResult {
  const properties = parseProperties(text)
  const address = properties.get('occi.serverIpPort')?.trim()
  if (!address) throw new ConfigError(`${file} has no occi.serverIpPort.`, { at: 'occi.serverIpPort' })
  // Roboconf always uses plain HTTP. A scheme in the address is kept.
  const endpoint = address.includes('://') ? address : `http://${address}`
  if (!URL.canParse(endpoint)) {
    throw new ConfigError(`${file}: occi.serverIpPort is not host:port.`, { at: 'occi.serverIpPort' })
  }
  const name = properties.get('id')?.trim() || properties.get('name')?.trim()
  return {
    ...(name && { name }),
    settings: { endpoint, auth: 'none' },
    ignored: [...properties.keys()]
      .filter((key) => !usedKeys.has(key))
      .map((key) => ({ name: key, reason: ignoreReasons.get(key) ?? 'it belongs to the virtual machine' })),
  }
}

/** The keys that are imported. */
const usedKeys: ReadonlySet<string> = new Set(['occi.serverIpPort', 'id', 'name'])

/** Why keys are ignored. All others belong to the virtual machine. */
const ignoreReasons: ReadonlyMap<string, string> = new Map([
  ['handler', 'it is a setting of Roboconf'],
  ['description', 'contexts have no description'],
  ['occi.user', 'it is the login of the virtual machine'],
  ['occi.password', 'it is the login of the virtual machine'],
  ['occi.image', 'give it to create: --os'],
  ['occi.title', 'give it to create: --title'],
  ['occi.summary', 'give it to create: --summary'],
  ['occi.rendering', 'the rendering is negotiated'],
])

/** Parses Java's .properties: `key=value`, `key: value` or `key value`, comments, continued lines, escapes. */
function parseProperties(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>()
  const lines = text.split(/\r\n|\n|\r/)
  for (let index = 0; index < lines.length; index++) {
    let line = (lines[index] ?? '').trimStart()
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue
    const parts = [line]
    while (isContinued(line) && index + 1 < lines.length) {
      line = (lines[++index] ?? '').trimStart()
      parts.push(line)
    }
    const logicalLine = parts.map((part) => (isContinued(part) ? part.slice(0, -1) : part)).join('')
    const keyEnd = separatorIndex(logicalLine)
    const afterKey = logicalLine.slice(keyEnd).trimStart()
    const value =
      afterKey.startsWith('=') || afterKey.startsWith(':') ? afterKey.slice(1).trimStart() : afterKey
    properties.set(unescaped(logicalLine.slice(0, keyEnd)), unescaped(value))
  }
  return properties
}

/** Whether the line ends in an odd number of backslashes. */
function isContinued(line: string): boolean {
  let count = 0
  while (line.charAt(line.length - 1 - count) === '\\') count++
  return count % 2 === 1
}

/** Returns where the key ends: at the first separator that is not escaped, or at the end of the line. */
function separatorIndex(line: string): number {
  for (let index = 0; index < line.length; index++) {
    if (line.charAt(index) === '\\') index++
    else if ('=: \t\f'.includes(line.charAt(index))) return index
  }
  return line.length
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['f', '\f'],
])

function unescaped(text: string): string {
  let plain = ''
  for (let index = 0; index < text.length; index++) {
    if (text.charAt(index) !== '\\') {
      plain += text.charAt(index)
      continue
    }
    const code = text.charAt(index + 1) === 'u' ? text.slice(index + 2, index + 6) : ''
    if (/^[0-9A-Fa-f]{4}$/.test(code)) {
      plain += String.fromCharCode(Number.parseInt(code, 16))
      index += 5
    } else {
      index++
      plain += escapes.get(text.charAt(index)) ?? text.charAt(index)
    }
  }
  return plain
}
