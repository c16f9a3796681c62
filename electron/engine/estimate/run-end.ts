import { exportDescriptors, type ExportFormat, precisionOf } from '../../contract/exports.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { calibrationCounts } from '../export/calibration.ts';
import { calibrationImages } from '../export/quantise/quantise.ts';
import { forwardWork, type NetworkCost } from '../models/cost.ts';

/** One network's latency, and what is built for it. */
const latencySeconds = 0.7;
/** Of the exports, as the sample's take: the report, its tables, plots, weights; int8 once it is calibrated. */
const exportSecondsOf = {
  safetensors: 0.2,
  pytorch: 0.2,
  onnx: 0.3,
  'onnx-fp16': 0.3,
  'onnx-int8': 0.3,
  tfjs: 0.3,
  tflite: 0.3,
  'tflite-fp16': 0.3,
  'tflite-int8': 0.3,
  microcontroller: 0.3,
  'web-demo': 0.5,
  bundle: 1,
  report: 0.6,
  csv: 0.3,
  plots: 2.5,
} as const;

/** Of an exported network that is checked: opening and timing it. */
const checkSeconds = 0.7;
/** What calibrating takes whatever the network: above all the thresholds by entropy. */
const calibrationSeconds = 3;

type CheckedFormat = {
  [Format in ExportFormat]: (typeof exportDescriptors)[Format]['checked'] extends true ? Format : never;
}[ExportFormat];
const isChecked = (format: ExportFormat): format is CheckedFormat => exportDescriptors[format].checked;

/**
 * The time of a runtime's multiply-accumulate (forwardWork) over that of a recorded training step. Measured on small ResNets of 8
 * and 20 layers and a MobileNetV2, all at 32 px, which differ from these by a factor of up to two.
 */
const checkWork: Record<CheckedFormat, number> = {
  onnx: 0.5,
  'onnx-fp16': 0.5,
  'onnx-int8': 0.3,
  tfjs: 1.4,
  tflite: 0.6,
  'tflite-fp16': 0.6,
  'tflite-int8': 2.2,
  microcontroller: 2.2,
};
/** The same of a pass of the calibration, which keeps all values of the network. */
const calibrationWork = 1.4;

/** What ends a run: seconds that hardly depend on its network, and work in the multiply-accumulates of recorded training steps. */
export interface EndPlan {
  /** Measuring each network's latency. */
  latencySeconds: number;
  /** Writing the exports. */
  exportSeconds: number;
  /** Finding int8's ranges. */
  calibration: EndPart;
  /** Checking those exports that are of the student. */
  checks: EndPart;
}
interface EndPart {
  seconds: number;
  work: number;
}

export interface EndImages {
  train: number;
  validation: number;
  test: number;
}

/** The plan of a run's end. A network that is in two of the exports is calibrated and checked once. */
export function planEnd({ exports, baseline }: Recipe, images: EndImages, student: NetworkCost): EndPlan {
  const forward = forwardWork(student);
  const isTwice = exports.includes('tflite-int8') && exports.includes('microcontroller');
  const checked = exports.filter(isChecked).filter((format) => !(isTwice && format === 'microcontroller'));
  const isCalibrated = exports.some((format) => precisionOf(format) === 'int8');
  const { calibrated, held } = calibrationCounts(images.train, images.validation);
  const whole = {
    seconds: calibrationSeconds,
    work: calibrationWork * calibrationImages(calibrated, held) * forward,
  };
  return {
    latencySeconds: latencySeconds * (baseline ? 3 : 2),
    exportSeconds: exports.reduce((sum, format) => sum + exportSecondsOf[format], 0),
    calibration: isCalibrated ? whole : { seconds: 0, work: 0 },
    checks: {
      seconds: checkSeconds * checked.length,
      work: checked.reduce((sum, format) => sum + checkWork[format] * images.test * forward, 0),
    },
  };
}

/** Seconds for a multiply-accumulate of a recorded training step where none was timed: those of two cores of an AMD EPYC. */
const usualPace = 1.7e-10;

/** What ends a run, in seconds. */
export interface EndSeconds {
  latency: number;
  exports: number;
  calibration: number;
  checks: number;
}

/** `pace`: seconds for a multiply-accumulate of a recorded training step, as last timed; null: not timed. */
export function endSeconds(
  { latencySeconds: latency, exportSeconds: exports, calibration, checks }: EndPlan,
  pace: number | null,
): EndSeconds {
  const seconds = (part: EndPart) => part.seconds + part.work * (pace ?? usualPace);
  return { latency, exports, calibration: seconds(calibration), checks: seconds(checks) };
}

export const wholeEnd = ({ latency, exports, calibration, checks }: EndSeconds): number =>
  latency + exports + calibration + checks;

/** The share of the exports that is done, by their time: `written` of the files, `calibrated` and `checked` of the images. */
export function exportShare(
  { exports, calibration, checks }: EndSeconds,
  { written, calibrated, checked }: { written: number; calibrated: number; checked: number },
): number {
  const whole = exports + calibration + checks;
  return whole === 0 ? 1 : (written * exports + calibrated * calibration + checked * checks) / whole;
}
