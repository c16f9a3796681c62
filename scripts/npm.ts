import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';

/** Starts npm. By its own file where npm itself started this: on Windows the command npm is a script of the shell. */
export function npm(args: readonly string[], stdio: StdioOptions): ChildProcess {
  const file = process.env['npm_execpath'];
  return file === undefined
    ? spawn('npm', args, { stdio })
    : spawn(process.execPath, [file, ...args], { stdio });
}

/** All that a process prints, and its exit status; null where a signal ended it. */
export async function ended(child: ChildProcess): Promise<{ output: string; status: number | null }> {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  return { output: Buffer.concat(chunks).toString('utf8'), status };
}
