/** Endings of recipe files that the program is associated with. Systems that look at a name's last part only know the first. */
export const recipeEndings = ['.distill', '.distill.json'] as const;

/** Whether a file is a recipe by its name alone: a plain .json may be anything. */
export const isRecipeFile = (file: string): boolean =>
  recipeEndings.some((ending) => file.toLowerCase().endsWith(ending));
