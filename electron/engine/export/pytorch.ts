import { networkFolder } from './network-folder.ts';
import { pytorchFiles } from './pytorch/files.ts';

/** <run>-<role>-pytorch/: the network for PyTorch, with all that its user needs. */
export const pytorch = networkFolder('pytorch', 'pytorch', pytorchFiles);
