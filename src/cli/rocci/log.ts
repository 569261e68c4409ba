/** Ruby's logger lines, which some scripts search on standard error: `F, [time #pid] FATAL -- : [rOCCI-cli] …`. */

export type Severity = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

export function logLine(severity: Severity, message: string, now: Date, pid: number): string {
  const name = severity.toUpperCase()
  const time = now.toISOString().replace('Z', '').padEnd(26, '0')
  return `${name.charAt(0)}, [${time} #${pid}] ${name.padStart(5)} -- : [rOCCI-cli] ${message}\n`
}
