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
    text: "The same network as the student, trained on the same images for as many steps, without a teacher. The student's lead over it is what the teacher contributed.",
  },
  {
    term: 'Batch size',
    text: 'The number of images for each update of the weights.',
  },
  {
    term: 'Block, network stage',
    text: 'A block is a group of layers that a network repeats, as its paper defines it, for example the residual block of a ResNet. A stage of a network is a series of blocks at one resolution.',
  },
  {
    term: 'Calibration',
    text: 'Whether a network is right as often as it claims: of all predictions made with 90 % confidence, about 90 % should be right. The calibration error is the mean difference.',
  },
  {
    term: 'Checkpoint',
    text: 'The state of a training on disk. A run that was stopped or interrupted continues from its last one.',
  },
  {
    term: 'Confusion matrix',
    text: 'A table that counts which classes (rows) were taken for which (columns). Correct predictions are on the diagonal.',
  },
  {
    term: 'Dataset path',
    text: 'The folder, zip or table from which a dataset is read.',
  },
  {
    term: 'Ensemble',
    text: 'Several networks that predict as one, by the weighted mean of their probabilities or logits. An ensemble is usually better than each of its members, and can teach a student.',
  },
  {
    term: 'Epoch',
    text: 'One pass over all training images.',
  },
  {
    term: 'Evaluation',
    text: 'Running trained networks on labelled images, usually the test images, and computing their scores.',
  },
  {
    term: 'F1',
    text: 'A score of one class between 0 and 1 that is high only if the network finds most images of the class (recall) and is mostly right when it names the class (precision). F1 macro is the mean over all classes, weighted equally; F1 weighted weights the classes by their images.',
  },
  {
    term: 'Freeze',
    text: 'To leave part of a network unchanged while the rest is trained, for example the pretrained body while a new head learns.',
  },
  {
    term: 'Head',
    text: 'The last layers of a network, which turn its features into one number for each class. The rest is the body.',
  },
  {
    term: 'Image, item',
    text: 'One labelled picture of a dataset. “Sample” means only the drawn dataset.',
  },
  {
    term: 'Latency',
    text: 'The time from one prepared image to its prediction. Shown as the median of many passes, with the range of the middle half.',
  },
  {
    term: 'Leak',
    text: 'A picture that is in both the training images and the test images. It makes the test easier than reality and the score too high.',
  },
  {
    term: 'Learning rate',
    text: 'How large the updates of the weights are. The most important number of a training: too high and training fails, too low and the network learns little.',
  },
  {
    term: 'Logits',
    text: "A network's raw outputs, one number for each class, before they are turned into probabilities.",
  },
  {
    term: 'Loss',
    text: 'The number that training makes smaller: how far the outputs are from their targets. The label loss compares with the right class, the distillation loss with the teacher.',
  },
  {
    term: 'Mask, seen and unseen classes',
    text: 'Classes that were ticked for training are seen, the others unseen. A mask restricts an evaluation to some classes: it shows how well the student does on classes it knows from its teacher alone.',
  },
  {
    term: 'McNemar test',
    text: 'Tests whether two networks differ by more than chance, from the images that only one of them got right. A p below 0.05 is usually called significant.',
  },
  {
    term: 'Multiply-adds',
    text: "The number of multiplications and additions for one image: a measure of a network's work that does not depend on the machine.",
  },
  {
    term: 'One-cycle',
    text: 'A schedule in which the learning rate rises to its peak in the first part of the training and falls to almost zero in the rest.',
  },
  {
    term: 'Parameter group',
    text: 'A part of a network, from input to output: first layers, later layers, head. Groups can be frozen and can have their own learning rates.',
  },
  {
    term: 'Parameters, weights',
    text: 'The numbers in a network that training changes. Their count is the size of the network.',
  },
  {
    term: 'Predictions',
    text: 'The probabilities that a network gives an image, one for each class. The class with the highest is the predicted class.',
  },
  {
    term: 'Probe images',
    text: 'A few fixed images whose predictions are recorded after every epoch, to show how a network learns. The window calls them watched images.',
  },
  {
    term: 'Sample',
    text: 'The small dataset of drawn traffic signs that the program can create, for a first run without images of your own.',
  },
  {
    term: 'Seed',
    text: 'The starting point of all random numbers. The same recipe with the same seed gives the same run.',
  },
  {
    term: 'Setting',
    text: 'In a sweep, one combination of the values that are tried. It runs once with each seed.',
  },
  {
    term: 'Soft targets',
    text: "A teacher's probabilities for all classes, softened by the temperature. They carry more than the label: they also show what the image resembles.",
  },
  {
    term: 'Stage',
    text: 'A part of a training with its own epochs, frozen groups and learning rate. A network has stages, too, but those are groups of its layers.',
  },
  {
    term: 'Student',
    text: 'The small network that you want in the end. It learns from the labels and from its teacher.',
  },
  {
    term: 'Sweep',
    text: 'Several runs from one file, which try values of a recipe with several seeds and share one teacher, to find which are better by more than chance.',
  },
  {
    term: 'Teacher',
    text: 'The larger network that has already learnt the task, or learns it first, and whose outputs the student learns to match.',
  },
  {
    term: 'Teacher logits',
    text: "A teacher's logits for the training images. Kept on disk, they let later runs learn from the same teacher without running it again.",
  },
  {
    term: 'Temperature',
    text: 'A number that softens probabilities. At 1 they are as the network gives them; at higher values the less likely classes stand out more.',
  },
  {
    term: 'Test images',
    text: 'Images that are used once, at the end, for the final score. They are never used to train or to choose anything.',
  },
  {
    term: 'Test-time augmentation',
    text: 'Evaluating an image as the average over several augmented copies of it. Often more accurate, but as many times slower.',
  },
  {
    term: 'Top-5',
    text: 'The share of the images whose right class is among the five most likely classes.',
  },
  {
    term: 'Track',
    text: 'A series of photos of one physical object. All photos of a track belong on the same side of a split, because they are nearly identical.',
  },
  {
    term: 'Unlabelled images',
    text: 'Images that nobody has assigned to a class. The student can learn from them all the same, by matching the outputs of its teacher.',
  },
  {
    term: 'Validation images',
    text: 'Images that are held out of training and evaluated after every epoch, to measure progress and to choose the best epoch.',
  },
];
