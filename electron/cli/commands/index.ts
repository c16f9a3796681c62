import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { defineBench } from './bench.ts';
import { defineDemo } from './demo.ts';
import { defineDoctor } from './doctor.ts';
import { defineEngine } from './engine.ts';
import { defineEvaluate } from './evaluate.ts';
import { defineExport } from './export.ts';
import { defineInspect } from './inspect.ts';
import { defineLrFind } from './lr-find.ts';
import { definePredict } from './predict.ts';
import { defineRecipe } from './recipe.ts';
import { defineResume } from './resume.ts';
import { defineRun } from './run.ts';
import { defineSample } from './sample.ts';
import { defineServe } from './serve.ts';
import { defineSweep } from './sweep.ts';
import { defineWeights } from './weights.ts';
import { defineWorker } from './worker.ts';

/** Adds a command to the program. What goes wrong in it is thrown; the exit code follows from the error. */
export type Define = (program: Command, session: Session) => void;

/** In the order of --help: the way a newcomer goes. */
export const commands: readonly Define[] = [
  defineDemo,
  defineSample,
  defineInspect,
  defineWeights,
  defineLrFind,
  defineRun,
  defineResume,
  defineSweep,
  defineWorker,
  defineEvaluate,
  definePredict,
  defineExport,
  defineRecipe,
  defineServe,
  defineDoctor,
  defineEngine,
  defineBench,
];
