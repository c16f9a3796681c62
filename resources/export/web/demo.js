/** Classifies images with the network beside this page, by ONNX Runtime Web in this browser. */
import * as ort from './ort.wasm.min.mjs';
import { resizeImage } from './resize.js';

// More threads need headers (COOP, COEP) that not every server sends.
ort.env.wasm.numThreads = 1;

const find = (id) => document.getElementById(id);
const shown = find('shown');
const seen = find('seen');
const video = find('video');
const webcam = find('webcam');
const file = find('file');

const say = (text) => (find('status').textContent = text);
const milliseconds = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** What is beside this page: the network's title, classes, size and resize rule. */
let network;
let session;

async function load() {
  network = await (await fetch('network.json')).json();
  document.title = network.title;
  find('title').textContent = network.title;
  find('about').textContent =
    `${network.classes.length} classes; images are reduced to ${network.size} × ${network.size} pixels.`;
  session = await ort.InferenceSession.create('model.onnx');
  // The first answer takes longer than all others.
  await answer(new Uint8Array(3 * network.size ** 2));
  file.disabled = false;
  // Only pages from this machine or by https may ask for a camera.
  webcam.disabled = !navigator.mediaDevices;
  if (webcam.disabled) webcam.title = 'Browsers give the webcam to pages by https or from this machine only.';
  say('Ready.');
}

/** The network's answer to RGB pixels, [size, size, 3]: the probability of each class. */
async function answer(pixels) {
  const image = new ort.Tensor('uint8', pixels, [1, network.size, network.size, 3]);
  const { probabilities } = await session.run({ image }, ['probabilities']);
  return probabilities.data;
}

/** A canvas's pixels without their opacity: RGB. */
function withoutAlpha({ data }) {
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    rgb[to++] = data[from];
    rgb[to++] = data[from + 1];
    rgb[to++] = data[from + 2];
  }
  return rgb;
}

function withAlpha(rgb) {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; to++) {
    rgba[to++] = rgb[from++];
    rgba[to++] = rgb[from++];
    rgba[to++] = rgb[from++];
  }
  return rgba;
}

/** Of whatever a canvas draws; what is transparent lies on black, as in training. */
function pixelsOf(source, width, height) {
  shown.width = width;
  shown.height = height;
  const context = shown.getContext('2d', { willReadFrequently: true });
  context.fillStyle = 'black';
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0, width, height);
  return { width, height, data: withoutAlpha(context.getImageData(0, 0, width, height)) };
}

function showSeen(pixels) {
  const { size } = network;
  seen.width = size;
  seen.height = size;
  seen.getContext('2d').putImageData(new ImageData(withAlpha(pixels), size, size), 0, 0);
}

function showAnswers(probabilities) {
  const ranked = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]).slice(0, 5);
  const items = ranked.map((id) => {
    const item = document.createElement('li');
    const name = document.createElement('span');
    name.textContent = network.classes[id];
    const share = document.createElement('span');
    share.textContent = `${(100 * probabilities[id]).toFixed(1)} %`;
    const bar = document.createElement('meter');
    bar.value = probabilities[id];
    bar.setAttribute('aria-label', network.classes[id]);
    item.append(name, share, bar);
    return item;
  });
  find('answers').replaceChildren(...items);
}

async function classify(source, width, height) {
  const start = performance.now();
  const { size, resize } = network;
  const pixels = resizeImage(pixelsOf(source, width, height), size, resize);
  const prepared = performance.now();
  const probabilities = await answer(pixels);
  const end = performance.now();
  find('pictures').hidden = false;
  showSeen(pixels);
  showAnswers(probabilities);
  find('latency').textContent =
    `${milliseconds(end - start)}: ${milliseconds(prepared - start)} for preparing the image, ${milliseconds(end - prepared)} for the network.`;
}

/** One task at a time, the first when the network is loaded: a session answers one call after the other. */
let work = load().catch((error) => {
  say(`The network could not be loaded: ${error.message}`);
});
function inTurn(task) {
  const done = work.then(() => session && task());
  work = done.catch(() => undefined);
  return done;
}

function classifyFile(blob) {
  stopWebcam();
  return inTurn(async () => {
    try {
      const bitmap = await createImageBitmap(blob);
      await classify(bitmap, bitmap.width, bitmap.height);
      bitmap.close();
      say(`${find('answers').firstElementChild.firstElementChild.textContent} is the likeliest class.`);
    } catch (error) {
      say(`This image cannot be read by the browser: ${error.message}`);
    }
  });
}

let stream = null;

function stopWebcam() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.srcObject = null;
  webcam.textContent = 'Use the webcam';
  webcam.setAttribute('aria-pressed', 'false');
}

async function classifyFrames() {
  while (stream) {
    await new Promise((done) => requestAnimationFrame(done));
    if (stream && video.videoWidth > 0)
      await inTurn(() => classify(video, video.videoWidth, video.videoHeight));
  }
}

async function startWebcam() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: true });
    video.srcObject = stream;
    await video.play();
    webcam.textContent = 'Stop the webcam';
    webcam.setAttribute('aria-pressed', 'true');
    say('The webcam is on.');
    await classifyFrames();
  } catch (error) {
    stopWebcam();
    say(`The webcam cannot be used: ${error.message}`);
  }
}

const firstImage = (items) => [...(items ?? [])].find(({ type }) => type.startsWith('image/'));

file.addEventListener('change', () => file.files[0] && classifyFile(file.files[0]));
webcam.addEventListener('click', () => {
  if (!stream) return startWebcam();
  stopWebcam();
  say('The webcam is off.');
});
document.addEventListener('paste', ({ clipboardData }) => {
  const image = firstImage(clipboardData.files);
  if (image) classifyFile(image);
  else say('There is no image on the clipboard.');
});
// The whole page: a miss would have the browser show the file in its place.
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  find('drop').classList.add('over');
});
document.addEventListener('dragleave', () => find('drop').classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  find('drop').classList.remove('over');
  const image = firstImage(event.dataTransfer.files);
  if (image) classifyFile(image);
  else say('What was dropped is no image.');
});
