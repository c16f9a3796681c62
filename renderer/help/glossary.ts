/** The words of the field, as the program uses them, for somebody who has never trained a network. In alphabetical order. */
export interface GlossaryEntry {
  term: string;
  text: string;
}

export const glossary: readonly GlossaryEntry[] = [
  {
    term: 'Accuracy',
    text: 'The share of the test images for which the network named the right class.',
  },
  {
    term: 'Augmentation',
    text: 'Small random changes to training images (turned, zoomed, relit), so that the network learns the object and not single photos.',
  },
  {
    term: 'Baseline',
    text: 'The same network as the student, trained on the same images for as many steps, without a teacher. What the student has more than it, the teacher gave.',
  },
  {
    term: 'Batch size',
    text: 'The number of images after which the weights are corrected once.',
  },
  {
    term: 'Calibration',
    text: 'Whether a network is right as often as it claims: of all answers given with 90 % confidence, about 90 % should be right. The calibration error is the mean difference.',
  },
  {
    term: 'Checkpoint',
    text: 'The state of a training on disk. A run that was stopped or interrupted continues from its last one.',
  },
  {
    term: 'Confusion matrix',
    text: 'A table that counts which classes (rows) were taken for which (columns). Right answers are on the diagonal.',
  },
  {
    term: 'Epoch',
    text: 'One pass over all training images.',
  },
  {
    term: 'F1',
    text: 'A score of one class between 0 and 1 that is high only if the network finds most images of the class (recall) and is mostly right when it names the class (precision). F1 macro is the mean over all classes, each counted alike; F1 weighted counts classes by their images.',
  },
  {
    term: 'Freeze',
    text: 'To leave part of a network unchanged while the rest is trained, for example the pretrained body while a new head learns.',
  },
  {
    term: 'Head',
    text: 'The last layers of a network, which turn what it has seen into one number for each class. The rest is the body.',
  },
  {
    term: 'Latency',
    text: 'The time from one prepared image to its answer. Shown as the median of many passes with the range in which the middle half of them lies.',
  },
  {
    term: 'Leak',
    text: 'A picture that is among the training images and among the test images too. It makes the test easier than reality and the score too good.',
  },
  {
    term: 'Learning rate',
    text: 'How large the corrections of the weights are. The most important number of a training: too high and it fails, too low and it learns little.',
  },
  {
    term: 'Logits',
    text: "A network's raw outputs, one number for each class, before they are turned into probabilities.",
  },
  {
    term: 'Loss',
    text: 'The number that training makes smaller: how far the answers are from what they should be. The label loss compares with the right class, the distillation loss with the teacher.',
  },
  {
    term: 'Mask, seen and unseen classes',
    text: 'Classes that were ticked for training are seen, the others unseen. A mask restricts an evaluation to some classes: it shows how the student does on classes that it knows from its teacher alone.',
  },
  {
    term: 'McNemar test',
    text: 'Tells whether two networks differ by more than chance, from the images that only one of them got right. A p below 0.05 is usually called significant.',
  },
  {
    term: 'Multiply-adds',
    text: 'The number of multiplications and additions for one image: a measure of the work of a network that does not depend on the machine.',
  },
  {
    term: 'One-cycle',
    text: 'A schedule in which the learning rate rises to its peak in the first part of the training and falls to almost nothing in the rest.',
  },
  {
    term: 'Parameter group',
    text: 'A part of a network, from input to output: first layers, later layers, head. Groups can be frozen and can have learning rates of their own.',
  },
  {
    term: 'Parameters, weights',
    text: 'The numbers in a network that training changes. Their count is the size of the network.',
  },
  {
    term: 'Seed',
    text: 'The start of all random numbers. The same recipe with the same seed gives the same run.',
  },
  {
    term: 'Soft targets',
    text: "A teacher's probabilities for all classes, softened by the temperature. They tell a student more than the label: also what the image resembles.",
  },
  {
    term: 'Stage',
    text: 'A part of a training with its own epochs, frozen groups and learning rate.',
  },
  {
    term: 'Student',
    text: 'The small network that you want in the end. It learns from the labels and from its teacher.',
  },
  {
    term: 'Teacher',
    text: 'The larger network that has learnt the task already, or learns it first, and shows the student its answers.',
  },
  {
    term: 'Temperature',
    text: 'A number that softens probabilities. At 1 they are as the network gives them; higher, the less likely classes show more.',
  },
  {
    term: 'Test images',
    text: 'Images that are used once, at the end, for the final score. Nothing is learnt from them or chosen by them.',
  },
  {
    term: 'Test-time augmentation',
    text: 'Evaluating an image as the average over several augmented copies of it. Often more accurate, but as many times slower.',
  },
  {
    term: 'Top-5',
    text: 'The share of the images whose right class is among the five most likely answers.',
  },
  {
    term: 'Track',
    text: 'A series of photos of one physical object. All photos of a track belong on the same side of a division, because they are nearly alike.',
  },
  {
    term: 'Validation images',
    text: 'Images that are held out of training and evaluated after every epoch, to measure progress and to choose the best epoch.',
  },
];
