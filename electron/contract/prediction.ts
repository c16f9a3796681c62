import type { ErrorValue } from './errors.ts';
import type { Latency } from './result.ts';

export interface Prediction {
  image: string;
  /** Why this image could not be read; then `top5` is empty. */
  error: ErrorValue | null;
  /** Of the network that predicted, as `models.latency` measures it; null where the image could not be read. */
  latency: Latency | null;
  top5: { id: number; name: string; probability: number }[];
}
