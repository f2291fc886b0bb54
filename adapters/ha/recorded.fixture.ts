import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { isObject, type Json } from '../../intents/json.ts'

// Frames of a real Home Assistant 2021.3.0.dev0, recorded on a loopback interface (its WebSocket connection, decompressed),
// byte for byte but for the ids, which are those of the requests they answer.

/** The first frame of a connection. */
export const authRequired = '{"type": "auth_required", "ha_version": "2021.3.0.dev0"}'
export const authOk = '{"type": "auth_ok", "ha_version": "2021.3.0.dev0"}'
/** To a wrong token. */
const authInvalid = '{"type": "auth_invalid", "message": "Invalid access token or password"}'
/** To subscribe_events. */
const subscribed = '{"id": 3, "type": "result", "success": true, "result": null}'
/** To get_states. */
const states =
  '{"id": 4, "type": "result", "success": true, "result": [{"entity_id": "script.blink", "sta' +
  'te": "off", "attributes": {"last_triggered": null, "mode": "single", "current": 0, "friend' +
  'ly_name": "blink"}, "last_changed": "2026-11-21T09:14:19.140853+00:00", "last_updated": "2' +
  '026-11-21T09:14:19.140853+00:00", "context": {"id": "d48487ae98a742c6205bbc398567b1d2", "p' +
  'arent_id": null, "user_id": null}}, {"entity_id": "light.key_light", "state": "off", "attr' +
  'ibutes": {"friendly_name": "Key", "supported_features": 0}, "last_changed": "2026-11-21T09' +
  ':14:19.156498+00:00", "last_updated": "2026-11-21T09:14:19.156498+00:00", "context": {"id"' +
  ': "bb04e588fe3a46ff780c8ecd24c7551f", "parent_id": null, "user_id": null}}, {"entity_id": ' +
  '"input_text.tally", "state": "unknown", "attributes": {"editable": false, "min": 0, "max":' +
  ' 100, "pattern": null, "mode": "text"}, "last_changed": "2026-11-21T09:14:19.158068+00:00"' +
  ', "last_updated": "2026-11-21T09:14:19.158068+00:00", "context": {"id": "942319ec458f14b4e' +
  'b4aab77db37a43c", "parent_id": null, "user_id": null}}, {"entity_id": "input_boolean.studi' +
  'o_light", "state": "off", "attributes": {"editable": false, "friendly_name": "Studio light' +
  '"}, "last_changed": "2026-11-21T09:14:19.158112+00:00", "last_updated": "2026-11-21T09:14:' +
  '19.158112+00:00", "context": {"id": "a46b6b03427a89661b8fea2962a103d2", "parent_id": null,' +
  ' "user_id": null}}, {"entity_id": "input_number.level", "state": "0.0", "attributes": {"in' +
  'itial": null, "editable": false, "min": 0.0, "max": 100.0, "step": 1.0, "mode": "slider"},' +
  ' "last_changed": "2026-11-21T09:14:19.158155+00:00", "last_updated": "2026-11-21T09:14:19.' +
  '158155+00:00", "context": {"id": "2666b13175358989f0a57bc83254867f", "parent_id": null, "u' +
  'ser_id": null}}, {"entity_id": "persistent_notification.http_login", "state": "notifying",' +
  ' "attributes": {"title": "Login attempt failed", "friendly_name": "Login attempt failed", ' +
  '"message": "Login attempt or request with invalid authentication from localhost (127.0.0.1' +
  '). See the log for details."}, "last_changed": "2026-11-21T09:14:26.710007+00:00", "last_u' +
  'pdated": "2026-11-21T09:14:26.710007+00:00", "context": {"id": "d6dd9d60eaa69632623b5d194a' +
  '429ddc", "parent_id": null, "user_id": null}}]}'
/** What light.turn_on led to: a template light drives a helper. */
export const studioOn =
  '{"id": 3, "type": "event", "event": {"event_type": "state_changed", "data": {"entity_id": ' +
  '"input_boolean.studio_light", "old_state": {"entity_id": "input_boolean.studio_light", "st' +
  'ate": "off", "attributes": {"editable": false, "friendly_name": "Studio light"}, "last_cha' +
  'nged": "2026-11-21T09:14:19.158112+00:00", "last_updated": "2026-11-21T09:14:19.158112+00:' +
  '00", "context": {"id": "a46b6b03427a89661b8fea2962a103d2", "parent_id": null, "user_id": n' +
  'ull}}, "new_state": {"entity_id": "input_boolean.studio_light", "state": "on", "attributes' +
  '": {"editable": false, "friendly_name": "Studio light"}, "last_changed": "2026-11-21T09:14' +
  ':27.249451+00:00", "last_updated": "2026-11-21T09:14:27.249451+00:00", "context": {"id": "' +
  '9c2564f7f89070d82f4d7c7220f2cf72", "parent_id": null, "user_id": "7d48f6332ff04caeafe2989f' +
  'f36d90ea"}}}, "origin": "LOCAL", "time_fired": "2026-11-21T09:14:27.249451+00:00", "contex' +
  't": {"id": "9c2564f7f89070d82f4d7c7220f2cf72", "parent_id": null, "user_id": "7d48f6332ff0' +
  '4caeafe2989ff36d90ea"}}}'
