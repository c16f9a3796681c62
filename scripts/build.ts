/** Everything that is built, side by side: no part reads what another writes. What a part prints comes whole, at its end. */
import { ended, npm } from './npm.ts';

const parts = ['node', 'preload', 'renderer', 'web-runtime'];

async function built(part: string): Promise<boolean> {
  const { output, status } = await ended(
    npm(['run', '--silent', `build:${part}`], ['ignore', 'pipe', 'pipe']),
  );
  process.stdout.write(output);
  if (status !== 0) console.error(`npm run build:${part} failed.`);
  return status === 0;
}

const successes = await Promise.all(parts.map(built));
if (successes.includes(false)) process.exitCode = 1;
