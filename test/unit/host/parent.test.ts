import { MessageChannel } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { utilityParent } from '../../../electron/host/parent.ts';
import { connect } from '../../../electron/rpc/connect.ts';
import type { MessagePortMainLike } from '../../../electron/rpc/message-port-main.ts';
import { messagePortTransport } from '../../../electron/rpc/message-port.ts';
import { serve } from '../../../electron/rpc/serve.ts';
import { fakeEngine } from '../../contract/fake-engine.ts';
import { portMain } from '../../support/port-main.ts';

it("serves every port that Electron's main process transfers, and ends when it is asked", async () => {
  let say: (event: { data: unknown; ports: MessagePortMainLike[] }) => void = () => undefined;
  const told: unknown[] = [];
  const parent = utilityParent({
    on: (_event, listener) => (say = listener),
    postMessage: (message) => told.push(message),
  });
  const engine = fakeEngine({ system: { unlinkTensorflow: () => Promise.resolve(null) } });
  const windows = [0, 1].map(() => {
    const { port1, port2 } = new MessageChannel();
    // One comes before the engine is loaded.
    say({ data: { kind: 'client' }, ports: [portMain(port2)] });
    return connect(messagePortTransport(port1));
  });
  const call = windows[0]!.system.unlinkTensorflow({});
  parent.onClient((client) => serve(client, engine));
  await expect(call).resolves.toBeNull();
  await expect(windows[1]!.system.unlinkTensorflow({})).resolves.toBeNull();

  const end = vi.fn();
  parent.onEnd(end);
  for (const data of [null, 7, {}, { kind: 'else' }]) say({ data, ports: [] });
  expect(end).not.toHaveBeenCalled();
  say({ data: { kind: 'shutdown' }, ports: [] });
  expect(end).toHaveBeenCalledOnce();
  parent.tell({ kind: 'working', value: true });
  expect(told).toEqual([{ kind: 'working', value: true }]);
  for (const window of windows) window.close();
});
