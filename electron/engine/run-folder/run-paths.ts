import path from 'node:path';
import type { Role } from '../../contract/run.ts';
import { makeFolders } from '../../platform/files.ts';

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
  weightsFile(role: Role): string {
    return this.path('weights', `${role}.safetensors`);
  }
  /** The file's path, its folder made where missing. */
  async prepare(...parts: string[]): Promise<string> {
    const file = this.path(...parts);
    await makeFolders(path.dirname(file));
    return file;
  }
}
