import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Draft } from '../../contract/draft.ts';
import type { Handlers } from '../../contract/services.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { fileError, readJson, writeJsonAtomic } from '../../platform/files.ts';
import { draftsFolder, ensureFolder } from '../../platform/home.ts';

type Recipes = Handlers['recipes'];

/** Earlier versions kept the number of the wizard's step; these were its steps. */
const numberedSteps = ['data', 'teacher', 'student', 'training', 'review'];

const stepSchema = z.union([
  z.string(),
  z
    .number()
    .int()
    .transform((index) => numberedSteps[index] ?? 'data'),
]);

const draftSchema = z.object({
  updatedAt: z.iso.datetime(),
  recipe: z.unknown(),
  tries: z.unknown().default({}),
  data: z.string().nullable(),
  step: stepSchema,
});

const draftFile = (id: string): string => path.join(draftsFolder(), `${id}.json`);

/** null where it is gone or damaged: one bad draft must not hide the others. */
async function readDraft(id: string): Promise<Draft | null> {
  const value = await readJson(draftFile(id)).catch(() => null);
  const parsed = draftSchema.safeParse(value);
  return parsed.success ? { id, ...parsed.data } : null;
}

/** Drafts that are read in parallel. */
const atOnce = 16;

/** Newest first. */
export const listDrafts: Recipes['drafts'] = async () => {
  const names = await readdir(draftsFolder()).catch((thrown: unknown) => {
    const error = fileError(thrown, draftsFolder());
    if (error.code === 'NOT_FOUND') return [];
    throw error;
  });
  // What an atomic write left behind begins with a dot.
  const ids = names.filter((name) => /^[a-z0-9-]+\.json$/.test(name)).map((name) => name.slice(0, -5));
  const read = await mapConcurrently(ids, atOnce, readDraft);
  const drafts = read.filter((draft) => draft !== null);
  return drafts.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt) || a.id.localeCompare(b.id));
};

export const saveDraft: Recipes['saveDraft'] = async ({ id, basedOn, recipe, tries, data, step }) => {
  const stored = id === null || basedOn === null ? null : await readDraft(id);
  const isOvertaken = stored !== null && stored.updatedAt !== basedOn;
  const draft: Draft = {
    id: id === null || isOvertaken ? randomUUID() : id,
    updatedAt: new Date().toISOString(),
    // JSON has no undefined, and a draft without a recipe would not be found again.
    recipe: recipe ?? {},
    tries,
    data,
    step,
  };
  await ensureFolder(draftsFolder());
  const { id: name, ...content } = draft;
  await writeJsonAtomic(draftFile(name), content);
  return draft;
};

/** A draft that is gone already is as well. */
export const removeDraft: Recipes['removeDraft'] = async ({ id }) => {
  const file = draftFile(id);
  await rm(file, { force: true }).catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
  return null;
};
