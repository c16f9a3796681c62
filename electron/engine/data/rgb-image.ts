/** A decoded image: 8-bit RGB, row-major, without padding (`data.length === width * height * 3`). */
export interface RgbImage {
  width: number;
  height: number;
  data: Uint8Array;
}
