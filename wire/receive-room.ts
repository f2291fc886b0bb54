import type { Socket } from 'node:dgram'

/** 4 MiB: what comes in while the process is busy waits in the kernel instead of being lost. */
const receiveBytes = 4 * 1024 * 1024

/** Gives a bound socket room for bursts. A system that refuses leaves its default, which works, with less of it. */
export function giveReceiveRoom(socket: Socket): void {
  try {
    socket.setRecvBufferSize(receiveBytes)
  } catch {
    // Linux grants what it may; nothing is lost that would not have been lost without asking
  }
}
