import { EventEmitter } from 'node:events';
import path from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { portMessage, type DesktopBridge } from '../../../electron/contract/desktop.ts';
import { callChannel, pushChannels } from '../../../electron/contract/desktop-channels.ts';

let code: string;
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [path.resolve('electron/preload/index.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['electron'],
  });
  code = outputFiles[0]!.text;
});

class FakeIpc extends EventEmitter {
  readonly invoked: [string, unknown][] = [];
  answer: unknown = undefined;
  invoke(channel: string, input: unknown): Promise<unknown> {
    this.invoked.push([channel, input]);
    return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer);
  }
}

/** Runs the bundle as a sandboxed preload runs: one script, and nothing but Electron to require. */
function load() {
  const ipcRenderer = new FakeIpc();
  const posted: unknown[][] = [];
  const exposed = new Map<string, DesktopBridge>();
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, bridge: DesktopBridge) => exposed.set(name, bridge) },
    ipcRenderer,
    webUtils: { getPathForFile: (file: { at: string }) => file.at },
  };
  vm.runInNewContext(code, {
    require(name: string) {
      if (name !== 'electron') throw new Error(`A sandboxed preload cannot require ${name}.`);
      return electron;
    },
    window: {
      location: { origin: 'app://studio' },
      postMessage: (...message: unknown[]) => posted.push(message),
    },
    process: { platform: 'linux' },
  });
  expect([...exposed.keys()]).toEqual(['distill']);
  return { bridge: exposed.get('distill')!, ipcRenderer, posted };
}

describe('the preload', () => {
  it('offers named calls and nothing of Electron itself', async () => {
    const { bridge, ipcRenderer } = load();
    ipcRenderer.answer = { value: '/a' };
    expect(await bridge.pick({ kind: 'file', title: 'Weights' })).toEqual({ value: '/a' });
    void bridge.reveal('/b');
    void bridge.printReport('/c.html');
    bridge.showRun({ active: true, fraction: 0.5, title: 'a' });
    bridge.setTheme('dark');
    expect(ipcRenderer.invoked).toEqual([
      [callChannel('pick'), { kind: 'file', title: 'Weights' }],
      [callChannel('reveal'), '/b'],
      [callChannel('printReport'), '/c.html'],
      [callChannel('showRun'), { active: true, fraction: 0.5, title: 'a' }],
      [callChannel('setTheme'), 'dark'],
    ]);
    for (const value of Object.values(bridge)) expect(['function', 'string']).toContain(typeof value);
  });

  it('passes the port on to its own origin alone', () => {
    const { ipcRenderer, posted } = load();
    const port = { port: true };
    ipcRenderer.emit(pushChannels.port, { ports: [port] }, portMessage);
    expect(posted).toEqual([[portMessage, 'app://studio', [port]]]);
  });

  it("begins with the engine's present state, and is not overtaken by it", async () => {
    const { bridge, ipcRenderer } = load();
    ipcRenderer.answer = { value: { state: 'starting', error: null } };
    const first: string[] = [];
    const end = bridge.onEngine(({ state }) => first.push(state));
    await new Promise((resolve) => setTimeout(resolve, 1));
    ipcRenderer.emit(pushChannels.engine, {}, { state: 'up', error: null });
    end();
    ipcRenderer.emit(pushChannels.engine, {}, { state: 'failed', error: null });
    expect(first).toEqual(['starting', 'up']);

    const second: string[] = [];
    bridge.onEngine(({ state }) => second.push(state));
    ipcRenderer.emit(pushChannels.engine, {}, { state: 'up', error: null });
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(second).toEqual(['up']);
  });

  it("keeps the menu's wishes for the first listener", () => {
    const { bridge, ipcRenderer } = load();
    ipcRenderer.emit(pushChannels.menu, {}, 'settings');
    ipcRenderer.emit(pushChannels.menu, {}, 'open:/a');
    const heard: string[] = [];
    const end = bridge.onMenu((action) => heard.push(action));
    ipcRenderer.emit(pushChannels.menu, {}, 'library');
    end();
    ipcRenderer.emit(pushChannels.menu, {}, 'new');
    expect(heard).toEqual(['settings', 'open:/a', 'library']);
    bridge.onMenu((action) => heard.push(action));
    expect(heard.at(-1)).toBe('new');
  });

  it('gives the paths of dropped files, and which are not on disk', () => {
    const files = [{ at: '/a/b.png' }, { at: '' }] as unknown as File[];
    expect(load().bridge.pathsOf(files)).toEqual(['/a/b.png', '']);
  });

  it('does not fail where nobody waits for the answer', async () => {
    const { bridge, ipcRenderer } = load();
    ipcRenderer.answer = new Error('refused');
    bridge.requestPort();
    bridge.setTheme('dark');
    const heard: string[] = [];
    bridge.onEngine(({ state }) => heard.push(state));
    await new Promise((resolve) => setTimeout(resolve, 1));
    ipcRenderer.emit(pushChannels.engine, {}, { state: 'up', error: null });
    expect(heard).toEqual(['up']);
    await expect(bridge.openLogs()).rejects.toThrow('refused');
  });
});
