import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from './program.ts'
import { controlsAt } from './ways/grid.ts'
import { pressOf } from './ways/satellite.ts'

// Satellite clients in a process of their own: what reading costs them is neither the hub's nor the sender's.

/** A Stream Deck of 15 keys, five in a row. */
const keys = 15
const width = 5
/** Said to each: BEGIN, CAPS, ADD-DEVICE OK, BRIGHTNESS, and each key. */
const greeting = 4
/** So many join at once: more would wait in the kernel's queue of connections. */
const joinAtOnce = 100
/** Each presses once in so long. Milliseconds. */
const pressMs = 1000
/** Past this something is wrong. Milliseconds. */
const drawnMs = 60_000

interface Box {
  readonly id: string
  readonly socket: Socket
  /** Lines that came. */
  lines: number
}

const boxes: Box[] = []
let pressing: NodeJS.Timeout | null = null
let pressed = 0

async function join(port: number): Promise<void> {
  const id = `box-${process.pid}-${boxes.length}`
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const box: Box = { id, socket, lines: 0 }
  boxes.push(box)
  socket.on('data', (bytes: Buffer) => {
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) box.lines++
  })
  await once(socket, 'connect')
  socket.write(
    `ADD-DEVICE DEVICEID=${id} PRODUCT_NAME="Bench" KEYS_TOTAL=${keys} KEYS_PER_ROW=${width} BITMAPS=72\n`,
  )
}

const answers = {
  /** Joins so many; resolves once all are drawn. */
  async join({ port, count }: { readonly port: number; readonly count: number }): Promise<void> {
    for (let left = count; left > 0; left -= joinAtOnce)
      await Promise.all(Array.from({ length: Math.min(left, joinAtOnce) }, () => join(port)))
    const until = performance.now() + drawnMs
    while (boxes.some(({ lines }) => lines < greeting + keys)) {
      if (performance.now() > until) throw new Error(`not all were drawn within ${drawnMs} ms`)
      await sleep(20)
    }
  },
  /** All of them press from now on, evenly spread: keys of the second and third row. */
  press(): void {
    const numbers = controlsAt({ row: 1, col: 0 }, 2, width)
    const began = performance.now()
    pressed = 0
    pressing = setInterval(() => {
      const due = ((performance.now() - began) * boxes.length) / pressMs
      for (; pressed < due; pressed++) {
        const box = boxes[pressed % boxes.length]
        const number = numbers[pressed % numbers.length]
        if (box !== undefined && number !== undefined)
          box.socket.write(pressOf(box.id, number, width))
      }
    }, 1)
  },
  /** Answers how often they pressed. */
  rest(): number {
    if (pressing !== null) clearInterval(pressing)
    return pressed
  },
}
export type BoxesAnswers = typeof answers

serve(answers)
