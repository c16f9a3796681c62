/** Best first. What comes after 'cpu', which is everywhere, is used only when it is asked for. */
export const backendNames = ['tensorflow', 'onnxruntime', 'cpu', 'onnxruntime-webgpu'] as const;
export type BackendName = (typeof backendNames)[number];

export interface BackendFinding {
  name: BackendName;
  available: boolean;
  /** Version, or why it is not to be had, in one sentence. */
  detail: string;
  /** What to do to have it; empty where nothing is missing. */
  hint: string;
}

export interface DoctorReport {
  version: string;
  node: string;
  platform: string;
  cpu: string;
  /** Cores that this process may use. */
  cores: number;
  memoryBytes: number;
  freeMemoryBytes: number;
  gpu: string | null;
  backends: BackendFinding[];
  chosen: BackendName;
  /** Why `chosen` was chosen and not a better one. */
  reason: string;
}

/** A TensorFlow of the user's that tfjs-node's native part was built against. */
export interface TensorflowLink {
  /** Its version. */
  tensorflow: string;
  /** The folder with its headers and libraries. */
  libtensorflow: string;
  /** The folder with what was built. */
  folder: string;
  /** Whether it is built for CUDA, and for which versions; null where its folder does not show it. */
  cuda: boolean | null;
  cudaVersion: string | null;
  cudnnVersion: string | null;
  /** ISO date and time. */
  linkedAt: string;
}
