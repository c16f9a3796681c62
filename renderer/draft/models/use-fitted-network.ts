import { watch } from 'vue';
import { useDraft } from '../draft.ts';
import type { TrainedRole } from '../training/use-training.ts';
import { useUndo } from '../undo.ts';
import { useWeightsFit } from './weights-fit.ts';
import { changesOf } from './weights-network.ts';

/** Sets a network to what a weights file is of, when one is chosen: shown, with a way back. A draft that is opened stays as it is. */
export function useFittedNetwork(role: TrainedRole): void {
  const draft = useDraft();
  const weights = useWeightsFit();
  const undo = useUndo();
  const chosen = () => weights[role].file;
  let known = { opening: draft.opening, file: chosen() };
  watch(
    () => weights[role].network,
    (network) => {
      if (draft.opening !== known.opening) known = { opening: draft.opening, file: chosen() };
      if (network === null || chosen() === known.file) return;
      // Once a file: what is chosen by hand after it stays.
      known = { ...known, file: chosen() };
      const { fitted } = weights[role];
      if (fitted)
        undo(`Set from the file. ${changesOf(fitted.before, fitted.after).join('; ')}.`, fitted.apply);
    },
  );
}
