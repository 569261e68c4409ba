import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  createWriteStream,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import {
  purposes,
  readBytes,
  readStream,
  UnreadableFileError,
  unreadableReason,
} from '../../src/files/index.js'

const note = { name: 'a note', limit: 2048 }
const piped = { ...note, pipe: true }
const soon = { idle: 100, total: 300 }

function place(name: string): string {
  return join(mkdtempSync(join(tmpdir(), 'occi-read-')), name)
}

function fifo(): string {
  const path = place('pipe')
  execFileSync('mkfifo', [path])
  return path
}

async function why(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => new Error('it was read'),
    (cause: unknown) => cause,
  )
  return unreadableReason(error)
}

describe('readBytes', () => {
  it.each([0, 1, 2047, 2048])('readBytes reads a file of %d bytes', async (size) => {
    const path = place('file')
    const content = Buffer.alloc(size, 'abc')
    writeFileSync(path, content)
    expect((await readBytes(path, note)).equals(content)).toBe(true)
    const link = place('link')
    symlinkSync(path, link)
    expect(await readBytes(link, note)).toHaveLength(size)
  })

  // What never answers (FUSE, a network file system) then holds a thread, and Ctrl-C is heard.
  it.each(['userData', 'authorities', 'sshKey', 'message', 'imported', 'secret'] as const)(
    'a file that the user named (%s) is opened by another thread',
    async (purpose) => {
      const path = place('named')
      writeFileSync(path, 'x', { mode: 0o600 })
      const reading = readBytes(path, purposes[purpose])
      expect(process.getActiveResourcesInfo()).toContain('FSReqCallback')
      expect(String(await reading)).toBe('x')
    },
  )

  it.each([0o602, 0o620, 0o622, 0o666, 0o2620, 0o1602])(
    'a certificate in a default location is refused where others can write it (mode %o), also by another name',
    async (mode) => {
      const path = place('found')
      const other = `${path}-other`
      writeFileSync(path, 'certificate')
      linkSync(path, other)
      chmodSync(other, mode)
      await expect(readBytes(path, purposes.foundCertificate)).rejects.toThrow(UnreadableFileError)
    },
  )

  it('a folder, a FIFO, a socket and a link to /dev/fd are refused in place of a certificate', async () => {
    const folder = place('found')
    mkdirSync(folder, { mode: 0o700 })
    const socket = place('found')
    const server = createServer()
    await new Promise<void>((listening) => server.listen(socket, listening))
    const descriptor = place('found')
    symlinkSync('/dev/fd/0', descriptor)
    for (const path of [folder, fifo(), socket, descriptor]) {
      await expect(readBytes(path, purposes.foundCertificate)).rejects.toThrow()
    }
    server.close()
  })

  it('a certificate that is replaced during the read is read up to its first size', async () => {
    const path = place('found')
    writeFileSync(path, 'own', { mode: 0o600 })
    const reading = readBytes(path, purposes.foundCertificate)
    rmSync(path)
    writeFileSync(path, 'planted by somebody else', { mode: 0o666 })
    expect((await reading).toString()).toBe('own')
  })

  it('a file in a default location is refused where others may have placed it', async () => {
    const path = place('found')
    writeFileSync(path, 'certificate', { mode: 0o600 })
    expect(await readBytes(path, purposes.foundCertificate)).toHaveLength(11)
    chmodSync(path, 0o602)
    expect(await why(readBytes(path, purposes.foundCertificate))).toBe(
      'others can write it: its mode is 0602',
    )
    expect(await readBytes(path, purposes.certificate)).toHaveLength(11)
    chmodSync(path, 0o600)
    const link = place('link')
    symlinkSync(path, link)
    await expect(readBytes(link, purposes.foundCertificate)).rejects.toMatchObject({ code: 'ELOOP' })
    if (process.getuid?.() !== 0) return
    chownSync(path, 12_345, 12_345)
    // Root may read the files of others, and believes them no more than anybody else does.
    expect(await why(readBytes(path, purposes.foundCertificate))).toBe(
      'it belongs to another user (number 12345)',
    )
  })

  it('a file that is larger than one read is read whole', async () => {
    const path = place('file')
    const content = Buffer.alloc(9 * 1_048_576 + 17, 'abcdefg')
    writeFileSync(path, content)
    expect((await readBytes(path, purposes.message)).equals(content)).toBe(true)
  })

  it('a file beyond the limit is refused with the limit and its purpose', async () => {
    const path = place('file')
    writeFileSync(path, Buffer.alloc(2049))
    expect(await why(readBytes(path, note))).toBe('it is larger than 2 KiB, the limit for a note')
    await expect(readBytes(path, note)).rejects.toBeInstanceOf(UnreadableFileError)
  })

  it('reading a file that grows ends', async () => {
    const path = place('file')
    writeFileSync(path, Buffer.alloc(1_500_000))
    const growing = setInterval(() => appendFileSync(path, Buffer.alloc(500_000)), 1)
    try {
      const limit = 3 * 1_048_576
      const attempt = readBytes(path, { name: 'a note', limit })
      const outcome = await attempt.then(
        (bytes) => bytes.length <= limit,
        (error: unknown) => unreadableReason(error).includes('3 MiB'),
      )
      expect(outcome).toBe(true)
    } finally {
      clearInterval(growing)
    }
  })

  it.runIf(process.platform === 'linux')('files of /proc are read although their size is 0', async () => {
    expect((await readBytes('/proc/self/status', { name: 'a status', limit: 65_536 })).toString()).toContain(
      'Pid:',
    )
    // Endless in practice: the memory of the kernel, or one page for each page of memory.
    expect(await why(readBytes('/proc/self/pagemap', note))).toContain('2 KiB')
  })

  it.each(['/dev/zero', '/dev/random', '/dev/full', '/dev/tty'])(
    'the device %s is refused',
    async (device) => {
      expect(await why(readBytes(device, piped))).toMatch(/^it is (a device, which|a socket|.*ENXIO)/)
    },
  )

  it('/dev/null is read as an empty file', async () => {
    expect(await readBytes('/dev/null', note)).toHaveLength(0)
  })

  it('folders and sockets are refused', async () => {
    expect(await why(readBytes(tmpdir(), note))).toBe('it is a folder, which cannot be read as a note')
    const path = place('socket')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    expect(await why(readBytes(path, piped))).toBe('it is a socket')
    server.close()
  })

  it('errors of the system are passed on', async () => {
    await expect(readBytes(place('missing'), note)).rejects.toMatchObject({ code: 'ENOENT' })
    const loop = place('loop')
    symlinkSync(loop, loop)
    expect(await why(readBytes(loop, note))).toBe('its symbolic links form a loop')
  })
})

