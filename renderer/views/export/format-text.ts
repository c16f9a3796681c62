import type { ExportFormat } from '../../../electron/contract/exports.ts';
import { spreadsheetNote } from '../../../electron/contract/spreadsheet.ts';
import { descriptorOf } from '../../export-formats.ts';
import { host } from '../../host/index.ts';

/** Where this screen's words differ from the contract's descriptions. */
const own: Partial<Record<ExportFormat, string>> = {
  safetensors:
    "The weights under torchvision's names, which PyTorch loads as they are, with class names and image size in a JSON file beside them.",
  report: `${descriptorOf('report').text} ${
    host.printReport === null
      ? 'Open it and print it for a PDF.'
      : 'Once it is written, it can also be saved as a PDF.'
  }`,
  csv: `${descriptorOf('csv').text} ${spreadsheetNote}`,
};

/** What one gets. */
export const formatText = (format: ExportFormat): string => own[format] ?? descriptorOf(format).text;
