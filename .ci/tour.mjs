/**
 * Draws the picture of the README: runs `occi sandbox tour` on a terminal and draws each step as a frame of an animated
 * SVG. Usage: node .ci/tour.mjs FILE.svg. Needs script(1) of util-linux.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import xterm from '@xterm/headless'

/** The size of the terminal. It has as many rows as the longest step has lines. */
const columns = 92
const rows = 32
/** The size of a character cell and of the margin, in pixels. */
const character = { width: 8.4, height: 19, baseline: 14 }
const margin = 16
/** Text in the frame that is shown if animation is disabled or not supported. */
const stillFrame = /compute create/

const [, , file = '.github/tour.svg'] = process.argv

const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
const frames = []
for (const text of steps(recordTour())) {
  await new Promise((resolve) => terminal.write(text, resolve))
  frames.push({ newLines: text.split('\n').length, lines: readScreen() })
}
writeFileSync(file, drawPicture(frames))

/** Runs the tour on a terminal and returns what it writes. */
function recordTour() {
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

/** Splits the output into steps, each of which begins with a title: `# Which images …`. Omits the closing words. */
function steps(text) {
  const [, ...parts] = text.split(/(?=\r\n# )/)
  return parts.map((step) => step.replace(/\r\nThat was the life of a machine[\s\S]*$/, ''))
}

/** Returns each line of the screen as spans of characters with the same style. */
function readScreen() {
  const { active } = terminal.buffer
  let isTitle = false
  return Array.from({ length: rows }, (_, row) => {
    const line = active.getLine(active.baseY + row)
    isTitle = line.isWrapped ? isTitle : line.translateToString().startsWith('# ')
    return isTitle ? spansOf(line).map((span) => ({ ...span, style: 'title' })) : spansOf(line)
  })
}

function spansOf(line) {
  // A blank is `undefined`, so that it ends the span before it.
  const spans = []
  for (let column = 0; column < columns; column += 1) {
    const cell = line.getCell(column)
    const characters = cell.getChars()
    if (characters.trim() === '') {
      spans.push(undefined)
      continue
    }
    const styles = [
      cell.isBold() ? 'bold' : '',
      cell.isDim() ? 'dim' : '',
      cell.isFgPalette() ? `c${cell.getFgColor()}` : '',
    ]
    const span = { column, text: characters, style: styles.filter(Boolean).join(' ') }
    const last = spans.at(-1)
    if (last?.style === span.style) last.text += characters
    else spans.push(span)
  }
  return spans.filter((span) => span !== undefined)
}

/** Returns the SVG. Each frame is visible for two seconds and a tenth of a second for each new line. */
function drawPicture(frames) {
  const height = rows * character.height + 2 * margin
  const width = Math.round(columns * character.width) + 2 * margin
  const durations = frames.map(({ newLines }) => 2 + 0.1 * newLines)
  const total = durations.reduce((sum, duration) => sum + duration, 0)
  const still = frames.findIndex(({ lines }) =>
    lines.some((line) => stillFrame.test(line.map(({ text }) => text).join(' '))),
  )
  let start = 0
  const animations = durations.map((duration, index) => {
    const [from, to] = [start, start + duration].map((time) => ((100 * time) / total).toFixed(2))
    start += duration
    const initial = index === 0 ? '' : `0%{visibility:hidden}`
    return `@keyframes f${index}{${initial}${from}%{visibility:visible}${to}%,100%{visibility:hidden}}
#f${index}{animation:f${index} ${total.toFixed(1)}s step-end infinite}`
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
${animations.join('\n')}
}
</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${frames.map(({ lines }, index) => `<g id="f${index}">\n${lines.map(drawLine).filter(Boolean).join('\n')}\n</g>`).join('\n')}
</svg>
`
}

function drawLine(line, row) {
  return line
    .map(({ column, text, style }) => {
      const x = (margin + column * character.width).toFixed(1)
      const length = ([...text].length * character.width).toFixed(1)
      const className = style === '' ? '' : ` class="${style}"`
      return `<text x="${x}" y="${margin + row * character.height + character.baseline}" textLength="${length}"${className}>${escapeXml(text)}</text>`
    })
    .join('')
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
