import type { Handlers } from '../../contract/services.ts';
import { identifyNetwork, ownNetwork } from '../models/weights/identify.ts';
import { openWeights } from '../models/weights/load.ts';
import { fitOf, matchTensors } from '../models/weights/match.ts';
import { classNamesIn } from '../models/weights/metadata.ts';
import { namedWeights } from './named-weights.ts';

/** How a weights file fits a network. A file that does not fit is no error; throws what openWeights throws for one that cannot be read. */
export const matchWeights: Handlers['models']['matchWeights'] = async ({ file, model, classes }) => {
  const { format, tensors, metadata } = await openWeights((await namedWeights(file)).file);
  const report = matchTensors(model, classes, tensors);
  const { matched, missing, unexpected, mismatched, adopted } = report;
  return {
    file,
    format,
    tensors: tensors.size,
    matched: matched.length,
    missing,
    unexpected,
    mismatched: mismatched.map(({ name, file: found, here }) => ({ name, file: found, network: here })),
    ignored: adopted.ignored,
    fit: fitOf(report, model),
    classNames: classNamesIn(metadata),
  };
};

/** What a weights file is of, by its shapes (or its metadata); throws what openWeights throws. */
export const identifyWeights: Handlers['models']['identifyWeights'] = async ({ file }) => {
  const { format, tensors, container, metadata } = await openWeights((await namedWeights(file)).file);
  return {
    file,
    format,
    tensors: tensors.size,
    container,
    network: ownNetwork(metadata) ?? identifyNetwork(tensors),
    classNames: classNamesIn(metadata),
  };
};
