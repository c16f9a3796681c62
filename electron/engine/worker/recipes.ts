import type { ComputingHandlers } from '../../contract/services.ts';
import { writeTorchProject } from '../torch-project/write.ts';

export const recipesHandlers: ComputingHandlers['recipes'] = { writeTorch: writeTorchProject };