export const keyOn =
  '{"id": 3, "type": "event", "event": {"event_type": "state_changed", "data": {"entity_id": ' +
  '"light.key_light", "old_state": {"entity_id": "light.key_light", "state": "off", "attribut' +
  'es": {"friendly_name": "Key", "supported_features": 0}, "last_changed": "2026-11-21T09:14:' +
  '19.156498+00:00", "last_updated": "2026-11-21T09:14:19.156498+00:00", "context": {"id": "b' +
  'b04e588fe3a46ff780c8ecd24c7551f", "parent_id": null, "user_id": null}}, "new_state": {"ent' +
  'ity_id": "light.key_light", "state": "on", "attributes": {"friendly_name": "Key", "support' +
  'ed_features": 0}, "last_changed": "2026-11-21T09:14:27.249720+00:00", "last_updated": "202' +
  '6-11-21T09:14:27.249720+00:00", "context": {"id": "9c2564f7f89070d82f4d7c7220f2cf72", "par' +
  'ent_id": null, "user_id": "7d48f6332ff04caeafe2989ff36d90ea"}}}, "origin": "LOCAL", "time_' +
  'fired": "2026-11-21T09:14:27.249720+00:00", "context": {"id": "9c2564f7f89070d82f4d7c7220f' +
  '2cf72", "parent_id": null, "user_id": "7d48f6332ff04caeafe2989ff36d90ea"}}}'
/** To light.turn_on, after both events. */
export const done =
  '{"id": 6, "type": "result", "success": true, "result": {"context": {"id": "9c2564f7f89070d' +
  '82f4d7c7220f2cf72", "parent_id": null, "user_id": "7d48f6332ff04caeafe2989ff36d90ea"}}}'
/** To a service that it does not have. */
const serviceNotFound =
  '{"id": 66, "type": "result", "success": false, "error": {"code": "not_found", "message": "' +
  'Service not found."}}'
/** To a request that it does not have. */
export const unknownCommand =
  '{"id": 67, "type": "result", "success": false, "error": {"code": "unknown_command", "messa' +
  'ge": "Unknown command."}}'
/** How a real client asked for light.turn_on. */
export const asked =
  '{"type":"call_service","domain":"light","service":"turn_on","service_data":{"entity_id":"l' +
  'ight.key_light"},"id":6}'
/** How it asked for a service that there is none of. */
export const askedUnknown = '{"type":"call_service","domain":"light","service":"nope","id":66}'

/** A frame as an answer to, or an event of, another request. */
const withId = (frame: string, id: number) => frame.replace(/"id": \d+/, `"id": ${id}`)

/** A server that answers what the recorded one was asked, with its frames, and nothing else: no ping, no registry. */
export async function replay() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const asked: string[] = []
  let subscription = 0
  server.on('connection', (socket) => {
    socket.send(authRequired)
    socket.on('message', (bytes: Buffer) => {
      const text = bytes.toString('utf8')
      const request = JSON.parse(text) as Json
      if (!isObject(request)) return
      const { type, id, service, event_type: event, access_token: token } = request
      asked.push(text)
      const say = (frame: string, to = Number(id)) => socket.send(withId(frame, to))
      if (type === 'auth') return say(token === 'bad' ? authInvalid : authOk)
      if (type === 'get_states') return say(states)
      if (type === 'subscribe_events' && event === 'state_changed') {
        subscription = Number(id)
        return say(subscribed)
      }
      if (type === 'call_service' && service === 'turn_on') {
        say(studioOn, subscription)
        say(keyOn, subscription)
        return say(done)
      }
      if (type === 'call_service') return say(serviceNotFound)
      return type === 'ping' ? undefined : say(unknownCommand)
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    port,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of server.clients) socket.terminate()
        server.close(() => resolve())
      }),
  }
}
