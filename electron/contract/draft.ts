/** A recipe in the making: not valid until it is done. */
export interface Draft {
  id: string;
  updatedAt: string;
  /** The recipe's fields as far as they are filled in. */
  recipe: unknown;
  /** Values of fields that are tried instead of the recipe's one, by the field. */
  tries: unknown;
  /** Dataset's path, as `runs.start` takes it. */
  data: string | null;
  /** The id of the wizard's step, e.g. 'training'. */
  step: string;
}
