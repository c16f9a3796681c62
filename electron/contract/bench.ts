export interface BenchRow {
  name: string;
  imagesPerSecond: number;
  medianMs: number;
  minMs: number;
  maxMs: number;
}
