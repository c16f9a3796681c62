/** Fewer images are read in no time. */
const leastImages = 20;
/** Before any were read: photos of a megapixel, on two cores. */
let imagesPerSecond = 150;

/** So many images of a dataset were read, checked and decoded in so many seconds. */
export function noteReading(images: number, seconds: number): void {
  if (images >= leastImages && seconds > 0) imagesPerSecond = images / seconds;
}

/** Images a second, as those of the dataset that was read last in this process. */
export const readingRate = (): number => imagesPerSecond;
