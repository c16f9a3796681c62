import { architectureName } from '../../../contract/architectures.ts';
import type { ImportReport } from '../../../contract/dataset.ts';
import { exportDescriptors, type NetworkOptions } from '../../../contract/exports.ts';
import type { ExportRow, RunResult } from '../../../contract/result.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { Role } from '../../../contract/run.ts';
import { jsonText } from '../../../platform/files.ts';
import { cardLicense } from './card-license.ts';
import { roleNames, rolesOf } from '../report/data.ts';
import { bytes, decimal, integer, latency, percent, plural, short } from '../report/format.ts';
import { storyOf } from '../report/story.ts';

export interface CardData {
  title: string;
  role: Role;
  /** Side in pixels of its images. */
  size: number;
  result: RunResult;
  recipe: Recipe;
  importReport: ImportReport | null;
  license: NetworkOptions['license'];
  /** Of this program. */
  version: string;
}

type Cell = string | number;

/** Texts of users stay texts: no cell, no markup, no line of their own. */
const text = (value: Cell): string =>
  String(value)
    .replace(/[\\|`*_<>[\]#]/g, '\\$&')
    .replace(/[^\S\u00a0]+/g, ' ');
const row = (cells: readonly Cell[]): string => `| ${cells.map(text).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [row(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(row)].join('\n');

/** Hugging Face's model cards begin with this. */
const frontMatter = ({ license }: CardData): string => `---
${cardLicense(license)}
pipeline_tag: image-classification
tags:
  - image-classification
  - knowledge-distillation
---`;

function whatItIs({ role, size, result }: CardData): string {
  const { architecture, parameters, macs } = result.models[role]!;
  return `${architectureName(architecture)} with ${integer(parameters)} parameters and ${short(macs)} multiply-adds for an image. It takes one RGB image, reduced to ${size} × ${size} pixels, and gives a probability for each of ${plural(result.classes.length, 'class')}, listed below. It is the ${role} of a run of knowledge distillation with Distill Studio.`;
}

function whatItIsFor({ result }: CardData): string {
  const unseen = result.classes.filter(({ seen }) => !seen).length;
  return `It classifies images like those that it was trained and tested on, with one object of one class each.

It is not for:

- images of anything else: there is no class "none of these", and its probabilities always add up to 1;
- images from other cameras, places, seasons or crops than those of its data, until it is tested on some of them;
- decisions in which a mistake harms somebody, without a person or a second system that checks them.${unseen > 0 ? `\n- ${plural(unseen, 'class')} that it never saw in training (marked in the table below).` : ''}`;
}

const scoresTable = (result: RunResult): string =>
  table(
    ['Network', 'Accuracy', 'Top 5', 'F1 (macro)', 'F1 (weighted)', 'Log loss', 'Calibration error'],
    rolesOf(result).map(({ role, model: { test } }) => [
      roleNames[role],
      percent(test.accuracy),
      percent(test.top5),
      percent(test.f1Macro),
      percent(test.f1Weighted),
      decimal(test.logLoss, 4),
      percent(test.ece),
    ]),
  );

const exportsTable = (rows: readonly ExportRow[]): string =>
  table(
    ['File', 'Format', 'Size', 'Run by', 'Accuracy', 'Agreement', 'Latency'],
    rows.map((one) => [
      one.file,
      exportDescriptors[one.format].label,
      bytes(one.bytes),
      one.runtime,
      percent(one.accuracy),
      percent(one.agreement),
      latency(one.latency),
    ]),
  );

function classTable({ role, result, importReport }: CardData): string {
  const counts = new Map(importReport?.classes.map((one) => [one.id, one]));
  return table(
    ['Class', 'Training images', 'Test images', 'Precision', 'Recall', 'F1'],
    result.perClass[role]!.map(({ id, name, support, precision, recall, f1 }) => {
      const isSeen = result.classes.find((one) => one.id === id)?.seen !== false;
      const trained = isSeen ? integer(counts.get(id)?.train ?? null) : '0 (left out)';
      return [name, trained, integer(support), percent(precision), percent(recall), percent(f1)];
    }),
  );
}

function calibration({ role, result }: CardData): string {
  const { ece, accuracy } = result.models[role]!.test;
  return `Its confidence differs from how often it is right by ${percent(ece)} on average (expected calibration error, 15 bins, on the test images, of which it gets ${percent(accuracy)} right). On images of another kind its confidence may be far too high.`;
}

/** MODEL_CARD.md: what a network is, what it is for, how it was made and how good it is. */
export function modelCard(data: CardData): string {
  const { title, role, result, recipe, license, version } = data;
  const { test } = result.models[role]!;
  const exported = (result.exports ?? []).filter((one) => one.role === role);
  const warnings = [...(result.cutShort ?? []), ...(result.warnings ?? [])];
  const story = storyOf(data).map((part) => `### ${part.title}\n\n${text(part.text)}`);
  const sections = [
    frontMatter(data),
    `# ${text(title)}`,
    whatItIs(data),
    `## What it is for, and what not\n\n${whatItIsFor(data)}`,
    `## Scores on ${plural(test.n, 'test image')}\n\n${scoresTable(result)}\n\n${text(result.comparison.sentence)} Student and teacher agree on ${percent(result.comparison.agreement)} of the test images.`,
    ...(exported.length > 0
      ? [
          `## Exported files\n\n${exportsTable(exported)}\n\nAgreement: the share of test images with the same prediction as that of the network before it was exported. Latency: one image on the computer that it was exported on.`,
        ]
      : []),
    `## Calibration\n\n${calibration(data)}`,
    `## Classes\n\n${classTable(data)}\n\nTraining images are counted with those that were held out of them for validation.`,
    `## How it was made\n\n${story.join('\n\n')}`,
    ...(warnings.length > 0 ? [`### Notes\n\n${warnings.map((one) => `- ${text(one)}`).join('\n')}`] : []),
    `## Licence\n\n${license === null ? 'Unknown: it follows from the licences of the images and of the weights that training began with. State it before you publish the network.' : text(license)}`,
    `## Recipe\n\nMade with Distill Studio ${version}, finished ${result.finishedAt}, on data with the fingerprint \`${result.dataset.fingerprint}\`.\n\n\`\`\`json\n${jsonText(recipe).trimEnd()}\n\`\`\``,
  ];
  return `${sections.join('\n\n')}\n`;
}
