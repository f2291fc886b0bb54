import {
  anything,
  flag,
  forEntities,
  forNobody,
  number,
  object,
  type Service,
  text,
  texts,
  word,
} from './service.ts'

const message = text('What to say')
const title = text('Title')

/** Media players, messages and speech. */
export const mediaServices: readonly Service[] = [
  forEntities('media_player.turn_on', 'Turn media players on'),
  forEntities('media_player.turn_off', 'Turn media players off'),
  forEntities('media_player.toggle', 'Turn media players on or off'),
  forEntities('media_player.media_play', 'Play'),
  forEntities('media_player.media_pause', 'Pause'),
  forEntities('media_player.media_play_pause', 'Play or pause'),
  forEntities('media_player.media_stop', 'Stop'),
  forEntities('media_player.media_next_track', 'Next track'),
  forEntities('media_player.media_previous_track', 'Track before'),
  forEntities('media_player.media_seek', 'Go to a place of the track', {
    'seek_position!': number(0, 1e9, 'Seconds from the start'),
  }),
  forEntities('media_player.volume_up', 'Louder'),
  forEntities('media_player.volume_down', 'Quieter'),
  forEntities('media_player.volume_set', 'Set the volume', {
    'volume_level!': number(0, 1, 'Volume, 0 to 1'),
  }),
  forEntities('media_player.volume_mute', 'Mute or not', { 'is_volume_muted!': flag('Mute') }),
  forEntities('media_player.play_media', 'Play something', {
    media_content_id: text('What: an URL or an id'),
    media_content_type: text('Of which kind: music, video, …'),
    media: object('The same as one object, as Home Assistant has it since 2025'),
    enqueue: word(['play', 'next', 'add', 'replace'], 'Where in the queue'),
    announce: flag('As an announcement'),
    extra: object('What the player takes beyond'),
  }),
  forEntities('media_player.select_source', 'Choose the source', { 'source!': text('Source') }),
  forEntities('media_player.select_sound_mode', 'Choose the sound', {
    'sound_mode!': text('Sound'),
  }),
  forEntities('media_player.clear_playlist', 'Clear the playlist'),
  forEntities('media_player.shuffle_set', 'Shuffle or not', { 'shuffle!': flag('Shuffle') }),
  forEntities('media_player.repeat_set', 'Repeat', {
    'repeat!': word(['off', 'all', 'one'], 'What is repeated'),
  }),
  forEntities('media_player.join', 'Play together', { 'group_members!': texts('Players') }),
  forEntities('media_player.unjoin', 'Play alone'),
  forNobody('notify.notify', 'Notify everybody', {
    'message!': message,
    title,
    target: anything('Whom, as the service wants it'),
    data: object('What the service takes beyond'),
  }),
  forNobody('notify.persistent_notification', "A note in Home Assistant's own window", {
    'message!': message,
    title,
    data: object('notification_id'),
  }),
  forEntities('notify.send_message', 'Notify through entities', { 'message!': message, title }),
  forNobody('persistent_notification.create', "A note in Home Assistant's own window", {
    'message!': message,
    title,
    notification_id: text('The note it replaces'),
  }),
  forNobody('persistent_notification.dismiss', 'Take a note away', {
    'notification_id!': text('Which'),
  }),
  forEntities('tts.speak', 'Say something on media players', {
    'media_player_entity_id!': anything('Media player, or a list of them'),
    'message!': message,
    cache: flag('Keep the sound'),
    language: text('Language: de'),
    options: object('What the voice takes beyond'),
  }),
  forNobody('tts.clear_cache', 'Forget all kept sounds'),
]
