/** Endings of recipes' files, without dot: the program's own, which the system opens with it, and any JSON. */
export const recipeFiles: readonly string[] = ['distill', 'json'];

export const isRecipePath = (path: string): boolean => /\.(distill|json)$/i.test(path);

/** Where to save a recipe, with the program's own ending where none was given. */
export const recipePath = (path: string): string => (isRecipePath(path) ? path : `${path}.distill`);
