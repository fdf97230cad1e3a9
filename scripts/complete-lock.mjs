// Run after `npm install` when the registry at hand lacks packages of other platforms: npm then leaves them out of the
// lock file, and `npm ci` refuses that file everywhere. Writes the entries down: they carry no checksum, and only the
// platform that they are for ever fetches them.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']

/** `@a/b-linux-arm64-musl` says what it is for. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-')
  const cpu = words.filter((word) => processors.includes(word))
  const os = words.filter((word) => systems.includes(word))
  const isMusl = words.some((word) => word.startsWith('musl'))
  if (os.length !== 1 || cpu.length !== 1)
    throw new Error(`${name} does not name its platform: complete the lock by hand`)
  return { cpu, os, ...(os[0] === 'linux' ? { libc: [isMusl ? 'musl' : 'glibc'] } : {}) }
}

/** The optional packages that the lock's own entries name and that have no entry. */
export function missingEntries(packages) {
  return Object.entries(packages).flatMap(([path, { dev, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`])
      .map(([name, version]) => [
        `node_modules/${name}`,
        { version, ...(dev ? { dev } : {}), optional: true, ...platformOf(name) },
      ]),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = fileURLToPath(new URL('../package-lock.json', import.meta.url))
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  const missing = missingEntries(lock.packages)
  const sorted = [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => a.localeCompare(b, 'en'))
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
  process.stderr.write(`added ${missing.length} entries\n`)
}
