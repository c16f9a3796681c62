import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Redis server with an append-only file, which can be killed and started again. */
export class TestRedis {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  readonly #address: string;
  #process: ChildProcess | null = null;

  constructor(port: number, folder: string, address = '127.0.0.1') {
    this.#port = port;
    this.#folder = folder;
    this.#address = address;
    this.url = `redis://${address}:${port}`;
  }

  async start(): Promise<void> {
    const place = { port: this.#port, bind: this.#address, 'protected-mode': 'no', dir: this.#folder };
    const options = { ...place, save: '', appendonly: 'yes' };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#process = spawn('redis-server', args, { stdio: 'ignore' });
    while (!(await this.#responds())) await sleep(20);
  }

  /** At once, with nothing saved but what is in the file. */
  async kill(): Promise<void> {
    if (!this.#process) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    this.#process = null;
  }

  /** As `kill`, without waiting. */
  end(): void {
    this.#process?.kill('SIGKILL');
  }

  async #responds(): Promise<boolean> {
    const socket = net.connect(this.#port, this.#address);
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
