import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { writeAtomically } from './write.ts'

async function folder(t: { teardown(end: () => Promise<void>): void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'infra-write-'))
  t.teardown(() => rm(path, { recursive: true, force: true }))
  return path
}

void t.test('a config is replaced as a whole and keeps its mode', async (t) => {
  const inside = await folder(t)
  const path = join(inside, 'infra.yaml')
  await writeFile(path, 'site: a\n')
  await chmod(path, 0o664)
  const before = await stat(path)
  await writeAtomically(path, 'site: b\n')
  const after = await stat(path)
  t.equal(await readFile(path, 'utf8'), 'site: b\n')
  t.equal(after.mode & 0o777, 0o664)
  t.not(after.ino, before.ino, 'it is another file, not the old one written over')
  t.same(await readdir(inside), ['infra.yaml'], 'and nothing is left beside it')
})

void t.test('a new config is for its owner only', async (t) => {
  const path = join(await folder(t), 'infra.yaml')
  await writeAtomically(path, 'site: a\n')
  t.equal((await stat(path)).mode & 0o777, 0o600)
})

void t.test('a link to the config stays a link', async (t) => {
  const inside = await folder(t)
  await writeFile(join(inside, 'real.yaml'), 'old')
  await symlink('real.yaml', join(inside, 'infra.yaml'))
  await writeAtomically(join(inside, 'infra.yaml'), 'new')
  t.equal(await readFile(join(inside, 'real.yaml'), 'utf8'), 'new')
})

void t.test('where it cannot be written, the error comes up and nothing is left', async (t) => {
  const inside = await folder(t)
  await t.rejects(writeAtomically(join(inside, 'no', 'infra.yaml'), 'x'), { code: 'ENOENT' })
  // a folder of that name: the rename fails, after the new text was written
  await t.rejects(writeAtomically(inside, 'x'))
  t.same(await readdir(inside), [])
  const beside = (await readdir(tmpdir())).filter(
    (name) => name.includes('infra-write-') && name.endsWith('.new'),
  )
  t.same(beside, [])
})
