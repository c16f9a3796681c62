import type { Runtime } from './runtime.ts';

export interface Settings {
  /** Where runs are made. */
  runsFolder: string;
  /** Where datasets are downloaded and uploaded to. */
  dataFolder: string;
  /** Where teacher logits are kept. */
  logitsFolder: string;
  theme: 'system' | 'light' | 'dark';
  runtime: Runtime;
  /** Datasets and recipes that were opened last, newest first. */
  recent: { kind: 'dataset' | 'recipe'; path: string; time: string }[];
}
