/** The texts of the page of help, beside the glossary. */
export interface HelpText {
  title: string;
  text: string;
}

export const firstSteps: readonly HelpText[] = [
  {
    title: 'Choose your images.',
    text: 'Put your photos into one folder for each class, named after the class, and choose the folder that holds them all. 50 images per class are a start, a few hundred are good. To try out the program, just draw the sample.',
  },
  {
    title: 'Check the import.',
    text: 'The data step shows the classes, how many images each has, which files were left out and why, and which images are held out for validation and for the test.',
  },
  {
    title: 'Keep the suggestions.',
    text: 'Teacher, student and training are filled in. The Training step estimates how long the run will take on this machine.',
  },
  {
    title: 'Start, and watch.',
    text: 'You can close the window or work on something else; the run in progress is shown at the top of every screen. It can be paused and resumed.',
  },
  {
    title: 'Read the result.',
    text: "The run screen starts with the student's accuracy and its gain over the baseline. Evaluation shows every class, Try it takes your own images, Export writes the weights and a report.",
  },
];

export const screenTexts: readonly HelpText[] = [
  {
    title: 'Library',
    text: 'All runs with their scores. Tick two or more to compare them. Drafts are recipes that you have not started yet.',
  },
  {
    title: 'New',
    text: 'Five steps that write a recipe. Nothing is lost when you leave. Correct the red fields before you start the run.',
  },
  {
    title: 'Run',
    text: 'The loss should fall and level off. When the validation loss rises while the training loss falls, the network is memorising the training images: use more images, more augmentation or fewer epochs. "Predictions on watched images" shows single images epoch by epoch.',
  },
  {
    title: 'Time left',
    text: 'Appears once some steps have been timed. It includes validation, evaluation and exports. If it rises by more than a fifth, the reason is shown below it.',
  },
  {
    title: 'Evaluation',
    text: 'The verdict states whether the student differs from its baseline by more than chance. With few test images only large differences can be shown: about 10 points with 100 images, about 3 with 1,000.',
  },
  {
    title: 'Try it',
    text: 'Classifies your own images with each network of a run, or with an exported file next to it. The bars are probabilities; a network can only predict classes it knows.',
  },
  {
    title: 'Export',
    text: 'Exports the student for PyTorch, ONNX Runtime, browsers, phones and microcontrollers, evaluates each file on the test images and shows code to start with. It also writes a report as one HTML file, tables and plots.',
  },
];

export const troubles: readonly HelpText[] = [
  {
    title: 'The dataset shows one class, or the wrong ones',
    text: 'The program reads one folder a class, train/val/test folders with classes in them, tables (CSV) beside images, and some more. The import report lists what was not used; you can change there how folders and columns are read.',
  },
  {
    title: 'The teacher is not much better than chance',
    text: 'It has had too few steps or too high a learning rate. Use "Find a rate", double the epochs, or start from pretrained weights. A weak teacher cannot help a student.',
  },
  {
    title: 'The student is no better than the baseline',
    text: 'Often the baseline is already as good as the teacher, or there are too few test images to show a difference. Try a smaller student, a better teacher, or temperature 2 and 8.',
  },
  {
    title: 'The loss explodes or becomes NaN',
    text: 'Divide the learning rate by 3. If that does not help, clip gradients at norm 1.',
  },
  {
    title: 'It is too slow',
    text: 'Use smaller images (half the side is four times faster), a stem with stride 2, a smaller teacher, or fewer epochs. Close other programs: the run screen shows when they take up the processor.',
  },
  {
    title: 'It runs out of memory',
    text: 'Halve the batch size, or use smaller images.',
  },
  {
    title: 'A run was interrupted',
    text: 'Open it and resume it: it continues from its last checkpoint, and the result is the same as without the interruption.',
  },
  {
    title: 'The engine stopped',
    text: 'It is a separate process and restarts by itself. If it does not come back, use the button at the lower left and create a diagnostics bundle.',
  },
];

/** Of a term, in the address: `soft-targets`. */
export const anchorOf = (term: string): string => `term-${term.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
