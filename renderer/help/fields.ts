import { architectureNames } from '../../electron/contract/architectures.ts';
import { numberFields } from '../../electron/contract/methods.ts';
import { optimizerNumbers } from '../../electron/contract/optimizers.ts';
import { scheduleNumbers } from '../../electron/contract/schedules.ts';
import { weightAverageField } from '../../electron/contract/weight-average.ts';
import { fieldKey } from '../recipe-fields.ts';

/** The text of the "?" beside a field, for somebody who has never trained a network. */
export interface FieldHelp {
  /** What the field does. */
  what: string;
  /** What to choose when unsure. */
  unsure: string;
}

/** The keys of fields that the recipe does not hold: of the wizard, the Export screen and Try it. */
export type OtherField =
  | 'distillation.preset'
  | 'runtime.backend'
  | 'runtime.threads'
  | 'runtime.workers'
  | 'logitsFolder'
  | 'export.roles'
  | 'export.onnxInput'
  | 'export.tfliteInput'
  | 'export.maxLoss'
  | 'export.license'
  | 'export.correctBiases'
  | 'export.data'
  | 'export.check'
  | 'try.predictedBy';

const share = 'The share of images this is applied to; the others stay unchanged.';
const shareUnsure = 'Keep the suggested value.';

const other: Record<OtherField, FieldHelp> = {
  'distillation.preset': {
    what: 'Replaces all terms with one on soft targets, with the temperature and both weights from a paper or a library.',
    unsure: "Choose Hinton's. You can change each number afterwards.",
  },
  'runtime.backend': {
    what: 'The library that does the computing: on the processor or, if a supported one is present, on a graphics card.',
    unsure: 'Leave it on "Best available".',
  },
  'runtime.threads': {
    what: 'How many processor cores the computation uses at the same time.',
    unsure:
      'Leave it empty to use all of them. Enter a smaller number to keep the computer responsive for other work.',
  },
  'runtime.workers': {
    what: 'How many worker threads read and augment images while the network trains.',
    unsure: 'Keep the suggested value. Raise it if the run screen shows a lot of "Waiting for data".',
  },
  logitsFolder: {
    what: 'Caches the teacher logits on disk, so that a later run with the same teacher, data and augmentation does not compute them again.',
    unsure: 'Leave it off for a single run. Turn it on to try several temperatures or students.',
  },
  'export.roles': {
    what: "Which of the run's networks are exported in the formats ticked below. The student is the small network that the run produces.",
    unsure: 'The student alone. Add the baseline to compare both on the target device.',
  },
  'export.onnxInput': {
    what: 'What a program passes to the network: the raw pixels of an image, or numbers that the program has normalised and arranged by channel.',
    unsure: 'RGB pixels: your program then cannot get the image preparation wrong.',
  },
  'export.tfliteInput': {
    what: 'How a pixel is encoded for an int8 network. Both give the same predictions.',
    unsure:
      'Pixels from 0 to 255, as cameras and image libraries provide them. Choose int8 if your microcontroller code expects signed bytes.',
  },
  'export.maxLoss': {
    what: 'How much accuracy int8 may cost on the validation images. The layers that lose most stay in float until the drop is within this limit.',
    unsure: '0.5 points. A looser limit makes the file a little smaller and faster.',
  },
  'export.license': {
    what: 'The terms on which others may use the network, as stated in the exported files: an identifier such as Apache-2.0 or CC-BY-4.0 (spdx.org/licenses lists them), or a name of your own.',
    unsure:
      'Leave it empty, for "unknown". What you may choose depends on the licences of your images and of the weights that training began with; check them before you publish the network.',
  },
  'export.correctBiases': {
    what: 'Adds to the last layer the biases that the evaluation found for classes left out of training, so that the network predicts these classes as well. The evaluation shows what this costs on the classes that it was trained on.',
    unsure: 'Leave it off, unless images of the unseen classes will occur where the network is used.',
  },
  'export.data': {
    what: 'The folder or zip with the images of the run, if you have moved it. int8 is calibrated on its training images; the exported files are checked on its test images.',
    unsure: 'Leave it empty if the dataset has not moved.',
  },
  'export.check': {
    what: 'Reads each exported file back, runs it on the test images with a runtime that its users have, and compares its predictions with those of the network.',
    unsure: 'Leave it on. It takes seconds to minutes and shows how good the file is.',
  },
  'try.predictedBy': {
    what: 'Whose predictions are shown: those of the networks as trained, or those of an exported file next to the network it was made from.',
    unsure:
      'The networks as trained. Switch to an export to see, image by image, whether its predictions differ.',
  },
};

