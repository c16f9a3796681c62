import type { Leak } from './dataset.ts';
import type { SplitRecipe } from './recipe/split.ts';

export interface SplitPreview {
  classes: {
    id: number;
    name: string;
    seen: boolean;
    train: number;
    validation: number;
    test: number;
    tracksTrain: number;
    tracksValidation: number;
  }[];
  /** Of one class, where one was asked for: its tracks, in order. */
  tracks: { track: string; images: number; part: 'train' | 'validation' | 'test' | 'unused' }[];
  totals: { train: number; validation: number; test: number };
  /** Images of a teacher that is trained here; the student's where none is. */
  teacher: { train: number; validation: number };
  /** The way that divides it: where the recipe has auto, what that comes to. */
  method: Exclude<SplitRecipe['method'], 'auto'>;
  /** Images of the dataset's own validation part that this way leaves aside. */
  leftAside: number;
  /** Pictures that training shares with another part as they are divided here; those that the import left out for equal bytes are not among them. */
  leaks: Leak[];
}
