import type { Callback, Training } from '../callback.ts';
import { discriminativeRates, scheduled, stagePlace, stageProgress } from '../schedule.ts';

/**
 * Freezing, rates and momentum. The schedule begins anew in each stage, over the stage's steps. The optimiser's moments live on from one
 * stage to the next unless the freezing changes, as in fastai: its fit keeps the optimiser, its freeze_to clears it.
 */
export class Schedule implements Callback {
  private peaks: number[] = [];

  beforeStage(training: Training): void {
    const { model, optimizer, recipe } = training;
    const place = stagePlace(recipe.stages, training.epoch);
    const previous = recipe.stages[place.index - 1];
    const starts = place.epoch === 0 && training.step === 0;
    if (starts && previous && previous.freezeTo !== place.stage.freezeTo) optimizer.clear();
    model.freezeTo(place.stage.freezeTo);
    this.peaks = discriminativeRates(place.stage.learningRate, model.groups);
  }

  beforeStep(training: Training): void {
    const place = stagePlace(training.recipe.stages, training.epoch);
    const progress = stageProgress(place, training.step, training.steps);
    const points = this.peaks.map((peak) => scheduled(progress, peak, training.recipe.schedule));
    training.learningRates = points.map((point) => point.learningRate);
    training.momentum = points[0]!.momentum;
  }
}
