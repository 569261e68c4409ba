/**
 * The picture of the README: runs `occi sandbox tour` on a terminal, and draws each of its steps as a frame of an
 * animated SVG. Usage: node .ci/tour.mjs FILE.svg. It needs script(1) of util-linux, which Linux distributions have.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import xterm from '@xterm/headless'

const columns = 92
/** As many as the longest step has. */
const rows = 32
const cell = { width: 8.4, height: 19, baseline: 14 }
const margin = 16
/** The frame of those who do not want motion, and of programs that do not animate. */
const stillFrame = /compute create/

const [, , file = '.github/tour.svg'] = process.argv

const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
const frames = []
for (const text of steps(recorded())) {
  await new Promise((done) => terminal.write(text, done))
  frames.push({ added: text.split('\n').length, lines: screen() })
}
writeFileSync(file, picture(frames))

/** What the tour writes to a terminal. */
function recorded() {
  const { CI: _, NO_COLOR: __, ...env } = process.env
  const occi = join(import.meta.dirname, '../bin/occi')
  const { status, stdout, stderr } = spawnSync(
    'script',
    ['-qec', `stty cols ${columns} rows ${rows}; exec ${process.execPath} ${occi} sandbox tour`, '/dev/null'],
    { env: { ...env, TERM: 'xterm-256color' }, encoding: 'utf8', input: '', timeout: 300_000 },
  )
  if (status !== 0) throw new Error(`The tour ended with ${status}: ${stdout}${stderr}`)
  return stdout
}

/** Each step begins with a title: `# Which images …`. The words of parting are no step. */
function steps(text) {
  const [, ...found] = text.split(/(?=\r\n# )/)
  return found.map((step) => step.replace(/\r\nThat was a whole lifecycle[\s\S]*$/, ''))
}

/** For each line of the screen the runs of characters that look alike. */
function screen() {
  const { active } = terminal.buffer
  let title = false
  return Array.from({ length: rows }, (_, row) => {
    const line = active.getLine(active.baseY + row)
    title = line.isWrapped ? title : line.translateToString().startsWith('# ')
    return title ? runs(line).map((run) => ({ ...run, look: 'title' })) : runs(line)
  })
}

function runs(line) {
  const found = []
  for (let column = 0; column < columns; column += 1) {
    const each = line.getCell(column)
    const characters = each.getChars()
    if (characters.trim() === '') {
      found.push(undefined)
      continue
    }
    const look = [
      each.isBold() ? 'bold' : '',
      each.isDim() ? 'dim' : '',
      each.isFgPalette() ? `c${each.getFgColor()}` : '',
    ]
    const run = { column, text: characters, look: look.filter(Boolean).join(' ') }
    const last = found.at(-1)
    if (last?.look === run.look) last.text += characters
    else found.push(run)
  }
  return found.filter((run) => run !== undefined)
}

function picture(all) {
  const height = rows * cell.height + 2 * margin
  const width = Math.round(columns * cell.width) + 2 * margin
  const seconds = all.map(({ added }) => 2 + 0.1 * added)
  const total = seconds.reduce((sum, each) => sum + each, 0)
  const still = all.findIndex(({ lines }) =>
    lines.some((line) => stillFrame.test(line.map(({ text }) => text).join(' '))),
  )
  let start = 0
  const shown = seconds.map((each, at) => {
    const [from, to] = [start, start + each].map((time) => ((100 * time) / total).toFixed(2))
    start += each
    const before = at === 0 ? '' : `0%{visibility:hidden}`
    return `@keyframes f${at}{${before}${from}%{visibility:visible}${to}%,100%{visibility:hidden}}
#f${at}{animation:f${at} ${total.toFixed(1)}s step-end infinite}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="occi sandbox tour">
<style>
rect{fill:#fafafa;stroke:#d0d7de}
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#24292f}
.bold{font-weight:700}.dim{fill:#6e7781}.title{fill:#0550ae}
.c1{fill:#cf222e}.c2{fill:#1a7f37}.c3{fill:#9a6700}.c6{fill:#1b7c83}
@media(prefers-color-scheme:dark){
rect{fill:#0d1117;stroke:#30363d}
text{fill:#e6edf3}
.dim{fill:#8b949e}.title{fill:#79c0ff}
.c1{fill:#ff7b72}.c2{fill:#3fb950}.c3{fill:#d29922}.c6{fill:#39c5cf}
}
g{visibility:hidden}#f${still}{visibility:visible}
@media(prefers-reduced-motion:no-preference){
${shown.join('\n')}
}
</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${all.map(({ lines }, at) => `<g id="f${at}">\n${lines.map(lineShown).filter(Boolean).join('\n')}\n</g>`).join('\n')}
</svg>
`
}

function lineShown(line, row) {
  return line
    .map(({ column, text, look }) => {
      const x = (margin + column * cell.width).toFixed(1)
      const length = ([...text].length * cell.width).toFixed(1)
      const style = look === '' ? '' : ` class="${look}"`
      return `<text x="${x}" y="${margin + row * cell.height + cell.baseline}" textLength="${length}"${style}>${escaped(text)}</text>`
    })
    .join('')
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
