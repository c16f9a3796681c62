import { exportDescriptors, isChecked, precisionOf } from '../../contract/exports.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { calibrationCounts } from '../export/calibration.ts';
import { calibrationImages } from '../export/quantise/quantise.ts';
import { forwardWork, type NetworkCost } from '../models/cost.ts';
import type { RunCounts } from './run-counts.ts';

/** One network's latency, and what is built for it. */
const latencySeconds = 0.7;
/** Of an exported network that is checked: opening and timing it. */
const checkSeconds = 0.7;
/** What calibrating takes whatever the network: above all the thresholds by entropy. */
const calibrationSeconds = 3;
/** The time of a multiply-accumulate of the calibration, which keeps all values of the network, over that of a recorded training step. */
const calibrationWork = 1.4;

/** What ends a run. */
export interface EndWork {
  /** Seconds in which each network's latency is measured. */
  latency: number;
  /** Seconds in which the exports are written. */
  exports: number;
  /** Finding int8's ranges. */
  calibration: EndPart;
  /** Checking those exports that are of the student. */
  checks: EndPart;
}
/** Seconds that hardly depend on the network, and work in the multiply-accumulates of training steps. */
interface EndPart {
  seconds: number;
  work: number;
}

/**
 * What ends a run. A network that is in two of the exports is calibrated and checked once. `recorded`: the time of a recorded training
 * step over that of the run's steps, in whose work the end is given.
 */
export function planEnd(
  { exports, baseline }: Recipe,
  { train, validation, test }: Pick<RunCounts, 'train' | 'validation' | 'test'>,
  student: NetworkCost,
  recorded: number,
): EndWork {
  const forward = recorded * forwardWork(student);
  const isTwice = exports.includes('tflite-int8') && exports.includes('microcontroller');
  const checked = exports.filter(isChecked).filter((format) => !(isTwice && format === 'microcontroller'));
  const isCalibrated = exports.some((format) => precisionOf(format) === 'int8');
  const { calibrated, held } = calibrationCounts(train, validation);
  const whole = {
    seconds: calibrationSeconds,
    work: calibrationWork * calibrationImages(calibrated, held) * forward,
  };
  return {
    latency: latencySeconds * (baseline ? 3 : 2),
    exports: exports.reduce((sum, format) => sum + exportDescriptors[format].writeSeconds, 0),
    calibration: isCalibrated ? whole : { seconds: 0, work: 0 },
    checks: {
      seconds: checkSeconds * checked.length,
      work: checked.reduce((sum, format) => sum + exportDescriptors[format].checkWork! * test * forward, 0),
    },
  };
}
