export interface LearningRateCurve {
  learningRates: number[];
  losses: number[];
  suggestions: { valley: number | null; steep: number | null; minimum: number | null };
}
