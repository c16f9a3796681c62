import type { ExportFormat } from '../../contract/exports.ts';
import { bundle } from './bundle.ts';
import { csv } from './csv.ts';
import type { Exporter } from './exporter.ts';
import { onnx, onnxFloat16, onnxInt8 } from './onnx.ts';
import { plots } from './plots.ts';
import { pytorch } from './pytorch.ts';
import { report } from './report.ts';
import { safetensors } from './safetensors.ts';
import { tfjs } from './tfjs.ts';
import { microcontroller, tflite, tfliteFloat16, tfliteInt8 } from './tflite.ts';
import { webDemo } from './web-demo.ts';

/** A new format is one file and one line here. */
export const exporters = {
  safetensors,
  pytorch,
  onnx,
  'onnx-fp16': onnxFloat16,
  'onnx-int8': onnxInt8,
  tfjs,
  tflite,
  'tflite-fp16': tfliteFloat16,
  'tflite-int8': tfliteInt8,
  microcontroller,
  'web-demo': webDemo,
  report,
  csv,
  plots,
  bundle,
} satisfies Record<ExportFormat, Exporter>;
