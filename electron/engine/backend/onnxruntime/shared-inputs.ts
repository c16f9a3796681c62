import { abilities } from './abilities.ts';
import type { DeviceTensor, Feed, Feeds } from './feed.ts';

const isShared = (feed: Feed | DeviceTensor): feed is Feed =>
  'data' in feed && ArrayBuffer.isView(feed.data) && feed.data.buffer instanceof SharedArrayBuffer;

/** The same inputs, those on shared memory as copies. */
export function withoutShared(inputs: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, feed]) => [
      name,
      isShared(feed) ? { ...feed, data: (feed.data as Float32Array).slice() } : feed,
    ]),
  );
}

/** The inputs as the binding takes them. */
export const readable = (inputs: Feeds): Feeds => (abilities.sharedInputs ? inputs : withoutShared(inputs));
