import type { ClassScores, Comparison, Scores, TtaRow } from './result.ts';
import type { Role } from './run.ts';
import type { PairedCounts, PairVerdict } from './verdict.ts';

/** What the evaluation shows of a run under a mask, made of the stored predictions: no model runs for it. */
export interface RunEvaluation {
  mask: { classes: number[] };
  classes: { id: number; name: string; seen: boolean }[];
  /** Test images that count. */
  n: number;
  models: Partial<Record<Role, ModelEvaluation>>;
  comparison: {
    mcnemarP: number | null;
    onlyStudent: number | null;
    onlyBaseline: number | null;
    /** null where there is no student yet. */
    verdict: Comparison['verdict'] | null;
    sentence: string;
    /** Student and teacher alike. */
    agreement: number | null;
  };
  /**
   * Test-time augmentation as it was measured last, scored on the mask's images; a time is that of all images. Empty where
   * none was measured. Of a run that kept no averages, what it measured itself, and for all classes only.
   */
  tta: TtaRow[];
}

export interface ModelEvaluation {
  scores: Scores;
  perClass: ClassScores[];
  /** confusion[i][j]: images of mask class i that the model takes for class j of all classes. */
  confusion: number[][];
  reliability: ReliabilityBin[];
  /** Most confident first, at most 100. */
  mistakes: MistakeEntry[];
}

export interface ReliabilityBin {
  /** Bounds of the confidence. */
  from: number;
  to: number;
  n: number;
  /** Means; null for an empty bin. */
  confidence: number | null;
  accuracy: number | null;
}

export interface MistakeEntry {
  key: string;
  label: number;
  /** Of every model of the run. */
  top5: Partial<Record<Role, { id: number; probability: number }[]>>;
}

/** A test image with the prediction of every model of the run. */
export interface PredictedImage {
  key: string;
  label: number;
  predictions: Partial<Record<Role, { id: number; probability: number }>>;
}

/** One model of a run. */
export interface ModelOfRun {
  folder: string;
  role: Role;
}

/** Two models, of two runs or of one, on the test images that both classified. */
export interface PairComparison {
  /** null where they share no image. */
  counts: PairedCounts | null;
  verdict: PairVerdict | null;
  /** The verdict in words, or why there is none. */
  sentence: string;
  /** What was left out, and how images were recognised where that is less than certain: a sentence each. */
  notes: string[];
}
