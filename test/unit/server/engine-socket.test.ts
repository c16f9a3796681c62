import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { connect } from '../../../electron/rpc/connect.ts';
import { memoryTransports } from '../../../electron/rpc/memory.ts';
import type { Message } from '../../../electron/rpc/protocol.ts';
import { serve } from '../../../electron/rpc/serve.ts';
import { webSocketTransport } from '../../../electron/rpc/web-socket.ts';
import type { Transport } from '../../../electron/rpc/transport.ts';
import { engineSockets } from '../../../electron/server/engine-socket.ts';
import { fakeEngine } from '../../contract/fake-engine.ts';

const sample = { folder: '/s', train: 1, test: 1 };
const engine = fakeEngine({ dataset: { sample: () => Promise.resolve(sample) } });
const log = vi.fn();
/** What stands for the channel to the engine; replaced by a test that needs another one. */
let open = (): Transport => {
  const [near, far] = memoryTransports();
  serve(far, engine);
  return near;
};

const sockets = engineSockets(() => open(), log);
const server = createServer();
server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
const thrown = vi.fn();

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.on('uncaughtException', thrown);
});
afterAll(() => {
  process.off('uncaughtException', thrown);
  sockets.close();
  server.close();
});

async function newSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

const call = (input: string): string =>
  `{"kind":"call","id":0,"service":"dataset","method":"sample","input":${input}}`;

it.each([
  ['20,000 nested arrays', call('['.repeat(20_000) + ']'.repeat(20_000)), 1009],
  ['20,000 objects that are only opened', call('{"a":'.repeat(20_000)), 1009],
  ['a million names', call(`{${'"a":0,'.repeat(1_000_000)}"b":0}`), 1009],
  ['a text of 17 MiB', call(JSON.stringify('a'.repeat(17 * 2 ** 20))), 1009],
  ['bytes', Buffer.alloc(1000), 1009],
])('%s close their own socket, and the next one is served', async (_what, data, code) => {
  const socket = await newSocket();
  socket.send(data);
  expect(await once(socket, 'close')).toEqual([code, expect.anything()]);
  const next = connect(webSocketTransport(await newSocket()));
  await expect(next.dataset.sample({ folder: '/s' })).resolves.toEqual(sample);
  next.close();
  expect(thrown).not.toHaveBeenCalled();
});

it('closes a socket whose message the engine cannot be sent', async () => {
  const before = open;
  open = () => ({
    ...before(),
    post: () => {
      throw new RangeError('Maximum call stack size exceeded');
    },
  });
  const socket = await newSocket();
  socket.send(call('{}'));
  await once(socket, 'close');
  open = before;
  expect(thrown).not.toHaveBeenCalled();
  expect(log).toHaveBeenCalledWith(expect.stringContaining('A message failed'), expect.any(RangeError));
});

it('takes no more from a window while the engine has not taken what it sent', async () => {
  const before = open;
  const posted: Message[] = [];
  let release: () => void = () => undefined;
  open = () => ({
    ...before(),
    post: (message) => void posted.push(message),
    sent: () => new Promise((resolve) => (release = resolve)),
  });
  const socket = await newSocket();
  open = before;
  const text = call(JSON.stringify('a'.repeat(1_000_000)));
  for (let i = 0; i < 40; i++) socket.send(text);
  await vi.waitFor(() => expect(posted).toHaveLength(1));
  // The rest waits in the system's buffers and with its sender.
  expect(socket.bufferedAmount).toBeGreaterThan(10_000_000);
  for (let taken = 1; taken < 40; taken++) {
    await vi.waitFor(() => expect(posted).toHaveLength(taken));
    release();
  }
  await vi.waitFor(() => expect(posted).toHaveLength(40));
  socket.terminate();
});
