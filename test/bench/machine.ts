import { availableParallelism, cpus, release, totalmem } from 'node:os';

/** Where figures were measured. */
export interface Machine {
  cpu: string;
  /** What this process may use. */
  cores: number;
  memoryBytes: number;
  platform: string;
  node: string;
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
  };
}

export const machineTitle = ({ cpu, cores, platform, node }: Machine): string =>
  `${cpu}, ${cores} cores, ${platform}, Node ${node}`;