describe('readBytes of a pipe', () => {
  it('a pipe is refused where the purpose allows none, without waiting for a writer', async () => {
    expect(await why(readBytes(fifo(), note))).toBe('it is a pipe, which cannot be read as a note')
  })

  it('reading a FIFO waits for a writer', async () => {
    const path = fifo()
    const reading = readBytes(path, piped, { idle: 5000, total: 5000 })
    const writer = createWriteStream(path)
    writer.write('first ')
    setTimeout(() => writer.end('second'), 50)
    expect((await reading).toString()).toBe('first second')
  })

  it('reading a FIFO ends when nothing is written', async () => {
    expect(await why(readBytes(fifo(), piped, soon))).toBe('no data arrived through the pipe within 100 ms')
  })

  it('reading a pipe that does not end stops at the deadline, although data keeps arriving', async () => {
    const path = fifo()
    const reading = why(readBytes(path, piped, { idle: 200, total: 400 }))
    // Both ends, so that opening does not wait.
    const writer = openSync(path, 'r+')
    const dripping = setInterval(() => writeSync(writer, 'x'), 50)
    expect(await reading).toBe('the pipe did not end within 400 ms')
    clearInterval(dripping)
  })

  it('a pipe that stalls after its first data is reported as one that does not end', async () => {
    const path = fifo()
    const writer = openSync(path, 'r+')
    writeSync(writer, 'first')
    expect(await why(readBytes(path, piped, soon))).toBe('the pipe did not end within 100 ms')
  })

  it('the limit in the error counts the data that a pipe had when it was opened', async () => {
    const path = fifo()
    const writer = openSync(path, 'r+')
    writeSync(writer, 'x'.repeat(1024))
    const reading = why(readBytes(path, piped, { idle: 5000, total: 5000 }))
    setTimeout(() => writeSync(writer, 'x'.repeat(2048)), 50)
    expect(await reading).toBe('it is larger than 2 KiB, the limit for a note')
  })

  it('reading a pipe stops at the limit of size', async () => {
    const path = fifo()
    const reading = why(readBytes(path, piped, { idle: 5000, total: 5000 }))
    const writer = createWriteStream(path)
    writer.on('error', () => {})
    writer.write(Buffer.alloc(100_000))
    expect(await reading).toBe('it is larger than 2 KiB, the limit for a note')
    writer.destroy()
  })
})

describe('readStream', () => {
  it('readStream reads a stream to its end', async () => {
    const stream = new PassThrough()
    stream.write('a')
    setTimeout(() => stream.end('b'), 20)
    expect((await readStream(stream, note, { idle: 5000, total: 5000 })).toString()).toBe('ab')
  })

  it.each([
    [
      'too much',
      'it is larger than 2 KiB, the limit for a note',
      (stream: PassThrough) => stream.write(Buffer.alloc(4096)),
    ],
    ['too slow', 'no data arrived through the pipe within 100 ms', () => {}],
    ['unending', 'the pipe did not end within 100 ms', (stream: PassThrough) => stream.write('a')],
  ] as const)('readStream destroys a stream that is %s', async (_, words, feed) => {
    const stream = new PassThrough()
    feed(stream)
    expect(await why(readStream(stream, note, soon))).toBe(words)
    expect(stream.destroyed).toBe(true)
  })
})
