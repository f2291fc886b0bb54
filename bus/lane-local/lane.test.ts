import t from 'tap'
import { laneContract } from '../lane.contract.ts'
import { openLocalLane } from './lane.ts'

laneContract(t, (t, carry) => {
  const lane = openLocalLane(carry, 2)
  t.teardown(() => lane.close())
  return Promise.resolve(lane)
})
