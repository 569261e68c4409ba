import { interleave, processTime } from '../measure.mjs'
import { withoutExtraCertificates } from '../program.mjs'
import { provider } from '../provider.mjs'
import { ratio } from '../report.mjs'

export async function listing({ program, rounds }) {
  const { occi, env } = program
  const cloud = await provider({ machines: 20 })
  const node = process.execPath
  const get = `require('node:http').get('${cloud.endpoint}compute/', (r) => r.resume())`
  const list = [occi, 'compute', 'list', '--endpoint', cloud.endpoint, '-o', 'table']
  const bare = withoutExtraCertificates(env)
  await processTime(node, list, { env })
  const times = await interleave(
    {
      node: () => processTime(node, ['-e', '0'], { env }),
      get: () => processTime(node, ['-e', get], { env }),
      list: () => processTime(node, list, { env }),
      curl: () => processTime('curl', ['-s', `${cloud.endpoint}compute/`], { env }),
      ...(bare === undefined
        ? {}
        : {
            bareNode: () => processTime(node, ['-e', '0'], { env: bare }),
            bareList: () => processTime(node, list, { env: bare }),
          }),
      complete: () =>
        processTime(node, [occi, '__complete', 'entity', 'compute', '--', 'compute', 'describe', 'vm-1'], {
          env: { ...env, OCCI_ENDPOINT: cloud.endpoint },
        }),
    },
    rounds,
  )
  cloud.close()
  ratio('occi compute list, 20 VMs, warm', times.list, 'node -e 0', times.node, 2.0)
  ratio('the same', times.list, 'bare node http.get', times.get, 1.7)
  if (bare !== undefined) {
    ratio('the same, without NODE_EXTRA_CA_CERTS', times.bareList, 'node -e 0 without', times.bareNode)
  }
  ratio('the same', times.list, 'curl', times.curl)
  ratio('dynamic completion of an id', times.complete, 'node -e 0', times.node, 1.3)
}
