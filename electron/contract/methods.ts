import type { DistillationMethodName } from './distillation.ts';

/** What a method compares of student and teacher: their logits, or what a stage of each gives. */
export type MethodNeeds = 'logits' | 'stage' | 'penultimate';

export interface MethodDescriptor {
  label: string;
  paper: { title: string; url: string };
  /** The loss without its weight, a mean over the batch. T: the term's temperature. */
  formula: string;
  /** What the student imitates, in a sentence. */
  sentence: string;
  /** What a term begins with. */
  usualWeight: number;
  needs: { student: MethodNeeds; teacher: MethodNeeds };
}

/** Every distillation method's words, once: wizard, review, report and terminal read them here. */
export const methodDescriptors: Record<DistillationMethodName, MethodDescriptor> = {
  'soft-target': {
    label: 'Soft targets (Hinton 2015)',
    paper: {
      title: 'Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015',
      url: 'https://arxiv.org/abs/1503.02531',
    },
    formula: 'T² × KL(softmax(teacher / T) ‖ softmax(student / T))',
    sentence:
      "The teacher's probabilities, softened by a temperature, so that less likely classes count as well.",
    usualWeight: 0.9,
    needs: { student: 'logits', teacher: 'logits' },
  },
  logits: {
    label: 'Logits (Ba & Caruana 2014)',
    paper: {
      title: 'Ba and Caruana, "Do Deep Nets Really Need to be Deep?", 2014',
      url: 'https://arxiv.org/abs/1312.6184',
    },
    formula: 'mean((student − teacher)²)',
    sentence: "The teacher's raw outputs, without a temperature.",
    usualWeight: 0.9,
    needs: { student: 'logits', teacher: 'logits' },
  },
  fitnet: {
    label: 'FitNet hints (Romero 2015)',
    paper: {
      title: 'Romero et al., "FitNets: Hints for Thin Deep Nets", 2015',
      url: 'https://arxiv.org/abs/1412.6550',
    },
    formula: 'mean((adapter(student features) − teacher features)²)',
    sentence:
      "The teacher's features after one of its stages. A learnt 1×1 convolution matches the number of channels.",
    usualWeight: 1,
    needs: { student: 'stage', teacher: 'stage' },
  },
  attention: {
    label: 'Attention transfer (Zagoruyko & Komodakis 2017)',
    paper: {
      title:
        'Zagoruyko and Komodakis, "Paying More Attention to Attention: Improving the Performance of Convolutional Neural Networks via Attention Transfer", 2017',
      url: 'https://arxiv.org/abs/1612.03928',
    },
    formula: 'Σ mean((student map / ‖student map‖ − teacher map / ‖teacher map‖)²)',
    sentence:
      'Where the teacher looks in the image: its attention maps (squares of the features, averaged over the channels) after one or more stages.',
    usualWeight: 1000,
    needs: { student: 'stage', teacher: 'stage' },
  },
};

export const methodNames = Object.keys(methodDescriptors) as DistillationMethodName[];

export const methodLabels = Object.fromEntries(
  methodNames.map((name) => [name, methodDescriptors[name].label]),
) as Record<DistillationMethodName, string>;
