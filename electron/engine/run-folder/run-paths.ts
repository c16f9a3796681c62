import path from 'node:path';
import type { Role } from '../../contract/run.ts';
import { makeFolders } from '../../platform/files.ts';

/** A network that a run keeps: one of its roles', or a member of an ensemble that teaches, counted from 1. */
export type NetworkName = Role | `teacher-${number}`;

/** Where the files of a run are. */
export class RunPaths {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }
  checkpointFolder(role: Role): string {
    return this.path('checkpoints', role);
  }
  weightsFile(name: NetworkName): string {
    return this.path('weights', `${name}.safetensors`);
  }
  /** The file's path, its folder made where missing. */
  async prepare(...parts: string[]): Promise<string> {
    const file = this.path(...parts);
    await makeFolders(path.dirname(file));
    return file;
  }
}
