import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { fileFault } from './file-fault.ts'

const dir = mkdtempSync(join(tmpdir(), 'infra-file-'))
t.teardown(() => {
  rmSync(dir, { recursive: true })
})

/** What Node itself throws. */
function thrown(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return null
}

t.test(
  'a file that is not there, or may not be written over, is named in plain words',
  async (t) => {
    const gone = join(dir, 'policy.txt')
    const noFile = thrown(() => readFileSync(gone))
    t.match(noFile, { code: 'ENOENT' }, 'control: Node has its own words')
    t.equal(fileFault(noFile), `${gone}: there is no such file or folder`)

    const key = join(dir, 'log.key')
    writeFileSync(key, 'a key')
    t.match(
      fileFault(thrown(() => openSync(key, 'wx'))),
      /log\.key: it is there already, and nothing is written over it/,
    )
  },
)

t.test('any other error keeps its own words', async (t) => {
  t.equal(fileFault(new RangeError('--from comes after --to')), null)
  t.equal(fileFault(Object.assign(new Error('EMFILE'), { code: 'EMFILE', path: dir })), null)
  t.equal(fileFault(undefined), null)
})
