import { execFileSync } from 'node:child_process'
import { interleave, processTime } from '../measure.mjs'
import { withoutExtraCertificates } from '../program.mjs'
import { note, ratio } from '../report.mjs'

export async function startup({ program, rounds, executable }) {
  const { occi } = program
  const node = process.execPath
  const env = withoutExtraCertificates(program.env)
  const run =
    (...args) =>
    () =>
      processTime(node, args, { env })
  const contenders = {
    node: run('-e', '0'),
    version: run(occi, '--version'),
    help: run(occi, '--help'),
    computeHelp: run(occi, 'compute', '--help'),
  }
  if (executable !== undefined) {
    contenders.oneFile = () => processTime(executable, ['--version'], { env })
    contenders.oneFileHelp = () => processTime(executable, ['--help'], { env })
  }
  const extra = program.env.NODE_EXTRA_CA_CERTS !== undefined
  if (extra) {
    contenders.extraNode = () => processTime(node, ['-e', '0'], { env: program.env })
    contenders.extraHelp = () => processTime(node, [occi, '--help'], { env: program.env })
  }
  const rocci = rubyClient()
  if (rocci !== undefined) contenders.rocci = () => processTime(rocci, ['--version'], { env })
  const times = await interleave(contenders, rounds)
  note(`node -e 0: ${times.node.median.toFixed(1)} ms, noise ${(times.node.noise * 100).toFixed(0)} %`)
  ratio('occi --version', times.version, 'node -e 0', times.node, 1.1)
  ratio('occi --help', times.help, 'node -e 0', times.node, 1.6)
  ratio('occi compute --help', times.computeHelp, 'node -e 0', times.node, 1.6)
  if (extra) ratio('occi --help, with NODE_EXTRA_CA_CERTS', times.extraHelp, 'node -e 0', times.extraNode)
  if (executable !== undefined) {
    ratio('the executable --version', times.oneFile, 'occi --version', times.version)
    ratio('the executable --help', times.oneFileHelp, 'occi --help', times.help, 1)
  } else note('without --executable FILE: .ci/executable.mjs makes one')
  if (times.rocci) ratio('occi --version', times.version, 'rocci --version', times.rocci)
  else note('rocci is not on the PATH: no comparison with the Ruby client')
}

function rubyClient() {
  try {
    return execFileSync('sh', ['-c', 'command -v rocci'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}
