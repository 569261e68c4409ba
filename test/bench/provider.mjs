/** A minimal provider for benchmarks: fixed responses with an optional latency, and counters of requests. */
import { createServer } from 'node:http'

const infra = 'http://schemas.ogf.org/occi/infrastructure#'

export const modelText = [
  `Category: resource; scheme="http://schemas.ogf.org/occi/core#"; class="kind"; title="Resource"; location="/resource/"; attributes="occi.core.summary"`,
  `Category: compute; scheme="${infra}"; class="kind"; title="Compute"; rel="http://schemas.ogf.org/occi/core#resource"; location="/compute/"; attributes="occi.compute.cores occi.compute.memory occi.compute.hostname occi.compute.state{immutable}"; actions="http://schemas.ogf.org/occi/infrastructure/compute/action#start http://schemas.ogf.org/occi/infrastructure/compute/action#stop"`,
  `Category: start; scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#"; class="action"; title="Start"`,
  `Category: stop; scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#"; class="action"; title="Stop"; attributes="method"`,
  '',
].join('\r\n')

const modelJson = JSON.stringify({
  kinds: [
    {
      term: 'resource',
      scheme: 'http://schemas.ogf.org/occi/core#',
      title: 'Resource',
      location: '/resource/',
    },
    {
      term: 'compute',
      scheme: infra,
      title: 'Compute',
      parent: 'http://schemas.ogf.org/occi/core#resource',
      location: '/compute/',
      actions: [
        'http://schemas.ogf.org/occi/infrastructure/compute/action#start',
        'http://schemas.ogf.org/occi/infrastructure/compute/action#stop',
      ],
      attributes: {
        'occi.compute.cores': { type: 'number', mutable: true, required: false },
        'occi.compute.memory': { type: 'number', mutable: true, required: false },
        'occi.compute.state': { type: 'string', mutable: false, required: false },
      },
    },
  ],
  actions: [
    { term: 'start', scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/action#' },
    { term: 'stop', scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/action#' },
  ],
  mixins: [],
})

function vm(i) {
  return {
    kind: `${infra}compute`,
    id: `vm-${i}`,
    title: `machine ${i}`,
    location: `/compute/vm-${i}`,
    attributes: { 'occi.compute.cores': 2, 'occi.compute.memory': 4, 'occi.compute.state': 'active' },
    actions: [],
    links: [],
  }
}

function vmText(i) {
  return `Category: compute; scheme="${infra}"; class="kind"\r\nX-OCCI-Attribute: occi.core.id="vm-${i}"\r\nX-OCCI-Attribute: occi.core.title="machine ${i}"\r\nX-OCCI-Attribute: occi.compute.cores=2\r\nX-OCCI-Attribute: occi.compute.state="active"\r\n`
}

/** With `json: false` it offers text renderings only, so that describing a collection needs a request per member. */
export async function provider({ machines = 20, latency = 0, json = true } = {}) {
  const counts = { total: 0, model: 0, list: 0, entity: 0, create: 0 }
  const collectionJson = JSON.stringify({ resources: Array.from({ length: machines }, (_, i) => vm(i)) })
  const uris = (host) => Array.from({ length: machines }, (_, i) => `http://${host}/compute/vm-${i}`)
  let created = machines
  const server = createServer((request, response) => {
    counts.total++
    const wantsJson = json && /json/.test(request.headers.accept ?? '')
    const path = request.url.split('?')[0]
    const host = request.headers.host
    const answer = (status, type, body, headers = {}) => {
      const send = () => {
        response.writeHead(status, {
          'Content-Type': type,
          'Content-Length': Buffer.byteLength(body),
          Server: 'bench OCCI/1.2',
          ...headers,
        })
        response.end(body)
      }
      if (latency > 0) setTimeout(send, latency)
      else send()
    }
    request.resume().on('end', () => {
      if (path === '/-/') {
        counts.model++
        return wantsJson
          ? answer(200, 'application/occi+json', modelJson)
          : answer(200, 'text/plain', modelText)
      }
      if (path === '/compute/' && request.method === 'POST') {
        counts.create++
        return answer(201, 'text/plain', 'OK', { Location: `http://${host}/compute/vm-${created++}` })
      }
      if (path === '/compute/') {
        counts.list++
        if (wantsJson) return answer(200, 'application/occi+json', collectionJson)
        if (/uri-list/.test(request.headers.accept ?? ''))
          return answer(200, 'text/uri-list', `${uris(host).join('\r\n')}\r\n`)
        return answer(
          200,
          'text/plain',
          uris(host)
            .map((uri) => `X-OCCI-Location: ${uri}\r\n`)
            .join(''),
        )
      }
      const found = /^\/compute\/vm-(\d+)$/.exec(path)
      if (found) {
        counts.entity++
        const i = Number(found[1])
        return wantsJson
          ? answer(200, 'application/occi+json', JSON.stringify(vm(i)))
          : answer(200, 'text/plain', vmText(i))
      }
      return answer(404, 'text/plain', 'not here')
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${server.address().port}/`,
    counts,
    reset: () => {
      for (const key of Object.keys(counts)) counts[key] = 0
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
