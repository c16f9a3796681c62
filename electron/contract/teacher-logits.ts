/** A teacher's logits for some real images, for the temperature's slider. */
export interface TeacherLogits {
  /** Whose logits they are, in a sentence. */
  source: string;
  classes: { id: number; name: string }[];
  images: { path: string; key: string; label: number; logits: number[] }[];
}
