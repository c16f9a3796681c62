import {
  type Destination,
  destinations,
  type ExportDescriptor,
  exportDescriptors,
  type ExportFormat,
  exportFormats,
} from '../electron/contract/exports.ts';

/** Formats as screens show them: by where the network is to run. */
export interface DestinationFormats {
  destination: Destination;
  title: string;
  icon: string;
  formats: ExportFormat[];
}

const icons: Record<Destination, string> = {
  python: 'i-lucide-file-code',
  onnxruntime: 'i-lucide-server',
  browser: 'i-lucide-globe',
  litert: 'i-lucide-smartphone',
  microcontroller: 'i-lucide-cpu',
  people: 'i-lucide-file-text',
};

export const descriptorOf = (format: ExportFormat): ExportDescriptor => exportDescriptors[format];

/** Whether a format is the zip of everything else that is written, which has a place of its own. */
export const isBundle = (format: ExportFormat): boolean => format === 'bundle';

/** Destinations in the contract's order, those that have a format. */
export const destinationFormats: readonly DestinationFormats[] = (
  Object.entries(destinations) as [Destination, string][]
)
  .map(([destination, title]) => ({
    destination,
    title,
    icon: icons[destination],
    formats: exportFormats.filter(
      (format) => descriptorOf(format).destination === destination && !isBundle(format),
    ),
  }))
  .filter(({ formats }) => formats.length > 0);

/** `formats` with one of them switched on or off, in the contract's order. */
export const withFormat = (
  formats: readonly ExportFormat[],
  format: ExportFormat,
  on: boolean,
): ExportFormat[] => exportFormats.filter((one) => (one === format ? on : formats.includes(one)));
