import type { PairVerdict } from '../verdict.ts';
import type { SweepScore, Sweep } from './sweep.ts';
import type { SweepState } from './sweep-status.ts';

/** Mean and spread of one score over seeds. */
export interface SeedSummary {
  seeds: number;
  mean: number;
  /** Sample standard deviation; null with one seed. */
  deviation: number | null;
  /** Percentile bootstrap of the mean, 95 %; null with one seed. */
  interval: [number, number] | null;
}

/** Fractions in [0, 1] where they are shares. null: not known. */
export interface SettingRow {
  setting: number;
  /** What each axis is here, by the axis' name. */
  values: Record<string, string>;
  /** Of the held-out images, by the sweep's score; null before a member has completed. */
  score: SeedSummary | null;
  /** Members that completed, and all of the setting. */
  completed: number;
  members: number;
  /** Of the student. */
  parameters: number | null;
  bytes: number | null;
  macs: number | null;
  latencyMs: number | null;
  /** The member with the best score of its own, of several alike the one that comes first; null before one has completed. */
  best: BestMember | null;
}

export interface BestMember {
  seed: number;
  score: number;
  folder: string;
}

/** What a setting costs: figures of which less is better. */
export const sweepCosts = ['parameters', 'bytes', 'macs', 'latencyMs'] as const;
export type SweepCost = (typeof sweepCosts)[number];

/** The mean score of all settings that share one value of an axis. */
export interface AxisEffect {
  axis: string;
  levels: { value: string; settings: number; mean: number }[];
}

/** A two-sided test of the chosen setting against another. */
export interface SettingTest {
  p: number;
  /** For the number of comparisons (Holm, 1979). */
  corrected: number;
  /** Of the chosen setting, by the corrected p. */
  verdict: PairVerdict;
}

/** The chosen setting beside another, on test images. */
export interface SettingComparison {
  /** The other. */
  setting: number;
  /** Exact McNemar tests, one for each seed that both have. */
  perSeed: { seed: number; onlyChosen: number; onlyOther: number; p: number }[];
  /** Mean accuracy of the chosen setting less that of the other, over these seeds. */
  lead: number;
  /** Of the students that were trained, over other images of this kind: all seeds together. It is silent about other seeds. */
  students: SettingTest;
  /** Of the settings: over other seeds and other images. `interval`: of the lead, 95 %, uncorrected. null with fewer than three seeds. */
  acrossSeeds: (SettingTest & { interval: [number, number] }) | null;
  sentence: string;
}

/** What test images show, looked at once, when every member has ended. */
export interface SweepTest {
  /** Test accuracy of the chosen setting. */
  accuracy: SeedSummary;
  comparisons: SettingComparison[];
}

export interface SweepTable {
  name: string;
  state: SweepState;
  score: SweepScore;
  axes: Sweep['axes'];
  settings: SettingRow[];
  /** The setting with the best mean score; null before any has one. */
  chosen: number | null;
  /** Settings that no other beats in score without more of the same cost, by cost. */
  fronts: Record<SweepCost, number[]>;
  effects: AxisEffect[];
  /** null before the sweep is completed. */
  test: SweepTest | null;
  /** The outcome in words. */
  sentence: string;
}
