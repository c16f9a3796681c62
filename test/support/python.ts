import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const candidates = [process.env['PYTHON'], '/opt/py/bin/python', '/opt/tf/bin/python', 'python3'];

/** The first Python that has these packages; null: none. PYTHON names one of elsewhere. */
export function pythonWith(...packages: string[]): string | null {
  const script = `import importlib.util as u, sys; sys.exit(not all(u.find_spec(p) for p in ${JSON.stringify(packages)}))`;
  const has = (python: string): boolean => {
    try {
      execFileSync(python, ['-c', script], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  return candidates.find((python): python is string => python !== undefined && has(python)) ?? null;
}

/** What a script prints. Throws with its errors where it fails. */
export async function runPython(
  python: string,
  script: string,
  args: readonly string[] = [],
): Promise<string> {
  // One thread and no compiled copies of what it imports: test files share the machine and their folders are compared.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' };
  return (await run(python, [script, ...args], { env })).stdout;
}
