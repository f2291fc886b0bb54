import { access } from 'node:fs/promises'
import { type MidiPorts, NoPorts } from './midi-ports.ts'

/** Where ALSA offers its sequencer. */
const alsaSequencer = '/dev/snd/seq'

/**
 * The ports of this machine, by the optional package `@julusian/midi` (RtMidi): ALSA, CoreMIDI or Windows.
 *
 * @throws NoPorts where the package, a library of the system or the sequencer is missing: it says which and what to do
 */
export async function systemPorts(): Promise<MidiPorts> {
  // asked first: without it the library writes complaints to the terminal at each look
  if (process.platform === 'linux') await access(alsaSequencer).catch(noSequencer)
  const { Input, Output } = await import('@julusian/midi').catch(noLibrary)
  return {
    names: (way) => (way === 'in' ? Input : Output).getPortNames(),
    openOutput(name, isVirtual) {
      const output = new Output()
      try {
        if (isVirtual) output.openVirtualPort(name)
        else output.openPortByName(name)
        if (!output.isPortOpen()) throw new Error('it could not be opened')
      } catch (error) {
        output.destroy()
        throw error
      }
      return { send: (bytes) => output.sendMessage(bytes), close: () => output.destroy() }
    },
    openInput(name, isVirtual, got) {
      const input = new Input()
      try {
        // SysEx and time code are wanted, active sensing says nothing
        input.ignoreTypes(false, false, true)
        input.on('messageBuffer', (_, message) => got(message))
        if (isVirtual) input.openVirtualPort(name)
        else input.openPortByName(name)
        if (!input.isPortOpen()) throw new Error('it could not be opened')
      } catch (error) {
        input.destroy()
        throw error
      }
      return { close: () => input.destroy() }
    },
  }
}

function noSequencer(): never {
  throw new NoPorts(
    `this machine has no ALSA sequencer (${alsaSequencer}): load it with modprobe snd-seq, and in a container pass /dev/snd on`,
  )
}

function noLibrary(cause: unknown): never {
  const text = cause instanceof Error ? cause.message : ''
  const lacks = /(lib[\w-]+\.so[.\d]*)/.exec(text)?.[1]
  throw new NoPorts(
    lacks === undefined
      ? 'the optional package @julusian/midi is not installed or does not run here: npm install --include=optional'
      : `the system library ${lacks} is missing: on Debian, apt-get install libasound2`,
    { cause },
  )
}
