import type { ComputingHandlers } from '../../contract/services.ts';
import { examine } from '../backend/doctor.ts';
import { linkTensorflow } from '../backend/tensorflow/link.ts';
import { benchStep } from '../estimate/bench.ts';
import { writeDiagnostics } from '../user/diagnostics.ts';

export const systemHandlers: ComputingHandlers['system'] = {
  doctor: ({ backend }, { signal }) => examine(backend, signal),
  linkTensorflow: ({ libtensorflow, to }, { signal, progress }) =>
    linkTensorflow(libtensorflow, { to, signal, onStep: (done, total) => progress({ done, total }) }),
  bench: benchStep,
  diagnostics: writeDiagnostics,
};
