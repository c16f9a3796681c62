import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import type { BackendName, DoctorReport } from '../../contract/doctor.ts';
import { chooseBackend, findBackends } from './choose.ts';
import { runProgram } from '../../platform/run-program.ts';
import { programVersion } from '../../platform/version.ts';

/** The first NVIDIA GPU's name, or null where the driver's tool is missing or finds none. */
async function findGpu(signal: AbortSignal | undefined): Promise<string | null> {
  try {
    const { stdout } = await runProgram(
      'nvidia-smi',
      ['--query-gpu=name,memory.total', '--format=csv,noheader'],
      { timeout: 5000, signal },
    );
    return stdout.trim().split('\n')[0] ?? null;
  } catch {
    return null;
  }
}

/** What this machine has, which backend is chosen, and why not another. Rejects with the signal's reason once it is aborted. */
export async function examine(backend: BackendName | 'auto', signal?: AbortSignal): Promise<DoctorReport> {
  const gpu = await findGpu(signal);
  signal?.throwIfAborted();
  const choice = await chooseBackend(backend);
  return {
    version: programVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    gpu,
    backends: findBackends(gpu),
    chosen: choice.name,
    reason: choice.reason,
  };
}