const fields: Record<string, FieldHelp> = {
  name: {
    what: 'What the run is called in the library. It has no effect on the result.',
    unsure: 'Mention what is special about this run, for example "Birds, temperature 8".',
  },
  seed: {
    what: 'The starting point of all random numbers: which images are held out, the first weights, the order of the images. The same recipe with the same seed gives the same run.',
    unsure:
      'Keep it. To see how much of a result is chance, start the same recipe again with another number.',
  },
  baseline: {
    what: 'Also trains the student without a teacher. Only the comparison of the two shows the gain from distillation.',
    unsure: 'Leave it on. Without it the run is shorter, but nothing shows whether the teacher helped.',
  },
  exports: {
    what: 'The files that are written when the run ends: the student in formats for other programs and devices, a report to read, tables and plots.',
    unsure: 'Keep the suggestion. Anything left out can be exported later on the Export screen.',
  },

  'data.path': {
    what: 'The folder or zip file with your labelled images. The simplest layout is one folder for each class, named after the class.',
    unsure:
      'Sort your photos into one folder a class and choose the folder that holds them all. Or draw the sample to try out the program.',
  },
  'data.classNames': {
    what: 'A table that gives numbered classes readable names.',
    unsure: 'Leave it empty to use the names of the folders or of the table.',
  },
  'data.reading.parts': {
    what: 'Which folders or lists hold the training images, the validation images and the test images.',
    unsure:
      'Keep what was detected if it is right. Training images are learnt from, validation images choose the best epoch, test images give the final score.',
  },
  'data.reading.columns.file': {
    what: 'The column of the table that names the image file.',
    unsure: 'Choose the column with file names or paths.',
  },
  'data.reading.columns.label': {
    what: 'The column of the table that names the class of each image.',
    unsure: 'Choose the column with what the network should recognise.',
  },
  'data.reading.columns.part': {
    what: 'The column of the table that assigns images to training, validation or testing.',
    unsure: 'Leave it unset if the table has none: images are then held out at random.',
  },
  'data.dropLeaks': {
    what: 'Leaves out of training every picture that is also among the validation or test images. Such a leak makes scores look better than they are.',
    unsure: 'Turn it on if the check found such pictures.',
  },
  'data.trainClasses': {
    what: 'The classes that the student is trained on. The student can still predict the others, so you can see what it learns about them from the teacher alone.',
    unsure: 'Tick all of them.',
  },
  'data.unlabelled.paths': {
    what: "Folders or zips of images without labels. The student learns from them by matching the teacher's outputs. Copies of labelled images, such as test images, are left out.",
    unsure: 'Leave it empty. Add a folder if you have more images of the same kind that nobody has labelled.',
  },
  'data.unlabelled.share': {
    what: "What share of each of the student's batches has no label. The rest of the batch is labelled images.",
    unsure: 'Leave it empty: the share is then that of the unlabelled images among all training images.',
  },
  'data.split.method': {
    what: 'How validation images are set aside. They are not used for training; they show after every epoch how well the network does on images it has not seen.',
    unsure:
      'Keep the suggestion. If several photos show the same object, hold out whole tracks: otherwise nearly identical photos end up on both sides.',
  },
  'data.split.fraction': {
    what: 'What share of the training images is set aside for validation.',
    unsure: '0.2, which is one image in five. Use less only with many thousands of images.',
  },
  'data.split.seed': {
    what: 'Which images are held out, where they are drawn at random. Runs with the same number hold out the same ones, whatever their own seed.',
    unsure: "Leave it empty: the run's seed then decides.",
  },
  'data.testFraction': {
    what: 'What share of the dataset is set aside for the final score, because the dataset has no test images of its own.',
    unsure: '0.2, which is one image in five.',
  },
  'data.image.size': {
    what: 'Every image is scaled to a square of this many pixels before a network sees it. Twice the side shows finer detail and takes about four times as long.',
    unsure: '64 to 96 for photos on a processor, 32 for small signs or symbols, 224 with a graphics card.',
  },
  'data.image.resize': {
    what: 'How an image that is not square becomes one: stretched, cut to its middle, or filled up at the edges.',
    unsure: 'Squish. Choose Pad where proportions matter, Crop where what matters is in the middle.',
  },
  'data.image.mean': {
    what: 'Subtracted from the red, green and blue values, so that they centre on 0.',
    unsure: "Keep ImageNet's values. Pretrained weights need the values they were trained with.",
  },
  'data.image.std': {
    what: 'The red, green and blue values are divided by it, so that their spread is about 1.',
    unsure: "Keep ImageNet's values. Pretrained weights need the values they were trained with.",
  },
  'data.augment': {
    what: 'Changes every training image a little each time it is shown: turned, zoomed, relit. This keeps the network from memorising single photos.',
    unsure: 'Leave it on. It helps most when images are few.',
  },
  'data.augment.rotate.maxDegrees': {
    what: 'Turns images by a random angle up to this one, to the left or right.',
    unsure: '10°. More if your objects can lie at any angle.',
  },
  'data.augment.rotate.p': { what: share, unsure: shareUnsure },
  'data.augment.zoom.max': {
    what: 'Enlarges images by a random factor up to this one. The edges are cut off.',
    unsure: '1.2. More if the object fills only part of the photo.',
  },
  'data.augment.zoom.p': { what: share, unsure: shareUnsure },
  'data.augment.warp.magnitude': {
    what: 'Tilts images as if they were seen from the side.',
    unsure: '±20 %. 0 for scans and screenshots.',
  },
  'data.augment.warp.p': { what: share, unsure: shareUnsure },
  'data.augment.brightness.max': {
    what: 'Makes images darker or brighter by a random amount.',
    unsure: '±40 % for photos; up to ±80 % for photos taken by day and by night.',
  },
  'data.augment.brightness.p': { what: share, unsure: shareUnsure },
  'data.augment.contrast.max': {
    what: 'Makes the difference between light and dark stronger or weaker by a random amount.',
    unsure: '±40 % for photos.',
  },
  'data.augment.contrast.p': { what: share, unsure: shareUnsure },
  'data.augment.flip.p': {
    what: 'The share of the images that are mirrored left to right.',
    unsure:
      '50 % where left and right do not matter (animals, plants, food); 0 % for signs, letters and anything with writing.',
  },
  'data.augment.erase.scale': {
    what: 'How much of an image is erased at most. Hiding a part of it (random erasing) makes the networks look at the whole object.',
    unsure: '33 %.',
  },
  'data.augment.erase.ratio': {
    what: 'The smallest and the largest height of the erased rectangle, divided by its width.',
    unsure: '0.3 and 3.3, as in torchvision.',
  },
  'data.augment.erase.fill': {
    what: 'What the erased rectangle is filled with: the mean colour of the normalisation, or noise.',
    unsure: 'The mean colour.',
  },
  'data.augment.erase.p': {
    what: 'The share of the images of which a random rectangle is erased.',
    unsure: '0 %. Try 25 % if the networks do much better on training images than on others.',
  },

  source: {
    what: 'The teacher is the larger network that the student learns from. It can be trained now, taken from an earlier run, or read from a file.',
    unsure:
      'Train one here. Use an earlier run to try another student or temperature without training the teacher again.',
  },
  path: {
    what: 'Where the teacher is: the folder of an earlier run, a file of weights (.safetensors, .pth, .pt), or an ONNX file.',
    unsure:
      'Choose a run from the list. A file of weights must fit the architecture chosen below it; an ONNX file brings its own.',
  },
  role: {
    what: 'Which network of the earlier run is the teacher.',
    unsure: 'Its teacher. Its student can teach a still smaller one.',
  },
  average: {
    what: 'What is averaged over several teachers: the probabilities, at the temperature of each term, or the logits.',
    unsure: 'Probabilities, as is usual for an ensemble. Averaged logits favour what all teachers agree on.',
  },
  members: {
    what: 'The teachers that teach together. Each was trained in a run of its own, or elsewhere; each sees the images as it was trained to.',
    unsure: 'Two or three networks that were trained with different seeds or are of different architectures.',
  },
  'members[].weight': {
    what: 'How much this teacher counts beside the others: its weight divided by the sum of all weights.',
    unsure: '1 for each. Give a clearly better teacher more.',
  },
  classes: {
    what: "The names of the teacher's classes, in the teacher's own order, as a list or a text file with one name per line. For an ONNX file also a CSV file with two columns: output and class.",
    unsure:
      'Leave it empty if the teacher was trained on this dataset. Fill it in if its classes were in another order: otherwise it teaches the wrong names.',
  },
  features: {
    what: "Which tensors in the ONNX file's graph are the outputs of the teacher's stages, for terms that compare features. The network is run once to list its square maps of features, the last of each shape.",
    unsure: 'Leave it out: soft targets and logits need no stages.',
  },
  'image.size': {
    what: 'The side in pixels of the images that the teacher sees, in its training and whenever it classifies. The student keeps its own size: every image is prepared twice, and both see the same augmented view of it.',
    unsure:
      "Leave it empty for the size that its file states, otherwise the student's. A network that starts from ImageNet learns more from 96 pixels or more, and takes longer.",
  },
  'image.resize': {
    what: 'How an image that is not square is fitted for the teacher.',
    unsure: 'As its file states, otherwise as for the student.',
  },
  'image.mean': {
    what: "Subtracted from the red, green and blue values of the teacher's images.",
    unsure:
      "ImageNet's values where it starts from ImageNet, those of its training where it comes from a file, otherwise the student's.",
  },
  'image.std': {
    what: "The red, green and blue values of the teacher's images are divided by it.",
    unsure:
      "ImageNet's values where it starts from ImageNet, those of its training where it comes from a file, otherwise the student's.",
  },
  'hints.size': {
    what: 'The side in pixels of the square images that the ONNX file takes, where the file leaves it open.',
    unsure: 'Leave it empty: most files state it.',
  },
  'hints.resize': {
    what: 'How an image that is not square is fitted for the teacher.',
    unsure: 'Leave it as it is, unless you know how the teacher was trained.',
  },
  'hints.values': {
    what: 'The values that the network is fed of a pixel: 0 to 255, 0 to 1, or normalised by a mean and a standard deviation.',
    unsure:
      "ImageNet's statistics for networks from PyTorch. Before anything is trained, the run evaluates the teacher and reports which values fit best.",
  },
  'hints.values.mean': {
    what: 'The mean of each channel by which the images of the teacher are normalised, of values from 0 to 1.',
    unsure: "ImageNet's, unless you know others.",
  },
  'hints.values.std': {
    what: 'The standard deviation of each channel by which the images of the teacher are normalised, of values from 0 to 1.',
    unsure: "ImageNet's, unless you know others.",
  },
  'hints.channels': {
    what: 'Whether the network takes red first, or blue first as OpenCV reads images.',
    unsure: 'RGB. The run reports it where blue first fits better.',
  },
  'hints.layout': {
    what: 'Whether the channels of its input come before height and width (NCHW, as in PyTorch) or after them (NHWC, as in TensorFlow).',
    unsure: 'Leave it open: nearly every file states it by its shape.',
  },
  'hints.gives': {
    what: 'Whether the outputs are probabilities or logits. The student learns from logits: of probabilities the logarithm is taken.',
    unsure: 'Leave it open: it shows in the file.',
  },
  trainClasses: {
    what: 'The classes that the teacher is trained on. It may learn more classes than the student is shown.',
    unsure: 'All of them.',
  },
  weights: {
    what: 'What training starts from: random weights, weights that torchvision trained on ImageNet, or a file. Weights that have learnt many images need far fewer of yours.',
    unsure: 'With photos, start from ImageNet. With small drawn images, from scratch.',
  },
  'model.architecture': {
    what: 'The kind of network. Larger ones recognise more and are slower.',
    unsure: `On a processor: ${architectureNames.cifar_resnet20} as the teacher, ${architectureNames.cifar_resnet8} as the student. With a graphics card: ${architectureNames.resnet34} and ${architectureNames.resnet18}. The student should be the smaller one.`,
  },
  'model.width': {
    what: 'How many channels the first layer has; all other layers scale with it. Half the width makes a network about four times smaller.',
    unsure: "Leave it empty for the architecture's own width.",
  },
  'model.depth': {
    what: 'How many blocks the network has. Each adds a little accuracy and a little time.',
    unsure: "Leave it empty for the architecture's own depth.",
  },
  'model.stem': {
    what: 'The first layers. The original ones shrink the image at once, which suits large images; the small ones keep the detail of small images.',
    unsure: 'Original from about 128 pixels, small below. Small with stride 2 if time is short.',
  },
  'model.head': {
    what: "The last layers, which turn the network's features into one number for each class.",
    unsure: 'One linear layer. Choose fastai only to continue from weights that fastai has saved.',
  },

  'training.batchSize': {
    what: 'How many images are processed before each update of the weights. Small batches give more, but noisier updates.',
    unsure: '64. With fewer than 500 images use 16 or 32; halve it if memory runs out.',
  },
  'training.stages': {
    what: 'Training can have several stages, each with its own epochs, frozen groups and learning rate.',
    unsure: 'One stage. Two (head first, then everything) if you start from pretrained weights.',
  },
  'training.stages[].epochs': {
    what: 'How many times the network sees all training images. More epochs take longer; with too few, the network has not finished learning.',
    unsure: 'Keep the suggestion. If the validation accuracy is still rising at the end of a run, double it.',
  },
  'training.stages[].freezeTo': {
    what: 'Parameter groups that are held fixed in this stage, counted from the input. It protects pretrained layers while a new head learns.',
    unsure: '0: everything trains. −1 (only the head) for the first stage with pretrained weights.',
  },
  'training.stages[].learningRate': {
    what: 'The largest step size of the updates to the weights. If it is too high, the loss jumps or explodes; if it is too low, little is learnt. When it is spread over the groups, early layers get the lower rate and late ones the higher.',
    unsure: '0.003 from scratch, 0.001 from pretrained weights. "Find a rate" measures it on your images.',
  },
  'training.optimizer.name': {
    what: 'The rule by which gradients move the weights. AdamW works with the same learning rates for most networks; SGD needs a rate of its own, usually ten times as high, and often ends a little better in a long training.',
    unsure: 'AdamW.',
  },
  'training.optimizer.nesterov': {
    what: "Looks a step ahead along the momentum, which makes SGD's steps slightly more precise.",
    unsure: 'Off.',
  },
  'training.schedule.name': {
    what: 'What the learning rate does in each stage. One cycle trains well in few epochs; the others are what most papers use, in longer trainings.',
    unsure: 'One cycle.',
  },
  'training.schedule.milestones': {
    what: "Shares of a stage's steps after which the learning rate falls, such as 0.5, 0.75.",
    unsure: '0.625, 0.75, 0.875: epochs 150, 180 and 210 of 240.',
  },
  'training.ema': weightAverageField.help,
  'training.clipNorm': {
    what: 'Gradients with a larger norm are scaled down to this one. It steadies a training whose loss jumps.',
    unsure: 'Leave it empty. Try 1 if the loss explodes and a lower learning rate did not help.',
  },
  'training.labelSmoothing': {
    what: 'Trains the network to be slightly less than certain of the label.',
    unsure: "0. The teacher's soft targets already have this effect.",
  },
  'training.classWeights': {
    what: "How much an image counts in the label loss, by its class. By inverse frequency a rare class counts as much as a common one altogether; by the effective number of samples (Cui, 2019) a little less, since a class's images resemble each other. The terms that compare with the teacher are not weighted.",
    unsure:
      'None. Try the effective number if some classes have far fewer images than others and are missed.',
  },
  'training.classWeights.beta': {
    what: 'Between 0 (all classes count alike) and 1 (inverse frequency). 1 / (1 − β) is the number of images beyond which more add little.',
    unsure: '0.999.',
  },
  'training.classWeights.weights': {
    what: "One weight for each of the dataset's classes, in their order.",
    unsure: 'Let the weights follow from the numbers of images.',
  },
  'training.sampling': {
    what: 'Which images an epoch takes. Uniform: each once. Balanced: each class equally often, so that images of rare classes come several times, augmented differently each time, and not all of the common ones. By the square root: in between. An epoch stays as long as it is.',
    unsure: 'Uniform. Try the square root if classes differ tenfold in their numbers of images.',
  },
  'training.mixing.mixup.p': {
    what: 'The share of the batches in which each image is mixed with another one: both are laid over each other, and the label loss counts both labels (mixup). A teacher sees the same mixed images and computes its outputs anew for each of them, which takes time.',
    unsure: '0 %. 100 % with α 1 for function matching, which needs a long training.',
  },
  'training.mixing.mixup.alpha': {
    what: 'The shares of the two images are drawn from Beta(α, α): a small α leaves one of them nearly whole, 1 makes all shares equally likely.',
    unsure: '0.2 with labels, 1 without.',
  },
  'training.mixing.cutmix.p': {
    what: 'The share of the batches in which a box of another image is pasted into each image, and the label loss counts both labels by their areas (CutMix).',
    unsure: '0 %. 50 % in a long training that overfits.',
  },
  'training.mixing.cutmix.alpha': {
    what: "The area that is an image's own is drawn from Beta(α, α); at 1 all areas are equally likely.",
    unsure: '1.',
  },
  'training.earlyStop': {
    what: 'Ends the training when the validation loss has not improved for this many epochs in a row.',
    unsure: 'Leave it empty. The weights of the best epoch are kept in any case.',
  },

  'distillation.terms[].method': {
    what: 'What the student imitates of its teacher: its probabilities, softened by a temperature, as they are, in parts, or by their correlations; its raw outputs (logits); its features after one of its stages; or how it relates images to each other.',
    unsure: 'Soft targets. Add attention transfer to them if the student stays far behind its teacher.',
  },
  'distillation.terms[].weight': {
    what: "How much this term counts in the student's loss. Losses differ in size: attention maps need a far larger weight than soft targets.",
    unsure: 'The weight that a new term of the method starts with.',
  },
  'distillation.terms[].standardise': {
    what: "Divides each image's logits, less their mean, by their standard deviation before they are softened, in both networks. A student may then have smaller logits than its teacher.",
    unsure:
      'No. With it, its authors use temperature 2 and ten times the weight: the preset "Standardised logits".',
  },
  'distillation.terms[].student': {
    what: "The stage of the student whose output is compared with the teacher's.",
    unsure: "The proposed one, which is at the same depth as the teacher's.",
  },
  'distillation.terms[].teacher': {
    what: 'The stage of the teacher whose output the student imitates.',
    unsure: 'A stage in the middle of the network for FitNet hints; every stage for attention transfer.',
  },
  'distillation.terms[].stages': {
    what: 'Which stage of the student is compared with which stage of the teacher. Every pair has the same weight. Methods that compare how the images of a batch relate also work without stages, on the penultimate vectors.',
    unsure: 'Keep what is proposed.',
  },
  'distillation.weight.schedule': {
    what: 'Whether the weight stays the same or moves from one value to another while the student trains: in a straight line, or along a cosine, which starts and ends gently.',
    unsure: 'Constant.',
  },
  'distillation.weight.value': {
    what: 'The weight after the warm-up.',
    unsure: 'The weight that a new term of the method starts with.',
  },
  'distillation.weight.warmup': {
    what: 'The number of epochs over which the weight rises from near 0 to its value, so that the student first learns from the rest of the loss.',
    unsure: '0, which is none. For decoupled distillation a twelfth of the training, as its authors do.',
  },
  'distillation.weight.from': {
    what: 'The weight when the training begins.',
    unsure: 'The weight you would choose if it were constant.',
  },
  'distillation.weight.to': {
    what: 'The weight at the end of the schedule. It stays there for the rest of the training.',
    unsure: '0 for a term that only helps at the beginning, such as FitNet hints.',
  },
  'distillation.weight.epochs': {
    what: 'The number of epochs the change takes.',
    unsure: 'Leave it empty: the whole training.',
  },
  'distillation.labels.weight': {
    what: "How much predicting the right class counts in the student's loss.",
    unsure: '0.1. Raise it if the teacher is often wrong.',
  },

  'evaluation.batchSize': {
    what: 'How many images are evaluated at once. It affects speed and memory, not the scores.',
    unsure: '128.',
  },
  'evaluation.tta.counts': {
    what: 'Each test image is also evaluated as the average over several augmented copies. This is often more accurate, but as many times slower.',
    unsure: 'None. It can be measured later on the Evaluation screen.',
  },
  'evaluation.tta.beta': {
    what: 'How much the plain image counts in the average with its copies.',
    unsure: '25 %.',
  },
  'evaluation.expectedShares': {
    what: 'A student that never saw some classes rarely predicts them, even where it can tell them apart. The evaluation therefore also corrects its outputs, until its mean probability of each class is the expected one: the mean of the teacher, or the same for every class.',
    unsure: "The teacher's mean probabilities.",
  },
};

/** Of the numbers that distillation methods, optimisers and schedules have, by their own words. */
const numbers = Object.fromEntries([
  ...Object.entries(numberFields).map(([name, { help }]) => [`distillation.terms[].${name}`, help] as const),
  ...Object.entries(optimizerNumbers).map(
    ([name, { help }]) => [`training.optimizer.${name}`, help] as const,
  ),
  ...Object.entries(scheduleNumbers).map(([name, { help }]) => [`training.schedule.${name}`, help] as const),
]);

const texts: Record<string, FieldHelp> = { ...fields, ...numbers, ...other };

/**
 * The help of a field, by its path in the recipe, e.g. `student.training.stages[0].epochs`, or by its own key. A part of a list has
 * the list's; an option that is a group of its own (`earlyStop.patience`) the group's.
 */
export function fieldHelp(path: string): FieldHelp | null {
  const key = fieldKey(path);
  return texts[key] ?? texts[key.replace(/\[\d+\]$|\.(patience|decay|by)$/, '')] ?? null;
}
