import type { BackendFinding } from '../../../contract/doctor.ts';
import { DistillError } from '../../../contract/errors.ts';
import { findInstallation, type Installation } from './installation.ts';
import { packageName, packageVersion } from './node-package.ts';
import { registerTensorflow, type LoadedTensorflow } from './register.ts';

/** How TensorFlow is found and loaded; tests put others in. */
export interface TensorflowLoader {
  find: () => Installation | null;
  register: (installation: Installation) => LoadedTensorflow;
}

const loader: TensorflowLoader = { find: findInstallation, register: registerTensorflow };

/** What npm's own libtensorflow was built for. */
const packageBuild = { cuda: true, cudaVersion: '11.2', cudnnVersion: '8.1' };

type Build = { cuda: boolean | null; cudaVersion: string | null; cudnnVersion: string | null };

const linkCommand = 'distill-studio engine link --libtensorflow <folder>';

/** "CUDA 12.5.1 and cuDNN 9", as far as is known. */
function wants({ cudaVersion, cudnnVersion }: Build): string {
  return `CUDA${cudaVersion ? ` ${cudaVersion}` : ''} and cuDNN${cudnnVersion ? ` ${cudnnVersion}` : ''}`;
}

function builtFor(build: Build): string {
  if (build.cuda === false) return 'built without CUDA';
  if (build.cuda === null) return 'which CUDA it is built for, if any, is not stated in its folder';
  return `built for ${wants(build)}`;
}

function adviceOf(build: Build, { gpu }: LoadedTensorflow): string {
  if (gpu) return '';
  if (build.cuda !== true) {
    return 'On a processor --backend onnxruntime is faster. For an NVIDIA GPU link a TensorFlow that is built for CUDA.';
  }
  return `TensorFlow found no GPU that it can use: it needs an NVIDIA driver and, on the library path, ${wants(build)}. On a processor --backend onnxruntime is faster.`;
}

const firstLine = (thrown: unknown) =>
  (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0]!;

function failure(thrown: unknown, build: Build | null): Pick<BackendFinding, 'detail' | 'hint'> {
  if (thrown instanceof DistillError) return { detail: thrown.message, hint: thrown.hint };
  const libraries =
    build?.cuda === false ? '' : ` ${wants(build ?? packageBuild)} must be on the library path.`;
  return {
    detail: `It is there but does not load: ${firstLine(thrown)}`,
    hint: `Link it again (${linkCommand}) or remove the link (distill-studio engine unlink).${libraries}`,
  };
}

/**
 * Loads TensorFlow where it is available and reports what it is: version, device, the CUDA and cuDNN that it wants, or why
 * there is none. `gpu` is the GPU's name for people, where it is known.
 */
export function tensorflowFinding(
  gpu: string | null = null,
  { find, register }: TensorflowLoader = loader,
): BackendFinding {
  const name = 'tensorflow';
  let build: Build | null = null;
  try {
    const installation = find();
    if (installation === null) {
      return {
        name,
        available: false,
        detail: `${packageName} is not installed (its download of libtensorflow failed or was skipped), and no libtensorflow is linked.`,
        hint: `For an NVIDIA GPU: ${linkCommand} with a TensorFlow that you have, e.g. that of its Python wheel; or npm install ${packageName}@${packageVersion} with access to its download host, ${wants(packageBuild)}.`,
      };
    }
    const { link } = installation;
    build = link ?? packageBuild;
    const loaded = register(installation);
    const device = loaded.gpu ? `the GPU${gpu ? ` (${gpu})` : ''}` : 'the CPU';
    const source = link ? `linked on ${link.linkedAt.slice(0, 10)} from ${link.libtensorflow}` : packageName;
    return {
      name,
      available: true,
      detail: `TensorFlow ${loaded.version}, ${source}; computes on ${device}; ${builtFor(build)}`,
      hint: adviceOf(build, loaded),
    };
  } catch (thrown) {
    return { name, available: false, ...failure(thrown, build) };
  }
}
