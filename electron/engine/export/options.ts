import type { Exported } from '../../contract/export-outcome.ts';
import type { NetworkOptions, TensorNames } from '../../contract/exports.ts';
import type { CallProgress } from '../../contract/method.ts';
import type { Role } from '../../contract/run.ts';
import type { RunImages } from './calibration.ts';
import type { ExportContext } from './exporter.ts';
import type { WrittenItem } from './item.ts';

export type CheckContext = Pick<ExportContext, 'run' | 'network' | 'options' | 'progress' | 'signal'>;

/** Runs what was written over the test images. */
export type CheckExports = (
  written: readonly WrittenItem[],
  context: CheckContext,
) => Promise<Pick<Exported, 'rows' | 'notes'>>;

export interface ExportRunOptions extends Partial<NetworkOptions> {
  /** How weights name their tensors; default: torchvision's way. */
  names?: TensorNames | undefined;
  /** Default: the student, and of safetensors all that there are. */
  roles?: readonly Role[] | null;
  /** Without, there is no int8. */
  images?: RunImages;
  /** Without, nothing is checked. */
  check?: CheckExports | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: CallProgress) => void) | undefined;
}
