import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DistillError } from '../contract/errors.ts';

/** The port that is tried first, so that a bookmark or a tunnel mostly stays right. */
export const FIRST_PORT = 4173;
const TRIES = 20;

/** Listens on `port` (0: any free one; null: 4173 or one of the next that is free); gives the port. Throws INVALID_INPUT. */
export async function listen(server: Server, host: string, port: number | null): Promise<number> {
  const last = port ?? FIRST_PORT + TRIES - 1;
  for (let candidate = port ?? FIRST_PORT; ; candidate++) {
    try {
      return await tryToListen(server, host, candidate);
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code;
      if (code === 'EADDRINUSE' && candidate < last) continue;
      throw refused(thrown, code, host, candidate);
    }
  }
}

function tryToListen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function refused(thrown: unknown, code: string | undefined, host: string, port: number): unknown {
  if (code === 'EADDRINUSE') {
    const hint = 'Choose another with --port, or --port 0 for any that is free.';
    return new DistillError('INVALID_INPUT', `Port ${port} is in use.`, hint, { cause: thrown });
  }
  if (code === 'EACCES') {
    const hint = 'Choose one from 1024 on.';
    return new DistillError('INVALID_INPUT', `Port ${port} may not be used.`, hint, { cause: thrown });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const hint = 'Leave --host out for this machine alone; 0.0.0.0 stands for all addresses.';
    return new DistillError('INVALID_INPUT', `"${host}" is not an address of this machine.`, hint, {
      cause: thrown,
    });
  }
  return thrown;
}
